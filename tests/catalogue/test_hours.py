"""Opening hours are read as people write them, and say of any moment whether the doors are open."""

import doctest
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.catalogue import hours
from marsad.catalogue.hours import DAYS, Hours, Interval, Period, parse_hours
from marsad.core.problem import Problem

MONDAY = "2027-01-04"
FASTING = "2027-02-08..2027-03-09"


def is_open(text: str, moment: str) -> bool:
    return parse_hours(text).open_at(datetime.fromisoformat(moment))


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(hours).failed == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mon-fri 8:00-14:00", "mon-fri 08:00-14:00"),
        ("sun-thu 08:00-14:00", "mon-thu 08:00-14:00; sun 08:00-14:00"),
        ("mon, wed 08:00-12:00", "mon 08:00-12:00; wed 08:00-12:00"),
        ("mon 16:00-20:00, 08:00-14:00", "mon 08:00-14:00, 16:00-20:00"),
        ("mon 08:00-14:00; mon 16:00-20:00", "mon 08:00-14:00, 16:00-20:00"),
        ("08:00-14:00", "mon-sun 08:00-14:00"),
        ("24/7", "mon-sun 00:00-24:00"),
        ("24/7; 2027-12-02 closed", "mon-sun 00:00-24:00; 2027-12-02 closed"),
        ("closed", "closed"),
        ("THU–SAT ٢٠:٠٠–٠٢:٠٠؛", "thu-sat 20:00-02:00"),
        ("mon 08:00-14:00; 2027-02-08 .. 2027-03-09 mon 09:00-12:00", "mon 08:00-14:00; 2027-02-08..2027-03-09 mon 09:00-12:00"),
        ("mon 09:00-09:00", "mon 09:00-09:00"),
    ],
)
def test_hours_are_kept_in_one_form(text, kept):
    assert str(parse_hours(text)) == kept
    assert parse_hours(kept) == parse_hours(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("mornings", "the hours 'mornings' are not understood"),
        ("mon 8-14", "the hours 'mon 8-14' are not understood"),
        ("mon 08:00", "the hours 'mon 08:00' are not understood"),
        ("2027-02-08", "the hours '2027-02-08' are not understood"),
        ("monday 08:00-14:00", "the hours 'monday 08:00-14:00' are not understood"),
        ("abc 08:00-14:00", "there is no day 'abc'"),
        ("mon-wed-fri 08:00-14:00", "'mon-wed-fri' is no range of days"),
        ("mon 08:00-25:00", "'25:00' is no time of day"),
        ("mon 08:60-14:00", "'08:60' is no time of day"),
        ("2027-02-30 closed", "'2027-02-30 closed' names a day that no calendar has"),
        ("2027-03-09..2027-02-08 closed", "the dates 2027-03-09..2027-02-08 end before they begin"),
        ("mon 08:00-14:00, 13:00-18:00", "hours of 'mon 08:00-14:00, 13:00-18:00' overlap with others of mon"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_remedy(text, what):
    with pytest.raises(Problem) as refused:
        parse_hours(text)
    assert refused.value.what == what
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (f"{MONDAY}T07:59", False),
        (f"{MONDAY}T08:00", True),
        (f"{MONDAY}T13:59", True),
        (f"{MONDAY}T14:00", False),
        (f"{MONDAY}T16:30", True),
        ("2027-01-09T10:00", False),
    ],
)
def test_it_is_open_from_its_first_minute_and_closed_from_its_last(moment, said):
    assert is_open("mon-fri 08:00-14:00, 16:00-20:00", moment) is said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2027-01-07T19:59", False),
        ("2027-01-07T23:59", True),
        ("2027-01-08T00:00", True),
        ("2027-01-08T01:59", True),
        ("2027-01-08T02:00", False),
        ("2027-01-09T01:00", False),
    ],
)
def test_hours_go_on_past_midnight_into_a_day_without_any(moment, said):
    assert is_open("thu 20:00-02:00", moment) is said


def test_a_sunday_night_goes_on_into_monday():
    assert is_open("sun 22:00-06:00", "2027-01-04T05:59")
    assert not is_open("sun 22:00-06:00", "2027-01-04T06:00")


def test_a_whole_day_ends_at_its_midnight():
    assert is_open("mon 00:00-24:00", f"{MONDAY}T23:59")
    assert not is_open("mon 00:00-24:00", "2027-01-05T00:00")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2027-02-05T11:00", True),  # Friday before
        ("2027-02-08T08:30", False),  # Monday within: opens later
        ("2027-02-08T14:15", False),
        ("2027-02-12T11:00", True),  # Friday within: two hours
        ("2027-02-12T12:00", False),
        ("2027-02-13T10:00", False),  # no Saturdays in these weeks
        ("2027-02-08T22:30", True),  # an evening shift that only these weeks have
        ("2027-03-10T00:30", True),  # its last night goes on into the day after
        ("2027-03-10T08:30", True),
    ],
)
def test_weeks_of_other_hours_replace_the_usual_ones_whole(moment, said):
    usual = "mon-thu 08:00-15:00; fri 08:00-12:00; sat 09:00-11:00"
    fasting = f"{FASTING} mon-thu 09:00-14:00, 21:00-01:00; {FASTING} fri 10:00-12:00"
    assert is_open(f"{usual}; {fasting}", moment) is said


def test_a_later_exception_counts_within_an_earlier_one():
    text = f"mon 08:00-15:00; {FASTING} mon 09:00-14:00; 2027-02-15 closed"
    assert is_open(text, "2027-02-08T09:30")
    assert not is_open(text, "2027-02-15T09:30")


def test_the_night_before_a_closed_day_ends_as_it_began():
    text = "mon-sun 20:00-02:00; 2027-12-02..2027-12-03 closed"
    assert is_open(text, "2027-12-02T01:59")
    assert not is_open(text, "2027-12-02T20:30")
    assert not is_open(text, "2027-12-03T00:30")


FIRST, LAST = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2028-01-01")
times = st.integers(0, 24 * 12 - 1).map(lambda five: five * 5)
intervals = st.tuples(times, times).map(lambda ends: Interval(min(ends), max(ends) + 5))
days = st.one_of(st.just(()), intervals.map(lambda one: (one,)), st.just((Interval(480, 840), Interval(960, 1560))))
weeks = st.tuples(*[days] * len(DAYS))
dates = st.dates(date(2026, 1, 1), date(2028, 1, 1))
periods = st.tuples(dates, dates, weeks).map(lambda parts: Period(min(parts[:2]), max(parts[:2]), parts[2]))
timetables = st.builds(Hours, weeks, st.lists(periods, max_size=3, unique_by=lambda one: (one.first, one.last)).map(tuple))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(timetables)
def test_any_hours_are_read_back_as_they_were_written(timetable):
    assert parse_hours(str(timetable)) == timetable


@settings(max_examples=100, deadline=None, derandomize=True)
@given(timetables, st.datetimes(FIRST, LAST))
def test_open_at_agrees_with_a_slow_twin_that_walks_every_interval(timetable, moment):
    assert timetable.open_at(moment) is slowly(timetable, moment)


def slowly(timetable: Hours, moment: datetime) -> bool:
    """Lay out the intervals of the days around a moment as stretches of minutes since the first of them."""
    minute = (moment - FIRST).total_seconds() // 60
    for ordinal in range(moment.toordinal() - 2, moment.toordinal() + 1):
        day = date.fromordinal(ordinal)
        week = timetable.week
        for period in timetable.exceptions:
            if period.first <= day <= period.last:
                week = period.week
        midnight = (ordinal - date(2026, 1, 1).toordinal()) * 24 * 60
        if any(midnight + one.opens <= minute < midnight + one.closes for one in week[day.weekday()]):
            return True
    return False
