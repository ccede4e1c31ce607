"""Times with open cases: against the twin, against SciPy, and in simulation."""

import doctest

import numpy as np
import pytest
from scipy.stats import CensoredData, norm

from marsad.core import durations
from marsad.core.durations import log_times, medians
from marsad.core.problem import Problem
from tests import oracles


def drawn(seed: int, size: int, patience: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """Return times so far and who is still waiting: cases began at any time before today, true times are log-normal (1, 0.8)."""
    generator = np.random.default_rng(seed)
    times, watched = np.exp(generator.normal(1, 0.8, size)), generator.uniform(0, patience, size)
    return np.minimum(times, watched), times > watched


@pytest.mark.parametrize(("seed", "size"), [(0, 12), (1, 40), (2, 200)])
def test_mean_and_deviation_agree_with_their_twin_by_expectation_and_maximisation(seed, size):
    times, still_open = drawn(seed, size)
    assert still_open.any()
    fitted = log_times(times, still_open)
    assert (fitted.mean, fitted.deviation) == pytest.approx(oracles.censored_normal(np.log(times).tolist(), still_open), rel=1e-6)


def test_mean_and_deviation_agree_with_scipy():
    times, still_open = drawn(3, 150)
    peer = norm.fit(CensoredData.right_censored(np.log(times), still_open))
    fitted = log_times(times, still_open)
    assert (fitted.mean, fitted.deviation) == pytest.approx(peer, rel=1e-3)


def test_with_every_case_closed_it_is_the_mean_and_spread_of_the_logarithms():
    times, _ = drawn(4, 50)
    fitted = log_times(times, np.zeros(50, bool))
    logs = np.log(times)
    assert (fitted.mean, fitted.deviation) == pytest.approx((logs.mean(), logs.std()))
    assert fitted.covariance == pytest.approx(np.diag([logs.var() / 50, 1 / 100]), rel=1e-6, abs=1e-12)
    assert fitted.quantile().value[0] == pytest.approx(np.exp(logs.mean()))


def test_the_curvature_is_that_of_the_likelihood():
    times, still_open = drawn(5, 60)
    logs, place, step = np.log(times), np.array([0.9, 1.2]), 1e-5
    slope, curve = durations.slopes(place, logs, still_open)
    for at, by in enumerate(np.eye(2) * step):
        up, down = place + by, place - by
        near = (durations.likelihood(up, logs, still_open) - durations.likelihood(down, logs, still_open)) / (2 * step)
        assert slope[at] == pytest.approx(near, rel=1e-6)
        bent = (durations.slopes(up, logs, still_open)[0] - durations.slopes(down, logs, still_open)[0]) / (2 * step)
        assert curve[at] == pytest.approx(bent, rel=1e-5)


def test_the_unit_of_time_makes_no_difference():
    times, still_open = drawn(6, 40)
    days, hours = log_times(times, still_open), log_times(times * 24, still_open)
    assert hours.quantile(0.9).high == pytest.approx(24 * days.quantile(0.9).high)
    assert hours.share_within(48.0).low == pytest.approx(days.share_within(2.0).low)


def test_leaving_open_cases_out_makes_a_slow_channel_look_quick():
    times, still_open = drawn(7, 2000, patience=4.0)
    fitted = log_times(times, still_open)
    assert fitted.quantile().value[0] == pytest.approx(np.e, rel=0.1)
    assert np.median(times[~still_open]) < 0.7 * np.e
    assert (fitted.n, fitted.closed) == (2000, int((~still_open).sum()))


def test_nine_tenths_of_the_intervals_hold_the_truth():
    held = {"median": 0, "ninth": 0, "within": 0}
    truth = {"median": np.exp(1), "ninth": np.exp(1 + 0.8 * norm.ppf(0.9)), "within": norm.cdf((np.log(4) - 1) / 0.8)}
    for seed in range(400):
        fitted = log_times(*drawn(100 + seed, 100))
        found = {"median": fitted.quantile(), "ninth": fitted.quantile(0.9), "within": fitted.share_within(4.0)}
        for name, interval in found.items():
            held[name] += bool(interval.low[0] <= truth[name] <= interval.high[0])
    assert all(count / 400 == pytest.approx(0.9, abs=0.045) for count in held.values()), held


@pytest.mark.parametrize(
    ("times", "still_open", "words"),
    [
        ([1.0, 0.0, 2.0], [False, False, False], "not above 0"),
        ([1.0, 2.0, 3.0], [False, True, True], "fewer than two cases are closed"),
        ([2.0, 2.0, 3.0], [False, False, True], "fewer than two cases are closed"),
    ],
)
def test_times_that_tell_nothing_are_refused(times, still_open, words):
    with pytest.raises(Problem, match=words) as said:
        log_times(np.array(times), np.array(still_open))
    assert said.value.remedy


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(durations).failed == 0


def test_every_cell_has_the_median_of_its_cases_in_whatever_order_they_come():
    made = [drawn(seed, 30) for seed in range(3)]
    times, still_open = (np.concatenate(column) for column in zip(*made, strict=True))
    cells = np.repeat([4, 0, 2], 30)
    value, error = medians(cells, times, still_open, 5)
    for cell, (here, running) in zip((4, 0, 2), made, strict=True):
        known = log_times(here, running)
        assert value[cell] == pytest.approx(known.quantile(0.5).value[0])
        low, high = (float(end[0]) for end in (known.quantile(0.5).low, known.quantile(0.5).high))
        assert error[cell] == pytest.approx(value[cell] * np.log(high / low) / (2 * norm.ppf(0.95)))
    assert np.isnan(value[[1, 3]]).all()
    mixed = np.random.default_rng(1).permutation(90)
    again = medians(cells[mixed], times[mixed], still_open[mixed], 5)
    np.testing.assert_array_equal(again, (value, error))


@pytest.mark.parametrize(("times", "still_open"), [([3, 4], [1, 1]), ([3, 4], [0, 1]), ([3, 3, 9], [0, 0, 1]), ([], [])])
def test_a_cell_without_two_closed_cases_of_different_times_has_no_median(times, still_open):
    value, error = medians(np.zeros(len(times), np.intp), np.array(times, float), np.array(still_open, bool), 1)
    assert np.isnan([value, error]).all()
