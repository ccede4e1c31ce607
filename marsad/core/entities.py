"""Entities in the league of a kind: each stands by the mean of the composites of its rated channels.

`E` entities of a league in the order of their names, `D` draws, `C` channels of the rating, `V` other ratings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marsad.core.arrays import Array, Places, Texts
from marsad.core.evidence import Evidence
from marsad.core.ranking import Standing, ranks, standing
from marsad.core.scheme import Scheme


@dataclass(frozen=True)
class Members:
    """The entities with enough rated channels in a league, `names` `[E]`, and the places of those channels, `members` `[E]`.

    `of` `[C]` is each channel's place among the entities of the league, rated or not, and -1 of all other channels.
    """

    league: str
    names: Texts
    members: tuple[Places, ...]
    of: Places


@dataclass(frozen=True)
class EntityLeague(Members):
    """Where the entities of a league stand, and what their channels come to.

    `value`, `low` and `high` `[E]` are the mean of their channels' scores and its interval, in points; `stood` their ranks and
    the chances of being among the first and last k; `draws` `[E, D]` those of the mean; `spread` the standard deviation of
    channels within an entity, pooled over all.
    """

    value: Array
    low: Array
    high: Array
    stood: Standing
    draws: Array
    spread: float

    @cached_property
    def rank(self) -> Array:
        """Return the rank of each, the best first, `[E]`."""
        return ranks(self.value).astype(np.float64)

    @property
    def sizes(self) -> Places:
        """Return how many rated channels each has, `[E]`."""
        return np.array([rows.size for rows in self.members])


def members_of(scheme: Scheme, evidence: Evidence, leagues: Texts, score: Array) -> Iterator[Members]:
    """Yield who stands in every league that has entities, by scores `[C]`, NaN where not rated; none without a rule for them."""
    rule = scheme.naming.entities
    runs_by = evidence.attributes.get(rule.attribute) if rule else None
    if rule is None or runs_by is None:
        return
    for league in np.unique(leagues).tolist():
        theirs = (leagues == league) & (runs_by != "")
        rated = theirs & ~np.isnan(score)
        names, counts = np.unique(runs_by[rated], return_counts=True)
        names = names[counts >= rule.minimum_channels]
        if names.size:
            of = np.where(theirs & np.isin(runs_by, names), np.searchsorted(names, runs_by), -1)
            members = tuple(np.flatnonzero(rated & (of == place)) for place in range(names.size))
            yield Members(league, names, members, of)


def means(score: Array, members: Sequence[Places], least: int = 1) -> Array:
    """Return the mean scores `[V, E]` of entities in other ratings, of the channels rated there by their scores `[V, C]`.

    NaN where fewer than `least` of an entity's channels are.
    """
    parts = np.nan_to_num(score), ~np.isnan(score)
    total, count = (np.array([part[:, rows].sum(axis=1) for rows in members]) for part in parts)
    return np.asarray(np.divide(total, count, out=np.full(total.shape, np.nan), where=count >= least).T)


def entity_leagues(
    scheme: Scheme, evidence: Evidence, leagues: Texts, score: Array, draws: Array | None, level: float
) -> tuple[EntityLeague, ...]:
    """Return where entities stand in every league that has any; none where the scheme names no entities or nothing was drawn.

    `score` `[C]` are the channels' scores, NaN where not rated, and `draws` `[C, D]` those of their composites.
    """
    rule = scheme.naming.entities
    if rule is None or draws is None:
        return ()
    return tuple(stood_in(one, score, draws, (rule.k, level)) for one in members_of(scheme, evidence, leagues, score))


def stood_in(one: Members, score: Array, draws: Array, asked: tuple[int, float]) -> EntityLeague:
    """Return where the entities of one league stand; `asked` are how many may be named, and the level of intervals."""
    k, level = asked
    drawn = np.array([draws[rows].mean(axis=0) for rows in one.members])
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=1)
    within = sum(((draws[rows] - mean) ** 2).sum(axis=0) for rows, mean in zip(one.members, drawn, strict=True))
    freedom = sum(rows.size - 1 for rows in one.members)
    return EntityLeague(
        **vars(one),
        value=np.array([score[rows].mean() for rows in one.members]),
        low=low,
        high=high,
        stood=standing(drawn, k, level),
        draws=drawn,
        spread=float(np.sqrt(np.mean(within / freedom))) if freedom else 0.0,
    )
