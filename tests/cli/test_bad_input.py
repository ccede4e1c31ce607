"""Bad input to `marsad rate`: one clear sentence with its remedy, exit code 2, nothing half-written."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from marsad.cli import main
from marsad.lake import output

Refused = Callable[..., str]


def written(tmp_path: Path, text: str | bytes, name: str = "bad.csv") -> Path:
    """Write a file of evidence."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_picture_is_not_a_table(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(200), "bad.png"))
    assert "bad.png" in sentence
    assert "CSV" in sentence


def test_a_workbook_is_to_be_saved_as_csv(tmp_path: Path, refused: Refused) -> None:
    assert "save it as CSV" in refused(written(tmp_path, b"PK\x03\x04" + bytes(100), "bad.xlsx"))


def test_wrong_encoding_names_the_line(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "channel,happy,clear,seen\na,1,2,3\nمركز,4,5,6\n".encode("cp1256")))
    assert "line 3" in sentence
    assert "UTF-8" in sentence


def test_a_channel_given_twice_names_both_lines(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "channel,happy,clear,seen\na,1,2,3\nb,1,2,3\na,4,5,6\n"))
    assert "line 4" in sentence
    assert "line 2" in sentence


def test_a_text_in_a_number_names_line_and_column(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "channel,happy,clear,seen\na,1,2,3\nb,good,2,3\n"))
    assert "line 3, column happy" in sentence
    assert "'good'" in sentence


def test_infinity_is_refused(tmp_path: Path, refused: Refused) -> None:
    assert "line 2, column clear" in refused(written(tmp_path, "channel,happy,clear,seen\na,1,inf,3\n"))


def test_a_value_outside_its_scale_is_refused(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "channel,happy,clear,seen\na,1,2,300\n"))
    assert "line 2, column seen" in sentence
    assert "0 to 100" in sentence


def test_evidence_without_any_value_is_refused(tmp_path: Path, refused: Refused) -> None:
    assert refused(written(tmp_path, "channel,happy,clear,seen\na,,,\nb,,,\n"))


def test_a_run_in_which_nobody_can_be_rated_says_why(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "channel,happy,clear,seen\na,1,2,\nb,,,3\n"))
    assert "none of 2 channels can be rated; 2 of them: a part of the standard has no score" in sentence
    assert "marsad standards show" in sentence


def test_a_required_indicator_absent_from_the_whole_file_is_named(tmp_path: Path, refused: Refused) -> None:
    assert "clear" in refused(written(tmp_path, "channel,happy,seen\na,1,2\n"))


def test_an_unknown_identifier_column_lists_the_columns(tmp_path: Path, refused: Refused) -> None:
    sentence = refused(written(tmp_path, "centre,happy,clear,seen\na,1,2,3\n"))
    assert "--id" in sentence
    assert "centre" in sentence


def test_an_unknown_standard_suggests_the_nearest(evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rate", str(evidence), "--standard", "msr-9", "--out", str(tmp_path / "out")]) == 2
    assert "no standard is called 'msr-9'; did you mean msr-2 or msr-1" in capsys.readouterr().err


def test_a_standard_for_another_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evidence = written(tmp_path, "channel,kind,survey-ease\na,hospital,3\n")
    assert main(["rate", str(evidence), "--standard", "msr-1", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "hospital" in said
    assert "service-centre" in said


def test_an_output_folder_in_use_is_refused_and_left_alone(
    evidence: Path, standard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    for force in ([], ["--force"]):
        assert main(["rate", str(evidence), "--standard", str(standard), "--out", str(out), *force]) == 2
        assert str(out) in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_force_replaces_earlier_results(evidence: Path, standard: Path, tmp_path: Path) -> None:
    command = ["rate", str(evidence), "--standard", str(standard), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert main(command) == 2
    assert main([*command, "--force"]) == 0


def test_an_asked_channel_that_is_not_there_is_refused(evidence: Path, refused: Refused) -> None:
    assert "--channel nowhere" in refused(evidence, "--channel", "nowhere")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_said_and_leaves_nothing(evidence: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, table: object) -> None:
        with open("/dev/full", "wb", buffering=0) as device:
            device.write(b"x")

    monkeypatch.setattr("marsad.cli.rating.write_csv", full)
    sentence = refused(evidence)
    assert "the disk is full" in sentence
    assert "--out" in sentence


def test_an_interrupted_run_leaves_nothing(evidence: Path, standard: Path, tmp_path: Path) -> None:
    slow = (
        "import sys, time; import marsad.cli.rating as rate; "
        "rate.write_csv = lambda path, table: (print('writing', flush=True), time.sleep(30)); "
        "import marsad.cli; sys.exit(marsad.cli.main(sys.argv[1:]))"
    )
    out = tmp_path / "out"
    command = [sys.executable, "-c", slow, "rate", str(evidence), "--standard", str(standard), "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130
        assert running.stderr is not None
        assert running.stderr.read() == "marsad: interrupted; nothing was written.\n"
    time.sleep(0.05)
    assert sorted(os.listdir(tmp_path)) == ["evidence.csv", "two-parts.toml"]


def test_every_refusal_of_the_disk_has_a_remedy() -> None:
    assert all(what and remedy for what, remedy in output.REFUSALS.values())


def test_a_number_no_measurement_has_is_refused(tmp_path: Path, refused: Refused) -> None:
    assert "too large" in refused(written(tmp_path, "channel,happy,happy__se,clear,seen\na,1,1e300,2,3\nb,1,1,2,3\n"))


def test_an_indicator_cannot_name_the_channels(evidence: Path, refused: Refused) -> None:
    assert "'happy' is an indicator of the standard" in refused(evidence, "--id", "happy")


def test_a_file_that_is_no_standard_is_said(evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "check", str(evidence)]) == 2
    assert "not a TOML file" in capsys.readouterr().err


def test_a_chain_of_nodes_too_deep_to_follow_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.toml"
    deep.write_text("x = " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    assert main(["standards", "check", str(deep)]) == 2
    assert "deep.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["rate", ""], ["rate", "e.csv", "--draws", "4000000000"], ["rate", "e.csv", "--seed", "-1"], ["demo", "--port", "70000"]],
)
def test_an_option_out_of_range_is_refused_before_any_work(options: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*options, *(["--standard", "msr-1"] if options[0] == "rate" else [])])
    assert stopped.value.code == 2


def test_running_out_of_memory_is_said(
    evidence: Path, standard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("marsad.cli.rating.rate_evidence", greedy)
    assert main(["rate", str(evidence), "--standard", str(standard), "--out", str(tmp_path / "out")]) == 2
    assert "not enough memory" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_being_ended_leaves_nothing(evidence: Path, standard: Path, tmp_path: Path) -> None:
    slow = (
        "import sys, time; import marsad.cli.rating as rating; "
        "rating.write_csv = lambda path, table: (print('writing', flush=True), time.sleep(30)); "
        "import marsad.cli; sys.exit(marsad.cli.main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", slow, "rate", str(evidence), "--standard", str(standard), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        running.terminate()
        assert running.wait(timeout=20) == 130
    assert sorted(os.listdir(tmp_path)) == ["evidence.csv", "two-parts.toml"]


def test_words_a_terminal_cannot_show_are_no_mistake(evidence: Path, standard: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "marsad.cli", "standards", "show", str(standard), "--lang", "ar"]
    plain = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, check=True, env=plain)
    assert b"\\u062c" in done.stdout


def test_what_was_left_unfinished_a_day_ago_is_swept_away(evidence: Path, standard: Path, tmp_path: Path) -> None:
    left = tmp_path / ".marsad-0123456789ab"
    left.mkdir()
    os.utime(left, (time.time() - 2 * output.DAY,) * 2)
    assert main(["rate", str(evidence), "--standard", str(standard), "--out", str(tmp_path / "out"), "--no-report"]) == 0
    assert not left.exists()


def test_a_second_wave_that_does_not_go_with_the_first_is_refused(evidence: Path, refused: Refused, tmp_path: Path) -> None:
    second, drawn = written(tmp_path, "channel,happy,clear\nnorth,80,80\n", "again.csv"), tmp_path / "round.csv"
    assert "give both --second and --round" in refused(evidence, "--second", str(second))
    both = ("--second", str(second), "--round", str(drawn))
    assert "there is no such file" in refused(evidence, *both)
    drawn.write_text("channel,decoy\nsouth,no\n", encoding="utf-8")
    assert "there is new evidence on north, which was not drawn" in refused(evidence, *both)
    drawn.write_text("channel,decoy\nsouth,perhaps\n", encoding="utf-8")
    assert "every channel stands once, in order, with yes or no" in refused(evidence, *both)
    second.write_text("channel,happy,clear\nnowhere,80,80\n", encoding="utf-8")
    assert "the first wave has no channel 'nowhere'" in refused(evidence, *both)
