"""How far raters agree: Krippendorff's α, Gwet's AC, Cohen's weighted κ and intraclass correlations, each with its interval.

Ratings are `[U, R]`, a row per unit and a column per rater, NaN where a rater did not see a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import scipy

from marsad.core.arrays import Array
from marsad.core.posterior import Settings
from marsad.core.problem import Problem

Metric = Callable[[Array, Array], Array]
"""From values `[V]` in their order and how often each occurs `[V]` to how different any two are `[V, V]`, 0 for equal ones."""
Weights = Callable[[Array], Array]
"""From values `[V]` in their order to how far any two agree `[V, V]`, 1 for equal ones."""


@dataclass(frozen=True)
class Agreement:
    """A coefficient with its standard error and the ends of its interval, NaN where there is none, and the units behind it."""

    value: float
    se: float
    low: float
    high: float
    n: int


# ---- what counts as a difference, and as agreement


def nominal(values: Array, counts: Array) -> Array:
    """Return 1 for any two different values."""
    return np.asarray(values[:, None] != values, dtype=np.float64)


def ordinal(values: Array, counts: Array) -> Array:
    """Return the squared distance in ranks: ratings between two values, half of those at either of them."""
    return interval(np.cumsum(counts) - counts / 2, counts)


def interval(values: Array, counts: Array) -> Array:
    """Return the squared difference."""
    return np.asarray((values[:, None] - values) ** 2)


def ratio(values: Array, counts: Array) -> Array:
    """Return the squared difference over the sum; raises Problem below 0, where a ratio says nothing."""
    if (values < 0).any():
        raise Problem("a rating is below 0, where ratios say nothing", remedy="take the interval metric")
    total = values[:, None] + values
    return np.asarray(np.divide(values[:, None] - values, total, out=np.zeros_like(total), where=total > 0) ** 2)


def identity(values: Array) -> Array:
    """Return 1 for equal values, 0 for any others."""
    return np.eye(values.size)


def linear(values: Array) -> Array:
    """Return 1 less the difference, as a share of the largest."""
    return 1 - np.abs(values[:, None] - values) / max(np.ptp(values), np.finfo(float).tiny)


def quadratic(values: Array) -> Array:
    """Return 1 less the squared difference, as a share of the largest."""
    return 1 - (1 - linear(values)) ** 2


METRICS: Mapping[str, Metric] = MappingProxyType({"nominal": nominal, "ordinal": ordinal, "interval": interval, "ratio": ratio})
WEIGHTS: Mapping[str, Weights] = MappingProxyType({"identity": identity, "linear": linear, "quadratic": quadratic})


# ---- categories


def counted(ratings: Array, values: Array | None = None) -> tuple[Array, Array]:
    """Return the values `[V]` and how many raters gave each to each unit `[U, V]`, units nobody rated left out; raises Problem.

    `values` are all that a rater could give, where some were never given.
    """
    if ratings.ndim != 2 or np.isinf(ratings).any():
        raise Problem("ratings are not a table of finite numbers", remedy="give a row per unit and a column per rater")
    given = np.unique(ratings[~np.isnan(ratings)])
    known = given if values is None else np.unique(values)
    if not np.isin(given, known).all():
        raise Problem("a rating is not among the values a rater could give", remedy="name all of them")
    counts = (ratings[:, :, None] == known).sum(axis=1).astype(np.float64)
    counts = counts[counts.sum(axis=1) > 0]
    if not (counts.sum(axis=1) > 1).any():
        raise Problem("no unit has two ratings", remedy="let two raters see the same units")
    return known, counts


def krippendorff_alpha(ratings: Array, metric: Metric, settings: Settings) -> Agreement:
    """Return α, its interval from resampled units; NaN where all ratings are equal and nothing can be told apart. Raises Problem.

    >>> ratings = np.array([[1.0, 1.0], [2.0, 2.0], [2.0, 3.0], [3.0, 3.0]])
    >>> round(krippendorff_alpha(ratings, nominal, Settings(draws=100)).value, 4)
    0.6667
    """
    values, counts = counted(ratings)
    counts = counts[counts.sum(axis=1) > 1]
    units = counts.shape[0]
    generator = np.random.default_rng(settings.seed)
    drawn = np.array([alpha_of(values, counts[generator.integers(units, size=units)], metric) for _ in range(settings.draws)])
    known = drawn[~np.isnan(drawn)]
    value = alpha_of(values, counts, metric)
    if np.isnan(value) or known.size < 2:
        return Agreement(value, np.nan, np.nan, np.nan, units)
    low, high = np.quantile(known, [(1 - settings.level) / 2, (1 + settings.level) / 2])
    return Agreement(value, float(known.std(ddof=1)), float(low), float(high), units)


def alpha_of(values: Array, counts: Array, metric: Metric) -> float:
    """Return α from how many raters gave each value to each unit `[U, V]`, two or more to each; NaN where all are equal."""
    totals = counts.sum(axis=0)
    apart = metric(values, totals)
    expected = totals @ apart @ totals / (totals.sum() - 1)
    observed = ((counts @ apart * counts).sum(axis=1) / (counts.sum(axis=1) - 1)).sum()
    return float(1 - observed / expected) if expected > 0 else float("nan")


def gwet_ac(ratings: Array, weights: Weights, *, level: float = 0.9, values: Array | None = None) -> Agreement:
    """Return AC1 with weights `identity`, AC2 with any others; the error is that of sampling units. Raises Problem.

    >>> ratings = np.array([[1.0, 1.0], [2.0, 2.0], [2.0, 3.0], [3.0, 3.0]])
    >>> round(gwet_ac(ratings, identity).value, 4)
    0.6279
    """
    known, counts = counted(ratings, values)
    categories, units, seen = known.size, counts.shape[0], counts.sum(axis=1)
    if categories < 2:
        raise Problem("all ratings are equal", remedy="name all the values a rater could give")
    weight, twice = weights(known), seen > 1
    pairs = np.where(twice, seen * (seen - 1), 1.0)
    agreed = np.where(twice, (counts * (counts @ weight - 1)).sum(axis=1) / pairs, 0.0)
    shares = counts / seen[:, None]
    scale = weight.sum() / (categories * (categories - 1))
    by_chance = scale * shares @ (1 - shares.mean(axis=0))
    chance = by_chance.mean()
    value = (agreed[twice].mean() - chance) / (1 - chance)
    own = np.where(twice, units / twice.sum() * (agreed - chance) / (1 - chance), 0.0)
    own = own - 2 * (1 - value) * (by_chance - chance) / (1 - chance)
    se = np.sqrt(((own - value) ** 2).sum() / (units * (units - 1))) if units > 1 else np.nan
    return with_t(float(value), float(se), units, level)


def with_t(value: float, se: float, units: int, level: float) -> Agreement:
    """Return a coefficient with an interval from Student's t, not beyond 1."""
    reach = se * float(scipy.special.stdtrit(units - 1, (1 + level) / 2)) if units > 1 else np.nan
    return Agreement(value, se, value - reach, min(value + reach, 1.0), units)


def weighted_kappa(ratings: Array, weights: Weights, *, level: float = 0.9, values: Array | None = None) -> Agreement:
    """Return Cohen's κ of two raters on the units both saw, its error after Fleiss, Cohen and Everitt; raises Problem.

    >>> ratings = np.repeat([[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [2.0, 2.0]], [20, 5, 10, 15], axis=0)
    >>> found = weighted_kappa(ratings, identity)
    >>> round(found.value, 4), round(found.se, 4)
    (0.4, 0.127)
    """
    if ratings.ndim != 2 or ratings.shape[1] != 2:
        raise Problem("κ is of two raters", remedy="give two columns, or take α or AC")
    both = ratings[~np.isnan(ratings).any(axis=1)]
    known, _ = counted(both, values)
    table = np.array([[((both[:, 0] == one) & (both[:, 1] == other)).mean() for other in known] for one in known])
    weight, first, second = weights(known), table.sum(axis=1), table.sum(axis=0)
    agreed, chance = (weight * table).sum(), first @ weight @ second
    if chance >= 1:
        raise Problem("both raters gave one value to all units", remedy="take AC, and name all the values a rater could give")
    value = (agreed - chance) / (1 - chance)
    mean = (weight @ second)[:, None] + first @ weight
    spread = (table * (weight * (1 - chance) - mean * (1 - agreed)) ** 2).sum()
    spread -= (agreed * chance - 2 * chance + agreed) ** 2
    se = float(np.sqrt(max(spread, 0.0) / both.shape[0]) / (1 - chance) ** 2)
    reach = se * float(scipy.special.ndtri((1 + level) / 2))
    return Agreement(float(value), se, float(value - reach), min(float(value + reach), 1.0), both.shape[0])


# ---- scores on a scale


@dataclass(frozen=True)
class Intraclass:
    """Intraclass correlations after Shrout and Fleiss: of one rater's scores, and of the mean of all of them (`_k`).

    `one_way`: each unit has raters of its own; `two_way`: the raters are a sample; `fixed`: they are all there are.
    """

    one_way: Agreement
    two_way: Agreement
    fixed: Agreement
    one_way_k: Agreement
    two_way_k: Agreement
    fixed_k: Agreement


def intraclass(ratings: Array, level: float = 0.9) -> Intraclass:
    """Return the six intraclass correlations of complete ratings `[U, R]`, with intervals at a level; raises Problem."""
    if ratings.ndim != 2 or min(ratings.shape) < 2 or not np.isfinite(ratings).all():
        raise Problem("intraclass correlations need every rater's score of every unit", remedy="leave out units with gaps")
    units, raters = ratings.shape
    squares = Squares.of(ratings)
    if squares.between == 0:
        raise Problem("all units have the same mean", remedy="add units that differ")
    one_way = by_ratio(squares.between, squares.within, units * (raters - 1), ratings.shape, level)
    fixed = by_ratio(squares.between, squares.error, (units - 1) * (raters - 1), ratings.shape, level)
    two_way = of_a_sample(squares, ratings.shape, level)
    return Intraclass(one_way, two_way, fixed, *(of_the_mean(each, raters) for each in (one_way, two_way, fixed)))


@dataclass(frozen=True)
class Squares:
    """Mean squares: between units, within them, between raters, and of what neither explains."""

    between: float
    within: float
    raters: float
    error: float

    @classmethod
    def of(cls, ratings: Array) -> Squares:
        """Return the mean squares of complete ratings `[U, R]`."""
        units, raters = ratings.shape
        mean, unit, rater = ratings.mean(), ratings.mean(axis=1, keepdims=True), ratings.mean(axis=0)
        return cls(
            between=float(raters * ((unit - mean) ** 2).sum() / (units - 1)),
            within=float(((ratings - unit) ** 2).sum() / (units * (raters - 1))),
            raters=float(units * ((rater - mean) ** 2).sum() / (raters - 1)),
            error=float(((ratings - unit - rater + mean) ** 2).sum() / ((units - 1) * (raters - 1))),
        )


def by_ratio(between: float, noise: float, freedom: int, shape: tuple[int, ...], level: float) -> Agreement:
    """Return the correlation that the ratio of two mean squares tells, with its exact interval."""
    units, raters = shape
    tail = (1 + level) / 2
    ends = np.array(
        [noise * scipy.special.fdtri(units - 1, freedom, tail), noise / scipy.special.fdtri(freedom, units - 1, tail)]
    )
    value, low, high = ((between - other) / (between + (raters - 1) * other) for other in (noise, *ends))
    return Agreement(float(value), np.nan, float(low), float(high), units)


def of_a_sample(squares: Squares, shape: tuple[int, ...], level: float) -> Agreement:
    """Return the correlation where raters are a sample; its interval is Satterthwaite's."""
    (units, raters), tail = shape, (1 + level) / 2
    between, error = squares.between, squares.error
    value = (between - error) / (between + (raters - 1) * error + raters * (squares.raters - error) / units)
    if error == 0:
        return Agreement(float(value), np.nan, np.nan, np.nan, units)
    part = units * (1 + (raters - 1) * value) - raters * value
    shifted = raters * value * squares.raters / error
    freedom = (raters - 1) * (units - 1) * (shifted + part) ** 2 / ((units - 1) * shifted**2 + part**2)
    lower, upper = scipy.special.fdtri(units - 1, freedom, tail), scipy.special.fdtri(freedom, units - 1, tail)
    other = raters * squares.raters + (raters * units - raters - units) * error
    low = units * (between - lower * error) / (lower * other + units * between)
    high = units * (upper * between - error) / (other + units * upper * between)
    return Agreement(float(value), np.nan, float(low), float(high), units)


def of_the_mean(one: Agreement, raters: int) -> Agreement:
    """Return what a correlation of single scores says of the mean of so many (Spearman and Brown)."""
    value, low, high = (raters * each / (1 + (raters - 1) * each) for each in (one.value, one.low, one.high))
    return Agreement(value, np.nan, low, high, one.n)
