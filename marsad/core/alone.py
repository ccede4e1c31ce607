"""What `[estimates]` in a standard asks for: an indicator drawn, by itself, towards the channels of its population.

`C` channels of one population. A value without a standard error, or with one of 0, counts as exact: it stays as it is and tells
nothing of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array
from marsad.core.estimate import normal_quantile, share_se
from marsad.core.scheme import Indicator
from marsad.core.shrinkage import FEWEST, beta_ends, levels_prior, shrunk_levels, shrunk_means

LEVEL = 0.9
SINGLE = 1 + 1e-6
"""Answers from which on a share tells how far answers of one channel differ."""
MOST = 1e12
"""More answers than any share rests on."""


@dataclass(frozen=True)
class Alone:
    """Posterior means and deviations `[C]` of an indicator, and the part `[C]` of a channel's own distance that is kept."""

    value: Array
    se: Array
    kept: Array


def one_at_a_time(indicator: Indicator, value: Array, se: Array) -> Alone:
    """Return values `[C]` with standard errors `[C]` drawn towards each other; as they are where fewer than four have an error.

    A share is a binomial of as many answers as its standard error tells of, with a beta prior; what is no share is normal, with a
    normal prior.
    """
    found = Alone(value.copy(), se.copy(), np.ones(value.size))
    known = ~np.isnan(value) & (se > 0)
    if known.sum() >= FEWEST:
        of = share_alone(indicator.ends[1], value[known], se[known]) if indicator.share else mean_alone(value[known], se[known])
        found.value[known], found.se[known], found.kept[known] = of.value, of.se, of.kept
    return found


def share_alone(top: float, value: Array, se: Array) -> Alone:
    """Return shares `[C]`, written from 0 to `top`, under a beta prior; as they are where no two answers are behind any."""
    share, answers = value / top, answers_behind(value / top, se / top)
    if not (answers > SINGLE).any():
        return Alone(value, se, np.ones(value.size))
    counts = answers[:, None] * np.column_stack([1 - share, share])
    prior = levels_prior(counts)
    found = shrunk_levels(counts, np.array([0.0, 1.0]), prior)
    mean = found.estimate.value
    deviation = np.sqrt(mean * (1 - mean) / (answers + prior.sum() + 1))
    return Alone(mean * top, deviation * top, found.kept)


def mean_alone(value: Array, se: Array) -> Alone:
    """Return means `[C]` under a normal prior."""
    found = shrunk_means(value, se, np.full(value.size, np.nan), LEVEL)
    return Alone(found.estimate.value, (found.estimate.high - found.estimate.value) / normal_quantile(LEVEL), found.kept)


def answers_behind(share: Array, se: Array) -> Array:
    """Return how many answers of equal weight would give shares `[C]` these standard errors: those that count by design effect.

    >>> answers_behind(np.array([0.5, 1.0]), share_se(np.array([0.5, 1.0]), np.array([100.0, 20.0]))).round(6).tolist()
    [100.0, 20.0]
    """
    possible = (share_se(share, np.zeros(share.size)) > se) & (share_se(share, np.full(share.size, MOST)) < se)
    found = np.where(share_se(share, np.full(share.size, MOST)) < se, 0.0, MOST)
    if possible.any():
        from scipy.optimize import elementwise  # the one part that SciPy does not load when it is named

        ends = (np.zeros(possible.sum()), np.full(possible.sum(), MOST))
        found[possible] = elementwise.find_root(
            lambda n, share, se: share_se(share, n) - se, ends, args=(share[possible], se[possible])
        ).x
    return found


def share_ends(indicator: Indicator, value: Array, se: Array, level: float) -> tuple[Array, Array]:
    """Return the ends of the middle of the betas that shares `[C]` follow after all; both are the share where it is exact."""
    top = indicator.ends[1]
    low, high = beta_ends(value / top, np.nan_to_num(se / top) ** 2, level)
    return low * top, high * top
