"""Ratings done again with other weights, scales, means, fillings or without a pillar: against the twin and the whole engine."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from marsad.core import sensitivity
from marsad.core.conditions import Check
from marsad.core.normalise import Goalposts, MinMax, ZScore
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Naming, Node
from marsad.core.sensitivity import GROUPS, Bench, Space, Variant, kept, lists, run_all, together
from marsad.core.sobol import Design, indices
from marsad.core.stars import Bands, KMeans, Limiter
from tests import oracles
from tests.core.build import FIVE, evidence, scheme

SETTINGS = Settings(draws=400)
CODES = ("a1", "a2", "b1", "b2")
RED = Node("a", "whole", 2.0), Node("b", "whole", 1.0)


def nation(seed: int = 1, channels: int = 40, gaps: float = 0.0, errors: bool = True):
    generator = np.random.default_rng(seed)
    values = np.clip(generator.normal(60, 15, (channels, 1)) + generator.normal(0, 12, (channels, 4)), 1, 99).round(2)
    values[generator.random(values.shape) < gaps] = np.nan
    kinds = ["website" if place % 3 else "app" for place in range(channels)]
    return evidence(values, se=np.full(values.shape, 3.0) if errors else None, kind=kinds)


def four(normalise, **rest):
    parts = [
        Indicator(code, code[0], weight, normalise=normalise) for code, weight in zip(CODES, (1.0, 3.0, 1.0, 3.0), strict=True)
    ]
    return scheme(*parts, nodes=RED, **rest)


GOALPOSTS = four(Goalposts(0, 100))


def bench_of(ours, known, settings=SETTINGS):
    return Bench.of(ours, rate(ours, known, settings), settings)


def test_nothing_changed_is_the_rating_itself():
    bench = bench_of(GOALPOSTS, nation(gaps=0.1))
    found, rating = bench.run(Variant()), bench.rating
    np.testing.assert_array_equal(found.score[0], rating.score)
    np.testing.assert_array_equal(found.star[0], rating.star)
    np.testing.assert_array_equal(found.rank[0], rating.rank)
    # 1 000 mirrored draws beside the rating's 400: the error of a chance is at most 0.03.
    assert np.nanmax(np.abs(found.p_bottom[0] - rating.p_bottom)) < 0.12
    assert np.nanmax(np.abs(found.p_top[0] - rating.p_top)) < 0.12


FACTORS = (1.0, 0.8, 1.2, 0.75, 1.25, 1.1, 0.9)
"""Of the composite, the pillars a and b, then a1, a2, b1, b2."""


def test_other_weights_give_the_composite_that_the_twin_reckons():
    known = nation()
    found = bench_of(GOALPOSTS, known).run(Variant(weights=FACTORS)).score[0]
    tree = (1.0, [(1.6, [(0.75, "a1"), (3.75, "a2")]), (1.2, [(1.1, "b1"), (2.7, "b2")])])
    for place, values in enumerate(known.values.tolist()):
        twin = oracles.tree_score(tree, dict(zip(CODES, values, strict=True)))
        assert found[place] == pytest.approx(twin, abs=1e-8)


@pytest.mark.parametrize("stars", [Bands((40.0, 50.0, 60.0, 70.0), FIVE), KMeans((1.0, 2.0, 3.0))])
@pytest.mark.parametrize(
    "variant", [Variant(weights=FACTORS), Variant(without="b"), Variant(impute="median"), Variant(weights=FACTORS, without="a")]
)
def test_a_run_is_the_whole_rating_of_the_changed_scheme(variant, stars):
    ours, known = four(Goalposts(0, 100), stars=stars), nation(2, gaps=0.1, errors=False)
    if variant.without:
        changed = variant.scheme(ours)
        changed = replace(
            changed,
            nodes=tuple(node for node in changed.nodes if node.code != variant.without),
            indicators=tuple(each for each in changed.indicators if each.parent != variant.without),
        )
        places = [ours.position[each.code] for each in changed.indicators]
        table = {name: getattr(known, name)[:, places] for name in ("values", "se", "n", "raters")}
        again = rate(changed, replace(known, **table), SETTINGS)
    else:
        again = rate(variant.scheme(ours), known, SETTINGS)
    found = bench_of(ours, known).run(variant)
    both = ~np.isnan(again.score) & ~np.isnan(found.score[0])
    assert both.sum() >= 38
    np.testing.assert_allclose(found.score[0][both], again.score[both], atol=1e-8)
    np.testing.assert_array_equal(found.star[0][both], again.star[both])


@pytest.mark.parametrize("variant", [Variant(normalise=name) for name in sensitivity.SCALES] + [Variant(aggregate="harmonic")])
def test_on_another_scale_every_league_keeps_its_mean_and_spread(variant):
    bench = bench_of(GOALPOSTS, nation(3, channels=60))
    found = bench.run(variant)
    assert not np.allclose(found.score[0], bench.rating.score)
    for inside, _ in bench.leagues:
        for measure in (np.mean, np.std):
            assert measure(found.score[0][inside]) == pytest.approx(measure(bench.rating.score[inside]), abs=1e-6)


def test_the_order_under_another_scale_is_that_of_the_twin():
    known = nation(4)
    here = known.kinds == "app"
    columns = [oracles.z_scores(known.values[here, place].tolist()) for place in range(4)]
    twin = [2 / 3 * (a / 4 + 3 * b / 4) + 1 / 3 * (c / 4 + 3 * d / 4) for a, b, c, d in zip(*columns, strict=True)]
    found = bench_of(GOALPOSTS, known).run(Variant(normalise="t-score")).rank[0][here]
    assert found.tolist() == oracles.ranks(twin)


def test_means_of_scores_under_zero_are_not_varied():
    assert dict(Space(four(ZScore())).choices)["aggregate"] == ()
    assert dict(Space(GOALPOSTS).choices)["aggregate"] == ("geometric", "harmonic")


def test_pillars_are_the_lowest_nodes_of_a_profile():
    assert sensitivity.pillars_of(GOALPOSTS) == ("a", "b")
    deeper = [Node("x", "whole"), Node("y", "whole"), *(Node(f"p{place}", "y") for place in range(3))]
    leaves = [Indicator(f"i{node.code}", node.code) for node in deeper if node.code != "y"]
    assert sensitivity.pillars_of(scheme(*leaves, nodes=deeper)) == ("x", "p0", "p1", "p2")
    assert sensitivity.pillars_of(scheme(Indicator("i", "whole"), Indicator("j", "whole"))) == ("i", "j")


def test_points_of_the_space_change_weights_by_a_quarter_and_choose_the_declared_half_of_the_time():
    space = Space(GOALPOSTS)
    variants = [space.variant(point) for point in np.random.default_rng(1).random((400, space.size))]
    factors = np.array([variant.weights for variant in variants])
    assert 0.75 <= factors.min() < 0.76
    assert 1.24 < factors.max() <= 1.25
    for name, others in space.choices:
        chosen = [getattr(variant, name) for variant in variants]
        assert chosen.count("") / 400 == pytest.approx(0.5, abs=0.1)
        assert set(chosen) == {"", *others}


def test_a_channel_alone_at_the_bottom_stays_there_and_one_on_an_edge_does_not_keep_its_star():
    values = np.linspace(45, 75, 30)[:, None] + np.random.default_rng(1).normal(0, 4, (30, 4))
    values[0] = 5.0
    ours = four(Goalposts(0, 100), stars=Bands((60.0,), (1.0, 2.0)), naming=Naming(k=1))
    known = evidence(values, se=np.full(values.shape, 0.5))
    bench = bench_of(ours, known)
    space = Space(ours)
    runs = run_all(bench, [space.variant(point) for point in np.random.default_rng(2).random((60, space.size))])
    assert (runs.p_bottom[:, 0] > 0.99).all()
    assert (runs.rank[:, 0] == 30).all()
    found = kept(bench.rating.star, runs)
    assert found.star[0] == 1
    nearest, best = np.abs(bench.rating.score - 60).argmin(), bench.rating.score.argmax()
    assert found.star[nearest] < found.star[best] == 1
    assert found.rank_low[0] == found.rank_high[0] == 30


def test_runs_that_cannot_rate_a_channel_say_nothing_of_it():
    known = nation(9)
    values = np.where((known.kinds == "app")[:, None] & (np.arange(4) > 1), np.nan, known.values)
    bench = bench_of(GOALPOSTS, replace(known, values=values))
    app = known.kinds == "app"
    without = bench.run(Variant(without="a", normalise="t-score"))
    assert np.isnan(without.score[0][app]).all()
    assert not np.isnan(without.p_bottom[0][~app]).any()
    runs = together([bench.run(Variant()), without])
    np.testing.assert_array_equal(kept(bench.rating.star, runs).star[app], 1.0)
    np.testing.assert_array_equal(kept(bench.rating.star, runs).rank_low[app], bench.rating.rank[app])


def test_a_variant_that_leaves_too_few_different_scores_for_stars_says_nothing():
    values = np.column_stack([np.linspace(20, 80, 12)] * 2 + [np.full(12, 50.0)] * 2)
    bench = bench_of(four(Goalposts(0, 100), stars=KMeans((1.0, 2.0, 3.0))), evidence(values))
    assert np.isnan(bench.run(Variant(without="a")).star).all()
    assert not np.isnan(bench.run(Variant(without="b")).star).any()


def test_limits_and_who_is_rated_stay_as_they_were_found():
    cap = Limiter("cap", Check("score", "b", "below", 50), cap=1.0)
    bench = bench_of(four(Goalposts(0, 100), limiters=(cap,)), nation(5))
    capped = bench.rating.limits[0].applied
    assert 0 < capped.sum() < 40
    found = bench.run(Variant(without="b"))
    assert (found.star[0][capped] == 1).all()


def test_what_if_moves_bands_and_weights():
    bench = bench_of(GOALPOSTS, nation(6))
    score = bench.rating.score
    lower = bench.what_if(replace(GOALPOSTS, stars=Bands((10.0, 20.0, 30.0, 40.0), FIVE)))
    np.testing.assert_array_equal(lower.star[0], np.searchsorted([10, 20, 30, 40], score, side="right") + 1.0)
    np.testing.assert_array_equal(lower.score[0], score)
    weights = Variant(weights=FACTORS)
    np.testing.assert_array_equal(bench.what_if(weights.scheme(GOALPOSTS)).score, bench.run(weights).score)
    other = replace(GOALPOSTS, indicators=tuple(replace(each, normalise=Goalposts(0, 200)) for each in GOALPOSTS.indicators))
    assert bench.what_if(other).score[0] == pytest.approx(score / 2)


def test_chances_of_lists_are_those_of_the_twin():
    draws = np.random.default_rng(7).normal(0, 3, (12, 50)) + np.arange(12)[:, None]
    first, last, _, tail = lists(draws, 3, 0.05)
    ranked = oracles.rank_draws(draws.tolist())
    for channel in range(12):
        assert first[channel] == oracles.chance_top(ranked[channel], 3)
        assert last[channel] == oracles.chance_bottom(draws.tolist(), channel, 3)
        assert tail[channel] == oracles.chance_bottom(draws.tolist(), channel, 1), "a twentieth of twelve is one"


def test_what_moves_ranks_most_has_the_highest_index():
    known = nation(8, channels=60)
    ours = four(MinMax())
    bench, space = bench_of(ours, known), Space(ours)
    design = Design.of(space.size, [space.columns(group) for group in GROUPS], 32, seed=1)
    runs = run_all(bench, [space.variant(point) for point in design.points])
    moved = np.abs(runs.rank - bench.rating.rank).mean(axis=1)
    total = dict(zip(GROUPS, indices(design, moved).total.tolist(), strict=True))
    assert max(total, key=total.__getitem__) == "without", "one pillar of two"
    assert total["impute"] == 0, "nothing is missing"


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(sensitivity).failed == 0
