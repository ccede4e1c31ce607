"""What detectors saw, in sentences: each says what came in beside what was expected, and accuses nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from marsad.core.problem import Sentence
from marsad.lake.ways import device_of
from marsad.ratings.integrity import Remark
from marsad.web.charts.words import isolated
from marsad.web.texts import grouped, percent


def said_of(remark: Remark) -> Sentence:
    """Return what a detector saw as a sentence that a catalogue can say."""
    return SAID[remark.kind](remark)


def count(number: float) -> str:
    """Return a count, a small one that is expected with its tenth."""
    return grouped(number, 0 if number >= 10 or number == round(number) else 1)


def when(remark: Remark) -> Sentence:
    """Return the days of a remark."""
    first, last = (isolated(day.isoformat()) if day else "" for day in (remark.first, remark.last))
    return Sentence("on {day}", day=first) if first == last else Sentence("from {first} to {last}", first=first, last=last)


def who(remark: Remark) -> str:
    """Return the rater or device of a remark; an instrument that names no device stands for itself."""
    return isolated(device_of(remark.who) or remark.who)


def rater(remark: Remark) -> Sentence:
    """Return that a rater's score stands apart."""
    gap = grouped(abs(remark.seen - remark.expected), 0)
    if remark.seen > remark.expected:
        return Sentence(
            "{who} scored {gap} points more {when} than the other visits of both foresee.",
            who=who(remark),
            gap=gap,
            when=when(remark),
        )
    return Sentence(
        "{who} scored {gap} points less {when} than the other visits of both foresee.",
        who=who(remark),
        gap=gap,
        when=when(remark),
    )


SAID: Mapping[str, Callable[[Remark], Sentence]] = MappingProxyType(
    {
        "burst-high": lambda one: Sentence(
            "{seen} sheets full of praise came in {when}; {expected} were expected.",
            seen=count(one.seen),
            when=when(one),
            expected=count(one.expected),
        ),
        "burst-low": lambda one: Sentence(
            "{seen} sheets full of blame came in {when}; {expected} were expected.",
            seen=count(one.seen),
            when=when(one),
            expected=count(one.expected),
        ),
        "lift-high": lambda one: Sentence(
            "{seen} sheets were full of praise {when}; by the other days {expected} would be.",
            seen=count(one.seen),
            when=when(one),
            expected=count(one.expected),
        ),
        "lift-low": lambda one: Sentence(
            "{seen} sheets were full of blame {when}; by the other days {expected} would be.",
            seen=count(one.seen),
            when=when(one),
            expected=count(one.expected),
        ),
        "full": lambda one: Sentence(
            "{seen} sheets give the best answer throughout; by what the other customers say {expected} would.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "praise": lambda one: Sentence(
            "{seen} sheets are full of praise; by what the other customers say {expected} would be.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "quick": lambda one: Sentence(
            "{seen} times the same answers came again within a minute; {expected} times were expected.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "close": lambda one: Sentence(
            "{seen} times praise followed praise within ten minutes; {expected} times were expected.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "again": lambda one: Sentence(
            "{seen} sheets are by respondents who had answered before; {expected} were expected.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "flat": lambda one: Sentence(
            "{seen} sheets have one answer all the way down; {expected} were expected.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "device": lambda one: Sentence(
            "Answers on {who} reach {seen} of the scale, the channel's others {expected}.",
            who=who(one),
            seen=percent(one.seen),
            expected=percent(one.expected),
        ),
        "apart": lambda one: Sentence(
            "Answers reach {seen} of the scale; by another source {expected} would be expected.",
            seen=percent(one.seen),
            expected=percent(one.expected),
        ),
        "crowd": lambda one: Sentence(
            "{seen} sheets came in; by another source {expected} would be expected.",
            seen=count(one.seen),
            expected=count(one.expected),
        ),
        "alike": lambda one: Sentence(
            "{who} gave one answer to {seen} of the questions {when}; {expected} was foreseen.",
            who=who(one),
            seen=percent(one.seen),
            when=when(one),
            expected=percent(one.expected),
        ),
        "rater": rater,
    }
)
"""How what every detector saw is said."""
