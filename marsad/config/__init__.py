"""Settings, addresses and the server's entry point: the top of the house, imported only by the command line."""

import os


def start() -> None:
    """Make Django ready to draw pages; asking twice does nothing more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marsad.config.settings")
    import django

    django.setup()
