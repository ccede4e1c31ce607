"""The addresses of the server; each app brings its own `urls.py`, included here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def health(request: HttpRequest) -> HttpResponse:
    """Say that the server answers and reaches its database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("accounts/", include("marsad.accounts.urls")),
    path("api/v1/", include("marsad.api.urls")),
]
