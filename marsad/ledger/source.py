"""The very bytes of a standard and its instruments, as they go into a bundle and come out of it again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from marsad.core.problem import Problem
from marsad.standards import Standard, load
from marsad.standards.loader import INSTRUMENTS, path_of

FOLDER = "standard"


@dataclass(frozen=True)
class StandardSource:
    """A standard with its files: the name of its own and the bytes of all, by name."""

    standard: Standard
    main: str
    files: Mapping[str, bytes]


def read_standard(name: str) -> StandardSource:
    """Return a shipped standard by name, or any by its file, with the bytes that define it; raises Problem."""
    path = path_of(name)
    standard, content = load(name), path.read_bytes()
    files = {path.name: content}
    for instrument in instruments_in(content):
        refuse_outside(instrument, path)
        folder = next(folder for folder in (path.parent, INSTRUMENTS) if (folder / instrument).is_file())
        files[instrument] = (folder / instrument).read_bytes()
    if digest_of(path.name, files) != standard.digest:
        raise Problem("the standard was changed while it was read", file=path, remedy="freeze again")
    return StandardSource(standard, path.name, files)


def instruments_in(content: bytes) -> list[str]:
    """Return the names of the instruments of a standard, in its order."""
    tables = tomllib.loads(content.decode("utf-8-sig")).get("instrument", [])
    return [str(table["file"]) for table in tables]


def digest_of(main: str, files: Mapping[str, bytes]) -> str:
    """Return the digest of a standard from its files, as loading gives it; raises KeyError where one is absent."""
    whole = sha256(files[main])
    for instrument in instruments_in(files[main]):
        whole.update(files[instrument])
    return whole.hexdigest()


def refuse_outside(name: str, path: Path) -> None:
    """Raise Problem where an instrument lies where no bundle can hold it."""
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        raise Problem(f"the instrument '{name}' is not beside the standard", file=path, remedy="move it beside or below it")


def standard_from(main: str, files: Mapping[str, bytes]) -> Standard:
    """Return the standard that some files define; raises Problem where they define none."""
    with TemporaryDirectory(prefix="marsad-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return load(str(Path(folder, main)))
