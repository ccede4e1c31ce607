"""Page: how little would change the results of a cycle, and what in its evidence is to be looked at."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.integrity import ask_for_integrity
from marsad.workspace.desk import Desk, working
from marsad.workspace.integrity import IntegrityPage
from marsad.workspace.views.cycles import frame


@working
def integrity(desk: Desk, cycle: str) -> HttpResponse:
    """Show every rated channel, those to be looked at first; ask once more where that could not be reckoned."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("see_rows", desk.person, desk.at)
    if desk.request.method == "POST":
        with desk.trying():
            ask_for_integrity(by=desk.person, cycle=found, at=desk.at)
            return redirect("workspace_integrity", found.code)
    page = IntegrityPage(desk, found)
    listing = desk.listing(page.channels, page.line)
    marked = [line for line in listing["lines"] if line.marked]
    return desk.show("integrity", page=page, marked=marked, **listing, **frame(desk, found, "workspace_integrity"))


@working
def integrity_progress(desk: Desk, cycle: str) -> HttpResponse:
    """Give how far the worker is, for the page that asks again and again; once it has ended, the page is to be loaded anew."""
    page = IntegrityPage(desk, cycle_for(desk.person, cycle, desk.at))
    response = desk.show("_integrity_progress", page=page)
    if page.under_way is None:
        response["HX-Refresh"] = "true"
    return response
