"""An output folder is written as a whole or not at all, and nothing unexpected is ever lost."""

import errno
import json
import os
from pathlib import Path

import pytest

from marsad.core.problem import Problem
from marsad.lake.output import OutputFolder
from tests.lake.build import Refused


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(path: Path, *, force: bool = False, **files: str) -> None:
    """Write files as `marsad rate` does, with the run.json that names them."""
    with OutputFolder(path, force=force) as folder:
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text)
        (folder / "run.json").write_text(json.dumps({"results": {f"{name}.csv": "digest" for name in files}}))


def break_off(path: Path, failure: BaseException) -> None:
    """Write half of a folder and fail."""
    with OutputFolder(path, force=True) as folder:
        (folder / "ratings.csv").write_text("half")
        raise failure


@pytest.fixture
def earlier(tmp_path):
    """A folder that an earlier run wrote."""
    run(tmp_path / "out", ratings="old", stages="old")
    return tmp_path / "out"


def test_the_folder_appears_when_all_of_it_is_written(tmp_path):
    with OutputFolder(tmp_path / "out") as folder:
        (folder / "ratings.csv").write_text("new")
        assert not (tmp_path / "out").exists()
    assert content(tmp_path) == {"out/ratings.csv": "new"}
    assert os.listdir(tmp_path) == ["out"]


def test_parents_are_made(tmp_path):
    run(tmp_path / "a" / "b", ratings="new")
    assert content(tmp_path / "a" / "b")["ratings.csv"] == "new"


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path):
    (tmp_path / "out").mkdir()
    before = (tmp_path / "out").stat().st_ino
    run(tmp_path / "out", ratings="new")
    assert (tmp_path / "out").stat().st_ino == before
    assert sorted(os.listdir(tmp_path / "out")) == ["ratings.csv", "run.json"]


def test_the_folder_is_as_readable_as_others(tmp_path):
    (tmp_path / "other").mkdir()
    run(tmp_path / "out", ratings="new")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_filled_folder_is_refused_without_force(earlier):
    with Refused() as refused:
        run(earlier, ratings="new")
    assert refused.problem.what == "the folder is not empty"
    assert "--force" in refused.problem.remedy
    assert content(earlier)["ratings.csv"] == "old"


def test_force_replaces_all_that_an_earlier_run_wrote(earlier):
    (earlier / "report.html").write_text("old")
    run(earlier, force=True, ratings="new")
    assert sorted(os.listdir(earlier)) == ["ratings.csv", "run.json"]
    assert content(earlier)["ratings.csv"] == "new"
    assert os.listdir(earlier.parent) == ["out"]


def test_force_does_not_take_a_folder_that_marsad_did_not_write(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with Refused() as refused:
        run(tmp_path, force=True, ratings="new")
    assert "run.json is not among them" in refused.problem.what
    assert content(tmp_path) == {"notes.txt": "mine"}


def test_force_does_not_take_what_somebody_added_to_the_results(earlier):
    (earlier / "notes.txt").write_text("mine")
    with Refused() as refused:
        run(earlier, force=True, ratings="new")
    assert refused.problem.what == "the folder holds notes.txt, which Marsad did not write"
    assert content(earlier)["notes.txt"] == "mine"
    assert content(earlier)["ratings.csv"] == "old"


def test_what_is_added_while_marsad_works_is_not_lost(earlier):
    with Refused() as refused, OutputFolder(earlier, force=True) as folder:
        (folder / "run.json").write_text("{}")
        (earlier / "notes.txt").write_text("mine")
    assert "notes.txt" in refused.problem.what
    assert content(earlier)["notes.txt"] == "mine"


def test_what_file_managers_leave_is_nobodys(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_text("")
    run(tmp_path / "out", ratings="new")
    assert "ratings.csv" in content(tmp_path / "out")


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("a mistake"), OSError(errno.ENOSPC, "No space left")])
@pytest.mark.parametrize("exists", [True, False])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, failure, exists):
    out = tmp_path / "deep" / "out"
    if exists:
        run(out, ratings="old")
    before, entries = content(tmp_path), sorted(tmp_path.rglob("*"))
    with pytest.raises((KeyboardInterrupt, RuntimeError, Problem)):
        break_off(out, failure)
    assert content(tmp_path) == before
    assert sorted(tmp_path.rglob("*")) == entries


@pytest.mark.parametrize("failing", range(6))
@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_a_failure_while_things_are_put_in_place_is_undone(earlier, monkeypatch, failing, failure):
    before, rename, calls = content(earlier), os.rename, []

    def failing_rename(*paths):
        calls.append(paths)
        if len(calls) == failing + 1:
            raise failure
        rename(*paths)

    monkeypatch.setattr("os.rename", failing_rename)
    with pytest.raises((KeyboardInterrupt, Problem)):
        run(earlier, force=True, ratings="new", other="new")
    assert content(earlier) == before
    assert sorted(os.listdir(earlier)) == sorted(before)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "there is no permission to write here"),
        (errno.EROFS, "the disk can only be read"),
    ],
)
def test_what_the_system_refuses_is_said_with_a_remedy(tmp_path, code, what):
    with Refused() as refused, OutputFolder(tmp_path / "out") as folder:
        raise OSError(code, os.strerror(code), str(folder / "ratings.csv"))
    assert refused.problem.what == what
    assert "--out" in refused.problem.remedy
    assert refused.problem.file == tmp_path / "out"


def test_a_refusal_elsewhere_is_not_blamed_on_the_output(tmp_path):
    with pytest.raises(PermissionError), OutputFolder(tmp_path / "out"):
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/else")


def test_a_full_disk_is_said_by_the_disk_itself(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Refused() as refused, OutputFolder(tmp_path / "out"), open("/dev/full", "w") as full:
        full.write("x" * 100_000)
    assert refused.problem.what == "the disk is full"


@pytest.mark.parametrize("path", ["file", "file/out"])
def test_a_file_in_the_place_of_a_folder_is_said(tmp_path, path):
    (tmp_path / "file").write_text("mine")
    with Refused() as refused:
        run(tmp_path / path, force=True, ratings="new")
    assert "a file is in the place of" in refused.problem.what
    assert content(tmp_path) == {"file": "mine"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_said(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with Refused() as refused:
        run(tmp_path / "closed" / "out", ratings="new")
    assert refused.problem.what == "there is no permission to write here"


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    run(tmp_path / "link", ratings="new")
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "real")["ratings.csv"] == "new"


def test_the_folder_one_stands_in_can_be_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(Path("."), ratings="new")
    assert os.path.exists("ratings.csv")
