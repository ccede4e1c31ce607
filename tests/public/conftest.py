"""The country of the cycles, with the pages about it. Read before Django is ready, hence the late imports."""

import pytest

from tests.ratings.conftest import country, home

__all__ = ["country", "home"]


@pytest.fixture
def publication(country, tmp_path):
    """The first cycle, published."""
    from tests.ratings import build

    return build.published(build.opened(tmp_path))


@pytest.fixture
def reader(publication):
    """Somebody whom nobody knows, before a published cycle."""
    from django.test import Client

    return Client(headers={"accept-encoding": ""})


@pytest.fixture(scope="module")
def land(django_db_setup, django_db_blocker, tmp_path_factory):
    """The country with its first cycle published, once for all tests of a module; what these change is undone after each."""
    from dataclasses import replace

    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import override_settings

    from marsad.ledger import new_key
    from tests import world
    from tests.ratings import build

    folder = tmp_path_factory.mktemp("land")
    home = folder / "home"
    (home / "keys").mkdir(parents=True)
    key = home / "keys" / "signing.pem"
    new_key(key)
    changed = replace(settings.MARSAD, home=home, lake=home / "lake", signing_key=key, engine="")
    with django_db_blocker.unblock(), override_settings(MARSAD=changed):
        build.catalogue()
        world.everybody()
        yield build.published(build.opened(folder))
        cache.clear()
        # Numbers go on, or what a process keeps by them would be taken for what the next module has.
        emptied = {"inhibit_post_migrate": True, "allow_cascade": True, "reset_sequences": False}
        call_command("flush", interactive=False, verbosity=0, **emptied)


@pytest.fixture
def visitor(land, db):
    """Somebody whom nobody knows, before the published cycle that the module shares."""
    from django.core.cache import cache
    from django.test import Client

    cache.clear()
    return Client(headers={"accept-encoding": ""})
