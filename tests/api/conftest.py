"""What the tests of the API start from. This file is read before Django is ready, hence the late imports."""

import pytest


@pytest.fixture
def country(db):
    """A catalogue with two entities, a region, two services and three channels."""
    from tests.api.build import country

    country()


@pytest.fixture
def cast(db):
    """Everybody."""
    from tests import world

    return world.everybody()


@pytest.fixture
def home(settings, tmp_path):
    """A home of its own, with a signing key and a lake."""
    from dataclasses import replace

    from marsad.ledger import new_key

    place = tmp_path / "home"
    (place / "keys").mkdir(parents=True)
    key = place / "keys" / "signing.pem"
    new_key(key)
    settings.MARSAD = replace(settings.MARSAD, home=place, lake=place / "lake", signing_key=key, engine="")
    return place


@pytest.fixture
def nation(db, home):
    """The catalogue that the tests of ratings use, and the cast."""
    from tests import world
    from tests.ratings.build import catalogue

    catalogue()
    return world.everybody()
