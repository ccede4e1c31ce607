"""Which of several inputs a result hangs on: Sobol indices, the shares of its variance that each input accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array


@dataclass(frozen=True)
class Design:
    """Where to look: two samples of points `[N, M]` between 0 and 1, and the `groups` of columns that are one input each."""

    one: Array
    other: Array
    groups: tuple[slice, ...]

    @classmethod
    def of(cls, size: int, groups: Sequence[slice], count: int, seed: int) -> Design:
        """Return a design of 2^m ≥ `count` points of so many numbers each, evenly spread and shuffled by the seed."""
        sequence = scipy.stats.qmc.Sobol(2 * size, rng=np.random.default_rng(seed))
        points = sequence.random_base2(max(count - 1, 1).bit_length())
        return cls(points[:, :size], points[:, size:], tuple(groups))

    @property
    def points(self) -> Array:
        """Return all points `[(2 + F)·N, M]`: one sample, the other, and for each input the first with it from the other."""
        mixed = []
        for group in self.groups:
            points = self.one.copy()
            points[:, group] = self.other[:, group]
            mixed.append(points)
        return np.concatenate([self.one, self.other, *mixed])

    @property
    def sampled(self) -> int:
        """Return how many of the points are a sample of everything at once: those of both samples."""
        return 2 * len(self.one)


@dataclass(frozen=True)
class Indices:
    """Shares of variance `[F, …]`: of each input alone, and with all it does together with others; NaN where nothing varies."""

    first: Array
    total: Array


def indices(design: Design, results: Array) -> Indices:
    """Return Sobol indices of results `[(2 + F)·N, …]` at the design's points.

    First order: Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications 181
    (2010), table 2 (b); total: Jansen's, table 2 (f).
    """
    parts = results.reshape(2 + len(design.groups), len(design.one), *results.shape[1:])
    parts = parts - parts.mean(axis=(0, 1))
    one, other, mixed = parts[0], parts[1], parts[2:]
    variance = parts[:2].var(axis=(0, 1))
    variance = np.where(variance > 0, variance, np.nan)
    first = (other * (mixed - one)).mean(axis=1) / variance
    total = ((one - mixed) ** 2).mean(axis=1) / (2 * variance)
    return Indices(first, total)
