"""Ranks with their uncertainty: every draw of the composite is a possible league table.

Rank 1 is the best. Equal scores share the better rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array
from marsad.core.stars import PRECISION

Ranks = NDArray[np.int32]
BLOCK = 256
"""Draws ranked at a time, so that a block stays in cache."""


@dataclass(frozen=True)
class Standing:
    """Where `C` channels stand: the best (`low`) and worst (`high`) rank of the interval, the chance of the first and last k."""

    expected: Array
    low: Array
    high: Array
    p_top: Array
    p_bottom: Array


def ranks(scores: Array) -> Ranks:
    """Return the rank of every channel `[C]`, the best first.

    >>> ranks(np.array([70.0, 90.0, 80.0, 80.0])).tolist()
    [4, 1, 2, 2]
    """
    return rank_draws(scores[:, None])[:, 0]


def rank_draws(draws: Array) -> Ranks:
    """Return the rank of every channel in every draw, `[C, D]` to `[C, D]`; scores equal to `PRECISION` decimals are equal."""
    channels, count = draws.shape
    ranked = np.empty((channels, count), np.int32)
    places = np.arange(1, channels + 1, dtype=np.int32)
    for start in range(0, count, BLOCK):
        block = -np.round(np.ascontiguousarray(draws[:, start : start + BLOCK].T), PRECISION)
        order = np.argsort(block, axis=1)  # any order among equals: they share a rank
        ordered = np.take_along_axis(block, order, axis=1)
        place = np.broadcast_to(places, block.shape)
        tied = ordered[:, 1:] == ordered[:, :-1]
        if tied.any():
            fresh = np.concatenate([np.ones((block.shape[0], 1), bool), ~tied], axis=1)
            place = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
        within = np.empty(block.shape, np.int32)
        np.put_along_axis(within, order, place, axis=1)
        ranked[:, start : start + BLOCK] = within.T
    return ranked


def no_ties(ranked: Ranks) -> bool:
    """Whether no draw gives two channels the same rank."""
    channels, count = ranked.shape
    return bool(ranked.sum(dtype=np.int64) == count * channels * (channels + 1) // 2)


def standing(draws: Array, k: int, level: float = 0.9) -> Standing:
    """Return expected ranks, rank intervals at a level and the chances of the best and worst k, from draws `[C, D]`."""
    ranked = rank_draws(draws)
    count = draws.shape[1]
    from_the_bottom = draws.shape[0] + 1 - ranked if no_ties(ranked) else rank_draws(-draws)
    tail = round((1 - level) / 2 * (count - 1), PRECISION)
    lowest, highest = int(np.floor(tail)), int(np.ceil((count - 1) - tail))
    ordered = np.partition(ranked, [lowest, highest], axis=1)
    return Standing(
        expected=ranked.mean(axis=1),
        low=ordered[:, lowest].astype(np.float64),
        high=ordered[:, highest].astype(np.float64),
        p_top=(ranked <= k).mean(axis=1),
        p_bottom=(from_the_bottom <= k).mean(axis=1),
    )
