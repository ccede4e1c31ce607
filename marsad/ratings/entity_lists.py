"""The entities of a decision as pages show them: where each stands among those of a kind, and the verdict on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marsad.core.arrays import Array
from marsad.core.entity_lists import decide_entities
from marsad.core.naming import Decision, First, Second, Verdict
from marsad.core.problem import Sentence
from marsad.core.scheme import Scheme
from marsad.core.verdicts import told
from marsad.ratings.decisions import decision_of
from marsad.ratings.models import Publication

NUMBERS = ("chance", "far", "kept")


@dataclass(frozen=True)
class Entity:
    """Where an entity stands in a league: by the mean of so many channels, in points, with its interval, and its rank."""

    code: str
    channels: int
    value: float
    low: float
    high: float
    rank: int


@dataclass(frozen=True)
class Ranking:
    """The entities of a league, the best first, and what was decided on each at both ends, in that order."""

    league: str
    k: int
    entities: tuple[Entity, ...]
    best: Decision
    worst: Decision

    @property
    def is_confirmed(self) -> bool:
        """Whether new evidence decided at either end."""
        return any(one.second is not None for one in (self.best, self.worst))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return the place of every entity in the order."""
        return {one.code: place for place, one in enumerate(self.entities)}

    def named(self, *, best: bool) -> tuple[Entity, ...]:
        """Return who is named at one end."""
        named = (self.best if best else self.worst).of(Verdict.NAMED)
        return tuple(one for one, is_named in zip(self.entities, named.tolist(), strict=True) if is_named)

    def is_again(self, code: str) -> bool:
        """Whether new evidence tells of an entity."""
        place = self.places[code]
        return any(one.second is not None and not np.isnan(one.second.chance[place]) for one in (self.best, self.worst))

    def told(self, code: str) -> list[tuple[bool, Verdict, list[Sentence]]]:
        """Return the verdicts on an entity of which the rule says something, whether at the best end, and what they rest on."""
        place = self.places[code]
        found = [(one.best, Verdict(one.verdict[place]), told(one, place)) for one in (self.best, self.worst)]
        return [one for one in found if one[1] != Verdict.NONE]


def rankings_of(publication: Publication, scheme: Scheme) -> tuple[Ranking, ...]:
    """Return the entities of every league of a publication; none where its decision names no entities or it holds none."""
    return rankings(decision_of(publication.code).get("entities", ()), scheme)


def rankings(lists: Sequence[Mapping[str, Any]], scheme: Scheme) -> tuple[Ranking, ...]:
    """Return the entities of every league as lists of a decision tell them."""
    if scheme.naming.entities is None:
        return ()
    ends = {(one["league"], one["end"] == "first"): one for one in lists}
    return tuple(ranking(ends[league, True], ends[league, False], scheme) for league, best in ends if best)


def ranking(best: Mapping[str, Any], worst: Mapping[str, Any], scheme: Scheme) -> Ranking:
    """Return the entities of one league by its two ends."""
    order = sorted(range(len(best["entities"])), key=lambda place: (best["entities"][place]["rank"], place))
    first, last = ([one["entities"][place] for place in order] for one in (best, worst))
    names = ("channels", "value", "low", "high", "rank")
    return Ranking(
        league=best["league"],
        k=best["k"],
        entities=tuple(Entity(said["entity"], **{name: said[name] for name in names}) for said in first),
        best=decided_at(first, scheme, best=True),
        worst=decided_at(last, scheme, best=False),
    )


def decided_at(said: Sequence[Mapping[str, Any]], scheme: Scheme, *, best: bool) -> Decision:
    """Return what was decided at one end, from the numbers it rests on."""
    first = First(*(numbers(said, name) for name in NUMBERS))
    return decide_entities(scheme.naming, first, second_in(said), best=best)


def second_in(said: Sequence[Mapping[str, Any]]) -> Second | None:
    """Return what new evidence says of entities, None where there is none."""
    again = [one.get("again", {}) for one in said]
    if not any(again):
        return None
    decoys = np.array([bool(one.get("decoy")) for one in again])
    told = {name: numbers(again, name) for name in ("chance", "waves", "n", "raters", "width")}
    return Second(decoys=decoys, own=np.full(len(again), np.nan), **told)


def numbers(said: Sequence[Mapping[str, Any]], name: str) -> Array:
    """Return a number of every entity, NaN where it is not known."""
    return np.array([np.nan if one.get(name) is None else one[name] for one in said], dtype=np.float64)
