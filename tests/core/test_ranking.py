"""Ranks, their intervals and the chances of the first and last places, against the twin."""

import doctest

import numpy as np
import pytest

from marsad.core import ranking
from tests import oracles


def drawn(seed: int, channels: int = 9, draws: int = 31, decimals: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(50, 3, (channels, draws)).round(decimals)


@pytest.mark.parametrize("decimals", [0, 8])
@pytest.mark.parametrize("seed", range(5))
def test_ranks_of_draws_agree_with_their_twin_ties_included(seed, decimals):
    draws = drawn(seed, decimals=decimals)
    assert ranking.rank_draws(draws).tolist() == oracles.rank_draws(draws.tolist())


def test_more_draws_than_a_block_are_ranked_alike():
    draws = drawn(1, channels=4, draws=2 * ranking.BLOCK + 3)
    assert ranking.rank_draws(draws).tolist() == oracles.rank_draws(draws.tolist())


def test_scores_that_differ_in_the_last_bit_share_a_rank():
    assert ranking.ranks(np.array([0.1 + 0.2, 0.3, 0.2])).tolist() == [1, 1, 3]


@pytest.mark.parametrize("scores", [[5.0], [5.0, 5.0, 5.0], [-1.0, 0.0, -0.0, 7.0]])
def test_one_channel_and_equal_channels_come_first(scores):
    assert ranking.ranks(np.array(scores)).tolist() == oracles.ranks(scores)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("count", [2, 11, 20, 21, 41])
def test_rank_intervals_agree_with_their_twin(count, level):
    draws = drawn(count, draws=count)
    stood = ranking.standing(draws, 2, level)
    ends = [oracles.rank_interval(ranked, level) for ranked in oracles.rank_draws(draws.tolist())]
    assert list(zip(stood.low, stood.high, strict=True)) == ends


@pytest.mark.parametrize("k", [1, 3, 9, 20])
def test_the_chances_of_the_first_and_last_k_agree_with_their_twin(k):
    draws = drawn(3)
    stood = ranking.standing(draws, k)
    ranked = oracles.rank_draws(draws.tolist())
    np.testing.assert_allclose(stood.p_top, [oracles.chance_top(ranks, k) for ranks in ranked])
    np.testing.assert_allclose(stood.p_bottom, [oracles.chance_bottom(draws.tolist(), channel, k) for channel in range(9)])
    np.testing.assert_allclose(stood.expected, [oracles.mean(ranks) for ranks in ranked])


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(ranking).failed == 0
