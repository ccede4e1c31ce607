"""Moves that let the joint model's covariances travel where the data say little of single effects (Yu and Meng, 2011).

Drawn given effects, a covariance hardly leaves that of the effects it gave. So it is drawn a second time with what the effects
are in units of its root held fixed: the effects then move along with it, and only what was measured holds it. Roots are lower
triangles and are drawn row by row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

import numpy as np
import scipy

from marsad.core.arrays import Array

FREEDOM = 2.0
"""Degrees of freedom of the half-t prior of standard deviations; with 2, any correlation is as likely as any other."""
TAILS = np.array([3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0, 20.0, 30.0, 50.0, 100.0])
"""The degrees of freedom of the channels' own parts, each as likely as any other beforehand."""
TAIL_MOVES = 10
STEP = 0.25
"""The first width of a slice of the logarithm of a root's diagonal."""


def redrawn_root(root: Array, units: Array, precision: Array, pull: Array, prior: Array, generator: np.random.Generator) -> Array:
    """Return a root `[I, I]` of a covariance drawn anew, effects `[N, I]` being `units` times it.

    `precision` `[N, I, I]` is that of what was measured of the effects, `pull` `[N, I]` the same times how far it is from them;
    `prior` `[I]` are the auxiliary scales of the covariance's prior.
    """
    size = prior.size
    root, pull, cost = root.copy(), pull.copy(), 2 * FREEDOM / prior
    inverse, columns = scipy.linalg.lapack.dtrtri(root, lower=True)[0], np.ascontiguousarray(precision.transpose(2, 0, 1))
    for row in range(size):
        mine, now = units[:, : row + 1], root[row, : row + 1].copy()
        gram = (mine * columns[row][:, [row]]).T @ mine
        side = gram @ now + mine.T @ pull[:, row]
        below = inverse[row:, row] * now[row]
        base = inverse[row:, :row] - below[:, None] * inverse[row, :row]
        known = Row(gram, side, inverse[:row, :row], cost[: row + 1], float(below @ below), base.T @ below)
        then = known.drawn(now, size - row - (FREEDOM + 2 * size), generator)
        pull -= columns[row] * (mine @ (then - now))[:, None]
        root[row, : row + 1] = then
        ahead = np.append(-then[:row] @ inverse[:row, :row], 1.0) / then[row]
        inverse[row:, : row + 1] = np.column_stack([base, np.zeros(size - row)]) + np.outer(below, ahead)
    return root


@dataclass(frozen=True)
class Row:
    """What decides one row of a root, of `M` entries: what was measured, as `gram` `[M, M]` and `side` `[M]`, and the prior.

    The prior's cost of a covariance is ½ Σ cost · diagonal of its inverse. Of the inverse root, `above` are the rows over this;
    those from this row on are a base and multiples of this row: `below` is the sum of the multiples' squares, `across` that of
    their products with the base.
    """

    gram: Array
    side: Array
    above: Array
    cost: Array
    below: float
    across: Array

    def drawn(self, now: Array, power: float, generator: np.random.Generator) -> Array:
        """Return the row drawn: what is left of the diagonal given the diagonal, which is normal, and then the diagonal."""
        left, last = now[:-1], now[-1]
        if left.size:
            spread = self.gram[:-1, :-1] + self.below / last**2 * (self.above * self.cost[:-1]) @ self.above.T
            half = scipy.linalg.lapack.dpotrf(spread, lower=True)[0]
            side = self.side[:-1] - self.gram[:-1, -1] * last + self.above @ (self.cost[:-1] * self.across) / last
            error = scipy.linalg.lapack.dtrtrs(half, generator.standard_normal(left.size), lower=True, trans=1)[0]
            left = scipy.linalg.lapack.dpotrs(half, side, lower=True)[0] + error
        slope = float(self.side[-1] - self.gram[-1, :-1] @ left)
        ahead = left @ self.above
        linear = float(self.cost[:-1] * self.across @ ahead)
        square = self.below * float(self.cost[:-1] @ ahead**2 + self.cost[-1])
        curve = float(self.gram[-1, -1])

        def height(logarithm: float) -> float:
            value = exp(logarithm)
            prior = (power + 1) * logarithm + linear / value - square / (2 * value**2)
            return slope * value - curve * value**2 / 2 + prior

        return np.append(left, exp(sliced(height, log(last), generator)))


def sliced(height: Callable[[float], float], now: float, generator: np.random.Generator) -> float:
    """Return a number drawn by its log density, from the number before it: slice sampling with stepping out (Neal, 2003)."""
    floor = height(now) + log(generator.random())
    low = now - STEP * generator.random()
    high = low + STEP
    while height(low) > floor:
        low -= STEP
    while height(high) > floor:
        high += STEP
    while True:
        then = float(generator.uniform(low, high))
        if height(then) > floor:
            return then
        low, high = (then, high) if then < now else (low, then)


def stretch(square: float, linear: float, prior: float, scale: float, generator: np.random.Generator) -> float:
    """Return how many times larger effects become when their spread and its prior's auxiliary scale are drawn along with them.

    What was measured says −½ · square · t² + linear · t of effects t times as large. Near 0 nothing else moves far.
    """
    cost = 1 / (scale**2 * prior)

    def height(logarithm: float) -> float:
        times = exp(logarithm)
        return linear * times - square * times**2 / 2 + logarithm - cost * times**2

    return exp(sliced(height, 0.0, generator))


def inverse_of(covariance: Array) -> Array:
    """Return the inverse of a covariance `[I, I]`; general ones wait for threads even where there is so little to do."""
    half = scipy.linalg.lapack.dtrtri(np.linalg.cholesky(covariance), lower=True)[0]
    return np.asarray(half.T @ half)


def log_density(distance: Array, tail: float, size: int) -> float:
    """Return the log density of `N` effects of Student's t at squared distances `[N]` from 0, but for the covariance's part."""
    constant = scipy.special.gammaln((tail + size) / 2) - scipy.special.gammaln(tail / 2) - size / 2 * np.log(tail)
    return float(distance.size * constant - (tail + size) / 2 * np.log1p(distance / tail).sum())


def moved_tail(
    tail: float, channel: Array, distance: Array, prior: Array, generator: np.random.Generator
) -> tuple[float, float, Array]:
    """Return degrees of freedom, how much wider the covariance is, and distances, after moves of both at once.

    They leave the middle distance as it is.

    Heavier tails around a narrower middle look much alike; one at a time, neither could move far.
    """
    count, size = distance.size, prior.size
    cost = float(FREEDOM * (np.diag(inverse_of(channel)) / prior).sum())
    middle = scipy.special.fdtri(size, TAILS, 0.5)
    place, times = int(np.searchsorted(TAILS, tail)), 1.0
    for step, chance in zip(generator.choice([-1, 1], TAIL_MOVES), np.log(generator.random(TAIL_MOVES)), strict=True):
        if not 0 <= place + step < TAILS.size:
            continue
        ratio = middle[place] / middle[place + step]
        gain = log_density(distance / ratio, TAILS[place + step], size) - log_density(distance, TAILS[place], size)
        gain -= (count * size + size * (FREEDOM + 2 * size) - size * (size + 1)) / 2 * np.log(ratio) + cost * (1 / ratio - 1)
        if chance < gain:
            place, times, distance, cost = place + step, times * ratio, distance / ratio, cost / ratio
    return float(TAILS[place]), times, distance
