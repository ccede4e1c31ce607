"""The app."""

from django.apps import AppConfig


class Ratings(AppConfig):
    """Cycles and their publications."""

    name = "marsad.ratings"
