"""What can be seen of answers without seeing anybody: sheets summed by day and device, and how far a sum is from what was due.

`C` channels, `R` rows of sums, `S` sheets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.attacks import DAY, Sheets

QUICK, CLOSE = 60, 600
"""Seconds within which the same answers, again, count as quick, and praise after praise as close."""
PRAISE = 0.9
"""The mean of a sheet from which on it is praise; as far from the other end it is blame."""
FLAT = 3
"""Answers from which on a sheet with one answer all the way down is flat."""
FEWEST = 10
"""Sheets, or channels, from which on a mean or a share says something."""
EQUAL = 1e-6
"""Points closer than this are the same answer."""
TAIL = (0.75, 0.9, 0.95, 0.975)
"""The quantiles beside the median that a tail is taken from; of the channels beyond, some may not be honest."""


@dataclass(frozen=True)
class Days:
    """Answer sheets of one source by channel, device (places among `devices`) and day, each `[R]`.

    `n` sheets and the sum of their `points`; how many were `full` (best answers alone), `praise` and `blame`; `rest`, the points
    of what is no praise; `flat` (three answers or more, all the same and not the best), `quick` (the same answers as the sheet
    before on that device, within a minute), `close` (praise within ten minutes after praise), `again` (by who had answered).
    """

    channel: Places
    device: Places
    day: Places
    n: Array
    points: Array
    full: Array
    praise: Array
    blame: Array
    rest: Array
    flat: Array
    quick: Array
    close: Array
    again: Array
    devices: Texts


def days_of(sheets: Sheets, devices: Texts) -> Days:
    """Return sheets summed by channel, device and day, as the lake sums them; `devices` are the names of their places."""
    order = np.lexsort((sheets.respondent, sheets.at, sheets.device, sheets.channel))
    channel, device, at, who = (column[order] for column in (sheets.channel, sheets.device, sheets.at, sheets.respondent))
    points = sheets.points[order]
    mean, low, high = np.nanmean(points, axis=1), np.nanmin(points, axis=1), np.nanmax(points, axis=1)
    same, since = (np.diff(channel, prepend=-1) == 0) & (np.diff(device, prepend=-1) == 0), np.diff(at, prepend=-DAY)
    full, praise, blame = low > 1 - EQUAL, mean > PRAISE - EQUAL, mean < 1 - PRAISE + EQUAL
    keys, place = np.unique(np.column_stack([channel, device, at // DAY]), axis=0, return_inverse=True)

    def added(column: Array | Mask) -> Array:
        return np.bincount(place.ravel(), column, len(keys)).astype(np.float64)

    return Days(
        channel=keys[:, 0],
        device=keys[:, 1],
        day=keys[:, 2],
        n=added(np.ones(at.size)),
        points=added(mean),
        full=added(full),
        praise=added(praise),
        blame=added(blame),
        rest=added(np.where(praise, 0.0, mean)),
        flat=added(((~np.isnan(points)).sum(axis=1) >= FLAT) & (high - low < EQUAL) & ~full),
        quick=added(same & (since <= QUICK) & (np.abs(np.diff(mean, prepend=-1.0)) < EQUAL)),
        close=added(same & (since <= CLOSE) & praise & np.append(False, praise[:-1])),
        again=added(repeated(channel, who, at)),
        devices=devices,
    )


def repeated(channel: Places, respondent: Places, at: Places) -> Mask:
    """Return which sheets `[S]` are by a named respondent who had answered about the channel before."""
    order = np.lexsort((at, respondent, channel))
    mine = np.column_stack([channel, respondent])[order]
    found = np.zeros(at.size, bool)
    found[order[1:]] = (mine[1:] == mine[:-1]).all(axis=1) & (mine[1:, 1] >= 0)
    return found


@dataclass(frozen=True)
class Look:
    """What one detector saw in every channel `[C]`: its statistic, NaN where it cannot say, and what there is to tell of it.

    `seen` beside `expected`: counts, or shares and means from 0 to 1; `first` and `last` are days; `who` a device or rater.
    """

    kind: str
    source: str
    statistic: Array
    seen: Array
    expected: Array
    first: Places | None = None
    last: Places | None = None
    who: Texts | None = None

    @cached_property
    def surprise(self) -> Array:
        """Return −log10 of the chance of the statistic among the channels themselves `[C]`, 0 where nothing is known."""
        known = self.statistic[~np.isnan(self.statistic)]
        if not known.size:
            return np.zeros(self.statistic.size)
        middle, *upper = np.quantile(known, (0.5, *TAIL))
        scale = max(1.0, *((high - middle) / np.log(0.5 / (1 - at)) for at, high in zip(TAIL, upper, strict=True)))
        surprise = (np.log(2) + (self.statistic - middle) / scale) / np.log(10)
        return np.asarray(np.nan_to_num(np.maximum(surprise, 0.0)))


def excess(seen: Array, expected: Array) -> Array:
    """Return the Poisson log-likelihood ratio of counts above what is expected, 0 below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = seen * np.log(seen / expected) - (seen - expected)
    return np.where(seen > expected, ratio, 0.0)


def excess_below(seen: Array, expected: Array) -> Array:
    """Return what the sheets outside a window add to its ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    return np.nan_to_num(part - (seen - expected))


def deviance(seen: Array, sheets: Array, share: Array) -> Array:
    """Return the binomial log-likelihood ratio of counts beside a share."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(seen > 0, seen * np.log(seen / (sheets * share)), 0.0)
        rest = sheets - seen
        outside = np.where(rest > 0, rest * np.log(rest / (sheets * (1 - share))), 0.0)
    return np.asarray(np.nan_to_num(inside + outside))


def half_square(distance: Array, *, both: bool = False) -> Array:
    """Return half the square of distances in errors, of those above 0 alone unless `both` directions count."""
    return np.asarray(np.where(np.isnan(distance) | (distance > 0) | both, distance**2 / 2, 0.0))


def line(across: Array, up: Array) -> tuple[Array, float]:
    """Return what a line foresees of `up` `[C]`, and the spread about it, those far from it pulled in; NaN is left out.

    Least squares, then five times with P. J. Huber's weights (*Robust Statistics*, Wiley, 1981, ch. 7).
    """
    known = ~np.isnan(across) & ~np.isnan(up)
    if known.sum() < FEWEST:
        return np.full(up.size, np.nan), np.nan
    design, target, weight = np.column_stack([np.ones(known.sum()), across[known]]), up[known], np.ones(known.sum())
    for _ in range(5):
        root = np.sqrt(weight)
        fit = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
        away = target - design @ fit
        spread = 1.4826 * float(np.median(np.abs(away - np.median(away))))
        weight = np.minimum(1.0, 1.5 * max(spread, EQUAL**2) / np.maximum(np.abs(away), EQUAL**2))
    return fit[0] + fit[1] * across, max(spread, EQUAL**2)


def logit(count: Array, of: Array) -> Array:
    """Return the logit of shares, half a sheet added at either end."""
    return np.asarray(np.log((count + 0.5) / (of - count + 0.5)))


def of_odds(odds: Array) -> Array:
    """Return shares from their logits."""
    return np.asarray(1 / (1 + np.exp(-odds)))
