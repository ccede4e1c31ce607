"""Empirical Bayes, one indicator at a time: against twins, and in simulation."""

import doctest

import numpy as np
import pytest
from scipy.stats import beta

from marsad.core import shrinkage
from marsad.core.problem import Problem
from marsad.core.shrinkage import levels_prior, shrunk_levels, shrunk_means, spread_between
from tests import oracles

FACES = np.array([0.0, 50.0, 100.0])
HAPPY = np.array([0.0, 1.0])


def answers(seed: int, channels: int, prior: list[float], most: int = 60) -> np.ndarray:
    generator = np.random.default_rng(seed)
    sizes = generator.integers(1, most, channels)
    shares = generator.dirichlet(prior, channels)
    return np.array([generator.multinomial(n, share) for n, share in zip(sizes, shares, strict=True)], float)


@pytest.mark.parametrize("seed", range(3))
def test_no_beta_prior_near_the_one_found_is_likelier(seed):
    counts = answers(seed, 40, [3.0, 9.0])
    channels = [(int(unhappy), int(happy)) for unhappy, happy in counts]
    prior = levels_prior(counts)
    best = oracles.beta_binomial_likelihood(prior.tolist(), channels)
    for factors in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.02, 1.02), (0.98, 0.98), (1.5, 1.5), (0.5, 0.5)):
        assert oracles.beta_binomial_likelihood((prior * factors).tolist(), channels) < best


@pytest.mark.parametrize("prior", [[3.0, 9.0], [2.0, 5.0, 8.0], [1.0, 2.0, 4.0, 8.0, 5.0]])
def test_the_prior_of_many_channels_is_recovered(prior):
    assert levels_prior(answers(1, 4000, prior)) == pytest.approx(np.array(prior), rel=0.08)


def test_a_share_is_the_posterior_mean_of_a_beta_and_its_interval_a_beta_s_middle():
    counts, prior = np.array([[2.0, 8.0], [0.0, 0.0], [0.0, 30.0]]), np.array([2.0, 6.0])
    found = shrunk_levels(counts, HAPPY, prior)
    after = beta(counts[:, 1] + 6, counts[:, 0] + 2)
    assert found.estimate.value == pytest.approx(after.mean())
    assert found.estimate.low == pytest.approx(after.ppf(0.05), rel=1e-9)
    assert found.estimate.high == pytest.approx(after.ppf(0.95), rel=1e-9)
    assert found.kept.tolist() == [10 / 18, 0.0, 30 / 38]
    assert found.estimate.n.tolist() == [10.0, 0.0, 30.0]


def test_points_of_faces_have_mean_and_spread_of_the_dirichlet_and_intervals_near_those_of_its_draws():
    counts, prior = np.array([[4.0, 3.0, 9.0]]), np.array([1.0, 2.0, 3.0])
    found = shrunk_levels(counts, FACES, prior).estimate
    drawn = np.random.default_rng(0).dirichlet(counts[0] + prior, 200_000) @ FACES
    assert found.value[0] == pytest.approx(drawn.mean(), abs=0.1)
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(np.quantile(drawn, [0.05, 0.95])), abs=0.5)


def test_the_scale_of_points_and_their_direction_make_no_difference():
    counts, prior = answers(2, 9, [2.0, 3.0, 4.0]), np.array([2.0, 3.0, 4.0])
    plain, turned = (shrunk_levels(counts, points, prior).estimate for points in (FACES, 5 - FACES / 10))
    assert turned.value == pytest.approx(5 - plain.value / 10)
    assert turned.low == pytest.approx(5 - plain.high / 10)


@pytest.mark.parametrize("prior", [[3.0, 9.0], [2.0, 5.0, 8.0], [1.0, 2.0, 4.0, 8.0, 5.0]])
def test_nine_tenths_of_the_intervals_of_answers_hold_the_truth(prior):
    generator, points = np.random.default_rng(3), np.linspace(0, 100, len(prior))
    shares = generator.dirichlet(prior, 3000)
    counts = np.array([generator.multinomial(n, share) for n, share in zip(generator.integers(1, 40, 3000), shares, strict=True)])
    found = shrunk_levels(counts.astype(float), points).estimate
    held = (found.low <= shares @ points) & (shares @ points <= found.high)
    assert held.mean() == pytest.approx(0.9, abs=0.02)


def test_channels_that_differ_by_chance_alone_are_all_but_one():
    counts = np.tile([30.0, 70.0], (20, 1))
    assert shrunk_levels(counts, HAPPY).estimate.value == pytest.approx(0.7, abs=1e-4)
    assert shrunk_levels(counts, HAPPY).kept.max() < 1e-3


def test_a_level_that_nobody_gave_stays_out_and_one_that_all_gave_is_certain():
    faces = np.array([[0.0, 3.0, 7.0], [0.0, 6.0, 2.0], [0.0, 1.0, 9.0], [0.0, 5.0, 5.0]])
    assert levels_prior(faces)[0] == 0
    certain = shrunk_levels(np.tile([0.0, 0.0, 5.0], (4, 1)), FACES).estimate
    assert [part.tolist() for part in (certain.value, certain.low, certain.high)] == [[100.0] * 4] * 3


# ---- means


@pytest.mark.parametrize("seed", range(6))
def test_means_agree_with_their_twin_that_halves_its_way_to_the_variance_between(seed):
    generator = np.random.default_rng(seed)
    errors = generator.uniform(0.3, 3, 12)
    value = generator.normal(50, 0.2 if seed == 5 else 2, 12) + errors * generator.normal(size=12) * (seed != 5)
    found = shrunk_means(value, errors, np.full(12, 9.0)).estimate.value
    assert found.tolist() == pytest.approx(oracles.morris(value.tolist(), errors.tolist()), rel=1e-8)


def test_channels_nearer_to_each_other_than_their_errors_say_have_no_variance_between():
    value = np.array([50.0, 50.1, 49.9, 50.0, 50.05])
    mean, between = spread_between(value, np.ones(5))
    assert (mean, between) == (pytest.approx(value.mean()), 0.0)
    assert shrunk_means(value, np.ones(5), np.ones(5)).kept == pytest.approx(1 - 2 / 4)


@pytest.mark.parametrize("channels", [6, 15, 60])
def test_nine_tenths_of_the_intervals_of_means_hold_the_truth_with_unequal_errors(channels):
    generator, held = np.random.default_rng(channels), []
    for _ in range(6000 // channels):
        truth, errors = generator.normal(size=channels), generator.choice([0.5, 1.0, 1.8], channels)
        found = shrunk_means(truth + errors * generator.normal(size=channels), errors, errors).estimate
        held += ((found.low <= truth) & (truth <= found.high)).tolist()
    assert np.mean(held) == pytest.approx(0.9, abs=0.025)


def test_fewer_than_four_channels_stay_where_they_are():
    found = shrunk_means(np.array([1.0, 5.0, 9.0]), np.ones(3), np.full(3, 4.0))
    assert found.estimate.value.tolist() == [1.0, 5.0, 9.0]
    assert found.kept.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: shrunk_means(np.ones(5), np.zeros(5), np.ones(5)), "standard errors"),
        (lambda: shrunk_means(np.ones(5), np.ones(4), np.ones(5)), "standard errors"),
        (lambda: levels_prior(np.ones((3, 2))), "too few channels"),
        (lambda: levels_prior(np.array([[1.0, 0.0]] * 6)), "too few channels"),
        (lambda: levels_prior(np.array([[1.0, -1.0]] * 6)), "no table of counts"),
        (lambda: levels_prior(np.ones(6)), "no table of counts"),
        (lambda: shrunk_levels(np.ones((4, 2)), np.zeros(2), np.ones(2)), "worth the same"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_with_its_remedy(refused, words):
    with pytest.raises(Problem, match=words) as said:
        refused()
    assert said.value.remedy


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(shrinkage).failed == 0
