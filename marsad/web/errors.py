"""The pages for what goes wrong: in both languages at once, without a database, each with what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control

from marsad.web.assets import built

LANGUAGES = ("ar", "en")


def error_page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    """Return an error in the reader's language first and the other below it."""
    first = get_language() if get_language() in LANGUAGES else LANGUAGES[0]
    parts = []
    for language in sorted(LANGUAGES, key=lambda one: one != first):
        with override(language):
            parts.append((language, render_to_string(template)))
    with override(first):
        html = render_to_string("web/errors/page.html", {"parts": parts, "status": status, "page": Place(request.path)})
    return HttpResponse(html, status=status)


class Place:
    """Where the reader is, as the switch of languages asks it."""

    def __init__(self, path: str) -> None:
        self.path = path


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a request could not be understood."""
    return error_page(request, 400, "web/errors/bad_request.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that somebody may not, and who can help."""
    return error_page(request, 403, "web/errors/forbidden.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page."""
    return error_page(request, 404, "web/errors/not_found.html")


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return error_page(request, 500, "web/errors/broken.html")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came without its token."""
    return error_page(request, 403, "web/errors/form_expired.html")


def too_many(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
    """Say that somebody tried too often."""
    return error_page(request, 429, "web/errors/too_many.html")


@cache_control(public=True, max_age=3600)
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the page for no connection; it stands at the root, for it serves the pages below it."""
    return HttpResponse(built("worker.js"), content_type="text/javascript; charset=utf-8")


def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no connection: kept by the browser for when there is none."""
    return error_page(request, 200, "web/errors/offline.html")
