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


def burst_high(remark: Remark) -> Sentence:
    """Return that praise came in a burst."""
    return Sentence(
        "{seen} sheets full of praise came in {when}; {expected} were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
        when=when(remark),
    )


def burst_low(remark: Remark) -> Sentence:
    """Return that blame came in a burst."""
    return Sentence(
        "{seen} sheets full of blame came in {when}; {expected} were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
        when=when(remark),
    )


def lift_high(remark: Remark) -> Sentence:
    """Return that the share of praise rose for some days."""
    return Sentence(
        "{seen} sheets were full of praise {when}; by the other days {expected} would be.",
        seen=count(remark.seen),
        expected=count(remark.expected),
        when=when(remark),
    )


def lift_low(remark: Remark) -> Sentence:
    """Return that the share of blame rose for some days."""
    return Sentence(
        "{seen} sheets were full of blame {when}; by the other days {expected} would be.",
        seen=count(remark.seen),
        expected=count(remark.expected),
        when=when(remark),
    )


def full(remark: Remark) -> Sentence:
    """Return that more sheets are perfect than the others foresee."""
    return Sentence(
        "{seen} sheets give the best answer throughout; by what the other customers say {expected} would.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def praise(remark: Remark) -> Sentence:
    """Return that more sheets praise than the others foresee."""
    return Sentence(
        "{seen} sheets are full of praise; by what the other customers say {expected} would be.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def quick(remark: Remark) -> Sentence:
    """Return that the same answers came again and again."""
    return Sentence(
        "{seen} times the same answers came again within a minute; {expected} times were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def close(remark: Remark) -> Sentence:
    """Return that praise followed praise."""
    return Sentence(
        "{seen} times praise followed praise within ten minutes; {expected} times were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def again(remark: Remark) -> Sentence:
    """Return that respondents answered again."""
    return Sentence(
        "{seen} sheets are by respondents who had answered before; {expected} were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def flat(remark: Remark) -> Sentence:
    """Return that sheets have one answer all the way down."""
    return Sentence(
        "{seen} sheets have one answer all the way down; {expected} were expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def crowd(remark: Remark) -> Sentence:
    """Return that more answers came in than another source foresees."""
    return Sentence(
        "{seen} sheets came in; by another source {expected} would be expected.",
        seen=count(remark.seen),
        expected=count(remark.expected),
    )


def device(remark: Remark) -> Sentence:
    """Return that one device differs from the others."""
    return Sentence(
        "Answers on {who} reach {seen} of the scale, the channel's others {expected}.",
        who=who(remark),
        seen=percent(remark.seen),
        expected=percent(remark.expected),
    )


def apart(remark: Remark) -> Sentence:
    """Return that two sources disagree."""
    return Sentence(
        "Answers reach {seen} of the scale; by another source {expected} would be expected.",
        seen=percent(remark.seen),
        expected=percent(remark.expected),
    )


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


def alike(remark: Remark) -> Sentence:
    """Return that a rater gave one answer far more often than usual, or far less."""
    return Sentence(
        "{who} gave one answer to {seen} of the questions {when}; {expected} was foreseen.",
        who=who(remark),
        when=when(remark),
        seen=percent(remark.seen),
        expected=percent(remark.expected),
    )


SAID: Mapping[str, Callable[[Remark], Sentence]] = MappingProxyType(
    {
        "burst-high": burst_high,
        "burst-low": burst_low,
        "lift-high": lift_high,
        "lift-low": lift_low,
        "full": full,
        "praise": praise,
        "quick": quick,
        "close": close,
        "again": again,
        "flat": flat,
        "device": device,
        "apart": apart,
        "crowd": crowd,
        "rater": rater,
        "alike": alike,
    }
)
"""The sentence of every detector."""
