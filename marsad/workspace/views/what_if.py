"""Page: what other weights or bands would change in a cycle; never the result."""

from __future__ import annotations

from django.http import HttpResponse

from marsad.ratings.access import cycle_for, require_may
from marsad.workspace.desk import Desk, working
from marsad.workspace.views.cycles import frame
from marsad.workspace.what_if import WhatIfPage


@working
def what_if(desk: Desk, cycle: str) -> HttpResponse:
    """Show which stars and lists other weights or bands would change; the address holds what is asked."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("ask_what_if", desk.person, desk.at)
    page = WhatIfPage(desk, found)
    return desk.show("what_if", page=page, **desk.listing(page.changes, page.line), **frame(desk, found, "workspace_what_if"))
