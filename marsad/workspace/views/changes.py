"""Page: the cheapest changes with which a channel is expected to reach its next star."""

from __future__ import annotations

from django.http import HttpResponse

from marsad.ratings.access import cycle_for
from marsad.workspace.changes import ChangesPage
from marsad.workspace.desk import Desk, working
from marsad.workspace.results import channel_page
from marsad.workspace.views.cycles import frame


@working
def changes(desk: Desk, cycle: str, channel: str) -> HttpResponse:
    """Show the way of a channel to its next star; the address holds what a level costs."""
    found = cycle_for(desk.person, cycle, desk.at)
    page = ChangesPage(channel_page(desk, found, channel))
    return desk.show("changes", page=page, **frame(desk, found, "workspace_results"))
