"""Whatever is done to a bundle's bytes, it is never taken for whole and never brings the check down."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.ledger import verify
from tests.ledger.build import PUBLIC_KEY, bundle, made

some = settings(max_examples=120, deadline=None, derandomize=True)
CHANGES = {
    "flip": lambda content, at: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
    "cut": lambda content, at: content[:at],
    "drop": lambda content, at: content[:at] + content[at + 5 :],
    "double": lambda content, at: content[:at] + content[max(at - 30, 0) :],
    "garble": lambda content, at: content[:at] + b'\xff",\n\0' + content[at:],
    "empty": lambda content, at: b"",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an auditors' bundle."""
    folder = tmp_path_factory.mktemp("whole")
    return bundle(folder / "ports", made(folder).freeze(), audience="auditor")


@some
@given(st.data())
def test_damage_anywhere_is_found_and_said(whole, data):
    names = sorted(path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file())
    name = data.draw(st.sampled_from(names))
    content = (whole / name).read_bytes()
    change = data.draw(st.sampled_from(sorted(CHANGES)))
    changed = CHANGES[change](content, data.draw(st.integers(0, len(content) - 1)))
    with TemporaryDirectory() as folder:
        copy = Path(folder, "ports")
        shutil.copytree(whole, copy)
        (copy / name).write_bytes(changed)
        report = verify(copy, [PUBLIC_KEY])
    assert report.holds == (changed == content)
    assert all(str(seal) for seal in report.seals)


@pytest.mark.parametrize("name", ["attributes.csv", "evidence.csv", "ratings.csv", "nodes.csv"])
def test_a_missing_column_is_named(whole, tmp_path, name):
    copy = tmp_path / "ports"
    shutil.copytree(whole, copy)
    lines = (copy / name).read_text(encoding="utf-8").splitlines()
    asked = {"attributes.csv": "breach", "evidence.csv": "state", "ratings.csv": "star", "nodes.csv": "score"}[name]
    head = lines[0].split(",")
    head[head.index(asked)] = "other"
    (copy / name).write_text("\n".join([",".join(head), *lines[1:]]) + "\n", encoding="utf-8")
    report = verify(copy, [PUBLIC_KEY])
    assert f"there is no column '{asked}'" in str(report["stars"])


@pytest.mark.parametrize(
    "missing", ["publication.json", "evidence.csv", "attributes.csv", "standard/ports/voice.toml", "full/nodes.csv"]
)
def test_a_missing_file_is_named(whole, tmp_path, missing):
    copy = tmp_path / "ports"
    shutil.copytree(whole, copy)
    (copy / missing).unlink()
    report = verify(copy, [PUBLIC_KEY])
    assert not report.holds
    assert any(f"{missing} is missing" in str(seal) for seal in report.seals)
