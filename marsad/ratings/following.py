"""What the worker does by itself once a run counts: what its integrity page tells is there before anybody asks."""

from __future__ import annotations

from datetime import datetime

from marsad.accounts.models import Person
from marsad.ratings.models import Job, Run
from marsad.ratings.orders import INTEGRITY, Order, promise
from marsad.ratings.watched import Scrutiny

UNHURRIED = -1
"""Below everything that somebody waits for."""


def follow(run: Run, at: datetime) -> None:
    """Leave to the worker what is told of every run that counts, unless it is there or under way."""
    job = integrity_job(run)
    under_way = job is not None and job.state in Job.LIVE
    if run.asked_by is not None and not under_way and not Scrutiny.objects.filter(run=run).exists():
        promise_integrity(by=run.asked_by, run=run, at=at, priority=UNHURRIED)


def integrity_job(run: Run) -> Job | None:
    """Return the job that reckons the integrity of a run, or did so last."""
    found: Job | None = Job.objects.filter(kind=INTEGRITY, said__run=run.code).order_by("-at", "-pk").first()
    return found


def promise_integrity(*, by: Person, run: Run, at: datetime, priority: int = 0) -> Job:
    """Return a job that reckons the integrity of a run."""
    return promise(by=by, order=Order(INTEGRITY, {"cycle": run.cycle.code, "run": run.code}), at=at, priority=priority)
