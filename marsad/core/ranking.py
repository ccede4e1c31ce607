"""Ranks with their uncertainty: every draw of the composite is a possible league table.

Rank 1 is the best. Equal scores share the better rank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Places
from marsad.core.posterior import Settings, mirrored
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


def far_end(tail: float, size: int) -> int:
    """Return how many of so many channels are the far end of their league, which is a share `tail` of it: one at least.

    >>> far_end(0.05, 240), far_end(0.05, 8)
    (12, 1)
    """
    return max(round(tail * size), 1)


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


def normal_draws(value: Array, se: Array, settings: Settings) -> Array:
    """Return what values `[C]` with standard errors `[C]` may really be, as draws `[C, D]` in mirrored pairs.

    >>> normal_draws(np.array([70.0, 90.0]), np.array([0.0, 3.0]), Settings(draws=2000)).mean(axis=1).round(6).tolist()
    [70.0, 90.0]
    """
    noise = np.random.default_rng(settings.seed).standard_normal((value.size, settings.draws // 2))
    return value[:, None] + se[:, None] * mirrored(noise)


def ranks_from_the_bottom(draws: Array, ranked: Ranks) -> Ranks:
    """Return ranks `[C, D]` counted from the worst, equal scores sharing the one nearer to it, given those from the best.

    Where no two scores of a draw are equal the one follows from the other; only the other draws are ranked again.
    """
    channels = draws.shape[0]
    last = channels + 1 - ranked
    tied = ranked.sum(axis=0, dtype=np.int64) != channels * (channels + 1) // 2
    last[:, tied] = rank_draws(-draws[:, tied])
    return np.asarray(last, dtype=np.int32)


def standing(draws: Array, k: int, level: float = 0.9) -> Standing:
    """Return expected ranks, rank intervals at a level and the chances of the best and worst k, from draws `[C, D]`."""
    ranked = rank_draws(draws)
    count = draws.shape[1]
    tail = round((1 - level) / 2 * (count - 1), PRECISION)
    lowest, highest = int(np.floor(tail)), int(np.ceil((count - 1) - tail))
    ends = np.array([ends_of(channel, lowest, highest) for channel in ranked], dtype=np.float64)
    return Standing(
        expected=ranked.mean(axis=1),
        low=ends[:, 0],
        high=ends[:, 1],
        p_top=(ranked <= k).mean(axis=1),
        p_bottom=(ranks_from_the_bottom(draws, ranked) <= k).mean(axis=1),
    )


def ends_of(ranked: Ranks, lowest: int, highest: int) -> Places:
    """Return what would stand at two places, counted from 0, if the ranks of a channel `[D]` were sorted; counting is quicker."""
    return np.bincount(ranked).cumsum().searchsorted([lowest, highest], side="right")
