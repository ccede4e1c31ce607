"""Where stories take place: a home that is not there yet, and one whose cycle has just been opened."""

import itertools
import os
import shutil

import pytest

from tests.config.conftest import ground as ground

NUMBERS = itertools.count()


@pytest.fixture
def home(ground):
    """A home that is not there yet, and in the end has no process and no folder."""
    from tests.config.processes import nothing_left

    path = ground / f"story-{os.getpid()}-{next(NUMBERS)}"
    with nothing_left(path):
        yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def begun(ground, tmp_path_factory):
    """A home in which nothing runs, whose cycle is open and has no evidence; with the tokens of its people."""
    from tests.stories.homes import begin

    path = ground / f"begun-{os.getpid()}"
    yield path, begin(path, tmp_path_factory.mktemp("begun"))
    shutil.rmtree(path, ignore_errors=True)
