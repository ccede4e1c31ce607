"""One archive of all that cannot be made again: the database, the lake and the public keys, with a hash of every file.

The database is dumped first and as of one moment. Files of the lake are never changed once written, so every file the dump speaks
of is in the archive; one that was added meanwhile does no harm. Private keys are never in it.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from marsad import __version__
from marsad.config.database import connection_words
from marsad.config.environment import Environment
from marsad.config.owner import shipped
from marsad.core.problem import Problem
from marsad.ledger.keyring import HANDOVERS, LOSSES

FORMAT, MANIFEST, DUMP, LAKE, KEYS = 1, "manifest.json", "database.dump", "lake", "keys"
KEPT = ("standards", "publications")
"""Folders of the home whose files are written once and never change, and cannot be made again."""
PUBLIC, BIGGEST_KEY = b"-----BEGIN PUBLIC KEY-----", 10_000
CHUNK = 1 << 20
Manifest = dict[str, Any]


def back_up(environment: Environment, file: Path, *, force: bool = False) -> Manifest:
    """Write the archive, whole or not at all; return its manifest. Raises Problem."""
    if file.exists() and not force:
        raise Problem("there is a file of this name", file=file, remedy="name another, or replace it with --force")
    unfinished = file.with_name(f".marsad-{secrets.token_hex(6)}")
    try:
        with working_folder(file.parent) as folder, open(unfinished, "xb", opener=private) as out:
            dump(environment, folder / DUMP)
            manifest = write_archive(out, environment, folder / DUMP)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise Problem(f"the backup cannot be written: {error.strerror}", file=file, remedy="name another file") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def private(path: str, flags: int) -> int:
    """Open a file that nobody else may read: it holds people's data."""
    return os.open(path, flags, 0o600)


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """Give a private folder that goes afterwards."""
    folder = beside / f".marsad-{secrets.token_hex(6)}"
    folder.mkdir(0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_archive(out: IO[bytes], environment: Environment, dumped: Path) -> Manifest:
    """Write every file, then the manifest."""
    files: dict[str, dict[str, Any]] = {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in tqdm(list(contents(environment, dumped)), desc="backup", unit="file", delay=2):
            files[name] = add(archive, name, path)
        manifest = {
            "format": FORMAT,
            "marsad": __version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "migrations": applied(),
            "files": files,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        archive.addfile(member(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


def contents(environment: Environment, dumped: Path) -> Iterator[tuple[str, Path]]:
    """Yield what goes into the archive, by its name there."""
    yield DUMP, dumped
    for name, folder in ((LAKE, environment.lake), *((kept, environment.home / kept) for kept in KEPT)):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):  # a dot: not finished yet
                yield f"{name}/{inside.as_posix()}", path
    for path in public_keys(environment):
        yield f"{KEYS}/{path.name}", path


def public_keys(environment: Environment) -> list[Path]:
    """Return the public keys beside the private one, known by what they hold, and what keys said of others."""
    files = (path for path in sorted(environment.signing_key.parent.glob("*")) if path.is_file())
    small = (path for path in files if path.stat().st_size < BIGGEST_KEY or path.name in (HANDOVERS, LOSSES))
    return [
        path
        for path in small
        if path.name in (HANDOVERS, LOSSES) or (PUBLIC in (held := path.read_bytes()) and b"PRIVATE" not in held)
    ]


def add(archive: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    """Add a file; return its size and hash, taken from the bytes that went in."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        hashed = Hashed(file)
        archive.addfile(member(name, size), hashed)
    return {"bytes": size, "sha256": hashed.digest.hexdigest()}


class Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def member(name: str, size: int) -> tarfile.TarInfo:
    """Return the head of a member: no owner, no time, readable by its owner alone."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def applied() -> dict[str, list[str]]:
    """Return the steps that the database has taken, by app."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    steps: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        steps.setdefault(app, []).append(name)
    return steps


def dump(environment: Environment, path: Path) -> None:
    """Write PostgreSQL's own dump of the database."""
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}"]
    done = client(environment, command)
    if done.returncode:
        raise Problem(f"the database cannot be dumped: {said(done.stderr)}", remedy="see docs/operate.md")


def client(environment: Environment, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run one of PostgreSQL's programs to its end."""
    return subprocess.run(program(command), env=told(environment), stdin=subprocess.DEVNULL, capture_output=True)


def program(command: list[str]) -> list[str]:
    """Return a command with the full name of its program."""
    return [str(shipped() / "bin" / command[0]), *command[1:]]


def told(environment: Environment) -> dict[str, str]:
    """Return an environment that says where the database is: a password does not belong on a command line."""
    from psycopg import pq

    words = connection_words(environment)
    names = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    said = {envvar.decode(): words[word] for word, envvar in names.items() if envvar and word in words}
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | said | {"LC_ALL": "C"}


def said(stderr: bytes) -> str:
    """Return what a program said last, on one line."""
    lines = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "error" in line or "FATAL" in line]
    return (errors or lines or ["it said nothing"])[0].strip()[:300]
