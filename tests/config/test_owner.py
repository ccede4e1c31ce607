"""As whom the embedded PostgreSQL runs: as the user who asks, and where that is root, as an ordinary one."""

import os
import pwd
import stat
import subprocess
import sys

import psutil
import psycopg
import pytest

from marsad.config import embedded, owner
from marsad.config.embedded import FAST, running
from marsad.config.owner import Owner, owner_of, programs
from marsad.core.problem import Problem
from tests.config.processes import ROOT, environment, of, postmaster

IS_ROOT = os.geteuid() == 0

# Everything is imported before root is given up: the files of this Python may lie where others cannot read.
AS_AN_ORDINARY_USER = """
import os, pwd, stat, sys, subprocess
from pathlib import Path
import psycopg
from marsad.config import embedded
from marsad.config.embedded import FAST, running
from marsad.core.problem import Problem
psycopg.connect, psycopg.errors.OperationalError
home, uid, binaries = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
embedded.programs = lambda owner, copies: binaries
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(pwd.getpwuid(uid).pw_gid); os.setuid(uid)
assert os.geteuid() == uid != 0
for _ in range(2):
    with running(home, FAST) as words, psycopg.connect(**words) as connection:
        print(connection.execute("SELECT session_user").fetchone()[0], (home / "postgres").stat().st_uid, flush=True)
"""


def ordinary() -> pwd.struct_passwd:
    """Return a user who is not root: ourselves, or the one whom root lends."""
    return pwd.getpwuid(owner.lent().uid if IS_ROOT else os.geteuid())


def test_an_ordinary_user_runs_it_as_himself(home):
    user = ordinary()
    home.mkdir(0o700)
    if IS_ROOT:
        os.chown(home, user.pw_uid, user.pw_gid)
    binaries = programs(Owner(user.pw_name, user.pw_uid, user.pw_gid, lent=IS_ROOT), home.parent)
    command = [sys.executable, "-c", AS_AN_ORDINARY_USER, str(home), str(user.pw_uid), str(binaries)]
    run = subprocess.run(command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [f"marsad {user.pw_uid}"] * 2
    assert of(home) == []


def test_a_user_without_a_name_is_said():
    unused = next(number for number in range(54_321, 60_000) if not known(number))
    with pytest.raises(Problem, match=f"user {unused} has no name on this machine"):
        owner.named(unused, lent=False)


def known(number: int) -> bool:
    try:
        return bool(pwd.getpwuid(number))
    except KeyError:
        return False


def test_where_the_wheel_is_missing_the_way_out_is_said(monkeypatch):
    monkeypatch.setattr(owner, "PACKAGE", "no_such_package")
    with pytest.raises(Problem, match="no embedded PostgreSQL on this machine; run make setup, or set DATABASE_URL"):
        owner.shipped()


if IS_ROOT:

    def test_root_lends_an_ordinary_user_who_owns_the_data(home):
        with running(home, FAST):
            process = psutil.Process(postmaster(home))
            assert process.uids().real == process.uids().effective == owner.lent().uid != 0
            assert process.gids().effective != 0
            assert groups(process.pid) == []
        assert (home / "postgres").stat().st_uid == owner.lent().uid
        assert (home / "run").stat().st_uid == 0

    def groups(number: int) -> list[str]:
        with open(f"/proc/{number}/status", encoding="ascii") as file:
            return next(line for line in file if line.startswith("Groups:")).split()[1:]

    def test_root_runs_the_data_of_somebody_as_that_one(made):
        somebody = pwd.getpwnam("nobody")
        for path in (made / "postgres", *(made / "postgres").rglob("*")):
            os.chown(path, somebody.pw_uid, somebody.pw_gid)
        with running(made, FAST) as words, psycopg.connect(**words) as connection:
            assert psutil.Process(postmaster(made)).uids().real == somebody.pw_uid
            assert connection.execute("SELECT 1").fetchone() == (1,)

    def test_the_lent_user_cannot_read_what_root_keeps_beside_the_data(made):
        with running(made, FAST) as words:
            secret = made / "keys"
            secret.mkdir(0o700)
            (secret / "signing.pem").write_text("secret", encoding="ascii")
            with psycopg.connect(**words) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT pg_read_file(%s)", [str(secret / "signing.pem")])

    def test_a_folder_closed_to_the_lent_user_is_said_and_stays_closed(home):
        home.mkdir(0o700)
        with pytest.raises(Problem) as caught, running(home / "var", FAST):
            pass
        assert str(caught.value).startswith(
            f"{home / 'var'}: PostgreSQL does not run as root but as {owner.lent().name}, who cannot"
        )
        assert "set MARSAD_HOME to a folder that every user may enter, such as /var/lib/marsad" in str(caught.value)
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert not (home / "var" / "postgres").exists()

    def test_programs_that_lie_in_a_closed_folder_are_copied_to_where_they_can_be_run(home, monkeypatch):
        wheel = home.parent / "closed" / owner.PACKAGE / owner.RELEASE
        wheel.parent.mkdir(parents=True)
        real = owner.shipped()
        subprocess.run(["cp", "-a", real, wheel], check=True)
        subprocess.run(["cp", "-a", real.parents[1] / f"{owner.PACKAGE}.libs", wheel.parents[1]], check=True)
        wheel.parents[1].chmod(0o700)
        monkeypatch.setattr(owner, "shipped", lambda: wheel)
        for _ in range(2):
            with running(home, FAST) as words, psycopg.connect(**words) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(list((home / "run").glob("pginstall*"))) == 1
        assert stat.S_IMODE(wheel.parents[1].stat().st_mode) == 0o700

    def test_data_that_belong_to_root_are_refused_with_the_command_that_helps(home):
        (home / "postgres").mkdir(parents=True)
        with pytest.raises(
            Problem, match=f"belongs to root, and PostgreSQL does not run as root; run: chown -R {owner.lent().name}"
        ):
            owner_of(home / "postgres")

    def test_without_any_ordinary_user_the_way_out_is_said(monkeypatch):
        monkeypatch.setattr(owner, "LENT", ("no such user",))
        with pytest.raises(Problem, match="run marsad as an ordinary user, or set DATABASE_URL"):
            owner.lent()

    def test_a_home_made_under_a_strict_mask_can_be_entered(home):
        before = os.umask(0o077)
        try:
            with running(home / "deeper", FAST) as words:
                assert embedded.answers(embedded.Place(home / "deeper"))
                assert words["user"] == "marsad"
        finally:
            os.umask(before)
