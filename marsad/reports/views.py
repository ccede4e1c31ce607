"""Reports as files, and the page from which all of a cycle are printed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.accounts.access import Forbidden
from marsad.core.lifecycle import Role
from marsad.public.editions import Edition, edition_of, editions
from marsad.public.pages import title_of
from marsad.reports.jobs import PRINT
from marsad.reports.store import Report, archive_of, channel_reports, printed_of

MAY_PRINT = frozenset({Role.PROGRAMME, Role.LEADER, Role.COUNCIL, Role.AUDITOR})
WAITING = ("todo", "doing")


@require_GET
def channel(request: HttpRequest, channel: str, cycle: str | None = None) -> HttpResponse:
    """Give the report of a channel."""
    return given(Report("channel", channel, get_language() or "ar", edition_of(cycle)))


@require_GET
def entity(request: HttpRequest, entity: str, cycle: str | None = None) -> HttpResponse:
    """Give the report of an entity."""
    return given(Report("entity", entity, get_language() or "ar", edition_of(cycle)))


@require_GET
def cycle(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Give the report of a cycle."""
    edition = edition_of(cycle)
    return given(Report("cycle", edition.cycle.code, get_language() or "ar", edition))


def given(report: Report) -> HttpResponse:
    """Return a report as a file that the browser shows."""
    response = HttpResponse(report.printed(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="marsad-{report.edition.cycle.code}-{report.name}"'
    response["Cache-Control"] = "public, max-age=60"
    return response


def require_printing(request: HttpRequest) -> None:
    """Raise Forbidden unless a person leads, decides, checks, or is of the programme team."""
    if not request.user.roles() & MAY_PRINT:
        raise Forbidden("report")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Show what is printed of every published cycle, and have all channels' reports printed."""
    require_printing(request)
    if request.method == "POST":
        edition = edition_of(request.POST.get("cycle"))
        if not under_way(edition.cycle.code):
            app.configure_task(PRINT).defer(cycle=edition.cycle.code)
        return redirect("reports")
    rows = [row_of(edition) for edition in editions()]
    return render(request, "reports/reports.html", {"rows": rows})


@login_required
@never_cache
@require_GET
def progress(request: HttpRequest, cycle: str) -> HttpResponse:
    """Show how far the printing of a cycle is."""
    require_printing(request)
    return render(request, "reports/_printing.html", {"row": row_of(edition_of(cycle))})


@login_required
@never_cache
@require_GET
def archive(request: HttpRequest, cycle: str) -> FileResponse:
    """Give all printed channel reports of a cycle in one archive."""
    require_printing(request)
    file = archive_of(edition_of(cycle)).open("rb")
    return FileResponse(file, as_attachment=True, filename=f"marsad-{cycle}-channels.zip")


def under_way(cycle: str) -> bool:
    """Whether a job prints the reports of a cycle, or waits to."""
    return ProcrastinateJob.objects.filter(task_name=PRINT, args__cycle=cycle, status__in=WAITING).exists()


def row_of(edition: Edition) -> dict[str, object]:
    """Return a published cycle with how many of its reports there are."""
    found = channel_reports(edition)
    printed, total = printed_of(found), len(found)
    return {
        "cycle": edition.cycle.code,
        "title": title_of(edition.cycle)[get_language() or "ar"],
        "printed": printed,
        "total": total,
        "complete": printed == total,
        "under_way": under_way(edition.cycle.code),
    }
