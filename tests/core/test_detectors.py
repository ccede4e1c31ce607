"""Detectors find what was planted in a small nation, and leave alone what was not."""

import math
from dataclasses import replace

import numpy as np
import pytest

from marsad.core.attacks import DAY, Aim, Sheets, bribed, by_staff, in_one_day, over_weeks, pressed
from marsad.core.detectors import THRESHOLD, WINDOWS, Grid, burst, detect
from marsad.core.severity import Marks
from marsad.core.traces import Look, days_of, line

CHANNELS, LENGTH = 60, 70
NAMES = np.array([f"c{place:02}" for place in range(CHANNELS)])
DEVICES = np.array(["", "kiosk"])


def some_sheets(seed, each, questions):
    """Answers of five steps with a mood, or of two faces, on two devices."""
    dice = np.random.default_rng(seed)
    channel = np.repeat(np.arange(CHANNELS), dice.poisson(each, CHANNELS))
    at = dice.integers(0, LENGTH, channel.size) * DAY + dice.integers(8 * 3600, 18 * 3600, channel.size)
    felt = dice.normal(0.7, 0.05, CHANNELS)[channel, None] + 0.2 * dice.standard_normal((channel.size, 1))
    points = np.clip(np.rint(4 * (felt + 0.2 * dice.standard_normal((channel.size, questions)))), 0, 4) / 4
    if questions == 1:
        points = (dice.random((channel.size, 1)) < 0.7).astype(float)
    return Sheets(channel, dice.integers(0, 2, channel.size), at, np.arange(channel.size), points)


def some_marks(seed, each=4, items=20):
    dice = np.random.default_rng(seed)
    channel, item = np.repeat(np.arange(CHANNELS), each * items), np.tile(np.arange(items), CHANNELS * each)
    rater = np.repeat((np.arange(CHANNELS * each) * 7) % 15, items)
    felt = 0.7 + 0.1 * dice.standard_normal(CHANNELS * each).repeat(items)
    points = np.clip(np.rint(10 * (felt + 0.12 * dice.standard_normal(felt.size))), 0, 10) * 10
    names = np.array([f"r{place:02}" for place in range(15)])
    return Marks.of(
        NAMES[channel], names[rater], item.astype(str), dice.integers(0, LENGTH, CHANNELS * each).repeat(items), points
    )


SURVEY, METER, VISITS = some_sheets(1, 60, 8), some_sheets(2, 150, 1), some_marks(3)


def found(survey=SURVEY, meter=METER, visits=VISITS):
    days = {"survey": days_of(survey, DEVICES), "meter": days_of(meter, DEVICES)}
    return detect(days, {"visit": visits}, NAMES)


def test_nobody_honest_is_marked_but_one_in_a_hundred_by_chance():
    assert found().marked.sum() <= 2


PLANTED = {
    "in one day": (lambda: {"survey": in_one_day(SURVEY, Aim(7, 0, 12, seed=5))}, "burst-high"),
    "over weeks": (lambda: {"survey": over_weeks(SURVEY, Aim(7, 0, 30, seed=5))}, "full"),
    "the other way": (lambda: {"meter": in_one_day(METER, Aim(7, 0, 40, seed=5, end=0.0))}, "burst-low"),
    "pressed": (lambda: {"meter": pressed(METER, Aim(7, 1, 80, seed=5))}, "quick"),
    "staff": (lambda: {"survey": by_staff(SURVEY, Aim(7, 0, 25, seed=5))}, "close"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_an_attack_is_marked_and_told_by_what_gives_it_away(name):
    planted, kind = PLANTED[name]
    seen = found(**planted())
    assert seen.score[7] >= THRESHOLD
    assert seen.score.argmax() == 7
    assert kind in [look.kind for look in seen.told(7)]


def test_a_burst_is_told_with_its_day_and_what_was_due():
    attacked = in_one_day(SURVEY, Aim(7, 0, 12, seed=5))
    look = next(look for look in found(survey=attacked).told(7) if look.kind == "burst-high")
    assert look.first[7] <= attacked.at[-1] // DAY <= look.last[7]
    assert look.seen[7] >= 12 > 3 * look.expected[7]


def test_a_bribed_rater_is_told_by_name():
    rows = np.flatnonzero((VISITS.channel == 7) & (VISITS.rater == VISITS.rater[VISITS.channel == 7][0]))
    seen = found(visits=replace(VISITS, points=bribed(VISITS.points, rows, 100.0)))
    alike = seen.told(7)[0]
    rater = next(look for look in seen.looks if look.kind == "rater")
    assert seen.marked[7]
    assert alike.kind == "alike"
    assert alike.who[7] == rater.who[7] == VISITS.raters[VISITS.rater[rows[0]]]
    assert alike.seen[7] > 0.9 > 0.5 > alike.expected[7]
    assert rater.seen[7] > rater.expected[7] + 20


def test_a_device_that_differs_from_the_others_is_told_by_name():
    mine = (METER.channel == 7) & (METER.device == 1)
    points = np.where(mine[:, None], 1.0, METER.points)
    look = next(look for look in found(meter=Sheets(*[*vars(METER).values()][:4], points)).told(7) if look.kind == "device")
    assert look.who[7] == "kiosk"
    assert look.seen[7] == 1.0
    assert 0.5 < look.expected[7] < 0.9


def test_respondents_who_answer_again_are_counted():
    who = np.where(SURVEY.channel == 7, SURVEY.respondent // 3, SURVEY.respondent + 10_000)
    again = Sheets(SURVEY.channel, SURVEY.device, SURVEY.at, who, SURVEY.points)
    look = next(look for look in found(survey=again).told(7) if look.kind == "again")
    assert look.seen[7] == (SURVEY.channel == 7).sum() - np.unique(who[SURVEY.channel == 7]).size


def test_one_answer_all_the_way_down_is_told():
    points = SURVEY.points.copy()
    mine = np.flatnonzero(SURVEY.channel == 7)[::2]
    points[mine] = 0.5
    flat = found(survey=Sheets(*[*vars(SURVEY).values()][:4], points))
    look = next(look for look in flat.told(7) if look.kind == "flat")
    assert look.seen[7] == mine.size


def test_the_strongest_burst_is_the_one_that_a_look_at_every_window_finds():
    attacked = over_weeks(SURVEY, Aim(7, 0, 15, seed=2), weeks=2)
    grid = Grid("survey", days_of(attacked, DEVICES), CHANNELS)
    table = grid.table(grid.days.praise)
    look = burst(grid, table, "high")
    # The expected counts are those of all channels' days; over-dispersion divides every ratio of a window alike.
    total, best = table[7].sum(), (0.0, 0, 0)
    for width in (one for one in WINDOWS if one <= LENGTH):
        for start in range(LENGTH - width + 1):
            seen, due = table[7, start : start + width].sum(), total * grid.profile[start : start + width].sum()
            if seen > due:
                rest = total - seen
                ratio = seen * math.log(seen / due) + (rest * math.log(rest / (total - due)) if rest else 0.0)
                best = max(best, (ratio, start, start + width - 1))
    assert (look.first[7] - grid.first, look.last[7] - grid.first) == best[1:]
    assert look.statistic[7] <= best[0] + 1e-9


def test_a_surprise_is_the_chance_among_the_channels_themselves():
    statistic = np.random.default_rng(1).exponential(3.0, 4000)
    surprise = Look("burst-high", "survey", statistic, statistic, statistic).surprise
    assert (surprise > 1).mean() == pytest.approx(0.1, abs=0.02)
    assert (surprise > 2).mean() == pytest.approx(0.01, abs=0.005)


def test_a_line_is_not_pulled_by_one_far_out():
    across = np.arange(40.0)
    up = 2 + 0.5 * across + 0.01 * np.random.default_rng(1).standard_normal(40)
    up[39] += 100
    assert line(across, up)[0][39] == pytest.approx(21.5, abs=0.05)


def test_little_evidence_gives_no_reason_to_look():
    few = Sheets(*(column[:5] for column in vars(SURVEY).values()))
    nobody = VISITS.rows(np.zeros(VISITS.points.size, bool))
    seen = detect({"survey": days_of(few, DEVICES)}, {"visit": nobody}, NAMES)
    assert not seen.score.any()
    assert not seen.marked.any()


def test_a_day_on_which_nobody_else_was_asked_gives_no_infinite_surprise():
    late = Sheets(*(column.copy() for column in vars(SURVEY).values()))
    late.at[late.channel == 7] += 100 * DAY
    score = found(survey=late).score
    assert np.isfinite(score).all()
    assert score.argmax() == 7


def test_raters_of_channels_that_nothing_joins_are_looked_at_apart():
    lonely = [(channel, rater) for channel, rater in (("c00", "a"), ("c00", "b"), ("c01", "x"), ("c01", "y"))]
    channel, rater = (np.repeat(np.array(names), 6) for names in zip(*lonely, strict=True))
    points = np.tile([50.0, 60.0, 70.0, 80.0, 90.0, 100.0], 4)
    marks = Marks.of(channel, rater, np.tile(np.arange(6).astype(str), 4), np.zeros(24, int), points)
    assert not detect({}, {"visit": marks}, NAMES).marked.any()


@pytest.mark.parametrize("plant", [in_one_day, over_weeks, pressed, by_staff])
def test_an_attack_follows_from_its_seed_and_adds_what_it_says(plant):
    once, again, other = (plant(SURVEY, Aim(7, 1, 23, seed)) for seed in (1, 1, 2))
    for name, column in vars(once).items():
        np.testing.assert_array_equal(column, getattr(again, name))
        assert len(column) == len(getattr(SURVEY, name)) + 23
    assert not np.array_equal(once.at, other.at)
    new = once.at[-23:]
    assert set(once.channel[-23:]) == {7}
    assert not set(once.respondent[-23:]) & set(SURVEY.respondent)
    assert (np.unique(new // DAY).size == 1) == (plant in (in_one_day, pressed))
    assert (once.points[-23:].mean() < 1) == (plant is by_staff)


def test_planted_answers_are_on_the_questions_that_the_channel_is_asked():
    points = SURVEY.points.copy()
    points[SURVEY.channel == 7, 3] = np.nan
    asked = Sheets(*[*vars(SURVEY).values()][:4], points)
    planted = in_one_day(asked, Aim(7, 0, 2, seed=1)).points[-2:]
    assert np.isnan(planted[:, 3]).all()
    assert not np.isnan(np.delete(planted, 3, axis=1)).any()
