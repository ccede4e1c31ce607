"""What of a run hangs on choices: reckoned once by the worker, since it takes hundreds of ratings, and kept with the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from marsad.accounts.models import Person
from marsad.core.lists import RUNS
from marsad.core.robustness import POINTS, EntitiesKept, Robust, ratings_asked, robustness
from marsad.core.sensitivity import GROUPS
from marsad.ratings.access import counting_run, cycle_for, require_counting_run, require_may
from marsad.ratings.aftermath import Looked
from marsad.ratings.board import Board, Entry, board_of
from marsad.ratings.entity_lists import Entity, rankings
from marsad.ratings.models import Cycle, Job, Run
from marsad.ratings.orders import SENSITIVITY, Order, promise
from marsad.ratings.results import plain
from marsad.ratings.setup import setup_of_run
from marsad.ratings.watched import Robustness
from marsad.ratings.what_if import ready_for

DIGITS = 6
KEPT = ("star", "star_low", "star_high", "rank_low", "rank_high")
ENDS = ("best", "worst")
BY_ENTITY = ("rank_low", "rank_high", "first", "last")


@dataclass(frozen=True)
class Keeps:
    """What one channel keeps: the share of ratings with its star, the stars and ranks of their middle 90 %, and list by list.

    `best` and `worst` are the shares in which it would be looked at for that list. None where no other rating rates it.
    """

    entry: Entry
    star: float | None
    star_low: float | None
    star_high: float | None
    rank_low: float | None
    rank_high: float | None
    best: float | None
    worst: float | None


@dataclass(frozen=True)
class EntityKeeps:
    """What one entity of a league keeps: the ranks of the middle 90 % of ratings, the shares among the first and the last k.

    None where it stands in no other rating.
    """

    entity: Entity
    rank_low: float | None
    rank_high: float | None
    first: float | None
    last: float | None


@dataclass(frozen=True)
class EntityTable:
    """The entities of a league, the best first, of whom the first and last `k` may be named; nobody among fewer than `least`."""

    league: str
    k: int
    least: int
    entities: tuple[EntityKeeps, ...]

    @property
    def enough(self) -> bool:
        """Whether some of them may be named."""
        return len(self.entities) >= self.least


@dataclass(frozen=True)
class Indices:
    """Sobol indices of the shift in rank of a league's `size` rated channels, by group; None where they are not known."""

    league: str
    size: int
    first: Mapping[str, float | None]
    total: Mapping[str, float | None]


@dataclass(frozen=True)
class Told:
    """What of a run hangs on choices."""

    board: Board
    tried: int
    channels: tuple[Keeps, ...]
    leagues: tuple[Indices, ...]
    entities: tuple[EntityTable, ...]
    """League by league; none where the standard names no entities, or before they were asked after."""


def robustness_for(person: Person, cycle: Cycle, at: datetime) -> Told | None:
    """Return what of the run that counts in a cycle hangs on choices, None where it was not reckoned yet; raises Forbidden."""
    require_may("ask_what_if", person, at)
    run = counting_run(cycle)
    found = Robustness.objects.filter(run=run).first() if run else None
    if run is None or found is None:
        return None
    board = board_of(run, disclosed=False)
    sizes = {league: sum(entry.rated for entry in entries) for league, entries in board.leagues.items()}
    return Told(
        board,
        found.tried,
        tuple(Keeps(board.by_code[code], *values) for code, *values in found.channels if board.by_code[code].rated),
        tuple(Indices(one["league"], sizes[one["league"]], one["first"], one["total"]) for one in found.leagues),
        tuple(tables_of(run, board, found.entities)),
    )


def tables_of(run: Run, board: Board, rows: Sequence[Sequence[Any]]) -> Iterator[EntityTable]:
    """Yield what is kept of the entities of every league, beside where the run has them stand."""
    rule, kept = board.scheme.naming.entities, {(league, code): values for league, code, *values in rows}
    looked = Looked.objects.filter(run=run).first()
    if rule is None or looked is None or not kept:
        return
    for one in rankings(looked.entity_lists, board.scheme):
        entities = tuple(EntityKeeps(entity, *kept[one.league, entity.code]) for entity in one.entities)
        yield EntityTable(one.league, one.k, rule.minimum_entities, entities)


def ask_for_robustness(*, by: Person, cycle: Cycle, at: datetime) -> Job:
    """Return the job that reckons it for the run that counts in a cycle; the one under way where there is one."""
    require_may("ask_what_if", by, at)
    run = require_counting_run(cycle)
    waiting = Job.objects.filter(kind=SENSITIVITY, state__in=Job.LIVE, said__run=run.code, by_id=by.pk).first()
    return waiting or promise(by=by, order=Order(SENSITIVITY, {"cycle": cycle.code, "run": run.code}), at=at)


def reckoned(by: Person, order: Order, at: datetime, progress: Callable[[int, int], None]) -> tuple[int, dict[str, Any]]:
    """Reckon what of a run hangs on choices and keep it, unless that was done; return its status and which run it is."""
    cycle = cycle_for(by, order.said["cycle"], at)
    require_may("ask_what_if", by, at)
    run = cycle.runs.get(code=order.said["run"])
    if not Robustness.objects.filter(run=run).exists():
        done, total = 0, ratings_asked(POINTS)

        def heard(more: int) -> None:
            nonlocal done
            done += more
            progress(done, total)

        keep(run, heard, at)
    return 200, {"run": run.code}


def keep(run: Run, heard: Callable[[int], None], at: datetime) -> Robustness:
    """Reckon what of a finished run hangs on choices, and keep it."""
    bench, entries = ready_for(run.code).bench, board_of(run, disclosed=False).by_code
    codes = bench.rating.evidence.channels.tolist()
    star, rank = np.array([(entries[code].star, entries[code].rank) for code in codes], np.float64).reshape(-1, 2).T
    found = robustness(bench, star, rank, setup_of_run(run).draw, points=POINTS, progress=heard)
    kept: Robustness = Robustness.objects.create(
        run=run,
        tried=RUNS,
        channels=rows_of(codes, found),
        leagues=indices_of(found),
        entities=[row for league in found.entities for row in entity_rows(league)],
        at=at,
    )
    return kept


def rows_of(codes: list[str], found: Robust) -> list[list[Any]]:
    """Return what every channel keeps as it is stored."""
    columns = [getattr(found.kept, name) for name in KEPT] + [getattr(found, name) for name in ENDS]
    return [
        [code, *row]
        for code, row in zip(codes, zip(*(plain(np.round(one, DIGITS)) for one in columns), strict=True), strict=True)
    ]


def entity_rows(found: EntitiesKept) -> Iterator[list[Any]]:
    """Yield what every entity of a league keeps as it is stored."""
    columns = (plain(np.round(getattr(found, name), DIGITS)) for name in BY_ENTITY)
    for code, *values in zip(found.names.tolist(), *columns, strict=True):
        yield [found.league, code, *values]


def indices_of(found: Robust) -> list[dict[str, Any]]:
    """Return the indices of every league as they are stored."""
    tables = {name: np.round(getattr(found, name), DIGITS).T for name in ("first", "total")}
    return [
        {"league": str(league)} | {name: dict(zip(GROUPS, plain(table[place]), strict=True)) for name, table in tables.items()}
        for place, league in enumerate(found.leagues)
    ]
