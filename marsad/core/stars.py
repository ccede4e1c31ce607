"""Star rules: from composite scores to stars, by fixed bands or by where the scores fall among their peers.

A rule is fitted on the published scores of one peer group and gives `Cuts`; the cuts then band any score, drawn ones too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from marsad.core.arrays import Array, Mask
from marsad.core.conditions import Condition, Facts
from marsad.core.problem import Sentence

PRECISION = 9
"""Decimals a score is rounded to before banding, so that no star hangs on the last bit."""
EDGE = 1e-6
"""A score this close to an edge is marked."""


@dataclass(frozen=True)
class Cuts:
    """Ascending `edges` between bands and the `stars` of the bands, worst first; a score on an edge belongs above it.

    Where `strict` is true for an edge a score must exceed it.
    """

    edges: tuple[float, ...]
    stars: tuple[float, ...]
    strict: tuple[bool, ...] = ()

    def stars_of(self, scores: Array) -> Array:
        """Return the stars of scores of any shape; NaN stays NaN."""
        rounded = np.round(scores, PRECISION)
        passed = np.zeros(rounded.shape, np.intp)
        for place, edge in enumerate(self.edges):
            passed += rounded > edge if self.strict and self.strict[place] else rounded >= edge
        return np.asarray(np.where(np.isnan(rounded), np.nan, np.asarray(self.stars)[passed]))

    def near_edge(self, scores: Array) -> Mask:
        """Return where a score lies within a millionth of an edge."""
        near = np.zeros(scores.shape, bool)
        for edge in self.edges:
            near |= np.abs(scores - edge) <= EDGE
        return near


class StarRule(Protocol):
    """A rule that finds the cuts of one peer group."""

    @property
    def stars(self) -> tuple[float, ...]:
        """Return every star the rule can give, lowest first."""
        ...

    def cuts(self, scores: Array) -> Cuts:
        """Return the cuts for the known scores `[P]` of one peer group."""
        ...

    def mirrored(self) -> Self:
        """Return the rule for values whose sign was turned."""
        ...


@dataclass(frozen=True)
class Bands:
    """Fixed published thresholds."""

    edges: tuple[float, ...]
    stars: tuple[float, ...]
    strict: tuple[bool, ...] = ()

    def cuts(self, scores: Array) -> Cuts:
        """Return the thresholds themselves."""
        return Cuts(tuple(round(edge, PRECISION) for edge in self.edges), self.stars, self.strict)

    def mirrored(self) -> Self:
        """Return the thresholds with their sign turned; they are given in the order of the stars."""
        return replace(self, edges=tuple(-edge for edge in self.edges))


@dataclass(frozen=True)
class RoundTo:
    """The score itself, rounded half up to a step (half stars), kept within `low` and `high`."""

    step: float
    low: float
    high: float

    @property
    def stars(self) -> tuple[float, ...]:
        """Return every star the rule can give, lowest first."""
        count = round((self.high - self.low) / self.step)
        return tuple(round(self.low + place * self.step, PRECISION) for place in range(count + 1))

    def cuts(self, scores: Array) -> Cuts:
        """Return the middles between neighbouring stars."""
        return Cuts(tuple(round(star - self.step / 2, PRECISION) for star in self.stars[1:]), self.stars)

    def mirrored(self) -> Self:
        """Return the rule itself."""
        return self


@dataclass(frozen=True)
class Quantiles:
    """Relative bands: `shares` of the peer group from the best star down to the worst; equal scores share the better band."""

    stars: tuple[float, ...]
    shares: tuple[float, ...]

    def cuts(self, scores: Array) -> Cuts:
        """Return the scores of the last channel inside each band."""
        ordered = np.sort(np.round(scores, PRECISION))[::-1]
        edges = [ordered[place - 1] if place else np.inf for place in self.places(ordered.size)]
        return Cuts(tuple(float(edge) for edge in reversed(edges)), self.stars)

    def stars_in_draws(self, draws: Array) -> Array:
        """Return the stars of draws `[P, D]` of one peer group, banding every draw anew: a channel moves with its peers."""
        rounded = np.round(draws, PRECISION)
        ordered = np.sort(rounded, axis=0)[::-1]
        passed = np.zeros(rounded.shape, np.intp)
        for place in self.places(len(ordered)):
            if place:
                passed += rounded >= ordered[place - 1]
        return np.asarray(self.stars)[passed]

    def places(self, count: int) -> list[int]:
        """Return how many of so many channels stand in each band or above it, the best band first and without the last."""
        return [int(np.floor(round(share * count, PRECISION) + 0.5)) for share in np.cumsum(self.shares[:-1])]

    def mirrored(self) -> Self:
        """Return the rule itself."""
        return self


@dataclass(frozen=True)
class KMeans:
    """Clusters of the summary score, started from the medians of the quantile groups (SAS FASTCLUS, as US hospital stars use it).

    To convergence; then, where `fence` is given, from those centres once more to convergence with scores farther than
    `fence` from every centre not moving them. Raises ValueError where the scores are too few or too equal for the groups.
    """

    stars: tuple[float, ...]
    fence: float | None = None

    def cuts(self, scores: Array) -> Cuts:
        """Return the middles between neighbouring centres."""
        k = len(self.stars)
        if np.unique(scores).size < k:
            raise ValueError(Sentence("{count} different scores cannot form {k} clusters", count=np.unique(scores).size, k=k))
        ordered = np.sort(scores)
        groups = np.digitize(scores, quantile_type1(ordered, np.arange(1, k) / k), right=True)
        if np.unique(groups).size < k:
            what = Sentence("too many of the {count} scores are equal to form {k} quantile groups", count=scores.size, k=k)
            raise ValueError(what)
        centres = np.array([np.median(scores[groups == group]) for group in range(k)])
        centres = lloyd(scores, centres, fence=np.inf)
        if self.fence is not None:
            centres = lloyd(scores, centres, fence=self.fence)
        return Cuts(tuple(np.round((centres[1:] + centres[:-1]) / 2, PRECISION).tolist()), self.stars)

    def mirrored(self) -> Self:
        """Return the rule itself."""
        return self


def quantile_type1(ordered: Array, at: Array) -> Array:
    """Return quantiles as observed values: the inverse of the empirical distribution (Hyndman and Fan type 1)."""
    places = np.ceil(np.round(at * ordered.size, PRECISION)).astype(int) - 1
    return np.asarray(ordered[np.clip(places, 0, ordered.size - 1)])


def lloyd(scores: Array, centres: Array, *, fence: float) -> Array:
    """Return the centres of one-dimensional k-means once they no longer move."""
    for _ in range(1000):
        distance = np.abs(scores[:, None] - centres[None, :])
        nearest = distance.argmin(axis=1)
        counted = distance.min(axis=1) <= fence
        moved = np.array(
            [scores[inside].mean() if (inside := counted & (nearest == k)).any() else centre for k, centre in enumerate(centres)]
        )
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres


@dataclass(frozen=True)
class FirstMatch:
    """Stars by conditions on the nodes: the first case that holds gives the star, `otherwise` the rest."""

    cases: tuple[tuple[Condition, float], ...]
    otherwise: float

    @property
    def stars(self) -> tuple[float, ...]:
        """Return every star the rule can give, lowest first."""
        return tuple(sorted({star for _, star in self.cases} | {self.otherwise}))

    def stars_of(self, facts: Facts) -> Array:
        """Return the stars, `[C]` or `[C, D]`; a case that is not drawn holds for every draw."""
        held = [condition.holds(facts) for condition, _ in self.cases]
        if any(mask.ndim == 2 for mask in held):
            held = [mask if mask.ndim == 2 else mask[:, None] for mask in held]
        if not held:
            return np.full(facts.channels, self.otherwise)
        return np.asarray(np.select(held, [star for _, star in self.cases], self.otherwise))


@dataclass(frozen=True)
class Limiter:
    """A cap on the star, or a floor under it, where a condition holds.

    A condition on estimates counts as true where its probability reaches `certainty`, and is then true for every draw.
    """

    code: str
    when: Condition
    cap: float | None = None
    floor: float | None = None
    certainty: float = 0.8

    def limit(self, stars: Array, held: Mask) -> Array:
        """Return the stars, `[C]` or `[C, D]`, limited where it is held, `[C]`."""
        held = held[:, None] if stars.ndim == 2 else held
        if self.cap is not None:
            stars = np.where(held, np.minimum(stars, self.cap), stars)
        if self.floor is not None:
            stars = np.where(held, np.maximum(stars, self.floor), stars)
        return stars
