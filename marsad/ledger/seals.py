"""What was found of a bundle: one seal for each thing that must hold, whole, broken or not checked, and where it broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from marsad.core.problem import Problem, Sentence, Translate

WHOLE, BROKEN, UNCHECKED = "whole", "broken", "unchecked"
SEALS = ("form", "files", "sealed", "trees", "standard", "evidence", "stars", "chances", "decision", "rows", "signature", "chain")
"""Every seal in the order it is looked at."""
SHOWN = 5
"""The places a seal names before it only counts them."""


@dataclass(frozen=True)
class Said:
    """A clause: a message in English, to be looked up in a translation, and the values it holds."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the clause in English."""
        return self.say(str)

    def say(self, translate: Translate) -> str:
        """Return the clause in the language of a catalogue, values that are sentences or clauses with it."""
        message, values = translate(self.message), {name: in_words(value, translate) for name, value in self.values.items()}
        return message % values if values else message


def in_words(value: object, translate: Translate) -> object:
    """Return a value as it is said: a clause, a sentence or a problem in the language of a catalogue, anything else as it is."""
    if isinstance(value, Problem):
        return value.say(translate).rstrip(".")
    return value.say(translate) if isinstance(value, Said | Sentence) else value


def said(message: str, **values: object) -> Said:
    """Return a clause; its values stand in it as `%(name)s`."""
    return Said(message, values)


@dataclass(frozen=True)
class Seal:
    """One seal: its name, its state, and what is to be said of it; of a broken one every place."""

    name: str
    state: str
    clauses: tuple[Said, ...]

    def __str__(self) -> str:
        """Return all of it as one sentence in English."""
        return self.say(str)

    def say(self, translate: Translate) -> str:
        """Return all of it as one sentence in the language of a catalogue."""
        more = len(self.clauses) - SHOWN
        clauses = [*self.clauses[:SHOWN], *([said("and %(more)s more", more=more)] if more > 0 else [])]
        whole_of_it = reduce(lambda first, last: said("%(first)s; %(last)s", first=first, last=last), clauses)
        text = whole_of_it.say(translate)
        return text if text.endswith("…") else f"{text}."


def whole(name: str, message: str, **values: object) -> Seal:
    """Return a seal that holds."""
    return Seal(name, WHOLE, (said(message, **values),))


def broken(name: str, clauses: Sequence[Said]) -> Seal:
    """Return a seal that does not hold."""
    return Seal(name, BROKEN, tuple(clauses))


def unchecked(name: str, message: str, **values: object) -> Seal:
    """Return a seal that nobody could look at."""
    return Seal(name, UNCHECKED, (said(message, **values),))


@dataclass(frozen=True)
class Report:
    """What was found of a bundle for an `audience`; `remarks` say what can and cannot be recomputed from it."""

    identity: str
    fingerprint: str
    audience: str
    seals: tuple[Seal, ...]
    remarks: tuple[Said, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether no seal is broken and the signature was checked."""
        return all(seal.state != BROKEN for seal in self.seals) and self["signature"].state == WHOLE

    def __getitem__(self, name: str) -> Seal:
        """Return a seal by its name."""
        return next(seal for seal in self.seals if seal.name == name)

    @property
    def broken(self) -> tuple[str, ...]:
        """Return the names of the broken seals."""
        return tuple(seal.name for seal in self.seals if seal.state == BROKEN)
