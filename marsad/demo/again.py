"""The second wave of a cycle: who was drawn is asked, visited and assessed once more, by the same truth and other people."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from marsad.core.arrays import Array
from marsad.demo.evidence import OBSERVERS, Field, answered
from marsad.demo.nation import Nation
from marsad.lake.rows import Rows


@dataclass(frozen=True)
class Again(Field):
    """A second wave in the field: every channel that is drawn is as much asked after as any other."""

    @property
    def tag(self) -> str:
        """Return what begins the pseudonyms of whoever answers."""
        return f"{super().tag}-again"

    def dice(self, *words: str) -> np.random.Generator:
        """Return the dice for one thing of this wave."""
        return super().dice("again", *words)

    def share(self, name: str, total: int) -> int:
        """Return how many of all there are."""
        return int(self.made["again"][name]) * len(self.cards)

    def popularity(self) -> Array:
        """Return how much of what is answered falls on each channel `[C]`: equally much, because whom to ask is chosen."""
        return np.ones(len(self.cards))


def again(nation: Nation, cycle: str, drawn: Collection[str]) -> Iterator[Rows]:
    """Yield what every source brings of the channels that are drawn."""
    field, made = nation.fields[cycle], nation.made["again"]
    places = [place for place, card in enumerate(field.cards) if card.code in drawn]
    begins, until = days(field.cycle["closes"], made)
    wave = Again(
        field.standard,
        field.made,
        {**field.cycle, "opens": begins, "until": until, "assessed": 1.0},
        [field.cards[place] for place in places],
        field.truth[places],
        replace(field.size, channels=len(places)),
    )
    for source in dict.fromkeys(indicator.source for indicator in field.standard.scheme.indicators):
        if source in OBSERVERS:
            yield OBSERVERS[source](wave)
        else:
            yield answered(wave, source, wave.share(source, 0))[1]


def days(closes: date, made: dict[str, int]) -> tuple[date, date]:
    """Return the first and the last day of the second wave."""
    return closes + timedelta(days=made["begins"]), closes + timedelta(days=made["ends"])
