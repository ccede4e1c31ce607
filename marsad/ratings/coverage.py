"""How much evidence a cycle has of every source, where it is missing, and when it came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.scheme import Indicator
from marsad.lake import queries
from marsad.ratings.access import MAY, cycle_for, entities_of, require_may, roles_of
from marsad.ratings.models import Cycle
from marsad.ratings.setup import Setup, east_now, setup_of, the_engine, the_lake
from marsad.standards import Text


@dataclass(frozen=True)
class Missing:
    """What a channel lacks of a source: indicators without any answer, and `few`: those with fewer than count, with how many."""

    channel: str
    name: Text
    entity: str
    entity_name: Text
    kind: str
    source: str
    none: tuple[str, ...]
    few: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Held:
    """What there is of a source: of `total` channels that need it, `enough` have enough on every indicator, `some` have any."""

    source: str
    enough: int
    some: int
    total: int


@dataclass(frozen=True)
class Coverage:
    """The evidence of a cycle by source, what is missing by channel, and how many answers were given on each day."""

    sources: tuple[Held, ...]
    missing: tuple[Missing, ...]
    days: tuple[tuple[date, int], ...]

    @property
    def answers(self) -> int:
        """Return how many answers there are in all."""
        return sum(n for _day, n in self.days)


def coverage_for(person: Person, cycle: Cycle, at: datetime) -> Coverage:
    """Return the evidence of a cycle: all of it for who checks, that of their own entities for a champion; raises Forbidden."""
    cycle = cycle_for(person, cycle.code, at)
    if not roles_of(person, at) & MAY["see_rows"] and not entities_of(person, at):
        require_may("see_rows", person, at)
    sees_all = bool(roles_of(person, at) & MAY["see_rows"])
    return kept_coverage(cycle.pk, setup_of(cycle).inputs, None if sees_all else entities_of(person, at))


@lru_cache(maxsize=64)
def kept_coverage(cycle: int, inputs: str, entities: frozenset[str] | None) -> Coverage:
    """Return the evidence of a cycle, asked of the lake once for as long as nothing that decides its result changes."""
    setup = setup_of(Cycle.objects.select_related("standard").get(pk=cycle))
    covered = Channel.objects.filter(covered__cycle=cycle).select_related("entity").order_by("code")
    channels = list(covered if entities is None else covered.filter(entity__code__in=entities))
    needs = [*needed(setup, channels)]
    counts = kept_counts(cycle, inputs)
    found = [(channel, source, lacking(channel, source, asked, counts)) for channel, source, asked in needs]
    missing = tuple(gap for _channel, _source, gap in found if gap is not None)
    return Coverage(held(needs, found, counts), missing, days_of(setup) if entities is None else ())


Need = tuple[Channel, str, tuple[Indicator, ...]]
Counts = Mapping[tuple[str, str], int]


def needed(setup: Setup, channels: list[Channel]) -> Iterator[Need]:
    """Yield, source by source, which indicators of it apply to every channel."""
    scheme = setup.scheme
    for source in dict.fromkeys(one.source for one in scheme.indicators if one.source):
        for channel in channels:
            kind = setup.scope.get(channel.code, channel.kind)
            asked = tuple(one for one in scheme.indicators if one.source == source and (not one.kinds or kind in one.kinds))
            if asked:
                yield channel, source, asked


@lru_cache(maxsize=4)
def kept_counts(cycle: int, inputs: str) -> Counts:
    """Return how many answers of a cycle count, asked of the lake once for all entities."""
    return counts_of(setup_of(Cycle.objects.select_related("standard").get(pk=cycle)))


def counts_of(setup: Setup) -> Counts:
    """Return how many answers count, by channel and indicator."""
    found = queries.counts(the_engine(), the_lake(), setup.version, setup.cycle)
    rows = zip(found["subject"].tolist(), found["indicator"].tolist(), found["n"].tolist(), strict=True)
    return {(subject, indicator): int(n) for subject, indicator, n in rows}


def lacking(channel: Channel, source: str, asked: tuple[Indicator, ...], counts: Counts) -> Missing | None:
    """Return what a channel lacks of a source, None where it has enough."""
    have = {one: counts.get((channel.code, one.code), 0) for one in asked}
    none = tuple(one.code for one, n in have.items() if not n)
    few = tuple((one.code, n) for one, n in have.items() if 0 < n < one.minimum_n)
    if not none and not few:
        return None
    name, entity = Text(channel.name_ar, channel.name_en), channel.entity
    return Missing(channel.code, name, entity.code, Text(entity.name_ar, entity.name_en), channel.kind, source, none, few)


def held(needs: list[Need], found: list[tuple[Channel, str, Missing | None]], counts: Counts) -> tuple[Held, ...]:
    """Return what there is of every source."""
    total: dict[str, int] = {}
    enough: dict[str, int] = {}
    some: dict[str, int] = {}
    for (channel, source, asked), (_channel, _source, gap) in zip(needs, found, strict=True):
        total[source] = total.get(source, 0) + 1
        enough[source] = enough.get(source, 0) + (gap is None)
        some[source] = some.get(source, 0) + any(counts.get((channel.code, one.code)) for one in asked)
    return tuple(Held(source, enough[source], some[source], total[source]) for source in total)


def days_of(setup: Setup) -> tuple[tuple[date, int], ...]:
    """Return how many answers were given on each day, those without any between the first and the last included."""
    found = queries.arrivals(the_engine(), the_lake(), setup.version, setup.cycle, east=east_now())
    if not found["day"].size:
        return ()
    said = dict(zip(found["day"].tolist(), found["n"].tolist(), strict=True))
    every = np.arange(found["day"][0], found["day"][-1] + 1)
    return tuple((day, int(said.get(day, 0))) for day in every.tolist())
