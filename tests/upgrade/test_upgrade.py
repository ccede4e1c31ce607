"""The data of every release before are taken over: each is restored, migrated, and whole."""

import json
import lzma
import os
import re
import shutil
import tarfile
from pathlib import Path

import psycopg
import pytest

from marsad.config.embedded import FAST, connection_words, running
from tests.config.conftest import ground as ground
from tests.config.processes import module, nothing_left
from tests.stories.homes import terminal, verified
from tests.upgrade.make import HERE

RELEASES = sorted(HERE.glob("*.marsad.xz"))
BIGGEST = 100_000
GROW = ("django_migrations", "django_content_type", "auth_permission")
"""Tables to which a release may add rows."""
MEANT: frozenset[str] = frozenset()
"""The columns, as table.column, that a migration is meant to change; each with a test of its own."""
Rows = dict[str, list[dict]]


def rows(home: Path) -> Rows:
    """Return every row of every table, by its name."""
    with psycopg.connect(**connection_words(home)) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        found = {name: connection.execute(f'SELECT to_jsonb(t) FROM "{name}" t').fetchall() for [name] in names}
    return {name: [row for [row] in table] for name, table in found.items()}


def as_then(table: str, then: list[dict], now: list[dict]) -> list[str]:
    """Return the rows of a table as they are now, in the columns that it had then, in one order."""
    columns = [column for column in (then[0] if then else {}) if f"{table}.{column}" not in MEANT]
    return sorted(json.dumps({column: row.get(column, "gone") for column in columns}, sort_keys=True) for row in now)


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.name.removesuffix(".marsad.xz"))
def backup(request, tmp_path_factory):
    """What a release backed up."""
    file = tmp_path_factory.mktemp("released") / "released.marsad"
    file.write_bytes(lzma.decompress(request.param.read_bytes()))
    return file


@pytest.fixture(scope="module")
def taken_over(backup, ground):
    """A home that took over what a release backed up, with its terminal, and the rows before and after."""
    home = ground / f"upgraded-{os.getpid()}"
    with nothing_left(home), running(home, FAST), terminal(home) as at:
        code, _, complaint = at.answer("restore", backup)
        assert code == 0, complaint
        before = rows(home)
        code, _, complaint = at.answer("migrate")
        assert code == 0, complaint
        yield home, at, before, rows(home)
    shutil.rmtree(home)


def test_there_is_a_backup_of_a_release():
    assert RELEASES


def test_every_row_is_kept(taken_over):
    _, _, before, after = taken_over
    assert {"accounts_person", "accounts_action", "ratings_publication", "procrastinate_jobs"} <= set(before)
    for table, then in before.items():
        kept, now = as_then(table, then, then), as_then(table, then, after[table])
        assert now == kept if table not in GROW else set(now) >= set(kept), table


def test_the_program_works_on_them(taken_over):
    process = module(taken_over[0], "tests.upgrade.look")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    found = json.loads(out)
    assert found["audit"] == []
    assert found["tokens"] == ["aisha@marsad.example", "omar@marsad.example"]
    assert (found["password"], found["published"]) == (True, 25)
    assert set(found["pages"].values()) == {200}


def test_their_publications_verify(taken_over):
    home = taken_over[0]
    for audience in ("public", "auditor"):
        [bundle] = (home / "publications").glob(f"*/{audience}.zip")
        code, said = verified(bundle, "--key", home / "keys" / "publisher.pem")
        assert code == 0, said
        assert f"2025-1-1 ({audience} bundle)" in said


def test_their_open_cycle_goes_on(taken_over):
    at = taken_over[1]
    code, said, complaint = at.answer("cycle", "run", "2026-1", "--as", "aisha@marsad.example")
    assert code == 0, complaint
    assert "done, 25 of 25 channels rated, current" in said
    code, said, _ = at.answer("cycle", "move", "2026-1", "lock", "--as", "aisha@marsad.example")
    assert (code, said) == (0, "2026-1 is locked")


def test_a_backup_is_small_and_tells_no_secret_and_no_place(backup, taken_over):
    assert all(path.stat().st_size < BIGGEST for path in RELEASES)
    with tarfile.open(backup) as archive:
        content = b"".join(archive.extractfile(member).read() for member in archive)
    said = content.decode("latin-1") + json.dumps(taken_over[2])
    assert "PRIVATE KEY" not in said
    assert re.findall(r"/(?:tmp|home|usr|var)/[\w/.-]+", said) == []
