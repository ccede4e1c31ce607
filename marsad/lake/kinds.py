"""What a standard asks of every channel apart from its values: its kind, and attributes such as peer group and denominators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.core.conditions import Attribute, Condition, Count
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Scheme
from marsad.lake.numbers import NotANumberError, parse_number, shown
from marsad.lake.sources import Sources
from marsad.lake.tables import first

KIND = "kind"


def kinds_of(sources: Sources, scheme: Scheme, kind: str | None, path: Path) -> Texts:
    """Return the kind of every channel `[C]`, '' where the standard does not tell kinds apart; `kind` is that of all of them."""
    everywhere = kind or (scheme.kinds[0] if len(scheme.kinds) == 1 else "")
    said = sources.texts(KIND) if scheme.kinds else np.full(sources.channels.size, "")
    if said is None:
        if not everywhere:
            remedy = f"add a column {KIND}, or say --kind with one of {listed(scheme.kinds)}"
            raise Problem(f"the standard rates several kinds and there is no column {KIND}", file=path, remedy=remedy)
        return np.full(sources.channels.size, everywhere)
    if scheme.kinds:
        refuse_kinds(sources, scheme, said, everywhere, path)
        refuse_other_kinds_than(kind, sources, said)
    return np.where(said == "", everywhere, said)


def refuse_kind_unknown_to(scheme: Scheme, kind: str | None) -> None:
    """Raise Problem where the kind asked for is not one the standard rates."""
    if kind is not None and not scheme.kinds:
        raise Problem(f"the standard does not tell kinds apart, so it has no kind {shown(kind)}", remedy="leave --kind out")
    if kind is not None and kind not in scheme.kinds:
        raise Problem(
            f"the standard does not rate the kind {shown(kind)}", remedy=f"say --kind with one of {listed(scheme.kinds)}"
        )


def refuse_kinds(sources: Sources, scheme: Scheme, said: Texts, everywhere: str, path: Path) -> None:
    """Raise Problem where a channel's kind is unknown to the standard, or missing."""
    known = said != ""
    fits = np.isin(said, scheme.kinds)
    if known.any() and not fits.any():
        found = list(dict.fromkeys(said[known].tolist()))
        what = f"this standard rates {listed(scheme.kinds)}, the channels here are of kind {listed(found)}"
        raise Problem(what, file=path, remedy="choose the standard made for them")
    remedy = f"write one of {listed(scheme.kinds)}"
    if (channel := first(known & ~fits)) is not None:
        raise sources.problem(
            f"the standard does not rate the kind {shown(said[channel])}", channel=channel, name=KIND, remedy=remedy
        )
    if not everywhere and (channel := first(~known)) is not None:
        what = f"the kind of channel {shown(sources.channels[channel])} is missing"
        raise sources.problem(what, channel=channel, name=KIND, remedy=remedy)


def refuse_other_kinds_than(kind: str | None, sources: Sources, said: Texts) -> None:
    """Raise Problem where a channel says another kind than the one asked for."""
    if kind is None:
        return
    if (channel := first((said != "") & (said != kind))) is not None:
        what = f"the channel is of kind {shown(said[channel])}, not {shown(kind)} as --kind says"
        raise sources.problem(what, channel=channel, name=KIND, remedy="leave --kind out, or correct the file")


FACT = Sentence("a condition")
"""What an attribute is for that states a fact about some channels, such as a breach: a file may leave it out."""


def listed(names: tuple[str, ...] | list[str], most: int = 12) -> str:
    """Return names with commas between them; only the first where there are many."""
    if len(names) <= most:
        return ", ".join(names)
    return Sentence("{names} … ({count} in all)", names=", ".join(names[:most]), count=len(names))


def facts_not_said(sources: Sources, scheme: Scheme) -> list[str]:
    """Return the attributes that only conditions ask for and no file has: taken as blank, and said."""
    return [name for name, purpose in asked_attributes(scheme).items() if purpose == FACT and sources.texts(name) is None]


def asked_attributes(scheme: Scheme) -> dict[str, str]:
    """Return the names of the attributes that a standard asks for, each with what it is for; kinds apart."""
    asked: dict[str, str] = {}
    for indicator in scheme.indicators:
        if indicator.denominator:
            asked.setdefault(indicator.denominator, Sentence("the denominator of {code}", code=indicator.code))
        if indicator.impute and indicator.impute.by:
            purpose = Sentence("the groups that fill missing values of {code}", code=indicator.code)
            asked.setdefault(indicator.impute.by, purpose)
    if scheme.peers and scheme.peers.attribute:
        asked.setdefault(scheme.peers.attribute, Sentence("the peer group"))
    for condition in scheme.conditions():
        for name in attributes_in(condition):
            asked.setdefault(name, FACT)
    for name in sorted(scheme.run_by):
        asked.setdefault(name, FACT)
    if scheme.kinds:
        asked.pop(KIND, None)
    return asked


def attributes_in(condition: Condition) -> Iterator[str]:
    """Yield the name of every attribute inside a condition."""
    if isinstance(condition, Attribute):
        yield condition.name
    elif isinstance(condition, Count):
        for part in condition.of:
            yield from attributes_in(part)


def attributes_of(sources: Sources, scheme: Scheme, path: Path) -> dict[str, Texts]:
    """Return the attributes asked, texts `[C]` by name, denominators as plain numbers."""
    attributes: dict[str, Texts] = {}
    for name, purpose in asked_attributes(scheme).items():
        said = sources.texts(name)
        if said is None and purpose == FACT:
            said = np.full(sources.channels.size, "")
        if said is None:
            what = f"there is no column {shown(name)}, which the standard needs as {purpose}"
            raise Problem(what, file=path, remedy=f"add a column {name}")
        if any(indicator.denominator == name for indicator in scheme.indicators):
            said = denominators(sources, name, said)
        attributes[name] = said
    return attributes


def not_divisible(scheme: Scheme, values: Array, attributes: Mapping[str, Texts]) -> Iterator[str]:
    """Yield a note per denominator that is blank where a channel has a value to divide by it: the value counts as missing."""
    for name in sorted({indicator.denominator for indicator in scheme.indicators if indicator.denominator}):
        needing = [place for place, indicator in enumerate(scheme.indicators) if indicator.denominator == name]
        lost = int((~np.isnan(values[:, needing]) & (attributes[name] == "")[:, None]).sum())
        if lost:
            yield Sentence("{count} values have no {name} to be divided by and count as missing", count=lost, name=name)


def denominators(sources: Sources, name: str, said: Texts) -> Texts:
    """Return positive numbers as texts `[C]`, '' where none is given; raises Problem."""
    parsed: Mapping[str, float | NotANumberError] = {text: parsed_or_refused(text) for text in set(said.tolist())}
    numbers: list[str] = []
    for channel, text in enumerate(said.tolist()):
        number = parsed[text]
        if isinstance(number, NotANumberError):
            raise sources.problem(str(number), channel=channel, name=name, remedy="write a positive number")
        if number <= 0:
            what = f"{shown(text)} cannot be a denominator"
            raise sources.problem(what, channel=channel, name=name, remedy="write a positive number")
        numbers.append("" if number != number else repr(number))
    return np.asarray(numbers, dtype=np.str_)


def parsed_or_refused(text: str) -> float | NotANumberError:
    """Return the number a text states, or why it states none."""
    try:
        return parse_number(text)
    except NotANumberError as refusal:
        return refusal


def names_of(sources: Sources, columns: tuple[str, ...]) -> Mapping[str, Texts]:
    """Return those of the columns that the files have, texts `[C]`."""
    found = {name: sources.texts(name) for name in columns}
    return {name: said for name, said in found.items() if said is not None}
