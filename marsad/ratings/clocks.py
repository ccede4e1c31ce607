"""By which days something is owed, in the government's time zone and by its working days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

WEEK = 7


def due_on(begun: date, days: int, weekend: Collection[int] = (), holidays: Collection[str] = ()) -> date:
    """Return the day on which a clock of so many days runs out; where nobody works that day, the next on which somebody does.

    `weekend` are days of the week, Monday being 1, `holidays` dates such as 2026-12-02.

    >>> str(due_on(date(2026, 11, 1), 14)), str(due_on(date(2026, 11, 1), 14, (6, 7), ("2026-11-16",)))
    ('2026-11-15', '2026-11-17')
    """
    due = begun + timedelta(days=days)
    while len(set(weekend)) < WEEK and (due.isoweekday() in weekend or due.isoformat() in holidays):
        due += timedelta(days=1)
    return due


def today(at: datetime) -> date:
    """Return the day that a moment belongs to where the government is."""
    return localdate(at)
