"""How much of a rating hangs on its maker's choices: what every channel keeps in other ratings, and which choice moves most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.core.lists import RUNS, others
from marsad.core.naming import share_screened
from marsad.core.posterior import Progress, Settings
from marsad.core.sensitivity import GROUPS, Bench, Kept, Runs, Space, kept, run_all
from marsad.core.sobol import Design, indices

POINTS = 128
"""Points of each of the two samples that indices come from, a power of two; a run more for every group at each of them."""


@dataclass(frozen=True)
class Robust:
    """What other reasonable ratings make of a rating: what each channel `[C]` kept, and on which choices ranks hang.

    `best` and `worst` `[C]` are the shares of the runs in which screening would look at a channel at that end, NaN where none
    rates it. `first` and `total` `[F, L]` are Sobol indices of the average shift in rank of
    the `leagues` `[L]`, by the groups of choices; NaN where nothing moves or some run rates nobody.
    """

    kept: Kept
    best: Array
    worst: Array
    leagues: Texts
    first: Array
    total: Array


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
    return Robust(kept(star, runs), best, worst, leagues, found.first, found.total)


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
