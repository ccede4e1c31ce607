"""The country of the cycles, and what opens its pages. Read before Django is ready, hence the late imports."""

import pytest

from tests.ratings.conftest import country, home

__all__ = ["country", "home"]


@pytest.fixture
def work(home, settings):
    """Pages as somebody sees them: `work("aisha").get("cycles/")`, in English unless said."""
    from dataclasses import replace

    from tests.workspace.browser import Browser

    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    return Browser
