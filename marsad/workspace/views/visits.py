"""Pages: where the next visits of a cycle go, the same as a file of assignments, and how ready its lists are."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from marsad.ratings.access import cycle_for, require_may
from marsad.workspace.desk import Desk, working
from marsad.workspace.readiness import ReadinessPage
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import as_file
from marsad.workspace.visits import VisitsPage


@working
def visits(desk: Desk, cycle: str) -> HttpResponse:
    """Show where the next visits settle most, on a map and in a list."""
    page = page_of(desk, cycle)
    return desk.show("visits", page=page, **desk.listing(page.stops, page.line), **frame(desk, page.cycle, "workspace_visits"))


@working
def visits_csv(desk: Desk, cycle: str) -> HttpResponse:
    """Give the assignments as a file."""
    page = page_of(desk, cycle)
    if page.plan is None:
        raise Http404
    return as_file(page.csv(), f"visits-{page.cycle.code}")


def page_of(desk: Desk, cycle: str) -> VisitsPage:
    """Return the page of a cycle for whoever plans its visits; raises Forbidden and NotFound."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("plan_visits", desk.person, desk.at)
    return VisitsPage(desk, found)


@working
def readiness(desk: Desk, cycle: str) -> HttpResponse:
    """Show how many places of the lists are sure today, and what more visits are expected to settle."""
    found = cycle_for(desk.person, cycle, desk.at)
    require_may("plan_visits", desk.person, desk.at)
    return desk.show("readiness", page=ReadinessPage(desk, found), **frame(desk, found, "workspace_readiness"))
