"""Files taken into the lake: all rows or none, and every fault with its line."""

import gzip
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.core.problem import Problem
from marsad.lake import intake, queries
from marsad.lake.intake import Known, Order, import_files
from marsad.lake.parts import read_part
from marsad.lake.rows import COLUMNS, LIMIT, ManyProblems
from marsad.lake.store import Lake
from tests.lake.build import indicator, write
from tests.lake.evidence_made import NOON, NOW

SAID = Order({"cycle": "2026", "source": "visit", "at": NOON})
SHORT = "channel,indicator,value,rater\nport-1,clarity,4,Lin\nport-2,clarity,5,\n"
FULL = """cycle,subject,indicator,value,weight,at,source,stage,instrument,rater,respondent,stratum,valid
2026,port-1,clarity,4.5,1,2026-11-21T09:30:00+04:00,survey,after,voice@1,,p-1,young,
2026,port-2,clarity,٤٫٥,0.5,2026-11-21 05:30:00.25Z,survey,,,,p-2,,too-fast
"""


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


def refused(lake, path, order=SAID):
    with pytest.raises(ManyProblems) as met:
        import_files(lake, path, at=NOW, order=order)
    assert lake.imports() == ()
    return met.value


def places(problem):
    return [(one.line, one.column, one.what) for one in problem.problems]


def test_a_file_of_the_one_shape_goes_in_as_it_is(lake, tmp_path):
    taken = import_files(lake, write(tmp_path / "voice.csv", FULL), at=NOW)
    [file] = taken.added.entry.files
    body = read_part(lake.root / file.path)
    assert {name: body.text(name).tolist() for name in ("subject", "stage", "respondent", "valid")} == {
        "subject": ["port-1", "port-2"],
        "stage": ["after", ""],
        "respondent": ["p-1", "p-2"],
        "valid": ["", "too-fast"],
    }
    assert {name: numbers.tolist() for name, numbers in body.numbers.items()} == {"value": [4.5, 4.5], "weight": [1.0, 0.5]}
    moments = [datetime(2026, 11, 21, 5, 30, tzinfo=UTC), datetime(2026, 11, 21, 5, 30, 0, 250_000, tzinfo=UTC)]
    assert body.at.tolist() == [int(moment.timestamp() * 1e6) for moment in moments]
    assert taken.unused == ()


def test_a_long_file_of_marsad_rate_takes_the_rest_from_the_order(duckdb, lake, tmp_path):
    taken = import_files(
        lake,
        write(tmp_path / "visits.csv", SHORT.replace("rater", "rater,mood").replace("Lin", "Lin,good").replace("5,", "5,,")),
        at=NOW,
        order=SAID,
    )
    assert taken.unused == ("mood",)
    found = queries.reduce(duckdb, lake, lake.version(), "2026")
    assert found["subject"].tolist() == ["port-1", "port-2"]
    assert found["raters"].tolist() == [1, 0]


def test_a_folder_is_one_import(lake, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    write(folder / "a.csv", SHORT)
    (folder / "b.csv.gz").write_bytes(gzip.compress(SHORT.replace("port-", "site-").encode()))
    assert import_files(lake, folder, at=NOW, order=SAID).added.entry.rows == 4
    assert len(lake.imports()) == 1


def test_parquet_goes_in_with_its_own_types(lake, tmp_path):
    table = {"channel": ["port-1"], "indicator": ["clarity"], "value": [4], "at": pa.array([NOON])}
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    [file] = import_files(lake, tmp_path / "a.parquet", at=NOW, order=SAID).added.entry.files
    assert file.first == "2026-11-21T12:00:00.000000Z"


def test_the_same_file_twice_is_the_same_import(lake, tmp_path):
    path = write(tmp_path / "visits.csv", SHORT)
    assert [import_files(lake, path, at=NOW, order=SAID).added.new for _ in range(2)] == [True, False]


def test_every_fault_is_told_with_line_and_column_and_nothing_goes_in(lake, tmp_path):
    text = FULL + (
        "2026,,clarity,good,1,2026-11-21T09:30:00,survey,,,,,,\n"
        '2026,"port\n3",clarity,,-1,yesterday,rumour,,,,,,\n'
        "2026,port-4,clarity,1e999,,,survey,during,,,,,Too fast\n"
    )
    problem = refused(lake, write(tmp_path / "voice.csv", text))
    assert sorted(places(problem)) == sorted(
        [
            (4, "subject", "the subject is missing"),
            (4, "value", "the value 'good' is not a number"),
            (4, "at", "the time '2026-11-21T09:30:00' has no time zone"),
            (5, "subject", "the subject 'port 3' has a line end or another control character in it"),
            (5, "value", "the value is missing"),
            (5, "weight", "the weight is below 0"),
            (5, "at", "'yesterday' is no time"),
            (5, "source", "'rumour' is no source"),
            (7, "value", "the number '1e999' is too large"),
            (7, "weight", "the weight is missing"),
            (7, "at", "the time is missing"),
            (7, "valid", "'Too fast' is no code"),
        ]
    )
    assert problem.total == 12
    assert all(one.remedy for one in problem.problems)


def test_faults_of_several_files_are_told_together(lake, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    write(folder / "a.csv", SHORT.replace("4", "x"))
    write(folder / "b.csv", SHORT.replace("5", "y"))
    problem = refused(lake, folder)
    assert [(one.file.name, one.line) for one in problem.problems] == [("a.csv", 2), ("b.csv", 3)]
    assert "a.csv, line 2, column value: the value 'x' is not a number" in str(problem)


def test_of_very_many_faults_the_first_are_told_and_all_are_counted(lake, tmp_path):
    text = "channel,indicator,value\n" + "port-1,clarity,\n" * 500
    problem = refused(lake, write(tmp_path / "a.csv", text))
    assert [one.line for one in problem.problems] == list(range(2, LIMIT + 2))
    assert problem.total == 500


def test_what_rows_speak_of_must_be_known(lake, tmp_path):
    known = Known(frozenset({"port-1"}), (indicator("clarity", scale=(1, 5)),))
    text = "channel,indicator,value\nport-1,clarity,6\nport-9,clarity,3\nport-1,charm,3\n"
    problem = refused(lake, write(tmp_path / "a.csv", text), Order(SAID.defaults, known))
    assert places(problem) == [
        (2, "value", "the value 6 is outside the scale of clarity, 1 to 5"),
        (3, "channel", "the subject 'port-9' is not known"),
        (4, "indicator", "the indicator 'charm' is not known"),
    ]


def test_a_cell_that_is_no_number_is_one_fault_and_lies_off_no_scale(lake, tmp_path):
    known = Known(frozenset({"port-1"}), (indicator("clarity", scale=(1, 5)),))
    text = "channel,indicator,value\nport-1,clarity,good\nport-1,clarity,\n"
    problem = refused(lake, write(tmp_path / "a.csv", text), Order(SAID.defaults, known))
    assert places(problem) == [(2, "value", "the value 'good' is not a number"), (3, "value", "the value is missing")]
    assert problem.total == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("channel,value\nport-1,4\n", "there is no column indicator"),
        ("channel,subject,indicator,value\na,a,b,4\n", "the columns 'subject' and 'channel' are both the subject"),
        (
            "channel,indicator,value,n\na,b,4,20\n",
            "the column 'n' says that rows are aggregates, and the lake holds single answers",
        ),
    ],
)
def test_a_table_that_cannot_be_single_answers_is_refused_whole(lake, tmp_path, text, what):
    with pytest.raises(Problem, match=what):
        import_files(lake, write(tmp_path / "a.csv", text), at=NOW, order=SAID)


def test_a_column_that_nobody_says_is_named(lake, tmp_path):
    with pytest.raises(Problem, match="there is no column cycle; add it, or say it for all rows"):
        import_files(lake, write(tmp_path / "a.csv", SHORT), at=NOW)


def test_progress_only_grows_and_ends_with_the_whole(lake, tmp_path):
    told = []
    import_files(lake, write(tmp_path / "a.csv", FULL), at=NOW, progress=lambda done, total: told.append(done / total))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0.5, 1.0)


def test_the_names_of_the_shape_are_read_in_any_case(lake, tmp_path):
    assert import_files(lake, write(tmp_path / "a.csv", SHORT.upper()), at=NOW, order=SAID).added.entry.rows == 2
    assert set(intake.aliases("subject")) == {"subject", "channel"}
    assert "subject" in COLUMNS
