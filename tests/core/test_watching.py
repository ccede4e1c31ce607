"""Funnels, moving averages, cumulative sums and false alarms: against twins, published examples and in simulation."""

import doctest

import numpy as np
import pytest

from marsad.core import watching
from marsad.core.problem import Problem
from marsad.core.watching import (
    FEWEST,
    cumulative_sums,
    drift,
    funnel,
    funnels,
    marked,
    marked_by_chance,
    moving_average,
    share_error,
)
from tests import oracles


def blank(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def with_gaps(seed: int, channels: int = 4, times: int = 15) -> np.ndarray:
    generator = np.random.default_rng(seed)
    values = generator.normal(50, 2, (channels, times))
    values[generator.random(values.shape) < 0.2] = np.nan
    return values


# ---- drift


def test_series_that_only_chance_moves_have_distances_of_one_error_whatever_they_do_together():
    generator = np.random.default_rng(11)
    error = generator.uniform(1, 4, (4000, 9))
    values = generator.normal(60, 10, (4000, 1)) + np.linspace(0, 8, 9) + generator.normal(0, error)
    values[generator.random(values.shape) < 0.15] = np.nan
    found = drift(values, error, np.full(4000, "desk"))
    assert np.nanstd(found.z) == pytest.approx(1, abs=0.03)
    assert np.nanmean(np.abs(found.z) > 1.96) == pytest.approx(0.05, abs=0.01)


def test_a_series_that_falls_beside_its_group_is_marked_and_says_by_how_much():
    generator = np.random.default_rng(12)
    values = 60 + generator.normal(0, 1, (30, 10))
    values[4, 6:] -= 9
    found = drift(values, np.full(values.shape, 1.0), np.full(30, "desk"))
    assert np.flatnonzero(marked(found.z)).tolist() == [4]
    assert found.points[4] < -3


def test_series_that_wander_anyway_are_measured_by_how_far_they_do():
    generator = np.random.default_rng(13)
    values = generator.normal(0, 1, (300, 10)) + 2 * generator.normal(0, 1, (300, 10)).cumsum(axis=1)
    found = drift(values, np.full(values.shape, 1.0), np.full(300, "desk"))
    assert marked(found.z).sum() <= 3


def test_of_short_series_and_small_groups_no_drift_is_told():
    values = np.tile(np.arange(10.0), (FEWEST + 3, 1))
    values[0, 3:] = np.nan
    groups = np.array(["desk"] * (FEWEST + 1) + ["other"] * 2)
    found = drift(values, np.ones(values.shape), groups)
    assert np.isnan(found.z[[0, -1, -2]]).all()
    assert found.points[1:-2] == pytest.approx(0)


# ---- funnels


@pytest.mark.parametrize("spread", [0.0, 3.0])
@pytest.mark.parametrize("count", [2, 10, 37])
def test_the_spread_of_a_funnel_agrees_with_its_twin(count, spread):
    generator = np.random.default_rng(count)
    errors = generator.uniform(0.5, 4, count)
    values = 60 + errors * generator.normal(size=count) + spread * generator.normal(size=count)
    found = funnel(values, errors, target=60.0)
    assert found.between == pytest.approx(oracles.funnel_spread(values.tolist(), errors.tolist(), 60.0), rel=1e-5)
    assert found.factor == pytest.approx(oracles.pulled_in_square(((values - 60) / errors).tolist()))


def test_every_group_has_a_funnel_of_its_own_members_and_small_groups_and_gaps_have_none():
    generator = np.random.default_rng(5)
    groups = np.repeat(["large", "small", "other"], [FEWEST + 1, FEWEST - 1, FEWEST])
    value, error = generator.normal(50, 4, groups.size), generator.uniform(1, 2, groups.size)
    value[0], error[1] = np.nan, 0.0
    value[-1], groups[2] = 60.0, "other"
    found, z = funnels(value, error, groups)
    assert set(found) == {"other"}
    own = groups == "other"
    np.testing.assert_array_equal(z[own], funnel(value[own], error[own]).z)
    assert np.isnan(z[~own]).all()


def test_the_share_of_channels_outside_a_funnel_is_that_of_its_level_where_nothing_but_chance_and_spread_acts():
    generator = np.random.default_rng(1)
    errors = generator.uniform(0.5, 4, 20_000)
    values = 60 + np.hypot(errors, 2.0) * generator.normal(size=20_000)
    found = funnel(values, errors)
    low, high = found.limits(errors, level=0.9)
    assert found.target == pytest.approx(60, abs=0.1)
    assert ((low < values) & (values < high)).mean() == pytest.approx(0.9, abs=0.01)
    assert np.sqrt(found.between) == pytest.approx(2.0, abs=0.1)


def test_channels_nearer_together_than_chance_have_the_plain_funnel():
    n = np.random.default_rng(2).integers(50, 500, 40).astype(float)
    errors = share_error(0.8, n)
    found = funnel(0.8 + 0.5 * errors * np.tile([-1.0, 1.0], 20), errors, target=0.8)
    assert found.between == 0.0
    assert found.factor == pytest.approx(0.25)
    low, high = found.limits(errors, level=0.95)
    assert high == pytest.approx(0.8 + 1.959964 * np.sqrt(0.16 / n))
    assert low == pytest.approx(0.8 - 1.959964 * np.sqrt(0.16 / n))


def test_one_channel_far_out_widens_the_funnel_little_and_stays_outside():
    errors = np.full(30, 1.0)
    values = np.append(np.random.default_rng(3).normal(60, 1, 29), 90.0)
    high = funnel(values, errors, target=60.0).limits(errors)[1]
    assert high[-1] < 66 < values[-1]


# ---- over time


@pytest.mark.parametrize("weight", [0.1, 0.3, 1.0])
def test_moving_averages_agree_with_their_twin_that_sums_the_whole_past(weight):
    values = with_gaps(4)
    error = np.random.default_rng(4).uniform(1, 3, values.shape)
    found = moving_average(values, error, 50.0, weight)
    for channel, time in np.ndindex(values.shape):
        known = ~np.isnan(values[channel, : time + 1])
        average, shares = oracles.moving_average(blank(values[channel, : time + 1]), 50.0, weight)
        assert found.average[channel, time] == pytest.approx(average)
        assert found.error[channel, time] == pytest.approx(np.linalg.norm(shares * error[channel, : time + 1][known]))


def test_before_the_first_value_nothing_is_known_of_a_channel():
    found = moving_average(np.array([[np.nan, 52.0]]), np.ones((1, 2)), 50.0)
    assert np.isnan(found.z[0, 0])
    assert found.z[0, 1] == pytest.approx(2.0)


def test_on_target_averages_leave_their_limits_as_seldom_as_a_normal_does():
    values = np.random.default_rng(5).normal(50, 2, (20_000, 12))
    low, high = (end[:, -1] for end in moving_average(values, np.full(values.shape, 2.0), 50.0).limits(width=1.959964))
    last = moving_average(values, np.full(values.shape, 2.0), 50.0).average[:, -1]
    assert ((low < last) & (last < high)).mean() == pytest.approx(0.95, abs=0.005)


def test_cumulative_sums_agree_with_their_twin_that_tries_every_stretch():
    values = with_gaps(6)
    found = cumulative_sums(values, 50.0, 0.7, 4.0)
    for channel, time in np.ndindex(values.shape):
        so_far = blank(values[channel, : time + 1])
        mirrored = [None if value is None else -value for value in so_far]
        assert found.above[channel, time] == pytest.approx(oracles.largest_excess(so_far, 50.0, 0.7), abs=1e-9)
        assert found.below[channel, time] == pytest.approx(oracles.largest_excess(mirrored, -50.0, 0.7), abs=1e-9)
    over = np.maximum(found.above, found.below) > 4.0
    assert found.signal.tolist() == [row.tolist().index(True) if row.any() else -1 for row in over]
    assert {-1} < set(found.signal.tolist())


# ---- many at once


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_what_is_marked_agrees_with_its_twin(rate):
    chances = np.random.default_rng(7).random(200) ** 3
    assert marked_by_chance(chances, rate).tolist() == oracles.discoveries(chances.tolist(), rate)


def test_the_four_of_benjamini_and_hochberg_s_fifteen_are_marked():
    """Y. Benjamini, Y. Hochberg, JRSS B 57 (1995), section 4.1."""
    chances = "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1.0000"
    assert marked_by_chance(np.array([float(chance) for chance in chances.split()]), 0.05).tolist() == [True] * 4 + [False] * 11


def test_of_what_is_marked_no_more_is_there_by_chance_than_the_rate_says():
    generator, shares = np.random.default_rng(8), []
    for _ in range(300):
        z = generator.normal(size=600)
        z[:30] += 4
        found = marked(z, rate=0.1)
        shares.append(found[30:].sum() / max(found.sum(), 1))
    assert np.mean(shares) == pytest.approx(0.095, abs=0.012)


def test_who_has_no_value_is_not_marked_and_does_not_count():
    z = np.array([4.0, np.nan, 0.1, np.nan])
    assert marked(z).tolist() == [True, False, False, False]
    assert not marked(np.full(3, np.nan)).any()


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: funnel(np.ones(1), np.ones(1)), "two channels or more"),
        (lambda: funnel(np.ones(3), np.zeros(3)), "two channels or more"),
        (lambda: funnel(np.array([1.0, np.nan]), np.ones(2)), "two channels or more"),
        (lambda: moving_average(np.ones((1, 2)), np.ones((1, 2)), 1.0, weight=0.0), "a weight is not above 0"),
        (lambda: moving_average(np.ones((1, 2)), np.ones((1, 2)), 1.0, weight=1.1), "a weight is not above 0"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_its_remedy(refused, words):
    with pytest.raises(Problem, match=words) as said:
        refused()
    assert said.value.remedy


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(watching).failed == 0
