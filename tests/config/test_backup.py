"""What was backed up, destroyed and restored is what it was; a damaged backup is refused and nothing is touched."""

import json
import os
import shutil
import stat
import tarfile
from contextlib import contextmanager
from io import BytesIO

import psycopg
import pytest

from marsad.config import restore
from marsad.config.embedded import FAST, running
from marsad.core.problem import Problem
from tests.config.conftest import copy
from tests.config.processes import marsad, nothing_left, of
from tests.stories.homes import Terminal, copied, terminal

PUBLIC = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"
TEXTS = ["ميناء", "naïve ☂", "with\ttab, \\N and 'quotes'\n", ""]


@contextmanager
def database(home):
    """Have a connection to the database of a home."""
    with running(home, FAST) as words, psycopg.connect(**words, autocommit=True) as connection:
        yield connection


def rows(home) -> dict[str, list]:
    """Return every row of every table."""
    with database(home) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        return {name: connection.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1').fetchall() for [name] in names}


def files(folder) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def original(filled, ground):
    """A home with something in its database, its lake and its keys, and its backup."""
    home, file = copy(filled, ground / f"kept-{os.getpid()}"), ground / f"kept-{os.getpid()}.marsad"
    with nothing_left(home), database(home) as connection:
        fill(home, connection)
        assert marsad(home, "backup", str(file))[0] == 0
    yield home, file
    shutil.rmtree(home)
    file.unlink()


def fill(home, connection) -> None:
    """Put something into a home."""
    connection.execute(
        "CREATE TABLE kept (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text, at timestamptz, data jsonb)"
    )
    connection.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'never'; END$$")
    connection.execute("CREATE TRIGGER never BEFORE DELETE ON kept FOR EACH ROW EXECUTE FUNCTION refuse()")
    for text in TEXTS:
        connection.execute("INSERT INTO kept (word, at, data) VALUES (%s, now(), %s)", [text, json.dumps({"text": text})])
    lake = home / "lake" / "kind=meter" / "month=2026-01"
    lake.mkdir(parents=True)
    (lake / "part ١.parquet").write_bytes(os.urandom(300_000))
    (lake / "empty.parquet").write_bytes(b"")
    (lake / ".unfinished").write_bytes(b"half")
    keys = home / "keys"
    keys.mkdir()
    (keys / "signing.pem").write_text(PRIVATE, encoding="ascii")
    (keys / "signing.pub.pem").write_text(PUBLIC, encoding="ascii")


@pytest.fixture(scope="module")
def at(ground):
    """A terminal for commands at the home of `kept`, whoever made that: making Django ready takes longer than a backup."""
    home = ground / f"backup-{os.getpid()}"
    with nothing_left(home), terminal(home) as opened:
        yield opened


@pytest.fixture
def kept(original, at):
    """A home with something in it, which is gone in the end with all that ran in it."""
    yield copied(original[0], at.home)
    assert left(at) == []
    shutil.rmtree(at.home)


def left(at: Terminal) -> list:
    """Return the processes of the home of a terminal, besides itself."""
    return [process for process in of(at.home) if process.pid != at.process.pid]


@pytest.fixture
def backed_up(kept, original):
    """The home, and its backup beside it."""
    file = kept.parent / f"{kept.name}.marsad"
    shutil.copy2(original[1], file)
    yield kept, file
    file.unlink(missing_ok=True)


def destroy(home) -> None:
    for name in ("postgres", "lake", "keys", "run"):
        shutil.rmtree(home / name)


def test_what_is_restored_is_what_was_there(backed_up, at):
    home, file = backed_up
    before, lake = rows(home), files(home / "lake")
    destroy(home)
    assert marsad(home, "restore", str(file))[::2] == (0, "")
    assert rows(home) == before
    assert files(home / "lake") == {name: data for name, data in lake.items() if ".unfinished" not in name}
    assert files(home / "keys") == {"signing.pub.pem": PUBLIC.encode()}
    assert left(at) == []
    with database(home) as connection:
        with pytest.raises(psycopg.errors.RaiseException, match="never"):
            connection.execute("DELETE FROM kept")
        assert connection.execute("INSERT INTO kept (word) VALUES ('next') RETURNING id").fetchone() == (len(TEXTS) + 1,)


def test_standards_and_publications_come_back_and_are_never_replaced(kept, at):
    stores = {"standards/abc/one.toml": b"schema = 1", "publications/p1/public.zip": b"PK signed"}
    for name, content in stores.items():
        (kept / name).parent.mkdir(parents=True)
        (kept / name).write_bytes(content)
    file = kept.parent / f"{kept.name}-stores.marsad"
    assert at.answer("backup", file)[0] == 0
    (kept / "standards/abc/one.toml").unlink()
    (kept / "publications/p1/public.zip").write_bytes(b"another")
    assert at.answer("restore", file, "--force")[0] == 0
    assert (kept / "standards/abc/one.toml").read_bytes() == b"schema = 1"
    assert (kept / "publications/p1/public.zip").read_bytes() == b"another"
    file.unlink()
    shutil.rmtree(kept / "standards")
    shutil.rmtree(kept / "publications")


def test_a_restored_database_is_backed_up_and_restored_again_and_migrated(backed_up, at):
    home, file = backed_up
    before = rows(home)
    for command in ("restore", "backup", "restore"):
        assert at.answer(command, file, "--force")[::2] == (0, "")
    assert rows(home) == before
    assert at.answer("migrate") == (0, "the database is of this release already", "")


def test_what_came_after_the_backup_is_gone_after_the_restore(backed_up, at):
    home, file = backed_up
    before, lake = rows(home), files(home / "lake")
    with database(home) as connection:
        connection.execute("UPDATE kept SET word = 'changed'; CREATE TABLE later (n int)")
    (home / "lake" / "later.parquet").write_bytes(b"later")
    assert at.answer("restore", file, "--force")[0] == 0
    assert rows(home) == before
    assert "later.parquet" not in files(home / "lake")
    assert len(files(home / "lake")) == len(lake) - 1
    assert (home / "keys" / "signing.pem").read_text(encoding="ascii") == PRIVATE


def test_nothing_is_replaced_without_force(backed_up, at):
    home, file = backed_up
    before = rows(home)
    code, _, complaint = at.answer("restore", file)
    assert (code, complaint) == (2, "marsad: the lake is not empty; back it up, then replace everything with --force.")
    shutil.rmtree(home / "lake")
    code, _, complaint = at.answer("restore", file)
    assert (code, complaint) == (2, "marsad: the database is not empty; back it up, then replace everything with --force.")
    assert rows(home) == before


def test_a_backup_is_private_and_holds_no_private_key(backed_up):
    _, file = backed_up
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in file.read_bytes()
    with tarfile.open(file) as archive:
        assert "keys/signing.pub.pem" in archive.getnames()


def test_a_backup_replaces_no_file_unasked_and_leaves_nothing_half_written(backed_up, at):
    home, file = backed_up
    before = file.read_bytes()
    code, _, complaint = at.answer("backup", file)
    assert (code, complaint) == (2, f"marsad: {file}: there is a file of this name; name another, or replace it with --force.")
    assert file.read_bytes() == before
    code, _, complaint = at.answer("backup", home / "no" / "folder" / "x.marsad")
    assert code == 2
    assert "the backup cannot be written: No such file or directory; name another file." in complaint
    assert [path.name for path in (*home.glob(".marsad-*"), *home.parent.glob(".marsad-*"))] == []


def change(file, edit) -> None:
    """Write a backup anew, its members changed."""
    with tarfile.open(file) as archive:
        members = {info.name: archive.extractfile(info).read() for info in archive}
    members = edit(members) or members
    with tarfile.open(file, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))


def part(members) -> str:
    return next(name for name in members if name.endswith("١.parquet"))


def flip_a_byte(members):
    content = members[part(members)]
    members[part(members)] = bytes([content[0] ^ 1]) + content[1:]


def lose_a_file(members):
    del members[part(members)]


def add_a_file(members):
    members["lake/more.parquet"] = b"more"


def change_the_dump(members):
    members["database.dump"] = members["database.dump"][:-1] + b"changed"


def lose_the_manifest(members):
    del members["manifest.json"]


def climb_out(members):
    members["lake/../../out"] = b"out"


def another_format(members):
    members["manifest.json"] = members["manifest.json"].replace(b'"format": 1', b'"format": 9')


def come_from_the_future(members):
    members["manifest.json"] = members["manifest.json"].replace(b'"sessions": [', b'"sessions": ["9999_later",')


DAMAGES = {
    flip_a_byte: "the backup is damaged: lake/kind=meter/month=2026-01/part ١.parquet was changed",
    lose_a_file: "part ١.parquet is missing",
    add_a_file: "lake/more.parquet is not in its manifest",
    change_the_dump: "database.dump was changed",
    lose_the_manifest: "the backup has no manifest: it is cut short",
    climb_out: "the backup holds 'lake/../../out', which marsad backup does not write",
    another_format: "the backup is of format 9, and this release reads 1",
    come_from_the_future: "the backup was written by a newer release (sessions.9999_later)",
}


def test_every_damage_is_named(backed_up):
    _, file = backed_up
    whole = file.read_bytes()
    for edit, said in DAMAGES.items():
        file.write_bytes(whole)
        change(file, edit)
        with pytest.raises(Problem) as caught:
            restore.refuse_newer(restore.check(file), file)
        assert said in str(caught.value)
        assert str(file) in str(caught.value)
    for cut in (len(whole) // 2, 700, 0):
        file.write_bytes(whole[:cut])
        with pytest.raises(Problem, match="cut short"):
            restore.check(file)
    file.unlink()
    with pytest.raises(Problem, match="the backup cannot be read: No such file or directory"):
        restore.check(file)


def test_a_damaged_backup_touches_nothing(backed_up, at):
    home, file = backed_up
    before, lake = rows(home), files(home / "lake")
    change(file, flip_a_byte)
    code, _, complaint = at.answer("restore", file, "--force")
    assert code == 2
    assert complaint == f"marsad: {file}: {DAMAGES[flip_a_byte]}; restore from another backup."
    assert (rows(home), files(home / "lake")) == (before, lake)


def test_a_restore_that_fails_in_the_database_leaves_all_as_it_was(backed_up, at):
    from hashlib import sha256

    home, file = backed_up
    before, lake = rows(home), files(home / "lake")

    def break_inside(members):
        data = members["database.dump"][: len(members["database.dump"]) * 3 // 4]
        manifest = json.loads(members["manifest.json"])
        manifest["files"]["database.dump"] = {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        members["database.dump"], members["manifest.json"] = data, json.dumps(manifest).encode()

    change(file, break_inside)
    code, _, complaint = at.answer("restore", file, "--force")
    assert code == 2
    assert "the database cannot be restored, and is as it was" in complaint
    assert (rows(home), files(home / "lake")) == (before, lake)
    assert list(home.glob(".marsad-*")) == []


def test_a_script_says_nothing_that_an_older_server_refuses_and_its_data_stay(tmp_path):
    said, data = "SET transaction_timeout = 0;", "COPY kept (word) FROM stdin;\n" + "SET transaction_timeout = 0;\n\\.\n"
    script = tmp_path / "script.sql"
    script.write_text(f"SET lock_timeout = 0;\n{said}\n{data}", encoding="utf-8")
    restore.suit_older_servers(script)
    assert script.read_text(encoding="utf-8") == f"SET lock_timeout = 0;\n{' ' * len(said)}\n{data}"
