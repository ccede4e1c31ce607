"""Severity while a period runs: against least squares written out, and in field periods whose raters are known."""

import doctest

import numpy as np
import pytest
from scipy.stats import binom

from marsad.core import arrays, severity
from marsad.core.severity import Marks, Visits, additive, severities

SURE = 1e-6
"""How often a test of a share in simulation may fail though all is well."""
TRUE = np.array([-9.0, -6.0, -4.0, -2.0, 0.0, 1.0, 2.0, 4.0, 6.0, 8.0])


def named(letter: str, places: np.ndarray) -> np.ndarray:
    return np.array([f"{letter}{place:03d}" for place in places])


def period(seed: int, *, true: np.ndarray = TRUE, drift: np.ndarray | None = None, erratic: int = -1, unfair: bool = False):
    """Return the visits of a period: 400 to 60 channels on 50 days, five questions each, every visit with its own mood."""
    generator = np.random.default_rng(seed)
    channel = np.resize(np.arange(60), 400)
    rater, day = generator.integers(0, true.size, 400), generator.integers(100, 150, 400)
    if unfair:
        rater = np.clip(np.rint(channel / 6 + generator.normal(0, 1.5, 400)), 0, true.size - 1).astype(int)
    severe = true[rater] + (0 if drift is None else drift[rater] * (day >= 125))
    mood = generator.normal(0, np.where(rater == erratic, 24, 8), 400)
    points = 60 - channel / 3 - severe + mood + np.linspace(-10, 10, 5)[:, None] + generator.normal(0, 5, (5, 400))
    five = [np.tile(column, 5) for column in (named("c", channel), named("r", rater), day)]
    return Visits.of(Marks.of(five[0], five[1], np.repeat(named("q", np.arange(5)), 400), five[2], points.ravel()))


@pytest.fixture(scope="module")
def visits() -> Visits:
    return period(1)


def test_the_fit_is_that_of_least_squares_with_a_column_for_every_channel_and_rater(visits):
    found = additive(visits.channel, visits.rater, visits.score)
    columns = np.column_stack([np.eye(60)[visits.channel], np.eye(10)[visits.rater]])
    inverse = np.linalg.pinv(columns.T @ columns)
    solution = inverse @ columns.T @ visits.score
    centred = np.eye(10) - 1 / 10
    assert found.lenient == pytest.approx(centred @ solution[60:])
    assert found.told == pytest.approx(centred @ inverse[60:, 60:] @ centred)
    assert found.left == pytest.approx(visits.score - columns @ solution)
    assert found.open == pytest.approx(1 - np.diag(columns @ inverse @ columns.T))
    assert found.freedom == visits.score.size - np.linalg.matrix_rank(columns)


def test_what_a_rater_writes_on_a_channel_in_a_day_is_one_visit_beside_the_mean_of_its_questions():
    marks = Marks.of(
        np.array(["a", "a", "a", "b"]),
        np.array(["Lin", "Lin", "Lin", "Omar"]),
        np.array(["queue", "light", "queue", "queue"]),
        np.array([1, 1, 2, 1]),
        np.array([60.0, 20.0, 30.0, 0.0]),
    )
    found = Visits.of(marks)
    assert found.score.tolist() == [(30 + 0) / 2, 0.0, -30.0]
    assert (found.channel.tolist(), found.rater.tolist(), found.day.tolist()) == ([0, 0, 1], [0, 0, 1], [1, 2, 1])


@pytest.mark.parametrize("unfair", [False, True])
def test_intervals_hold_the_true_severities_as_often_as_they_say_though_severe_raters_are_sent_to_bad_channels(unfair):
    held = 0
    for seed in range(60):
        found = severities(period(seed, unfair=unfair))
        held += int(((found.low <= TRUE - TRUE.mean()) & (TRUE - TRUE.mean() <= found.high)).sum())
    low, high = binom.interval(1 - SURE, 600, 0.9)
    assert low <= held <= high


def test_raters_alike_are_seldom_said_to_be_apart_or_to_have_changed():
    alarms = np.zeros(2)
    for seed in range(80):
        found = severities(period(seed, true=np.zeros(10)))
        alarms += [found.apart.any(), found.drifted.any()]
    assert (alarms <= binom.isf(SURE, 80, severity.RATE)).all()
    assert alarms.min() > 0


def test_a_rater_who_became_severer_is_found_and_by_how_much():
    drift = np.where(np.arange(10) == 4, 20.0, 0.0)
    found = severities(period(3, drift=drift))
    assert found.names[found.drifted].tolist() == ["r004"]
    assert found.drift_low[4] < 20 - 2 < found.drift_high[4]
    assert found.turn == pytest.approx(125, abs=3)
    assert found.drift[np.arange(10) != 4].sum() == pytest.approx(0), "beside those who did not change"


def test_of_six_raters_one_who_changed_much_does_not_make_the_others_seem_to():
    drift = np.array([0, 0, 40, 0, 0, 0.0])
    for seed in range(10):
        found = severities(period(seed, true=np.zeros(6), drift=drift))
        assert found.drifted[2]
        assert found.drifted.sum() <= 2
    beside_the_mean = 40 / 6
    assert np.abs(np.delete(found.drift, 2)).max() < beside_the_mean


def test_a_rater_who_writes_what_nobody_could_foresee_has_a_high_infit():
    found = severities(period(4, erratic=7))
    assert found.infit.argmax() == found.outfit.argmax() == 7
    assert found.infit[7] > 2
    others = np.arange(10) != 7
    assert found.infit[others].max() < 1.2


def test_raters_whom_no_channel_joins_are_named_and_not_compared(visits):
    apart = Visits(
        np.append(visits.channels, "z000"),
        np.append(visits.raters, "z000"),
        np.append(visits.channel, [60, 60]),
        np.append(visits.rater, [10, 10]),
        np.append(visits.day, [101, 140]),
        np.append(visits.score, [-90.0, -95.0]),
    )
    found, without = severities(apart), severities(visits)
    assert found.groups == [visits.raters.tolist(), ["z000"]]
    assert found.compared.tolist() == [True] * 10 + [False]
    assert found.visits[10] == 2
    assert found.value[:10] == pytest.approx(without.value)
    assert found.low[:10] == pytest.approx(without.low)


@pytest.mark.parametrize("times", [1, 2])
def test_nobody_is_marked_for_a_single_visit(visits, times):
    with_one = Visits(
        visits.channels,
        np.append(visits.raters, "z000"),
        np.append(visits.channel, np.arange(times)),
        np.append(visits.rater, np.full(times, 10)),
        np.append(visits.day, np.full(times, 101)),
        np.append(visits.score, np.full(times, -90.0)),
    )
    found = severities(with_one)
    assert found.low[10] > 20
    assert found.apart[10] == (times > 1)


def test_of_one_rater_and_of_single_visits_nothing_is_said():
    one = Visits(named("c", np.arange(3)), named("r", np.arange(1)), np.arange(3), np.zeros(3, int), np.arange(3), np.arange(3.0))
    alone = Visits(one.channels, named("r", np.arange(3)), np.arange(3), np.arange(3), np.zeros(3, int), np.arange(3.0))
    for visits in (one, alone):
        found = severities(visits)
        assert not found.compared.any()
        assert not found.apart.any()
        assert np.isnan(found.drift).all()


def test_scores_without_any_chance_in_them_are_no_error():
    channel, rater = np.divmod(np.arange(12), 3)
    found = severities(Visits(named("c", np.arange(4)), named("r", np.arange(3)), channel, rater, rater, 5.0 * channel - rater))
    assert found.value == pytest.approx([-1, 0, 1])
    assert found.spread == pytest.approx(0)


def test_the_examples_hold():
    assert doctest.testmod(severity).failed == doctest.testmod(arrays).failed == 0
