"""A run's results as one board to read from: every channel with its names, stars and ranks, and its scores in the tree.

Pages, reports and pictures read from here and nowhere else, so that they never disagree. What a run found never changes, so its
board is read from the database once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from django.db.models import F, Max

from marsad.accounts.models import Action
from marsad.catalogue.models import Channel
from marsad.core.scheme import Scheme
from marsad.ratings.models import NodeResult, Result, Run
from marsad.ratings.releases import scheme_of, source_of
from marsad.standards import Standard, Text

NAMED = ("catalogue", "region", "entity", "channel")
"""What the audit calls that which has names on a board."""
NUMBERS = ("score", "low", "high", "star", "unlimited", "rank", "rank_low", "rank_high", "p_top", "p_bottom", "n")


@dataclass(frozen=True, slots=True)
class Score:
    """An estimate on one branch or indicator, in points: the value, the ends of its interval, and how many answers it has."""

    value: float | None
    low: float | None
    high: float | None
    n: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One channel on the board; numbers are None where it is not rated, or where nothing is known or may be told of them.

    `p_star` is the chance of each star, `limits` the codes of the limiters that were applied with their probability, `n` the
    number of answers, `trail` the SHA-256 of what is known of the channel, `own` how far it is from its kind by itself, apart
    from its entity.
    """

    code: str
    name: Text
    entity: str
    entity_name: Text
    kind: str
    region: str
    region_name: Text | None
    league: str
    rated: bool
    reason: str
    score: float | None
    low: float | None
    high: float | None
    star: float | None
    unlimited: float | None
    rank: float | None
    rank_low: float | None
    rank_high: float | None
    p_top: float | None
    p_bottom: float | None
    n: float
    p_star: Mapping[float, float]
    limits: Mapping[str, float | None]
    near_edge: bool
    trail: str
    own: Score | None = None


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The quartiles of the scores of a league on one branch or indicator."""

    first: float
    median: float
    third: float


@dataclass(frozen=True)
class Board:
    """The results of a run, by league and rank, the unrated last. `disclosed`: as published, small cells hidden.

    It is kept for long: ask the database, not the run on it, for what changes, such as the state of its cycle.
    """

    run: Run
    disclosed: bool
    entries: tuple[Entry, ...]

    @cached_property
    def standard(self) -> Standard:
        """Return the standard it was rated by, byte for byte as it was then; raises Problem where its files are gone."""
        return source_of(self.run.standard).standard

    @cached_property
    def scheme(self) -> Scheme:
        """Return the scheme with how many of each kind the cycle announced."""
        return scheme_of(self.run.standard, self.run.names)

    @cached_property
    def by_code(self) -> Mapping[str, Entry]:
        """Return the entries by the codes of their channels."""
        return MappingProxyType({entry.code: entry for entry in self.entries})

    @cached_property
    def leagues(self) -> Mapping[str, tuple[Entry, ...]]:
        """Return the entries of every league, in the order of the standard's kinds, all others after them."""
        found: dict[str, list[Entry]] = {kind: [] for kind in self.standard.kinds}
        for entry in self.entries:
            found.setdefault(entry.league, []).append(entry)
        return MappingProxyType({league: tuple(entries) for league, entries in found.items() if entries})

    @cached_property
    def quartiles(self) -> Mapping[tuple[str, str], Quartiles]:
        """Return the quartiles of the scores by league and by branch or indicator."""
        rows = nodes_on(self.run, self.disclosed).exclude(score=None).order_by().values_list("channel__code", "node", "score")
        scores: dict[tuple[str, str], list[float]] = {}
        for code, node, score in rows:
            if code in self.by_code:
                scores.setdefault((self.by_code[code].league, node), []).append(score)
        return MappingProxyType({key: quartiles_of(values) for key, values in scores.items()})

    def scores(self, code: str) -> Mapping[str, Score]:
        """Return the scores of a channel by branch and indicator."""
        rows = nodes_on(self.run, self.disclosed).filter(channel__code=code).order_by("pk")
        return {node: Score(*score) for node, *score in rows.values_list("node", "score", "low", "high", "n")}

    def of(self, entities: Collection[str]) -> Board:
        """Return the board with the channels of some entities alone; ranks stay those among all."""
        return replace(self, entries=tuple(entry for entry in self.entries if entry.entity in entities))


def nodes_on(run: Run, disclosed: bool) -> Any:
    """Return the stored estimates of branches and indicators."""
    return NodeResult.objects.filter(run=run, disclosed=disclosed)


def quartiles_of(values: Iterable[float]) -> Quartiles:
    """Return the quartiles of some scores."""
    return Quartiles(*(float(one) for one in np.quantile(np.fromiter(values, float), (0.25, 0.5, 0.75))))


def board_of(run: Run, *, disclosed: bool) -> Board:
    """Return the board of a finished run; whoever calls has made sure that it may be seen."""
    return kept_board(run.pk, disclosed, names_state())


def names_state() -> int:
    """Return the number of the last entry of the audit that may have changed a name on a board."""
    return Action.objects.filter(kind__in=NAMED).aggregate(last=Max("number"))["last"] or 0


@lru_cache(maxsize=8)
def kept_board(run: int, disclosed: bool, names: int) -> Board:
    """Return a board, read once for as long as no name on it changes."""
    found = Run.objects.select_related("cycle", "standard").get(pk=run)
    rows = Result.objects.filter(run=found, disclosed=disclosed).select_related("channel__entity", "channel__region")
    rows = rows.order_by("league", F("rank").asc(nulls_last=True), "channel__code")
    return Board(found, disclosed, tuple(entry_of(row) for row in rows))


def entry_of(row: Result) -> Entry:
    """Return a result as an entry."""
    channel: Channel = row.channel
    return Entry(
        code=channel.code,
        name=Text(channel.name_ar, channel.name_en),
        entity=channel.entity.code,
        entity_name=Text(channel.entity.name_ar, channel.entity.name_en),
        kind=channel.kind,
        region=channel.region.code if channel.region else "",
        region_name=Text(channel.region.name_ar, channel.region.name_en) if channel.region else None,
        league=row.league,
        rated=row.rated,
        reason=row.reason,
        **{name: getattr(row, name) for name in NUMBERS},
        p_star=MappingProxyType({float(star): chance for star, chance in row.p_star.items()}),
        limits=MappingProxyType(dict(row.limits)),
        near_edge=row.near_edge,
        trail=row.trail,
        own=own_part(row.apart),
    )


def own_part(apart: Mapping[str, Sequence[float]]) -> Score | None:
    """Return a channel's own part, apart from its entity's, None where they are not told apart."""
    if not apart:
        return None
    value, low, high = apart["own"]
    return Score(value, low, high, None)
