"""From a rating to the lists of every league: the rule of naming on the first wave, other reasonable ratings included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Places
from marsad.core.memory import remembered
from marsad.core.naming import Decision, First, decide, screened, share_screened
from marsad.core.posterior import Progress, Settings
from marsad.core.rating import Rating
from marsad.core.scheme import Naming, Scheme
from marsad.core.sensitivity import Bench, Runs, Space, Variant, run_all

RUNS = 100
"""Other reasonable ratings that are tried."""


@dataclass(frozen=True)
class List:
    """One end of one league: its rated channels, by their place in the rating, and what was decided on each."""

    league: str
    channels: Places
    decision: Decision


def first_lists(rating: Rating, settings: Settings, progress: Progress | None = None) -> list[List]:
    """Return both ends of every league by the first wave alone; nobody is named yet.

    Other ratings are tried where some channel would be looked at; the same settings try the same ones.
    """
    scheme = rating.tree.scheme
    bench = Bench.of(scheme, rating, settings)
    as_is = bench.run(Variant())
    ends = ends_of(rating)
    firsts = [first_of(rating, as_is, rows, best) for _, rows, best in ends]
    large = [rows.size >= scheme.naming.minimum_channels for _, rows, _ in ends]
    if any_screened(scheme.naming, firsts, large):
        runs = others(bench, settings, progress)
        firsts = [with_others(rating, runs, rows, best, first) for (_, rows, best), first in zip(ends, firsts, strict=True)]
    return [decided(scheme, *end, first) for end, first in zip(ends, firsts, strict=True)]


def any_screened(rule: Naming, firsts: Sequence[First], large: Sequence[bool]) -> bool:
    """Whether somebody would be looked at again at any of some ends, of those that are large enough for it."""
    return any(enough and screened(rule, each.chance, each.tail).any() for enough, each in zip(large, firsts, strict=True))


def screened_lists(rating: Rating, settings: Settings) -> list[List]:
    """Return both ends of every league as `first_lists`, no other rating being tried: whoever may be looked at, and some more."""
    scheme = rating.tree.scheme
    as_is = Bench.of(scheme, rating, settings).run(Variant())
    return [decided(scheme, league, rows, best, first_of(rating, as_is, rows, best)) for league, rows, best in ends_of(rating)]


def ends_of(rating: Rating) -> list[tuple[str, Places, bool]]:
    """Return both ends of every league that has rated channels: the league, those channels, and whether it is the best end."""
    return [(league, rows, best) for league, rows in leagues_of(rating).items() for best in (True, False)]


def decided(scheme: Scheme, league: str, rows: Places, best: bool, first: First) -> List:
    """Return one end of a league as the first wave decides it."""
    return List(league, rows, decide(scheme.naming, scheme.k_of(league), first, best=best))


def leagues_of(rating: Rating) -> Mapping[str, Places]:
    """Return the rated channels of every league that has any."""
    found = {str(name): np.flatnonzero(rating.rated & (rating.leagues == name)) for name in np.unique(rating.leagues)}
    return {name: rows for name, rows in found.items() if rows.size}


def others(bench: Bench, settings: Settings, progress: Progress | None) -> Runs:
    """Return the other reasonable ratings."""
    space, rating = Space(bench.scheme), bench.rating
    points = np.random.default_rng(settings.seed).random((RUNS, space.size))
    evidence = (rating.evidence.channels, rating.evidence.values, rating.evidence.se, rating.evidence.n, rating.evidence.raters)
    facts = [part for name in sorted(rating.evidence.attributes) for part in (name, rating.evidence.attributes[name])]
    limits = [part for limit in rating.limits for part in (limit.code, *vars(limit).values())]
    found = (rating.score, rating.low, rating.high, rating.rated, rating.leagues, rating.peers)
    return remembered(
        lambda: run_all(bench, [space.variant(point) for point in points], progress),
        *("others", bench.scheme, settings, *evidence, *facts, *found, *limits),
    )


def first_of(rating: Rating, as_is: Runs, rows: Places, best: bool) -> First:
    """Return what the first wave says of some channels; other ratings are not tried yet."""
    chance = (rating.p_top if best else rating.p_bottom)[rows]
    tail = (as_is.p_first if best else as_is.p_last)[0, rows]
    return First(chance, np.where(np.isnan(chance), np.nan, tail), np.full(rows.size, np.nan))


def with_others(rating: Rating, runs: Runs, rows: Places, best: bool, first: First) -> First:
    """Return the same with the share of other ratings in which a channel would be looked at."""
    chance, tail = (runs.p_top, runs.p_first) if best else (runs.p_bottom, runs.p_last)
    kept: Array = share_screened(rating.tree.scheme.naming, chance[:, rows], tail[:, rows])
    return First(first.chance, first.tail, np.where(np.isnan(first.chance), np.nan, kept))
