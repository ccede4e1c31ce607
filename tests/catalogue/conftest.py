"""The country and its people, for tests that ask for them. This file is read before Django is ready, hence the late imports."""

import pytest

from marsad.core.lifecycle import Role


@pytest.fixture
def land(db):
    """A catalogue with two entities, a region and two services."""
    from tests.catalogue.build import country

    country()


@pytest.fixture
def person_with(db):
    """Give people their roles."""
    from tests.catalogue.build import person

    return person


@pytest.fixture
def aisha(person_with):
    """Leads the programme."""
    return person_with("aisha", Role.PROGRAMME)


@pytest.fixture
def omar(person_with):
    """Champions the port authority."""
    return person_with("omar", Role.CHAMPION, "ports")


@pytest.fixture
def charlie(person_with):
    """Holds no role at all."""
    return person_with("charlie")
