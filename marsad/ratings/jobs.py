"""What the worker does for cycles. Every process of the server reads this, so what rates is imported where there is work."""

from __future__ import annotations

from procrastinate.contrib.django import app

TASK = "ratings.rate"


@app.task(name=TASK)
def rate_run(run: str) -> None:
    """Work on a run; a worker that takes it up after another was killed begins again, since nothing was kept."""
    from marsad.ratings.running import perform

    perform(run)
