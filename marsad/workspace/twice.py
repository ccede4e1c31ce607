"""Channels that several raters scored, in words: would another rater have seen the same, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext

from marsad.core.raters import Agreement
from marsad.core.twice import Reading, Twice
from marsad.web.charts.words import number
from marsad.web.texts import between, grouped, noop

DIGITS = 2
SAYS: Mapping[Reading, str] = {
    Reading.NONE: noop("No channel was scored by two raters yet: whether another rater would have seen the same cannot be told."),
    Reading.FEW: noop("Too few channels were scored by two raters to say whether another would have seen the same."),
    Reading.SAME: noop("Another rater would have given nearly the same answers."),
    Reading.MUCH: noop("Another rater would have given much the same answers: enough for tentative conclusions."),
    Reading.OTHER: noop("Another rater would often have given other answers: conclude nothing from a single visit."),
    Reading.OPEN: noop("It is not settled yet whether another rater would have given much the same answers."),
}
"""Whether another rater would have given the same answers."""


def sentence_of(twice: Twice) -> str:
    """Return whether another rater would have seen the same, and on how many channels that rests."""
    said = gettext(SAYS[twice.reading])
    if not twice.channels:
        return said
    rests = ngettext(
        "%(count)s of %(total)s channels was scored by two raters or more.",
        "%(count)s of %(total)s channels were scored by two raters or more.",
        twice.channels,
    ) % {"count": grouped(twice.channels), "total": grouped(twice.scored)}
    return f"{said} {rests}"


def stats_of(twice: Twice) -> tuple[tuple[str, str, str], ...]:
    """Return how far raters agree, each as what it is called, its value and its interval; nothing where nobody scored twice."""
    named = ((gettext("Agreement on answers (α)"), twice.answers), (gettext("Agreement of visits (ICC)"), twice.visits))
    return tuple((name, number(one.value, DIGITS), margin(one)) for name, one in named) if twice.channels else ()


def margin(one: Agreement) -> str:
    """Return the interval of a coefficient."""
    return between(one.low, one.high, DIGITS)
