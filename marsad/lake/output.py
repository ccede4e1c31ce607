"""Results written out: CSV with the same bytes every time, and a folder that is written as a whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType

import numpy as np
from numpy.typing import ArrayLike

from marsad.core.problem import Problem
from marsad.lake import arrow

ROWS_AT_A_TIME = 500_000
DAY = 86_400.0
"""Seconds after which nobody is still writing what looks unfinished."""
RUN, REPORT, RESULTS = "run.json", "report.html", "results"
"""The file by which a folder that Marsad wrote is known: under its key `results` stand the names of all others but the report."""
UNFINISHED = ".marsad-"
"""How folders begin that hold what is not in place yet."""
DROPPINGS = (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.", UNFINISHED)
"""Beginnings of what other programs, or a run that was killed, leave in a folder; nobody misses it."""

REFUSALS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        errno.ENOSPC: ("the disk is full", "free some space or choose another folder with --out"),
        errno.EDQUOT: ("the disk quota is used up", "free some space or choose another folder with --out"),
        errno.EACCES: ("there is no permission to write here", "choose another folder with --out"),
        errno.EPERM: ("there is no permission to write here", "choose another folder with --out"),
        errno.EROFS: ("the disk can only be read", "choose another folder with --out"),
        errno.ENOTDIR: ("a file is in the place of a folder", "move it away or choose another folder with --out"),
        errno.ENOENT: ("no folder can be made here", "choose another folder with --out"),
        errno.ELOOP: ("links lead round in a circle here", "choose another folder with --out"),
        errno.ENAMETOOLONG: ("the name is too long", "choose another folder with --out"),
        errno.ENOTEMPTY: ("something else was written here meanwhile", "run it again, or choose another folder with --out"),
        errno.EBUSY: ("the folder is in use", "close what uses it or choose another folder with --out"),
    }
)
"""What an operating system refuses, as a problem and its remedy."""


def write_csv(path: Path | str, columns: Mapping[str, ArrayLike]) -> None:
    """Write columns `[R]` as UTF-8 CSV with LF line ends, the same bytes for the same values.

    Numbers are the shortest text that reads back as the same number, whole ones without a point, NaN an empty cell; texts are
    quoted only where needed. Raises ValueError on columns of different length and on infinity, OSError as the disk does.
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    lengths = {values.shape for values in arrays.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise ValueError(f"columns of different shapes: {', '.join(f'{name} {values.shape}' for name, values in arrays.items())}")
    [(rows,)] = lengths
    with open(path, "wb") as file:
        file.write(arrow.csv_bytes({name: np.array([name], dtype=object) for name in arrays}))
        for start in range(0, rows, ROWS_AT_A_TIME):
            file.write(arrow.csv_bytes({name: values[start : start + ROWS_AT_A_TIME] for name, values in arrays.items()}))


class OutputFolder:
    """A folder that appears only when all of it is written: `with OutputFolder(path) as folder: …` gives where to write.

    On any exception what was there before is there again, and nothing else. With `force` it replaces what an earlier run wrote,
    as its run.json tells, and refuses a folder that holds anything else. Raises Problem.
    """

    def __init__(self, path: Path | str, force: bool = False) -> None:
        self.named, self.force = Path(path), force
        self.path = self.named

    def __enter__(self) -> Path:
        """Return the unfinished folder to write into."""
        try:
            self.path = Path(os.path.realpath(self.named))
            self.refuse_what_is_there()
            self.before = self.path.is_dir()
            sweep(self.home())
            self.unfinished = self.home() / f"{UNFINISHED}{secrets.token_hex(6)}"
            self.unfinished.mkdir()
        except OSError as error:
            raise self.refusal(error) or error from error
        return self.unfinished

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Put the folder in its place, or take back all of it."""
        try:
            if error is None:
                self.put_in_place()
        except OSError as failure:
            raise self.refusal(failure) or failure from failure
        finally:
            shutil.rmtree(self.unfinished, ignore_errors=True)
        if isinstance(error, OSError) and self.concerns(error):
            refusal = self.refusal(error)
            if refusal:
                raise refusal from error

    def home(self) -> Path:
        """Return where the unfinished folder lies, on the disk of the finished one: inside it where it exists, else beside it."""
        if self.before:
            return self.path
        return next(folder for folder in self.path.parents if folder.exists())

    def refuse_what_is_there(self) -> None:
        """Raise Problem where the place is taken, or holds anything that no run of Marsad wrote."""
        if self.path.exists() and not self.path.is_dir():
            raise self.problem("a file is in the place of the folder", "move it away or choose another folder with --out")
        there = entries(self.path)
        if there and not self.force:
            raise self.problem("the folder is not empty", "choose another with --out, or replace what is in it with --force")
        if there and RUN not in there:
            what = f"the folder holds files that Marsad did not write ({RUN} is not among them)"
            raise self.problem(what, "choose another with --out")
        strange = sorted(there - written_by_marsad(self.path))
        if strange:
            names = ", ".join(strange[:3]) + (" …" if len(strange) > 3 else "")
            raise self.problem(
                f"the folder holds {names}, which Marsad did not write", "move it away or choose another with --out"
            )

    def put_in_place(self) -> None:
        """Move what was written to where it belongs."""
        if self.before:
            self.refuse_what_is_there()
            self.exchange()
        else:
            self.appear()

    def appear(self) -> None:
        """Rename the unfinished folder to its own name, under parents made for it; where that fails, take them back."""
        made = [folder for folder in self.path.parents if not folder.exists()]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.rename(self.unfinished, self.path)
        except BaseException:
            for folder in made:
                with suppress(OSError):
                    folder.rmdir()
            raise

    def exchange(self) -> None:
        """Replace every entry of the folder by those written anew; where that fails or is interrupted, put the old ones back."""
        old = self.unfinished / f"{UNFINISHED}old"
        new = sorted(entries(self.unfinished))
        replaced = sorted(entries(self.path))
        try:
            old.mkdir()
            for name in replaced:
                os.rename(self.path / name, old / name)
            for name in new:
                os.rename(self.unfinished / name, self.path / name)
        except BaseException:
            for name in new:
                if (self.path / name).exists() and not (self.unfinished / name).exists():
                    os.rename(self.path / name, self.unfinished / name)
            for name in entries(old):
                os.rename(old / name, self.path / name)
            raise

    def concerns(self, error: OSError) -> bool:
        """Whether the operating system refused something in this folder, or does not say where."""
        return error.filename is None or Path(str(error.filename)).is_relative_to(self.unfinished)

    def refusal(self, error: OSError) -> Problem | None:
        """Return a refusal of the operating system as a problem, where it is one a person can do something about."""
        refusal = REFUSALS.get(error.errno or 0)
        return self.problem(*refusal) if refusal else None

    def problem(self, what: str, remedy: str) -> Problem:
        """Return a problem of the folder."""
        return Problem(what, file=self.named, remedy=remedy)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished in a folder more than a day ago."""
    for left in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if left.is_dir() and time.time() - left.stat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)


def written_by_marsad(folder: Path) -> set[str]:
    """Return the names of what an earlier run wrote into a folder, as its run.json says."""
    names = {RUN, REPORT}
    with suppress(OSError, ValueError):
        facts = json.loads((folder / RUN).read_text(encoding="utf-8"))
        names.update(facts.get(RESULTS, ()) if isinstance(facts, dict) else ())
    return names


def entries(folder: Path) -> set[str]:
    """Return the names in a folder that somebody may miss; none where there is no folder."""
    names: set[str] = set()
    with suppress(FileNotFoundError):
        names.update(name for name in os.listdir(folder) if not name.startswith(DROPPINGS))
    return names
