"""How ready the lists are: who is sure today, what more visits are expected to settle and by when, and who answers."""

from dataclasses import replace
from datetime import date, timedelta
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.core.naming import Answers, answers_by
from marsad.core.problem import Problem
from marsad.core.scheme import Naming
from marsad.ratings.board import Score, board_of
from marsad.ratings.fieldwork import known_of
from marsad.ratings.models import Cycle
from marsad.ratings.readiness import Pace, ends_of, own_chances, readiness_for
from tests import world
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/readiness/"


@pytest.fixture
def cycle(country, tmp_path) -> Cycle:
    """An open cycle with a finished run."""
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    return Cycle.objects.get(pk=cycle.pk)


def ahead(cycle: Cycle, **asked):
    """Return the forecast as Aisha asks for it."""
    return readiness_for(world.aisha(), cycle, build.NOW, **asked)


def test_who_is_sure_today_is_who_has_the_chance_that_the_standard_asks_for(cycle):
    found = ahead(cycle)
    entries = board_of(cycle.current_run, disclosed=False).entries
    for one in found.lists:
        chances = {e.code: e.p_top if one.best else e.p_bottom for e in entries if e.league == one.league}
        assert {sure.entry.code for sure in one.sure} == {code for code, chance in chances.items() if chance >= 0.9}
        assert one.settled == sum(chance >= 0.9 or chance <= 0.1 for chance in chances.values())
    assert found.places == 8
    assert 0 < found.named < 8


def test_more_visits_are_expected_to_settle_more_and_never_more_than_there_are_places(cycle):
    few, many = ahead(cycle, visits=20), ahead(cycle, visits=2000)
    assert few.named == many.named < few.later < many.later < 8
    for one in many.lists:
        assert one.settled <= one.ahead.settled <= one.size


def test_until_one_more_is_as_likely_as_not_it_takes_so_many_visits_and_not_one_fewer(cycle):
    found = ahead(cycle, source="survey")
    ends = {(end.league, end.best): end for end in ends_of(found.board, known_of(found.board, "survey"))}
    reachable = [one for one in found.lists if one.next_name < inf]
    assert reachable
    for one in reachable:
        later = [ends[one.league, one.best].later(one.next_name - fewer, 0.9)[0] for fewer in (0, 1)]
        assert later[0] >= len(one.sure) + 0.5 > later[1]
    assert all(one.next_name == inf for one in found.lists if len(one.sure) == one.k)


def test_while_some_of_a_kind_are_unrated_the_first_of_the_rated_are_not_sure_of_a_place(cycle):
    board = board_of(cycle.current_run, disclosed=False)
    known = known_of(board, "visit")
    app = next(end for end in ends_of(board, known) if end.league == "app" and end.best)
    assert app.chance.tolist() == [one.p_top for one in app.members]
    unrated = {one.code: replace(one, p_top=None, p_bottom=None, rated=False) for one in app.members[:5]}
    partly = replace(board, entries=tuple(unrated.get(one.code, one) for one in board.entries))
    again = next(end for end in ends_of(partly, known) if end.league == "app" and end.best)
    assert again.chance.sum() == pytest.approx(again.k)
    assert again.chance.tolist() != app.chance.tolist()


def test_the_pace_is_that_of_the_days_with_visits_and_tells_by_when(cycle):
    found = ahead(cycle, visits=50)
    assert found.pace == Pace(150.0, date(2026, 2, 1), date(2026, 2, 6))
    assert found.pace.a_day == 25
    assert found.on == build.NOW.date() + timedelta(days=2)
    assert ahead(cycle).visits == 100
    cycle.closes_on = build.NOW.date() + timedelta(days=6)
    assert ahead(cycle).visits == 150
    assert Pace(10, None, None).on(5, date(2026, 1, 1)) is None


def test_a_manager_answers_where_the_channels_own_part_passes_and_nobody_where_it_is_not_told_apart(cycle):
    board = board_of(cycle.current_run, disclosed=False)
    assert own_chances(board) == {True: {}, False: {}}
    entries = tuple(
        replace(one, own=Score(float(at), at - 0.1, at + 0.1, None)) if one.league == "app" else one
        for at, one in enumerate(board.entries)
    )
    own = own_chances(replace(board, entries=entries))
    apps = [one.code for one in entries if one.league == "app"]
    assert [code for code in apps if own[True][code] > 0.9] == apps[-2:]
    assert [code for code in apps if own[False][code] > 0.9] == apps[:2]
    chances = np.array([own[True].get(code, np.nan) for code in (apps[-1], apps[0], "centre-00")])
    assert answers_by(Naming(), chances).tolist() == [Answers.MANAGER, Answers.ENTITY, Answers.UNKNOWN]


def test_where_names_ask_for_own_parts_only_those_that_pass_could_be_named(cycle):
    found = ahead(cycle)
    assert found.nameable == found.named > 0
    place = next(place for place, one in enumerate(found.lists) if one.sure)
    listed = found.lists[place]
    passes = replace(listed, sure=(replace(listed.sure[0], answers=Answers.MANAGER), *listed.sure[1:]))
    asks = SimpleNamespace(scheme=SimpleNamespace(naming=Naming(own_part=0.9)))
    lists = (*found.lists[:place], passes, *found.lists[place + 1 :])
    assert replace(found, board=asks, lists=lists).nameable == 1


def test_forecasts_are_for_those_who_plan_visits_while_they_may_still_come(cycle):
    with pytest.raises(Forbidden):
        readiness_for(world.somebody("omar"), cycle, build.NOW)
    for asked in ({"visits": 0}, {"source": "guess"}):
        with pytest.raises(Problem):
            ahead(cycle, **asked)
    locked = build.moved(cycle, "lock")
    assert ahead(locked).places == 8
    with pytest.raises(Problem, match="while visits may still come"):
        ahead(build.moved(locked, "moderate"))


def test_the_page_says_it_in_a_sentence_a_picture_and_a_table_for_those_who_may(cycle, work):
    answer = work("aisha").get(PAGE, visits=50)
    page, said = answer.context["page"], words(answer)
    assert f"Of 8 places on the lists of the best and the worst {page.found.named} are sure today." in said
    assert f"50 more visits, made by {page.found.on} at the pace so far of 25.0 a day" in said
    assert len(page.lines) == 4
    assert {one.answers for one in page.sure} == {"Not told apart"}
    assert str(page.picture.broad).count("<text") > 8
    assert "جاهزية القوائم" in work("aisha", "ar").text(PAGE)
    assert "0 visits cannot be looked ahead" in work("aisha").text(PAGE, visits="none")
    for name, code in (("rashid", 200), ("omar", 404), ("huda", 404), ("charlie", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "How ready the lists are" in work("aisha").text("cycles/2026-1/visits/")


def test_without_a_run_the_page_sends_to_the_runs(country, work, tmp_path):
    build.opened(tmp_path)
    assert "Ask for a run first" in work("aisha").text(PAGE)
