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
