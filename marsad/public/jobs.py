"""What the worker does for public pages: draw those of new publications before anybody asks for them."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

TASK = "public.draw_ahead"
SECONDS = 20
"""For so long pages are drawn at a time, so that no other job waits longer."""
AFTER_ALL_ELSE = -10


@app.periodic(cron="* * * * *")
@app.task(name=TASK, queueing_lock=TASK, priority=AFTER_ALL_ELSE)
def draw_ahead(timestamp: int) -> None:
    """Draw pages that are published and not drawn yet; asked every minute, and again at once while there are more."""
    from marsad.public.ahead import draw_some, forget_corrected

    forget_corrected()
    if draw_some(SECONDS):
        with suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(TASK, queueing_lock=TASK, priority=AFTER_ALL_ELSE).defer(timestamp=timestamp)
