"""What the worker does for the API: what takes long, messages on publications, and forgetting what is over.

Every process of the server reads this, so what does the work is imported where there is work.
"""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from marsad.api.models import Delivery
from marsad.ratings.orders import TASK

DELIVER = "api.deliver"
"""The name of the job that delivers a message."""
ATTEMPTS = 8
RETRY = RetryStrategy(max_attempts=ATTEMPTS - 1, exponential_wait=4)
"""After 4, 16, 64 … seconds, the last time after some four and a half hours."""


class NotDeliveredError(Exception):
    """The other side did not take a message: the job is tried again."""


@app.periodic(cron="* * * * *")
@app.task(name="api.announce", queueing_lock="api.announce")
def announce(timestamp: int) -> None:
    """Queue messages on what was published; asked every minute, so that nothing is missed whoever published it."""
    from marsad.api import actions, work
    from marsad.api.throttle import forget_counts

    actions.announce_publications(at=timezone.now())
    work.give_up_lost(at=timezone.now())
    forget_counts()


@app.task(name=TASK)
def perform(job: str) -> None:
    """Work on a job; a worker that takes it up after another was killed begins again, since nothing was kept."""
    from marsad.api import work

    work.perform(job)


@app.task(name=DELIVER, retry=RETRY, pass_context=True)
def deliver(context: JobContext, delivery: str) -> None:
    """Try to deliver a message; the last time it fails for good."""
    from marsad.api import actions

    tried = actions.deliver(code=delivery, at=timezone.now())
    if tried.state != Delivery.WAITING:
        return
    if context.job.attempts >= ATTEMPTS - 1:
        actions.give_up(code=delivery)
        return
    raise NotDeliveredError(delivery)


@app.periodic(cron="17 3 * * *")
@app.task(name="api.forget", queueing_lock="api.forget")
def forget(timestamp: int) -> None:
    """Drop the answers whose keys are no longer remembered, and jobs that ended long ago."""
    from marsad.api import actions, work

    actions.forget_answers(at=timezone.now())
    work.forget_jobs(at=timezone.now())
