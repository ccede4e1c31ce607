"""From a rating to lists: who is looked at in each league, and in what share of other ratings that holds."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.lists import RUNS, first_lists
from marsad.core.naming import Why, screened
from marsad.core.normalise import Goalposts
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Naming
from marsad.core.sensitivity import Bench, Space
from tests.core.build import evidence, flat

QUICK = Settings(seed=5, draws=400)
SCHEME = flat(4, naming=Naming(k=2, minimum_channels=10))
SCHEME = replace(SCHEME, indicators=tuple(replace(each, normalise=Goalposts(0, 100)) for each in SCHEME.indicators))


@pytest.fixture(scope="module")
def rating():
    generator = np.random.default_rng(3)
    values = 60 + generator.normal(0, 8, (36, 1)) + generator.normal(0, 6, (36, 4))
    kinds = ["app" if place < 30 else "site" for place in range(36)]
    return rate(SCHEME, evidence(values, se=np.full(values.shape, 3.0), kind=kinds), QUICK)


def test_every_league_has_two_ends_of_its_own_channels(rating):
    lists = first_lists(rating, QUICK)
    assert [(one.league, one.decision.best, one.channels.size) for one in lists] == [
        ("app", True, 30),
        ("app", False, 30),
        ("site", True, 6),
        ("site", False, 6),
    ]
    assert all(why == (Why.TOO_FEW_CHANNELS,) for one in lists[2:] for why in one.decision.why)


def test_who_is_looked_at_follows_from_the_chances_of_the_rating_and_nobody_is_named(rating):
    worst = first_lists(rating, QUICK)[1]
    chance = rating.p_bottom[worst.channels]
    np.testing.assert_array_equal(worst.decision.first.chance, chance)
    looked = screened(SCHEME.naming, chance, worst.decision.first.tail)
    kept = worst.decision.first.kept
    expected = np.where(looked, np.where(kept >= 0.8, "candidate", "not-separable"), "none")
    assert worst.decision.verdict.tolist() == expected.tolist()
    assert {"candidate", "none"} <= set(expected)


def test_the_share_that_holds_is_counted_over_runs_done_one_by_one(rating):
    worst = first_lists(rating, QUICK)[1]
    bench, space = Bench.of(SCHEME, rating, QUICK), Space(SCHEME)
    held = np.zeros(worst.channels.size)
    for point in np.random.default_rng(QUICK.seed).random((RUNS, space.size)):
        run = bench.run(space.variant(point))
        held += (run.p_bottom[0, worst.channels] >= 0.05) | (run.p_last[0, worst.channels] >= 0.5)
    assert worst.decision.first.kept == pytest.approx(held / RUNS)


def test_where_every_league_is_too_small_nothing_else_is_tried(rating):
    large = replace(SCHEME, naming=replace(SCHEME.naming, minimum_channels=50))
    lists = first_lists(replace(rating, tree=replace(rating.tree, scheme=large)), QUICK)
    assert all(np.isnan(one.decision.first.kept).all() for one in lists)


def test_without_errors_no_list_says_anything():
    values = np.linspace(20, 90, 24)[:, None] + np.zeros((24, 4))
    lists = first_lists(rate(SCHEME, evidence(values), QUICK), QUICK)
    assert {why for one in lists for why in one.decision.why} == {(Why.NO_MARGIN,)}
