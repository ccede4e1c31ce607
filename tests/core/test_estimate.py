"""Shares, spreads and intervals, against the twin and by hand."""

import doctest

import numpy as np
import pytest
from scipy.stats import binom

from marsad.core import estimate
from marsad.core.problem import Problem
from tests import oracles


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (0, 5), (5, 5), (3, 10), (90, 100)])
def test_the_error_of_a_share_is_the_spread_of_its_posterior(successes, n):
    share = successes / n if n else 0.0
    error = estimate.share_se(np.array([share]), np.array([float(n)]))
    assert error[0] == pytest.approx(oracles.jeffreys_deviation(successes, n), rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_pooled_spread_agrees_with_its_twin(seed):
    generator = np.random.default_rng(seed)
    answers = [generator.normal(3 * channel, 2, generator.integers(0, 6)).tolist() for channel in range(8)] + [[1.0, 2.0]]
    sums, squares, counts = (np.array([sum(x**power for x in some) for some in answers]) for power in (1, 2, 0))
    assert estimate.pooled_sd(sums, squares, counts.astype(float)) == pytest.approx(oracles.pooled_deviation(answers))


def test_answers_that_never_repeat_have_no_pooled_spread():
    assert np.isnan(estimate.pooled_sd(np.array([3.0, 0.0]), np.array([9.0, 0.0]), np.array([1.0, 0.0])))
    assert oracles.pooled_deviation([[3.0], []]) is None


@pytest.mark.parametrize("weights", [[1.0], [2.0, 2.0, 2.0], [1.0, 5.0, 0.5, 9.0]])
def test_the_effective_answers_agree_with_their_twin(weights):
    [effective] = estimate.effective_n(np.array([sum(weights)]), np.array([sum(weight**2 for weight in weights)]))
    assert effective == pytest.approx(oracles.kish(weights))
    assert effective <= len(weights) + 1e-12


def test_nine_tenths_of_a_normal_lie_within_1_6449_standard_errors():
    assert estimate.normal_quantile(0.9) == pytest.approx(1.6448536269514722)


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 20), (20, 20), (3, 10), (7, 31), (59, 60)])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
def test_intervals_of_a_share_agree_with_their_twins_that_search_for_their_ends(successes, n, level):
    exact = estimate.exact_interval(np.array([float(successes)]), np.array([float(n)]), level)
    assert (exact.low[0], exact.high[0]) == pytest.approx(oracles.exact_ends(successes, n, (1 - level) / 2), abs=1e-9)
    score = estimate.wilson(np.array([float(successes)]), np.array([float(n)]), level)
    ends = oracles.score_ends(successes, n, estimate.normal_quantile(level))
    assert (score.low[0], score.high[0]) == pytest.approx(ends, abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_a_share_are_those_published(successes, n, score, exact):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, methods 3 and 5."""
    for interval, published in ((estimate.wilson, score), (estimate.exact_interval, exact)):
        found = interval(np.array([float(successes)]), np.array([float(n)]), level=0.95)
        assert (round(float(found.low[0]), 4), round(float(found.high[0]), 4)) == published


@pytest.mark.parametrize("interval", [estimate.wilson, estimate.exact_interval])
def test_where_nobody_answered_a_share_may_be_anything(interval):
    found = interval(np.array([0.0]), np.array([0.0]))
    assert np.isnan(found.value[0])
    assert (found.low[0], found.high[0], found.n[0]) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("interval", [estimate.wilson, estimate.exact_interval])
@pytest.mark.parametrize(("successes", "n"), [(3.0, 2.0), (-1.0, 2.0)])
def test_counts_that_no_answers_give_are_refused(interval, successes, n):
    with pytest.raises(Problem, match="more successes than answers"):
        interval(np.array([successes]), np.array([n]))


def test_the_exact_interval_holds_the_truth_as_often_as_it_says_whatever_the_share():
    n, level = 23, 0.9
    counts = np.arange(n + 1.0)
    found = estimate.exact_interval(counts, np.full(n + 1, float(n)), level)
    for share in np.linspace(0.01, 0.99, 99):
        held = (found.low <= share) & (share <= found.high)
        assert binom.pmf(counts, n, share)[held].sum() >= level - 1e-12


@pytest.mark.parametrize("weights", [[1.0], [2.0, 2.0, 2.0], [1.0, 5.0, 0.5, 9.0]])
def test_the_design_effect_is_answers_by_effective_answers_and_one_plus_the_squared_variation(weights):
    given = np.array(weights)
    [effect] = estimate.design_effect(np.array([given.sum()]), np.array([(given**2).sum()]), np.array([float(given.size)]))
    assert effect == pytest.approx(len(weights) / oracles.kish(weights))
    assert effect == pytest.approx(1 + given.var() / given.mean() ** 2)


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(estimate).failed == 0
