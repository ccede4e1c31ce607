"""Who a second wave names, from files: the lists of the rule, as the decision of a publication tells them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad.core.memory import remembering
from marsad.core.naming import Verdict
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.core.second import Wave
from marsad.lake.evidence import Again, read_again
from marsad.ledger.decision import entities_told, entity_lists_of, lists_of, told
from marsad.ledger.second import read_round
from marsad.standards import Standard

NAMES = "names.json"
"""The file of lists."""


@dataclass(frozen=True)
class Second:
    """The files of a second wave: its evidence, and who was drawn for it."""

    evidence: Path
    round: Path


@dataclass(frozen=True)
class Names:
    """What a second wave leads to: both ends of every league, and of their entities where the standard names these."""

    again: Again
    lists: list[dict[str, Any]]
    entities: list[dict[str, Any]]

    @property
    def said(self) -> dict[str, Any]:
        """Return them as they are written."""
        return {"lists": self.lists} | ({"entities": self.entities} if self.entities else {})

    def lines(self, standard: Standard, language: str) -> Iterator[str]:
        """Yield who is named at each end of every league, as lines for the terminal."""
        yield from (f"named {line_of(one, 'channel', standard, language)}" for one in self.lists)
        yield from (f"entities named {line_of(one, 'entity', standard, language)}" for one in self.entities)


def line_of(one: dict[str, Any], what: str, standard: Standard, language: str) -> str:
    """Return which end of which league it is, and who is named there."""
    rows = one["channels"] if what == "channel" else one["entities"]
    named = [str(row[what]) for row in rows if row["verdict"] == Verdict.NAMED]
    league = standard.kinds[one["league"]][language] if one["league"] in standard.kinds else one["league"]
    return f"among the {one['end']} {one['k']}{' of ' if league else ''}{league}: {', '.join(named) or 'nobody'}"


def names_by(files: Second, rating: Rating, settings: Settings, *, id_column: str) -> Names:
    """Return who is named by a second wave; raises Problem where its files do not go with the first wave."""
    first, scheme = rating.evidence, rating.tree.scheme
    again = read_again(files.evidence, first, scheme, id_column=id_column)
    try:
        drawn = read_round(files.round.read_bytes(), first)
    except OSError:
        raise Problem("there is no such file", file=files.round, remedy="name the table of who was drawn") from None
    wave = Wave(again.evidence, drawn)
    for channel in first.channels[wave.anew & ~drawn.drawn][:1].tolist():
        what = f"there is new evidence on {channel}, which was not drawn"
        raise Problem(what, file=files.evidence, remedy=f"leave it out, or add it to {files.round.name}")
    with remembering():  # what both waves and both sorts of lists have in common is drawn once
        lists, entities = lists_of(rating, settings, wave), entity_lists_of(rating, settings, wave)
    return Names(again, [told(one, first.channels.tolist()) for one in lists], [entities_told(one) for one in entities])
