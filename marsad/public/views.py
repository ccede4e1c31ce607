"""The public pages: each names its template and its presenter."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from marsad.accounts.access import require
from marsad.core.problem import Problem
from marsad.ledger.keys import pem
from marsad.public.best_and_worst import best_and_worst_page
from marsad.public.channel import channel_page
from marsad.public.checking import BUNDLE, KEY, MOST_SENT, Bounded, check, refuse_large
from marsad.public.compare import compare_page
from marsad.public.editions import edition_of, editions
from marsad.public.entity import entity_page
from marsad.public.evidence import evidence_page
from marsad.public.league import league_page
from marsad.public.league_file import league_csv as file_of
from marsad.public.method import MethodPage, standard_zip
from marsad.public.near import near_page
from marsad.public.open_data import OpenData
from marsad.public.pages import Nowhere, page_at, show
from marsad.public.sky import sky_page
from marsad.public.verify import KEYS, Verify, keyring
from marsad.ratings.access import SEES_DRAFTS
from marsad.web.texts import complaint


def sky(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show how the nation's services are doing, and find one."""
    return show(request, "public/sky.html", lambda page: {"sky": sky_page(page)})


@login_required
@never_cache
def drawing(request: HttpRequest, cycle: str) -> HttpResponse:
    """Give how far the drawing of a cycle's pages is, for those who lead or watch it: their page asks again and again."""
    from marsad.public.ahead import state_of  # which knows all addresses, and so this view

    require(request.user, *SEES_DRAFTS, kind="page")
    return render(request, "public/_drawing.html", {"state": state_of(edition_of(cycle)), "again": request.path})


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
    """Show how the standard makes a score and a star of what was measured."""
    return show(request, "public/method.html", lambda page: {"method": MethodPage(page)})


def standard_file(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Give the files of a standard."""
    name, content = standard_zip(page_at(request))
    return attached(content, name, "application/zip")


def verify(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show that what is published is what was signed."""
    return show(request, "public/verify.html", lambda page: {"verify": Verify(page)})


@never_cache
@csrf_exempt
def verify_check(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Check a bundle that somebody sends. The form is read, and its token looked at, once its size is known to be bounded."""
    if not editions():
        return show(request, "", lambda page: {})
    try:
        refuse_large(request)
    except Problem as problem:
        return checking(request, {"fault": complaint(problem)}, 413)
    request.upload_handlers = [Bounded(request)]
    return checked(request)


@csrf_protect
def checked(request: HttpRequest) -> HttpResponse:
    """Show the form, and what was found of the bundle that came with it."""
    if request.method != "POST":
        return checking(request, {})
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="verify")
    if limited:
        return limited
    try:
        found = check(page_at(request), request.FILES.get(BUNDLE), request.FILES.get(KEY))
    except Problem as problem:
        return checking(request, {"fault": complaint(problem)}, 422)
    return checking(request, {"checked": found})


def checking(request: HttpRequest, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return the page of a check, the form alone where only that is asked for."""
    page = page_at(request)
    template = "public/_check.html" if page.part else "public/verify_check.html"
    return render(request, template, {"page": page, "verify": Verify(page), "most": MOST_SENT, **shown}, status=status)


def public_keys(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Give the public keys with which anybody checks what was signed."""
    return attached(b"".join(pem(key) for key in keyring().public), KEYS, "application/x-pem-file")


def open_data(request: HttpRequest, cycle: str | None = None) -> HttpResponse:
    """Show what may be downloaded, and what it means."""
    return show(request, "public/open_data.html", lambda page: {"data": OpenData(page)})


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the pages are, how that is known, and whom to tell."""
    shown = {"page": Nowhere(request.path), "contact": settings.MARSAD.contact}
    return HttpResponse(render_to_string("public/accessibility.html", shown))


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to be kept under a name."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
