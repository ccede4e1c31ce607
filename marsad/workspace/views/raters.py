"""Pages: how severe the raters of a cycle are, one of them, and who changed in any cycle."""

from __future__ import annotations

from django.http import HttpResponse

from marsad.ratings.access import cycle_for, require_may
from marsad.workspace.desk import Desk, working
from marsad.workspace.rater import RaterPage, alerts
from marsad.workspace.raters import RatersPage
from marsad.workspace.views.cycles import frame


@working
def raters(desk: Desk, cycle: str) -> HttpResponse:
    """Show how severe each rater is beside the others, and who changed."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("see_rows", desk.person, desk.at)
    return desk.show("raters", page=RatersPage(desk, found), **frame(desk, found, "workspace_raters"))


@working
def rater(desk: Desk, cycle: str, rater: str) -> HttpResponse:
    """Show one rater beside the others."""
    found = cycle_for(desk.person, cycle, desk.at)
    return desk.show("rater", page=RaterPage(desk, found, rater), **frame(desk, found, "workspace_raters"))


@working
def changed(desk: Desk) -> HttpResponse:
    """Show the raters of all cycles under way who changed."""
    return desk.show("changed_raters", alerts=alerts(desk))
