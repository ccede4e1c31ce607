"""Page: the answers of a cycle weighed to known totals, as an adjustment with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.orders import WEIGH, Order, promise
from marsad.web.texts import grouped
from marsad.workspace.desk import Desk, working
from marsad.workspace.evidence import kind_for
from marsad.workspace.views.cycles import frame
from marsad.workspace.views.evidence import received
from marsad.workspace.weighing import WeighingPage, keep
from marsad.workspace.weighing_forms import WeighForm

AT_ONCE = 1 << 16
"""Files of up to so many bytes are weighed to while whoever brought them waits: some thousand channels."""


@working
def weigh(desk: Desk, cycle: str) -> HttpResponse:
    """Weigh answers to the totals in a file, and show how each channel was weighed."""
    found = cycle_for(desk.person, cycle, desk.at)
    if kind_for(desk, found) != Intake.ADJUSTMENT:
        raise Forbidden("cycle")
    page = WeighingPage(desk, found)
    posted = (desk.request.POST, desk.request.FILES) if desk.request.method == "POST" else ()
    form = WeighForm(*posted, sources=page.sources)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form), received(form.cleaned_data["file"]) as path:
            return done(desk, found, form.cleaned_data, path)
    return desk.show("weigh", form=form, page=page, **frame(desk, found, "workspace_evidence"))


def done(desk: Desk, cycle: Cycle, said: dict[str, Any], path: Path) -> HttpResponse:
    """Weigh at once where a file is small, else as a job, and lead to what became of it; raises Problem."""
    about = {"source": said["source"], "why": said["why"]}
    if path.stat().st_size > AT_ONCE:
        order = Order(WEIGH, about | {"cycle": cycle.code, "file_name": said["file"].name}, path)
        return redirect("workspace_job", promise(by=desk.person, order=order, at=desk.at).code)
    weighed = actions.weigh_file(by=desk.person, cycle=cycle, at=desk.at, path=path, name=said["file"].name, **about)
    keep(desk, cycle, weighed)
    desk.tell(_("Weighed: %(rows)s rows.") % {"rows": grouped(weighed.took.intake.rows)})
    return redirect("workspace_weigh", cycle.code)
