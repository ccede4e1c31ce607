"""What rooms below find wrong is said in the reader's language, to the last word that is no code."""

import ast
import re

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, override

from marsad.core.problem import Problem, Sentence, either
from marsad.ratings import actions
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.ratings import build
from tests.reports.messages import PACKAGE
from tests.world import NOW, PORT

HOLE = re.compile(r"\{\w+\}")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
CODES = {"happy", "value", "centre", "ship", "kind", "app", "service", "clear", "name", "ar", "code", "lock", "good", "en"}


def test_a_sentence_is_english_by_itself_and_arabic_by_the_catalogue():
    what = Sentence("the {name} is missing", name="value")
    problem = Problem(what, remedy=Sentence("write a number"), file="visits.csv", line=7, column="reception")
    assert str(problem) == "visits.csv, line 7, column reception: the value is missing; write a number."
    with override("ar"):
        assert problem.say(gettext) == "visits.csv، السطر 7، العمود reception: قيمة value غير موجودة؛ اكتب رقما."


def test_sentences_within_sentences_are_translated_with_them():
    states = Sentence("it must be {states}", states=either([Sentence("open"), Sentence("locked")]))
    assert states == "it must be open or locked"
    with override("ar"):
        assert states.say(gettext) == "ينبغي أن تكون مفتوحة أو مقفلة"


def test_values_are_never_taken_for_patterns():
    problem = Problem(Sentence("there is no column {name}", name="'{secret}'"), file="{file}.csv")
    with override("ar"):
        assert "'{secret}'" in problem.say(gettext)
    assert str(problem) == "{file}.csv: there is no column '{secret}'."


def test_every_translation_has_the_holes_of_its_message():
    with (PACKAGE / "locale/ar/LC_MESSAGES/django.po").open("rb") as file:
        told = [(one.id, one.string) for one in read_po(file) if isinstance(one.id, str)]
    assert [english for english, arabic in told if set(HOLE.findall(english)) != set(HOLE.findall(arabic))] == []


@pytest.fixture
def machine(nation, tmp_path):
    """The API as a machine that reads Arabic asks it, about an open cycle."""
    actions.move_cycle(by=nation.aisha, cycle=build.announced(tmp_path), verb="open", at=NOW)
    return Api(token_of(integrator()), language="ar")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (
            f"/cycles/{build.CODE}/evidence?source=survey",
            "channel,indicator,value,at\ncentre-00,happy,good,2026-02-01T09:00:00Z\n",
        ),
        (f"/cycles/{build.CODE}/evidence?source=survey", "channel,indicator,value,at\ncentre-00,happy,9,2026-02-01T09:00:00Z\n"),
        ("/channels", f"code,name_ar,name_en,entity,kind\nx,English,عربي,{PORT},app\n"),
    ],
)
def test_faults_of_files_are_said_in_arabic(machine, path, content):
    answer = machine.ask("POST", path, content.encode(), content_type="text/csv")
    assert answer.status_code == 422
    for error in answer.json()["errors"]:
        without_quotes = re.sub(r"'[^']*'", "", error["detail"])
        assert set(LATIN_WORD.findall(without_quotes)) <= CODES, error["detail"]


def test_a_move_at_the_wrong_time_is_refused_in_arabic(machine):
    arabic = Api(token_of(world.aisha(), entity_code=""), language="ar")
    answer = arabic.ask("POST", f"/cycles/{build.CODE}/moves", {"verb": "moderate"})
    assert answer.json()["detail"] == "لا يمكن بدء المراجعة والدورة مفتوحة؛ ينبغي أن تكون مقفلة."


def sentences() -> list[tuple[str, set[str]]]:
    """Return the pattern of every sentence in the code, and the names of the values given with it."""
    calls = [node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    calls = [node for node in calls if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence"]
    return [(ast.literal_eval(call.args[0]), {str(keyword.arg) for keyword in call.keywords}) for call in calls]


def test_every_sentence_is_given_what_its_pattern_asks_for():
    found = sentences()
    assert len(found) > 200
    assert [pattern for pattern, given in found if {hole[1:-1] for hole in HOLE.findall(pattern)} != given] == []
