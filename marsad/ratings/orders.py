"""What takes longer than a request may: kept as a job with its file, for the worker; `marsad/api/work.py` carries it out."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from marsad.accounts.codes import CHANCE_BYTES, new_code
from marsad.accounts.models import Person
from marsad.ratings.models import Job

TASK = "ratings.orders"
STORE = "uploads"
TAKE, ADJUST, CORRECT, PUBLISH, REPUBLISH = "evidence", "adjustment", "correction", "publication", "republication"
CONFIRM, DRAW = "confirmation", "draw"
SENSITIVITY, INTEGRITY, WEIGH = "sensitivity", "integrity", "weights"
"""The kinds of orders about cycles."""


@dataclass(frozen=True)
class Order:
    """What a request asks: of what kind, all that is said of it, fit for JSON, and the file that came with it."""

    kind: str
    said: Mapping[str, Any]
    file: Path | None = None


def promise(*, by: Person, order: Order, at: datetime, priority: int = 0) -> Job:
    """Keep an order with its file as a job for the worker, who takes the highest priority first."""
    code = new_code(at, secrets.token_bytes(CHANCE_BYTES))
    name = order.file.name if order.file else ""
    if order.file:
        uploads().mkdir(parents=True, exist_ok=True, mode=0o700)
        (uploads() / code).mkdir(mode=0o700)
        shutil.move(order.file, uploads() / code / name)
    try:
        with transaction.atomic():
            place = getattr(by, "place", "")
            job: Job = Job.objects.create(
                code=code, kind=order.kind, said=dict(order.said), file=name, by_id=by.pk, place=place, at=at
            )
            app.configure_task(TASK, priority=priority).defer(job=code)
    except BaseException:
        drop_upload(code)
        raise
    return job


def uploads() -> Path:
    """Return the folder of what waits for the worker: a folder for each job."""
    home: Path = settings.MARSAD.home
    return home / STORE


def settle(job: Job, state: str, at: datetime, **said: Any) -> bool:
    """Bring a job to its end, once; return whether it had none yet."""
    return bool(Job.objects.filter(pk=job.pk, state__in=Job.LIVE).update(state=state, ended=at, **said))


def cancel(*, job: Job, at: datetime) -> Job:
    """Cancel a job that has no end yet; whoever works on it stops at the next step, and nothing of it is kept."""
    settle(job, Job.CANCELLED, at)
    job.refresh_from_db()
    return job


def drop_upload(code: str) -> None:
    """Remove what came with an order."""
    shutil.rmtree(uploads() / code, ignore_errors=True)
