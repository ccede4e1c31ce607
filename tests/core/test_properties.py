"""What must hold for any evidence: monotone, fair to what is missing, blind to order, and the same on every run."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marsad.core.composite import AGGREGATES
from marsad.core.conditions import Check
from marsad.core.normalise import Goalposts
from marsad.core.posterior import Settings
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Indicator, Naming, Node
from marsad.core.stars import FirstMatch, KMeans, Limiter, Quantiles
from tests import oracles
from tests.core.build import BANDS, FIVE, PILLARED_TREE, evidence, flat, optional, pillared, scheme

few = settings(max_examples=50, deadline=None, derandomize=True)
DRAWS = Settings(draws=40)
NEVER = Limiter("never", Check("score", "a", "below", -1e9), cap=1.0)
LOOK = Limiter("look", Check("score", "a", "below", 50.0), cap=3.0, certainty=0.5)
SHAPES = {
    "bands": pillared(),
    "drawn at the leaves": pillared(limiters=(NEVER,)),
    "quantiles": pillared(stars=Quantiles(FIVE, (0.1, 0.2, 0.4, 0.2, 0.1))),
    "first match": pillared(stars=FirstMatch(((Check("score", "a", "at_least", 50.0), 2.0),), 1.0)),
    "geometric with a cap": pillared(root=Node("whole", aggregate="geometric"), limiters=(LOOK,)),
}
PROBABLE = ("low", "high", "rank_low", "rank_high", "p_top", "p_bottom", "p_star")
BY_CHANNEL = ("score", "unlimited", "star", "rated", "reason", "rank", "near_edge", *PROBABLE)

points = st.integers(0, 1000).map(lambda tenths: tenths / 10)
maybe = st.one_of(st.none(), points)
weights = st.floats(0.1, 10)


def rows(width: int, cell: st.SearchStrategy = maybe, least: int = 1, most: int = 6):
    return st.lists(st.lists(cell, min_size=width, max_size=width), min_size=least, max_size=most)


def nation(seed: int, channels: int = 12, least: float = 0.0):
    generator = np.random.default_rng(seed)
    values = generator.uniform(least, 100, (channels, 4))
    values[generator.random(values.shape) < 0.15] = np.nan
    kinds = generator.choice(["app", "desk"], channels)
    return evidence(values, se=generator.uniform(1, 9, values.shape), kind=kinds)


def same(one: Rating, other: Rating, names=BY_CHANNEL) -> None:
    for name in names:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@few
@given(
    values=rows(3),
    marks=st.lists(weights, min_size=3, max_size=3),
    aggregate=st.sampled_from(sorted(AGGREGATES)),
    channel=st.integers(0, 5),
    column=st.integers(0, 2),
    gain=st.floats(0.001, 100),
    falling=st.booleans(),
)
def test_improving_one_input_never_lowers_score_or_star(values, marks, aggregate, channel, column, gain, falling):
    channel %= len(values)
    assume(values[channel][column] is not None)
    posts = Goalposts(100, 0, 1, 100) if falling else Goalposts(0, 100, 1, 100)
    indicators = (Indicator(f"i{place}", "whole", mark, normalise=posts) for place, mark in enumerate(marks))
    one = scheme(*indicators, root=Node("whole", aggregate=aggregate))
    before = rate(one, evidence(values))
    better = [list(row) for row in values]
    better[channel][column] += -gain if falling else gain
    after = rate(one, evidence(better))
    assert after.score[channel] >= before.score[channel] - 1e-9
    assert after.star[channel] >= before.star[channel]
    others = np.arange(len(values)) != channel
    np.testing.assert_array_equal(after.score[others], before.score[others])


@few
@given(values=rows(4), column=st.integers(0, 3), gain=st.floats(0.001, 50), cap=st.sampled_from(FIVE))
def test_improving_one_input_never_lowers_the_star_under_a_cap_on_bad_pillars(values, column, gain, cap):
    assume(values[0][column] is not None)
    one = pillared(limiters=(Limiter("cap", Check("score", "a", "below", 60.0), cap=cap),))
    better = [list(row) for row in values]
    better[0][column] += gain
    assert rate(one, evidence(better)).star[0] >= rate(one, evidence(values)).star[0]


@few
@given(
    values=rows(3),
    marks=st.lists(weights, min_size=3, max_size=3),
    factor=st.floats(0.01, 100),
    aggregate=st.sampled_from(sorted(AGGREGATES)),
)
def test_only_the_proportions_of_sibling_weights_count(values, marks, factor, aggregate):
    root = Node("whole", aggregate=aggregate)
    one = rate(flat(3, marks, root=root), evidence(values))
    other = rate(flat(3, [mark * factor for mark in marks], root=root), evidence(values))
    np.testing.assert_allclose(other.score, one.score, atol=1e-8)
    far = ~one.near_edge
    np.testing.assert_array_equal(other.star[far], one.star[far])


@few
@given(
    values=rows(3),
    weight=weights,
    aggregate=st.sampled_from(sorted(AGGREGATES)),
    missing=st.sampled_from(["reweight", "not-rated"]),
)
def test_an_indicator_that_does_not_apply_is_neutral(values, weight, aggregate, missing):
    without = flat(3, root=Node("whole", aggregate=aggregate, missing=missing))
    stranger = Indicator("stranger", "whole", weight, kinds=frozenset({"elsewhere"}))
    with_it = replace(without, indicators=(*without.indicators, stranger))
    kinds = ["here"] * len(values)
    one = rate(without, evidence(values, kind=kinds))
    same(one, rate(with_it, evidence([[*row, 50.0] for row in values], kind=kinds)))


@few
@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from(sorted(SHAPES)))
def test_permuting_channels_permutes_the_result_and_nothing_else(seed, shape):
    known = nation(seed)
    shuffled = known.rows(np.random.default_rng(seed).permutation(12))
    one, other = rate(SHAPES[shape], known, DRAWS), rate(SHAPES[shape], shuffled, DRAWS)
    assert one.evidence.channels.tolist() == other.evidence.channels.tolist()
    same(one, other)
    for name in ("values", "se"):
        np.testing.assert_array_equal(getattr(one.evidence, name), getattr(other.evidence, name))


@few
@given(values=rows(4), cap=st.sampled_from(FIVE), floor=st.sampled_from(FIVE), edge=points)
def test_caps_only_lower_and_floors_only_raise(values, cap, floor, edge):
    when = Check("score", "a", "below", edge)
    free = rate(pillared(), evidence(values))
    capped = rate(pillared(limiters=(Limiter("cap", when, cap=cap),)), evidence(values))
    raised = rate(pillared(limiters=(Limiter("floor", when, floor=floor),)), evidence(values))
    rated = free.rated
    held = capped.limits[0].applied[rated]
    assert (capped.star[rated] <= free.star[rated]).all()
    assert (capped.star[rated][held] <= cap).all()
    assert (raised.star[rated] >= free.star[rated]).all()
    assert (raised.star[rated][held] >= floor).all()
    same(free, capped, ("score", "rank"))


@few
@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from(sorted(SHAPES)))
def test_the_same_seed_gives_the_same_bits(seed, shape):
    same(rate(SHAPES[shape], nation(seed), DRAWS), rate(SHAPES[shape], nation(seed), DRAWS))


@few
@given(seed=st.integers(0, 2**32 - 1), drawn=st.integers(0, 2**32 - 1), leaves=st.booleans())
def test_another_seed_changes_no_score_star_or_rank_of_a_linear_scheme(seed, drawn, leaves):
    one = SHAPES["drawn at the leaves" if leaves else "bands"]
    first, second = (rate(one, nation(seed), replace(DRAWS, seed=chance)) for chance in (0, drawn))
    same(first, second, ("score", "star", "rank"))
    certain = rate(one, replace(nation(seed), se=np.full((12, 4), np.nan)))
    same(first, certain, ("score", "star", "rank"))


@few
@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from(sorted(SHAPES)))
def test_without_standard_errors_everything_probable_is_unknown(seed, shape):
    known = nation(seed)
    rating = rate(SHAPES[shape], replace(known, se=np.full_like(known.se, np.nan)), DRAWS)
    for name in PROBABLE:
        assert np.isnan(getattr(rating, name)).all(), name
    assert not rating.drawn.any()
    for code, estimate in rating.nodes.items():
        assert np.isnan([estimate.low, estimate.high]).all(), code


@few
@given(seed=st.integers(0, 2**32 - 1), shape=st.sampled_from(sorted(SHAPES)), k=st.integers(1, 4))
def test_chances_add_up(seed, shape, k):
    # From 60 up no draw of a geometric composite falls to 0, where it would be tied and a place shared.
    rating = rate(replace(SHAPES[shape], naming=Naming(k=k)), nation(seed, least=60.0), DRAWS)
    rated = rating.rated
    np.testing.assert_allclose(rating.p_star[rated].sum(axis=1), 1.0)
    assert (rating.rank_low[rated] <= rating.rank_high[rated]).all()
    assert (rating.low[rated] <= rating.high[rated]).all()
    for kind in set(rating.evidence.kinds[rated]):
        inside = rated & (rating.evidence.kinds == kind)
        np.testing.assert_allclose(rating.p_top[inside].sum(), min(k, inside.sum()))
        np.testing.assert_allclose(rating.p_bottom[inside].sum(), min(k, inside.sum()))


@few
@given(
    values=rows(4, st.one_of(st.none(), st.floats(-1e6, 1e6)), most=3), errors=st.lists(st.floats(0, 1e3), min_size=4, max_size=4)
)
def test_variance_through_the_tree_is_the_sum_of_squared_shares(values, errors):
    rating = rate(pillared(), evidence(values, se=[errors] * len(values)), Settings(draws=2))
    for place in np.flatnonzero(rating.rated):
        leaves = dict(zip(("a1", "a2", "b1", "b2"), optional(rating.evidence.values[place]), strict=True))
        twin = oracles.tree_variance(PILLARED_TREE, leaves, dict(zip(leaves, [error**2 for error in errors], strict=True)))
        assert rating.tree.branches["whole"].variance[place] == pytest.approx(twin, rel=1e-12)


@few
@given(values=rows(1, points, least=5, most=12))
def test_a_higher_score_never_has_fewer_stars_under_any_rule(values):
    scores = np.array(values)[:, 0]
    rules = [BANDS, Quantiles(FIVE, (0.1, 0.2, 0.4, 0.2, 0.1))]
    if scores.max() > np.sort(scores)[(scores.size - 1) // 2]:  # else the upper half is empty, and two clusters are refused
        rules.append(KMeans((1.0, 2.0)))
    for rule in rules:
        stars = rate(flat(1, stars=rule), evidence(values)).star
        assert (np.diff(stars[np.argsort(scores, kind="stable")]) >= 0).all()
        for score in set(scores):
            assert len(set(stars[scores == score])) == 1


def test_the_properties_look_at_every_column_that_goes_by_channel():
    columns = {field.name for field in fields(Rating)}
    assert set(BY_CHANNEL) <= columns
    others = {
        "evidence",
        "prepared",
        "peers",
        "leagues",
        "star_values",
        "drawn",
        "nodes",
        "limits",
        "cuts",
        "tree",
        "together",
        "entities",
    }
    assert columns - set(BY_CHANNEL) == others
