"""Where scores vary, and how far a mean of so many can be generalised: G-studies and D-studies of complete designs.

A facet is whatever scores differ by: channels, assessors, questions, waves. The first facet of a design is what is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import prod

import numpy as np

from marsad.core.arrays import Array
from marsad.core.problem import Problem

Effect = frozenset[str]
"""The facets that an effect is about: one of them, or several together."""


@dataclass(frozen=True)
class Design:
    """Facets in the order of the axes of scores; `within` says of a facet in which other it is nested."""

    facets: tuple[str, ...]
    within: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise Problem for a facet nested in none of the others, or in itself by a detour."""
        for facet, whole in self.within.items():
            if facet not in self.facets or whole not in self.facets or facet == whole or whole in self.within:
                raise Problem(
                    f"{facet} cannot be nested in {whole}", remedy="nest a facet of the design in one that is not nested"
                )

    def whole(self, facets: Effect) -> Effect:
        """Return facets with those they are nested in."""
        return facets | {self.within[facet] for facet in facets if facet in self.within}

    @property
    def crossed(self) -> list[Effect]:
        """Return every set of facets, the smallest first, as if none were nested."""
        return [frozenset(some) for size in range(1, len(self.facets) + 1) for some in combinations(self.facets, size)]

    @property
    def effects(self) -> list[Effect]:
        """Return the sets of facets that can be told apart, the smallest first."""
        return [facets for facets in self.crossed if self.whole(facets) == facets]


@dataclass(frozen=True)
class Generalisability:
    """How far a mean can be generalised: when units are compared with each other, and when it is held against a fixed line."""

    relative: float
    absolute: float


def variance_components(scores: Array, design: Design) -> dict[Effect, float]:
    """Return the variance of every effect from complete scores, an axis per facet; what chance made negative stays so.

    Mean squares are what their expectation says: each is a sum of the variances of all effects that hold its facets. Raises
    Problem.

    >>> scores = np.array([[5.0, 6.0], [7.0, 8.0], [9.0, 10.0]])
    >>> {"".join(sorted(effect)): value for effect, value in variance_components(scores, Design(("u", "r"))).items()}
    {'u': 4.0, 'r': 0.5, 'ru': 0.0}
    """
    if scores.ndim != len(design.facets) or min(scores.shape, default=0) < 2 or not np.isfinite(scores).all():
        raise Problem("the scores are no complete design with two or more of every facet", remedy="leave out what has gaps")
    size = dict(zip(design.facets, scores.shape, strict=True))
    squares, freedom = dict.fromkeys(design.effects, 0.0), dict.fromkeys(design.effects, 0)
    for facets in design.crossed:
        whole = design.whole(facets)
        squares[whole] += float((alone(scores, design, facets) ** 2).sum())
        freedom[whole] += prod(size[facet] - 1 for facet in facets)
    effects = design.effects
    means = [squares[effect] / freedom[effect] for effect in effects]
    held = [[repeats(size, other) if other >= effect else 0 for other in effects] for effect in effects]
    return dict(zip(effects, np.linalg.solve(np.array(held, dtype=np.float64), means).tolist(), strict=True))


def alone(scores: Array, design: Design, facets: Effect) -> Array:
    """Return what facets do together and not one by one, in the shape of the scores."""
    part = scores
    for axis, facet in enumerate(design.facets):
        mean = part.mean(axis=axis, keepdims=True)
        part = part - mean if facet in facets else np.broadcast_to(mean, scores.shape)
    return part


def repeats(size: Mapping[str, int], effect: Effect) -> int:
    """Return how many scores share one value of an effect."""
    return prod(number for facet, number in size.items() if facet not in effect)


def generalise(components: Mapping[Effect, float], design: Design, sizes: Mapping[str, int]) -> Generalisability:
    """Return how far a mean over so many of every other facet can be generalised; negative variances count as 0.

    Of a nested facet the size is its number within one of the other. Raises Problem for a facet without a size.
    """
    measured = frozenset(design.facets[:1])
    if missing := sorted(set(design.facets[1:]) - set(sizes)):
        raise Problem(f"it is not said how many {missing[0]} there are", remedy="give a number for every facet but the first")
    share = {effect: max(value, 0.0) / prod(sizes[facet] for facet in effect - measured) for effect, value in components.items()}
    signal = share[measured]
    relative = sum(value for effect, value in share.items() if effect > measured)
    total = sum(share.values())
    return Generalisability(signal / (signal + relative), signal / total) if signal else Generalisability(0.0, 0.0)
