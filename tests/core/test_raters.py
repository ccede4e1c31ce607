"""Agreement of raters: against the twin, and what must hold for any ratings."""

import doctest

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom
from scipy.stats import f as f_distribution

from marsad.core import raters
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.raters import METRICS, WEIGHTS, gwet_ac, intraclass, krippendorff_alpha, weighted_kappa
from tests import oracles

few = settings(max_examples=40, deadline=None, derandomize=True)
FEW_DRAWS = Settings(draws=100)
POWERS = {"identity": None, "linear": 1, "quadratic": 2}
LEVELS = [1.0, 2.0, 3.0, 4.0]
SURE = 1e-6
"""How often a test of a share in simulation may fail though all is well."""


def rated(seed: int, units: int = 14, count: int = 3, missing: float = 0.25) -> np.ndarray:
    """Return ratings 1 to 4 of units that differ, some missing."""
    generator = np.random.default_rng(seed)
    truth = generator.uniform(1, 4, (units, 1))
    ratings = np.clip(np.round(truth + generator.normal(0, 0.7, (units, count))), 1, 4)
    ratings[generator.random(ratings.shape) < missing] = np.nan
    return ratings


def lists(ratings: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(rating) else rating for rating in unit] for unit in ratings.tolist()]


@pytest.mark.parametrize("metric", sorted(METRICS))
@pytest.mark.parametrize("seed", range(3))
def test_alpha_agrees_with_its_twin_that_compares_any_two_ratings(metric, seed):
    ratings = rated(seed)
    twin = oracles.alpha(lists(ratings), metric)
    assert krippendorff_alpha(ratings, METRICS[metric], FEW_DRAWS).value == pytest.approx(twin, rel=1e-12)


@pytest.mark.parametrize("weights", sorted(WEIGHTS))
@pytest.mark.parametrize("seed", range(3))
def test_ac_agrees_with_its_twin_missing_ratings_included(weights, seed):
    ratings = rated(seed)
    units = [unit for unit in lists(ratings) if oracles.known(unit)]
    twin = oracles.gwet(units, LEVELS, POWERS[weights])
    assert gwet_ac(ratings, WEIGHTS[weights], values=np.array(LEVELS)).value == pytest.approx(twin, rel=1e-12)


@pytest.mark.parametrize("weights", sorted(WEIGHTS))
def test_the_error_of_ac_is_the_spread_of_what_each_unit_moves(weights):
    ratings = rated(5, missing=0)
    units, count = lists(ratings), len(ratings)
    moved = oracles.influences(lambda each: oracles.gwet(units, LEVELS, POWERS[weights], each), count)
    twin = np.sqrt(np.square(moved).sum() / (count * (count - 1)))
    assert gwet_ac(ratings, WEIGHTS[weights], values=np.array(LEVELS)).se == pytest.approx(twin, rel=1e-6)


@pytest.mark.parametrize("weights", sorted(WEIGHTS))
@pytest.mark.parametrize("seed", range(3))
def test_kappa_and_its_error_agree_with_their_twin(weights, seed):
    ratings = rated(seed, units=20, count=2, missing=0)
    found = weighted_kappa(ratings, WEIGHTS[weights], values=np.array(LEVELS))
    units = ratings.tolist()
    assert found.value == pytest.approx(oracles.kappa(units, LEVELS, POWERS[weights]), rel=1e-12)
    moved = oracles.influences(lambda each: oracles.kappa(units, LEVELS, POWERS[weights], each), 20)
    assert found.se == pytest.approx(np.sqrt(np.square(moved).sum()) / 20, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_intraclass_correlations_agree_with_their_twin(seed):
    ratings = rated(seed, missing=0)
    found = intraclass(ratings)
    names = ("one_way", "two_way", "fixed", "one_way_k", "two_way_k", "fixed_k")
    assert [getattr(found, name).value for name in names] == pytest.approx(oracles.intraclass(ratings.tolist()), rel=1e-9)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_ends_of_an_exact_intraclass_interval_are_the_correlations_that_the_data_just_do_not_refute(level):
    ratings = rated(2, missing=0)
    between, within, _, rest = oracles.mean_squares(ratings.tolist())
    found = intraclass(ratings, level)
    for each, noise, freedom in ((found.one_way, within, 14 * 2), (found.fixed, rest, 13 * 2)):
        for end, tail in ((each.low, (1 + level) / 2), (each.high, (1 - level) / 2)):
            expected = 1 + 3 * end / (1 - end)
            assert f_distribution.cdf(between / noise / expected, 13, freedom) == pytest.approx(tail, abs=1e-9)


def test_intervals_of_intraclass_correlations_hold_the_truth_as_often_as_their_level_says():
    runs, level, generator = 400, 0.9, np.random.default_rng(3)
    held = 0
    for _ in range(runs):
        scores = generator.normal(0, 1, (20, 1)) + generator.normal(0, 1, (20, 4))
        found = intraclass(scores, level).one_way
        held += found.low <= 0.5 <= found.high
    assert binom.ppf(SURE / 2, runs, level) <= held <= binom.ppf(1 - SURE / 2, runs, level)


@few
@given(seed=st.integers(0, 2**32 - 1), metric=st.sampled_from(sorted(METRICS)), weights=st.sampled_from(sorted(WEIGHTS)))
def test_neither_the_order_of_units_nor_that_of_raters_matters(seed, metric, weights):
    ratings = rated(seed)
    generator = np.random.default_rng(seed)
    shuffled = ratings[generator.permutation(14)][:, generator.permutation(3)]
    for coefficient in (
        lambda table: krippendorff_alpha(table, METRICS[metric], FEW_DRAWS),
        lambda table: gwet_ac(table, WEIGHTS[weights], values=np.array(LEVELS)),
    ):
        assert coefficient(shuffled).value == pytest.approx(coefficient(ratings).value, rel=1e-9)


@few
@given(units=st.lists(st.sampled_from(LEVELS), min_size=2, max_size=9), weights=st.sampled_from(sorted(WEIGHTS)))
def test_raters_who_always_agree_agree_wholly(units, weights):
    assume(len(set(units)) > 1)
    ratings = np.repeat(np.array(units)[:, None], 2, axis=1)
    assert gwet_ac(ratings, WEIGHTS[weights]).value == pytest.approx(1)
    assert weighted_kappa(ratings, WEIGHTS[weights]).value == pytest.approx(1)
    assert intraclass(ratings).one_way.value == pytest.approx(1)
    for metric in METRICS.values():
        assert krippendorff_alpha(ratings, metric, FEW_DRAWS).value == pytest.approx(1)


def test_raters_who_answer_by_lot_agree_no_more_than_by_chance():
    ratings = np.random.default_rng(1).choice(LEVELS, (4000, 3))
    assert krippendorff_alpha(ratings, raters.nominal, FEW_DRAWS).value == pytest.approx(0, abs=0.05)
    assert gwet_ac(ratings, raters.identity).value == pytest.approx(0, abs=0.05)


def test_where_all_ratings_are_equal_alpha_is_unknown_and_ac_asks_for_the_values():
    same = np.full((5, 2), 3.0)
    assert np.isnan(krippendorff_alpha(same, raters.nominal, FEW_DRAWS).value)
    with pytest.raises(Problem, match="all ratings are equal"):
        gwet_ac(same, raters.identity)
    assert gwet_ac(same, raters.identity, values=np.array(LEVELS)).value == pytest.approx(1)
    with pytest.raises(Problem, match="one value"):
        weighted_kappa(same, raters.identity)


def test_the_same_seed_gives_the_same_interval_and_holds_the_value():
    one, other = (krippendorff_alpha(rated(4), raters.ordinal, Settings(draws=300, seed=9)) for _ in range(2))
    assert one == other
    assert one.low < one.value < one.high


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda: krippendorff_alpha(np.array([[1.0, np.nan], [np.nan, 2.0]]), raters.nominal, FEW_DRAWS), "no unit has two"),
        (lambda: krippendorff_alpha(np.array([[1.0, -2.0]]), raters.ratio, FEW_DRAWS), "below 0"),
        (lambda: gwet_ac(np.array([[1.0, np.inf]]), raters.identity), "finite"),
        (lambda: gwet_ac(np.array([[1.0, 5.0]]), raters.identity, values=np.array(LEVELS)), "not among the values"),
        (lambda: weighted_kappa(np.ones((4, 3)), raters.identity), "two raters"),
        (lambda: intraclass(np.array([[1.0, np.nan], [1.0, 2.0]])), "every rater"),
        (lambda: intraclass(np.array([[1.0, 2.0], [2.0, 1.0]])), "same mean"),
    ],
)
def test_what_says_nothing_of_agreement_is_refused(ask, what):
    with pytest.raises(Problem, match=what):
        ask()


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(raters).failed == 0
