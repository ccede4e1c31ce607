"""Whom the lists of a rating look at: found once for the same first wave, since it takes a hundred ratings."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from marsad.core.entity_lists import EntityList, first_entity_lists
from marsad.core.lists import List, first_lists
from marsad.core.memory import remembering
from marsad.core.rating import Rating
from marsad.ledger.canonical import canonical
from marsad.ratings.setup import CONFIRMATION, Setup, reckon


@dataclass(frozen=True)
class Screening:
    """A rating, and both ends of every league by it: of the channels, and of the entities that run them."""

    rating: Rating
    lists: list[List]
    entities: list[EntityList]


@dataclass(frozen=True)
class Asked:
    """What decides a screening, as one hash, and what it is found from where it is not known yet."""

    inputs: str
    setup: Setup = field(compare=False)
    rating: Rating | None = field(compare=False)


def screened(setup: Setup, rating: Rating | None = None) -> Screening:
    """Return the screening of a setup, by its rating where that is at hand; a second wave changes nothing in it."""
    parts = {name: digest for name, digest in setup.parts.items() if name != CONFIRMATION}
    return found_once(Asked(sha256(canonical(parts)).hexdigest(), setup, rating))


@lru_cache(maxsize=1)
def found_once(asked: Asked) -> Screening:
    """Return a screening; the last one is kept."""
    rating = asked.rating or reckon(asked.setup).rating
    with remembering():  # channels and entities are tried by the same other ratings
        return Screening(rating, first_lists(rating, asked.setup.draw), first_entity_lists(rating, asked.setup.draw))
