"""The decision of a publication as its bundle holds it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marsad.core.problem import Problem
from marsad.ledger.bundle import DamagedError, content_of, open_bundle
from marsad.ledger.canonical import parsed
from marsad.ledger.decision import DECISION
from marsad.ratings.models import Publication
from marsad.ratings.shelf import bundle_of


def decision_of(code: str) -> Mapping[str, Any]:
    """Return what was decided in the publication with a code; nothing where its bundle holds no decision or cannot be read."""
    try:
        return read(code)
    except (Problem, DamagedError, KeyError, FileNotFoundError):
        return {}


@lru_cache(maxsize=16)
def read(code: str) -> Mapping[str, Any]:
    """Return the same, read once since what is published stays; raises what `decision_of` knows."""
    found: Mapping[str, Any] = parsed(content_of(open_bundle(bundle_of(Publication.objects.get(code=code))), DECISION))
    return found
