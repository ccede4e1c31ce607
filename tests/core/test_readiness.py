"""What would settle a rank follows from the error that a probability allows; forecasts are those of a simulation."""

import doctest
from math import inf, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from marsad.core import readiness
from marsad.core.readiness import answers_to_settle, chances_of_settling, forecast, visits_to_settle, visits_until


def test_so_many_answers_put_the_score_beyond_the_edge_with_the_probability():
    half_width, distance, probability = 3.0, 1.2, 0.9
    times = answers_to_settle(half_width, distance, probability, level=0.9)
    error = half_width / NormalDist().inv_cdf(0.95) / times**0.5
    assert NormalDist(distance, error).cdf(0) == pytest.approx(1 - probability)


def test_the_side_of_the_edge_does_not_matter_and_on_it_nothing_helps():
    assert answers_to_settle(2, -1, 0.9) == answers_to_settle(2, 1, 0.9)
    assert answers_to_settle(2, 0, 0.9) == inf


def surety(distance: float, se: float, noise_sd: float, visits: float) -> float:
    """Return the probability of being on the right side after so many visits that move nothing."""
    return NormalDist().cdf(abs(distance) / (1 / se**2 + visits / noise_sd**2) ** -0.5)


@pytest.mark.parametrize("distance", [0.3, -0.8, 1.4])
def test_the_visits_that_settle_are_enough_and_one_fewer_is_not(distance):
    [visits] = visits_to_settle(np.array([distance]), np.array([1.2]), 3.0, 0.9)
    assert visits > 1
    assert surety(distance, 1.2, 3.0, visits) >= 0.9 > surety(distance, 1.2, 3.0, visits - 1)


def test_what_is_settled_needs_no_visit():
    assert visits_to_settle(np.array([5.0]), np.array([1.0]), 3.0, 0.9).tolist() == [0]
    assert answers_to_settle(1, 5, 0.9) < 1


def test_the_chance_of_settling_is_how_often_it_happens():
    generator = np.random.default_rng(1)
    distance, se, noise, visits, times = 0.7, 1.1, 2.5, 12, 200_000
    truth = generator.normal(distance, se, times)
    seen = truth + generator.normal(0, noise / sqrt(visits), times)
    weight = visits / noise**2
    later = (distance / se**2 + seen * weight) / (1 / se**2 + weight)
    left = (1 / se**2 + weight) ** -0.5
    reach = NormalDist().inv_cdf(0.9) * left
    found = chances_of_settling(np.array([distance]), np.array([se]), noise, visits, 0.9)
    assert found.inside[0] == pytest.approx((later >= reach).mean(), abs=0.006)
    assert found.outside[0] == pytest.approx((later <= -reach).mean(), abs=0.006)


def test_a_forecast_starts_from_what_is_settled_today_and_more_visits_settle_more():
    distance, se = np.array([3.0, -3.0, 0.5, -0.2, 0.0]), np.full(5, 1.0)
    found = forecast(distance, se, 2.0, 0.9, a_day=20, budgets=[0, 50, 400, 10_000_000])
    assert found.named[0] == 1
    assert found.settled[0] == 2
    assert (np.diff(found.settled) > 0).all()
    assert found.settled[-1] == pytest.approx(5, abs=0.01)
    assert found.days.tolist() == [0, 3, 20, 500_000]
    alone = chances_of_settling(distance[2:], se[2:], 2.0, 50 / 3, 0.9)
    assert found.named[1] == pytest.approx(1 + alone.inside.sum())
    assert found.settled[1] == pytest.approx(2 + alone.inside.sum() + alone.outside.sum())


def test_nobody_open_makes_a_forecast_of_nothing_more():
    found = forecast(np.array([4.0]), np.array([1.0]), 2.0, 0.9, a_day=5, budgets=[0, 100])
    assert found.named.tolist() == [1, 1]


def test_what_no_visit_takes_away_stays_in_doubt():
    distance, se = np.array([0.7]), np.array([1.1])
    generator, times, visits, lasting = np.random.default_rng(2), 200_000, 12, 0.5
    movable = 1.1**2 - lasting
    truth = generator.normal(0, sqrt(movable), times)
    seen = truth + generator.normal(0, 2.5 / sqrt(visits), times)
    weight = visits / 2.5**2
    later = 0.7 + seen * weight / (1 / movable + weight)
    reach = NormalDist().inv_cdf(0.9) * sqrt(lasting + 1 / (1 / movable + weight))
    found = chances_of_settling(distance, se, 2.5, visits, 0.9, lasting=np.array([lasting]))
    assert found.inside[0] == pytest.approx((later >= reach).mean(), abs=0.006)
    assert found.outside[0] == pytest.approx((later <= -reach).mean(), abs=0.006)
    nothing = chances_of_settling(distance, se, 2.5, 10**9, 0.9, lasting=se**2)
    assert (nothing.inside[0], nothing.outside[0]) == (0, 0)


def test_the_visits_until_a_channel_more_is_named_are_enough_and_one_fewer_is_not():
    distance, se = np.array([3.0, 0.9, 0.5, -0.2]), np.full(4, 1.0)

    def named(visits: float) -> float:
        return float(forecast(distance, se, 2.0, 0.9, a_day=1, budgets=[visits]).named[0])

    visits = visits_until(named, named(0) + 1)
    assert visits > 1
    assert named(visits) >= named(0) + 1 > named(visits - 1)
    assert visits_until(named, 5) == inf


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(readiness).failed == 0
