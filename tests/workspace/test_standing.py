"""How far the next star is: points, chance, what holds back; no database."""

from types import SimpleNamespace

import pytest

from marsad.core.stars import Bands, Quantiles, RoundTo
from marsad.ratings.changes import next_star
from marsad.workspace.standing import above, doubt, points_to

BANDS = Bands(edges=(50.0, 80.0), stars=(1.0, 2.0, 3.0))


def entry(score, star=None, p_star=None):
    """Return a channel as far as its standing asks for it."""
    return SimpleNamespace(score=score, star=star, p_star=p_star or {})


def test_points_are_what_is_missing_to_the_edge_of_the_next_band():
    assert points_to(BANDS, 2.0, entry(47.5)) == 2.5
    assert points_to(BANDS, 3.0, entry(79.0)) == 1.0


def test_half_stars_begin_in_the_middle_between_neighbours():
    assert points_to(RoundTo(0.5, 1.0, 5.0), 4.0, entry(3.5)) == 0.25


@pytest.mark.parametrize("rule", [Quantiles(stars=(1.0, 2.0), shares=(0.5, 0.5)), BANDS])
def test_nothing_is_said_of_points_where_others_decide_or_the_edge_is_passed(rule):
    assert points_to(rule, 2.0, entry(60.0)) is None


def test_above_the_highest_star_there_is_none():
    assert next_star(BANDS, 3.0) is None


def test_the_chance_of_more_and_of_other_stars():
    found = entry(60.0, 2.0, {1.0: 0.1, 2.0: 0.7, 3.0: 0.2})
    assert above(found) == 0.2
    assert doubt(found) == pytest.approx(0.3)


def test_without_chances_nothing_is_doubted():
    assert doubt(entry(60.0, 2.0)) == 0.0
