"""What the worker does for reports: sets those of all channels of a publication, from where it stopped before."""

from __future__ import annotations

from procrastinate.contrib.django import app

PRINT = "reports.print"


@app.task(name=PRINT)
def print_reports(cycle: str) -> int:
    """Set the reports of all channels of a published cycle; return how many there are."""
    from marsad.public.editions import edition_of
    from marsad.reports.store import channel_reports, print_missing

    return sum(1 for _report in print_missing(channel_reports(edition_of(cycle))))
