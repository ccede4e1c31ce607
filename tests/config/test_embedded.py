"""The embedded PostgreSQL starts, is shared, survives and leaves nothing behind."""

import os
import signal
import stat
import subprocess
import time

import psutil
import psycopg
import pytest

from marsad.config import embedded
from marsad.config.embedded import FAST, Place, running
from marsad.core.problem import Problem
from tests.config.processes import of, postmaster, python, wait_until

STAY = """
import sys
from pathlib import Path
from marsad.config.embedded import FAST, running
with running(Path(sys.argv[1]), FAST) as words:
    print("up", flush=True)
    sys.stdin.readline()
"""


def ask(words: dict[str, str], question: str, *values: object) -> list[tuple]:
    with psycopg.connect(**words, autocommit=True) as connection:
        cursor = connection.execute(question, values)
        return cursor.fetchall() if cursor.description else []


def stay(home):
    """Start another process that uses it until told to go."""
    process = python(home, STAY, str(home))
    assert process.stdout.readline() == "up\n", process.stderr.read()
    return process


def go(process) -> None:
    process.communicate("\n", timeout=60)
    assert process.returncode == 0


def test_it_starts_answers_and_stops_and_what_was_written_is_there_again(home):
    with running(home, FAST) as words:
        ask(words, "CREATE TABLE hello (word text)")
        ask(words, "INSERT INTO hello VALUES ('مرحبا')")
    assert of(home) == []
    with running(home, FAST) as words:
        assert ask(words, "SELECT word, length(word) FROM hello") == [("مرحبا", 5)]


def test_it_starts_again_in_a_moment(made):
    with running(made, FAST):
        pass
    begin = time.monotonic()
    with running(made, FAST):
        took = time.monotonic() - begin
    assert took < 2  # a tenth of that on a machine at rest


def test_it_counts_in_utc_writes_utf8_and_checks_its_pages(home):
    shown = ("server_encoding", "TimeZone", "listen_addresses", "data_checksums", "unix_socket_permissions", "fsync")
    with running(home) as words:
        assert [ask(words, f"SHOW {name}")[0][0] for name in shown] == ["UTF8", "UTC", "", "on", "0700", "on"]
        assert ask(words, "SELECT lower('ÀÉ'), 'ا' < 'ب'") == [("àé", True)]


def test_nobody_else_can_reach_it(made):
    with running(made, FAST) as words:
        folder = os.stat(words["host"])
        assert stat.S_IMODE(folder.st_mode) == 0o700
        assert stat.S_IMODE((made / "postgres").stat().st_mode) == 0o700
        assert psutil.Process(postmaster(made)).net_connections("inet") == []
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            ask({**words, "user": "postgres"}, "SELECT 1")


@pytest.mark.parametrize("name", ["with a space", 'it\'s $HOME; a "quoted" %s, folder', "long" * 50, "مرصد"])
def test_a_strange_path_is_a_path_like_any_other(home, name):
    home.mkdir(0o711)
    with running(home / name / ("x" * 60), FAST) as words:
        assert ask(words, "SELECT 1") == [(1,)]
        assert len(words["host"]) < 90


def test_the_socket_stays_short_where_the_folder_for_temporary_files_is_long(made, monkeypatch):
    long = made.parent / ("t" * 120)
    long.mkdir(exist_ok=True)
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with running(made, FAST) as words:
        assert ask(words, "SELECT 1") == [(1,)]


def test_a_second_process_joins_and_the_last_to_leave_stops_it(made):
    first = stay(made)
    number = postmaster(made)
    second = stay(made)
    assert postmaster(made) == number
    go(first)
    with running(made, FAST) as words:
        assert ask(words, "SELECT 1") == [(1,)]
        assert postmaster(made) == number
    assert psutil.pid_exists(number)
    go(second)
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE


def test_three_that_start_it_at_the_same_moment_share_it(home):
    all_three = [python(home, STAY, str(home)) for _ in range(3)]
    assert [process.stdout.readline() for process in all_three] == ["up\n"] * 3
    numbers = {process.pid for process in of(home) if "-D" in process.cmdline()}
    assert numbers == {postmaster(home)}
    for process in all_three:
        go(process)


def test_one_process_may_ask_for_it_twice(made):
    with running(made, FAST) as words:
        with running(made, FAST) as again:
            assert again == words
        assert ask(words, "SELECT 1") == [(1,)]


def test_it_survives_the_kill_of_its_head(made):
    with running(made, FAST) as words:
        ask(words, "CREATE TABLE kept AS SELECT 1 AS n")
        os.kill(postmaster(made), signal.SIGKILL)
        wait_until(lambda: embedded.revive(made, FAST))
        assert ask(words, "SELECT n FROM kept") == [(1,)]
        assert not embedded.revive(made, FAST)


def test_it_survives_the_kill_of_one_of_its_hands(made):
    with running(made, FAST) as words:
        with psycopg.connect(**words) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
            connection.close()
        wait_until(lambda: embedded.answers(Place(made)))
        assert ask(words, "SELECT 1") == [(1,)]


def test_it_survives_the_kill_of_everything_at_once(made):
    process = stay(made)
    with psycopg.connect(**embedded.connection_words(made), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    for found in [process.pid, *(found.pid for found in of(made))]:
        try:
            os.kill(found, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.communicate()
    assert (made / "postgres" / "postmaster.pid").exists()
    with running(made, FAST) as words:
        assert ask(words, "SELECT n FROM kept") == [(7,)]


def test_after_the_kill_of_marsad_the_next_joins_and_stops_it(made):
    process = stay(made)
    number = postmaster(made)
    process.kill()
    process.communicate()
    with running(made, FAST) as words:
        assert postmaster(made) == number
        assert ask(words, "SELECT 1") == [(1,)]
    assert of(made) == []


def test_a_stale_note_with_the_number_of_another_process_is_no_obstacle(made):
    with running(made, FAST):
        note = (made / "postgres" / "postmaster.pid").read_text(encoding="ascii").splitlines()
    with subprocess.Popen(["sleep", "60"], **embedded.owner_of(made / "postgres").as_user()) as somebody:
        note[0] = str(somebody.pid)
        (made / "postgres" / "postmaster.pid").write_text("\n".join(note) + "\n", encoding="ascii")
        with running(made, FAST) as words:
            assert ask(words, "SELECT 1") == [(1,)]
        assert somebody.poll() is None
        somebody.kill()


def test_a_stale_socket_and_its_lock_are_no_obstacle(made):
    with running(made, FAST):
        pass
    socket = Place(made).socket
    socket.mkdir(0o700)
    os.chown(socket, (made / "postgres").stat().st_uid, -1)
    (socket / ".s.PGSQL.5432").write_text("", encoding="ascii")
    (socket / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n", encoding="ascii")
    with running(made, FAST) as words:
        assert ask(words, "SELECT 1") == [(1,)]
    assert not socket.exists()


def test_a_data_folder_that_was_never_finished_is_made_anew(home):
    home.mkdir(0o711)
    (home / "postgres.unfinished").mkdir()
    (home / "postgres.unfinished" / "PG_VERSION").write_text("18\n", encoding="ascii")
    with running(home, FAST) as words:
        assert ask(words, "SELECT 1") == [(1,)]
    assert not (home / "postgres.unfinished").exists()


def test_data_of_another_version_are_refused_with_the_way_out(made):
    with running(made, FAST):
        pass
    (made / "postgres" / "PG_VERSION").write_text("16\n", encoding="ascii")
    said = "written by PostgreSQL 16, and this one is 18; back it up with the marsad that wrote it"
    with pytest.raises(Problem, match=said), running(made, FAST):
        pass


def test_a_folder_of_something_else_is_refused(home):
    (home / "postgres").mkdir(parents=True)
    os.chown(home / "postgres", 65534, -1) if os.geteuid() == 0 else None
    home.chmod(0o711)
    with pytest.raises(Problem, match="this is no data folder of PostgreSQL"), running(home, FAST):
        pass


def test_a_folder_that_somebody_else_put_in_the_place_of_the_socket_is_refused(home):
    socket = Place(home).socket
    socket.mkdir(0o755)
    try:
        with pytest.raises(Problem, match="is not ours; remove it, or set TMPDIR"), running(home, FAST):
            pass
    finally:
        socket.rmdir()


def test_damaged_data_are_said_in_one_sentence(made):
    with running(made, FAST):
        pass
    (made / "postgres" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(Problem) as caught, running(made, FAST):
        pass
    assert "the embedded PostgreSQL does not start" in str(caught.value)
    assert str(made / "run" / "postgres.log") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_home_that_cannot_be_made_is_said(home):
    home.write_text("a file", encoding="ascii")
    with pytest.raises(Problem, match="nothing can be kept here"), running(home / "var", FAST):
        pass
    home.unlink()


def test_its_log_does_not_grow_for_ever(made, monkeypatch):
    with running(made, FAST):
        pass
    monkeypatch.setattr(embedded, "BIGGEST_LOG", 10)
    with running(made, FAST):
        pass
    assert sorted(path.name for path in (made / "run").glob("*log*")) == ["postgres.log", "postgres.log.1"]


def test_ctrl_c_at_a_terminal_stops_it_after_those_who_use_it(made):
    process = python(made, STAY.replace("sys.stdin.readline()", "import time; time.sleep(60)"), str(made))
    assert process.stdout.readline() == "up\n"
    assert os.getpgid(postmaster(made)) != os.getpgid(process.pid)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert of(made) == []
