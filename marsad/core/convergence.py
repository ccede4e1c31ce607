"""Whether chains of draws have settled: do they agree with each other, and how many independent draws are they worth?

Series are `[..., K, T]`: `T` draws one after the other in each of `K` chains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array

LARGEST_RHAT, LEAST_ESS = 1.1, 50.0
"""Chains count as settled up to this disagreement, of thousands of quantities the worst, and from so many effective draws on."""
ODD = 0.01
"""The share of quantities of which fewer effective draws are no matter: a channel that is extraordinary or not, half and half."""
NOISE = 1e-10
"""A spread below this share of a series' size is that of the last bit: the series does not move."""


@dataclass(frozen=True)
class Convergence:
    """Among the quantities of every name the largest split R̂, and the fewest effective draws, the share `ODD` left out."""

    rhat: Mapping[str, float]
    ess: Mapping[str, float]

    @property
    def settled(self) -> bool:
        """Whether every quantity is settled."""
        return max(self.rhat.values()) <= LARGEST_RHAT and min(self.ess.values()) >= LEAST_ESS

    @property
    def worst(self) -> str:
        """Return the name of what has settled least."""
        return max(self.rhat, key=lambda name: max(self.rhat[name] / LARGEST_RHAT, LEAST_ESS / max(self.ess[name], 1.0)))


def judge(series: Mapping[str, Array]) -> Convergence:
    """Return how far series by name `[..., K, T]` have settled; what does not move at all is settled."""
    return Convergence(
        {name: float(split_rhat(draws).max(initial=1.0)) for name, draws in series.items()},
        {name: fewest(effective_draws(draws)) for name, draws in series.items()},
    )


def fewest(effective: Array) -> float:
    """Return the fewest effective draws, the share `ODD` left out."""
    return float(np.quantile(effective, ODD)) if effective.size else float("inf")


def split_rhat(series: Array) -> Array:
    """Return how much wider all draws spread than those of half a chain, `[...]`; 1 where chains agree (Gelman et al., 2013).

    >>> split_rhat(np.array([[1.0, 2.0, 1.0, 2.0], [1.0, 2.0, 1.0, 2.0]])).round(3).item()
    0.707
    """
    halves = split(series)
    draws = halves.shape[-1]
    within, between = halves.var(axis=-1, ddof=1).mean(axis=-1), halves.mean(axis=-1).var(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sqrt((draws - 1) / draws + between / within)
    return np.asarray(np.where(still(series), 1.0, ratio))


def effective_draws(series: Array) -> Array:
    """Return how many independent draws tell a mean as well, `[...]`, at most all there are (Geyer, 1992; Vehtari et al., 2021).

    Neighbouring autocorrelations are added in pairs while the pairs stay positive, none above the one before it.
    """
    halves = split(series)
    chains, draws = halves.shape[-2:]
    covariance = autocovariance(halves)
    within = covariance[..., 0].mean(axis=-1) * draws / (draws - 1)
    total = within * (draws - 1) / draws + halves.mean(axis=-1).var(axis=-1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = 1 - (within[..., None] - covariance.mean(axis=-2)) / total[..., None]
    correlation[..., 0] = 1.0
    even = draws // 2 * 2
    pairs = correlation[..., 0:even:2] + correlation[..., 1:even:2]
    positive = np.logical_and.accumulate(pairs > 0, axis=-1)
    falling = np.minimum.accumulate(np.where(positive, pairs, 0.0), axis=-1)
    length = np.maximum(2 * falling.sum(axis=-1) - 1, 1.0)
    return np.asarray(np.where(still(series), chains * draws, chains * draws / length))


def split(series: Array) -> Array:
    """Return every chain as two, a last odd draw left out."""
    half = series.shape[-1] // 2
    return np.asarray(np.concatenate([series[..., :half], series[..., half : 2 * half]], axis=-2))


def still(series: Array) -> Array:
    """Return which series do not move at all, but for their last bits."""
    return np.asarray(np.ptp(series, axis=(-2, -1)) <= NOISE * np.abs(series).max(axis=(-2, -1)))


def autocovariance(series: Array) -> Array:
    """Return the covariance of every series with itself so many draws later, `[..., T]` to `[..., T]`."""
    draws = series.shape[-1]
    length = scipy.fft.next_fast_len(2 * draws, real=True)
    waves = scipy.fft.rfft(series - series.mean(axis=-1, keepdims=True), length)
    return np.asarray(scipy.fft.irfft(np.abs(waves) ** 2, length)[..., :draws] / draws)
