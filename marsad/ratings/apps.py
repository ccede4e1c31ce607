"""The app."""

from importlib import import_module

from django.apps import AppConfig


class Ratings(AppConfig):
    """Cycles and their publications."""

    name = "marsad.ratings"

    def import_models(self) -> None:
        """Import the tables, those of the second wave and of what lists and runs lead to among them."""
        super().import_models()
        import_module("marsad.ratings.rounds")
        import_module("marsad.ratings.aftermath")
        import_module("marsad.ratings.watched")
