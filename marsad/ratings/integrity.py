"""What would manipulate a result, and what looks as if somebody did, of the run that counts in a cycle.

Nothing of it changes a star or a list: it says where to look. What a run rests on and found never changes, so that the worker
reckons it once, by itself as soon as a run counts, and it is kept with the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from marsad.accounts.models import Person
from marsad.ratings.access import counting_run, cycle_for, require_counting_run, require_may
from marsad.ratings.board import Board, board_of
from marsad.ratings.checked import Checked, checked_of, row_of
from marsad.ratings.drifting import kept_drifts
from marsad.ratings.following import integrity_job, promise_integrity
from marsad.ratings.models import Cycle, Job, Run
from marsad.ratings.orders import Order
from marsad.ratings.scrutiny import Heard, scrutinised
from marsad.ratings.setup import setup_of_run
from marsad.ratings.watched import Scrutiny


@dataclass(frozen=True)
class Integrity:
    """All rated channels, the marked first, then those whose star takes the fewest answers.

    How many answer sheets there are, how many of them nobody invited, and whether the standard counts these.
    """

    board: Board
    channels: tuple[Checked, ...]
    sheets: int
    uninvited: int
    uninvited_count: bool


def integrity_for(person: Person, cycle: Cycle, at: datetime) -> Integrity | None:
    """Return what is known of the run that counts in a cycle, None where it was not reckoned yet; raises Forbidden."""
    require_may("see_rows", person, at)
    run = counting_run(cycle)
    return kept_integrity(run.code) if run and Scrutiny.objects.filter(run=run).exists() else None


@lru_cache(maxsize=4)
def kept_integrity(code: str) -> Integrity:
    """Return what was reckoned of a run; it never changes."""
    found = Scrutiny.objects.select_related("run").get(run__code=code)
    board = board_of(found.run, disclosed=False)
    return Integrity(
        board=board,
        channels=tuple(checked_of(row, board.by_code) for row in found.channels),
        sheets=found.sheets,
        uninvited=found.uninvited,
        uninvited_count=found.uninvited_count,
    )


def job_for_integrity(person: Person, cycle: Cycle, at: datetime) -> Job | None:
    """Return the job that reckons it or did so last, None where there is none; raises Forbidden."""
    require_may("see_rows", person, at)
    run = counting_run(cycle)
    return integrity_job(run) if run else None


def ask_for_integrity(*, by: Person, cycle: Cycle, at: datetime) -> Job:
    """Return the job that reckons it for the run that counts in a cycle; the one under way where there is one."""
    require_may("see_rows", by, at)
    run = require_counting_run(cycle)
    job = integrity_job(run)
    return job if job and job.state in Job.LIVE else promise_integrity(by=by, run=run, at=at)


def reckoned(by: Person, order: Order, at: datetime, progress: Heard) -> tuple[int, dict[str, Any]]:
    """Reckon it of a run and keep it, unless that was done or the run counts no more; return its status and which run it is."""
    cycle = cycle_for(by, order.said["cycle"], at)
    require_may("see_rows", by, at)
    run = cycle.runs.select_related("cycle", "standard").get(code=order.said["run"])
    if run in (cycle.current_run, counting_run(cycle)) and not Scrutiny.objects.filter(run=run).exists():
        keep(run, progress, at)
    return 200, {"run": run.code}


def keep(run: Run, heard: Heard, at: datetime) -> Scrutiny:
    """Reckon what is known of a finished run, and keep it."""
    found = scrutinised(run, heard)
    kept_drifts(run.pk)  # the page beside this one is quick then too
    kept: Scrutiny = Scrutiny.objects.create(
        run=run,
        channels=[row_of(channel) for channel in found.channels],
        sheets=found.sheets,
        uninvited=found.uninvited,
        uninvited_count=not setup_of_run(run).scheme.invited_only,
        at=at,
    )
    return kept
