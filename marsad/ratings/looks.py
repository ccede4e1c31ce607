"""Whom the lists look at: in a run, before the approval, and in a publication, as its decision says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.core.naming import Verdict
from marsad.ratings.aftermath import Looked
from marsad.ratings.lists import decided
from marsad.ratings.models import Publication, Run

LOOKED_AT = frozenset({Verdict.NAMED, Verdict.ATTENTION, Verdict.CANDIDATE})
"""The verdicts that an entity may answer."""
FIRST, LAST = "first", "last"
"""What a decision calls the ends of a league, the best and the worst."""


@dataclass(frozen=True)
class Look:
    """A channel or an entity that a list looks at: which end of which league, the verdict, and the chance it rests on."""

    code: str
    league: str
    best: bool
    k: int
    verdict: Verdict
    chance: float | None


@dataclass(frozen=True)
class Looks:
    """The channels and the entities that the lists of a run look at."""

    channels: tuple[Look, ...]
    entities: tuple[Look, ...]


def looks_in(run: Run) -> Looks:
    """Return whom a run looks at: by the second wave where it has one, else by the first."""
    holds = run if run.lists else Looked.objects.filter(run=run).first() or Looked(run=run)
    return Looks(tuple(looks(holds.lists, "channel")), tuple(looks(holds.entity_lists, "entity")))


def looks(lists: Sequence[Mapping[str, Any]], of: str) -> Iterator[Look]:
    """Yield whom lists `of` a channel or an entity look at, as a decision tells them."""
    for one in lists:
        for said in one["channels" if of == "channel" else "entities"]:
            verdict = Verdict(said["verdict"])
            if verdict in LOOKED_AT:
                chance = said.get("again", said)["chance"]
                yield Look(said[of], one["league"], one["end"] == FIRST, one["k"], verdict, chance)


def verdicts_in(publication: Publication, *, best: bool) -> Mapping[str, Verdict]:
    """Return what a publication's decision says of every channel at one end of the leagues; nothing where it holds none."""
    ends = (channels for (_league, first), channels in decided(publication.code).items() if first == best)
    return {code: Verdict(said["verdict"]) for channels in ends for code, said in channels.items()}
