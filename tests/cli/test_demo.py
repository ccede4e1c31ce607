"""`marsad demo`: a nation made, rated and served."""

import csv
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from socket import socket

import pytest

from marsad.cli import main
from marsad.cli.showcase import HOST, listen
from marsad.core.problem import Problem


def rows(path: Path) -> list[dict[str, str]]:
    """Return a CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def made(folder: Path) -> Path:
    """Return where the nation's evidence and truth are."""
    [place] = folder.glob("nation-*")
    return place


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a nation of 140 channels, rated."""
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--channels", "140", "--seed", "5", "--folder", str(folder), "--no-serve"]) == 0
    return folder


def test_the_truth_stands_apart_from_the_evidence(nation: Path) -> None:
    assert sorted(path.name for path in (made(nation) / "evidence").iterdir()) == [
        "assessment.csv",
        "channels.csv",
        "meter.csv",
        "survey.csv",
        "visit.csv",
    ]
    assert len(rows(made(nation) / "truth.csv")) == 140


def test_the_rating_comes_near_the_truth(nation: Path) -> None:
    truth = {row["channel"]: row for row in rows(made(nation) / "truth.csv")}
    rated = [row for row in rows(nation / "results" / "ratings.csv") if row["rated"] == "yes"]
    assert len(rated) > 120
    misses = [abs(float(row["score"]) - float(truth[row["channel"]]["score"])) for row in rated]
    assert sum(misses) / len(misses) < 2.5
    near = [abs(float(row["star"]) - float(truth[row["channel"]]["star"])) <= 1 for row in rated]
    assert sum(near) / len(near) > 0.97  # a cap may take more than one star from a channel just over its edge


def test_every_kind_is_ranked_apart(nation: Path) -> None:
    kinds = {row["channel"]: row["kind"] for row in rows(made(nation) / "evidence" / "channels.csv")}
    rated = [row for row in rows(nation / "results" / "ratings.csv") if row["rated"] == "yes"]
    assert len({kinds[row["channel"]] for row in rated}) == 7
    assert {kinds[row["channel"]] for row in rated if row["rank"] == "1"} == set(kinds.values())


def test_the_same_seed_makes_the_same_nation(nation: Path, tmp_path: Path) -> None:
    assert main(["demo", "--channels", "140", "--seed", "5", "--folder", str(tmp_path), "--no-serve"]) == 0
    for name in ("evidence/visit.csv", "truth.csv"):
        assert (made(tmp_path) / name).read_bytes() == (made(nation) / name).read_bytes()
    for name in ("ratings.csv", "nodes.csv"):
        assert (tmp_path / "results" / name).read_bytes() == (nation / "results" / name).read_bytes()


def test_a_second_start_keeps_the_evidence(nation: Path) -> None:
    before = (made(nation) / "evidence" / "visit.csv").stat().st_mtime_ns
    assert main(["demo", "--channels", "140", "--seed", "5", "--folder", str(nation), "--no-serve"]) == 0
    assert (made(nation) / "evidence" / "visit.csv").stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main(["demo", "--channels", "20", "--folder", str(tmp_path / "file"), "--no-serve"]) == 2
    assert "choose another --folder" in capsys.readouterr().err


def test_the_report_says_that_the_nation_is_made_up(nation: Path) -> None:
    page = (nation / "results" / "report.html").read_text(encoding="utf-8")
    assert "Synthetic: every channel" in page
    assert "بيانات مصطنعة" in page


def test_a_taken_port_is_said_and_the_next_one_used(tmp_path: Path) -> None:
    with closing(socket()) as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listen(tmp_path, port) as server:
            assert server.server_address[1] > port


def test_it_serves_the_report_on_this_machine_and_stops_on_interrupt(nation: Path) -> None:
    with closing(socket()) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "marsad.cli",
        "demo",
        "--channels",
        "140",
        "--seed",
        "5",
        "--folder",
        str(nation),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        address = next(line.split()[4] for line in running.stdout if line.startswith("the report is on "))
        with urllib.request.urlopen(address) as answer:
            assert "<html" in answer.read(2000).decode()
        running.terminate()
        running.wait(timeout=20)


def test_a_port_that_is_not_ours_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr("marsad.cli.showcase.ThreadingHTTPServer", refuse)
    with pytest.raises(Problem, match="no permission to use port 80"):
        listen(tmp_path, 80)


def test_two_demos_at_once_make_one_nation(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "marsad.cli", "demo", "--channels", "40", "--folder", str(tmp_path), "--no-serve"]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [running.communicate()[1] for running in both]
    assert not any("cannot be written" in words for words in said)
    assert len(list(tmp_path.glob("nation-*"))) == 1
