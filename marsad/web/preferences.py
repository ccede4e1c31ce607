"""How somebody likes to read: a language and digits, kept in two cookies, so that no page need know who reads it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marsad.web.numerals import ARABIC_INDIC, COOKIE, LATIN

A_YEAR = 31_536_000


def remember(response: HttpResponse, *, language: str = "", numerals: str = "") -> None:
    """Have the reader's browser keep a language and digits."""
    kept = {settings.LANGUAGE_COOKIE_NAME: language, COOKIE: numerals}
    for name, value in kept.items():
        if value:
            response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


@csrf_exempt  # it changes nothing but how its sender reads, and a token would make public pages differ from reader to reader
@require_POST
def choose_numerals(request: HttpRequest) -> HttpResponse:
    """Keep the digits somebody chose and go back to where they were."""
    numerals = request.POST.get("numerals", "")
    if numerals not in (LATIN, ARABIC_INDIC):
        return HttpResponseBadRequest()
    came_from = request.headers.get("Referer", "")
    local = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    response = redirect(came_from if local else "/")
    remember(response, numerals=numerals)
    return response
