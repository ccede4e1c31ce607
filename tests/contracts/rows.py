"""A row of the table of addresses: what everybody of the cast gets at one of them."""

from dataclasses import dataclass, field

from tests import world
from tests.ratings import build

API = "/api/v1"
FORM = "application/x-www-form-urlencoded"
DRAFT, OPEN, PUBLISHED = "2027-1", build.CODE, "2025-1"
OURS, THEIRS = "centre-00", "centre-01"
"""A channel of the Port Authority, which is Omar's and the machine's, and one of the Land Department, which is Salem's."""
WALKERS = ("anybody", *world.Cast._fields, "machine")
"""Everybody of the world, nobody in particular, and a machine of the Port Authority."""


@dataclass(frozen=True)
class Row:
    """What everybody gets at an address: `otherwise`, but for those who are named."""

    method: str
    address: str
    otherwise: int
    but: dict[int, str] = field(default_factory=dict)
    body: object = None
    content_type: str = "application/json"

    @property
    def expected(self) -> dict[str, int]:
        """Return the status that each gets."""
        named = {name: status for status, names in self.but.items() for name in names.split()}
        assert set(named) <= set(WALKERS), self
        return {name: named.get(name, self.otherwise) for name in WALKERS}


def row(method, address, otherwise, body=None, content_type="application/json", **but):
    """Return a row; `_404="omar"` names those who get 404."""
    return Row(method, address, otherwise, {int(status[1:]): names for status, names in but.items()}, body, content_type)


def code_of(name):
    """Return the code of somebody of the world."""
    return name.rjust(26, "0")


SEES_ALL = "aisha rashid"
SEES_DRAFTS = f"{SEES_ALL} huda noor"
COUNCIL_SEES = "huda noor rashid"
"""Who sees drafts and leads none."""
MAY_WRITE_OURS = "aisha omar machine"
