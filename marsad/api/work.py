"""What the worker does of orders that were kept as jobs: whole or not at all, told of while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.accounts.models import Person, Scope
from marsad.api.models import Machine
from marsad.api.problems import of_error
from marsad.ratings.models import Job
from marsad.ratings.orders import TASK, Order, drop_upload, settle, uploads

LANGUAGES = ("ar", "en")
SCOPES: Mapping[str, Scope] = {
    "evidence": Scope.EVIDENCE_WRITE,
    "adjustment": Scope.CYCLES_WRITE,
    "correction": Scope.CYCLES_WRITE,
    "confirmation": Scope.CYCLES_WRITE,
    "weights": Scope.CYCLES_WRITE,
    "draw": Scope.CYCLES_WRITE,
    "channels": Scope.CHANNELS_WRITE,
    "publication": Scope.PUBLICATIONS_WRITE,
    "republication": Scope.PUBLICATIONS_WRITE,
    "sensitivity": Scope.CYCLES_WRITE,
    "integrity": Scope.CYCLES_WRITE,
}
"""What a token must be for to order each kind of job, and to call it off."""
KEPT = timedelta(days=30)
"""How long it is told how a job ended."""
TOLD_EVERY = 0.3
"""Seconds between two words on how far a job is."""
Answer = tuple[int, dict[str, Any]]
"""A status and what is said."""
Progress = Callable[[int, int], None]
"""Hears how much of how much is done."""


class CancelledError(Exception):
    """Somebody cancelled the job meanwhile."""


Work = Callable[[Person, Order, datetime, Progress], Answer]
"""Does what somebody orders; at the time that is given, by which it knows what it did before it was killed."""


def heard_by_nobody(done: int, total: int) -> None:
    """Say to nobody how far it is."""


def perform(code: str, clock: Callable[[], datetime] = timezone.now) -> Job:
    """Work on a job until it has an end; does nothing where it has one. What it writes and its end are one transaction."""
    job = Job.objects.select_related("by").get(code=code)
    with alone_on(job):
        live = Job.objects.filter(pk=job.pk, state__in=Job.LIVE)
        if live.update(state=Job.RUNNING, done=0, begun=Coalesce(F("begun"), clock())):
            job.refresh_from_db()
            try:
                do(job, clock)
            except CancelledError:
                pass
            except Exception as error:
                if connection.connection is None or connection.connection.closed:
                    raise  # with the database gone nothing can be said; another worker takes the job up again
                settle(job, Job.FAILED, clock(), refusal={language: told(error, language) for language in LANGUAGES})
                drop_upload(job.code)
                if of_error(error).code == "our-mistake":
                    raise
            drop_upload(job.code)
    job.refresh_from_db()
    return job


def do(job: Job, clock: Callable[[], datetime]) -> None:
    """Do what a job asks; raises CancelledError where it is not wanted any more."""
    from marsad.api.works import IN_STEPS, WORKS

    speaker = Machine.of(job.by, job.place)
    order = Order(job.kind, job.said, uploads() / job.code / job.file if job.file else None)
    with telling(job) as progress:
        if job.kind in IN_STEPS:
            _status, result = WORKS[job.kind](speaker, order, job.begun, progress)
            Job.objects.filter(pk=job.pk).update(state=Job.DONE, ended=clock(), result=result)  # it is out, whoever called it off
            return
        with transaction.atomic():
            _status, result = WORKS[job.kind](speaker, order, job.begun, progress)
            if not settle(job, Job.DONE, clock(), result=result):
                raise CancelledError


def told(error: Exception, language: str) -> dict[str, Any]:
    """Return why a job failed, as the API says it in a language."""
    with override(language):
        return of_error(error).document()


@contextmanager
def telling(job: Job) -> Iterator[Progress]:
    """Give something to tell how far a job is, on a connection of its own: others see it while the work is one transaction."""
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < TOLD_EVERY:
            return
        last = time.monotonic()
        if not Job.objects.filter(pk=job.pk, state=Job.RUNNING).exists():
            raise CancelledError
        teller.submit(tell, job.pk, done, total).result()

    with ThreadPoolExecutor(max_workers=1) as teller:
        try:
            yield progress
        finally:
            teller.submit(hang_up).result()


def tell(pk: int, done: int, total: int) -> None:
    """Write how far a job is."""
    Job.objects.filter(pk=pk, state=Job.RUNNING).update(done=done, total=total)


def hang_up() -> None:
    """Close the connection of this thread."""
    connection.close()


@contextmanager
def alone_on(job: Job) -> Iterator[None]:
    """Be the only one who works on a job; the lock goes with the connection, however the process ends."""
    number = int.from_bytes(sha256(f"job {job.code}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def give_up_lost(*, at: datetime) -> int:
    """Fail jobs of which the queue knows nothing any more, and return how many: they brought down every worker that tried."""
    under_way = ProcrastinateJob.objects.filter(task_name=TASK, status__in=["todo", "doing"]).values_list("args__job", flat=True)
    lost = list(Job.objects.filter(state__in=Job.LIVE).exclude(code__in=list(under_way)))
    for job in lost:
        broken = RuntimeError("every worker that tried was lost")
        settle(job, Job.FAILED, at, refusal={language: told(broken, language) for language in LANGUAGES})
        drop_upload(job.code)
    return len(lost)


def forget_jobs(*, at: datetime) -> int:
    """Drop jobs that ended long ago, and files that nobody waits for; return how many jobs."""
    waited_for = set(Job.objects.filter(state__in=Job.LIVE).values_list("code", flat=True))
    for folder in uploads().glob("*"):
        if folder.name not in waited_for and at.timestamp() - folder.stat().st_mtime > KEPT.total_seconds():
            drop_upload(folder.name)
    dropped, _each = Job.objects.filter(ended__lt=at - KEPT).delete()
    return dropped
