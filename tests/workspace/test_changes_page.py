"""The way to the next star: what the cheapest set is worth by the standard itself, what limiters allow, and who sees it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from marsad.core.normalise import Levels
from marsad.core.problem import Problem
from marsad.core.rating import rate
from marsad.core.stars import Bands, Quantiles, RoundTo
from marsad.ratings.board import board_of
from marsad.ratings.changes import choices_of, edge_of, is_linear, next_star, way_up
from marsad.ratings.setup import evidence_of, setup_of_run
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
CHANNEL = "centre-06"
PAGE = f"cycles/2026-1/results/{CHANNEL}/changes/"


@pytest.fixture
def board(country, tmp_path):
    """The board of a finished run."""
    return board_of(build.rated(build.opened(tmp_path)), disclosed=False)


def test_a_rating_with_the_set_carried_out_gives_the_gain_and_the_next_star(board):
    way = way_up(board, CHANNEL, {})
    plan = way.plans[0.5]
    setup = setup_of_run(board.run)
    evidence, _ = evidence_of(setup)
    row = evidence.channels.tolist().index(CHANNEL)
    values = evidence.values.copy()
    for code, choice in plan.chosen.items():
        place = setup.scheme.position[code]
        low, high = setup.scheme.indicators[place].ends
        values[row, place] += choice.gain / 100 * (high - low)
    after = rate(setup.scheme, replace(evidence, values=values), setup.draw)
    assert after.score[row] - way.score == pytest.approx(plan.gain, abs=1e-6)
    assert after.star[row] == way.star > board.by_code[CHANNEL].star
    at_least = [place for place, star in enumerate(after.star_values) if star >= way.star]
    assert after.p_star[row, at_least].sum() == pytest.approx(plan.chance, abs=0.06)
    assert plan.chance >= 0.5
    assert way.plans[0.8].cost > plan.cost
    assert way.today == pytest.approx(sum(c for star, c in board.by_code[CHANNEL].p_star.items() if star >= way.star))


def test_costs_of_a_part_lead_elsewhere_and_are_those_of_its_questions(board):
    plain, dear = (way_up(board, CHANNEL, costs).plans[0.5] for costs in ({}, {"visit": 50.0}))
    assert "queue" in plain.chosen
    assert dear.cost > plain.cost
    assert way_up(board, CHANNEL, {"queue": 50.0, "visit": 2.0}).plans[0.5] == dear
    with pytest.raises(Problem, match="a cost is not above 0"):
        way_up(board, CHANNEL, {"visit": float("nan")})


def test_a_rule_that_no_answer_lifts_is_said_and_no_set_is_offered(board, work):
    way = way_up(board, "centre-04", {})
    assert way.blocked == ("breach-cap",)
    assert set(way.plans.values()) == {None}
    assert "No better answer brings more stars while this rule holds it back" in work("aisha").text(
        "cycles/2026-1/results/centre-04/changes/"
    )


def test_levels_are_the_standards_own_and_other_questions_go_up_to_the_best_of_their_league():
    levels = SimpleNamespace(code="q", normalise=Levels((0.0, 33.0, 67.0, 100.0)))
    found = [*choices_of(SimpleNamespace(bounds={"q": (0, 100)}), levels, 50.0, 60.0, 2.0)]
    assert [(one.level, one.gain, one.cost) for one in found] == [(67.0, 17.0, 1.0), (100.0, 50.0, 3.0)]
    share = SimpleNamespace(code="q", normalise=None)
    found = [*choices_of(SimpleNamespace(bounds={"q": (0, 100)}), share, 72.0, 84.0, 1.0)]
    assert [(one.level, one.gain) for one in found] == [(75.0, 3.0), (80.0, 8.0)]
    assert found[1].cost == pytest.approx(0.24)


def test_edges_are_told_only_where_they_are_fixed_and_trees_only_where_they_are_weighted_means(board):
    bands = Bands(edges=(50.0, 80.0), stars=(1.0, 2.0, 3.0))
    assert (next_star(bands, 2.0), next_star(bands, 3.0)) == (3.0, None)
    assert (edge_of(bands, 3.0), edge_of(RoundTo(0.5, 1.0, 5.0), 4.0)) == (80.0, 3.75)
    assert edge_of(Quantiles(stars=(1.0, 2.0), shares=(0.5, 0.5)), 2.0) is None
    scheme = board.scheme
    assert is_linear(scheme)
    assert not is_linear(replace(scheme, nodes=(replace(scheme.nodes[0], aggregate="geometric"), *scheme.nodes[1:])))


def test_the_page_tells_champions_of_their_own_channels_and_says_what_is_wrong_with_a_cost(board, work):
    answer = work("omar").get(PAGE)
    page, said = answer.context["page"], words(answer)
    assert "For a chance of 50%" in said
    assert "questions brought up gain" in said or "question brought up gains" in said
    assert len(page.sets[0].lines) == len(page.way.plans[0.5].chosen)
    assert [name for name, *_ in page.costs] == ["cost-voice", "cost-visit"]
    assert "a cost is not above 0; write a number above 0" in work("omar").text(PAGE, **{"cost-visit": "much"})
    assert "ما تكلفكم" in work("omar", "ar").text(PAGE)
    for name, code in (("aisha", 200), ("rashid", 200), ("salem", 404), ("huda", 404), ("charlie", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "The way to the next star" in work("omar").text(f"cycles/2026-1/results/{CHANNEL}/")
