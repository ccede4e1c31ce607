"""`marsad begin` makes the first person of an empty installation, whose password stands on no command line and on no screen."""

import io
import os
import pty
import subprocess
import sys

import pytest

from marsad.accounts.models import Action, Membership, Person
from marsad.cli import begin, main
from marsad.core.lifecycle import Role
from tests import world
from tests.config.processes import address, environment

NAMES = ("--name-ar", "عائشة", "--name-en", "Aisha")
EMAIL = "Aisha@marsad.example"


class Typed(io.StringIO):
    """What is typed at a terminal."""

    def isatty(self):
        """Return that it is one."""
        return True


@pytest.fixture
def given(monkeypatch):
    """Give the password as what comes in."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.fixture
def typed(monkeypatch):
    """Type passwords at a terminal, one after the other."""

    def type_in(*passwords):
        said = iter(passwords)
        monkeypatch.setattr(sys, "stdin", Typed())
        monkeypatch.setattr(begin, "getpass", lambda prompt: next(said))

    return type_in


def test_the_first_person_leads_the_programme_and_it_is_in_the_audit(answer, given):
    given(f"{world.PASSWORD}\nanother line\n")
    code, out, err = answer("begin", EMAIL, *NAMES, "--language", "en")
    assert (code, err) == (0, "")
    assert out.startswith("aisha@marsad.example leads the programme; under marsad serve, sign in at /en/accounts/login/")
    aisha = Person.objects.get()
    assert (aisha.name_ar, aisha.name_en, aisha.language) == ("عائشة", "Aisha", "en")
    assert aisha.check_password(world.PASSWORD)
    assert Membership.objects.get().role == Role.PROGRAMME
    assert [(entry.verb, entry.by) for entry in Action.objects.all()] == [("begin_programme", None)]


def test_where_somebody_leads_already_it_is_refused_before_a_password_is_asked_for(answer, typed):
    world.aisha()
    typed()
    code, out, err = answer("begin", "omar@marsad.example", "--name-ar", "عمر", "--name-en", "Omar")
    assert (code, out) == (2, "")
    assert err == "marsad: the programme has begun already; ask its team for an invitation.\n"
    assert Person.objects.count() == 1


def test_at_a_terminal_the_password_is_typed_twice(answer, typed):
    typed(world.PASSWORD, world.PASSWORD)
    assert answer("begin", EMAIL, *NAMES)[0] == 0
    assert Person.objects.get().check_password(world.PASSWORD)


@pytest.mark.parametrize(
    ("passwords", "sentence"),
    [
        ((world.PASSWORD, "seven quiet dows at dawn"), "the second password is not the first; run it again."),
        (("",), "no password was given; type one at a terminal, or give it as the first line of a file: < FILE."),
        (("12345678", "12345678"), "this password will not do; "),
    ],
)
def test_a_password_that_will_not_do_makes_nobody(answer, typed, passwords, sentence):
    typed(*passwords)
    code, out, err = answer("begin", EMAIL, *NAMES)
    assert (code, out) == (2, "")
    assert err.startswith(f"marsad: {sentence}")
    assert err.count("\n") == 1
    assert not Person.objects.exists()


def test_where_nothing_comes_in_or_no_text_it_is_said(answer, given, monkeypatch):
    given("")
    assert "no password was given" in answer("begin", EMAIL, *NAMES)[2]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\xfa"), encoding="utf-8"))
    code, _, err = answer("begin", EMAIL, *NAMES)
    assert (code, err) == (2, "marsad: the password is no text; write the file in UTF-8.\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("aisha", *NAMES), "'aisha' is no e-mail address; write one such as omar@port.example."),
        ((EMAIL, "--name-ar", "", "--name-en", "Aisha"), "name_ar: "),
    ],
)
def test_an_address_or_a_name_that_is_none_is_said(answer, given, words, sentence):
    given(world.PASSWORD)
    code, _, err = answer("begin", *words)
    assert code == 2
    assert err.startswith(f"marsad: {sentence}")
    assert not Person.objects.exists()


def test_a_password_is_no_argument(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["begin", EMAIL, *NAMES, "--password", world.PASSWORD])
    assert stopped.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_its_help_has_an_example(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["begin", "--help"])
    assert stopped.value.code == 0
    assert "marsad begin aisha@gov.example --name-ar" in capsys.readouterr().out


def test_what_is_typed_is_not_on_the_screen(transactional_db, tmp_path):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "marsad.cli", "begin", EMAIL, *NAMES]
    ends = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path / "home", DATABASE_URL=address()), start_new_session=True, **ends
    )
    os.close(theirs)
    shown = ""
    for prompt in ("password: ", "once more: "):
        shown = until(ours, shown, prompt)
        os.write(ours, f"{world.PASSWORD}\n".encode())
    shown = until(ours, shown, "/ar/accounts/login/")
    assert process.wait(60) == 0
    os.close(ours)
    assert "aisha@marsad.example leads the programme" in shown
    assert "dhows" not in shown
    assert Person.objects.get().email == "aisha@marsad.example"


def until(terminal, shown, words):
    """Return what the screen shows once it shows these words."""
    while words not in shown:
        shown += os.read(terminal, 4096).decode()
    return shown


def test_a_database_that_is_empty_is_to_be_migrated_first(answer, given, monkeypatch):
    monkeypatch.setattr("marsad.config.database.behind", lambda: 40)
    monkeypatch.setattr("marsad.config.database.is_empty", lambda: True)
    given(world.PASSWORD)
    code, _, err = answer("begin", EMAIL, *NAMES)
    assert (code, err) == (2, "marsad: the database is empty; run: marsad migrate; or restore a backup.\n")
