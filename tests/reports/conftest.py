"""Pages need Django awake."""

import pytest

from marsad.config import start


@pytest.fixture(scope="session", autouse=True)
def django() -> None:
    """Wake it once."""
    start()
