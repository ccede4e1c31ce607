"""`marsad calibrate`: what it writes and says of made nations and of halves, what it repeats, and how it refuses bad input."""

import csv
import json
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from marsad.cli import main
from marsad.core.calibration import summary, trial
from marsad.core.nations import NATIONS, larger
from marsad.core.posterior import Settings

SMALL = ("--nations", "own,modes", "--runs", "2", "--channels", "60", "--model", "plain", "--draws", "400")


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tried(tmp_path_factory) -> Path:
    """Return the folder of two small nations."""
    out = tmp_path_factory.mktemp("calibration") / "out"
    assert main(["calibrate", *SMALL, "--seed", "5", "--out", str(out)]) == 0
    return out


def test_it_writes_a_row_for_every_nation_as_the_core_counts_them(tried):
    table = rows(tried / "calibration.csv")
    assert [(row["nation"], row["model"]) for row in table] == [("own", "plain"), ("modes", "plain")]
    recipe = larger(NATIONS["own"], 60)
    found = summary([trial(recipe, Settings(seed=10 * seed, draws=400), joint=False) for seed in (5, 6)])
    for name, value in vars(found).items():
        assert (float(table[0][name]) if table[0][name] else np.nan) == pytest.approx(value, nan_ok=True), name


def test_it_writes_how_often_stars_held_and_pictures_in_both_languages(tried):
    stars = rows(tried / "stars.csv")
    assert list(stars[0]) == ["nation", "model", "promised", "held", "stars"]
    assert sum(int(row["stars"]) for row in stars if row["nation"] == "own") == 2 * 60
    for name, word in (("coverage.en.svg", "What the model assumes"), ("coverage.ar.svg", "ما يفترضه النموذج")):
        picture = (tried / name).read_text(encoding="utf-8")
        ElementTree.fromstring(picture)
        assert word in picture
        assert "var(" not in picture
    assert {path.name for path in tried.iterdir()} >= {"stars.ar.svg", "stars.en.svg"}


def test_the_run_says_how_to_repeat_it_and_repeats_to_the_byte(tried, tmp_path):
    facts = json.loads((tried / "run.json").read_text(encoding="utf-8"))
    asked = {"nations": ["own", "modes"], "model": "plain", "channels": 60, "runs": 2, "seed": 5, "draws": 400}
    assert {name: facts[name] for name in asked} == asked
    files = {path.name for path in tried.iterdir()} - {"run.json"}
    assert facts["results"] == {name: sha256((tried / name).read_bytes()).hexdigest() for name in sorted(files)}
    for seed, same in (("5", True), ("6", False)):
        again = tmp_path / seed
        assert main(["calibrate", *SMALL, "--seed", seed, "--out", str(again)]) == 0
        assert ((again / "calibration.csv").read_bytes() == (tried / "calibration.csv").read_bytes()) is same


def test_the_terminal_shows_a_line_for_every_nation(tmp_path, capsys):
    assert main(["calibrate", *SMALL, "--runs", "1", "--nations", "own", "--out", str(tmp_path / "out")]) == 0
    head, line, closing = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["nation", "model", "coverage", "width"]
    assert line.split()[:2] == ["own", "plain"]
    assert closing.startswith("1 cycle of 1 made nation; results in")


def long_file(path: Path, channels: int = 40, each: int = 12) -> Path:
    """Write raw answers on the three questions of the small standard."""
    made = np.random.default_rng(1)
    lines = ["channel,indicator,value,rater"]
    for channel in range(channels):
        quality = made.normal(60, 8)
        for rater in range(each):
            lines += [
                f"c{channel},{code},{np.clip(quality + made.normal(0, 10), 0, 100):.2f},r{rater}"
                for code in ("happy", "clear", "seen")
            ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_raw_answers_are_dealt_into_halves_and_what_the_one_promises_holds_in_the_other(tmp_path, standard, capsys):
    path, out = long_file(tmp_path / "answers.csv"), tmp_path / "out"
    command = ["calibrate", str(path), "--standard", str(standard), "--model", "plain", "--runs", "3", "--out", str(out)]
    assert main(command) == 0
    [row] = rows(out / "calibration.csv")
    assert (row["dealt"], row["model"], row["deals"], row["channels"]) == ("answers", "plain", "3", "40")
    assert float(row["coverage"]) > 0.8
    assert 0.5 < float(row["alike"]) < float(row["reliability"]) < 1
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert facts["evidence"] == [{"file": str(path), "sha256": sha256(path.read_bytes()).hexdigest()}]
    assert not (out / "stars.csv").exists()
    assert "3 deals of answers into halves" in capsys.readouterr().out


def test_where_there_are_no_raw_answers_measures_are_dealt(tmp_path, standard):
    made, path, out = np.random.default_rng(2), tmp_path / "wide.csv", tmp_path / "out"
    quality = made.normal(60, 8, 60)
    cells = np.clip(quality[:, None] + made.normal(0, 5, (60, 3)), 0, 100)
    lines = [f"c{place}," + ",".join(f"{value:.2f},4" for value in line) for place, line in enumerate(cells)]
    path.write_text("\n".join(["channel,happy,happy__se,clear,clear__se,seen,seen__se", *lines]) + "\n", encoding="utf-8")
    loose = standard.read_text(encoding="utf-8").replace("not-rated", "reweight")
    standard.write_text(loose, encoding="utf-8")
    assert main(["calibrate", str(path), "--standard", str(standard), "--model", "plain", "--out", str(out)]) == 0
    assert rows(out / "calibration.csv")[0]["dealt"] == "measures"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["FILE"], "--standard"),
        (["FILE", "--standard", "STANDARD", "--nations", "own"], "leave --nations"),
        (["--standard", "STANDARD"], "name a file"),
        (["FILE", "--standard", "STANDARD"], "fewer than 20 channels"),
        (["nowhere.csv", "--standard", "STANDARD"], "nowhere.csv"),
        (["FILE", "--standard", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_bad_input_is_said_in_one_sentence_and_nothing_is_written(arguments, words, evidence, standard, tmp_path, capsys):
    named = [{"FILE": str(evidence), "STANDARD": str(standard)}.get(part, part) for part in arguments]
    assert main(["calibrate", *named, "--runs", "1", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("--nations", "own,moon", "'moon'"),
        ("--runs", "0", "from 1 on"),
        ("--channels", "10", "40 or more"),
        ("--draws", "3", "even"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option, text, words, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["calibrate", option, text, "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err


def test_help_has_an_example_and_says_every_column(capsys, tried):
    with pytest.raises(SystemExit):
        main(["calibrate", "--help"])
    said = capsys.readouterr().out
    assert "marsad calibrate --runs 4" in said
    shown = ("coverage", "width", "named", "recall", "truly_worst", "in_tail", "confirmed", "wrong_dismissals", "regret")
    assert [name for name in shown if name not in said] == []
