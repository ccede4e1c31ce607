"""The addresses of the server; each app brings its own `urls.py`, included here."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from marsad.web import errors, preferences


def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers and reaches its database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


# What people read stands under its language, /ar/ or /en/; an address without one leads to the reader's own.
urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("preferences/numerals/", preferences.choose_numerals, name="numerals"),
    path("worker.js", errors.worker, name="worker"),
    path("api/v1/", include("marsad.api.urls")),
    *i18n_patterns(
        path("accounts/", include("marsad.accounts.urls")),
        path("offline/", errors.offline, name="offline"),
        path("", include("marsad.reports.urls")),
        path("workspace/", include("marsad.workspace.urls")),
        path("", include("marsad.public.urls")),
    ),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.broken
