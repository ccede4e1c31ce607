"""Pages: who is visited again after the lock, and the same as a file of assignments."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.confirming import ask_for_round
from marsad.workspace.confirmation import ConfirmationPage
from marsad.workspace.desk import Desk, working
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import as_file


@working
def confirmation(desk: Desk, cycle: str) -> HttpResponse:
    """Show who is visited again, or have them drawn."""
    page = page_of(desk, cycle)
    if desk.request.method == "POST":
        with desk.trying():
            return redirect("workspace_job", ask_for_round(by=desk.person, cycle=page.cycle, at=desk.at).code)
        return redirect("workspace_confirmation", cycle)
    return desk.show(
        "confirmation", page=page, **desk.listing(page.drawn, page.line), **frame(desk, page.cycle, "workspace_confirmation")
    )


@working
def confirmation_csv(desk: Desk, cycle: str) -> HttpResponse:
    """Give the assignments as a file, in which nobody can tell who is a decoy."""
    page = page_of(desk, cycle)
    if not page.drawn.exists():
        raise Http404
    return as_file(page.csv(), f"confirmation-{page.cycle.code}")


def page_of(desk: Desk, cycle: str) -> ConfirmationPage:
    """Return the page of a cycle for whoever sees its round; raises Forbidden and NotFound."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("see_round", desk.person, desk.at)
    return ConfirmationPage(desk, found)
