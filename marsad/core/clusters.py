"""Cut points found in the data: Ward clusters inside Tukey fences, averaged over resamples, held by guardrails.

The scheme is that of the Medicare star ratings (2026 technical notes, attachment K). Cut points wobble from year to year,
so this exists to reproduce others and to ask what if; fixed bands are the default.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from marsad.core.arrays import Array
from marsad.core.problem import Sentence
from marsad.core.stars import PRECISION, Cuts


@dataclass(frozen=True)
class Ward:
    """Hierarchical clusters with Ward's minimum variance, one star each.

    `fence`: scores more than this many interquartile ranges outside the quartiles are left out (3 is Tukey's outer fence);
    `bounds`: the ends of the measure's own scale, which cap the fences; `groups`: the scores are dealt at random into so many
    groups and the cut points are the mean over leaving each group out (0: no resampling); `split`: scores on either side are
    clustered apart, `split_stars` of the stars belonging below; `decimals`: how exactly cut points are published, halves
    rounded away from zero; `previous` cut points may move by at most `guardrail`.
    """

    stars: tuple[float, ...]
    fence: float = 3.0
    bounds: tuple[float, float] = (-np.inf, np.inf)
    groups: int = 10
    seed: int = 0
    split: float | None = None
    split_stars: int = 0
    decimals: int = PRECISION
    previous: tuple[float, ...] = ()
    guardrail: float = np.inf

    def cuts(self, scores: Array) -> Cuts:
        """Return the cuts for the known scores `[P]` of one peer group; raises ValueError where they are too few."""
        if self.split is None:
            edges = self.resampled(scores, len(self.stars))
        else:
            below = self.resampled(scores[scores < self.split], self.split_stars)
            above = self.resampled(scores[scores >= self.split], len(self.stars) - self.split_stars)
            edges = np.concatenate([below, [self.split], above])
        edges = half_away(edges, self.decimals)
        if self.previous:
            old = np.asarray(self.previous)
            edges = np.clip(edges, old - self.guardrail, old + self.guardrail)
        return Cuts(tuple(np.round(edges, PRECISION).tolist()), self.stars)

    def mirrored(self) -> Self:
        """Return the rule for values whose sign was turned."""
        low, high = self.bounds
        return replace(
            self,
            bounds=(-high, -low),
            previous=tuple(-edge for edge in self.previous),
            split=None if self.split is None else -self.split,
        )

    def resampled(self, scores: Array, k: int) -> Array:
        """Return the k−1 edges, averaged over leaving out each random group in turn."""
        inside = self.inside_fences(np.sort(scores))
        if np.unique(inside).size < max(k, 2):
            raise ValueError(Sentence("{count} different scores cannot form {k} clusters", count=np.unique(inside).size, k=k))
        if not self.groups:
            return ward_edges(inside, k)
        dealt = np.random.default_rng(self.seed).permutation(np.arange(inside.size) % self.groups)
        return np.asarray(np.mean([ward_edges(inside[dealt != group], k) for group in range(self.groups)], axis=0))

    def inside_fences(self, scores: Array) -> Array:
        """Return the scores inside the outer fences."""
        if not scores.size:
            return scores
        lower, upper = np.percentile(scores, [25, 75], method="averaged_inverted_cdf")
        reach = self.fence * (upper - lower)
        low, high = max(lower - reach, self.bounds[0]), min(upper + reach, self.bounds[1])
        return np.asarray(scores[(scores >= low) & (scores <= high)])


def ward_edges(scores: Array, k: int) -> Array:
    """Return the lowest score of each of the upper k−1 clusters of Ward's minimum variance.

    On a line the cheapest merge is always one of neighbours, so equal scores start together and only neighbours are compared; of
    equally cheap merges the lowest is made. Too few different scores leave the lowest stars empty.
    """
    lowest, counts = np.unique(scores, return_counts=True)
    means, sizes = lowest.astype(np.float64), counts.astype(np.float64)
    while lowest.size > k:
        apart = np.diff(means) ** 2 * sizes[:-1] * sizes[1:] / (sizes[:-1] + sizes[1:])
        here = int(apart.argmin())
        means[here] = np.average(means[here : here + 2], weights=sizes[here : here + 2])
        sizes[here] += sizes[here + 1]
        lowest, means, sizes = (np.delete(part, here + 1) for part in (lowest, means, sizes))
    return np.concatenate([np.repeat(lowest[0], k - lowest.size), lowest[1:]])


def half_away(values: Array, decimals: int) -> Array:
    """Return values rounded to so many decimals, halves away from zero."""
    unit = 10.0**decimals
    return np.asarray(np.sign(values) * np.floor(np.round(np.abs(values) * unit, PRECISION) + 0.5) / unit)
