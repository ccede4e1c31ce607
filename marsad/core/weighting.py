"""Weights that make those who answered stand for all: raking to known totals, and the error of what is then reckoned.

`n` answers; a margin is a grouping of them with the known total of each of its `G` groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Places, Texts
from marsad.core.problem import Problem, Sentence

EQUAL = 1e-6
"""The share by which the sums of two margins may differ and still be of one population."""


@dataclass(frozen=True)
class Margin:
    """The group `[n]` each answer is in, and the names `[G]` and known totals `[G]` of all groups."""

    group: Texts
    names: tuple[str, ...]
    totals: Array

    def places(self) -> Places:
        """Return the place `[n]` of each answer's group; raises Problem for a group without total, or without answers."""
        place = {name: at for at, name in enumerate(self.names)}
        if unknown := sorted(set(self.group.tolist()) - place.keys()):
            raise Problem(
                Sentence("no total is known of the group {group}", group=unknown[0]), remedy=Sentence("give it, or join groups")
            )
        places = np.array([place[group] for group in self.group.tolist()], np.intp)
        for at in np.flatnonzero((np.bincount(places, minlength=len(self.names)) == 0) & (self.totals > 0)):
            raise Problem(
                Sentence("nobody in the group {group} answered", group=self.names[at]),
                remedy=Sentence("join it with a group like it"),
            )
        return places


@dataclass(frozen=True)
class Raked:
    """Weights `[n]` before and after raking, and how it went.

    `moved` is the largest change of any cell of the crossed margins in each round, `gap` the largest distance from a known total
    that is left, as a share of it; `places` `[n, M]` are the groups of the answers.
    """

    before: Array
    weights: Array
    places: Places
    moved: tuple[float, ...]
    gap: float
    converged: bool


@dataclass(frozen=True)
class Weighted:
    """A total or mean from weighted answers, with its linearised standard error."""

    value: float
    se: float


def rake(weights: Array, margins: Sequence[Margin], *, tolerance: float = 1.0, rounds: int = 100) -> Raked:
    """Return weights `[n]` scaled to one margin after the other until no cell moves by as much as the tolerance.

    W. E. Deming, F. F. Stephan, Annals of Mathematical Statistics 11 (1940), 427-444. The tolerance is in units of the totals; a
    raking that takes all rounds says so and is no error. Raises Problem for margins of different populations, and for groups as
    `Margin.places` does.
    """
    if not margins or (weights <= 0).any() or not np.isfinite(weights).all():
        raise Problem(
            Sentence("there is no margin, or a weight is not above 0"),
            remedy=Sentence("give margins, and begin with weights of 1"),
        )
    sums = [float(margin.totals.sum()) for margin in margins]
    if max(sums) - min(sums) > EQUAL * max(sums):
        most, least = (f"{end(sums):g}" for end in (max, min))
        raise Problem(
            Sentence("the totals of one margin add up to {most}, of another to {least}", most=most, least=least),
            remedy=Sentence("take the totals of one population"),
        )
    places = np.column_stack([margin.places() for margin in margins])
    _, cell = np.unique(places, axis=0, return_inverse=True)
    scaled, table = weights.astype(np.float64), np.bincount(cell, weights)
    moved: list[float] = []
    while len(moved) < rounds and (not moved or moved[-1] >= tolerance):
        for place, margin in zip(places.T, margins, strict=True):
            scaled = scaled * ratios(scaled, place, margin.totals)[place]
        last, table = table, np.bincount(cell, scaled)
        moved.append(float(np.abs(table - last).max()))
    gaps = [np.abs(ratios(scaled, place, margin.totals) - 1) for place, margin in zip(places.T, margins, strict=True)]
    return Raked(weights, scaled, places, tuple(moved), float(np.concatenate(gaps).max()), moved[-1] < tolerance)


def ratios(weights: Array, place: Places, totals: Array) -> Array:
    """Return by how much the weights of each group `[G]` fall short of its total; 1 where there is nothing on either side."""
    sums = np.bincount(place, weights, minlength=totals.size)
    return np.divide(totals, sums, out=np.ones(totals.size), where=sums > 0)


def weighted_total(values: Array, raked: Raked, clusters: Texts, sampled: float = 0.0) -> Weighted:
    """Return the total of values `[n]` over the population, of answers drawn in clusters `[n]`, a share of which was sampled.

    The error is that of what the margins leave unexplained: residuals from a regression on their groups, fitted with the weights
    before and expanded with those after (J.-C. Deville, C.-E. Särndal, JASA 87, 1992, 376-382). Raises Problem.
    """
    return Weighted(float(raked.weights @ values), linearised_se(values, raked, clusters, sampled))


def weighted_mean(values: Array, raked: Raked, clusters: Texts, sampled: float = 0.0) -> Weighted:
    """Return the mean of values `[n]` over the population: a ratio of totals, its error linearised as that of a total."""
    population = float(raked.weights.sum())
    mean = float(raked.weights @ values) / population
    return Weighted(mean, linearised_se((values - mean) / population, raked, clusters, sampled))


def linearised_se(values: Array, raked: Raked, clusters: Texts, sampled: float) -> float:
    """Return the standard error of the total of values `[n]`: the spread between the clusters' sums of expanded residuals."""
    _, cluster = np.unique(clusters, return_inverse=True)
    sums = np.bincount(cluster, raked.weights * residuals(values, raked))
    if sums.size < 2:
        raise Problem(Sentence("one cluster shows no spread"), remedy=Sentence("name the clusters that were drawn, two or more"))
    spread = float(((sums - sums.mean()) ** 2).sum()) * sums.size / (sums.size - 1)
    return float(np.sqrt((1 - sampled) * spread))


def residuals(values: Array, raked: Raked) -> Array:
    """Return what the groups of all margins leave of values `[n]`, by least squares with the weights before."""
    groups = [(place[:, None] == np.arange(place.max() + 1)).astype(np.float64) for place in raked.places.T]
    design, root = np.hstack(groups), np.sqrt(raked.before)
    fitted = np.linalg.lstsq(design * root[:, None], values * root, rcond=None)[0]
    left: Array = values - design @ fitted
    return left
