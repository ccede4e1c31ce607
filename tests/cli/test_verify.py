"""`marsad verify`: what it prints, how it ends, and what it refuses."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from marsad.cli import verify as command
from marsad.core.problem import Problem
from marsad.ledger import Frozen, public_key
from tests.ledger.build import KEY, OTHER, bundle, made


@pytest.fixture
def frozen(tmp_path: Path) -> Frozen:
    """Return a publication."""
    return made(tmp_path).freeze()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return the publisher's public key."""
    path = tmp_path / "publisher.pem"
    path.write_bytes(public_key(KEY))
    return path


def run(*arguments: object) -> None:
    """Run the command as the program does."""
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    options = parser.parse_args(["verify", *map(str, arguments)])
    options.run(options)


def printed(capsys: pytest.CaptureFixture[str]) -> Sequence[str]:
    """Return the lines that were printed."""
    return capsys.readouterr().out.splitlines()


def test_it_prints_every_seal_and_the_verdict(frozen, key, tmp_path, capsys):
    run(bundle(tmp_path / "ports.zip", frozen), "--key", key)
    lines = printed(capsys)
    assert lines[0] == "ports-1 (public bundle)"
    assert "  ok           stars      12 stars follow from the evidence by the standard." in lines
    assert "  not checked  sealed     3 files are for auditors alone, and only committed to here." in lines
    assert any(line.startswith("note: 2 cells show the value of a pool") for line in lines)
    assert lines[-1] == "Every seal that could be looked at is whole."


def test_an_auditors_bundle_is_checked_whole(frozen, key, tmp_path, capsys):
    run(bundle(tmp_path / "ports", frozen, audience="auditor"), "--key", key)
    lines = printed(capsys)
    assert lines[0] == "ports-1 (auditor bundle)"
    assert any("what is public follows from what is sealed" in line for line in lines)


def test_a_broken_seal_ends_with_code_1_and_names_the_place(frozen, key, tmp_path, capsys):
    path = bundle(tmp_path / "ports", frozen)
    ratings = path / "ratings.csv"
    text = ratings.read_text(encoding="utf-8")
    ratings.write_text(re.sub(r"^(p-07,[\d.]+),3,", r"\1,4,", text, flags=re.MULTILINE), encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        run(path, "--key", key)
    assert stopped.value.code == 1
    lines = printed(capsys)
    assert any(line.startswith("  BROKEN       files      ratings.csv was changed") for line in lines)
    assert lines[-1].startswith("BROKEN: files, trees, stars")


def test_another_key_ends_with_code_1(frozen, key, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(bundle(tmp_path / "ports", frozen, key=OTHER), "--key", key)
    assert printed(capsys)[-1] == "BROKEN: signature."


def test_the_chain_is_checked_with_the_publications_before(frozen, key, tmp_path, capsys):
    first = bundle(tmp_path / "ports-1.zip", frozen)
    second = bundle(tmp_path / "ports-2.zip", made(tmp_path).freeze(number=2, previous=frozen.fingerprint))
    run(second, "--key", key, "--previous", first)
    assert "  ok           chain      publications 1 to 2 follow each other." in printed(capsys)


def test_no_bundle_and_no_key_are_problems(frozen, key, tmp_path):
    with pytest.raises(Problem, match="no such bundle"):
        run(tmp_path / "nothing", "--key", key)
    with pytest.raises(Problem, match="cannot be read"):
        run(bundle(tmp_path / "ports", frozen), "--key", tmp_path / "nothing.pem")


def test_a_key_must_be_named(frozen, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(bundle(tmp_path / "ports", frozen))
    assert stopped.value.code == 2
    assert "--key" in capsys.readouterr().err


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit):
        run("--help")
    assert "marsad verify 2026-1.zip --key publisher.pem" in capsys.readouterr().out
