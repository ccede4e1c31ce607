"""Where the demo keeps what is its own: what it has made so far, the secret of its server, and the truth."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from marsad.core.problem import Problem
from marsad.demo.plan import Size
from marsad.lake.store import held

FOLDER = "demo"
PUT_OUT = ("publications", "standards")
"""What filling the database writes beside it."""
LAKE = "lake"
DATA = ("postgres", LAKE, *PUT_OUT)
"""What any home of Marsad may hold."""


@dataclass(frozen=True)
class Made:
    """What there is: a nation of a size by a recipe, its imports by cycle, and whether the platform is filled with it."""

    size: Size
    recipe: str
    imports: Mapping[str, Sequence[str]]
    filled: bool = False


@dataclass(frozen=True)
class Home:
    """The home of a demo; all but `demo/` in it is as in any home of Marsad."""

    path: Path

    @property
    def folder(self) -> Path:
        """Return the folder of what is the demo's own."""
        return self.path / FOLDER

    @property
    def truth(self) -> Path:
        """Return where the truth lies."""
        return self.folder / "truth.csv"

    @property
    def note(self) -> Path:
        """Return the file that says what there is."""
        return self.folder / "nation.json"

    def prepare(self) -> None:
        """Make the folder; raises Problem where the home is somebody else's."""
        mine = self.folder.exists()
        if not mine and any((self.path / name).exists() for name in DATA):
            what = "this home holds something else than a demo"
            raise Problem(what, file=self.path, remedy="set MARSAD_HOME to a folder that is not there yet")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"nothing can be kept here: {error.strerror}"
            raise Problem(what, file=self.path, remedy="set MARSAD_HOME to a folder of your own") from None

    def secret(self) -> str:
        """Return the secret of the demo's server, made on first use and kept."""
        path = self.folder / "secret"
        if not path.exists():
            unfinished = path.with_name(f".secret-{secrets.token_hex(6)}")
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
            unfinished.replace(path)
        return path.read_text(encoding="ascii")

    def made(self) -> Made | None:
        """Return what there is; None where there is nothing, or nothing that can be read."""
        try:
            told = json.loads(self.note.read_text(encoding="utf-8"))
            return Made(**{**told, "size": Size(**told["size"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def say(self, made: Made) -> None:
        """Say what there is."""
        unfinished = self.note.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="utf-8")
        unfinished.replace(self.note)

    def clear(self, *, lake: bool) -> None:
        """Remove what an earlier filling put out, and with `lake` the nation itself; the database is emptied elsewhere."""
        if lake:
            self.note.unlink(missing_ok=True)
        for name in (*PUT_OUT, *([LAKE] if lake else [])):
            shutil.rmtree(self.path / name, ignore_errors=True)

    @contextmanager
    def held(self, how: int) -> Iterator[bool]:
        """Hold the demo's lock, shared by those who serve and alone by who fills; False where another holds it otherwise."""
        with held(self.folder / "lock", how) as ours:
            yield ours
