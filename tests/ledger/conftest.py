"""Ports, rated once for all tests of the room."""

from pathlib import Path

import pytest

from marsad.ledger import Frozen
from tests.ledger.build import Made, bundle, made


@pytest.fixture(scope="session")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return the small country, rated."""
    return made(tmp_path_factory.mktemp("ports"))


@pytest.fixture(scope="session")
def frozen(ports: Made) -> Frozen:
    """Return its first publication."""
    return ports.freeze()


@pytest.fixture
def public(frozen: Frozen, tmp_path: Path) -> Path:
    """Return the public's bundle, a folder."""
    return bundle(tmp_path / "public", frozen)


@pytest.fixture
def auditors(frozen: Frozen, tmp_path: Path) -> Path:
    """Return the auditors' bundle, a folder."""
    return bundle(tmp_path / "auditors", frozen, audience="auditor")
