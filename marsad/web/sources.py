"""What the sources of evidence are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marsad.web.texts import noop


@dataclass(frozen=True)
class Called:
    """A source of evidence by name: what an indicator is measured by, and all that a cycle has of it."""

    one: str
    all: str


SOURCES: Mapping[str, Called] = MappingProxyType(
    {
        "survey": Called(noop("Survey"), noop("Customer surveys")),
        "meter": Called(noop("Happiness meter"), noop("Satisfaction meters")),
        "visit": Called(noop("Mystery visit"), noop("Mystery visits")),
        "assessment": Called(noop("Assessment"), noop("Assessments on site")),
        "operation": Called(noop("Operational record"), noop("Operational records")),
        "self": Called(noop("Self-report"), noop("Self-assessment")),
    }
)
"""The sources by their codes."""
