"""The lake: evidence that is only ever added to, in imports that are written whole or not at all and can be checked for ever."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

import numpy as np

from marsad.core.problem import Problem, Sentence
from marsad.lake.manifest import (
    ID_LENGTH,
    INTAKE,
    KINDS,
    File,
    Import,
    Version,
    content_digest,
    damaged,
    import_from,
    manifest_text,
    version_of,
)
from marsad.lake.parts import DamagedError, Part, parts_of, read_part, rows_digest, spread, write_part
from marsad.lake.rows import SHAPE, Rows, joined

EVIDENCE, IMPORTS, UNFINISHED = "evidence", "imports", "unfinished"
PLACING, WRITING = "placing.lock", "writing.lock"
"""Held by the one writer that puts files in place; held by all writers together, and alone by a sweep."""
Progress = Callable[[int, int], object]
"""Told how much of how much is done."""


@dataclass(frozen=True)
class Added:
    """What `Lake.add` did: the import, and whether it is a new one or was there already."""

    entry: Import
    new: bool


class Lake:
    """Evidence under one folder."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._known: dict[str, Import] = {}

    def add(
        self,
        rows: Rows | Iterable[Rows],
        *,
        at: datetime,
        kind: str = INTAKE,
        about: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Added:
        """Add rows as one import, or find that the same content is there; raises Problem, and then nothing was added.

        `about` says in codes what the rows are. It is part of the content: by its own code there an adjustment that is made once
        more, after another, is told apart from the first.
        """
        if kind not in KINDS or at.tzinfo is None:
            raise ValueError(f"kind is one of {', '.join(KINDS)} and at has a time zone, not {kind!r} and {at}")
        many = [some for some in ([rows] if isinstance(rows, Rows) else rows) if len(some)]
        if not many:
            raise Problem("there are no rows to add", remedy="check what they were taken from")
        with refusals(self.root):
            return self.write(list(parts_of(joined(many))), kind, at, dict(about or {}), progress)

    def write(self, parts: Sequence[Part], kind: str, at: datetime, about: Mapping[str, str], progress: Progress | None) -> Added:
        """Write parts into a folder of their own, then put all of them in place at once."""
        content = content_digest(kind, about, [(part.source, part.month, part.digest) for part in parts])
        found = self.by_content(content)
        if found is not None:
            return Added(found, new=False)
        name, total, done = content[:ID_LENGTH], sum(len(part.rows) for part in parts), 0
        with self.unfinished() as folder:
            files = []
            for part in parts:
                files.append(write_file(folder, part, name))
                done += len(part.rows)
                if progress:
                    progress(done, total)
            return self.put_in_place(folder, Import(name, 0, kind, at.isoformat(), total, SHAPE, about, content, tuple(files)))

    def put_in_place(self, folder: Path, entry: Import) -> Added:
        """Move the files of an import to where they belong, then its manifest, with which it exists."""
        with self.holding(PLACING, fcntl.LOCK_EX):
            found = self.by_content(entry.content)
            if found is not None:
                return Added(found, new=False)
            entry = replace(entry, number=len(self.imports()) + 1)
            for file in entry.files:
                target = self.root / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(folder / file.path, target)
                flush(target.parent)
            manifest = folder / "manifest"
            manifest.write_text(manifest_text(entry), encoding="utf-8")
            manifest.chmod(0o444)
            flush(manifest)
            os.replace(manifest, self.manifest_path(entry))
            flush(self.root / IMPORTS)
            return Added(entry, new=True)

    def manifest_path(self, entry: Import) -> Path:
        """Return where the manifest of an import lies."""
        return self.root / IMPORTS / f"{entry.number:08d}-{entry.id}.json"

    def imports(self) -> tuple[Import, ...]:
        """Return all imports in the order they came; raises Problem at a manifest that is damaged."""
        return tuple(self.read_manifest(path) for path in self.manifests())

    def manifests(self) -> list[Path]:
        """Return the files of all manifests in order."""
        return sorted((self.root / IMPORTS).glob("*.json"))

    def read_manifest(self, path: Path) -> Import:
        """Return the import a manifest tells of, having read it once; raises Problem where it is damaged."""
        if path.name not in self._known:
            self._known[path.name] = import_from(path)
        return self._known[path.name]

    def by_content(self, content: str) -> Import | None:
        """Return the import with this content."""
        return next((entry for entry in self.imports() if entry.content == content), None)

    def version(self, imports: Iterable[str] | None = None) -> Version:
        """Return the state of the evidence made of these imports, or of all; raises Problem where one is not in the lake."""
        there = self.imports()
        wanted = {entry.id for entry in there} if imports is None else set(imports)
        unknown = sorted(wanted - {entry.id for entry in there})
        if unknown:
            what = Sentence("the import {name} is not in the lake", name=unknown[0])
            raise Problem(what, file=self.root, remedy=Sentence("restore it from a backup"))
        return version_of(entry for entry in there if entry.id in wanted)

    def of(self, version: Version) -> tuple[Import, ...]:
        """Return the imports of a version; raises Problem where one is missing or says something else now."""
        if self.version(version.imports) != version:
            what = Sentence("the evidence is not what it was in this version")
            raise Problem(what, file=self.root, remedy=Sentence("restore it from a backup"))
        wanted = set(version.imports)
        return tuple(entry for entry in self.imports() if entry.id in wanted)

    def check(self, *, rows: bool = False) -> tuple[Problem, ...]:
        """Return all that is damaged: manifests, files, and with `rows` also what the files say, whatever their bytes."""
        found: list[Problem] = []
        for number, path in enumerate(self.manifests(), 1):
            try:
                entry = import_from(path)
            except Problem as problem:
                found.append(problem)
                continue
            if entry.number != number:
                found.append(
                    damaged(
                        path, Sentence("it is import {found} where import {wanted} should be", found=entry.number, wanted=number)
                    )
                )
            found += [damaged(self.root / file.path, what) for file in entry.files if (what := self.fault(file, rows=rows))]
        return tuple(found)

    def fault(self, file: File, *, rows: bool) -> str:
        """Return what is wrong with a file, blank where nothing is."""
        path = self.root / file.path
        if not path.is_file():
            return Sentence("the file is missing")
        if path.stat().st_size != file.bytes or digest_of(path) != file.sha256:
            return Sentence("the file is not the one that was imported")
        if not rows:
            return ""
        try:
            same = rows_digest(read_part(path)) == file.rows_sha256
            return "" if same else Sentence("its rows are not those that were imported")
        except DamagedError as error:
            return str(error)

    def sweep(self) -> tuple[str, ...]:
        """Remove what interrupted imports left behind, and return the names; nothing while anybody writes."""
        swept: list[str] = []
        with self.holding(WRITING, fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
            if not alone:
                return ()
            known = {file.path for entry in self.imports() for file in entry.files}
            for path in sorted([*(self.root / UNFINISHED).glob("*"), *(self.root / EVIDENCE).rglob("*.parquet")]):
                name = path.relative_to(self.root).as_posix()
                if name not in known:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    swept.append(name)
        return tuple(swept)

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """Give a folder to write into, that a sweep spares and that is gone afterwards."""
        with self.holding(WRITING, fcntl.LOCK_SH):
            folder = self.root / UNFINISHED / secrets.token_hex(8)
            folder.mkdir(parents=True)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def holding(self, name: str, how: int) -> Iterator[bool]:
        """Hold a lock, which the system lets go however the process ends; False where another holds it and we do not wait."""
        (self.root / IMPORTS).mkdir(parents=True, exist_ok=True)
        with held(self.root / name, how) as alone:
            yield alone


@contextmanager
def held(path: Path, how: int) -> Iterator[bool]:
    """Hold the lock that a file is, made where it is not there; False where another holds it and we do not wait."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, how)
        except BlockingIOError:
            yield False
            return
        yield True


REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "there is no permission to write",
    errno.EROFS: "the disk can only be read",
}


@contextmanager
def refusals(root: Path) -> Iterator[None]:
    """Say as a problem what the operating system refuses."""
    try:
        yield
    except OSError as error:
        what = REFUSALS.get(error.errno or 0)
        if what is None:
            raise
        raise Problem(f"{what}; nothing was imported", file=root, remedy="mend that and import again") from error


def write_file(folder: Path, part: Part, name: str) -> File:
    """Write one part and return what the manifest says of it."""
    path = f"{EVIDENCE}/{part.folder}/{name}.parquet"
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    write_part(place, part.rows, name)
    place.chmod(0o444)
    flush(place)
    first, last = (str(np.datetime64(int(end), "us")) + "Z" for end in (part.rows.at.min(), part.rows.at.max()))
    return File(
        path=path,
        source=part.source,
        month=part.month,
        rows=len(part.rows),
        bytes=place.stat().st_size,
        sha256=digest_of(place),
        rows_sha256=part.digest,
        first=first,
        last=last,
        invalid=len(part.rows) - part.rows.counts("valid").get("", 0),
        spread=spread(part.rows),
        cycles=part.rows.counts("cycle"),
        indicators=part.rows.counts("indicator"),
    )


def flush(path: Path) -> None:
    """Make sure that a file or a folder's entries are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
