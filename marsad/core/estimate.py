"""An estimate with its interval: shares and means, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from marsad.core.arrays import Array


@dataclass(frozen=True)
class Estimate:
    """Values with the ends of their interval and the answers behind them, arrays of one shape; NaN where unknown."""

    value: Array
    low: Array
    high: Array
    n: Array


def normal_quantile(level: float) -> float:
    """Return how many standard errors a two-sided interval of this level reaches.

    >>> round(normal_quantile(0.9), 4)
    1.6449
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def share_se(share: Array, n: Array) -> Array:
    """Return the standard error of a share: the spread of its posterior under Jeffreys' prior Beta(½, ½), so never 0.

    >>> share_se(np.array([0.5, 1.0]), np.array([100.0, 20.0])).round(4).tolist()
    [0.0495, 0.0325]
    """
    for_it, against = share * n + 0.5, (1 - share) * n + 0.5
    total = for_it + against
    return np.sqrt(for_it * against / (total**2 * (total + 1)))


def pooled_sd(sums: Array, squares: Array, counts: Array) -> float:
    """Return the spread of single answers within channels, pooled over channels, from Σx, Σx² and n; NaN where none repeats.

    >>> pooled_sd(np.array([3.0, 30.0]), np.array([5.0, 452.0]), np.array([2.0, 2.0]))
    1.118033988749895
    """
    within = squares - np.divide(sums**2, counts, out=np.zeros_like(sums), where=counts > 0)
    freedom = np.maximum(counts - 1, 0).sum()
    return float(np.sqrt(max(within.sum(), 0.0) / freedom)) if freedom > 0 else float("nan")


def effective_n(sums: Array, squares: Array) -> Array:
    """Return the answers that equal weights would need for the same precision, from Σw and Σw²: (Σw)² / Σw² (Kish, 1965).

    >>> effective_n(np.array([4.0, 0.0]), np.array([6.0, 0.0])).round(4).tolist()
    [2.6667, nan]
    """
    return np.divide(sums**2, squares, out=np.full_like(sums, np.nan), where=squares > 0)
