"""What raters' severity takes from the scores they give, and how much is given back: what `[raters]` in a standard asks for.

A score is what the channel deserves, less how severe the rater is, and luck. Two raters of one channel tell how they differ; all
channels that raters share tell how severe each is beside the others of the same source. Who gave few scores is allowed for less
than was seen of them: part of that was luck (C. R. Henderson, Biometrics 31 (1975), 423-447). `S` scores, `R` raters of a source;
severities are in points, 100 from the worst to the best of a scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.rasch import joined
from marsad.core.scheme import POINTS, Indicator, Scheme
from marsad.core.severity import Additive, additive, largest


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


def allowances(scores: Scores, scheme: Scheme) -> Array:
    """Return what to add to every score `[S]` for the severity of who gave it, in the units of its indicator.

    0 where the scheme does not adjust the source, nobody is named, or no channels join raters.
    """
    found = np.zeros(scores.cells.size)
    for source in scheme.raters.adjusted if scheme.raters else ():
        asked = np.array([one.source == source and bool(np.isfinite(one.ends).all()) for one in scheme.indicators])
        mine = asked[scores.cells % len(scheme.indicators)] & (scores.raters >= 0)
        if mine.any():
            found[mine] = of_one_source(scores.only(mine), scheme.indicators)
    return found


def of_one_source(scores: Scores, indicators: tuple[Indicator, ...]) -> Array:
    """Return the same for the scores of one source, all by somebody who is named."""
    ends = np.array([one.way for one in indicators])
    channel, place = np.divmod(scores.cells, len(indicators))
    unit = (ends[place, 1] - ends[place, 0]) / POINTS
    points = (scores.values - ends[place, 0]) / unit
    people, rater = np.unique(scores.raters, return_inverse=True)
    away = points - weighed(place, scores.weights, points)[place] / weighed(place, scores.weights)[place]
    pairs, pair = np.unique(channel * people.size + rater, return_inverse=True)
    mean = weighed(pair, scores.weights, away) / weighed(pair, scores.weights)
    return np.asarray(severity(pairs // people.size, pairs % people.size, mean, people.size)[rater] * unit)


def weighed(place: Places, weights: Array, values: Array | float = 1.0) -> Array:
    """Return the sums of weights, or of weights times values, by place."""
    return np.asarray(np.bincount(place, weights * values), dtype=np.float64)


def severity(channel: Places, rater: Places, score: Array, raters: int) -> Array:
    """Return how severe every rater is `[R]`, as far as scores `[V]` of theirs on channels tell, by their best linear prediction.

    0 for whom no chain of channels joins to most raters, and for all where they differ by no more than luck.
    """
    found = np.zeros(raters)
    kept, who = largest(joined(channel, rater), rater)
    if who.size < 2:
        return found
    names = np.searchsorted(who, rater[kept])
    fit = additive(channel[kept], names, score[kept])
    if fit.freedom > 0 and fit.variance > 0:
        found[who] = predicted(fit)
    return found


def predicted(fit: Additive) -> Array:
    """Return severities `[R]` drawn towards 0 by what of their differences is luck; raters are alike where all of it is."""
    sizes, axes = np.linalg.eigh(fit.told)
    sizes, axes = 1 / sizes[1:], axes[:, 1:]  # the first: that all are as severe as each other, of which scores tell nothing
    seen = axes.T @ -fit.lenient
    spread = max((float(sizes @ seen**2) - fit.variance * sizes.size) / float(sizes.sum()), 0.0)
    if not spread:
        return np.zeros(fit.lenient.size)
    return np.asarray(axes @ (seen * sizes / (sizes + fit.variance / spread)))
