"""Where the next visits go: against the twin, what must hold for any evidence, and that it finds more than a uniform plan."""

import doctest
from math import asin, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.core import fieldwork
from marsad.core.fieldwork import LOOK, MOVES, crossing, expected_found, field_of, next_visits, next_visits_within
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from tests import oracles

few = settings(max_examples=60, deadline=None, derandomize=True)
channels = st.lists(st.tuples(st.floats(-50, 150), st.floats(0, 90), st.integers(0, 40)), min_size=2, max_size=14)


def drawn(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return means, variances and visits of channels that have had few and many."""
    generator = np.random.default_rng(seed)
    visits = generator.integers(1, 30, count)
    variance = 1 / (1 + visits / 2.25)
    return generator.normal(0, np.sqrt(1 - variance)), variance, visits


# ---- against the twin


@pytest.mark.parametrize(("seed", "count", "k"), [(0, 4, 1), (1, 7, 2), (2, 9, 3), (3, 12, 5)])
def test_visits_agree_with_their_twin_that_looks_at_every_channel_before_each(seed, count, k):
    mean, variance, visits = drawn(seed, count)
    planned = next_visits(mean, variance, noise_sd=1.5, budget=9, k=k, visits=visits)
    twin = oracles.next_visits(mean.tolist(), variance.tolist(), 2.25, visits.tolist(), 9, k, LOOK, MOVES)
    assert planned.tolist() == twin


@pytest.mark.parametrize("distance", [0.0, 0.3, 2.0, 5.0])
@pytest.mark.parametrize("spread", [0.01, 1.0, 4.0])
def test_the_gain_of_crossing_a_line_agrees_with_its_twin_in_strips(distance, spread):
    by_numpy = crossing(np.array(distance), np.array(spread))
    assert by_numpy == pytest.approx(oracles.crossing_gain(distance, spread), rel=1e-4, abs=1e-9)
    assert fieldwork.cross(distance, spread) == pytest.approx(float(by_numpy), abs=1e-12)


@given(
    st.floats(0, 20), st.floats(0, 20), st.floats(0, 3), st.floats(1, 90), st.floats(0, 9), st.floats(0.01, 9), st.integers(0, 99)
)
@few
def test_the_worth_of_a_visit_is_the_same_for_one_channel_as_for_all(best, worst, moves, look, variance, noise, planned):
    field = fieldwork.Field(*(np.array([part]) for part in (0.0, variance, noise, 0.0)))
    lines = fieldwork.Lines(np.array([[best], [worst]]), np.full((2, 1), moves), np.array([look]))
    one = fieldwork.gain_of((best, worst, moves, moves, look, variance, noise), planned)
    assert one == pytest.approx(float(fieldwork.gains(field, lines, np.array([float(planned)]))[0]), rel=1e-6, abs=1e-12)


# ---- what must hold


@given(channels, st.data())
@few
def test_visits_sum_to_the_budget_keep_the_floor_and_are_the_same_on_every_run(known, data):
    mean, variance, visits = (np.array(part, float) for part in zip(*known, strict=True))
    k = data.draw(st.integers(1, len(known) // 2))
    minimum = data.draw(st.integers(0, 3))
    budget = minimum * len(known) + data.draw(st.integers(0, 40))
    asked = {"noise_sd": 4.0, "budget": budget, "k": k, "minimum": minimum, "visits": visits, "seed": 7}
    planned = next_visits(mean, variance, **asked)
    assert planned.sum() == budget
    assert planned.min() >= minimum
    assert planned.tolist() == next_visits(mean, variance, **asked).tolist()


@pytest.mark.parametrize("factor", [0.01, 37.0])
def test_the_scale_of_scores_makes_no_difference(factor):
    mean, variance, visits = drawn(5, 60)
    plain = next_visits(mean, variance, noise_sd=1.5, budget=80, k=5, visits=visits)
    scaled = next_visits(mean * factor, variance * factor**2, noise_sd=1.5 * factor, budget=80, k=5, visits=visits)
    assert plain.tolist() == scaled.tolist()


def test_the_worst_are_looked_for_as_the_best_are():
    mean, variance, visits = drawn(6, 60)
    plain = next_visits(mean, variance, noise_sd=1.5, budget=80, k=5, visits=visits)
    assert plain.tolist() == next_visits(-mean, variance, noise_sd=1.5, budget=80, k=5, visits=visits).tolist()


def test_the_order_of_channels_makes_no_difference():
    mean, variance, visits = drawn(7, 60)
    turned = next_visits(mean[::-1], variance[::-1], noise_sd=1.5, budget=80, k=5, visits=visits[::-1])
    assert turned[::-1].tolist() == next_visits(mean, variance, noise_sd=1.5, budget=80, k=5, visits=visits).tolist()


def test_channels_of_which_the_same_is_known_differ_by_one_visit_at_most():
    planned = next_visits(np.zeros(40), np.ones(40), noise_sd=1.5, budget=100, k=5, seed=1)
    assert set(planned.tolist()) == {2, 3}
    assert planned.tolist() != next_visits(np.zeros(40), np.ones(40), noise_sd=1.5, budget=100, k=5, seed=2).tolist()


def test_visits_go_where_membership_is_in_doubt_and_not_to_the_middle():
    mean = np.array([9.0, 3.1, 3.0, *np.linspace(-0.1, 0.1, 20), -3.0, -3.1, -9.0])
    planned = next_visits(mean, np.full(mean.size, 0.1), noise_sd=1.0, budget=40, k=2)
    assert planned[[1, 2, -2, -3]].tolist() == [10, 10, 10, 10]


def test_of_two_channels_as_far_from_the_line_the_less_known_is_visited():
    planned = next_visits([1.0, 1.0, 0.0, 0.0], [0.5, 0.1, 0.5, 0.1], noise_sd=1.0, budget=4, k=2)
    assert planned.tolist() == [2, 0, 2, 0]


@pytest.mark.parametrize("variance", [0.0, 1e-9])
def test_where_nothing_is_in_doubt_visits_go_to_those_with_fewest(variance):
    planned = next_visits([0, 100, 200, 300], np.full(4, variance), noise_sd=1.0, budget=6, k=1, visits=[5, 1, 2, 9])
    assert np.sort(np.array([5, 1, 2, 9]) + planned).tolist() == [4, 5, 5, 9]


def test_every_kind_has_lists_of_its_own_and_a_kind_without_k_gets_only_its_floor():
    field = field_of([1.0, 1.1, 50.0, 50.1, 1.05], np.full(5, 0.2), noise_sd=1.0)
    kinds = np.array(["app", "app", "desk", "desk", "kiosk"])
    planned = next_visits_within(field, kinds, {"app": 1, "desk": 1}, budget=13, minimum=1)
    assert planned.tolist() == [3, 3, 3, 3, 1]


def test_a_kind_given_alone_gets_what_it_gets_without_kinds():
    mean, variance, visits = drawn(8, 30)
    field = field_of(mean, variance, noise_sd=1.5, visits=visits)
    within = next_visits_within(field, np.full(30, "desk"), {"desk": 3}, budget=25)
    assert within.tolist() == next_visits(mean, variance, noise_sd=1.5, budget=25, k=3, visits=visits).tolist()


def test_noise_may_differ_by_channel_and_visits_go_where_they_tell_more():
    planned = next_visits([1.0, 1.0, 0.0, 0.0], np.full(4, 0.2), noise_sd=[1.0, 9.0, 1.0, 9.0], budget=8, k=2)
    assert planned.tolist() == [4, 0, 4, 0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"k": 0}, "the best 0 and the worst 0 of 4 channels"),
        ({"k": 3}, "the best 3 and the worst 3 of 4 channels"),
        ({"budget": -1}, "-1 visits do not give 0"),
        ({"minimum": 2}, "6 visits do not give 2 to each of 4 channels"),
        ({"noise_sd": 0.0}, "not above 0"),
        ({"noise_sd": [1.0, 2.0]}, "not of equal length"),
        ({"visits": [1, 2, 3]}, "not of equal length"),
        ({"visits": [1, 2, 3, -1]}, "below 0"),
        ({"variance": [1.0, 1.0, 1.0, -1.0]}, "below 0"),
        ({"mean": [1.0, 2.0, 3.0, float("nan")]}, "no mean"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_its_remedy(changed, words):
    asked = {"mean": [1.0, 2.0, 3.0, 4.0], "variance": np.ones(4), "noise_sd": 1.0, "budget": 6, "k": 1, **changed}
    with pytest.raises(Problem, match=words) as said:
        next_visits(**asked)
    assert said.value.remedy


# ---- what is gained


def test_two_channels_of_which_the_same_is_known_are_told_apart_as_a_bivariate_normal_says():
    field = field_of([0.0, 0.0], [1.0, 1.0], noise_sd=1.0)
    gained = expected_found(field, np.array(["", ""]), {"": 1}, np.array([1, 1]), Settings(draws=40_000))
    assert gained.before == pytest.approx(1.0, abs=0.02)
    assert gained.after == pytest.approx(2 * (0.5 + asin(sqrt(0.5)) / pi), abs=0.02)


def test_without_visits_nothing_is_gained_and_what_is_known_is_the_chance_that_the_order_is_right():
    field = field_of([0.0, 1.0], [0.5, 1.5], noise_sd=1.0)
    gained = expected_found(field, np.array(["", ""]), {"": 1}, np.array([0, 0]), Settings(draws=40_000))
    assert gained.before == gained.after == pytest.approx(2 * NormalDist().cdf(1 / sqrt(2)), abs=0.02)


def test_visits_that_can_take_away_only_a_part_of_the_doubt_leave_the_rest():
    """Half of the doubt is beyond them: visits without end correlate with truth by √½, and tell three orders of four."""
    field, kinds = field_of([0.0, 0.0], [1.0, 1.0], noise_sd=1.0), np.array(["", ""])
    gained = expected_found(field, kinds, {"": 1}, np.array([10**6] * 2), Settings(draws=40_000), doubt=np.array([2.0, 2.0]))
    assert gained.after == pytest.approx(2 * 0.75, abs=0.02)


def test_the_chances_of_two_channels_are_those_of_the_normal_distribution_of_their_difference():
    field = field_of([0.0, 1.0, 5.0], [0.5, 1.5, 1.0], noise_sd=1.0)
    best, worst = fieldwork.chances(field, np.array(["a", "a", "b"]), {"a": 1}, Settings(draws=40_000))
    ahead = NormalDist().cdf(1 / sqrt(2))
    assert best[:2] == pytest.approx([1 - ahead, ahead], abs=0.01)
    assert worst[:2] == pytest.approx([ahead, 1 - ahead], abs=0.01)
    assert np.isnan([best[2], worst[2]]).all()


def test_settling_visits_are_expected_to_find_more_than_as_many_uniform_ones():
    mean, variance, visits = drawn(9, 200)
    field, kinds = field_of(mean, variance, noise_sd=1.5, visits=visits), np.full(200, "desk")
    planned = next_visits_within(field, kinds, {"desk": 5}, budget=200)
    settling, uniform = (
        expected_found(field, kinds, {"desk": 5}, counts, Settings(draws=1000)) for counts in (planned, np.ones(200, int))
    )
    assert settling.before == uniform.before
    assert settling.after - settling.before > 2 * (uniform.after - uniform.before)


def test_in_simulation_settling_finds_half_as_many_again_as_a_uniform_plan():
    found = {True: 0, False: 0}
    for run in range(4):
        for settles in found:
            generator = np.random.default_rng(run)
            truth, visits = generator.standard_normal(300), np.full(300, 2)
            sums = 2 * truth + 1.5 * sqrt(2) * generator.standard_normal(300)
            for _ in range(30):
                variance = 1 / (1 + visits / 2.25)
                mean = variance * sums / 2.25
                fewest = np.bincount(np.argsort(visits, kind="stable")[:50], minlength=300)
                counts = next_visits(mean, variance, noise_sd=1.5, budget=50, k=5, visits=visits) if settles else fewest
                visits = visits + counts
                sums = sums + counts * truth + 1.5 * np.sqrt(counts) * generator.standard_normal(300)
            mean = sums / (visits + 2.25)
            true, listed = np.argsort(truth), np.argsort(mean)
            found[settles] += sum(len(set(true[ends]) & set(listed[ends])) for ends in (slice(5), slice(-5, None)))
    assert found[True] >= 1.4 * found[False]


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(fieldwork).failed == 0
