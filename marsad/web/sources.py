"""What the sources of evidence are called, on every page and in every report."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marsad.web.texts import noop

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "survey": noop("Customer survey"),
        "meter": noop("Happiness meter"),
        "visit": noop("Mystery visits"),
        "assessment": noop("Field assessment"),
        "operation": noop("Operational records"),
        "self": noop("Self-assessment"),
    }
)
"""The name of each source by its code."""
