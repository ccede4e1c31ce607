"""Where stories take place: a home that is not there yet, one with people and a catalogue, and one whose cycle is open."""

import itertools
import json
import os
import shutil

import pytest

from tests.config.conftest import ground as ground
from tests.config.conftest import made_once

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
def settled(ground, tmp_path_factory):
    """A home in which nothing runs, with its people, its catalogue and its key, and no cycle; with the tokens of its people."""
    from tests.stories.homes import settle

    def make(path):
        tokens = settle(path, tmp_path_factory.mktemp("settled"))
        (path / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")

    path = made_once(ground / "settled", make)
    return path, json.loads((path / "tokens.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def begun(settled, ground, tmp_path_factory):
    """A home in which nothing runs, whose cycle is open and has no evidence."""
    from tests.stories.homes import copied, open_cycle

    return made_once(ground / "begun", lambda path: open_cycle(copied(settled[0], path), tmp_path_factory.mktemp("begun")))
