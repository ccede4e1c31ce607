"""Kiosks that stand in centres: some answers come in on them without an invitation, and some are pressed again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marsad.catalogue.kinds import kinds
from marsad.core.arrays import Mask, Places
from marsad.lake.rows import Coded

SECOND = 1_000_000
FEWEST = 15
"""Answers from which on a kiosk is worth pressing."""


@dataclass(frozen=True)
class Kiosks:
    """By which instrument each answer came in, and which answers are somebody's who presses a kiosk, all `[P]`."""

    way: Coded
    pressed: Mask
    at: NDArray[np.datetime64]


@dataclass(frozen=True)
class Coming:
    """Answers that come in: the kinds of all channels `[C]`; the channel of each and when, `[P]`; what is asked, and the dice."""

    kinds: NDArray[np.str_]
    subject: Places
    at: NDArray[np.datetime64]
    instrument: str
    chance: np.random.Generator


def all_invited(coming: Coming) -> Kiosks:
    """Return that nobody answers on a kiosk."""
    nobody = np.zeros(coming.subject.size, np.intp)
    return Kiosks(Coded(nobody, [coming.instrument]), nobody > 0, coming.at)


def some_on_kiosks(coming: Coming, share: float, pressed: int, each: int = 2) -> Kiosks:
    """Return that this share of the answers at places comes in on kiosks, `each` of them at a place, and so many are pressed."""
    chance, size = coming.chance, coming.subject.size
    placed = np.isin(coming.kinds, [code for code, kind in kinds().items() if kind.met == "place"])[coming.subject]
    kiosk = np.where(placed & (chance.random(size) < share), chance.integers(1, each + 1, size), 0)
    open_ways = [f"{coming.instrument}+open.kiosk-{number}" for number in range(1, each + 1)]
    theirs = presses(coming, kiosk == 1, pressed)
    at, moved = coming.at.copy(), np.zeros(size, bool)
    for mine in theirs:
        steps = chance.integers(3, 9, mine.size).cumsum() * SECOND
        at[mine], moved[mine] = coming.at[mine[0]] + steps, True
    return Kiosks(Coded(kiosk, [coming.instrument, *open_ways]), moved, at)


def presses(coming: Coming, first: Mask, count: int) -> Sequence[Places]:
    """Return the answers on the first kiosk of so many channels, as places, in no channel fewer than is worth it."""
    numbers = np.bincount(coming.subject[first], minlength=coming.kinds.size)
    worth = np.flatnonzero(numbers >= FEWEST)
    chosen = coming.chance.permutation(worth)[:count]
    return [np.flatnonzero(first & (coming.subject == channel)) for channel in chosen.tolist()]
