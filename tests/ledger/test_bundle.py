"""Bundles on disk: written whole, read with distrust."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from marsad.core.problem import Problem
from marsad.ledger import Frozen, verify, write_bundle
from marsad.ledger import bundle as bundle_module
from tests.ledger.build import KEY, PUBLIC_KEY, bundle


@pytest.fixture
def packed(frozen: Frozen, tmp_path: Path) -> Path:
    return bundle(tmp_path / "ports.zip", frozen)


def add(path: Path, name: str, content: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> None:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def refused(path: Path) -> str:
    with pytest.raises(Problem) as problem:
        verify(path, [PUBLIC_KEY])
    return str(problem.value)


def test_a_zip_and_a_folder_hold_the_same(packed, public):
    assert verify(packed, [PUBLIC_KEY]).fingerprint == verify(public, [PUBLIC_KEY]).fingerprint
    assert verify(packed, [PUBLIC_KEY]).holds


def test_the_same_result_gives_the_same_bytes(frozen, packed, ports, tmp_path):
    again = ports.freeze()
    assert again.publication.content == frozen.publication.content
    assert bundle(tmp_path / "again.zip", again).read_bytes() == packed.read_bytes()


@pytest.mark.parametrize("name", ["../outside.csv", "/etc/passwd", "a/../../b", "..\\outside.csv", "C:evil.csv"])
def test_a_name_that_leads_outside_is_refused(packed, name):
    add(packed, name)
    said = refused(packed)
    assert "a name that leads outside it" in said
    assert "do not unpack it" in said


def test_a_bomb_is_refused(packed):
    add(packed, "bomb.csv", b"\0" * (8 << 20))
    assert "'bomb.csv' in the .zip says it unpacks to 8388608 bytes" in refused(packed)


def test_a_file_never_unpacks_to_more_than_it_says(packed):
    """A lie in the directory about the size is met by reading no further than the lie."""
    content = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        size = archive.getinfo("evidence.csv").file_size
    at = content.rindex(b"evidence.csv") - 46 + 24
    assert int.from_bytes(content[at : at + 4], "little") == size
    packed.write_bytes(content[:at] + (10).to_bytes(4, "little") + content[at + 4 :])
    report = verify(packed, [PUBLIC_KEY])
    assert "evidence.csv was changed: it has 10 bytes" in str(report["files"])


def test_too_many_and_too_large_files_are_refused(packed, monkeypatch):
    monkeypatch.setattr(bundle_module, "MOST_FILES", 3)
    assert "more than 3 files" in refused(packed)
    monkeypatch.setattr(bundle_module, "MOST_FILES", 100)
    monkeypatch.setattr(bundle_module, "MOST_BYTES", 1000)
    assert "more than the 1000 a bundle may have" in refused(packed)


def test_a_link_is_refused_in_a_zip_and_in_a_folder(packed, public):
    add(packed, "link.csv", b"/etc/passwd", stat.S_IFLNK | 0o777)
    assert "a link or a device" in refused(packed)
    os.symlink("/etc/hostname", public / "link.csv")
    assert "a link or a device" in refused(public)


def test_a_pipe_in_a_folder_is_refused_and_not_waited_for(public):
    os.mkfifo(public / "pipe.csv")
    assert "a link or a device" in refused(public)


def test_a_name_that_stands_twice_is_refused(packed):
    with pytest.warns(UserWarning, match="Duplicate"):
        add(packed, "ratings.csv")
    assert "holds a name twice" in refused(packed)


def test_a_name_that_differs_in_case_alone_is_refused(packed):
    add(packed, "RATINGS.csv")
    assert "holds a name twice" in refused(packed)


def test_a_cut_zip_is_refused(packed):
    packed.write_bytes(packed.read_bytes()[:-100])
    assert "not a whole .zip file" in refused(packed)


def test_damaged_content_of_a_zip_is_named(packed):
    content = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        entry = archive.getinfo("nodes.csv")
    start = entry.header_offset + 30 + len("nodes.csv")
    content[start + 200 : start + 220] = bytes(20)
    packed.write_bytes(bytes(content))
    assert "nodes.csv: it cannot be read to its end" in str(verify(packed, [PUBLIC_KEY])["files"])


def test_there_is_no_bundle(tmp_path):
    assert "there is no such bundle" in refused(tmp_path / "nothing.zip")


def test_what_is_published_is_never_replaced(frozen, packed):
    before = packed.read_bytes()
    with pytest.raises(Problem, match="something already"):
        bundle(packed, frozen)
    assert packed.read_bytes() == before


def test_nothing_is_left_where_writing_fails(frozen, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle_module, "write_folder", full)
    with pytest.raises(Problem, match="No space left"):
        write_bundle(tmp_path / "ports", frozen, frozen.sign(KEY))
    assert list(tmp_path.iterdir()) == []


def test_an_audience_is_public_or_auditor(frozen, tmp_path):
    with pytest.raises(ValueError, match="everybody"):
        write_bundle(tmp_path / "ports", frozen, frozen.sign(KEY), audience="everybody")


def test_the_public_bundle_holds_nothing_sealed(public, frozen):
    names = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert not names & set(frozen.sealed)
