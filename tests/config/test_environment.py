"""Settings come from the environment, and a bad one stops the start in one sentence."""

import json
import subprocess
import sys

import pytest

from marsad.config.environment import SETTINGS, read
from marsad.core.problem import Problem
from tests.config.processes import environment, marsad

SECRET = "a secret for tests alone, 0123456789"


def values(**environ: str):
    return read({"MARSAD_SECRET_KEY": SECRET, **environ})


def test_everything_has_a_default_but_the_secret(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = values()
    home = tmp_path.resolve() / "var"
    assert (found.home, found.lake, found.signing_key) == (home, home / "lake", home / "keys" / "signing.pem")
    assert (found.database_url, found.engine, found.time_zone) == ("", "", "UTC")
    assert found.is_local


def test_an_empty_value_is_the_default():
    assert values(MARSAD_TIME_ZONE=" ").time_zone == "UTC"


def test_every_setting_is_read_from_its_own_name():
    found = values(
        MARSAD_HOME="/srv/marsad",
        DATABASE_URL="postgresql://db/marsad",
        MARSAD_LAKE="/srv/lake",
        MARSAD_ENGINE="sc://spark:15002",
        MARSAD_HOSTS="Marsad.example, .parts.example",
        MARSAD_TIME_ZONE="Asia/Dubai",
        MARSAD_SIGNING_KEY="/srv/key.pem",
    )
    assert (str(found.home), str(found.lake), str(found.signing_key)) == ("/srv/marsad", "/srv/lake", "/srv/key.pem")
    assert (found.database_url, found.engine, found.time_zone) == ("postgresql://db/marsad", "sc://spark:15002", "Asia/Dubai")
    assert found.hosts == ("marsad.example", ".parts.example")
    assert not found.is_local


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MARSAD_SECRET_KEY", "", "the setting MARSAD_SECRET_KEY is missing"),
        ("MARSAD_SECRET_KEY", "short", "MARSAD_SECRET_KEY is too easily guessed; write 32 or more"),
        ("MARSAD_SECRET_KEY", "a" * 60, "MARSAD_SECRET_KEY is too easily guessed"),
        ("DATABASE_URL", "mysql://me:hidden@db/marsad", "DATABASE_URL does not name a PostgreSQL; write postgresql://"),
        ("MARSAD_ENGINE", "spark://here:7077", "MARSAD_ENGINE = 'spark://here:7077' is not the address of a Spark Connect"),
        ("MARSAD_HOSTS", "*", "MARSAD_HOSTS = '*' '*' is no name of a host"),
        ("MARSAD_HOSTS", "https://marsad.example", "write names without scheme or port"),
        ("MARSAD_HOSTS", ",", "no host is named"),
        ("MARSAD_TIME_ZONE", "Dubai time", "MARSAD_TIME_ZONE = 'Dubai time' is no time zone; write a name such as"),
        ("MARSAD_TIME_ZONE", "../etc/passwd", "is no time zone"),
        ("MARSAD_HOST", "marsad.example", "there is no setting MARSAD_HOST; write MARSAD_HOSTS, or unset it."),
    ],
)
def test_a_bad_value_is_said_with_its_setting_and_its_remedy(name, value, said):
    with pytest.raises(Problem) as caught:
        values(**{name: value})
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "hidden" not in str(caught.value)


def test_settings_of_others_are_left_alone():
    values(MARSAD_REFERENCE_DATA="/data", MARSAD_CHROMIUM="chromium", MARSAD_SOMETHING_ELSE_ENTIRELY="1", PATH="")


def test_files_need_no_secret():
    assert read({}, server=False).secret_key == ""


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["backup", "x"], ["restore", "x"]])
def test_no_server_command_starts_without_a_secret(home, command):
    code, out, complaint = marsad(home, *command, MARSAD_SECRET_KEY="")
    assert (code, out) == (2, "")
    assert complaint.startswith("marsad: the setting MARSAD_SECRET_KEY is missing; set it")
    assert complaint.count("\n") == 0
    assert not home.exists()


def server_settings(home, **more: str) -> dict:
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_PROXY_SSL_HEADER",
        "CSRF_TRUSTED_ORIGINS",
        "ALLOWED_HOSTS",
        "DEBUG",
    )
    script = f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names}}}))"
    more = {"DJANGO_SETTINGS_MODULE": "marsad.config.settings", **more}
    run = subprocess.run(
        [sys.executable, "-c", script], env=environment(home, **more), capture_output=True, text=True, check=True
    )
    return json.loads(run.stdout)


def test_on_this_machine_cookies_travel_without_https(home):
    found = server_settings(home)
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    assert not found["DEBUG"]


def test_under_a_name_of_the_world_cookies_travel_by_https_alone(home):
    found = server_settings(home, MARSAD_HOSTS="marsad.example,.parts.example")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://marsad.example", "https://*.parts.example"]
    assert found["ALLOWED_HOSTS"] == ["marsad.example", ".parts.example"]


def test_settings_are_as_many_as_fields():
    from dataclasses import fields

    from marsad.config.environment import Environment

    assert len(SETTINGS) == len(fields(Environment))
