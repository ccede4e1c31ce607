"""Pages: the evidence of a cycle, a file of it brought in, and the evidence behind a number."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marsad.accounts.access import Forbidden
from marsad.ratings import actions
from marsad.ratings.access import cycle_for
from marsad.ratings.intake import NEEDS_REASON
from marsad.ratings.models import Cycle, Intake, Job
from marsad.ratings.orders import ADJUST, CONFIRM, CORRECT, TAKE, Order, promise
from marsad.workspace.desk import Desk, working
from marsad.workspace.evidence import entities_for, evidence_page, file_of, kind_for
from marsad.workspace.forms import UploadForm
from marsad.workspace.results import channel_page, results_page, trail_page
from marsad.workspace.standing import ahead
from marsad.workspace.views.cycles import frame

AT_ONCE = 1 << 20
"""Files of up to so many bytes are taken in while whoever brought them waits."""
ORDERS = {
    Intake.ORDINARY: TAKE,
    Intake.ADJUSTMENT: ADJUST,
    Intake.CORRECTION: CORRECT,
    Intake.CONFIRMATION: CONFIRM,
    Intake.SECOND_CORRECTION: CORRECT,
}
CHANGES = {
    Intake.ADJUSTMENT: actions.adjust_evidence,
    Intake.CORRECTION: actions.correct_evidence,
    Intake.SECOND_CORRECTION: actions.correct_confirmation,
}
"""What takes the place of rows that count, for a reason."""


@working
def evidence(desk: Desk, cycle: str) -> HttpResponse:
    """Show the evidence of a cycle, and what is missing."""
    found = cycle_for(desk.person, cycle, desk.at)
    page = evidence_page(desk, found)
    return desk.show("evidence", page=page, gaps=desk.paged(page.gaps), **frame(desk, found, "workspace_evidence"))


@working
def missing_csv(desk: Desk, cycle: str) -> HttpResponse:
    """Give who lacks what as a file: all of it, or what was asked for."""
    found = cycle_for(desk.person, cycle, desk.at)
    return as_file(file_of(evidence_page(desk, found).gaps), f"missing-{found.code}")


def as_file(content: str, name: str) -> HttpResponse:
    """Return a table as a file."""
    headers = {"Content-Disposition": f'attachment; filename="marsad-{name}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@working
def bring(desk: Desk, cycle: str) -> HttpResponse:
    """Bring a file of evidence into a cycle: taken in at once where it is small, else as a job."""
    found = cycle_for(desk.person, cycle, desk.at)
    kind = kind_for(desk, found)
    if kind is None:
        raise Forbidden("cycle")
    posted = (desk.request.POST, desk.request.FILES) if desk.request.method == "POST" else ()
    form = UploadForm(*posted, entities=entities_for(desk), needs_reason=kind in NEEDS_REASON)
    if desk.request.method == "POST" and form.is_valid():
        with desk.trying(form), received(form.cleaned_data["file"]) as path:
            if path.stat().st_size > AT_ONCE:
                return redirect("workspace_job", ordered(desk, found, kind, form.cleaned_data, path).code)
            took = taken(desk, found, kind, form.cleaned_data, path)
            desk.tell(told_of(took))
            return redirect("workspace_evidence", cycle)
    return desk.show("bring", form=form, kind=kind, **frame(desk, found, "workspace_evidence"))


def told_of(took: actions.Took) -> str:
    """Return what was taken in, in words."""
    return _("Taken in: %(rows)s rows.") % {"rows": took.intake.rows} if took.new else _("The cycle had these very rows already.")


@contextmanager
def received(file: UploadedFile) -> Iterator[Path]:
    """Give a file as it was sent, in a folder that goes afterwards; the worker may take it from there."""
    with tempfile.TemporaryDirectory(prefix="marsad-brought-") as folder:
        path = Path(folder) / f"evidence{'.parquet' if (file.name or '').lower().endswith('.parquet') else '.csv'}"
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        yield path


def seen_at(said: Mapping[str, Any]) -> datetime | None:
    """Return the moment that is said of all rows: the beginning of the day."""
    return timezone.make_aware(datetime.combine(said["seen"], time())) if said["seen"] else None


def taken(desk: Desk, cycle: Cycle, kind: str, said: Mapping[str, Any], path: Path) -> actions.Took:
    """Return what was taken in as one kind of intake; raises Problem."""
    brought = actions.Brought(path, source=said["source"], seen=seen_at(said), file_name=said["file"].name)
    by: dict[str, Any] = {"by": desk.person, "cycle": cycle, "at": desk.at, "brought": brought}
    if kind == Intake.ORDINARY:
        return actions.take_evidence(**by, entity_code=said.get("entity", ""))
    if kind == Intake.CONFIRMATION:
        return actions.confirm_evidence(**by)
    return CHANGES[kind](**by, why=said["why"])


def ordered(desk: Desk, cycle: Cycle, kind: str, said: Mapping[str, Any], path: Path) -> Job:
    """Return the job that will take a file in."""
    seen = seen_at(said)
    about = {"cycle": cycle.code, "source": said["source"], "seen": seen.isoformat() if seen else None}
    about |= {"entity": said.get("entity", ""), "why": said.get("why", ""), "file_name": said["file"].name}
    about["second"] = kind == Intake.SECOND_CORRECTION
    return promise(by=desk.person, order=Order(ORDERS[kind], about, path), at=desk.at)


@working
def results(desk: Desk, cycle: str) -> HttpResponse:
    """Show the results of a cycle that whoever is signed in may see."""
    found = cycle_for(desk.person, cycle, desk.at)
    page = results_page(desk, found)
    return desk.show("results", page=page, **desk.listing(page.entries, page.row), **frame(desk, found, "workspace_results"))


@working
def channel(desk: Desk, cycle: str, channel: str) -> HttpResponse:
    """Show one channel's result with all its parts."""
    found = cycle_for(desk.person, cycle, desk.at)
    page = channel_page(desk, found, channel)
    said = desk.say(ahead(page.results.board, page.entry))
    return desk.show("channel", page=page, ahead=said, **frame(desk, found, "workspace_results"))


@working
def trail(desk: Desk, cycle: str, channel: str, indicator: str) -> HttpResponse:
    """Show what stands behind a number."""
    found = cycle_for(desk.person, cycle, desk.at)
    return desk.show("trail", page=trail_page(desk, found, channel, indicator), **frame(desk, found, "workspace_results"))
