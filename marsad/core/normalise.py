"""From an indicator's own scale to a score: divide, impute, treat outliers, normalise.

Every step sees one indicator over one population (all channels of a kind, or of a peer group), `NaN` where missing.
A normaliser is fitted once on the published values and then scores anything on that fixed scale, so that a draw of a
channel's value is read on the same scale as the value itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.core.stars import Cuts, StarRule


class Scale(Protocol):
    """A fitted normaliser: values of any shape to scores of the same shape. It never changes, and has a hash."""

    def __hash__(self) -> int: ...

    def score(self, values: Array) -> Array:
        """Return the scores."""
        ...

    def slope(self, values: Array) -> Array | None:
        """Return how many points a unit of the value is worth there, or None where the scale is not smooth."""
        ...


@dataclass(frozen=True)
class Line:
    """A straight scale: `slope · value + intercept`, kept inside `low` and `high` where they are given."""

    rate: float
    intercept: float
    low: float = -np.inf
    high: float = np.inf

    def score(self, values: Array) -> Array:
        """Return the scores."""
        return np.clip(self.rate * values + self.intercept, self.low, self.high)

    def slope(self, values: Array) -> Array | None:
        """Return the constant rate."""
        return np.full_like(values, self.rate)


@dataclass(frozen=True)
class Steps:
    """A scale of stars: which band of the cuts a value falls into; `sign` -1 where lower is better."""

    cuts: Cuts
    sign: float

    def score(self, values: Array) -> Array:
        """Return the stars."""
        return self.cuts.stars_of(self.sign * values)

    def slope(self, values: Array) -> Array | None:
        """Return None: a step has no slope."""
        return None


@dataclass(frozen=True)
class Curve:
    """A scale through given points, straight between them."""

    at: tuple[float, ...]
    points: tuple[float, ...]

    def score(self, values: Array) -> Array:
        """Return the scores; beyond the ends the end's score."""
        return np.asarray(np.where(np.isnan(values), np.nan, np.interp(values, self.at, self.points)))

    def slope(self, values: Array) -> Array | None:
        """Return the slope of the segment a value lies on."""
        rates = np.diff(self.points) / np.diff(self.at)
        segment = np.clip(np.searchsorted(self.at, values, side="right") - 1, 0, len(rates) - 1)
        return np.asarray(np.where(np.isnan(values), np.nan, rates[segment]))


def varies(known: Array) -> bool:
    """Whether known values differ by more than the noise of their last bits; a constant column has none to blow up."""
    return known.size > 1 and bool(np.ptp(known) > 1e-13 * np.abs(known).max())


UNBOUNDED = (-np.inf, np.inf)


class Normaliser(Protocol):
    """How a standard brings an indicator onto the common scale; `bounds` are the least and the most it can score."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        ...

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the scale fitted on one population `[C]`."""
        ...


@dataclass(frozen=True)
class AsIs:
    """The value is the score; where lower is better its sign is turned."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return UNBOUNDED

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the line through the origin."""
        return Line(-1.0 if lower_is_better else 1.0, 0.0)


@dataclass(frozen=True)
class ZScore:
    """Standard deviations from the population's mean, with the n−1 divisor: (x − mean) / SD, sign turned where lower is better.

    A population without spread scores 0.
    """

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return UNBOUNDED

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the line."""
        known = values[~np.isnan(values)]
        spread = known.std(ddof=1) if varies(known) else 0.0
        rate = (-1.0 if lower_is_better else 1.0) / spread if spread > 0 else 0.0
        return Line(rate, -rate * known.mean() if known.size else 0.0)


@dataclass(frozen=True)
class MinMax:
    """The population's worst is `low` and its best `high`, straight between (OECD handbook on composite indicators, 2008, p. 28).

    A population without spread scores the middle.
    """

    low: float = 0.0
    high: float = 100.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return (self.low, self.high)

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the line."""
        known = values[~np.isnan(values)]
        if not varies(known):
            return Line(0.0, (self.low + self.high) / 2)
        worst, best = known.min(), known.max()
        if lower_is_better:
            worst, best = best, worst
        rate = (self.high - self.low) / (best - worst)
        return Line(float(rate), float(self.low - rate * worst))


@dataclass(frozen=True)
class Goalposts:
    """Fixed ends that outlive a cycle: `worst` scores `low`, `best` scores `high`; beyond them the end's score."""

    worst: float
    best: float
    low: float = 0.0
    high: float = 100.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return (min(self.low, self.high), max(self.low, self.high))

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the line; the order of the goalposts says the direction."""
        rate = (self.high - self.low) / (self.best - self.worst)
        return Line(rate, self.low - rate * self.worst, self.low, self.high)


@dataclass(frozen=True)
class Levels:
    """Maturity levels 1, 2, 3 … worth the given points, straight between for the mean level of several assessors."""

    points: tuple[float, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return (min(self.points), max(self.points))

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the curve through the levels."""
        return Curve(tuple(float(level) for level in range(1, len(self.points) + 1)), self.points)


@dataclass(frozen=True)
class PercentRank:
    """The share of the other channels that a channel beats, ties counted half, times 100."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return (0.0, 100.0)

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the curve through the population's own ranks."""
        known = np.sort(values[~np.isnan(values)])
        if known.size < 2:
            return Line(0.0, 50.0)
        at, first, repeats = np.unique(known, return_index=True, return_counts=True)
        beaten = 100 * (first + (repeats - 1) / 2) / (known.size - 1)
        points = 100 - beaten if lower_is_better else beaten
        return Curve(tuple(at.tolist()), tuple(points.tolist())) if at.size > 1 else Line(0.0, 50.0)


@dataclass(frozen=True)
class Stars:
    """The value's star under a star rule of its own (published cut points, or cut points found in the population)."""

    rule: StarRule

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return (min(self.rule.stars), max(self.rule.stars))

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the steps; where lower is better the rule reads the values with their sign turned."""
        sign = -1.0 if lower_is_better else 1.0
        rule = self.rule.mirrored() if lower_is_better else self.rule
        return Steps(rule.cuts(sign * values[~np.isnan(values)]), sign)


NORMALISERS: Mapping[str, type[Normaliser]] = MappingProxyType(
    {
        "as-is": AsIs,
        "z-score": ZScore,
        "min-max": MinMax,
        "goalposts": Goalposts,
        "levels": Levels,
        "percent-rank": PercentRank,
        "stars": Stars,
    }
)
"""Every normaliser by the name a standard gives it."""


@dataclass(frozen=True)
class Impute:
    """Fill a missing value with the `mean` or `median` of the channels that share an attribute (or of all)."""

    method: str = "mean"
    by: str | None = None

    def fill(self, values: Array, groups: Texts | None) -> Array:
        """Return the values `[C]` with every gap filled that has a known neighbour in its group."""
        centres: dict[str, Callable[[Array], np.floating]] = {"mean": np.mean, "median": np.median}
        centre = centres[self.method]
        filled = values.copy()
        for group in [None] if groups is None else np.unique(groups):
            members = np.ones(values.size, bool) if groups is None else groups == group
            known = values[members & ~np.isnan(values)]
            if known.size:
                filled[members & np.isnan(values)] = centre(known)
        return filled


@dataclass(frozen=True)
class Treat:
    """Pull in outliers while |skewness| and kurtosis are both beyond their limits.

    Winsorise one value at a time until `points` channels are moved, those that tie together; where that is not enough, take
    logarithms of the untreated values (Becker et al., COINr 1.1: winsorise, log_CT). Skewness and kurtosis are the sample
    ones, G1 and G2.
    """

    skewness: float = 2.0
    kurtosis: float = 3.5
    points: int = 5
    then_log: bool = True

    def outside(self, values: Array) -> bool:
        """Whether the distribution of the known values asks for treatment."""
        known = values[~np.isnan(values)]
        return known.size > 3 and abs(skewness(known)) > self.skewness and kurtosis(known) > self.kurtosis

    def apply(self, values: Array) -> tuple[Array, Array]:
        """Return the treated values `[C]` and how fast each moves with the untreated one."""
        treated = values.copy()
        while self.outside(treated) and np.sum(treated != values, where=~np.isnan(values)) < self.points:
            treated = winsorise_one(treated)
        if not self.outside(treated) or not self.then_log:
            return treated, np.ones_like(values)
        return log_treated(values)


def winsorise_one(values: Array) -> Array:
    """Bring the most extreme value on the side of the skew to its neighbour."""
    known = np.unique(values[~np.isnan(values)])
    if known.size < 2:
        return values
    extreme, neighbour = (known[-1], known[-2]) if skewness(values[~np.isnan(values)]) > 0 else (known[0], known[1])
    return np.where(values == extreme, neighbour, values)


def log_treated(values: Array) -> tuple[Array, Array]:
    """Return logarithms that draw in the long side, shifted by a hundredth of the range, and their derivative."""
    low, high = np.nanmin(values), np.nanmax(values)
    shift = 0.01 * (high - low)
    if skewness(values[~np.isnan(values)]) > 0:
        inside = values - low + shift
        return np.log(inside), 1 / inside
    inside = high - values + shift
    return -np.log(inside), 1 / inside


def skewness(values: Array) -> float:
    """Return the sample skewness G1 of known values (Joanes and Gill, 1998); 0 where they do not vary."""
    n, centred = values.size, values - values.mean()
    spread = np.mean(centred**2)
    if n < 3 or spread <= 0:
        return 0.0
    return float(np.mean(centred**3) / spread**1.5 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(values: Array) -> float:
    """Return the sample excess kurtosis G2 of known values (Joanes and Gill, 1998); 0 where they do not vary."""
    n, centred = values.size, values - values.mean()
    spread = np.mean(centred**2)
    if n < 4 or spread <= 0:
        return 0.0
    excess = np.mean(centred**4) / spread**2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))
