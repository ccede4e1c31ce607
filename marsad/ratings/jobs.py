"""What the worker does for cycles."""

from __future__ import annotations

from procrastinate.contrib.django import app

from marsad.ratings.running import TASK, perform


@app.task(name=TASK)
def rate_run(run: str) -> None:
    """Work on a run; a worker that takes it up after another was killed begins again, since nothing was kept."""
    perform(run)
