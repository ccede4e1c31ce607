"""Where the next visits go: who sees it, what it rests on, what it gains, and the file of assignments."""

import csv
import io

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.catalogue.models import Channel
from marsad.core.fieldwork import expected_found
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.ratings import actions
from marsad.ratings.board import board_of
from marsad.ratings.fieldwork import Asked, branches_of, known_of, plan_for, planned, spread_evenly
from marsad.ratings.models import Cycle
from tests import world
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/visits/"


@pytest.fixture
def cycle(country, tmp_path) -> Cycle:
    """An open cycle with a finished run."""
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    return Cycle.objects.get(pk=cycle.pk)


def plan(cycle: Cycle, **asked):
    """Return a plan as Aisha asks for it."""
    return plan_for(world.aisha(), cycle, Asked(**asked), build.NOW)


# ---- the plan


def test_every_visit_is_given_out_and_every_kind_has_lists_of_its_own(cycle):
    found = plan(cycle, budget=60, minimum=1)
    assert sum(stop.visits for stop in found.stops) == 60
    assert min(stop.visits for stop in found.stops) == 1
    assert found.lists == {"service-centre": 2, "app": 2}
    assert found.places == 8
    assert [stop.visits for stop in found.stops] == sorted((stop.visits for stop in found.stops), reverse=True)
    assert {stop.had for stop in found.stops} == {6.0}


def test_visits_may_change_only_what_visits_find_by_its_share_of_the_score(cycle):
    board = board_of(cycle.current_run, disclosed=False)
    shares = {(one.code, one.source): one.share for one in branches_of(board.scheme, board.scheme.root, "app")}
    assert shares == {("visit", "visit"): pytest.approx(0.4), ("voice", "survey"): pytest.approx(0.6)}
    known = known_of(board, "visit")
    of_visits, in_all = known.field.variance, known.doubt
    assert (of_visits > 0).all()
    assert (of_visits < in_all).all()
    scores = [board.scores(entry.code)["visit"] for entry in board.entries]
    errors = np.array([0.4 * (score.high - score.low) / 2 / 1.6448536 for score in scores])
    assert of_visits == pytest.approx(errors**2)
    assert known.field.noise[0] == pytest.approx(
        np.median(6 * of_visits[[e.league == board.entries[0].league for e in board.entries]])
    )


def test_what_is_gained_is_more_than_as_many_visits_everywhere_alike_would_gain(cycle):
    found = plan(cycle, budget=400, source="survey")
    assert found.found.before < found.uniform < found.found.after < found.places
    board = board_of(cycle.current_run, disclosed=False)
    known, leagues = known_of(board, "survey"), np.array([entry.league for entry in board.entries])
    without = expected_found(
        known.field, leagues, found.lists, np.zeros(leagues.size, int), Settings(seed=7, draws=1000), doubt=known.doubt
    )
    assert without.before == without.after == found.found.before


def test_spread_evenly_the_rest_goes_to_those_with_fewest():
    assert spread_evenly(8, np.array([3.0, 1.0, 2.0])).tolist() == [2, 3, 3]


def test_a_channel_without_a_result_is_taken_for_one_of_its_kind_of_which_nothing_is_known(country, tmp_path):
    cycle = build.announced(tmp_path)
    cycle = actions.move_cycle(by=world.aisha(), cycle=cycle, verb="open", at=build.NOW)
    heard = [code for code in build.codes() if code != "centre-03"]
    for brought in (
        actions.Brought(rows=build.answers(channels=heard)),
        actions.Brought(path=without(build.visits(tmp_path), "centre-03"), source="visit"),
    ):
        actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=brought)
    board = board_of(build.rated(cycle), disclosed=False)
    known = known_of(board, "visit")
    codes = [entry.code for entry in board.entries]
    blank = codes.index("centre-03")
    assert not board.by_code["centre-03"].rated
    parts = {
        code: np.array([board.scores(one)[code].value for one in heard if one.startswith("centre")])
        for code in ("visit", "voice")
    }
    assert known.field.mean[blank] == pytest.approx(0.4 * parts["visit"].mean() + 0.6 * parts["voice"].mean())
    assert known.field.variance[blank] == pytest.approx(0.16 * parts["visit"].var())
    assert known.doubt[blank] == pytest.approx(0.16 * parts["visit"].var() + 0.36 * parts["voice"].var())
    assert known.field.visits[blank] == 0
    [stop] = [stop for stop in planned(board, Asked(budget=40)).stops if stop.entry.code == "centre-03"]
    assert stop.visits > 0


def test_chances_of_the_lists_are_those_of_all_that_is_known_and_add_up_to_their_places(cycle):
    stops = plan(cycle).stops
    for kind in ("service-centre", "app"):
        here = [stop for stop in stops if stop.entry.kind == kind]
        assert sum(stop.p_top for stop in here) == pytest.approx(2)
        assert sum(stop.p_bottom for stop in here) == pytest.approx(2)
        assert max(abs(stop.p_top - stop.entry.p_top) for stop in here) < 0.1


def without(path, code: str):
    """Return a file without the lines of a channel."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith(code)) + "\n", encoding="utf-8")
    return path


def test_before_the_first_visit_nothing_tells_how_much_visits_differ(country, tmp_path):
    cycle = build.announced(tmp_path)
    cycle = actions.move_cycle(by=world.aisha(), cycle=cycle, verb="open", at=build.NOW)
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=actions.Brought(rows=build.answers()))
    board = board_of(build.rated(cycle), disclosed=False)
    with pytest.raises(Problem, match="no visit has been made yet"):
        planned(board, Asked())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"budget": 0}, "0 visits cannot be planned at once"),
        ({"budget": 10**6}, "1000000 visits cannot be planned"),
        ({"budget": 20, "minimum": 1}, "20 visits do not give 1 to each of 25 channels"),
        ({"source": "guess"}, "no source 'guess'"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_remedy(cycle, asked, said):
    with pytest.raises(Problem, match=said) as refused:
        plan(cycle, **asked)
    assert refused.value.remedy


def test_visits_are_planned_while_the_cycle_is_open_and_by_those_who_lead_it(cycle):
    with pytest.raises(Forbidden):
        plan_for(world.somebody("omar"), cycle, Asked(), build.NOW)
    locked = actions.move_cycle(by=world.aisha(), cycle=cycle, verb="lock", at=build.NOW)
    with pytest.raises(Problem, match="while the cycle is open"):
        plan(locked)


# ---- the page


def test_the_page_says_what_is_gained_and_lists_where_to_go_and_why(cycle, work):
    answer = work("aisha").get(PAGE, budget=40)
    page, said = answer.context["page"], words(answer)
    assert "Of 8 places on the lists of the best and the worst" in said
    assert f"{page.plan.found.after:.1f} after these visits" in said
    assert "It may be among the best 2:" in said
    assert "It may be among the worst 2:" in said
    first = page.stops[0]
    assert first.entry.name.en in said
    assert "where the next visits go" in answer.content.decode().lower()


def test_channels_with_a_place_are_on_the_map(cycle, work):
    Channel.objects.filter(code="centre-00").update(latitude=25.2, longitude=55.3)
    Channel.objects.filter(code="app-00").update(latitude=24.4, longitude=54.4)
    picture = work("aisha").get(PAGE, minimum=1).context["page"].picture
    assert str(picture.broad).count("<circle") + str(picture.broad).count("<path") >= 2


def test_the_file_of_assignments_holds_what_the_page_was_asked_for(cycle, work):
    answer = work("aisha").get("cycles/2026-1/visits.csv", budget=40, source="survey")
    assert answer["Content-Disposition"] == 'attachment; filename="marsad-visits-2026-1.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    stops = [stop for stop in plan(cycle, budget=40, source="survey").stops if stop.visits]
    assert [(row["channel"], int(row["visits"]), float(row["visits_so_far"])) for row in rows] == [
        (stop.entry.code, stop.visits, stop.had) for stop in stops
    ]
    assert float(rows[0]["score"]) == pytest.approx(stops[0].entry.score, rel=1e-5)


def test_what_stands_in_the_way_is_said_and_the_form_stays(cycle, work):
    said = work("aisha").text(PAGE, budget=0)
    assert "There is no plan" in said
    assert "0 visits cannot be planned at once; ask for 1 up to 100000." in said
    assert work("aisha").get("cycles/2026-1/visits.csv", budget=0).status_code == 404


def test_without_a_run_the_page_sends_to_the_runs(country, work, tmp_path):
    build.opened(tmp_path)
    assert "Ask for a run first" in work("aisha").text(PAGE)


def test_in_arabic_the_page_is_arabic(cycle, work):
    said = work("aisha", "ar").text(PAGE)
    assert "وجهات الزيارة القادمة" in said
    assert "قد تكون من أفضل" in said


def test_only_those_who_plan_see_the_page_and_its_tab(cycle, work):
    for name, code in (("aisha", 200), ("rashid", 200), ("omar", 404), ("huda", 404), ("charlie", 404), ("lin", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "Where to go next" in work("aisha").text("cycles/2026-1/evidence/")
    assert "Where to go next" not in work("omar").text("cycles/2026-1/evidence/")
