"""Puts an archive of `marsad backup` back: every hash checked before anything is touched, then all of it or nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tqdm import tqdm

from marsad.config.backup import CHUNK, DUMP, FORMAT, KEPT, KEYS, LAKE, MANIFEST, Manifest, program, said, told, working_folder
from marsad.config.environment import Environment
from marsad.core.problem import Problem

ANOTHER = "restore from another backup"
NEWER, HEAD = b"SET transaction_timeout = 0;", 4096
"""What the head of a script says to every server, and those older than PostgreSQL 17 do not know."""
EMPTIED = "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC"


def restore(environment: Environment, file: Path, *, force: bool = False) -> Manifest:
    """Put the archive in the place of database and lake; return its manifest. Raises Problem, and then all is as it was."""
    manifest = check(file)
    refuse_newer(manifest, file)
    refuse_in_use()
    if not force:
        refuse_overwriting(environment)
    try:
        environment.lake.parent.mkdir(parents=True, exist_ok=True)
        with working_folder(environment.lake.parent) as folder:
            unpack(file, manifest, folder)
            put_kept(environment, folder)
            with lake_in_place(environment, folder):
                load(environment, folder / DUMP)
            put_keys(environment, folder / KEYS)
    except OSError as error:
        what, remedy = f"the backup cannot be restored: {error.strerror}", "free the way and run it again"
        raise Problem(what, file=error.filename, remedy=remedy) from None
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tarfile.TarFile]:
    """Open an archive; raises Problem on what is none."""
    try:
        with tarfile.open(file, mode="r:") as archive:
            yield archive
    except (OSError, tarfile.TarError, EOFError) as error:
        why = getattr(error, "strerror", None) or "it is no backup of Marsad, or is cut short"
        raise Problem(f"the backup cannot be read: {why}", file=file, remedy=ANOTHER) from None


def check(file: Path) -> Manifest:
    """Return the manifest, every file compared with it. Raises Problem."""
    found: dict[str, dict[str, Any]] = {}
    text = b""
    with opened(file) as archive:
        for info in tqdm(archive, desc="check", unit="file", delay=2):
            refuse_strange(info, file, found)
            data = archive.extractfile(info)
            assert data is not None
            if info.name == MANIFEST:
                text = data.read()
            else:
                found[info.name] = {"bytes": info.size, "sha256": hashed(data)}
    manifest = read_manifest(text, file)
    compare(manifest["files"], found, file)
    return manifest


def refuse_strange(info: tarfile.TarInfo, file: Path, found: dict[str, Any]) -> None:
    """Raise Problem on anything but plain files under their own names: no link, no way out of the folder, nothing twice."""
    path = PurePosixPath(info.name)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in info.name
    known = info.name in (MANIFEST, DUMP) or (len(path.parts) > 1 and path.parts[0] in (LAKE, KEYS, *KEPT))
    if not (info.isfile() and inside and known) or info.name in found:
        raise Problem(f"the backup holds {info.name!r}, which marsad backup does not write", file=file, remedy=ANOTHER)


def hashed(data: IO[bytes]) -> str:
    """Return the hash of what is left in a file."""
    digest = sha256()
    while chunk := data.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def read_manifest(text: bytes, file: Path) -> Manifest:
    """Return the manifest; raises Problem where it is missing or of another format."""
    try:
        manifest = json.loads(text)
        good = manifest["format"] == FORMAT and DUMP in manifest["files"] and isinstance(manifest["migrations"], dict)
    except (ValueError, KeyError, TypeError):
        raise Problem("the backup has no manifest: it is cut short", file=file, remedy=ANOTHER) from None
    if not good:
        raise Problem(
            f"the backup is of format {manifest['format']}, and this release reads {FORMAT}",
            file=file,
            remedy="restore it with the release that wrote it",
        )
    return dict(manifest)


def compare(listed: dict[str, Any], found: dict[str, Any], file: Path) -> None:
    """Raise Problem on the first file that is missing, changed or not listed."""
    for name in sorted(listed.keys() | found.keys()):
        if listed.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not in its manifest" if name not in listed else "was changed"
            raise Problem(f"the backup is damaged: {name} {what}", file=file, remedy=ANOTHER)


def refuse_newer(manifest: Manifest, file: Path) -> None:
    """Raise Problem on a backup of a database that this release does not know."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    ours = set(loader.disk_migrations) | {step for one in loader.disk_migrations.values() for step in one.replaces}
    steps = [(app, name) for app, names in manifest["migrations"].items() for name in names if app in loader.migrated_apps]
    unknown = [f"{app}.{name}" for app, name in steps if (app, name) not in ours]
    if unknown:
        raise Problem(
            f"the backup was written by a newer release ({unknown[-1]})",
            file=file,
            remedy=f"restore it with Marsad {manifest['marsad']}",
        )


def refuse_in_use() -> None:
    """Raise Problem where others are connected to the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        [others] = cursor.fetchone()
    if others:
        raise Problem(f"the database is in use by {others} other connections", remedy="stop marsad serve, then run it again")


def refuse_overwriting(environment: Environment) -> None:
    """Raise Problem where there is anything that would be lost."""
    from django.db import connection

    full = environment.lake.is_dir() and any(environment.lake.iterdir())
    if full or connection.introspection.table_names():
        what = "the lake" if full else "the database"
        raise Problem(f"{what} is not empty", remedy="back it up, then replace everything with --force")


def unpack(file: Path, manifest: Manifest, folder: Path) -> None:
    """Write the files, compared with the manifest once more as they lie there."""
    with opened(file) as archive:
        for info in tqdm(archive, desc="unpack", unit="file", delay=2):
            if info.name != MANIFEST:
                path = folder / PurePosixPath(info.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                data = archive.extractfile(info)
                assert data is not None
                with open(path, "xb") as out:
                    shutil.copyfileobj(data, out, CHUNK)
    for name, listed in manifest["files"].items():
        with open(folder / PurePosixPath(name), "rb") as data:
            compare({name: listed["sha256"]}, {name: hashed(data)}, file)


def load(environment: Environment, dumped: Path) -> None:
    """Replace what is in the database by the dump, in one transaction."""
    from django.db import connections

    connections.close_all()
    script = dumped.with_name("script.sql")
    read = program(["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", f"--file={script}", str(dumped)])
    wrote = program(["psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-c", EMPTIED, "-f", str(script)])
    carry_out(environment, read)
    suit_older_servers(script)
    carry_out(environment, wrote)
    script.unlink()


def carry_out(environment: Environment, command: list[str]) -> None:
    """Run one of PostgreSQL's programs to its end; raises Problem."""
    done = subprocess.run(command, env=told(environment), stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        raise Problem(f"the database cannot be restored, and is as it was: {said(done.stderr)}", remedy="see docs/operate.md")


def suit_older_servers(script: Path) -> None:
    """Blank out, in the head of a script, what older servers refuse; a new connection has that value anyway."""
    with open(script, "r+b") as file:
        place = file.read(HEAD).find(NEWER)
        if place >= 0:
            file.seek(place)
            file.write(b" " * len(NEWER))


@contextmanager
def lake_in_place(environment: Environment, folder: Path) -> Iterator[None]:
    """Put the lake in its place; where what follows fails, the one before is there again."""
    before, new = folder / "before", folder / LAKE
    new.mkdir(exist_ok=True)
    environment.lake.mkdir(exist_ok=True)
    environment.lake.rename(before)
    new.rename(environment.lake)
    try:
        yield
    except BaseException:
        environment.lake.rename(new)
        before.rename(environment.lake)
        raise


def put_kept(environment: Environment, folder: Path) -> None:
    """Put the files that never change where they are not yet; one that is there is never changed."""
    for path in sorted(path for kept in KEPT for path in (folder / kept).rglob("*") if path.is_file()):
        place = environment.home / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copyfile(path, place)


def put_keys(environment: Environment, folder: Path) -> None:
    """Put the public keys where they are not yet; one that is there is never changed."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        place = environment.signing_key.parent / path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copyfile(path, place)
