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
FIRST = "first"
"""What a decision calls the best end of a league."""


@dataclass(frozen=True)
class Look:
    """A channel that a list looks at: which end of which league, the verdict, and the chance it rests on."""

    channel: str
    league: str
    best: bool
    k: int
    verdict: Verdict
    chance: float | None


def looks_in(run: Run) -> tuple[Look, ...]:
    """Return whom a run looks at: by the second wave where it has one, else by the first."""
    if run.lists:
        return tuple(looks(run.lists))
    found = Looked.objects.filter(run=run).first()
    return tuple(looks(found.lists)) if found else ()


def looks(lists: Sequence[Mapping[str, Any]]) -> Iterator[Look]:
    """Yield whom lists look at, as a decision tells them."""
    for one in lists:
        for channel in one["channels"]:
            verdict = Verdict(channel["verdict"])
            if verdict in LOOKED_AT:
                chance = channel.get("again", channel)["chance"]
                yield Look(channel["channel"], one["league"], one["end"] == FIRST, one["k"], verdict, chance)


def verdicts_in(publication: Publication, *, best: bool) -> Mapping[str, Verdict]:
    """Return what a publication's decision says of every channel at one end of the leagues; nothing where it holds none."""
    ends = (channels for (_league, first), channels in decided(publication.code).items() if first == best)
    return {code: Verdict(said["verdict"]) for channels in ends for code, said in channels.items()}
