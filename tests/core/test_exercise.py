"""Calibration exercises: against sums by hand, and on panels whose severities are known."""

import doctest

import numpy as np
import pytest

from marsad.core import exercise
from marsad.core.exercise import exercised
from marsad.core.posterior import Settings
from marsad.core.raters import interval, krippendorff_alpha

FEW = Settings(draws=50)


def panel(seed: int, severe: np.ndarray, questions: int = 20) -> np.ndarray:
    """Return scores `[Q, R]` of one case by raters of known severity."""
    generator = np.random.default_rng(seed)
    return generator.uniform(30, 80, (questions, 1)) - severe + generator.normal(0, 6, (questions, severe.size))


def test_raters_and_questions_in_numbers_are_those_of_least_squares_and_of_sums():
    scores = np.array([[60.0, 50.0, 70.0], [80.0, np.nan, 90.0], [np.nan, np.nan, 10.0], [50.0, 44.0, 40.0]])
    found = exercised(scores, FEW)
    question, rater = np.nonzero(~np.isnan(scores))
    columns = np.column_stack([np.eye(4)[question], np.eye(3)[rater]])
    lenient = (np.linalg.pinv(columns) @ scores[question, rater])[4:]
    assert found.value == pytest.approx(lenient.mean() - lenient), "nobody is far off, so that all are the panel"
    assert not found.apart.any()
    assert found.answers.tolist() == [3, 2, 4]
    assert found.scored.tolist() == [3, 2, 1, 3]
    assert found.mean == pytest.approx([60, 85, 10, 134 / 3])
    assert found.spread[:2] == pytest.approx([10, np.sqrt(50)])
    assert np.isnan(found.spread[2])
    assert found.typical == pytest.approx(np.sqrt((200 + 50 + np.var([50, 44, 40]) * 3) / 5))
    assert found.agreement.value == pytest.approx(krippendorff_alpha(scores, interval, Settings(draws=2)).value)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    severe = np.array([-4.0, -2.0, 0.0, 0.0, 0.0, 0.0, 2.0, 4.0])
    found = [exercised(panel(seed, severe), FEW) for seed in range(100)]
    held = np.mean([(one.low - one.value.mean() <= severe) & (severe <= one.high - one.value.mean()) for one in found])
    assert 0.86 <= held <= 0.95


def test_who_is_far_off_is_found_and_does_not_make_the_others_seem_so():
    severe = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 15.0])
    found = [exercised(panel(seed, severe), FEW) for seed in range(30)]
    assert all(one.apart[5] for one in found)
    assert np.mean([one.value[5] for one in found]) == pytest.approx(15, abs=1.5)
    assert np.mean([one.apart[:5].any() for one in found]) < 0.3, "one in ten is marked by chance, and a little more of many"


def test_of_equal_raters_hardly_anybody_is_marked():
    marked = [exercised(panel(seed, np.zeros(10)), FEW).apart.any() for seed in range(150)]
    assert np.mean(marked) <= 0.2, "one in ten is expected; more than one in five less than once in ten thousand times"


def test_where_all_give_the_same_nobody_is_marked():
    found = exercised(np.array([[50.0, 50.0], [70.0, 70.0]]), FEW)
    assert found.value.tolist() == [0.0, 0.0]
    assert not found.apart.any()
    assert found.typical == 0.0


def test_the_examples_give_what_they_say():
    assert doctest.testmod(exercise).failed == 0
