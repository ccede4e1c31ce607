"""Empirical Bayes, one indicator at a time: what is known of all channels of a kind tells what to expect of one of them.

`C` channels, `L` levels of answer. What all channels have in common is estimated from them and then taken as known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array
from marsad.core.estimate import Estimate, normal_quantile
from marsad.core.problem import Problem, Sentence

CONCENTRATED = np.log(1e6)
"""The logarithm of how many answers a prior may be worth; beyond it channels do not differ at all."""
CLOSELY = {"ftol": 1e-15, "gtol": 1e-9}
"""When a prior is found: so closely that whoever reckons again finds the same."""
FEWEST = 4
"""Channels below which nothing can be said of how far they differ; nothing is then shrunk."""


@dataclass(frozen=True)
class Shrunk:
    """Posterior means with their intervals, each `[C]`, and the factor `[C]` of a channel's own distance that is kept."""

    estimate: Estimate
    kept: Array


def levels_prior(counts: Array) -> Array:
    """Return the Dirichlet prior `[L]` under which answers `[C, L]` by level are likeliest; with two levels it is a beta.

    Each channel's answers are multinomial, its shares of levels a draw from the prior. Raises Problem.
    """
    answered = counts_of(counts)
    totals, used = answered.sum(axis=1), answered.sum(axis=0) > 0
    if len(answered) < FEWEST or not (totals > 1).any():
        raise Problem(
            Sentence("too few channels have answers to tell how far they differ"),
            remedy=Sentence("take the interval of each alone"),
        )
    seen = answered[:, used]

    def unlikely(logs: Array) -> tuple[float, Array]:
        prior = np.exp(logs)
        whole = prior.sum()
        fit = scipy.special.gammaln(seen + prior).sum() - len(seen) * scipy.special.gammaln(prior).sum()
        fit += len(seen) * scipy.special.gammaln(whole) - scipy.special.gammaln(totals + whole).sum()
        by_whole = len(seen) * scipy.special.digamma(whole) - scipy.special.digamma(totals + whole).sum()
        slope = (scipy.special.digamma(seen + prior) - scipy.special.digamma(prior)).sum(axis=0) + by_whole
        return -float(fit), -slope * prior

    start = np.log(10 * seen.sum(axis=0) / totals.sum())
    found = scipy.optimize.minimize(
        unlikely, start, jac=True, method="L-BFGS-B", bounds=[(-12.0, CONCENTRATED)] * int(used.sum()), options=CLOSELY
    )
    prior = np.zeros(counts.shape[1])
    prior[used] = np.exp(found.x)
    return prior


def counts_of(counts: Array) -> Array:
    """Return the rows of channels that have answers; raises Problem for what is no table of counts."""
    if counts.ndim != 2 or counts.shape[1] < 2 or not np.isfinite(counts).all() or (counts < 0).any():
        raise Problem(
            Sentence("answers by level are no table of counts"), remedy=Sentence("give a row per channel and a column per level")
        )
    answered: Array = counts[counts.sum(axis=1) > 0]
    return answered


def shrunk_levels(counts: Array, points: Array, prior: Array | None = None, level: float = 0.9) -> Shrunk:
    """Return the mean points of answers `[C, L]`, each level worth some points `[L]`, drawn towards those of all channels.

    Two levels worth 0 and 1 are a share under a beta prior, three faces may be worth 0, 50 and 100, five points 0 to 100 by 25;
    without a prior it is that of `levels_prior`. Intervals are those of a beta with the posterior's mean and variance over the
    points: exact for two levels. Raises Problem.
    """
    before = levels_prior(counts) if prior is None else prior
    after = counts + before
    whole = after.sum(axis=1)
    worst, best = points.min(), points.max()
    if not best > worst:
        raise Problem(Sentence("all levels are worth the same"), remedy=Sentence("give the levels different points"))
    shares, scaled = after / whole[:, None], (points - worst) / (best - worst)
    mean = shares @ scaled
    variance = (shares @ scaled**2 - mean**2) / (whole + 1)
    ends = beta_ends(mean, variance, level)
    values = [worst + (best - worst) * part for part in (mean, *ends)]
    n = counts.sum(axis=1)
    return Shrunk(Estimate(values[0], values[1], values[2], n), n / whole)


def beta_ends(mean: Array, variance: Array, level: float) -> tuple[Array, Array]:
    """Return the ends of the middle of betas with these means and variances; without variance both are the mean."""
    spread = variance > 0
    size = np.divide(mean * (1 - mean), variance, out=np.full_like(mean, 2.0), where=spread) - 1
    low, high = (scipy.special.betaincinv(mean * size, (1 - mean) * size, tail) for tail in ((1 - level) / 2, (1 + level) / 2))
    return np.where(spread, low, mean), np.where(spread, high, mean)


def spread_between(value: Array, variance: Array) -> tuple[float, float]:
    """Return the mean of all channels and the variance between their true values, from values `[C]` with their variances `[C]`.

    The variance is the one under which squared distances from the weighted mean add up to C − 1, or 0 (Paule and Mandel, 1982).
    """

    def weighed(between: float) -> tuple[float, float]:
        weights = 1 / (variance + between)
        mean = float((weights * value).sum() / weights.sum())
        return mean, float((weights * (value - mean) ** 2).sum()) - (value.size - 1)

    if weighed(0.0)[1] <= 0:
        return weighed(0.0)[0], 0.0
    most = float(((value - value.mean()) ** 2).sum())
    between = float(scipy.optimize.brentq(lambda guess: weighed(guess)[1], 0.0, most, xtol=1e-12 * most, rtol=1e-12))
    return weighed(between)[0], between


def shrunk_means(value: Array, se: Array, n: Array, level: float = 0.9) -> Shrunk:
    """Return values `[C]` with unequal standard errors `[C]`, of `n` answers, drawn towards the mean of all as these demand.

    C. N. Morris, "Parametric empirical Bayes inference", JASA 78 (1983), 47-55: channels are drawn (C − 3) / (C − 1) of the way
    that would be right if the mean and variance of all were known, and the doubt in both widens the intervals. Fewer than
    `FEWEST` stay where they are. Raises Problem.

    >>> value, se = np.array([1.0, 2.0, 6.0, 7.0, 9.0]), np.array([1.0, 1.0, 1.0, 1.0, 4.0])
    >>> shrunk_means(value, se, np.full(5, 30.0)).estimate.value.round(2).tolist()
    [1.2, 2.14, 5.91, 6.85, 7.45]
    """
    if value.shape != se.shape or not (np.isfinite(value).all() and np.isfinite(se).all() and (se > 0).all()):
        raise Problem(
            Sentence("values and their standard errors do not go together"),
            remedy=Sentence("give a value and a standard error above 0 for every channel"),
        )
    z, size = normal_quantile(level), value.size
    if size < FEWEST:
        return Shrunk(Estimate(value, value - z * se, value + z * se, n), np.ones(size))
    variance = se**2
    mean, between = spread_between(value, variance)
    weights = 1 / (variance + between)
    towards = (size - 3) / (size - 1) * variance * weights
    typical = (weights * variance).sum() / weights.sum()
    of_spread = 2 / (size - 3) * towards**2 * (typical + between) * weights * (value - mean) ** 2
    error = np.sqrt(variance * (1 - (size - 1) / size * towards) + of_spread)
    kept = 1 - towards
    centre = mean + kept * (value - mean)
    return Shrunk(Estimate(centre, centre - z * error, centre + z * error, n), kept)
