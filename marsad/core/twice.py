"""Channels that two or more raters scored: would another rater have seen the same?

A rater counts once on a channel, by their first visit to it, so that what is told is of one answer and of one visit. Answers
stand beside the mean of their question: that some questions are easy is no agreement. Intervals come from resampled channels,
since all that was written of one channel hangs together. `S` marks in points, `D` channels that several scored, `V` values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from marsad.core.arrays import Array, Mask, Places, occurring
from marsad.core.posterior import Settings
from marsad.core.raters import Agreement
from marsad.core.severity import Marks, Visits, beside_questions

Coefficient = Callable[[Array], Array]
"""From sums over channels `[..., 7]`, as `sums_of` has them, to a coefficient `[...]`, NaN where nothing can be told apart."""
DRAWS = Settings(draws=1000)
SURELY = 1e-9
"""A sum of squares, in points, from which on it is more than rounding."""
FEWEST = 10
"""With fewer channels nothing is said of whether another rater would have seen the same."""
RELIED, TENTATIVE = 0.8, 0.667
"""From which α on answers are relied upon, and from which on for tentative conclusions (K. Krippendorff)."""


class Reading(StrEnum):
    """Whether another rater would have given the same answers, as far as the interval of α tells."""

    NONE = "none"
    FEW = "few"
    SAME = "same"
    MUCH = "much"
    OTHER = "other"
    OPEN = "open"


@dataclass(frozen=True)
class Twice:
    """How far raters agree on those of the `scored` channels that several of them scored.

    `answers` is Krippendorff's α of single answers to a question, its `n` the questions on such channels; `visits` the one-way
    intraclass correlation of the means of single visits, its `n` such channels.
    """

    answers: Agreement
    visits: Agreement
    scored: int

    @property
    def channels(self) -> int:
        """Return how many channels several raters scored."""
        return self.visits.n

    @property
    def reading(self) -> Reading:
        """Return what the interval of α says."""
        if self.channels < FEWEST:
            return Reading.FEW if self.channels else Reading.NONE
        if self.answers.low >= TENTATIVE:
            return Reading.SAME if self.answers.low >= RELIED else Reading.MUCH
        return Reading.OTHER if self.answers.high < TENTATIVE else Reading.OPEN


@dataclass(frozen=True)
class Beside:
    """Channels `[D]` that a rater and others scored, by place: the mean of the rater's visits and of the others', how many."""

    channel: Places
    own: Array
    others: Array
    own_visits: Places
    other_visits: Places


def scored_twice(marks: Marks, settings: Settings = DRAWS) -> Twice:
    """Return how far the raters of one source agree where several scored a channel.

    K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania, 2011 (interval metric); A. Donner,
    International Statistical Review 54 (1986), 67-82 (one-way, unequal numbers).
    """
    channel, rater = marks.channel, marks.rater
    first = first_visits(channel, rater, marks.day)
    away = beside_questions(marks)[first]
    questions, question = places_of(channel[first], marks.item[first])
    visits, visit = places_of(channel[first], rater[first])
    score = np.bincount(visit, away) / np.bincount(visit)
    return Twice(
        answers=resampled(sums_of(questions[question], question, away), alpha, settings),
        visits=resampled(sums_of(visits, visits, score), one_way, settings),
        scored=marks.channels.size,
    )


def first_visits(channel: Places, rater: Places, day: Places) -> Mask:
    """Return which marks `[S]` are of the first day of their rater on their channel."""
    pairs, pair = places_of(channel, rater)
    first = np.full(pairs.size, day.max())
    np.minimum.at(first, pair, day)
    return np.asarray(day == first[pair])


def places_of(channel: Places, other: Places) -> tuple[Places, Places]:
    """Return the channel of every pair there is of a channel and something else, and which pair `[S]` each is of."""
    width = int(other.max()) + 1
    pairs, place = occurring(channel * width + other, (int(channel.max()) + 1) * width)
    return pairs // width, place


def sums_of(channel: Places, unit: Places, value: Array) -> Array:
    """Return sums over the units of each channel `[D, 7]`, from values `[V]` of units with two or more.

    Units, values, values² of a unit's number, Σx, Σx², (Σx)² / m, and m / (m - 1) times the squares within, m values to a unit.
    """
    each, total, square = np.bincount(unit), np.bincount(unit, value), np.bincount(unit, value**2)
    home = np.zeros(each.size, np.intp)
    home[unit] = channel
    many = each > 1
    m, total, square = each[many].astype(np.float64), total[many], square[many]
    mean = total**2 / m
    columns = np.column_stack([np.ones(m.size), m, m**2, total, square, mean, m / (m - 1) * (square - mean)])
    kept, place = np.unique(home[many], return_inverse=True)
    return np.column_stack([np.bincount(place, column, kept.size) for column in columns.T])


def alpha(sums: Array) -> Array:
    """Return Krippendorff's α of the interval metric."""
    _units, n, _squares, total, square, _mean, within = np.moveaxis(sums, -1, 0)
    return np.asarray(1 - over(within * (n - 1), n * square - total**2))


def one_way(sums: Array) -> Array:
    """Return the one-way intraclass correlation of single values."""
    units, n, squares, total, square, mean, _within = np.moveaxis(sums, -1, 0)
    between, within = over(mean - over(total**2, n), units - 1), over(square - mean, n - units)
    each = over(n - over(squares, n), units - 1)
    return over(between - within, between + (each - 1) * within)


def over(above: Array, below: Array) -> Array:
    """Return a ratio, NaN where there is nothing below."""
    return np.asarray(np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > SURELY))


def resampled(sums: Array, coefficient: Coefficient, settings: Settings) -> Agreement:
    """Return a coefficient of all channels `[D, 7]`, with the interval of resampled ones; NaN where it cannot be told."""
    value, n = float(coefficient(sums.sum(axis=0))), int(sums[:, 0].sum())
    size = sums.shape[0]
    if size < 2 or np.isnan(value):
        return Agreement(value, np.nan, np.nan, np.nan, n)
    drawn = coefficient(times_drawn(size, settings) @ sums)
    known = drawn[~np.isnan(drawn)]
    if known.size < 2:
        return Agreement(value, np.nan, np.nan, np.nan, n)
    low, high = np.quantile(known, [(1 - settings.level) / 2, (1 + settings.level) / 2])
    return Agreement(value, float(known.std(ddof=1)), float(low), float(high), n)


def times_drawn(size: int, settings: Settings) -> Array:
    """Return how often each of so many channels is drawn when as many are drawn with replacement, `[draws, size]`."""
    places = np.random.default_rng(settings.seed).integers(size, size=(settings.draws, size))
    cells = places + size * np.arange(settings.draws)[:, None]
    return np.bincount(cells.ravel(), minlength=settings.draws * size).reshape(settings.draws, size).astype(np.float64)


def beside_others(visits: Visits, rater: int) -> Beside:
    """Return the channels that a rater, given by place, and others scored."""
    mine, size = visits.rater == rater, visits.channels.size
    (own, owned), (others, other) = (
        (np.bincount(visits.channel[rows], visits.score[rows], size), np.bincount(visits.channel[rows], minlength=size))
        for rows in (mine, ~mine)
    )
    seen = np.flatnonzero((owned > 0) & (other > 0))
    return Beside(seen, own[seen] / owned[seen], others[seen] / other[seen], owned[seen], other[seen])
