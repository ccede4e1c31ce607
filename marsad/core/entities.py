"""Entities in the league of a kind: each stands by the mean of the composites of its rated channels.

`E` entities of a league in the order of their names, `D` draws, `C` channels of the rating.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.evidence import Evidence
from marsad.core.ranking import Standing, ranks, standing
from marsad.core.scheme import Scheme


@dataclass(frozen=True)
class EntityLeague:
    """The entities with enough rated channels in a league: the places of those channels, `members` `[E]`, and what they come to.

    `value`, `low` and `high` `[E]` are the mean of their channels' scores and its interval, in points; `stood` their ranks and
    the chances of being among the first and last k; `draws` `[E, D]` those of the mean; `spread` the standard deviation of
    channels within an entity, pooled over all. `of` `[C]` is each channel's place among the entities of the league, rated or not,
    and -1 of all other channels.
    """

    league: str
    names: Texts
    members: tuple[Places, ...]
    of: Places
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


def entity_leagues(
    scheme: Scheme, evidence: Evidence, leagues: Texts, score: Array, draws: Array | None, level: float
) -> tuple[EntityLeague, ...]:
    """Return where entities stand in every league that has any; none where the scheme names no entities or nothing was drawn.

    `score` `[C]` are the channels' scores, NaN where not rated, and `draws` `[C, D]` those of their composites.
    """
    rule = scheme.naming.entities
    runs_by = evidence.attributes.get(rule.attribute) if rule else None
    if rule is None or runs_by is None or draws is None:
        return ()
    found = []
    for league in np.unique(leagues).tolist():
        theirs = (leagues == league) & (runs_by != "")
        rated = theirs & ~np.isnan(score)
        names, counts = np.unique(runs_by[rated], return_counts=True)
        names = names[counts >= rule.minimum_channels]
        if names.size:
            of = np.where(theirs & np.isin(runs_by, names), np.searchsorted(names, runs_by), -1)
            found.append(stood_in(league, names, of, rated, score, draws, (rule.k, level)))
    return tuple(found)


def stood_in(
    league: str, names: Texts, of: Places, rated: Mask, score: Array, draws: Array, asked: tuple[int, float]
) -> EntityLeague:
    """Return where the entities of one league stand; `asked` are how many may be named, and the level of intervals."""
    k, level = asked
    members = tuple(np.flatnonzero(rated & (of == place)) for place in range(names.size))
    means = np.array([draws[rows].mean(axis=0) for rows in members])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=1)
    within = sum(((draws[rows] - mean) ** 2).sum(axis=0) for rows, mean in zip(members, means, strict=True))
    freedom = sum(rows.size - 1 for rows in members)
    return EntityLeague(
        league=league,
        names=names,
        members=members,
        of=of,
        value=np.array([score[rows].mean() for rows in members]),
        low=low,
        high=high,
        stood=standing(means, k, level),
        draws=means,
        spread=float(np.sqrt(np.mean(within / freedom))) if freedom else 0.0,
    )
