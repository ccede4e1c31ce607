"""What every test may ask for."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Return the folder of reference data, or skip where it is not named."""
    folder = os.environ.get("MARSAD_REFERENCE_DATA")
    if not folder:
        pytest.skip("reference data are not here: set MARSAD_REFERENCE_DATA to their folder")
    return Path(folder)
