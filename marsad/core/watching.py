"""What stands out, between channels and over time: funnels, moving averages, cumulative sums, and how many alarms are false.

`C` channels, `T` times; NaN is a time without a value. What is marked is looked at again; it is not yet a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.estimate import normal_quantile
from marsad.core.problem import Problem, Sentence

OUTER = 0.1
"""The share of channels at either end whose distances are pulled in before the spread of the others is judged."""

TIMES = 4
"""With fewer values a series tells nothing of drift."""
TURNS = 12
"""So often own means and what series do together are found in turn; even with half of all values missing nothing moves then."""
FEWEST = 10
"""With fewer channels a funnel hardly knows how they differ."""


@dataclass(frozen=True)
class Funnel:
    """A target, the variance between channels beside chance, their over-dispersion, and how far off each is, in errors `[C]`."""

    target: float
    between: float
    factor: float
    z: Array

    def limits(self, error: Array, level: float = 0.998) -> tuple[Array, Array]:
        """Return between which ends channels with these errors are expected to lie."""
        reach = normal_quantile(level) * np.sqrt(error**2 + self.between)
        return self.target - reach, self.target + reach


@dataclass(frozen=True)
class Moving:
    """A moving average of each channel and its standard error under the target, `[C, T]`."""

    target: float
    average: Array
    error: Array

    @property
    def z(self) -> Array:
        """Return how far averages are from the target, in errors; NaN before the first value."""
        return np.divide(self.average - self.target, self.error, out=np.full_like(self.average, np.nan), where=self.error > 0)

    def limits(self, width: float = 3.0) -> tuple[Array, Array]:
        """Return the ends of what chance makes of the average, so many errors wide to either side."""
        return self.target - width * self.error, self.target + width * self.error


@dataclass(frozen=True)
class Sums:
    """Cumulative sums of what is above and below a target, `[C, T]`, and when either first passes the threshold; -1: never."""

    above: Array
    below: Array
    signal: Places


def share_error(target: float, n: Array) -> Array:
    """Return the standard error of shares of `n` answers where the target is true."""
    return np.asarray(np.sqrt(target * (1 - target) / n))


def funnel(value: Array, error: Array, target: float | None = None) -> Funnel:
    """Return a funnel of values `[C]`, with the errors they have on target, that allows for how far channels differ anyway.

    After D. J. Spiegelhalter, "Handling over-dispersion of performance indicators", Qual. Saf. Health Care 14 (2005), 347-351:
    distances are winsorised, and `factor` is their mean square. The variance between channels is the one beside which distances,
    winsorised, spread as chance does; his formula for it holds where errors are alike and chance is not pulled in. Without a
    target it is the weighted mean. Raises Problem.
    """
    if value.size < 2 or value.shape != error.shape or not np.isfinite(value).all() or not (error > 0).all():
        raise Problem(
            Sentence("a funnel needs two channels or more, each with a value and an error above 0"),
            remedy=Sentence("leave out who has no value"),
        )
    weights = 1 / error**2
    line = float((weights * value).sum() / weights.sum()) if target is None else target
    between = spread_beside_chance(value - line, error)
    return Funnel(line, between, winsorised_square((value - line) / error), (value - line) / np.sqrt(error**2 + between))


def funnels(value: Array, error: Array, groups: Texts) -> tuple[dict[str, Funnel], Array]:
    """Return a funnel for every group with `FEWEST` channels or more, and how far off each channel is, `[C]`, in errors.

    Values and errors `[C]` are NaN where a channel has none; so is the distance then, and in smaller groups.
    """
    known = np.isfinite(value) & np.isfinite(error) & (error > 0)
    found, z = {}, np.full(value.size, np.nan)
    for group in np.unique(groups[known]).tolist():
        rows = known & (groups == group)
        if rows.sum() >= FEWEST:
            found[group] = funnel(value[rows], error[rows])
            z[rows] = found[group].z
    return found, z


def spread_beside_chance(away: Array, error: Array) -> float:
    """Return the variance beside which distances `[C]` with errors `[C]`, winsorised, spread as chance does; never below 0."""

    def excess(between: float) -> float:
        return winsorised_square(away / np.sqrt(error**2 + between)) - square_of_chance()

    most = float((away**2).max()) / square_of_chance()
    return float(scipy.optimize.brentq(excess, 0.0, most, xtol=1e-12 * most, rtol=1e-12)) if excess(0.0) > 0 else 0.0


def square_of_chance() -> float:
    """Return the mean square of a standard normal that is winsorised as `winsorised_square` does.

    >>> round(square_of_chance(), 4)
    0.6787
    """
    end = normal_quantile(1 - 2 * OUTER)
    return 1 - 2 * OUTER - 2 * end * NormalDist().pdf(end) + 2 * OUTER * end**2


def winsorised_square(z: Array) -> float:
    """Return the mean square of distances `[C]`, those beyond `OUTER` at either end pulled in to where that begins."""
    low, high = np.quantile(z, [OUTER, 1 - OUTER])
    return float((np.clip(z, low, high) ** 2).mean())


def moving_average(values: Array, error: Array, target: float, weight: float = 0.3) -> Moving:
    """Return the exponentially weighted averages of values `[C, T]` with standard errors `[C, T]`, beginning on target.

    A new value has the weight, all before it together the rest; a time without value changes nothing. S. W. Roberts,
    Technometrics 1 (1959), 239-250. Raises Problem.

    >>> moved = moving_average(np.array([[52.0, 47.0, 53.0]]), np.full((1, 3), 2.0539), target=50.0)
    >>> moved.average.round(2).tolist()
    [[50.6, 49.52, 50.56]]
    """
    if not 0 < weight <= 1:
        raise Problem(Sentence("a weight is not above 0 and up to 1"), remedy=Sentence("take one between 0.2 and 0.3"))
    average, variance = np.full(len(values), target), np.zeros(len(values))
    averages, errors = np.empty(values.shape), np.empty(values.shape)
    for time, (value, spread) in enumerate(zip(values.T, error.T, strict=True)):
        known = ~np.isnan(value)
        average = np.where(known, weight * value + (1 - weight) * average, average)
        variance = np.where(known, weight**2 * spread**2 + (1 - weight) ** 2 * variance, variance)
        averages[:, time], errors[:, time] = average, np.sqrt(variance)
    return Moving(target, averages, errors)


@dataclass(frozen=True)
class Drift:
    """How far series `[S]` have drifted in the end: in points, by a moving average, and in errors; NaN where it is not told."""

    points: Array
    z: Array


def drift(values: Array, error: Array, groups: Texts, weight: float = 0.3) -> Drift:
    """Return how far series `[S, T]` with standard errors `[S, T]` have moved from their own mean, beside their groups `[S]`.

    What the series of a group do together, season or holiday, is taken off, and so are their own means; the moving average of
    what is left ends at `points`. Its error follows from those of the values, own mean included, and from how series of the group
    drift anyway. Series with fewer than `TIMES` values, and groups of fewer than `FEWEST` series, are left out.
    """
    known = np.isfinite(values) & np.isfinite(error) & (error > 0)
    enough = known.sum(axis=1) >= TIMES
    known &= enough[:, None]
    precision = np.divide(1.0, error**2, out=np.zeros(values.shape), where=known)
    shares = np.divide(precision, precision.sum(axis=1, keepdims=True), out=np.zeros(values.shape), where=known)
    points, z = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for group in np.unique(groups[enough]).tolist():
        rows = np.flatnonzero(enough & (groups == group))
        if rows.size < FEWEST:
            continue
        left = apart(values[rows], shares[rows], precision[rows])
        points[rows] = moving_average(left, error[rows], 0.0, weight).average[:, -1]
        z[rows] = points[rows] / end_error(known[rows], shares[rows], error[rows], weight)
        z[rows] /= np.sqrt(max(winsorised_square(z[rows]) / square_of_chance(), 1.0))
    return Drift(points, z)


def apart(values: Array, shares: Array, precision: Array) -> Array:
    """Return what is left of series `[S, T]` beside their own means and what they do together, both found in turn; NaN for gaps.

    Found at once they would be mixed up where gaps lie at different times.
    """
    known = precision > 0
    filled, together = np.where(known, values, 0.0), np.zeros(values.shape[1])
    weights = np.maximum(precision.sum(axis=0), np.finfo(float).tiny)
    for _turn in range(TURNS):
        own = (shares * (filled - together)).sum(axis=1, keepdims=True)
        together = (precision * (filled - own)).sum(axis=0) / weights
    own = (shares * (filled - together)).sum(axis=1, keepdims=True)
    return np.where(known, values - own - together, np.nan)


def end_error(known: Mask, shares: Array, error: Array, weight: float) -> Array:
    """Return the standard error `[S]` of the end of moving averages of series less their own means, by the shares of these."""
    after = known[:, ::-1].cumsum(axis=1)[:, ::-1] - known
    counts = np.where(known, weight * (1 - weight) ** after, 0.0)
    factors = counts - counts.sum(axis=1, keepdims=True) * shares
    return np.asarray(np.sqrt((factors**2 * np.where(known, error, 0.0) ** 2).sum(axis=1)))


def cumulative_sums(values: Array, target: float, slack: float, threshold: float) -> Sums:
    """Return sums of what values `[C, T]` are above and below a target by more than the slack, never less than 0.

    E. S. Page, Biometrika 41 (1954), 100-115. A time without value changes nothing. It finds a small lasting shift sooner than a
    look at single values does.

    >>> cumulative_sums(np.array([[10.0, 12.0, 12.0, 12.0]]), target=10.0, slack=0.5, threshold=4.0).signal.tolist()
    [3]
    """
    up, down = (np.nan_to_num(sign * (values - target) - slack) for sign in (1, -1))
    above, below = (np.zeros(values.shape) for _ in range(2))
    for sums, steps in ((above, up), (below, down)):
        so_far = np.zeros(len(values))
        for time, step in enumerate(steps.T):
            so_far = np.maximum(so_far + step, 0.0)
            sums[:, time] = so_far
    alarm = np.maximum(above, below) > threshold
    return Sums(above, below, np.where(alarm.any(axis=1), alarm.argmax(axis=1), -1))


def marked(z: Array, rate: float = 0.1) -> Mask:
    """Return which of many distances `[C]`, in errors, to look at: on average at most this share of them is there by chance.

    Y. Benjamini, Y. Hochberg, JRSS B 57 (1995), 289-300, over all channels at once; NaN is not marked.
    """
    return marked_by_chance(2 * scipy.special.ndtr(-np.abs(z)), rate)


def marked_by_chance(p: Array, rate: float) -> Mask:
    """Return which of many chances `[C]` are too small for chance, by the rule of `marked`.

    >>> marked_by_chance(np.array([0.001, 0.04, 0.03, 0.9]), rate=0.05).tolist()
    [True, False, False, False]
    """
    known = ~np.isnan(p)
    chosen = np.zeros(p.shape, bool)
    ordered = np.sort(p[known])
    allowed = ordered[ordered * ordered.size <= rate * np.arange(1, ordered.size + 1)]
    if allowed.size:
        chosen[known] = p[known] <= allowed[-1]
    return chosen
