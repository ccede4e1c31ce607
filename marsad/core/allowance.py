"""What raters' severity takes from the scores they give, and how much is given back: what `[raters]` in a standard asks for.

A score is what the channel deserves, less how severe the rater is, and luck. Two raters of one channel tell how they differ; all
channels that raters share tell how severe each is beside the others of the same source. Who gave few scores is allowed for less
than was seen of them: part of that was luck (C. R. Henderson, Biometrics 31 (1975), 423-447). What is then still not known of
severities is told too, for the standard errors. `S` scores, `R` raters of a source, `N` cells; severities are in points, 100 from
the worst to the best of a scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask, Places
from marsad.core.rasch import joined
from marsad.core.scheme import POINTS, Indicator, Scheme
from marsad.core.severity import Additive, additive, largest

CHUNK = 4096
"""Cells whose raters are multiplied out at a time."""


@dataclass(frozen=True)
class Scores:
    """Scores `[S]`: the cell each is in (channel · indicators + indicator), who gave it (-1: nobody is named), value, weight."""

    cells: Places
    raters: Places
    values: Array
    weights: Array

    @classmethod
    def together(cls, parts: Iterable[Scores]) -> Scores:
        """Return several one after the other."""
        return cls(*(np.concatenate(column) for column in zip(*(vars(part).values() for part in parts), strict=True)))

    def only(self, rows: Mask) -> Scores:
        """Return some of them."""
        return Scores(self.cells[rows], self.raters[rows], self.values[rows], self.weights[rows])


@dataclass(frozen=True)
class Fair:
    """What `[raters]` makes of scores: what to add to each `[S]`, and what it leaves in doubt in every cell `[N]`.

    `doubt` is the standard error of a cell's mean that comes from severities, in the indicator's units: much the same error for
    all indicators of a source in a channel. `lost` is by how much the variance of single answers in a cell seems smaller than it
    is, since severities were fitted to the same answers. Both are 0 where nothing was taken out.
    """

    added: Array
    doubt: Array
    lost: Array


@dataclass(frozen=True)
class Judges:
    """The raters of a source: how severe each is `[R]`, the covariance `[R, R]` of what is not known of it, who was compared."""

    severity: Array
    covariance: Array
    compared: Mask


@dataclass(frozen=True)
class Source:
    """The scores of one source, `rows` `[S]` among all: by whom of its judges, and what a point is in units of the indicator."""

    rows: Mask
    scores: Scores
    rater: Places
    unit: Array
    judges: Judges

    @property
    def added(self) -> Array:
        """Return what to add to each of its scores."""
        return np.asarray(self.judges.severity[self.rater] * self.unit)

    def told(self, total: Array) -> tuple[Places, Array, Array]:
        """Return its cells, and the variances of doubt and loss in each, where the weights of cells `[N]` add up to `total`."""
        cells, place = np.unique(self.scores.cells, return_inverse=True)
        parts = self.scores.weights / total[self.scores.cells]
        shares = scipy.sparse.csr_array((parts, (place, self.rater)), shape=(cells.size, self.judges.severity.size))
        square = np.zeros(cells.size)
        square[place] = self.unit**2
        fitted = np.where(np.outer(self.judges.compared, self.judges.compared), self.judges.covariance, 0.0)
        within = shares @ np.diag(fitted) - squared(shares, fitted)
        return cells, square * squared(shares, self.judges.covariance), square * within


def squared(shares: scipy.sparse.csr_array, covariance: Array) -> Array:
    """Return the variance of every row's mixture `[N]` of raters, from their shares `[N, R]`, added up by pairs of its raters."""
    begins, each = shares.indptr[:-1].astype(np.intp), np.diff(shares.indptr).astype(np.intp)
    found = np.zeros(each.size)
    for first in range(0, each.size, CHUNK):
        start, count = begins[first : first + CHUNK], each[first : first + CHUNK]
        row = np.repeat(np.arange(count.size), count**2)
        pair = np.arange(row.size) - np.repeat(np.cumsum(count**2) - count**2, count**2)
        one, other = (start[row] + place for place in np.divmod(pair, count[row]))
        part = shares.data[one] * shares.data[other] * covariance[shares.indices[one], shares.indices[other]]
        found[first : first + CHUNK] = np.bincount(row, part, count.size)
    return np.maximum(found, 0.0)


def fair(scores: Scores, scheme: Scheme, cells: int) -> Fair:
    """Return what to add to scores for the severity of who gave them, and what stays in doubt in so many cells."""
    added, doubt, lost = np.zeros(scores.cells.size), np.zeros(cells), np.zeros(cells)
    total = weighed(scores.cells, scores.weights, size=cells)
    for source in sources(scores, scheme):
        added[source.rows] = source.added
        places, unknown, fitted = source.told(total)
        doubt[places], lost[places] = np.sqrt(unknown), fitted
    return Fair(added, doubt, lost)


def allowances(scores: Scores, scheme: Scheme) -> Array:
    """Return what to add to every score `[S]` for the severity of who gave it, in the units of its indicator.

    0 where the scheme does not adjust the source, nobody is named, or no channels join raters.
    """
    found = np.zeros(scores.cells.size)
    for source in sources(scores, scheme):
        found[source.rows] = source.added
    return found


def sources(scores: Scores, scheme: Scheme) -> Iterator[Source]:
    """Yield the sources that the scheme adjusts, as far as scores of theirs name who gave them."""
    for name in scheme.raters.adjusted if scheme.raters else ():
        asked = np.array([one.source == name and is_scored(one) for one in scheme.indicators])
        mine = asked[scores.cells % len(scheme.indicators)] & (scores.raters >= 0)
        if mine.any():
            yield one_source(mine, scores.only(mine), scheme.indicators)


def is_scored(indicator: Indicator) -> bool:
    """Whether somebody scores it on a scale with two ends: nobody is severe with a clock."""
    return bool(np.isfinite(indicator.ends).all()) and not indicator.duration


def one_source(rows: Mask, scores: Scores, indicators: tuple[Indicator, ...]) -> Source:
    """Return the scores of one source, all by somebody who is named, with what they tell of their raters."""
    ends = np.array([one.way for one in indicators])
    channel, place = np.divmod(scores.cells, len(indicators))
    unit = (ends[place, 1] - ends[place, 0]) / POINTS
    points = (scores.values - ends[place, 0]) / unit
    people, rater = np.unique(scores.raters, return_inverse=True)
    away = points - weighed(place, scores.weights, points)[place] / weighed(place, scores.weights)[place]
    pairs, pair = np.unique(channel * people.size + rater, return_inverse=True)
    mean = weighed(pair, scores.weights, away) / weighed(pair, scores.weights)
    return Source(rows, scores, rater, unit, judged(pairs // people.size, pairs % people.size, mean, people.size))


def weighed(place: Places, weights: Array, values: Array | float = 1.0, size: int = 0) -> Array:
    """Return the sums of weights, or of weights times values, by place."""
    return np.asarray(np.bincount(place, weights * values, size), dtype=np.float64)


def severity(channel: Places, rater: Places, score: Array, raters: int) -> Array:
    """Return how severe every rater is `[R]`, as far as scores `[V]` of theirs on channels tell, by their best linear prediction.

    0 for whom no chain of channels joins to most raters, and for all where they differ by no more than luck.
    """
    return judged(channel, rater, score, raters).severity


def judged(channel: Places, rater: Places, score: Array, raters: int) -> Judges:
    """Return the same with what is not known of it: of who is not joined to most raters, all that raters differ by."""
    found, covariance, compared = np.zeros(raters), np.zeros((raters, raters)), np.zeros(raters, bool)
    kept, who = largest(joined(channel, rater), rater)
    if who.size > 1:
        fit = additive(channel[kept], np.searchsorted(who, rater[kept]), score[kept])
        if fit.freedom > 0 and fit.variance > 0:
            by = Axes.of(fit)
            np.fill_diagonal(covariance, by.spread)
            found[who], covariance[np.ix_(who, who)], compared[who] = predicted(by), leftover(by), True
    return Judges(found, covariance, compared)


@dataclass(frozen=True)
class Axes:
    """Differences of raters `[K]` that scores tell of apart: how much they tell, which they are, what was seen, luck's variance.

    All raters being as severe as each other is none of them: of that scores tell nothing.
    """

    sizes: Array
    axes: Array
    seen: Array
    luck: float

    @classmethod
    def of(cls, fit: Additive) -> Axes:
        """Return those of a fit."""
        sizes, axes = np.linalg.eigh(fit.told)
        sizes, axes = 1 / sizes[1:], axes[:, 1:]  # the first is that of all raters alike
        return cls(sizes, axes, axes.T @ -fit.lenient, fit.variance)

    @property
    def spread(self) -> float:
        """Return the variance of severities, 0 where luck explains all of their differences."""
        return max((float(self.sizes @ self.seen**2) - self.luck * self.sizes.size) / float(self.sizes.sum()), 0.0)


def predicted(by: Axes) -> Array:
    """Return severities `[R]` drawn towards 0 by what of their differences is luck; raters are alike where all of it is."""
    if not by.spread:
        return np.zeros(len(by.axes))
    return np.asarray(by.axes @ (by.seen * by.sizes / (by.sizes + by.luck / by.spread)))


def leftover(by: Axes) -> Array:
    """Return the covariance `[R, R]` of what is not known of severities, their variance taken as known (Henderson, 1975)."""
    unknown = by.luck * by.spread / (by.sizes * by.spread + by.luck)
    return np.asarray((by.axes * unknown) @ by.axes.T)
