"""Bundles on disk: a folder or a .zip, written whole or not at all, and read without trusting a name or a size in it."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from marsad.core.problem import Problem, Sentence
from marsad.ledger.freeze import Frozen
from marsad.ledger.publication import PUBLICATION, SIGNATURE, Signature

PUBLIC, AUDITOR = "public", "auditor"
MOST_FILES, MOST_BYTES = 5_000, 8 << 30
"""The files and the bytes that a bundle may hold before it is refused."""
MOST_AT_ONCE = 1 << 30
"""The bytes of one file that are held at once; longer ones are only hashed."""
DENSEST, SMALL = 200, 1 << 20
"""How many times its packed size a file of a .zip may be, once it is larger than a small one."""
BLOCK = 1 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleFiles(Protocol):
    """What a bundle holds, by name."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its files, sorted."""
        ...

    def size(self, name: str) -> int:
        """Return the size that a file is said to have."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Return a file opened for reading."""
        ...


class DamagedError(ValueError):
    """A file of a bundle that cannot be read to its end; `why` is a clause."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class FolderFiles:
    """A bundle in a folder; links and what is no plain file are refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        found = []
        for entry in sorted(path.rglob("*")):
            name = entry.relative_to(path).as_posix()
            kind = entry.lstat().st_mode
            if stat.S_ISLNK(kind) or not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
                raise Problem(
                    Sentence("it is a link or a device, not a file"),
                    file=path,
                    at=name,
                    remedy=Sentence("ask for the bundle again"),
                )
            if stat.S_ISREG(kind):
                found.append(name)
            refuse_many(len(found), path)
        self.names = tuple(found)
        refuse_large(sum(map(self.size, self.names)), path)

    def size(self, name: str) -> int:
        """Return the size of a file."""
        return (self.path / name).stat().st_size

    def open(self, name: str) -> IO[bytes]:
        """Return a file opened for reading."""
        return (self.path / name).open("rb")


class ZipFiles:
    """A bundle in a .zip; names that lead outside, names twice, links, passwords and bombs are refused before any is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise Problem(
                Sentence("this is not a whole .zip file"), file=path, remedy=Sentence("ask for the bundle again")
            ) from None
        entries = [entry for entry in self.archive.infolist() if not entry.is_dir()]
        refuse_many(len(entries), path)
        for entry in entries:
            refuse_entry(entry, path)
        self.entries = {entry.filename: entry for entry in entries}
        if len({name.casefold() for name in self.entries}) != len(entries):
            raise Problem(
                Sentence("the .zip holds a name twice"), file=path, remedy=Sentence("do not unpack it; ask for the bundle again")
            )
        refuse_large(sum(entry.file_size for entry in entries), path)
        self.names = tuple(sorted(self.entries))

    def size(self, name: str) -> int:
        """Return the size that a file is said to have; reading stops there."""
        return self.entries[name].file_size

    def open(self, name: str) -> IO[bytes]:
        """Return a file opened for reading."""
        return self.archive.open(name)


def refuse_entry(entry: zipfile.ZipInfo, path: Path) -> None:
    """Raise Problem where an entry of a .zip is dangerous."""
    remedy, name = Sentence("do not unpack it; ask for the bundle again"), entry.filename
    parts = PurePosixPath(entry.filename).parts
    outside = entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename or ":" in entry.filename
    if outside or "\0" in entry.orig_filename:
        raise Problem(Sentence("the .zip holds '{name}', a name that leads outside it", name=name), file=path, remedy=remedy)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Problem(Sentence("'{name}' in the .zip is a link or a device, not a file", name=name), file=path, remedy=remedy)
    if entry.flag_bits & 1:
        raise Problem(Sentence("'{name}' in the .zip is locked with a password", name=name), file=path, remedy=remedy)
    if entry.file_size > SMALL and entry.file_size > DENSEST * max(entry.compress_size, 1):
        what = Sentence(
            "'{name}' in the .zip says it unpacks to {size} bytes from {packed}: a bomb",
            name=name,
            size=entry.file_size,
            packed=entry.compress_size,
        )
        raise Problem(what, file=path, remedy=remedy)


def refuse_many(count: int, path: Path) -> None:
    """Raise Problem where there are more files than any bundle has."""
    if count > MOST_FILES:
        raise Problem(Sentence("it holds more than {most} files", most=MOST_FILES), file=path, remedy=Sentence("is it a bundle?"))


def refuse_large(size: int, path: Path) -> None:
    """Raise Problem where there is more than any bundle holds."""
    if size > MOST_BYTES:
        what = Sentence("it unpacks to {size} bytes, more than the {most} a bundle may have", size=size, most=MOST_BYTES)
        raise Problem(what, file=path, remedy=Sentence("is it a bundle?"))


def open_bundle(path: Path | str) -> BundleFiles:
    """Return the bundle at a path; raises Problem where there is none or it is dangerous."""
    path = Path(path)
    if path.is_dir():
        return FolderFiles(path)
    if not path.is_file():
        raise Problem("there is no such bundle", file=path, remedy="name a folder or a .zip of a publication")
    return ZipFiles(path)


def blocks(bundle: BundleFiles, name: str) -> Iterator[bytes]:
    """Yield a file's bytes, never more than its said size; raises DamagedError where it ends early or is damaged."""
    left = bundle.size(name)
    try:
        with bundle.open(name) as file:
            while left and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise DamagedError(Sentence("it cannot be read to its end: it is damaged or cut short")) from None
    if left:
        raise DamagedError(Sentence("it ends early"))


def content_of(bundle: BundleFiles, name: str, most: int = MOST_AT_ONCE) -> bytes:
    """Return a file's bytes; raises DamagedError, also where there are more than can be held at once."""
    if bundle.size(name) > most:
        raise DamagedError(Sentence("it is larger than {most} bytes", most=most))
    return b"".join(blocks(bundle, name))


def write_bundle(target: Path | str, frozen: Frozen, signature: Signature, *, audience: str = PUBLIC) -> Path:
    """Write a bundle for an audience as a folder, or as a .zip where the name ends so; whole or not at all; raises Problem."""
    target = Path(target)
    if audience not in (PUBLIC, AUDITOR):
        raise ValueError(f"no bundle is for '{audience}'")
    if target.exists():
        raise Problem("there is something already", file=target, remedy="name a new bundle: what is published is never replaced")
    files: dict[str, bytes | Path] = {PUBLICATION: frozen.publication.content, SIGNATURE: signature.content, **frozen.files}
    if audience == AUDITOR:
        files |= frozen.sealed
    unfinished = target.parent / f".marsad-{secrets.token_hex(6)}"
    write = write_zip if target.suffix == ".zip" else write_folder
    try:
        write(unfinished, files)
        os.replace(unfinished, target)
    except OSError as error:
        raise Problem(f"the bundle cannot be written: {error.strerror}", file=target, remedy="choose another place") from None
    finally:
        remove(unfinished)
    return target


def write_folder(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write files into a new folder."""
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)


def write_zip(path: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write files into a new .zip, the same bytes for the same files."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            content = files[name]
            if isinstance(content, Path):
                with content.open("rb") as source, archive.open(entry, "w", force_zip64=True) as out:
                    shutil.copyfileobj(source, out, BLOCK)
            else:
                archive.writestr(entry, content)


def remove(path: Path) -> None:
    """Remove what was left unfinished."""
    with suppress(FileNotFoundError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
