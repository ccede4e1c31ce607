"""Raw answers, many rows to a cell, reduced to one value with its standard error for every channel and indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marsad.core.allowance import Fair, Scores, fair
from marsad.core.arrays import Array, Mask, Places
from marsad.core.durations import medians
from marsad.core.estimate import effective_n, pooled_sd, share_se
from marsad.core.scheme import Indicator, Scheme


@dataclass(frozen=True, eq=False)
class Answers:
    """Raw answers `[A]`: the cell each belongs to (channel · indicators + indicator), value, weight and rater (-1: unknown)."""

    cells: Places
    values: Array
    weights: Array
    raters: Places


@dataclass(frozen=True, eq=False)
class Reduced:
    """Arrays `[C, I]`, NaN where nobody answered: weighted means, their standard errors, answers and different raters.

    `doubt` is the part of the standard errors that severities of raters leave.
    """

    value: Array
    se: Array
    n: Array
    raters: Array
    doubt: Array


@dataclass(frozen=True, eq=False)
class Sums:
    """What is known of every cell `[C · I]`: answers, Σw, Σw², mean, Σ(x − plain mean)², raters; 0 or NaN where none.

    `doubt` and `lost` are those of `Fair`.
    """

    n: Array
    total: Array
    squared: Array
    mean: Array
    within: Array
    raters: Array
    doubt: Array
    lost: Array

    @property
    def squares(self) -> Array:
        """Return Σ(x − mean)² as it would be had nothing been fitted to the same answers."""
        return self.within + self.n * self.lost


def reduce_answers(answers: Answers, scheme: Scheme, channels: int, running: Mask | None = None) -> Reduced:
    """Return the mean of every channel's answers to every indicator, with what `reduced` says of it; of durations the median.

    `running` `[A]` are answers on cases that have not ended.
    """
    size, times = channels * len(scheme.indicators), answers.values
    still_open = np.zeros(times.size, bool) if running is None else running
    known = fair_to(answers, scheme, size)
    answers = replace(answers, values=answers.values + known.added)
    n = np.bincount(answers.cells, minlength=size).astype(np.float64)
    total = np.bincount(answers.cells, answers.weights, size).astype(np.float64)
    squared = np.bincount(answers.cells, answers.weights**2, size).astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(answers.cells, answers.weights * answers.values, size) / total
    raters = different_raters(answers.cells, answers.raters, size)
    within = squares_within(answers, n)
    found = reduced(Sums(n, total, squared, mean, within, raters, known.doubt, known.lost), scheme.indicators, channels)
    return timed(found, scheme, answers.cells, times, still_open)


def timed(found: Reduced, scheme: Scheme, cells: Places, times: Array, still_open: Mask) -> Reduced:
    """Return the same with medians of times, and their errors, where the scheme says that answers are durations."""
    asked = np.array([one.duration for one in scheme.indicators])
    if not asked.any():
        return found
    mine = asked[cells % asked.size]
    value, se = medians(cells[mine], times[mine], still_open[mine], found.value.size)
    return replace(
        found,
        value=np.where(asked, value.reshape(found.value.shape), found.value),
        se=np.where(asked, se.reshape(found.se.shape), found.se),
    )


def fair_to(answers: Answers, scheme: Scheme, size: int) -> Fair:
    """Return what severities of who gave answers take from them, as far as the scheme asks for it and answers tell of it."""
    return fair(Scores(answers.cells, answers.raters, answers.values, answers.weights), scheme, size)


def reduced(sums: Sums, indicators: Sequence[Indicator], channels: int) -> Reduced:
    """Return means, their standard errors, answers and raters of every channel and indicator.

    A standard error is that of a share, or √(variance of answers within channels, pooled over channels / n); where answers have
    weights, n is Kish's effective one. What severities of raters leave in doubt is in it.
    """
    shape = (channels, len(indicators))
    n, within, value, raters = (array.reshape(shape) for array in (sums.n, sums.squares, sums.mean, sums.raters))
    effective = effective_n(sums.total, sums.squared).reshape(shape)
    se = np.full(shape, np.nan)
    for place, indicator in enumerate(indicators):
        sd = pooled_sd(np.zeros(channels), within[:, place], n[:, place])
        se[:, place] = se_from_n(indicator, value[:, place], effective[:, place], indicator.sd if np.isnan(sd) else sd)
    doubt = sums.doubt.reshape(shape)
    se = np.where(doubt > 0, np.hypot(se, doubt), se)  # to the last bit what it was where nothing is in doubt
    return Reduced(value, se, np.where(n > 0, n, np.nan), np.where(raters > 0, raters, np.nan), doubt)


def squares_within(answers: Answers, n: Array) -> Array:
    """Return Σ(x − mean of its cell)² of every cell; two passes, so that large values lose no digits."""
    with np.errstate(invalid="ignore"):
        means = np.bincount(answers.cells, answers.values, n.size) / n
    return np.bincount(answers.cells, (answers.values - means[answers.cells]) ** 2, n.size).astype(np.float64)


def se_from_n(indicator: Indicator, values: Array, n: Array, sd: float | None) -> Array:
    """Return standard errors of values with `n` answers behind them: by a share's own spread, or by that of single answers.

    NaN where `n` is unknown, or where nothing tells how single answers spread.
    """
    if indicator.share:
        _, top = indicator.ends  # what a share of 1 is written as
        return share_se(values / top, n) * top
    if sd is None:
        return np.full(values.shape, np.nan)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(np.isnan(values), np.nan, sd / np.sqrt(n)))


def different_raters(cells: Places, raters: Places, size: int) -> Array:
    """Return how many different raters are named in every cell, 0 where none is; -1 names nobody."""
    named = raters >= 0
    people = int(raters.max(initial=-1)) + 1
    pairs = np.sort(cells[named] * people + raters[named])
    different = pairs[np.flatnonzero(np.diff(pairs, prepend=-1))]  # np.unique takes fifty times as long for millions
    return np.bincount(different // max(people, 1), minlength=size).astype(np.float64)
