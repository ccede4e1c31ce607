"""A home in which a story takes place: its terminal, its people, its files; all of it reached as an administrator reaches it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from marsad.config.embedded import FAST, running
from tests.config.processes import ROOT, module

CYCLE = "2026-1"
TOKENS = {"aisha": "", "omar": "port-authority", "salem": "land-department", "machine": "port-authority", "huda": ""}
"""The cycle of every story, and whose tokens there are, for which entity; '' for all."""
AISHA = ("aisha@marsad.example", "--name-ar", "عائشة", "--name-en", "Aisha", "--language", "en")
ANNOUNCED = ("--title-ar", "دورة", "--title-en", "Cycle", "--opens", "2026-01-01", "--draws", "400", "--seed", "7")
"""What is said of the cycle, besides its standard."""
KEPT = ("postgres", "lake", "standards", "keys")
"""What of a home is copied."""


class Terminal:
    """A process at which commands are given."""

    def __init__(self, home: Path) -> None:
        self.home, self.process = home, module(home, "tests.stories.terminal")

    def answer(self, *words: str | Path, given: str = "") -> tuple[int, str, str]:
        """Return the exit code, the output and the complaint of a command to which something comes in."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([[str(word) for word in words], given]) + "\n")
        self.process.stdin.flush()
        code, out, err = json.loads(self.process.stdout.readline())
        return code, out, err

    def run(self, *words: str | Path, given: str = "") -> str:
        """Return the output of a command, which must go well."""
        code, out, err = self.answer(*words, given=given)
        assert code == 0, err
        return out

    def do(self, *words: str | Path, as_: str = "aisha") -> str:
        """Return the output of a step of the cycle that somebody takes, which must go well."""
        step, *rest = words
        return self.run("cycle", step, CYCLE, *rest, "--as", f"{as_}@marsad.example")

    def refused(self, *words: str | Path, as_: str) -> str:
        """Return the one sentence by which a step is refused."""
        step, *rest = words
        code, out, err = self.answer("cycle", step, CYCLE, *rest, "--as", f"{as_}@marsad.example")
        assert (code, out) == (2, "")
        return err


@contextmanager
def terminal(home: Path) -> Iterator[Terminal]:
    """Have a terminal in a home."""
    opened = Terminal(home)
    try:
        yield opened
    finally:
        opened.process.communicate(timeout=60)


def settled(home: Path, at: Terminal, catalogue: Path) -> dict[str, str]:
    """Bring an empty home to where a cycle can be announced: people, catalogue and key; return the tokens."""
    from tests.world import PASSWORD

    assert at.run("migrate").endswith("steps to this release")
    at.run("begin", *AISHA, given=f"{PASSWORD}\n")
    process = module(home, "tests.stories.country")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    at.run("import", catalogue, "--as", AISHA[0])
    at.run("key", "new")
    tokens: dict[str, str] = json.loads(out)
    return tokens


def settle(home: Path, folder: Path) -> dict[str, str]:
    """Have a home in which a cycle can be announced and nothing runs, what is brought in being written into `folder` first."""
    from tests.stories import files

    with running(home, FAST), terminal(home) as at:
        return settled(home, at, files.catalogue(folder))


def open_cycle(home: Path, folder: Path) -> None:
    """Bring a home that is settled to where its cycle is open and has no evidence."""
    from tests.ratings import build
    from tests.stories import files

    with running(home, FAST), terminal(home) as at:
        at.do("announce", "--standard", build.write_standard(folder), *ANNOUNCED)
        at.do("cover", "--kind", "app", "--kind", "service-centre", "--facts", files.facts(folder))
        at.do("move", "open")


def copied(home: Path, new: Path) -> Path:
    """Return a copy of a home in which nothing runs."""
    new.mkdir(0o711)
    subprocess.run(["cp", "-a", *(home / name for name in KEPT if (home / name).exists()), new], check=True)
    return new


def verified(bundle: Path, *arguments: Path | str) -> tuple[int, str]:
    """Return the exit code and the output of `marsad verify`, run where there is no setting, no home and no database."""
    command = [sys.executable, "-m", "marsad.cli", "verify", str(bundle), *map(str, arguments)]
    done = subprocess.run(command, cwd=bundle.parent, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
