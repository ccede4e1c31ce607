"""The addresses of reports, below a language."""

from __future__ import annotations

from django.urls import path

from marsad.reports import views

OF_A_CYCLE = (
    ("channels/<slug:channel>/report.pdf", views.channel, "channel_report"),
    ("entities/<slug:entity>/report.pdf", views.entity, "entity_report"),
    ("report.pdf", views.cycle, "cycle_report"),
)

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/<slug:cycle>/progress/", views.progress, name="reports_progress"),
    path("reports/<slug:cycle>/channels.zip", views.archive, name="reports_archive"),
    *(path(f"{prefix}{route}", view, name=name) for prefix in ("", "cycles/<slug:cycle>/") for route, view, name in OF_A_CYCLE),
]
