"""Page: what of a cycle's run hangs on choices; reckoned by the worker once somebody asks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.robustness import ask_for_robustness
from marsad.workspace.desk import Desk, working
from marsad.workspace.sensitivity import SensitivityPage
from marsad.workspace.views.cycles import frame


@working
def sensitivity(desk: Desk, cycle: str) -> HttpResponse:
    """Show what hangs on choices, or have it reckoned."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("ask_what_if", desk.person, desk.at)
    if desk.request.method == "POST":
        with desk.trying():
            return redirect("workspace_job", ask_for_robustness(by=desk.person, cycle=found, at=desk.at).code)
    page = SensitivityPage(desk, found)
    return desk.show(
        "sensitivity", page=page, **desk.listing(page.channels, page.line), **frame(desk, found, "workspace_sensitivity")
    )
