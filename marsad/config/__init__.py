"""Settings, addresses and the server's entry point: the top of the house, imported only by the command line.

`start()` is for commands on files alone; `with start_server():` for all that needs the database.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marsad.config.environment import Environment

PAGES, SERVER = "marsad.config.pages", "marsad.config.settings"


def start() -> None:
    """Make Django ready to draw pages, without database, secret or guests; asking twice does nothing more."""
    ready(PAGES)


def ready(settings_module: str) -> None:
    """Set Django up with these settings, unless it is already."""
    import django
    from django.apps import apps
    from django.conf import settings

    if not settings.configured:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    if not apps.ready:
        with loading():
            django.setup()


@contextmanager
def loading() -> Iterator[None]:
    """Load modules inside the block, which stay: no search for garbage is made meanwhile, and no later one goes through them."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if searched:
            gc.enable()


@contextmanager
def start_server() -> Iterator[Environment]:
    """Make Django ready to serve inside the block, its database running; stop afterwards what was started. Raises Problem."""
    from marsad.config.database import available
    from marsad.config.environment import read

    environment = read()
    with available(environment):
        ready(SERVER)
        from django.db import connections

        from marsad.config.database import refuse_unreachable

        try:
            refuse_unreachable()
            yield environment
        finally:
            connections.close_all()
