"""`marsad plan` on small files: what it writes and says, what it repeats, and how it refuses bad input."""

import csv
import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from marsad.cli import main
from marsad.core.fieldwork import next_visits

TODAY = "centre,score,error,had,kind\n" + "".join(
    f"c{place:02},{50 + 3 * place},{2 + place % 3},{1 + place % 4},{'app' if place > 9 else 'desk'}\n" for place in range(12)
)
ASKED = ("--id", "centre", "--mean", "score", "--se", "error", "--noise-sd", "12", "--budget", "20", "--k", "2")
PARTS = """effect,variance
channel,40
assessor,6
question,12
channel*assessor,9
channel × question,30
assessor*question,2
channel*assessor*question,55
"""
NUMBERS = ("--number", "assessor=1,2,3", "--number", "question=10,20")


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    """Write a file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def planned(
    tmp_path: Path, *options: str, text: str = TODAY, out: str = "out", asked: tuple[str, ...] = ASKED
) -> list[dict[str, str]]:
    """Plan visits and return the rows of visits.csv."""
    assert main(["plan", "visits", str(written(tmp_path, text)), *asked, "--out", str(tmp_path / out), *options]) == 0
    return rows(tmp_path / out / "visits.csv")


def designed(tmp_path: Path, *options: str, text: str = PARTS) -> list[dict[str, str]]:
    """Try designs and return the rows of design.csv."""
    assert main(["plan", "design", str(written(tmp_path, text)), "--out", str(tmp_path / "out"), *NUMBERS, *options]) == 0
    return rows(tmp_path / "out" / "design.csv")


def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Return the one sentence said of bad input, with exit code 2 and nothing written."""
    capsys.readouterr()
    out = tmp_path / "refused"
    assert main(["plan", *command, "--out", str(out)]) == 2
    assert not out.exists()
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    return said.err


# ---- visits


def test_visits_are_those_of_the_core_the_most_first(tmp_path):
    table = planned(tmp_path, "--visits", "had", "--seed", "3", "--minimum", "1")
    assert list(table[0]) == ["id", "visits", "mean", "se", "visits_so_far", "p_top", "p_bottom"]
    given = rows(tmp_path / "table.csv")
    mean, error, had = (np.array([float(row[column]) for row in given]) for column in ("score", "error", "had"))
    twin = next_visits(mean, error**2, noise_sd=12.0, budget=20, k=2, minimum=1, visits=had, seed=3)
    assert {row["id"]: int(row["visits"]) for row in table} == dict(zip([row["centre"] for row in given], twin, strict=True))
    order = [(-int(row["visits"]), row["id"]) for row in table]
    assert order == sorted(order)


def test_chances_of_the_lists_add_up_to_their_places(tmp_path):
    table = planned(tmp_path)
    for column in ("p_top", "p_bottom"):
        assert sum(float(row[column]) for row in table) == pytest.approx(2)


def test_variances_say_the_same_as_standard_errors(tmp_path):
    with_variance = "\n".join(
        [
            "centre,score,error",
            *(f"{row['centre']},{row['score']},{float(row['error']) ** 2}" for row in csv.DictReader(TODAY.splitlines())),
        ]
    )
    asked = tuple("--variance" if option == "--se" else option for option in ASKED)
    assert planned(tmp_path, text=with_variance, asked=asked, out="variance") == planned(tmp_path)


def test_kinds_have_lists_of_their_own_and_too_small_a_kind_has_none(tmp_path, capsys):
    table = planned(tmp_path, "--kind", "kind", "--minimum", "1")
    of_apps = [row for row in table if row["kind"] == "app"]
    assert [(row["visits"], row["p_top"], row["p_bottom"]) for row in of_apps] == [("1", "", "")] * 2
    said = capsys.readouterr().out
    assert "the kind app has fewer than 4 channels and no lists" in said
    assert "of 4 places on the lists" in said
    assert json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["without_lists"] == ["app"]


def test_what_the_visits_are_expected_to_gain_is_said_and_kept(tmp_path, capsys):
    planned(tmp_path)
    expected = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["expected"]
    assert expected["places"] == 4
    assert 2 < expected["found_before"] < expected["found_after"] < 4
    said = capsys.readouterr().out
    assert (
        f"{expected['found_before']:.1f} are expected to be right today, {expected['found_after']:.1f} after the visits" in said
    )
    assert "20 visits to" in said


def test_the_plan_says_how_to_repeat_it_and_is_the_same_from_a_parquet_file(tmp_path):
    planned(tmp_path, "--seed", "7")
    facts = json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))
    assert {name: facts[name] for name in ("id", "mean", "variance", "se", "noise_sd", "budget", "k", "minimum", "seed")} == {
        "id": "centre",
        "mean": "score",
        "variance": None,
        "se": "error",
        "noise_sd": 12.0,
        "budget": 20,
        "k": 2,
        "minimum": 0,
        "seed": 7,
    }
    content = (tmp_path / "out/visits.csv").read_bytes()
    assert facts["results"] == {"visits.csv": sha256(content).hexdigest()}
    parquet = tmp_path / "today.parquet"
    cells = list(csv.DictReader(TODAY.splitlines()))
    names = ("centre", "score", "error")
    columns = {name: [row[name] if name == "centre" else float(row[name]) for row in cells] for name in names}
    pa.parquet.write_table(pa.table(columns), parquet)
    assert main(["plan", "visits", str(parquet), *ASKED, "--seed", "7", "--out", str(tmp_path / "parquet")]) == 0
    assert (tmp_path / "parquet/visits.csv").read_bytes() == content


def test_the_terminal_shows_where_most_visits_go(tmp_path, capsys):
    planned(tmp_path, "--minimum", "1")
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("  c")]) == 1 + 12
    planned(tmp_path, "--minimum", "1", text=TODAY + "c12,60,2,1,app\nc13,61,2,1,app\n", out="more")
    assert "  … 2 more" in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("c03,59,2,4", "c03,,2,4"), ("line 5, column score", "the mean is missing", "variance of its kind")),
        (("c03,59,2,4", "c03,59,,4"), ("line 5, column error", "the se is missing")),
        (("c03,59,2,4", "c03,59,-2,4"), ("line 5, column error", "-2 is below 0")),
        (("c03,59,2,4", "c03,59,2,-4"), ("line 5, column had", "-4 is below 0")),
        (("c03,59,2,4", "c02,59,2,4"), ("line 5, column centre", "'c02' is already in line 4")),
        (("c03,59,2,4", ",59,2,4"), ("line 5, column centre", "no identifier")),
        (("c03,59,2,4,desk", "c03,59,2,4,"), ("line 5, column kind", "no kind")),
        (("centre,score", "centre,mark"), ("'score'", "--mean")),
    ],
)
def test_a_bad_table_is_said_in_one_sentence_with_line_column_and_remedy(tmp_path, capsys, change, words):
    path = written(tmp_path, TODAY.replace(*change))
    said = refused(tmp_path, capsys, "visits", str(path), *ASKED, "--visits", "had", "--kind", "kind")
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--minimum", "2"), "20 visits do not give 2 to each of 12 channels"),
        (("--k", "7"), "the best 7 and the worst 7 of 12 channels are no two lists"),
        (("--k", "6", "--kind", "kind"), "no kind has the 12 channels"),
    ],
)
def test_what_cannot_be_planned_is_said(tmp_path, capsys, options, words):
    assert words in refused(tmp_path, capsys, "visits", str(written(tmp_path, TODAY)), *ASKED, *options)


@pytest.mark.parametrize(
    ("option", "text"), [("--noise-sd", "0"), ("--noise-sd", "wide"), ("--budget", "0"), ("--budget", "1.5"), ("--k", "0")]
)
def test_a_number_that_makes_no_sense_is_refused(option, text, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["plan", "visits", str(written(tmp_path, TODAY)), *ASKED, option, text])
    assert stopped.value.code == 2
    assert option in capsys.readouterr().err


# ---- designs


def test_a_design_is_reckoned_from_the_variances_by_hand(tmp_path):
    table = designed(tmp_path)
    assert list(table[0]) == ["assessor", "question", "scores", "relative", "absolute", "se", "se_absolute"]
    [two_and_ten] = [row for row in table if (row["assessor"], row["question"]) == ("2", "10")]
    against_others = 9 / 2 + 30 / 10 + 55 / 20
    in_all = against_others + 6 / 2 + 12 / 10 + 2 / 20
    assert float(two_and_ten["relative"]) == pytest.approx(40 / (40 + against_others))
    assert float(two_and_ten["absolute"]) == pytest.approx(40 / (40 + in_all))
    assert float(two_and_ten["se"]) == pytest.approx(against_others**0.5)
    assert float(two_and_ten["se_absolute"]) == pytest.approx(in_all**0.5)
    assert two_and_ten["scores"] == "20"
    assert [(row["assessor"], row["question"]) for row in table] == [(a, q) for a in "123" for q in ("10", "20")]


def test_visits_within_channels_are_a_design_of_their_own(tmp_path):
    path = written(tmp_path, "effect,variance\nchannel,40\nchannel*visit,160\n")
    assert main(["plan", "design", str(path), "--number", "visit=2,4,8,16", "--out", str(tmp_path / "out")]) == 0
    assert [round(float(row["relative"]), 2) for row in rows(tmp_path / "out/design.csv")] == [0.33, 0.5, 0.67, 0.8]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("0.8", "the fewest scores that reach 0.8: 30 (assessor 3, question 10), 0.836"),
        ("0.95", "no design reaches a reliability"),
    ],
)
def test_the_fewest_scores_that_reach_a_target_are_said(tmp_path, capsys, target, words):
    designed(tmp_path, "--target", target)
    assert words in capsys.readouterr().out


def test_a_negative_variance_counts_as_none_and_units_that_do_not_differ_have_no_reliability(tmp_path):
    table = designed(tmp_path, text=PARTS.replace("channel,40", "channel,-3"))
    assert {(row["relative"], row["se"]) for row in table} == {("0", "")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("channel*assessor,9", "channel*,9"), ("line 5, column effect", "no effect")),
        (("channel*assessor,9", "channel*channel,9"), ("line 5, column effect", "no effect")),
        (("assessor*question,2", "assessor*channel,2"), ("line 7, column effect", "there twice")),
        (("channel,40", "channel,"), ("line 2, column variance", "missing")),
        (("effect,variance", "effect,size"), ("'variance'", "columns effect and variance")),
    ],
)
def test_bad_components_are_said_in_one_sentence_with_line_column_and_remedy(tmp_path, capsys, change, words):
    path = written(tmp_path, PARTS.replace(*change))
    said = refused(tmp_path, capsys, "design", str(path), *NUMBERS)
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (("--number", "assessor=1"), "how many of 'question' to try"),
        ((*NUMBERS, "--number", "wave=1"), "'wave' is no facet"),
        ((*NUMBERS, "--number", "channel=1"), "'channel' is no facet beside 'channel'"),
    ],
)
def test_numbers_of_no_facet_or_none_of_one_are_refused(tmp_path, capsys, numbers, words):
    assert words in refused(tmp_path, capsys, "design", str(written(tmp_path, PARTS)), *numbers)


@pytest.mark.parametrize(
    ("option", "text"), [("--number", "visit"), ("--number", "visit=0"), ("--target", "1"), ("--target", "x")]
)
def test_a_choice_that_makes_no_sense_is_refused(option, text, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["plan", "design", str(written(tmp_path, PARTS)), *NUMBERS, option, text])
    assert stopped.value.code == 2
    assert option in capsys.readouterr().err


@pytest.mark.parametrize(
    ("plan", "words"), [("visits", "marsad plan visits today.csv"), ("design", "marsad plan design components.csv")]
)
def test_help_has_an_example(capsys, plan, words):
    with pytest.raises(SystemExit):
        main(["plan", plan, "--help"])
    assert words in capsys.readouterr().out


def test_earlier_results_are_replaced_only_where_asked(tmp_path):
    command = ["plan", "visits", str(written(tmp_path, TODAY)), *ASKED, "--out", str(tmp_path / "out")]
    assert [main(command), main(command), main([*command, "--force"])] == [0, 2, 0]
