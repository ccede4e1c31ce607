"""Calibration exercises: brought as a file, shown as distances from the panel, and no evidence."""

import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Problem
from marsad.ratings import actions
from marsad.ratings.setup import setup_of
from marsad.ratings.watched import Exercise
from tests import world
from tests.ratings import build
from tests.workspace.browser import file_of, words

pytestmark = pytest.mark.django_db
PAGE = f"cycles/{build.CODE}/exercises/"
HEAD = "rater,indicator,value\n"
FILM = HEAD + "".join(
    f"{rater},{question},{value}\n"
    for rater, values in {
        "Lin": (3, 4, 6),
        "Omar": (3, 4, 5),
        "Sara": (3, 5, 6),
        "Mild": (4, 5, 9),
        "Strict/1": (1, 2, 1),
    }.items()
    for question, value in zip(("happy", "clear", "queue"), values, strict=True)
)


@pytest.fixture
def cycle(country, tmp_path):
    """An open cycle."""
    return actions.move_cycle(by=world.aisha(), cycle=build.announced(tmp_path), verb="open", at=build.NOW)


def test_an_exercise_is_brought_and_tells_each_raters_distance_from_the_panel(cycle, work):
    browser, before = work("aisha"), setup_of(cycle).inputs
    assert "There was no exercise yet" in browser.text(PAGE)
    answer = browser.post(PAGE, {"name": "Film of a queue", "file": file_of(FILM, "film.csv")})
    said = words(answer)
    assert "The exercise is kept." in said
    assert "2 of 5 raters are severer or milder than the panel by more than chance explains." in said
    page = answer.context["page"]
    assert [line.name for line in page.raters] == ["Strict/1", "Omar", "Lin", "Sara", "Mild"]
    assert [line.severity for line in page.raters] == ["51.7", "5.0", "1.7", "−6.7", "−25.0"]
    assert [line.said for line in page.raters] == ["severer", "", "", "", "milder"]
    assert [(line.name, line.mean) for line in page.questions] == [("Clear", "75.0"), ("Queue", "54.0"), ("Happy", "45.0")]
    entry = Action.objects.filter(verb="hold_exercise").get()
    assert entry.after == {"cycle": build.CODE, "name": "Film of a queue", "file": "film.csv", "rows": 15}
    assert setup_of(cycle).inputs == before, "no rating hangs on it"
    assert "Film of a queue" in work("rashid").text(PAGE)
    assert "تمرين معايرة" in work("rashid", "ar").text(f"{PAGE}{page.exercise.code}/")
    assert f'href="/en/workspace/{PAGE}"' in browser.get(f"cycles/{build.CODE}/raters/").content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("rater,value\nLin,3\n", "the column indicator is missing"),
        (f"{HEAD}Lin,happy,3\nOmar,happy,6\n", "line 3, column value: the value is not on the scale from 1 to 5"),
        (f"{HEAD}Lin,happy,\nOmar,happy,4\n", "line 2, column value: the value is not on the scale from 1 to 5"),
        (f"{HEAD}Lin,sad,3\n", "line 2, column indicator: the standard has no question "),
        (f"{HEAD},happy,3\n", "line 2, column rater: the rater is missing"),
        (f"{HEAD}Lin,happy,3\nLin,happy,4\n", "line 3, column indicator: "),
        (f"{HEAD}Lin,happy,3\nOmar,clear,4\n", "no question is scored by two raters"),
    ],
)
def test_what_no_panel_can_have_given_is_refused_with_its_line(cycle, work, content, said):
    answer = work("aisha").post(PAGE, {"name": "Film", "file": file_of(content, "film.csv")})
    assert said in words(answer)
    assert not Exercise.objects.exists()


def test_the_programme_alone_brings_exercises_and_auditors_see_them(cycle, work, tmp_path):
    film = tmp_path / "film.csv"
    film.write_text(FILM, encoding="utf-8")
    said = {"cycle": cycle, "name": "Film", "path": film, "file_name": "film.csv", "at": build.NOW}
    with pytest.raises(Forbidden):
        actions.hold_exercise(by=world.somebody("rashid"), **said)
    held = actions.hold_exercise(by=world.aisha(), **said)
    for name, code in (("aisha", 200), ("rashid", 200), ("omar", 404), ("huda", 404)):
        assert work(name).get(PAGE).status_code == code
        assert work(name).get(f"{PAGE}{held.code}/").status_code == code
    assert work("rashid").post(PAGE, {"name": "Film"}).status_code == 404
    assert work("aisha").get(f"{PAGE}none/").status_code == 404
    taken_back(work, held)


def taken_back(work, held: Exercise) -> None:
    """Have the programme take an exercise back: it stays, as withdrawn."""
    page = f"{PAGE}{held.code}/"
    assert work("rashid").post(page, {"why": "No."}).status_code == 404
    assert "Withdraw this exercise" not in work("rashid").text(page)
    work("aisha").post(page, {"why": " "})
    assert Exercise.objects.get().withdrawn is None, "it needs a reason"
    said = words(work("aisha").post(page, {"why": "The wrong film."}))
    assert "This exercise is withdrawn and counts for nothing" in said
    assert "Withdraw this exercise" not in said
    late = words(work("aisha").post(page, {"why": "Mine."}))
    assert "this was withdrawn before" in late, "two who withdraw at once are not both told that it was they"
    assert "Withdraw this exercise" not in late
    assert "The wrong film." in work("rashid").text(page)
    assert "Film Withdrawn, counts" in work("rashid").text(PAGE)
    assert Action.objects.get(verb="withdraw_exercise").why == "The wrong film."
    again = {"by": world.aisha(), "exercise": held, "at": build.NOW}
    with pytest.raises(OutOfTurn, match="withdrawn before"):
        actions.withdraw_exercise(why="Again.", **again)
    with pytest.raises(Problem, match="needs a reason"):
        actions.withdraw_exercise(why=" ", **again)
