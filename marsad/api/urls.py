"""Addresses under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from marsad.api.door import api, gated, unlisted

app_name = "api"
patterns, _app, _namespace = api.urls
urlpatterns: list[URLPattern] = [gated(pattern) for pattern in patterns if isinstance(pattern, URLPattern)]
urlpatterns.append(re_path("", unlisted, name="unlisted"))
