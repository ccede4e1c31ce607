"""What the tests of the ground share: homes of their own, and one whose database is migrated."""

import fcntl
import itertools
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from marsad.config.embedded import FAST, lock, running
from tests.config.processes import marsad, nothing_left

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def ground() -> Path:
    """A folder that the user whom root lends may enter, which pytest's own is not."""
    return Path(os.environ["MARSAD_HOME"]).parent


def made_once(home: Path, make: Callable[[Path], object]) -> Path:
    """Return a home that nobody changes any more: the first worker of the run makes it, the others wait for it."""
    held = lock(home.with_suffix(".lock"), fcntl.LOCK_EX)
    try:
        if not home.exists():
            making = home.with_suffix(".making")
            make(making)
            making.rename(home)
    finally:
        os.close(held)
    return home


@pytest.fixture
def home(ground):
    """A home that is not there yet, and in the end has no process and no folder."""
    path = ground / f"home-{os.getpid()}-{next(NUMBERS)}"
    with nothing_left(path):
        yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def filled(ground):
    """A home whose database is migrated; nothing runs, and all workers copy it."""

    def make(path: Path) -> None:
        code, _, complaint = marsad(path, "migrate")
        assert (code, complaint) == (0, "")

    path = made_once(ground / "filled", make)
    with nothing_left(path):
        yield path


@pytest.fixture(scope="session")
def empty(ground):
    """A home whose data folder is made; nothing runs."""

    def make(path: Path) -> None:
        with running(path, FAST):
            pass

    return made_once(ground / "empty", make)


def copy(home: Path, new: Path) -> Path:
    """Return a copy of a home in which nothing runs: PostgreSQL does not mind where its folder lies."""
    new.mkdir(0o711)
    subprocess.run(["cp", "-a", home / "postgres", new], check=True)
    return new


@pytest.fixture
def made(empty, home):
    """A home of its own whose data folder is made."""
    return copy(empty, home)


@pytest.fixture
def migrated(filled, home):
    """A home of its own whose database is migrated."""
    return copy(filled, home)
