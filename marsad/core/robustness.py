"""How much of a rating hangs on its maker's choices: what channels and entities keep in other ratings, which choice moves most.

`C` channels, `E` entities of a league, `V` other ratings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.core.entities import Members, means, members_of
from marsad.core.lists import RUNS, others
from marsad.core.naming import share_screened
from marsad.core.posterior import Progress, Settings
from marsad.core.ranking import rank_draws
from marsad.core.scheme import Entities
from marsad.core.sensitivity import GROUPS, Bench, Kept, Runs, Space, kept, middle, run_all
from marsad.core.sobol import Design, indices

POINTS = 128
"""Points of each of the two samples that indices come from, a power of two; a run more for every group at each of them."""


@dataclass(frozen=True)
class EntitiesKept:
    """What the entities of a league keep, `[E]` in the order of their names.

    `rank_low` and `rank_high` are the ranks of the middle 90 % of the runs in which an entity stands; `first` and `last` the
    shares of these in which it is among the first and the last k. NaN where it stands in none.
    """

    league: str
    names: Texts
    rank_low: Array
    rank_high: Array
    first: Array
    last: Array


@dataclass(frozen=True)
class Robust:
    """What other reasonable ratings make of a rating: what each channel `[C]` kept, and on which choices ranks hang.

    `best` and `worst` `[C]` are the shares of the runs in which screening would look at a channel at that end, NaN where none
    rates it. `first` and `total` `[F, L]` are Sobol indices of the average shift in rank of the `leagues` `[L]`, by the groups of
    choices; NaN where nothing moves or some run rates nobody. `entities` are those of every league that has any.
    """

    kept: Kept
    best: Array
    worst: Array
    leagues: Texts
    first: Array
    total: Array
    entities: tuple[EntitiesKept, ...]


def ratings_asked(points: int = POINTS) -> int:
    """Return how many ratings it takes in all."""
    return RUNS + (2 + len(GROUPS)) * points


def robustness(
    bench: Bench, star: Array, rank: Array, settings: Settings, *, points: int = POINTS, progress: Progress | None = None
) -> Robust:
    """Return what hangs on choices of a rating with these stars and ranks `[C]`; the same settings try the same choices."""
    runs = others(bench, settings, progress)
    space, rule = Space(bench.scheme), bench.scheme.naming
    design = Design.of(space.size, [space.columns(group) for group in GROUPS], points, settings.seed)
    tried = run_all(bench, [space.variant(point) for point in design.points], progress)
    leagues = np.unique(bench.rating.leagues[bench.rating.rated])
    found = indices(design, shifts(tried, rank, bench.rating.leagues, leagues))
    best = share_screened(rule, runs.p_top, runs.p_first)
    worst = share_screened(rule, runs.p_bottom, runs.p_last)
    return Robust(kept(star, runs), best, worst, leagues, found.first, found.total, entities_kept(bench, runs))


def shifts(runs: Runs, rank: Array, of: Texts, leagues: Texts) -> Array:
    """Return the average shift in rank `[V, L]` of the channels of each league, NaN where a run rates none of them.

    M. Saisana, A. Saltelli, S. Tarantola, JRSS A 168 (2005), 307-323, formula 6.
    """
    away = np.abs(runs.rank - rank)
    found = np.full((len(away), leagues.size), np.nan)
    for place, league in enumerate(leagues):
        inside = away[:, of == league]
        told = ~np.isnan(inside).all(axis=1)
        found[told, place] = np.nanmean(inside[told], axis=1)
    return found


def entities_kept(bench: Bench, runs: Runs) -> tuple[EntitiesKept, ...]:
    """Return what held in the runs of the entities of every league; none where the scheme names no entities."""
    rule, rating = bench.scheme.naming.entities, bench.rating
    leagues = members_of(bench.scheme, rating.evidence, rating.leagues, rating.score)
    return tuple(kept_in(one, runs, rule) for one in leagues) if rule else ()


def kept_in(league: Members, runs: Runs, rule: Entities) -> EntitiesKept:
    """Return what held of the entities of one league.

    In a run each stands by the mean of its channels rated there. A run that rates fewer of them than it takes to stand says
    nothing of that entity, which then takes no rank in it.
    """
    mean = means(runs.score, league.members, rule.minimum_channels).T
    stands = ~np.isnan(mean)
    best, worst = (np.where(stands, rank_draws(score), np.nan).T for score in (mean, -mean))
    times = stands.sum(axis=1)
    nobody = np.full(times.size, np.nan)
    first, last = (np.divide((rank <= rule.k).sum(axis=0), times, out=nobody.copy(), where=times > 0) for rank in (best, worst))
    return EntitiesKept(league.league, league.names, middle(best, 0.05), middle(best, 0.95), first, last)
