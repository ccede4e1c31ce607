"""Waiting and completion times: normal on the logarithm of time, with cases that are still open counted as longer than so far.

To leave open cases out would make the slowest channels look quick.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask, Places
from marsad.core.estimate import Estimate, normal_quantile
from marsad.core.problem import Problem, Sentence

SETTLED, ROUNDS = 1e-10, 100
"""The step of a parameter that counts as none, and how many steps may be taken."""


@dataclass(frozen=True)
class LogNormal:
    """Mean and deviation of the logarithm of time, the covariance `[2, 2]` of the mean and the deviation's log, and the cases."""

    mean: float
    deviation: float
    covariance: Array
    n: int
    closed: int

    def quantile(self, share: float = 0.5, level: float = 0.9) -> Estimate:
        """Return the time within which a share of cases is done, with its interval, symmetric on the log scale; `[1]` each."""
        place = float(scipy.special.ndtri(share))
        slope = np.array([1.0, place * self.deviation])
        centre, reach = self.mean + place * self.deviation, normal_quantile(level) * self.error(slope)
        return self.known(np.exp(np.array([centre, centre - reach, centre + reach])))

    def share_within(self, limit: float, level: float = 0.9) -> Estimate:
        """Return the share of cases done within a limit, with its interval, symmetric in deviations; `[1]` each."""
        place = (np.log(limit) - self.mean) / self.deviation
        reach = normal_quantile(level) * self.error(np.array([-1 / self.deviation, -place]))
        return self.known(scipy.special.ndtr(np.array([place, place - reach, place + reach])))

    def error(self, slope: Array) -> float:
        """Return the standard error of what changes with the two parameters by these slopes."""
        return float(np.sqrt(slope @ self.covariance @ slope))

    def known(self, ends: Array) -> Estimate:
        """Return a value and its ends, with the cases behind them."""
        return Estimate(ends[:1], ends[1:2], ends[2:], np.array([float(self.n)]))


def log_times(times: Array, still_open: Mask) -> LogNormal:
    """Return the likeliest log-normal of times `[n]`, where of open cases the time so far is known; raises Problem.

    Newton's method in mean/deviation and 1/deviation, in which the likelihood has a single peak (R. J. Olsen, Econometrica 46,
    1978, 1211-1215).

    >>> fitted = log_times(np.exp([1.0, 2.0, 3.0]), np.array([False, False, False]))
    >>> round(fitted.mean, 6), round(fitted.deviation**2, 6)
    (2.0, 0.666667)
    """
    if (times <= 0).any() or not np.isfinite(times).all():
        raise Problem(
            Sentence("a time is not above 0"), remedy=Sentence("give times in one unit, a case of no time as half of it")
        )
    logs = np.log(times)
    done = logs[~still_open]
    if done.size < 2 or done.min() == done.max():
        raise Problem(
            Sentence("fewer than two cases are closed, or all of them after the same time"),
            remedy=Sentence("wait for more to close"),
        )
    scale = 1 / logs.std()
    place = np.array([logs.mean() * scale, scale])
    for _ in range(ROUNDS):
        slope, curve = slopes(place, logs, still_open)
        step = np.linalg.solve(curve, slope)
        while place[1] - step[1] <= 0 or likelihood(place - step, logs, still_open) < likelihood(place, logs, still_open) - 1e-9:
            step = step / 2
        place = place - step
        if np.abs(step).max() < SETTLED * max(1.0, float(np.abs(place).max())):
            break
    mean, deviation = place[0] / place[1], 1 / place[1]
    turn = np.array([[1 / place[1], -place[0] / place[1] ** 2], [0.0, -1 / place[1]]])
    covariance = turn @ np.linalg.inv(-slopes(place, logs, still_open)[1]) @ turn.T
    return LogNormal(float(mean), float(deviation), covariance, logs.size, done.size)


def medians(cells: Places, times: Array, still_open: Mask, size: int) -> tuple[Array, Array]:
    """Return the median time of every cell `[N]` of so many, and its standard error, from cases `[n]`; raises Problem.

    NaN where fewer than two cases are closed, or all of them after the same time.
    """
    value, error = np.full(size, np.nan), np.full(size, np.nan)
    # In one order, so that whoever reckons again finds the same to the last digit.
    order = np.lexsort((still_open, times, cells))
    cells, times, still_open = cells[order], times[order], still_open[order]
    for cell, first, last in zip(*bounds_of(cells), strict=True):
        here, running = times[first:last], still_open[first:last]
        closed = here[~running]
        if closed.size > 1 and closed[0] < closed[-1]:
            found = log_times(here, running)
            value[cell] = np.exp(found.mean)
            error[cell] = value[cell] * found.error(np.array([1.0, 0.0]))
    return value, error


def bounds_of(cells: Places) -> tuple[Places, Places, Places]:
    """Return the different cells among sorted ones, and where each begins and ends."""
    found, first = np.unique(cells, return_index=True)
    return found, first, np.append(first, cells.size)[1:]


def likelihood(place: Array, logs: Array, still_open: Mask) -> float:
    """Return the log-likelihood at mean/deviation and 1/deviation, up to a constant."""
    z = place[1] * logs - place[0]
    closed = z[~still_open]
    return float(closed.size * np.log(place[1]) - (closed**2).sum() / 2 + scipy.special.log_ndtr(-z[still_open]).sum())


def slopes(place: Array, logs: Array, still_open: Mask) -> tuple[Array, Array]:
    """Return slope `[2]` and curvature `[2, 2]` of the log-likelihood at mean/deviation and 1/deviation."""
    z = place[1] * logs - place[0]
    hazard = np.exp(-(z**2) / 2 - scipy.special.log_ndtr(-z)) / np.sqrt(2 * np.pi)
    pull = np.where(still_open, hazard, z)
    bend = np.where(still_open, hazard * (hazard - z), 1.0)
    closed = float((~still_open).sum())
    slope = np.array([pull.sum(), closed / place[1] - (pull * logs).sum()])
    mixed = (bend * logs).sum()
    return slope, np.array([[-bend.sum(), mixed], [mixed, -closed / place[1] ** 2 - (bend * logs**2).sum()]])
