"""Page: how little would change the results of a cycle, and what in its evidence is to be looked at."""

from __future__ import annotations

from django.http import HttpResponse

from marsad.ratings.access import cycle_for, require_may
from marsad.workspace.desk import Desk, working
from marsad.workspace.integrity import IntegrityPage
from marsad.workspace.views.cycles import frame


@working
def integrity(desk: Desk, cycle: str) -> HttpResponse:
    """Show every rated channel, those to be looked at first."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("see_rows", desk.person, desk.at)
    page = IntegrityPage(desk, found)
    return desk.show(
        "integrity", page=page, **desk.listing(page.channels, page.line), **frame(desk, found, "workspace_integrity")
    )
