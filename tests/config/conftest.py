"""What the tests of the ground share: homes of their own, and one whose database is migrated."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from marsad.config.embedded import FAST, running
from tests.config.processes import marsad, nothing_left

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def ground() -> Path:
    """A folder that the user whom root lends may enter, which pytest's own is not."""
    return Path(os.environ["MARSAD_HOME"]).parent


@pytest.fixture
def home(ground):
    """A home that is not there yet, and in the end has no process and no folder."""
    path = ground / f"home-{os.getpid()}-{next(NUMBERS)}"
    with nothing_left(path):
        yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def filled(ground):
    """A home whose database is migrated; nothing runs."""
    path = ground / f"filled-{os.getpid()}"
    code, _, complaint = marsad(path, "migrate")
    assert (code, complaint) == (0, "")
    with nothing_left(path):
        yield path


@pytest.fixture(scope="session")
def empty(ground):
    """A home whose data folder is made; nothing runs."""
    path = ground / f"empty-{os.getpid()}"
    with running(path, FAST):
        pass
    return path


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
