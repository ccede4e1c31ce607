"""The process that works off the jobs. Started by `marsad serve`; run alone: `python -m marsad.config.worker`.

A worker may be killed at any moment. Its heart stops beating; after STALLED_SECONDS another worker takes the job up again from
its beginning. A worker whose job loses the database ends itself, so that the same happens. So every job works in steps, each of
them one transaction that says it is done, and begins by skipping what is done: then nothing is lost and nothing committed is
repeated. A job that brought down its worker ATTEMPTS times fails for good.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from procrastinate.job_context import JobContext
    from procrastinate.worker import Worker

ATTEMPTS = 5
PAUSE_SECONDS = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pulse:
    """How often a worker says that it lives, and after how long a silence its jobs are taken from it."""

    beat_seconds: float = 3.0
    stalled_seconds: float = 20.0


async def take_up_stalled(pulse: Pulse) -> int:
    """Put the jobs of workers that fell silent back into the queue, or fail them; return how many."""
    from procrastinate import exceptions
    from procrastinate.contrib.django import app
    from procrastinate.jobs import Status

    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pulse.stalled_seconds))
    for job in stalled:
        log.warning("job %s (%s) lost its worker", job.id, job.task_name)
        try:
            if job.attempts + 1 >= ATTEMPTS:
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)
            else:
                await app.job_manager.retry_job(job)
        except exceptions.ConnectorException:
            log.info("job %s was taken up elsewhere", job.id)
    return len(stalled)


async def watch(pulse: Pulse) -> None:
    """Look for stalled jobs, for ever."""
    while True:
        await take_up_stalled(pulse)
        await asyncio.sleep(pulse.beat_seconds)


def end_with_the_database(go_on: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Do a job; where it loses the database end the process at once, so that the job is no failure but taken up by another."""
    from django.db import InterfaceError, OperationalError

    try:
        return go_on()
    except (InterfaceError, OperationalError):
        log.exception("job %s lost the database; the worker ends", context.job.id)
        os._exit(1)


async def work(pulse: Pulse, *, wait: bool = True, concurrency: int = 1) -> None:
    """Work off the jobs until told to stop, or, without `wait`, until there is none."""
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            await take_up_stalled(pulse)
            watching = asyncio.create_task(watch(pulse))
            working_off = asyncio.create_task(
                working.run_worker_async(
                    wait=wait,
                    concurrency=concurrency,
                    update_heartbeat_interval=pulse.beat_seconds,
                    stalled_worker_timeout=pulse.stalled_seconds,
                    fetch_job_polling_interval=pulse.beat_seconds,
                    task_middleware=[end_with_the_database],
                )
            )
            done, _ = await asyncio.wait({watching, working_off}, return_when=asyncio.FIRST_COMPLETED)
            watching.cancel()
            if watching in done:  # it only ends by an error, such as a database that has gone
                working_off.cancel()
            for finished in done:
                finished.result()


def wait_for_database() -> None:
    """Wait until the database answers: while it does not there is nothing to work off."""
    from django.db import OperationalError, connection

    waited = False
    while True:
        try:
            connection.ensure_connection()
            connection.close()
            return
        except OperationalError:
            if not waited:
                log.warning("waiting for the database")
            waited = True
            time.sleep(PAUSE_SECONDS)


async def work_or_end(pulse: Pulse) -> None:
    """Work; on an error such as a lost database end at once, so that no thread goes on with a job that another takes up."""
    try:
        await work(pulse)
    except Exception:
        log.exception("the worker ends")
        os._exit(1)


def main(pulse: Pulse = Pulse()) -> None:
    """Run until stopped."""
    from marsad.config import SERVER, ready
    from marsad.config.lifeline import arguments, hold

    hold(arguments().lifeline)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ready(SERVER)
    wait_for_database()
    asyncio.run(work_or_end(pulse))


if __name__ == "__main__":
    main()
