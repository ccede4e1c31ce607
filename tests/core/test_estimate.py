"""Shares, spreads and intervals, against the twin and by hand."""

import numpy as np
import pytest

from marsad.core import estimate
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
