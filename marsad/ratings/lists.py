"""The lists of a publication as pages show them: the verdicts of the rule of naming, from the numbers of its decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from marsad.core.arrays import Array
from marsad.core.naming import Decision, First, Second, Verdict, decide
from marsad.core.problem import Sentence
from marsad.core.verdicts import told
from marsad.ratings.board import Board, Entry
from marsad.ratings.decisions import decision_of
from marsad.ratings.models import Publication

End = tuple[str, bool]
"""A league by its code, and whether it is its best end."""


@dataclass(frozen=True)
class Listed:
    """One end of a league: what was decided, and where each rated channel stands in that."""

    places: Mapping[str, int]
    decision: Decision

    def verdict(self, code: str) -> Verdict:
        """Return the verdict on a channel; none on one that is not rated."""
        return Verdict(self.decision.verdict[self.places[code]]) if code in self.places else Verdict.NONE

    def told(self, code: str) -> list[Sentence]:
        """Return what that rests on."""
        return told(self.decision, self.places[code])

    def again(self, code: str) -> float:
        """Return the chance of a channel on new evidence alone, NaN where there is none."""
        second = self.decision.second
        return np.nan if second is None or code not in self.places else float(second.chance[self.places[code]])


def listed(board: Board, publication: Publication, end: End) -> Listed:
    """Return one end of a league of a board as its publication's decision has it.

    Where a publication holds no decision other ratings were not tried; who is looked at follows from the published chances.
    """
    league, best = end
    rated = [entry for entry in board.leagues.get(league, ()) if entry.rated]
    recorded = decided(publication.code).get(end, {})
    first = First(
        np.array([chance_of(entry, best) for entry in rated], dtype=np.float64),
        numbers(recorded, rated, "far"),
        numbers(recorded, rated, "kept"),
    )
    decision = decide(board.scheme.naming, board.scheme.k_of(league), first, second_in(recorded, rated), best=best)
    return Listed({entry.code: place for place, entry in enumerate(rated)}, decision)


def second_in(recorded: Mapping[str, Mapping[str, Any]], rated: list[Entry]) -> Second | None:
    """Return what a decision recorded of new evidence, None where it rests on the first wave alone."""
    again = {code: said["again"] for code, said in recorded.items() if "again" in said}
    if not again:
        return None
    decoys = np.array([again.get(entry.code, {}).get("decoy", False) for entry in rated], dtype=bool)
    names = ("chance", "waves", "n", "raters", "width", "own")
    return Second(decoys=decoys, **{name: numbers(again, rated, name) for name in names})


def chance_of(entry: Entry, best: bool) -> float:
    """Return the chance that a channel is at one end, NaN where it is not known."""
    chance = entry.p_top if best else entry.p_bottom
    return np.nan if chance is None else chance


def numbers(recorded: Mapping[str, Mapping[str, Any]], rated: list[Entry], name: str) -> Array:
    """Return a number that a decision recorded of every channel it says something of, NaN of the others."""
    found = [recorded.get(entry.code, {}).get(name) for entry in rated]
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64)


def decided(code: str) -> Mapping[End, Mapping[str, Mapping[str, Any]]]:
    """Return what the decision of a publication says of every channel, by end; nothing where it holds none."""
    return {
        (one["league"], one["end"] == "first"): {channel["channel"]: channel for channel in one["channels"]}
        for one in decision_of(code).get("lists", ())
    }
