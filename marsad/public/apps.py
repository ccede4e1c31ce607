"""How Django knows this room."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """The public pages."""

    name = "marsad.public"
    label = "public"
