"""Star rules and limiters, against the twin and at their edges."""

from itertools import pairwise

import numpy as np
import pytest

from marsad.core.clusters import Ward
from marsad.core.conditions import Attribute, Check, Facts
from marsad.core.stars import Bands, Cuts, FirstMatch, KMeans, Limiter, Quantiles, RoundTo
from tests import oracles
from tests.core.build import FIVE, floats

EDGES = (20.0, 40.0, 60.0, 80.0)
SHARES = (0.1, 0.2, 0.4, 0.2, 0.1)
RELATIVE = Quantiles(FIVE, SHARES)


@pytest.mark.parametrize("strict", [(), (True, False, True, False)])
def test_bands_agree_with_their_twin_on_and_beside_their_edges(strict):
    scores = [edge + step for edge in EDGES for step in (-1.0, -1e-6, 0.0, 1e-6, 1.0)]
    rule = Bands(EDGES, FIVE, strict)
    stars = rule.cuts(np.empty(0)).stars_of(np.array(scores))
    assert stars.tolist() == [oracles.band(score, EDGES, FIVE, strict) for score in scores]


def test_a_score_short_of_an_edge_by_its_last_bit_reaches_it():
    scores = np.array([0.1 + 0.2, 0.3, np.nextafter(0.3, 0)])
    assert Bands((0.3,), (1.0, 2.0)).cuts(scores).stars_of(scores).tolist() == [2.0, 2.0, 2.0]
    assert Bands((0.3,), (1.0, 2.0), (True,)).cuts(scores).stars_of(scores).tolist() == [1.0, 1.0, 1.0]


def test_a_missing_score_has_no_star():
    assert np.isnan(Cuts(EDGES, FIVE).stars_of(np.array([[np.nan, 50.0]]))).tolist() == [[True, False]]


def test_a_score_within_a_millionth_of_an_edge_is_marked():
    scores = np.array([60.0, 60.0 - 9e-7, 60.0 + 9e-7, 60.0 - 2e-6, 50.0, np.nan])
    assert Cuts(EDGES, FIVE).near_edge(scores).tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize("step", [0.1, 0.2, 0.25, 0.5, 1.0])
def test_rounding_agrees_with_its_twin_at_every_half_step(step):
    rule = RoundTo(step, 1.0, 5.0)
    scores = [0.0, 9.0] + [1 + place * step / 4 for place in range(round(16 / step) + 1)]
    stars = rule.cuts(np.empty(0)).stars_of(np.array(scores))
    np.testing.assert_allclose(stars, [oracles.rounded_half_up(score, step, 1, 5) for score in scores])


@pytest.mark.parametrize("size", range(1, 41))
def test_quantile_shares_agree_with_their_twin_ties_included(size):
    scores = np.random.default_rng(size).integers(0, 1 + size, size).astype(float)
    stars = RELATIVE.cuts(scores).stars_of(scores)
    assert stars.tolist() == oracles.quantile_stars(scores.tolist(), FIVE, SHARES)


def test_shares_that_add_up_with_noise_still_round_half_up():
    tenths = Quantiles(tuple(float(star) for star in range(10)), (0.1,) * 10)
    scores = np.arange(5.0)
    assert tenths.cuts(scores).stars_of(scores).tolist() == oracles.quantile_stars(scores.tolist(), tenths.stars, tenths.shares)


def test_quantiles_of_nobody_are_no_error():
    assert RELATIVE.cuts(np.empty(0)).stars_of(np.empty(0)).size == 0
    assert RELATIVE.stars_in_draws(np.empty((0, 4))).shape == (0, 4)


@pytest.mark.parametrize("size", [1, 2, 7, 30])
def test_every_draw_is_banded_by_its_own_ranks(size):
    draws = np.random.default_rng(size).normal(50, 3, (size, 25)).round(1)
    stars = RELATIVE.stars_in_draws(draws)
    for draw in range(25):
        assert stars[:, draw].tolist() == oracles.quantile_stars(draws[:, draw].tolist(), FIVE, SHARES)


def test_draws_that_differ_in_the_last_bit_share_a_band():
    draws = np.array([[0.3], [0.1 + 0.2], [0.1]])
    assert Quantiles((1.0, 2.0), (0.5, 0.5)).stars_in_draws(draws).tolist() == [[2.0], [2.0], [1.0]]


@pytest.mark.parametrize("fence", [None, 1.0, 0.4])
@pytest.mark.parametrize("seed", range(8))
def test_k_means_agrees_with_its_twin_with_and_without_the_fence(seed, fence):
    generator = np.random.default_rng(seed)
    scores = generator.normal(0, 1, 25 + 10 * seed).round(3)
    scores[:3] *= 4
    centres = oracles.k_means_centres(scores.tolist(), 5, fence)
    cuts = KMeans(FIVE, fence).cuts(scores)
    np.testing.assert_allclose(cuts.edges, [(one + two) / 2 for one, two in pairwise(centres)], atol=2e-9)
    assert cuts.stars_of(scores).tolist() == [oracles.nearest_star(score, centres, FIVE) for score in scores]


def test_the_fence_pass_keeps_far_scores_from_moving_the_centres():
    scores = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2, 9.0])
    free, fenced = (KMeans((1.0, 2.0), fence).cuts(scores).edges[0] for fence in (None, 1.5))
    assert (free, fenced) == pytest.approx((3.0875, 2.6))  # the middles of 0.1 and 6.075, and of 0.1 and 5.1


def test_halfway_between_two_centres_is_the_better_star():
    scores = np.array([0.1, 0.1, 0.3, 0.5, 0.5])
    cuts = KMeans((1.0, 2.0)).cuts(scores)
    centres = oracles.k_means_centres(scores.tolist(), 2)
    assert cuts.stars_of(np.array([sum(centres) / 2])).tolist() == [2.0]


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ([1.0, 1.0, 2.0], "2 different scores cannot form 5 clusters"),
        ([], "0 different scores cannot form 5 clusters"),
        ([1.0] * 9 + [2.0, 3.0, 4.0, 5.0], "too many of the 13 scores are equal to form 5 quantile groups"),
    ],
)
def test_clusters_that_cannot_be_formed_are_refused(scores, why):
    with pytest.raises(ValueError, match=why):
        KMeans(FIVE).cuts(np.array(scores))


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("seed", range(6))
def test_ward_agrees_with_merging_every_pair(seed, k):
    generator = np.random.default_rng(seed)
    scores = np.concatenate([generator.normal(70, 8, 24).round(1), [400.0, -300.0]])
    stars = tuple(float(star) for star in range(1, k + 1))
    clusters = oracles.ward_clusters(oracles.inside_fences(scores.tolist()), k)
    assert Ward(stars, groups=0).cuts(scores).edges == pytest.approx([cluster[0] for cluster in clusters[1:]])


def both(generator: np.random.Generator, size: int):
    """Cases for the core and for the twin, with the channels they are asked of."""
    words = ["below", "at_least"]
    checks = [
        ("score", "ab"[generator.integers(2)], words[generator.integers(2)], float(generator.integers(1, 4))) for _ in range(3)
    ]
    cases = [(Check(*check), float(star)) for star, check in enumerate(checks, 2)] + [(Attribute("size", ("small",)), 5.0)]
    twins = [(check, float(star)) for star, check in enumerate(checks, 2)] + [(("attribute", "size", ("small",)), 5.0)]
    order = generator.permutation(4)
    a, b = (generator.choice([None, 1.0, 2.0, 3.0], size).tolist() for _ in range(2))
    sizes = generator.choice(["small", "large"], size).tolist()
    channels = [{("score", "a"): x, ("score", "b"): y, "size": z} for x, y, z in zip(a, b, sizes, strict=True)]
    facts = Facts({"score": {"a": floats(a), "b": floats(b)}}, {"size": np.array(sizes)}, size)
    return [cases[place] for place in order], [twins[place] for place in order], channels, facts


@pytest.mark.parametrize("seed", range(20))
def test_the_first_case_that_holds_gives_the_star(seed):
    cases, twins, channels, facts = both(np.random.default_rng(seed), 8)
    stars = FirstMatch(tuple(cases), 1.0).stars_of(facts)
    assert stars.tolist() == [oracles.first_match(twins, 1.0, channel) for channel in channels]


@pytest.mark.parametrize("seed", range(20))
def test_cases_on_draws_and_on_attributes_mix_in_any_order(seed):
    # As many draws as channels: then a mask laid along the wrong axis would not even raise.
    cases, _, _, facts = both(np.random.default_rng(seed), 8)
    draws = {code: np.random.default_rng(seed).choice([1.0, 2.0, 3.0], (8, 8)) for code in "ab"}
    rule = FirstMatch(tuple(cases), 1.0)
    stars = rule.stars_of(Facts({"score": draws}, facts.attributes, 8))
    columns = [
        rule.stars_of(Facts({"score": {code: drawn[:, draw] for code, drawn in draws.items()}}, facts.attributes, 8))
        for draw in range(8)
    ]
    np.testing.assert_array_equal(np.broadcast_to(stars, (8, 8)), np.column_stack(columns))


def test_without_cases_everyone_has_the_other_star():
    assert FirstMatch((), 3.0).stars_of(Facts({}, {}, 2)).tolist() == [3.0, 3.0]


@pytest.mark.parametrize("bounds", [{"cap": 3.0}, {"floor": 3.0}])
def test_limiters_agree_with_their_twin(bounds):
    stars, held = [1.0, 2.0, 3.0, 4.0, 5.0, None], [True, False, True, True, False, True]
    limiter = Limiter("c", Check("score", "a", "below", 60.0), **bounds)
    once = limiter.limit(floats(stars), np.array(held))
    twin = [oracles.limited(star, held=here, **bounds) for star, here in zip(stars, held, strict=True)]
    np.testing.assert_array_equal(once, floats(twin))
    np.testing.assert_array_equal(
        limiter.limit(np.column_stack([floats(stars)] * 3), np.array(held)), np.column_stack([once] * 3)
    )
