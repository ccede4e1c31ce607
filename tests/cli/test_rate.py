"""`marsad rate` on small files: what it writes, says and repeats."""

import csv
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from marsad.cli import main

RATINGS = ["channel", "score", "star", "band", "rank", "rank_low", "rank_high", "p_top", "p_bottom"]


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rate(evidence: Path, standard: Path, out: Path, *options: str) -> dict[str, dict[str, str]]:
    """Rate and return the ratings by channel."""
    assert main(["rate", str(evidence), "--standard", str(standard), "--out", str(out), *options]) == 0
    return {row["channel"]: row for row in rows(out / "ratings.csv")}


def test_it_writes_scores_stars_ranks_and_reasons(evidence: Path, standard: Path, tmp_path: Path) -> None:
    rated = rate(evidence, standard, tmp_path / "out")
    assert list(rated["north"]) == [*RATINGS, "p_star_2", "p_star_3", "p_star_4", "rated", "reason"]
    assert (rated["north"]["score"], rated["north"]["star"], rated["north"]["rank"]) == ("81", "4", "1")
    assert (rated["south"]["score"], rated["south"]["star"], rated["south"]["rank"]) == ("58", "3", "3")
    assert (rated["east"]["score"], rated["east"]["star"]) == ("68.1", "3")
    assert rated["east"]["reason"] == "weak visit"
    assert (rated["west"]["rated"], rated["west"]["star"]) == ("no", "")
    assert rated["west"]["reason"] == "a part of the standard has no score"


def test_without_n_or_se_nothing_uncertain_is_invented(evidence: Path, standard: Path, tmp_path: Path) -> None:
    for row in rate(evidence, standard, tmp_path / "out").values():
        assert all(row[name] == "" for name in ("rank_low", "rank_high", "p_top", "p_bottom", "p_star_2", "p_star_3", "p_star_4"))


def test_with_se_ranks_have_ranges_and_stars_chances(standard: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.csv"
    evidence.write_text("channel,happy,happy__se,clear,seen\na,80,8,80,80\nb,78,8,78,78\nc,30,8,30,30\n", encoding="utf-8")
    rated = rate(evidence, standard, tmp_path / "out")
    assert (rated["a"]["rank_low"], rated["a"]["rank_high"]) == ("1", "2")
    assert (rated["c"]["rank_low"], rated["c"]["rank_high"]) == ("3", "3")
    assert 0.5 < float(rated["a"]["p_top"]) < 0.9
    assert float(rated["a"]["p_star_4"]) == pytest.approx(1, abs=0.01)
    assert sum(float(rated["b"][f"p_star_{star}"]) for star in (2, 3, 4)) == pytest.approx(1)


def test_nodes_hold_every_part_with_its_interval(standard: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.csv"
    evidence.write_text("channel,happy,happy__se,happy__n,clear,seen\na,80,4,50,60,70\nb,50,4,60,60,70\n", encoding="utf-8")
    rate(evidence, standard, tmp_path / "out")
    nodes = {(row["channel"], row["node"]): row for row in rows(tmp_path / "out" / "nodes.csv")}
    assert list(nodes["a", "voice"]) == ["channel", "node", "score", "low", "high", "n"]
    assert nodes["a", "voice"]["score"] == "70"
    assert float(nodes["a", "voice"]["low"]) == pytest.approx(70 - 1.6448536 * 2)
    assert nodes["a", "voice"]["n"] == "50"
    assert (nodes["a", "seen"]["score"], nodes["a", "seen"]["low"]) == ("70", "")
    assert {node for channel, node in nodes if channel == "a"} == {"overall", "voice", "visit", "happy", "clear", "seen"}


def test_the_same_seed_gives_the_same_bytes_and_the_order_of_rows_changes_nothing(standard: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    lines = ["a,80,5,80,80", "b,78,5,78,78", "c,30,5,30,30"]
    head = "channel,happy,happy__se,clear,seen"
    first.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    second.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    for name, source in (("one", first), ("two", first), ("three", second)):
        rate(source, standard, tmp_path / name)
    for table in ("ratings.csv", "nodes.csv"):
        assert (tmp_path / "one" / table).read_bytes() == (tmp_path / "two" / table).read_bytes()
        assert (tmp_path / "one" / table).read_bytes() == (tmp_path / "three" / table).read_bytes()
    assert (tmp_path / "one" / "report.html").read_bytes() == (tmp_path / "two" / "report.html").read_bytes()
    facts = [json.loads((tmp_path / name / "run.json").read_text(encoding="utf-8")) for name in ("one", "two")]
    assert all(fact.pop("seconds") for fact in facts)
    assert facts[0] == facts[1]


def test_run_json_lets_anybody_repeat_the_run(evidence: Path, standard: Path, tmp_path: Path) -> None:
    rate(evidence, standard, tmp_path / "out", "--seed", "7")
    run = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert run["evidence"] == [{"file": str(evidence), "sha256": sha256(evidence.read_bytes()).hexdigest()}]
    assert run["standard"] == {
        "name": str(standard),
        "identity": "two-parts@1",
        "sha256": sha256(standard.read_bytes()).hexdigest(),
    }
    assert (run["seed"], run["draws"], run["id"]) == (7, 4000, "channel")
    ratings = (tmp_path / "out" / "ratings.csv").read_bytes()
    assert run["results"]["ratings.csv"] == sha256(ratings).hexdigest()


def test_columns_the_standard_does_not_use_are_listed_once(
    standard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence.csv"
    evidence.write_text("channel,happy,clear,seen,colour,mood\na,80,60,70,red,9\nb,50,60,70,blue,8\n", encoding="utf-8")
    rate(evidence, standard, tmp_path / "out")
    assert capsys.readouterr().out.count("colour, mood") == 1


def test_words_come_in_arabic_when_asked(evidence: Path, standard: Path, tmp_path: Path) -> None:
    rated = rate(evidence, standard, tmp_path / "out", "--lang", "ar")
    assert rated["east"]["reason"] == "زيارة ضعيفة"
    assert rated["west"]["reason"] == "جزء من المعيار بلا نتيجة"


def test_stages_show_every_value_on_its_way(evidence: Path, standard: Path, tmp_path: Path) -> None:
    rate(evidence, standard, tmp_path / "out", "--stages", "--no-report")
    stages = rows(tmp_path / "out" / "stages.csv")
    assert list(stages[0]) == ["channel", "indicator", "value", "denominated", "imputed", "treated", "score"]
    assert {row["score"] for row in stages if row["channel"] == "north"} == {"80", "90", "75"}
    assert not (tmp_path / "out" / "report.html").exists()


def test_a_long_file_of_raw_answers_is_reduced_first(standard: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "answers.csv"
    answers = [
        ("a", "happy", 80, "r1"),
        ("a", "happy", 90, "r2"),
        ("a", "clear", 70, "r1"),
        ("a", "clear", 80, "r2"),
        ("a", "seen", 60, "r3"),
    ]
    answers += [
        ("b", "happy", 40, "r1"),
        ("b", "happy", 42, "r2"),
        ("b", "clear", 50, "r2"),
        ("b", "clear", 52, "r1"),
        ("b", "seen", 61, "r3"),
    ]
    lines = ["channel,indicator,value,rater", *(",".join(map(str, answer)) for answer in answers)]
    evidence.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rated = rate(evidence, standard, tmp_path / "out")
    assert float(rated["a"]["score"]) == pytest.approx(0.6 * 80 + 0.4 * 60)
    assert rated["a"]["rank_low"] == "1"


def test_a_folder_of_files_is_one_evidence(standard: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "survey.csv").write_text("channel,happy,clear\na,80,60\nb,50,60\n", encoding="utf-8")
    (folder / "visits.csv").write_text("channel,indicator,value,n\na,seen,70,3\nb,seen,50,3\n", encoding="utf-8")
    assert rate(folder, standard, tmp_path / "out")["a"]["score"] == "70"


def test_the_program_runs_as_a_command_and_prints_the_league(evidence: Path, standard: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "marsad.cli",
        "rate",
        str(evidence),
        "--standard",
        str(standard),
        "--out",
        str(tmp_path / "out"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "3 of 4 channels rated by two-parts@1" in done.stdout
    assert [line.split()[1] for line in done.stdout.splitlines()[2:5]] == ["north", "east", "south"]
