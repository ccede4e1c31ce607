"""When a channel is open: weekly hours and their exceptions, written as people write them and asked at any moment.

    mon-thu 07:30-15:30; fri 07:30-12:00; 2027-02-08..2027-03-09 mon-thu 09:00-14:30; 2027-12-02 closed

Rules are divided by `;`. Within its dates an exception replaces the week whole, and a later exception an earlier one. Hours
that end at or before their beginning end on the next day. Times are those of the clock on the channel's wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from marsad.core.problem import Problem, Sentence
from marsad.core.text import normalise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Codes of the days of the week, in the order of `date.weekday()`."""
DAY = 24 * 60
ALWAYS, ALL_DAY, CLOSED = "24/7", "00:00-24:00", "closed"
REMEDY = "write it as in: mon-thu 07:30-15:30; fri 07:30-12:00; 2027-02-08..2027-03-09 mon-fri 09:00-14:00; 2027-12-02 closed"

RULE = re.compile(
    r"(?:(?P<first>\d{4}-\d\d-\d\d)(?:\s*\.\.\s*(?P<last>\d{4}-\d\d-\d\d))?(?:\s+|$))?"
    r"(?:(?P<days>[a-z]{3}(?:\s*[-,]\s*[a-z]{3})*)\s+)?"
    r"(?P<times>closed|\d\d?:\d\d\s*-\s*\d\d?:\d\d(?:\s*,\s*\d\d?:\d\d\s*-\s*\d\d?:\d\d)*)"
)
DASHES = str.maketrans("–—‑−،؛", "----,;")


@dataclass(frozen=True, order=True)
class Interval:
    """Open from one minute of the day to another, the latter of the next day where it is more than a day's minutes."""

    opens: int
    closes: int

    def __str__(self) -> str:
        """Return the interval as it is written."""
        return f"{clock(self.opens)}-{clock(self.closes - DAY if self.closes > DAY else self.closes)}"


Day = tuple[Interval, ...]
Week = tuple[Day, Day, Day, Day, Day, Day, Day]
SHUT: Week = ((), (), (), (), (), (), ())


@dataclass(frozen=True)
class Period:
    """A week of other hours, from a first day to a last one."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class Hours:
    """Weekly hours and exceptions, the later one counting where two speak of the same day."""

    week: Week
    exceptions: tuple[Period, ...] = ()

    def on(self, day: date) -> Day:
        """Return the hours that begin on a day."""
        weeks = [period.week for period in self.exceptions if period.first <= day <= period.last]
        return (weeks[-1] if weeks else self.week)[day.weekday()]

    def open_at(self, moment: datetime) -> bool:
        """Whether it is open at a moment of the clock on its wall; the minute it closes it is closed."""
        minute = moment.hour * 60 + moment.minute
        today, yesterday = self.on(moment.date()), self.on(moment.date() - timedelta(days=1))
        return any(one.opens <= minute < one.closes for one in today) or any(minute + DAY < one.closes for one in yesterday)

    def __str__(self) -> str:
        """Return the hours as they are written; equal hours are written alike."""
        rules = list(week_rules(self.week)) or [CLOSED]
        for period in self.exceptions:
            dates = f"{period.first}" if period.first == period.last else f"{period.first}..{period.last}"
            rules += [f"{dates} {rule}" for rule in week_rules(period.week) or [CLOSED]]
        return "; ".join(rules)


@lru_cache(maxsize=4096)
def parse_hours(text: str) -> Hours:
    """Return the hours a text states; raises Problem.

    >>> hours = parse_hours("MON–THU ٧:٣٠–١٥:٣٠؛ fri 7:30-12:00")
    >>> str(hours), hours.open_at(datetime(2027, 1, 8, 11, 59)), hours.open_at(datetime(2027, 1, 8, 12, 0))
    ('mon-thu 07:30-15:30; fri 07:30-12:00', True, False)
    """
    plain = latin(text).translate(DASHES).casefold().strip(" ;")
    weekly: list[Day] = [()] * len(DAYS)
    exceptions: dict[tuple[date, date], list[Day]] = {}
    for rule in filter(None, (part.strip() for part in plain.split(";"))):
        parts = RULE.fullmatch(ALL_DAY if rule == ALWAYS else rule)
        if not parts:
            raise Problem(Sentence("the hours '{rule}' are not understood", rule=rule), remedy=REMEDY)
        week = exceptions.setdefault(period_of(parts), [()] * len(DAYS)) if parts["first"] else weekly
        add(intervals_of(parts["times"]), days_of(parts["days"]), week, rule)
    periods = [Period(*dates, tuple(week)) for dates, week in exceptions.items()]  # type: ignore[arg-type]
    return Hours(tuple(weekly), tuple(periods))  # type: ignore[arg-type]


def latin(text: str) -> str:
    """Return a text with digits of any script as 0 to 9."""
    return "".join(normalise(one) if one.isdecimal() else one for one in text)


def period_of(parts: re.Match[str]) -> tuple[date, date]:
    """Return the first and last day of a rule's dates; raises Problem."""
    try:
        first, last = (date.fromisoformat(parts[name] or parts["first"]) for name in ("first", "last"))
    except ValueError as error:
        raise Problem(
            Sentence("'{text}' names a day that no calendar has", text=parts[0]), remedy=Sentence("correct the date")
        ) from error
    if last < first:
        raise Problem(
            Sentence("the dates {first}..{last} end before they begin", first=first, last=last),
            remedy=Sentence("write the earlier day first"),
        )
    return first, last


def days_of(text: str | None) -> list[int]:
    """Return the days of `mon-thu, sat` as numbers, the week going round (fri-sun, sat-wed); every day where nothing is said."""
    if text is None:
        return list(range(len(DAYS)))
    found: list[int] = []
    for part in text.split(","):
        ends = [day_number(name.strip()) for name in part.split("-")]
        if len(ends) > 2:
            raise Problem(
                Sentence("'{text}' is no range of days", text=part.strip()),
                remedy=Sentence("write a range as first-last: mon-thu"),
            )
        found += [(ends[0] + step) % len(DAYS) for step in range((ends[-1] - ends[0]) % len(DAYS) + 1)]
    return found


def day_number(name: str) -> int:
    """Return the number of a day, Monday 0; raises Problem."""
    if name not in DAYS:
        raise Problem(Sentence("there is no day '{name}'", name=name), remedy=Sentence("days are {days}", days=", ".join(DAYS)))
    return DAYS.index(name)


def intervals_of(text: str) -> list[Interval]:
    """Return the intervals of `08:00-14:00, 16:00-20:00`; raises Problem."""
    if text == CLOSED:
        return []
    return [interval(*(minutes(time.strip()) for time in part.split("-"))) for part in text.split(",")]


def interval(opens: int, closes: int) -> Interval:
    """Return an interval that ends on the next day where it would not end after its beginning."""
    return Interval(opens, closes if closes > opens else closes + DAY)


def minutes(time: str) -> int:
    """Return a time of day as minutes since midnight; raises Problem."""
    hour, minute = (int(part) for part in time.split(":"))
    if minute > 59 or hour * 60 + minute > DAY:
        raise Problem(Sentence("'{time}' is no time of day", time=time), remedy=Sentence("write a time from 00:00 to 24:00"))
    return hour * 60 + minute


def clock(minute: int) -> str:
    """Return minutes since midnight as a time of day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def add(intervals: Sequence[Interval], days: Sequence[int], week: list[Day], rule: str) -> None:
    """Add a rule's intervals to its days; raises Problem where two of one day overlap."""
    for day in days:
        week[day] = tuple(sorted((*week[day], *intervals)))
        if any(before.closes > after.opens for before, after in pairwise(week[day])):
            raise Problem(
                Sentence("hours of '{rule}' overlap with others of {days}", rule=rule, days=DAYS[day]),
                remedy=Sentence("say every hour once"),
            )


def week_rules(week: Week) -> list[str]:
    """Return a week as rules, days in a row with the same hours as one; none for a week that is shut."""
    return [f"{days} {', '.join(map(str, week[first]))}" for first, days in runs(week) if week[first]]


def runs(week: Week) -> Iterator[tuple[int, str]]:
    """Yield the first day of each run of days with the same hours, and the run's name."""
    first = 0
    for day in range(1, len(DAYS) + 1):
        if day == len(DAYS) or week[day] != week[first]:
            yield first, DAYS[first] if day - first == 1 else f"{DAYS[first]}-{DAYS[day - 1]}"
            first = day
