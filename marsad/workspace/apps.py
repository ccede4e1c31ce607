"""How Django knows this room."""

from django.apps import AppConfig


class Workspace(AppConfig):
    """The working pages."""

    name = "marsad.workspace"
