"""How far chains have settled: of series whose worth is known, and beside what NumPyro says of the same series."""

import numpy as np
import pytest

from marsad.core.convergence import Convergence, effective_draws, judge, split_rhat


def autoregressive(correlation, shape, seed=0):
    """Series of which each number keeps so much of the one before it."""
    made = np.random.default_rng(seed).standard_normal(shape)
    for place in range(1, shape[-1]):
        made[..., place] = correlation * made[..., place - 1] + np.sqrt(1 - correlation**2) * made[..., place]
    return made


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_a_series_that_remembers_is_worth_as_many_draws_as_theory_says(correlation):
    found = effective_draws(autoregressive(correlation, (40, 4, 2000))).mean()
    assert found == pytest.approx(8000 * (1 - correlation) / (1 + correlation), rel=0.06)


def test_chains_that_agree_have_a_ratio_near_one_and_chains_apart_do_not():
    together = autoregressive(0.5, (4, 1000))
    apart = together + np.array([[0.0], [0.0], [0.0], [2.0]])
    drifting = together + np.linspace(0, 2, 1000)
    assert split_rhat(together) < 1.01
    assert split_rhat(apart) > 1.2
    assert split_rhat(drifting) > 1.1
    assert effective_draws(apart) < 20


def test_the_figures_are_those_that_numpyro_finds_for_the_same_series():
    """numpyro 0.22.0: split_gelman_rubin of the series, effective_sample_size of their halves."""
    series = np.sin(np.arange(600.0) ** 1.5).reshape(3, 200)
    for place in range(1, 200):
        series[:, place] += 0.6 * series[:, place - 1]
    series += np.array([[0.0], [0.3], [0.1]])
    assert split_rhat(series) == pytest.approx(1.0043425982774477, abs=1e-6)
    assert effective_draws(series) == pytest.approx(160.22447955654928, rel=1e-6)


def test_what_does_not_move_is_settled_and_what_moves_once_is_not():
    still = np.full((2, 4, 100), 3.7)
    jump = np.where(np.arange(100) < 50, 0.0, 1.0) * np.ones((4, 1)) + 1e-3 * autoregressive(0.0, (4, 100))
    assert judge({"still": still}) == Convergence({"still": 1.0}, {"still": 400.0})
    assert not judge({"jump": jump}).settled


def test_one_quantity_in_a_hundred_may_be_worth_fewer_draws():
    series = autoregressive(0.0, (300, 4, 200))
    series[:2] = autoregressive(0.97, (2, 4, 200))
    assert judge({"effect": series}).ess["effect"] > 400
    series[:6] = autoregressive(0.97, (6, 4, 200))
    assert judge({"effect": series}).ess["effect"] < 100


def test_the_worst_of_all_quantities_counts_and_is_named():
    found = judge({"good": autoregressive(0.0, (5, 4, 500)), "bad": autoregressive(0.99, (4, 500))})
    assert found.worst == "bad"
    assert not found.settled
    assert judge({"good": autoregressive(0.0, (5, 4, 500))}).settled
