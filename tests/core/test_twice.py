"""Channels scored twice: against the coefficients written out, and on channels whose agreement is known."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.posterior import Settings
from marsad.core.raters import Agreement, interval, intraclass, krippendorff_alpha
from marsad.core.severity import Marks, Visits
from marsad.core.twice import Reading, Twice, beside_others, scored_twice

FEW = Settings(draws=50)


def marks_of(ratings: np.ndarray, *, items: int = 1, day: int = 0) -> Marks:
    """Return ratings `[U, R]` of channels, NaN where a rater did not go, on so many questions alike."""
    channel, rater = np.nonzero(~np.isnan(ratings))
    points = np.tile(ratings[channel, rater], items)
    names = [np.tile([f"{letter}{place:03d}" for place in places], items) for letter, places in (("c", channel), ("r", rater))]
    return Marks.of(*names, np.repeat([f"q{item}" for item in range(items)], channel.size), np.full(points.size, day), points)


def joined(first: Marks, second: Marks) -> Marks:
    """Return the marks of both."""
    names = (
        np.concatenate([getattr(marks, f"{name}s")[getattr(marks, name)] for marks in (first, second)])
        for name in ("channel", "rater", "item")
    )
    return Marks.of(*names, *(np.concatenate([getattr(first, name), getattr(second, name)]) for name in ("day", "points")))


def rated(seed: int, units: int = 40, raters: int = 3, missing: float = 0.0, spread: float = 10.0) -> np.ndarray:
    """Return ratings in points; channels differ by 10, raters of one channel by `spread`."""
    generator = np.random.default_rng(seed)
    ratings = 60 + generator.normal(0, 10, (units, 1)) + generator.normal(0, spread, (units, raters))
    ratings[generator.random(ratings.shape) < missing] = np.nan
    return ratings


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_alpha_of_answers_is_that_of_its_twin_that_compares_any_two_ratings(missing):
    ratings = rated(1, missing=missing)
    twin = krippendorff_alpha(ratings, interval, Settings(draws=2))
    found = scored_twice(marks_of(ratings), FEW)
    assert found.answers.value == pytest.approx(twin.value)
    assert found.channels == found.answers.n == twin.n
    assert found.scored == (~np.isnan(ratings)).any(axis=1).sum()


def test_where_all_raters_went_everywhere_visits_agree_as_shrout_and_fleiss_have_it():
    ratings = rated(2)
    assert scored_twice(marks_of(ratings), FEW).visits.value == pytest.approx(intraclass(ratings).one_way.value)


def test_where_raters_went_unequally_often_squares_are_divided_by_the_mean_number_of_them():
    groups = [np.array([60.0, 50.0]), np.array([80.0, 75.0, 85.0]), np.array([30.0, 45.0, 40.0, 41.0])]
    ratings = np.full((4, 4), np.nan)
    for place, group in enumerate(groups):
        ratings[place, : group.size] = group
    ratings[3, 0] = 10.0  # one visit alone: it tells nothing of agreement
    n, whole = 9, np.concatenate(groups)
    between = sum(group.size * (group.mean() - whole.mean()) ** 2 for group in groups) / 2
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (n - 3)
    each = (n - (4 + 9 + 16) / n) / 2
    found = scored_twice(marks_of(ratings), FEW)
    assert found.visits.value == pytest.approx((between - within) / (between + (each - 1) * within))
    assert (found.channels, found.scored) == (3, 4)


def test_easy_and_hard_questions_are_no_agreement():
    ratings = rated(3, units=200, raters=2)
    easy, hard = marks_of(ratings), marks_of(ratings - 50)
    both = joined(easy, replace(hard, items=np.array(["hard"])))
    assert scored_twice(both, FEW).answers.value == pytest.approx(scored_twice(easy, FEW).answers.value, abs=0.005)


def test_ten_questions_answered_alike_tell_no_more_than_one():
    ratings = rated(4, units=60, raters=2)
    one, ten = (scored_twice(marks_of(ratings, items=items), Settings(draws=500)).answers for items in (1, 10))
    assert ten.n == 10 * one.n
    assert ten.high - ten.low == pytest.approx(one.high - one.low, rel=0.05)


def test_a_rater_counts_once_on_a_channel_by_the_first_visit():
    ratings = rated(5)
    first, second = marks_of(ratings, day=3), marks_of(np.full_like(ratings, 1.0), day=9)
    both = joined(first, second)
    alone = scored_twice(first, FEW)
    assert scored_twice(both, FEW).visits.value == pytest.approx(alone.visits.value)
    assert scored_twice(both, FEW).answers.value == pytest.approx(alone.answers.value)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    found = [scored_twice(marks_of(rated(seed, units=80, raters=2)), Settings(draws=200)) for seed in range(60)]
    for kind in ("answers", "visits"):
        held = sum(getattr(one, kind).low <= 0.5 <= getattr(one, kind).high for one in found)
        assert held >= 46, "54 are expected of 60; fewer than 46 once in a thousand times"
        assert np.mean([getattr(one, kind).value for one in found]) == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("ratings", [[[60.0, np.nan], [np.nan, 50.0]], [[60.0, 60.0], [60.0, 60.0]], [[60.0, 40.0]]])
def test_where_nothing_can_be_told_apart_there_is_no_interval(ratings):
    found = scored_twice(marks_of(np.array(ratings)), FEW)
    assert np.isnan([found.answers.low, found.visits.low]).all()
    assert found.reading in (Reading.NONE, Reading.FEW)


@pytest.mark.parametrize(
    ("low", "high", "reading"),
    [(0.81, 0.9, "same"), (0.7, 0.9, "much"), (0.2, 0.5, "other"), (0.5, 0.9, "open"), (np.nan, np.nan, "open")],
)
def test_what_is_said_goes_by_the_interval_and_not_by_the_value(low, high, reading):
    answers = Agreement(0.85, 0.1, low, high, 90)
    assert Twice(answers, Agreement(0.5, 0.1, 0.4, 0.6, 30), 40).reading == reading
    assert Twice(answers, Agreement(0.5, 0.1, 0.4, 0.6, 9), 40).reading == Reading.FEW


def test_beside_the_others_stand_the_channels_that_both_scored():
    visits = Visits(
        channels=np.array(["a", "b", "c"]),
        raters=np.array(["Lin", "Omar", "Sara"]),
        channel=np.array([0, 0, 0, 0, 1, 2, 2]),
        rater=np.array([0, 0, 1, 2, 0, 1, 2]),
        day=np.arange(7),
        score=np.array([4.0, 6.0, 1.0, 3.0, 9.0, 7.0, 8.0]),
    )
    found = beside_others(visits, 0)
    assert (found.channel.tolist(), found.own.tolist(), found.others.tolist()) == ([0], [5.0], [2.0])
    assert (found.own_visits.tolist(), found.other_visits.tolist()) == ([2], [2])
