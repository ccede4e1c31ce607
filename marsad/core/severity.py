"""How severe raters are while a field period still runs: a channel's score at a visit is the channel, less its rater's severity.

One visit is one witness: what a rater writes on many questions of one visit shares its good or bad day, so a visit counts as its
mean and chance is judged between visits. `S` marks, `V` visits, `C` channels, `R` raters; severities are in points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask, Places, Texts, occurring
from marsad.core.rasch import joined
from marsad.core.watching import marked_by_chance

RATE = 0.1
"""The share of those marked that may be so by chance."""
LEVEL = 0.9
FEWEST = 2
"""Visits from which on a rater is marked: one alone may be the one bad day of a mild rater."""
SURELY = 1e-9
"""The part of a visit's variance that must be left to chance for the visit to tell of fit."""


@dataclass(frozen=True)
class Marks:
    """What raters wrote: on which channel, by whom, on which question, as places among their names, each `[S]`.

    On which day (a whole number), and in points. Names are sorted, and each occurs: texts are compared once, whole numbers often.
    """

    channels: Texts
    raters: Texts
    items: Texts
    channel: Places
    rater: Places
    item: Places
    day: Places
    points: Array

    @classmethod
    def of(cls, channel: Texts, rater: Texts, item: Texts, day: Places, points: Array) -> Marks:
        """Return the same of texts `[S]`."""
        (channels, one), (raters, two), (items, three) = (np.unique(many, return_inverse=True) for many in (channel, rater, item))
        return cls(channels, raters, items, one, two, three, day, points)

    def rows(self, chosen: Mask) -> Marks:
        """Return some of the marks, with the names that occur in them."""
        (channels, one), (raters, two), (items, three) = (
            occurring(place[chosen], names.size)
            for names, place in ((self.channels, self.channel), (self.raters, self.rater), (self.items, self.item))
        )
        names = self.channels[channels], self.raters[raters], self.items[items]
        return Marks(*names, one, two, three, self.day[chosen], self.points[chosen])


@dataclass(frozen=True)
class Visits:
    """Visits: of which channel and by whom, as places among the names, on which day, and the mean of the marks, each `[V]`."""

    channels: Texts
    raters: Texts
    channel: Places
    rater: Places
    day: Places
    score: Array

    @classmethod
    def of(cls, marks: Marks) -> Visits:
        """Return what a rater wrote on a channel in a day as one visit, each mark beside the mean of its question."""
        (channel, rater, day), visit = visits_in(marks)
        score = np.bincount(visit, beside_questions(marks)) / np.bincount(visit)
        return cls(marks.channels, marks.raters, channel, rater, day, score)


@dataclass(frozen=True)
class Severities:
    """Raters `[R]` by `names`: severity in points beside the mean of the compared, its interval, fit, and change over time.

    NaN for whom no chain of channels joins to the `compared`; `apart`: farther from the mean than chance explains, `drifted`:
    more changed than it explains, both by Benjamini and Hochberg's rule. `turn` is the first day of the later half, `freedom`
    what is left to judge chance by, `spread` the standard deviation of visits to one channel by equally severe raters.
    """

    names: Texts
    visits: Array
    channels: Array
    value: Array
    se: Array
    low: Array
    high: Array
    infit: Array
    outfit: Array
    apart: Mask
    drift: Array
    drift_low: Array
    drift_high: Array
    drifted: Mask
    groups: list[list[str]]
    turn: int
    freedom: int
    spread: float

    @property
    def compared(self) -> Mask:
        """Return who can be compared with each other."""
        return ~np.isnan(self.value)


@dataclass(frozen=True)
class Additive:
    """Least squares of channel and rater: how lenient each rater is `[R]`, covariance but for the noise, what is left `[V]`.

    `open` is the share of a visit's variance that the fit leaves to it `[V]`.
    """

    lenient: Array
    told: Array
    left: Array
    open: Array
    freedom: int

    @property
    def variance(self) -> float:
        """Return the variance of visits, NaN where nothing is left to judge it by."""
        return float(self.left @ self.left / self.freedom) if self.freedom > 0 else float("nan")


def beside_questions(marks: Marks) -> Array:
    """Return marks `[S]` beside the mean of their question."""
    return np.asarray(marks.points - (np.bincount(marks.item, marks.points) / np.bincount(marks.item))[marks.item])


def visits_in(marks: Marks) -> tuple[tuple[Places, Places, Places], Places]:
    """Return channel, rater and day of every visit, in this order, and which visit `[S]` each mark is of."""
    raters, first = marks.raters.size, int(marks.day.min())
    length = int(marks.day.max()) - first + 1
    pairs, pair = occurring(marks.channel * raters + marks.rater, marks.channels.size * raters)
    kept, visit = occurring(pair * length + marks.day - first, pairs.size * length)
    who = pairs[kept // length]
    return (who // raters, who % raters, kept % length + first), visit


def severities(visits: Visits) -> Severities:
    """Return how severe raters are, in the largest group that channels join.

    H. Scheffé, *The Analysis of Variance*, Wiley, 1959, ch. 4: the two-way layout with unequal numbers in its cells.
    """
    size, turn = visits.raters.size, turn_of(visits.day)
    groups = joined(visits.channel, visits.rater)
    seen = np.unique(np.column_stack([visits.channel, visits.rater]), axis=0)
    value, se, infit, outfit, drift, error = (np.full(size, np.nan) for _ in range(6))
    kept, who = largest(groups, visits.rater)
    found = additive(visits.channel[kept], np.searchsorted(who, visits.rater[kept]), visits.score[kept])
    if who.size > 1 and found.freedom > 0:
        value[who], se[who] = -found.lenient, np.sqrt(found.variance * np.diag(found.told))
        infit[who], outfit[who] = fit_of(found, np.searchsorted(who, visits.rater[kept]))
        moved, places, error_of, freedom = drifts(visits, turn)
        drift[places], error[places] = moved, error_of
    else:
        freedom = 0
    count = np.bincount(visits.rater, minlength=size).astype(np.float64)
    reach, drift_reach = reach_of(found.freedom), reach_of(freedom)
    return Severities(
        names=visits.raters,
        visits=count,
        channels=np.bincount(seen[:, 1], minlength=size).astype(np.float64),
        value=value,
        se=se,
        low=value - reach * se,
        high=value + reach * se,
        infit=infit,
        outfit=outfit,
        apart=beyond(np.where(count < FEWEST, np.nan, value), se, found.freedom),
        drift=drift,
        drift_low=drift - drift_reach * error,
        drift_high=drift + drift_reach * error,
        drifted=beyond(drift, error, freedom),
        groups=[visits.raters[groups == label].tolist() for label in by_size(groups)],
        turn=turn,
        freedom=max(found.freedom, 0),
        spread=float(np.sqrt(found.variance)),
    )


def turn_of(day: Places) -> int:
    """Return the day on which the later half of visits begins; the day after the last where all are of one day.

    >>> turn_of(np.array([3, 4, 4, 8, 9]))
    8
    """
    later = day[day > np.median(day)]
    return int(later.min() if later.size else day.max() + 1)


def by_size(groups: Places) -> Places:
    """Return the labels of groups `[R]`, that of most raters first."""
    return np.asarray(np.argsort(-np.bincount(groups), kind="stable"))


def largest(groups: Places, rater: Places) -> tuple[Mask, Places]:
    """Return which visits `[V]` are by raters of the largest group, and who they are."""
    first = by_size(groups)[0]
    return groups[rater] == first, np.flatnonzero(groups == first)


def additive(channel: Places, rater: Places, score: Array) -> Additive:
    """Return the fit of scores `[V]` by channel and rater; all raters must be joined. How lenient they are sums to 0."""
    _names, channel = np.unique(channel, return_inverse=True)
    channels, raters = int(channel.max()) + 1, int(rater.max()) + 1
    each = np.bincount(channel).astype(np.float64)
    # Few raters go to a channel: what is multiplied by nothing is left out.
    met = scipy.sparse.csr_array((np.ones(score.size), (channel, rater)), shape=(channels, raters))
    share = scipy.sparse.csr_array(met.multiply(1 / each[:, None]))
    mean = np.bincount(channel, score) / each
    known = np.diag(np.bincount(rater, minlength=raters)) - (met.T @ share).toarray()
    # A constant added to all raters changes nothing: its direction is filled in, and taken out again.
    level = np.full((raters, raters), 1 / raters)
    told = np.linalg.inv(known + level) - level
    lenient = told @ (np.bincount(rater, score, minlength=raters) - met.T @ mean)
    left = score - mean[channel] - lenient[rater] + (share @ lenient)[channel]
    across = share @ told
    taken = 1 / each[channel] + np.diag(told)[rater] - 2 * across[channel, rater] + share.multiply(across).sum(axis=1)[channel]
    return Additive(lenient, told, left, 1 - taken, score.size - channels - raters + 1)


def fit_of(found: Additive, rater: Places) -> tuple[Array, Array]:
    """Return infit and outfit `[R]`: squares of what is left beside what chance leaves, about 1; NaN where nothing tells."""
    tells = (found.open > SURELY) & (found.variance > 0)
    raters, square, expected = found.lenient.size, found.left[tells] ** 2, found.variance * found.open[tells]
    n, seen, due, ratio = (
        np.bincount(rater[tells], weight, minlength=raters) for weight in (None, square, expected, square / expected)
    )
    empty = np.full(raters, np.nan)
    return np.divide(seen, due, out=empty.copy(), where=n > 0), np.divide(ratio, n, out=empty.copy(), where=n > 0)


def drifts(visits: Visits, turn: int) -> tuple[Array, Places, Array, int]:
    """Return by how much severities changed from before a day to after it, whose, their errors, and the freedom.

    Every rater counts as two, one in each half. Changes are taken from the mean of those who did not change, so that all changing
    alike does not show, and one who changed much does not make the others seem to.
    """
    half = 2 * visits.rater + (visits.day >= turn)
    names, place = np.unique(half, return_inverse=True)
    kept, who = largest(joined(visits.channel, place), place)
    found = additive(visits.channel[kept], np.searchsorted(who, place[kept]), visits.score[kept])
    halves = names[who]
    both = np.intersect1d(halves[halves % 2 == 0] // 2, halves[halves % 2 == 1] // 2)
    if both.size < 2 or found.freedom < 1:
        return np.empty(0), both[:0], np.empty(0), 0
    before, after = np.searchsorted(halves, 2 * both), np.searchsorted(halves, 2 * both + 1)
    change, told = found.lenient[before] - found.lenient[after], found.told[before] - found.told[after]
    moved, error = steadied(change, found.variance * (told[:, before] - told[:, after]), found.freedom)
    return moved, both, error, found.freedom


def steadied(change: Array, covariance: Array, freedom: int) -> tuple[Array, Array]:
    """Return changes `[B]` beside the mean of the steady, and their errors.

    All count as steady at first; whoever changed most beyond chance is taken out, one by one, while more than half remain.
    """
    steady = np.ones(change.size, bool)
    while True:
        weight = steady / steady.sum()
        moved = change - weight @ change
        shared = covariance @ weight
        error = np.sqrt(np.maximum(np.diag(covariance) - 2 * shared + weight @ shared, 0.0))
        changed = beyond(moved, error, freedom) & steady
        if not changed.any() or 2 * (steady.sum() - 1) <= change.size:
            return moved, error
        steady[np.where(changed, np.abs(moved) / error, -1.0).argmax()] = False


def reach_of(freedom: int) -> float:
    """Return how many errors an interval reaches to either side."""
    return float(scipy.special.stdtrit(freedom, (1 + LEVEL) / 2)) if freedom > 0 else float("nan")


def beyond(value: Array, error: Array, freedom: int) -> Mask:
    """Return which values `[R]` are farther from 0 than chance explains, over all of them at once."""
    if freedom < 1:
        return np.zeros(value.shape, bool)
    away = np.divide(np.abs(value), error, out=np.full(value.shape, np.nan), where=error > 0)
    return marked_by_chance(2 * scipy.special.stdtr(freedom, -away), RATE)
