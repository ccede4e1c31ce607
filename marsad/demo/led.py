"""A cycle of the demo, and who leads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marsad.accounts.models import Person
from marsad.core.lifecycle import Role
from marsad.demo.cast import holder
from marsad.ratings.models import Cycle


@dataclass(frozen=True)
class Led:
    """A cycle by its code; `made` is the plan of the nation."""

    made: Mapping[str, Any]
    code: str

    @property
    def cycle(self) -> Cycle:
        """Return the cycle as it is now."""
        found: Cycle = Cycle.objects.get(code=self.code)
        return found

    @property
    def lead(self) -> Person:
        """Return who leads the programme."""
        return holder(self.made, Role.PROGRAMME)
