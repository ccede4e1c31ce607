"""What stands out in a run: channels off the funnel of their league, and those that changed since the last publication.

A change counts against how far the channels of its league moved and how far they differ in that anyway; what is marked over all
channels at once opens a re-review. Both cycles must be rated by the same standard: other goalposts make other scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from marsad.accounts.models import Person
from marsad.core.arrays import Array
from marsad.core.estimate import normal_quantile
from marsad.core.posterior import Settings
from marsad.core.watching import Funnel, funnels, marked
from marsad.ratings.access import counting_run, newest_publications, require_may
from marsad.ratings.board import Board, Entry, board_of
from marsad.ratings.models import Cycle, Publication, Run

REACH = 2 * normal_quantile(Settings.level)
"""How many standard errors the intervals of results are wide."""


@dataclass(frozen=True)
class Spot:
    """A channel beside the funnel of its league: its score with its error, how far off it is in errors, whether to look at it."""

    entry: Entry
    score: float
    error: float
    z: float
    marked: bool


@dataclass(frozen=True)
class Change:
    """A channel since the last publication: its scores, how far off its league's change its own is in errors, whether to look."""

    entry: Entry
    before: float
    after: float
    z: float
    marked: bool

    @property
    def change(self) -> float:
        """Return by how many points it changed."""
        return self.after - self.before


@dataclass(frozen=True)
class Watch:
    """What stands out in a run: spots by league with their funnels, and changes since another publication, the farthest first.

    `before` is that publication, None where there is none; `comparable`: it was rated by the same standard.
    """

    board: Board
    funnels: Mapping[str, Funnel]
    spots: tuple[Spot, ...]
    before: Publication | None
    comparable: bool
    shifts: Mapping[str, Funnel]
    changes: tuple[Change, ...]

    @property
    def marked(self) -> tuple[Change, ...]:
        """Return the changes to look at."""
        return tuple(one for one in self.changes if one.marked)


def watch_for(person: Person, cycle: Cycle, at: datetime) -> Watch | None:
    """Return what stands out in the run that counts in a cycle, None where there is none yet; raises Forbidden."""
    require_may("watch", person, at)
    run = counting_run(cycle)
    return watch_of(run) if run else None


def watch_of(run: Run) -> Watch:
    """Return what stands out in a finished run; whoever calls has made sure that it may be seen."""
    before = publication_before(run.cycle)
    return kept_watch(run.pk, before.pk if before else None)


def publication_before(cycle: Cycle) -> Publication | None:
    """Return the publication that counts of the cycle that was published last before this one."""
    others = newest_publications().exclude(cycle=cycle).select_related("run__standard", "cycle")
    own = cycle.publication
    others = others.filter(number__lt=own.number) if own else others
    return others.order_by("-cycle__opens_on", "-number").first()


@lru_cache(maxsize=16)
def kept_watch(run: int, before: int | None) -> Watch:
    """Return the same, reckoned once: what runs found never changes."""
    found = Run.objects.select_related("cycle", "standard").get(pk=run)
    board = board_of(found, disclosed=False)
    of, z, outside = off_funnel(board)
    spots = (Spot(entry, *known(entry), z[row], outside[row]) for row, entry in enumerate(board.entries) if not np.isnan(z[row]))
    older = Publication.objects.select_related("run__standard", "cycle").get(pk=before) if before else None
    comparable = older is not None and older.run.standard.digest == found.standard.digest
    shifts, changes = changes_since(board, board_of(older.run, disclosed=False)) if older and comparable else ({}, ())
    return Watch(board, of, tuple(spots), older, comparable, shifts, changes)


def off_funnel(board: Board) -> tuple[dict[str, Funnel], list[float], list[bool]]:
    """Return the funnel of every league, and of each channel how far off it is and whether to look at it."""
    score, error = columns(board.entries)
    found, z = funnels(score, error, leagues_of(board.entries))
    return found, z.tolist(), marked(z).tolist()


def changes_since(board: Board, before: Board) -> tuple[dict[str, Funnel], tuple[Change, ...]]:
    """Return the funnel of every league's changes, and the changes of channels that both boards rate, the farthest off first."""
    both = [entry for entry in board.entries if entry.code in before.by_code]
    now, now_error = columns(both)
    then, then_error = columns([before.by_code[entry.code] for entry in both])
    found, z = funnels(now - then, np.hypot(now_error, then_error), leagues_of(both))
    looked = marked(z)
    told = [
        Change(entry, float(then[row]), float(now[row]), float(z[row]), bool(looked[row]))
        for row, entry in enumerate(both)
        if not np.isnan(z[row])
    ]
    return found, tuple(sorted(told, key=lambda one: (-abs(one.z), one.entry.code)))


def leagues_of(entries: list[Entry] | tuple[Entry, ...]) -> np.ndarray:
    """Return the leagues of channels `[C]`."""
    return np.array([entry.league for entry in entries], dtype=np.str_)


def columns(entries: list[Entry] | tuple[Entry, ...]) -> tuple[Array, Array]:
    """Return scores and standard errors of channels `[C]`, NaN where one is not known."""
    told = [known(entry) for entry in entries]
    score, error = np.array(told, np.float64).reshape(-1, 2).T
    return score, error


def known(entry: Entry) -> tuple[float, float]:
    """Return a channel's score and standard error, NaN where one is not known."""
    if not entry.rated or entry.score is None or entry.low is None or entry.high is None:
        return np.nan, np.nan
    return entry.score, (entry.high - entry.low) / REACH
