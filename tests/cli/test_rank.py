"""`marsad rank` on small files: what it writes and says, what it repeats, and how it refuses bad input."""

import csv
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from marsad.cli import main
from marsad.core.posterior import Settings
from marsad.core.ranking import normal_draws, standing
from marsad.core.ranksets import marginal_sets, simultaneous_sets

COLUMNS = ["id", "value", "se", "rank", "rank_low", "rank_high", "set_low", "set_high", "sim_low", "sim_high"]
CHANCES = ["p_top", "p_bottom", "in_top_set", "in_bottom_set"]
TABLE = "centre,score,error\nnorth,70,2\nsouth,72,3\neast,90,1.5\nwest,55,2.5\n"
NAMED = ("--id", "centre", "--value", "score", "--se", "error")


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(tmp_path: Path, text: str = TABLE, name: str = "scores.csv") -> Path:
    """Write a file of scores."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def ranked(tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    """Return a function that ranks a file and returns the rows of ranks.csv."""

    def run(file: Path, *options: str, out: str = "out") -> list[dict[str, str]]:
        assert main(["rank", str(file), *NAMED, "--out", str(tmp_path / out), *options]) == 0
        return rows(tmp_path / out / "ranks.csv")

    return run


@pytest.fixture
def sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that ranks a bad file and returns the one sentence said, with exit code 2 and nothing written."""

    def run(text: str, *options: str) -> str:
        path, out = written(tmp_path, text), tmp_path / "refused"
        assert main(["rank", str(path), *NAMED, "--out", str(out), *options]) == 2
        assert not out.exists()
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        return said.err

    return run


def test_it_writes_ranks_intervals_sets_and_chances_the_best_first(tmp_path, ranked):
    table = ranked(written(tmp_path), "--k", "1", "--seed", "7", "--draws", "500", "--level", "0.9")
    assert list(table[0]) == COLUMNS + CHANCES
    assert [row["id"] for row in table] == ["east", "south", "north", "west"]
    value, se = np.array([90.0, 72.0, 70.0, 55.0]), np.array([1.5, 3.0, 2.0, 2.5])
    asked = Settings(seed=7, draws=500, level=0.9)
    stood = standing(normal_draws(value, se, asked), 1, 0.9)
    alone, together = marginal_sets(value, se, 0.9), simultaneous_sets(value, se, asked)
    twins = {
        "value": value,
        "se": se,
        "rank": [1, 2, 3, 4],
        "rank_low": stood.low,
        "rank_high": stood.high,
        "set_low": alone.low,
        "set_high": alone.high,
        "sim_low": together.low,
        "sim_high": together.high,
        "p_top": stood.p_top,
        "p_bottom": stood.p_bottom,
    }
    for column, numbers in twins.items():
        assert [float(row[column]) for row in table] == list(numbers), column
    assert [row["in_top_set"] for row in table] == ["yes", "no", "no", "no"]
    assert [row["in_bottom_set"] for row in table] == ["no", "no", "no", "yes"]


def test_the_run_says_how_to_repeat_it(tmp_path, ranked):
    path = written(tmp_path)
    ranked(path, "--seed", "7", "--k", "2")
    facts = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))
    assert {name: facts[name] for name in ("id", "value", "se", "higher_is", "level", "k", "seed", "draws", "notes")} == {
        "id": "centre",
        "value": "score",
        "se": "error",
        "higher_is": "better",
        "level": 0.95,
        "k": 2,
        "seed": 7,
        "draws": 4000,
        "notes": [],
    }
    assert facts["evidence"] == [{"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}]
    assert facts["results"] == {"ranks.csv": sha256((tmp_path / "out/ranks.csv").read_bytes()).hexdigest()}


def test_same_input_and_seed_give_the_same_bytes_whatever_the_order_of_rows_or_the_kind_of_file(tmp_path, ranked):
    ranked(written(tmp_path), "--k", "2", out="one")
    head, *lines = TABLE.splitlines()
    ranked(written(tmp_path, "\n".join([head, *reversed(lines)]), "turned.csv"), "--k", "2", out="turned")
    parquet = tmp_path / "scores.parquet"
    cells = list(csv.DictReader(TABLE.splitlines()))
    columns = {name: [row[name] if name == "centre" else float(row[name]) for row in cells] for name in cells[0]}
    pa.parquet.write_table(pa.table(columns), parquet)
    ranked(parquet, "--k", "2", out="parquet")
    ranked(
        written(tmp_path, TABLE.translate(str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")), "arabic.csv"), "--k", "2", out="arabic"
    )
    [content] = {(tmp_path / out / "ranks.csv").read_bytes() for out in ("one", "turned", "parquet", "arabic")}
    ranked(written(tmp_path), "--k", "2", "--seed", "1", out="other")
    assert (tmp_path / "other/ranks.csv").read_bytes() != content


def test_where_higher_is_worse_the_lowest_value_comes_first(tmp_path, ranked):
    table = ranked(written(tmp_path), "--higher-is", "worse", "--k", "1")
    assert [(row["id"], row["value"], row["rank"]) for row in table][:2] == [("west", "55", "1"), ("north", "70", "2")]
    assert (table[0]["in_top_set"], table[-1]["in_bottom_set"]) == ("yes", "yes")


def test_equal_values_share_a_rank_and_stand_in_the_order_of_their_identifiers(tmp_path, ranked):
    table = ranked(written(tmp_path, "centre,score,error\nb,5,1\na,5,1\nc,9,1\n"))
    assert [(row["id"], row["rank"]) for row in table] == [("c", "1"), ("a", "2"), ("b", "2")]


def test_a_row_that_was_not_measured_is_left_out_and_said(tmp_path, ranked, capsys):
    table = ranked(written(tmp_path, TABLE + "gone,,\nlost,NA,NA\n"))
    assert len(table) == 4
    note = "2 rows without value and standard error left out: gone, lost"
    assert note in capsys.readouterr().out
    assert json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["notes"] == [note]


def test_the_terminal_shows_the_ends_of_a_long_table(tmp_path, ranked, capsys):
    ranked(written(tmp_path, "centre,score,error\n" + "".join(f"c{place},{place},2\n" for place in range(30))))
    said = capsys.readouterr().out
    assert "20 more" in said
    assert "c29" in said
    assert "c15" not in said
    assert "at a level of 0.95 the first 5 are in a set of" in said
    assert "30 units ranked; results in" in said


def test_one_unit_is_ranked_and_no_chance_is_shown_where_all_are_among_the_first_k(tmp_path, ranked, capsys):
    [row] = ranked(written(tmp_path, "centre,score,error\nonly,5,1\n"))
    assert "1.00" not in capsys.readouterr().out
    assert [row[name] for name in ("rank", "set_low", "set_high", "sim_low", "sim_high")] == ["1"] * 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TABLE + "far,good,1\n", ("line 6, column score", "'good'", "write")),
        (TABLE + "far,60,\n", ("line 6, column error", "the standard error of 'far' is missing", "leave the whole row out")),
        (TABLE + "far,,2\n", ("line 6, column score", "the value of 'far' is missing")),
        (TABLE + "far,60,0\n", ("line 6, column error", "the standard error of 'far' is 0", "above 0")),
        (TABLE + "far,60,-1\n", ("line 6, column error", "-1")),
        (TABLE + "far,60,inf\n", ("line 6, column error", "infinity")),
        (TABLE + "north,60,1\n", ("line 6, column centre", "'north' is already in line 2", "keep one row")),
        (TABLE + ",60,1\n", ("line 6, column centre", "no identifier")),
        ("centre,mark,error\na,1,1\n", ("'score'", "centre, mark, error", "--value")),
        ("place,score,error\na,1,1\n", ("'centre'", "--id")),
        ("centre,score\na,1\n", ("'error'", "--se")),
        ("centre,score,error\na,,\n", ("column score", "no row has a value")),
        ("centre,score,error\n", ("no rows",)),
    ],
)
def test_bad_input_is_said_in_one_sentence_with_line_column_and_remedy(text, words, sentence):
    said = sentence(text)
    assert "scores.csv" in said
    assert [word for word in words if word not in said] == []


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    assert main(["rank", str(tmp_path / "none.csv"), *NAMED, "--out", str(tmp_path / "out")]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_too_few_draws_for_the_level_are_said(sentence):
    assert "more draws" in sentence(TABLE, "--draws", "100", "--level", "0.999")


@pytest.mark.parametrize(
    ("option", "text"), [("--level", "95"), ("--level", "high"), ("--level", "0.2"), ("--k", "0"), ("--k", "-1")]
)
def test_a_level_or_a_k_that_makes_no_sense_is_refused(option, text, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["rank", str(written(tmp_path)), *NAMED, option, text])
    assert stopped.value.code == 2
    assert option in capsys.readouterr().err


def test_help_has_an_example_and_every_column(capsys):
    with pytest.raises(SystemExit):
        main(["rank", "--help"])
    said = capsys.readouterr().out
    assert "marsad rank scores.csv" in said
    assert [name for name in (*COLUMNS[4:], *CHANCES) if name not in said] == []


def test_earlier_results_are_replaced_only_where_asked(tmp_path):
    command = ["rank", str(written(tmp_path)), *NAMED, "--out", str(tmp_path / "out")]
    assert [main(command), main(command), main([*command, "--force"])] == [0, 2, 0]
