"""What other weights or bands would make of a run: its evidence and results made ready once, and asked again and again.

It is never the result. Scores move from those that the run stored by what the tree moves; limits, and who is rated, stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.banding import Limits
from marsad.core.evidence import Evidence
from marsad.core.facts import gather
from marsad.core.naming import screened
from marsad.core.prepare import Prepared, prepare
from marsad.core.rating import peer_groups, populations, reckon
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.sensitivity import Bench, Runs
from marsad.core.stars import Bands
from marsad.ratings.board import Board, Entry, board_of
from marsad.ratings.models import Run
from marsad.ratings.results import plain
from marsad.ratings.setup import evidence_of, setup_of_run

BEST, WORST = "best", "worst"
READY = 4
"""So many runs are kept ready in a process; one of 600 channels takes some ten megabytes."""


@dataclass(frozen=True)
class Asked:
    """Another weight for each part right under the root, by its code, and other edges between the bands, the lowest first.

    `edges` is empty where the standard has no fixed bands.
    """

    weights: Mapping[str, float]
    edges: tuple[float, ...] = ()

    def scheme(self, scheme: Scheme) -> Scheme:
        """Return the scheme so changed."""
        stars = scheme.stars
        return replace(
            scheme,
            nodes=tuple(replace(node, weight=self.weights.get(node.code, node.weight)) for node in scheme.nodes),
            indicators=tuple(replace(one, weight=self.weights.get(one.code, one.weight)) for one in scheme.indicators),
            stars=replace(stars, edges=self.edges) if isinstance(stars, Bands) and self.edges else stars,
        )


def parts_of(scheme: Scheme) -> tuple[Node | Indicator, ...]:
    """Return what lies right under the root."""
    return scheme.children[scheme.root.code]


def declared(scheme: Scheme) -> Asked:
    """Return the standard's own weights and bands."""
    edges = scheme.stars.edges if isinstance(scheme.stars, Bands) else ()
    return Asked({part.code: part.weight for part in parts_of(scheme)}, edges)


@dataclass(frozen=True)
class Stored:
    """A rating as a run stored it, `C` channels in the order of the evidence: what is needed to do it again."""

    evidence: Evidence
    prepared: Prepared
    score: Array
    low: Array
    high: Array
    rated: Mask
    leagues: Texts
    peers: Texts
    limits: tuple[Limits, ...]


@dataclass(frozen=True)
class Ready:
    """A run made ready, with what its own weights and bands give."""

    bench: Bench
    as_is: Runs


@dataclass(frozen=True)
class Side:
    """Score, star, rank and lists of a channel, on one side of a change; None where it would not be rated."""

    score: float | None
    star: float | None
    rank: float | None
    lists: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A channel before and after."""

    entry: Entry
    before: Side
    after: Side

    @property
    def starred(self) -> bool:
        """Whether its star would be another."""
        return self.before.star != self.after.star

    @property
    def listed(self) -> bool:
        """Whether it would come on to a list or leave one."""
        return self.before.lists != self.after.lists

    @property
    def ranked(self) -> bool:
        """Whether its rank would be another."""
        return self.before.rank != self.after.rank


@dataclass(frozen=True)
class Answer:
    """What was asked of a run: every channel that would change, those with another star first, then those on other lists.

    `untold` counts the rated channels whose score hangs on a part that was drawn, so that no other weight can be tried.
    """

    rated: int
    untold: int
    changes: tuple[Change, ...]


def what_if(run: Run, asked: Asked) -> Answer:
    """Return what other weights and bands would change in a finished run; whoever calls has made sure that it may be seen.

    Raises Problem where they cannot give stars, or an import of the run is missing in the lake.
    """
    ready = ready_for(run.code)
    bench = ready.bench
    other = bench.what_if(asked.scheme(bench.scheme))
    tried = bench.rating.rated & ~np.isnan(ready.as_is.score[0])
    before, after = sides_of(bench, ready.as_is), sides_of(bench, other)
    entries = board_of(run, disclosed=False).by_code
    codes = bench.rating.evidence.channels.tolist()
    changes = (Change(entries[codes[row]], before[row], after[row]) for row in np.flatnonzero(tried).tolist())
    moved = [one for one in changes if one.starred or one.listed or one.ranked]
    rated = int(bench.rating.rated.sum())
    return Answer(rated, rated - int(tried.sum()), tuple(sorted(moved, key=order)))


def order(change: Change) -> tuple[bool, bool, float, str]:
    """Return what puts changes in order: another star, another list, how many places, the code."""
    before, after = change.before.rank, change.after.rank
    places = abs(before - after) if before is not None and after is not None else np.inf
    return not change.starred, not change.listed, -places, change.entry.code


def sides_of(bench: Bench, runs: Runs) -> list[Side]:
    """Return one side of every channel."""
    columns = (runs.score[0], runs.star[0], runs.rank[0])
    numbers = zip(*(plain(column) for column in columns), ends_of(bench, runs), strict=True)
    return [Side(*found) for found in numbers]


def ends_of(bench: Bench, runs: Runs) -> Iterator[tuple[str, ...]]:
    """Yield the lists on which the rule of naming would look at each channel again, other reasonable ratings not tried."""
    rule = bench.scheme.naming
    large = np.zeros(bench.rating.rated.size, bool)
    for inside, _ in bench.leagues:
        large |= inside & (inside.sum() >= rule.minimum_channels)
    best = large & screened(rule, runs.p_top[0], runs.p_first[0])
    worst = large & screened(rule, runs.p_bottom[0], runs.p_last[0])
    for at_best, at_worst in zip(best.tolist(), worst.tolist(), strict=True):
        yield (BEST,) * at_best + (WORST,) * at_worst


@lru_cache(maxsize=READY)
def ready_for(code: str) -> Ready:
    """Return a finished run made ready; what it rests on and what it found never change."""
    run = Run.objects.select_related("cycle", "standard").get(code=code)
    setup = setup_of_run(run)
    evidence, _notes = evidence_of(setup)
    bench = Bench.of(setup.scheme, stored_of(setup.scheme, evidence, board_of(run, disclosed=False)), setup.draw)
    return Ready(bench, bench.what_if(setup.scheme))


def stored_of(scheme: Scheme, evidence: Evidence, board: Board) -> Stored:
    """Return a rating as it is stored, on its evidence."""
    leagues = populations(scheme, evidence)
    prepared = prepare(scheme, evidence, leagues)
    tree = reckon(scheme, evidence, prepared)
    entries = [board.by_code[code] for code in evidence.channels.tolist()]
    score, low, high = np.array([(one.score, one.low, one.high) for one in entries], np.float64).reshape(-1, 3).T
    return Stored(
        evidence=evidence,
        prepared=prepared,
        score=score,
        low=low,
        high=high,
        rated=np.array([one.rated for one in entries], bool),
        leagues=leagues,
        peers=peer_groups(scheme, gather(scheme, evidence, tree.prepared, tree), evidence),
        limits=tuple(limits_of(limiter.code, entries) for limiter in scheme.limiters),
    )


def limits_of(code: str, entries: list[Entry]) -> Limits:
    """Return where a limiter was applied, with the chance of its condition there; where it was not, the chance is not kept."""
    chances = [one.limits.get(code) for one in entries]
    return Limits(code, np.array(chances, np.float64), np.array([code in one.limits for one in entries], bool))
