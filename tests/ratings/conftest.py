"""A home with a signing key and a lake of its own, and a country. Read before Django is ready, hence the late imports."""

from dataclasses import replace

import pytest


@pytest.fixture
def home(settings, tmp_path):
    """A home of its own."""
    from marsad.ledger import new_key

    place = tmp_path / "home"
    (place / "keys").mkdir(parents=True)
    key = place / "keys" / "signing.pem"
    new_key(key)
    settings.MARSAD = replace(settings.MARSAD, home=place, lake=place / "lake", signing_key=key, engine="")
    return place


@pytest.fixture
def keys(home):
    """The publisher's public key."""
    from marsad.ledger import public_key, public_keys

    path = home / "public.pem"
    path.write_bytes(public_key(home / "keys" / "signing.pem"))
    return public_keys(path)


@pytest.fixture
def country(db, home):
    """Entities and channels in the catalogue, and the cast."""
    from tests import world
    from tests.ratings.build import catalogue

    catalogue()
    return world.everybody()
