"""From evidence to stars, ranks and their chances: what is drawn, what is refused, and what stays unknown."""

import numpy as np
import pytest

from marsad.core.conditions import Attribute, Check, either
from marsad.core.estimate import normal_quantile
from marsad.core.normalise import Stars
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Naming, Node, Peers, Requirement
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo
from tests import oracles
from tests.core.build import BANDS, FIVE, PILLARED_TREE, evidence, flat, floats, optional, pillared, scheme

QUICK = Settings(draws=400)
CODES = ("a1", "a2", "b1", "b2")
NEVER = Limiter("never", Check("score", "a", "below", -1e9), cap=1.0)
"""Asks for a pillar's score in every draw, and so moves drawing below the composite; it never binds."""


def nation(seed: int, channels: int = 40, gaps: float = 0.15):
    generator = np.random.default_rng(seed)
    values = generator.uniform(5, 95, (channels, 4)).round(1)
    values[generator.random(values.shape) < gaps] = np.nan
    return evidence(values, se=generator.uniform(1, 6, values.shape))


def test_the_interval_of_a_linear_composite_is_the_analytic_one():
    rating = rate(pillared(), nation(1))
    reach = normal_quantile(0.9)
    for place in np.flatnonzero(rating.rated):
        leaves = dict(zip(CODES, optional(rating.evidence.values[place]), strict=True))
        variances = dict(zip(CODES, rating.evidence.se[place] ** 2, strict=True))
        deviation = oracles.tree_variance(PILLARED_TREE, leaves, variances) ** 0.5
        # An end is a quantile of 2000 mirrored pairs: its own error is about 0.04 of the composite's deviation.
        assert rating.high[place] - rating.score[place] == pytest.approx(reach * deviation, abs=0.17 * deviation)
        assert rating.score[place] - rating.low[place] == pytest.approx(reach * deviation, abs=0.17 * deviation)


def test_drawing_at_the_leaves_says_the_same_as_drawing_at_the_root():
    at_root, at_leaves = rate(pillared(), nation(2)), rate(pillared(limiters=(NEVER,)), nation(2))
    deviation = np.sqrt(at_root.tree.branches["whole"].variance)
    assert not np.array_equal(at_root.low, at_leaves.low, equal_nan=True), "both were drawn at the root"
    np.testing.assert_array_equal(at_leaves.score, at_root.score)
    np.testing.assert_array_equal(at_leaves.star, at_root.star)
    assert np.nanmax(np.abs(at_leaves.low - at_root.low) / deviation) < 0.25
    assert np.nanmax(np.abs(at_leaves.p_star - at_root.p_star)) < 0.07
    assert np.nanmax(np.abs(at_leaves.p_top - at_root.p_top)) < 0.07


def test_a_pillar_drawn_on_the_way_has_the_interval_of_its_own_variance():
    cap = Limiter("cap", Check("score", "a", "below", -1e9), cap=1.0)
    drawn = rate(scheme_of_squares(limiters=(cap,)), nation(3, gaps=0.0))
    pillar, deviation = drawn.nodes["b"], np.sqrt(drawn.tree.branches["b"].variance)
    np.testing.assert_allclose(pillar.high - pillar.value, normal_quantile(0.9) * deviation, rtol=0.12)


def scheme_of_squares(**rest):
    """The two pillars under a geometric mean."""
    return pillared(root=Node("whole", aggregate="geometric"), **rest)


def test_a_node_with_one_child_that_is_not_linear_has_an_interval():
    one = scheme(Indicator("x", "a"), Indicator("y", "whole"), nodes=(Node("a", "whole", aggregate="geometric"),))
    rating = rate(one, evidence([[50.0, 40.0]], se=[[2.0, 1.0]]), QUICK)
    assert rating.nodes["a"].high[0] - rating.nodes["a"].low[0] == pytest.approx(2 * 1.645 * 2, rel=0.3)


def test_a_rescaled_node_is_drawn_on_the_scale_of_its_own_kind():
    one = scheme(Indicator("x", "a"), nodes=(Node("a", "whole", rescale=Stars(Bands((50.0,), (1.0, 2.0)))),))
    known = evidence([[51.0], [49.0], [90.0]], se=[[3.0], [3.0], [3.0]], kind=["desk", "app", "desk"])
    rating = rate(one, known, QUICK)
    assert rating.star.tolist() == [1.0, 1.0, 1.0]
    assert rating.nodes["a"].value.tolist() == [2.0, 1.0, 2.0]
    assert (rating.low.tolist(), rating.high.tolist()) == ([1.0, 1.0, 2.0], [2.0, 2.0, 2.0])


@pytest.mark.parametrize("stars", [BANDS, RoundTo(5.0, 0.0, 100.0), Quantiles(FIVE, (0.1, 0.2, 0.4, 0.2, 0.1)), KMeans(FIVE)])
def test_chances_of_stars_sum_to_1_under_every_rule(stars):
    rating = rate(pillared(stars=stars), nation(4), QUICK)
    assert rating.rated.any()
    np.testing.assert_allclose(rating.p_star[rating.rated].sum(axis=1), 1.0)


def test_relative_stars_are_found_anew_in_every_draw():
    known = evidence([[50.0], [50.0]], se=[[3.0], [3.0]], channels=["x", "y"])
    rating = rate(flat(1, stars=Quantiles((1.0, 2.0), (0.5, 0.5))), known)
    assert rating.star.tolist() == [2.0, 2.0]  # published scores tie
    np.testing.assert_allclose(rating.p_star, 0.5, atol=0.04)  # one of the two is ahead in every draw
    np.testing.assert_allclose(rating.p_star.sum(axis=0), 1.0)


def test_a_channel_without_error_still_fills_a_place_among_relative_stars():
    known = evidence([[90.0], [50.0], [40.0]], se=[[np.nan], [1.0], [1.0]])
    rating = rate(flat(1, stars=Quantiles((1.0, 2.0), (0.34, 0.66))), known, QUICK)
    assert np.isnan(rating.p_star[0]).all()
    np.testing.assert_allclose(rating.p_star[1:], [[1.0, 0.0], [1.0, 0.0]])


def test_stars_by_conditions_have_chances_too():
    cases = ((Check("score", "a", "at_least", 50.0), 3.0), (Attribute("size", ("large",)), 2.0))
    one = scheme(Indicator("x", "a"), nodes=(Node("a", "whole"),), stars=FirstMatch(cases, 1.0))
    rating = rate(one, evidence([[50.0]] * 3, se=[[2.0], [2.0], [np.nan]], size=["large", "small", "small"]))
    assert rating.star.tolist() == [3.0, 3.0, 3.0]
    np.testing.assert_allclose(rating.p_star[:2], [[0.0, 0.5, 0.5], [0.5, 0.0, 0.5]], atol=1e-9)
    assert np.isnan(rating.p_star[2]).all()


def test_stars_by_attributes_alone_are_certain():
    rule = FirstMatch(((Attribute("size", ("large",)), 2.0),), 1.0)
    rating = rate(flat(1, stars=rule), evidence([[50.0]] * 2, se=[[2.0]] * 2, size=["large", "small"]), QUICK)
    assert rating.p_star.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_a_cap_on_an_estimate_applies_from_its_certainty_on_and_then_to_every_draw():
    cap = Limiter("cap", Check("score", "whole", "below", 60.0), cap=2.0, certainty=0.8)
    rating = rate(flat(1, limiters=(cap,)), evidence([[58.0], [59.5], [62.0]], se=[[2.0]] * 3))
    np.testing.assert_allclose(rating.limits[0].probability, [0.841, 0.599, 0.159], atol=0.03)
    assert rating.limits[0].applied.tolist() == [True, False, False]
    assert rating.star.tolist() == [2.0, 3.0, 4.0]
    assert rating.p_star[0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]


def test_no_cap_hangs_on_the_last_bit_of_a_score_that_is_not_drawn():
    # 58/3 + 56/3 + 66/3 comes to 59.99999999999999; beside a channel with an error it must still be 60.
    cap = Limiter("cap", Check("score", "whole", "below", 60.0), cap=1.0)
    rating = rate(flat(3, limiters=(cap,)), evidence([[58.0, 56.0, 66.0], [70.0] * 3], se=[[np.nan] * 3, [1.0] * 3]), QUICK)
    assert rating.limits[0].probability.tolist() == [0.0, 0.0]
    assert rating.star[0] == 4.0


def test_channels_equal_but_for_the_last_bit_share_their_rank_in_every_draw():
    rating = rate(flat(3), evidence([[0.1, 0.2, 0.3], [0.2, 0.1, 0.3], [0.0, 0.0, 0.9]], se=[[0.0] * 3] * 3), QUICK)
    assert rating.rank.tolist() == rating.rank_low.tolist() == rating.rank_high.tolist() == [2.0, 2.0, 1.0]


def test_ranks_and_chances_stay_within_a_kind():
    known = evidence([[90.0], [80.0], [10.0], [5.0]], se=[[1.0]] * 4, kind=["app", "app", "desk", "desk"])
    rating = rate(flat(1, naming=Naming(k=1)), known, QUICK)
    assert rating.rank.tolist() == [1.0, 2.0, 1.0, 2.0]
    assert rating.p_top.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert rating.p_bottom.tolist() == [0.0, 1.0, 0.0, 1.0]


def test_only_what_has_an_error_has_chances():
    rating = rate(
        pillared(), evidence([[10, 20, 30, 40], [50, 60, 70, 80]], se=[[np.nan] * 4, [1, np.nan, np.nan, np.nan]]), QUICK
    )
    assert rating.drawn.tolist() == [False, True]
    for column in (rating.low, rating.high, rating.rank_low, rating.rank_high, rating.p_top, rating.p_bottom):
        assert np.isnan(column).tolist() == [True, False]
    assert np.isnan(rating.p_star).tolist() == [[True] * 5, [False] * 5]
    for code, estimate in rating.nodes.items():
        assert np.isnan(estimate.low[0]), code
        assert np.isnan(estimate.low[1]) == (code in {"a2", "b", "b1", "b2"}), code


def test_a_channel_without_evidence_is_not_rated_and_says_why():
    enough = Requirement("two-pillars", either(Check("present", "a", "at_least", 1), Check("present", "b", "at_least", 1)))
    rating = rate(pillared(requirements=(enough,)), evidence([[None] * 4, [1, 2, 3, 4]]))
    assert rating.reason.tolist() == ["no-evidence", ""]
    assert np.isnan([rating.score[0], rating.star[0], rating.rank[0]]).all()
    assert rating.rank[1] == 1.0


@pytest.mark.parametrize(
    "stars", [BANDS, RoundTo(0.5, 1.0, 5.0), Quantiles((1.0, 2.0), (0.5, 0.5)), KMeans(FIVE), FirstMatch((), 1.0)]
)
@pytest.mark.parametrize("shape", [(0, 4), (3, 4)], ids=["no channel", "no value"])
def test_nobody_to_rate_is_no_error(stars, shape):
    rating = rate(pillared(stars=stars), evidence(np.full(shape, np.nan), se=np.ones(shape)))
    assert not rating.rated.any()
    assert rating.p_star.shape == (shape[0], len(stars.stars))


def test_an_indicator_nobody_has_disturbs_nobody():
    rating = rate(flat(2), evidence([[40.0, None], [60.0, None]], se=[[1.0, 1.0]] * 2), QUICK)
    assert rating.score.tolist() == [40.0, 60.0]


def test_one_channel_is_first_and_last():
    rating = rate(flat(1, naming=Naming(k=1)), evidence([[50.0]], se=[[2.0]]), QUICK)
    assert (rating.rank[0], rating.rank_low[0], rating.rank_high[0], rating.p_top[0], rating.p_bottom[0]) == (1, 1, 1, 1, 1)


def test_a_peer_group_too_small_for_its_clusters_is_named():
    one = flat(1, stars=KMeans(FIVE), peers=Peers("size"))
    why = "peer group 'large' cannot be given stars: 2 different scores cannot form 5 clusters"
    with pytest.raises(Problem, match=why):
        rate(one, evidence([[50.0], [60.0]], size=["large", "large"]))


def test_an_indicator_too_poor_for_its_clusters_is_named():
    one = scheme(Indicator("x", "whole", normalise=Stars(KMeans(FIVE))))
    with pytest.raises(Problem, match="'x' cannot be scored: 1 different scores cannot form 5 clusters"):
        rate(one, evidence([[50.0], [50.0]]))


def test_peer_groups_may_be_how_many_conditions_hold():
    groups = Peers(count=(Check("present", "a", "at_least", 1), Check("present", "b", "at_least", 1)))
    rating = rate(pillared(peers=groups), evidence([[1, 2, 3, 4], [1, 2, None, None], [None] * 4]))
    assert rating.peers.tolist() == ["2", "1", "0"]
    assert sorted(rating.cuts) == ["1", "2"]


def test_fewer_than_two_draws_are_refused():
    with pytest.raises(Problem, match="1 draws show no spread"):
        Settings(draws=1)


def test_the_star_is_the_band_of_the_median_and_not_of_the_value():
    lower_of_two = flat(2, root=Node("whole", aggregate="minimum"), stars=Bands((49.7,), (1.0, 2.0)))
    known = evidence([[50.0, 50.0], [50.0, 50.0]], se=[[1.0, 1.0], [np.nan, np.nan]])
    rating = rate(lower_of_two, known)
    # The lower of two noisy equals tends to lie under both: its median is where 1 − Φ is √½, at −0.545.
    assert rating.score[0] == pytest.approx(49.455, abs=0.05)
    assert rating.star.tolist() == [1.0, 2.0]
    assert np.array_equal(rating.nodes["whole"].value, rating.score)


def test_progress_counts_every_channel_once():
    told: list[int] = []
    rate(flat(1), evidence(np.linspace(0, 100, 300)[:, None], se=np.ones((300, 1))), QUICK, told.append)
    assert sum(told) == 300
    assert len(told) > 1


def test_relative_stars_agree_with_their_twin_from_end_to_end():
    shares = (0.1, 0.2, 0.4, 0.2, 0.1)
    rating = rate(pillared(stars=Quantiles(FIVE, shares)), nation(6))
    scores = rating.score[rating.rated].tolist()
    assert rating.star[rating.rated].tolist() == oracles.quantile_stars(scores, FIVE, shares)
    np.testing.assert_array_equal(rating.rank[rating.rated], floats(oracles.ranks(scores)))
