"""What detectors saw, in sentences: each says what came in beside what was expected, and accuses nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.utils.translation import gettext

from marsad.core.problem import Sentence
from marsad.lake.ways import device_of
from marsad.ratings.checked import Remark
from marsad.web.charts.words import isolated
from marsad.web.texts import grouped, noop, percent


def said_of(remark: Remark) -> str:
    """Return what a detector saw as a sentence in the language of the moment."""
    pattern, written = SAID[RATER_LESS if remark.kind == RATER and remark.seen < remark.expected else remark.kind]
    return gettext(pattern).format(
        seen=isolated(written(remark.seen)),
        expected=isolated(written(remark.expected)),
        gap=isolated(written(abs(remark.seen - remark.expected))),
        when=when(remark).say(gettext),
        who=isolated(device_of(remark.who) or remark.who),
    )


def when(remark: Remark) -> Sentence:
    """Return the days of a remark."""
    first, last = (isolated(day.isoformat()) if day else "" for day in (remark.first, remark.last))
    return Sentence("on {day}", day=first) if first == last else Sentence("from {first} to {last}", first=first, last=last)


def count(number: float) -> str:
    """Return a count, a small one that is expected with its tenth."""
    return grouped(number, 0 if number >= 10 or number == round(number) else 1)


def points(number: float) -> str:
    """Return whole points."""
    return grouped(number, 0)


RATER, RATER_LESS = "rater", "rater-less"
SAID: Mapping[str, tuple[str, Callable[[float], str]]] = MappingProxyType(
    {
        "burst-high": (noop("{seen} sheets full of praise came in {when}; {expected} were expected."), count),
        "burst-low": (noop("{seen} sheets full of blame came in {when}; {expected} were expected."), count),
        "lift-high": (noop("{seen} sheets were full of praise {when}; by the other days {expected} would be."), count),
        "lift-low": (noop("{seen} sheets were full of blame {when}; by the other days {expected} would be."), count),
        "full": (
            noop("{seen} sheets give the best answer throughout; by what the other customers say {expected} would."),
            count,
        ),
        "praise": (noop("{seen} sheets are full of praise; by what the other customers say {expected} would be."), count),
        "quick": (
            noop("{seen} times the same answers came again within a minute; {expected} times were expected."),
            count,
        ),
        "close": (noop("{seen} times praise followed praise within ten minutes; {expected} times were expected."), count),
        "again": (noop("{seen} sheets are by respondents who had answered before; {expected} were expected."), count),
        "flat": (noop("{seen} sheets have one answer all the way down; {expected} were expected."), count),
        "device": (noop("Answers on {who} reach {seen} of the scale, the channel's others {expected}."), percent),
        "apart": (noop("Answers reach {seen} of the scale; by another source {expected} would be expected."), percent),
        "crowd": (noop("{seen} sheets came in; by another source {expected} would be expected."), count),
        "alike": (noop("{who} gave one answer to {seen} of the questions {when}; {expected} was foreseen."), percent),
        RATER: (noop("{who} scored {gap} points more {when} than the other visits of both foresee."), points),
        RATER_LESS: (noop("{who} scored {gap} points less {when} than the other visits of both foresee."), points),
    }
)
"""How what every detector saw is said, and how its numbers are written; a rater who scores less has a sentence of their own."""
