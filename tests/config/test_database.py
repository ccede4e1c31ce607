"""Which database the server uses, and what it says of one it cannot use."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from marsad.config import database, embedded
from marsad.config.embedded import FAST, running
from marsad.config.environment import read
from marsad.core.problem import Problem
from tests.config.processes import ROOT, environment, marsad, of

CHOSEN = "in_utc or of_this_release or is_behind or is_the_one_that_is_named"
SECRET = os.environ["MARSAD_SECRET_KEY"]


def entry(**environ: str) -> dict:
    return database.django_database(read({"MARSAD_SECRET_KEY": SECRET, **environ}))


def test_an_address_is_taken_apart_as_libpq_does():
    found = entry(DATABASE_URL="postgresql://me:p%40ss@db.example:6432/rating?sslmode=require&application_name=marsad")
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "rating",
        "me",
        "p@ss",
        "db.example",
        "6432",
    ]
    assert found["OPTIONS"] == {"sslmode": "require", "application_name": "marsad"}
    assert found["CONN_HEALTH_CHECKS"]


def test_an_address_that_libpq_does_not_understand_is_said_without_its_password():
    with pytest.raises(Problem) as caught:
        entry(DATABASE_URL="postgresql://me:hidden@db/rating?no_such_word=1")
    assert "DATABASE_URL" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_without_an_address_it_is_the_embedded_one(home):
    found = entry(MARSAD_HOME=str(home))
    assert found["HOST"] == str(embedded.Place(home).socket)
    assert (found["NAME"], found["USER"]) == ("marsad", "marsad")
    assert not home.exists()


def test_the_database_of_the_tests_is_a_postgresql_in_utc(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == ("UTC",)
    assert connection.vendor == "postgresql"


def test_the_database_of_the_tests_is_the_one_that_is_named_or_an_embedded_one(db):
    named = os.environ.get("DATABASE_URL", "")
    said = conninfo_to_dict(named) if named else embedded.connection_words(settings.MARSAD.home)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('port'), current_database(), current_user")
        port, name, role = cursor.fetchone()
    assert (connection.connection.info.host, port) == (said["host"], said["port"])
    assert name.startswith("test_")
    assert role == said.get("options", f"role={said['user']}").partition("role=")[2]


def test_a_database_of_this_release_is_served(db):
    database.refuse_unmigrated()
    assert database.behind() == 0


def test_a_database_that_a_newer_release_has_migrated_is_refused(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '9999_later', now())")
    with pytest.raises(Problem, match=r"written by a newer release \(sessions\.9999_later\)"):
        database.refuse_unmigrated()


def test_steps_of_an_app_that_is_no_longer_here_do_no_harm(db):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001_initial', now())")
    database.refuse_unmigrated()


def test_a_database_that_is_behind_is_refused_with_the_command_that_helps(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    with pytest.raises(Problem, match="the database is 1 steps behind this release; back it up, then run: marsad migrate"):
        database.refuse_unmigrated()


def test_no_change_of_a_table_lacks_its_migration(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_an_empty_database_is_not_served(made):
    code, _, complaint = marsad(made, "serve")
    assert (code, complaint) == (2, "marsad: the database is empty; run: marsad migrate; or restore a backup.")
    assert of(made) == []


def test_a_database_that_does_not_answer_is_said_in_one_sentence(home):
    url = "postgresql://me:hidden@127.0.0.1:1/nothing?connect_timeout=3"
    code, _, complaint = marsad(home, "migrate", DATABASE_URL=url)
    assert code == 2
    assert complaint.startswith("marsad: the database does not answer:")
    assert complaint.endswith("check DATABASE_URL and that it is running.")
    assert "hidden" not in complaint
    assert "\n" not in complaint
    assert not home.exists()


def test_migrating_twice_changes_nothing(migrated):
    assert marsad(migrated, "migrate") == (0, "the database is of this release already", "")


def test_the_same_tests_pass_on_a_server_that_DATABASE_URL_names_without_its_superuser(made):
    with running(made, FAST) as words:
        with psycopg.connect(**words) as server:
            server.execute("CREATE ROLE plain CREATEDB")
        url = f"postgresql://marsad@/marsad?host={words['host']}&port={words['port']}&options=-c%20role%3Dplain"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__, "-k", CHOSEN]
        run = subprocess.run(command, cwd=ROOT, env=environment(made, DATABASE_URL=url), capture_output=True, text=True)
    assert "4 passed" in run.stdout, run.stdout + run.stderr
    assert not (made / "lake").exists()
