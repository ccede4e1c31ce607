"""An estimate with its interval: shares and means, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import scipy

from marsad.core.arrays import Array
from marsad.core.problem import Problem, Sentence


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


def design_effect(sums: Array, squares: Array, counts: Array) -> Array:
    """Return by how much unequal weights raise the variance of a mean, from Σw, Σw² and n: n·Σw² / (Σw)² (Kish, 1965).

    >>> design_effect(np.array([4.0, 0.0]), np.array([6.0, 0.0]), np.array([3.0, 0.0])).round(4).tolist()
    [1.125, nan]
    """
    effect: Array = np.asarray(counts / effective_n(sums, squares))
    return effect


def wilson(successes: Array, n: Array, level: float = 0.9) -> Estimate:
    """Return shares with their score intervals (Wilson, 1927); where nobody answered nothing is known but 0 to 1.

    >>> interval = wilson(np.array([81.0]), np.array([263.0]), level=0.95)
    >>> interval.low.round(4).tolist(), interval.high.round(4).tolist()
    ([0.2553], [0.3662])
    """
    z = normal_quantile(level)
    share = share_of(successes, n)
    centre = (successes + z**2 / 2) / (n + z**2)
    reach = z * np.sqrt(successes * (1 - np.nan_to_num(share)) + z**2 / 4) / (n + z**2)
    low, high = np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)
    return Estimate(share, np.where(successes > 0, low, 0.0), np.where(successes < n, high, 1.0), n)


def exact_interval(successes: Array, n: Array, level: float = 0.9) -> Estimate:
    """Return shares with intervals that hold the truth at least as often as the level says, by tails of the binomial itself.

    Clopper and Pearson, 1934; counts need not be whole (an effective n), where nobody answered nothing is known but 0 to 1.

    >>> interval = exact_interval(np.array([81.0, 0.0]), np.array([263.0, 20.0]), level=0.95)
    >>> interval.low.round(4).tolist(), interval.high.round(4).tolist()
    ([0.2527, 0.0], [0.3676, 0.1684])
    """
    share, tail = share_of(successes, n), (1 - level) / 2
    none, all_of_them = successes <= 0, successes >= n
    low = scipy.special.betaincinv(np.where(none, 1.0, successes), n - np.minimum(successes, n) + 1, tail)
    high = scipy.special.betaincinv(successes + 1, np.where(all_of_them, 1.0, n - successes), 1 - tail)
    return Estimate(share, np.where(none, 0.0, low), np.where(all_of_them, 1.0, high), n)


def share_of(successes: Array, n: Array) -> Array:
    """Return successes by answers, NaN where there is no answer; raises Problem for counts that no answers give."""
    if (successes < 0).any() or (successes > n).any():
        raise Problem(
            Sentence("there are more successes than answers, or fewer than none"),
            remedy=Sentence("give how many answered, and how many of them said so"),
        )
    share: Array = np.divide(successes, n, out=np.full(np.shape(n), np.nan), where=n > 0)
    return share
