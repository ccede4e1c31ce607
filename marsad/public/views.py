"""The public pages: each names its template and its presenter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from marsad.public.best_and_worst import best_and_worst_page
from marsad.public.channel import channel_page
from marsad.public.compare import compare_page
from marsad.public.entity import entity_page
from marsad.public.evidence import evidence_page
from marsad.public.league import league_page
from marsad.public.league_file import league_csv as file_of
from marsad.public.near import near_page
from marsad.public.pages import page_at, show
from marsad.public.sky import sky_page


def sky(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show how the nation's services are doing, and find one."""
    return show(request, "public/sky.html", lambda page: {"sky": sky_page(page)})


def league(request: HttpRequest, league: str | None = None, cycle: str | None = None) -> HttpResponse:
    """Show who stands where, and who cannot be told apart."""
    return show(request, "public/league.html", lambda page: {"league": league_page(page, league)})


def league_csv(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Give a league as a file: all of it, or what was asked for."""
    page = page_at(request)
    response = HttpResponse(file_of(league_page(page, page.query.get("league"))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="marsad-{page.edition.cycle.code}.csv"'
    return response


def best_and_worst(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show who may be named, and on what evidence."""
    return show(request, "public/best_and_worst.html", lambda page: {"ends": best_and_worst_page(page)})


def channel(request: HttpRequest, channel: str, cycle: str | None = None) -> HttpResponse:
    """Show how good a channel is, why, and whether it is improving."""
    return show(request, "public/channel.html", lambda page: {"channel": channel_page(page, channel)})


def evidence(request: HttpRequest, channel: str, what: str, cycle: str | None = None) -> HttpResponse:
    """Show what stands behind a number of a channel."""
    return show(request, "public/evidence.html", lambda page: {"evidence": evidence_page(page, channel, what)})


def compare(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show two to five channels side by side."""
    return show(request, "public/compare.html", lambda page: {"compare": compare_page(page)})


def entity(request: HttpRequest, entity: str, cycle: str | None = None) -> HttpResponse:
    """Show how the channels of an entity do together."""
    return show(request, "public/entity.html", lambda page: {"entity": entity_page(page, entity)})


def near(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show the centres near a place."""
    return show(request, "public/near.html", lambda page: {"near": near_page(page, timezone.now())})


def method(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show how a standard measures."""
    return show(request, "public/method.html", lambda page: {})


def verify(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show that nothing published was changed, and let everybody check it."""
    return show(request, "public/verify.html", lambda page: {})


def open_data(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show what may be downloaded, and what it means."""
    return show(request, "public/open_data.html", lambda page: {})


def accessibility(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Say how accessible the pages are, and how that is known."""
    return show(request, "public/accessibility.html", lambda page: {})
