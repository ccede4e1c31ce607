"""Opening hours in words of the active language."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from marsad.catalogue.hours import DAY, DAYS, Day, Period, Week, clock, parse_hours

WHOLE_DAY = (0, DAY)


def hours_in_words(written: str) -> str:
    """Return the hours that a text states, '' of none: "Monday to Thursday from 07:30 to 15:30; Friday from 07:30 to 12:00"."""
    if not written:
        return ""
    hours = parse_hours(written)
    said = [*of_week(hours.week), *(rule for period in hours.exceptions for rule in of_period(period))]
    return joined(said)


def joined(said: list[str]) -> str:
    """Return rules as one text."""
    text = said[0] if said else _("Closed")
    for one in said[1:]:
        text = _("{first}; {last}").format(first=text, last=one)
    return text


def of_week(week: Week) -> Iterator[str]:
    """Yield a rule for every run of days with the same hours, nothing for days that are shut."""
    first = 0
    for day in range(1, len(DAYS) + 1):
        if day == len(DAYS) or week[day] != week[first]:
            if week[first]:
                yield _("{days} {times}").format(days=days_in_words(first, day - 1), times=times_in_words(week[first]))
            first = day


def of_period(period: Period) -> Iterator[str]:
    """Yield the rules of dates with other hours."""
    dates = f"{period.first}"
    if period.first != period.last:
        dates = _("{first} to {last}").format(first=period.first, last=period.last)
    for rule in list(of_week(period.week)) or [_("Closed")]:
        yield _("{dates}: {rule}").format(dates=dates, rule=rule)


def days_in_words(first: int, last: int) -> str:
    """Return a run of days, Monday 0."""
    if (first, last) == (0, len(DAYS) - 1):
        return _("Every day")
    if first == last:
        return str(WEEKDAYS[first])
    return _("{first} to {last}").format(first=WEEKDAYS[first], last=WEEKDAYS[last])


def times_in_words(day: Day) -> str:
    """Return the times of a day."""
    found = []
    for one in day:
        if (one.opens, one.closes) == WHOLE_DAY:
            found.append(_("all day"))
        else:
            closes = clock(one.closes - DAY if one.closes > DAY else one.closes)
            found.append(_("from {opens} to {closes}").format(opens=clock(one.opens), closes=closes))
    return _(" and ").join(found)
