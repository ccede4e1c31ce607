"""A released standard is for ever: what a star was computed with can always be read again."""

import tomllib
from pathlib import Path

import pytest

from tests.standards.freeze import fingerprints, table

RELEASED = Path(__file__).with_name("released.toml")
PRINT = "python -m tests.standards.freeze > tests/standards/released.toml"


def released() -> dict[str, str]:
    return tomllib.loads(RELEASED.read_text(encoding="utf-8"))["sha256"]


def complaints(frozen: dict[str, str], found: dict[str, str]) -> list[str]:
    """Say of every file that differs what to do about it."""
    changed = [path for path in frozen if path in found and frozen[path] != found[path]]
    gone = [path for path in frozen if path not in found]
    new = [path for path in found if path not in frozen]
    return (
        [
            f"{path} was released and has changed: put it back, and write the change as a new version under a new name"
            for path in changed
        ]
        + [f"{path} was released and is gone: put it back, for results refer to it" for path in gone]
        + [f"{path} is not in released.toml: when it is ready for release, run `{PRINT}`" for path in new]
    )


def test_no_released_file_changes_unnoticed():
    assert complaints(released(), fingerprints()) == []


@pytest.mark.parametrize(
    ("found", "remedy"),
    [
        ({"schemes/a.toml": "2"}, "under a new name"),
        ({}, "put it back"),
        ({"schemes/a.toml": "1", "schemes/b.toml": "3"}, "tests.standards.freeze"),
    ],
    ids=["changed", "gone", "new"],
)
def test_a_file_that_differs_is_named_with_its_remedy(found, remedy):
    [complaint] = complaints({"schemes/a.toml": "1"}, found)
    assert complaint.startswith("schemes/")
    assert remedy in complaint


def test_one_byte_more_changes_the_fingerprint(tmp_path):
    for room in ("schemes", "instruments/deep"):
        (tmp_path / room).mkdir(parents=True)
        (tmp_path / room / "a.toml").write_bytes(b"schema = 1\n")
    before = fingerprints(tmp_path)
    (tmp_path / "instruments/deep/a.toml").write_bytes(b"schema = 1\n ")
    after = fingerprints(tmp_path)
    assert set(before) == {"schemes/a.toml", "instruments/deep/a.toml"}
    assert {path for path in before if before[path] != after[path]} == {"instruments/deep/a.toml"}


def test_the_printed_table_reads_back_as_the_fingerprints():
    assert tomllib.loads("\n".join(table(fingerprints())))["sha256"] == fingerprints()
