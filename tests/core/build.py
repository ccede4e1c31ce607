"""Small schemes and small evidence, so that a test says only what it is about."""

from collections.abc import Sequence

import numpy as np

from marsad.core.evidence import Evidence
from marsad.core.scheme import Indicator, Node, Scheme, StarRules
from marsad.core.stars import Bands

FIVE = (1.0, 2.0, 3.0, 4.0, 5.0)
BANDS = Bands((20.0, 40.0, 60.0, 80.0), FIVE)
ROOT = Node("whole")


def floats(values: Sequence[float | None]) -> np.ndarray:
    """None is missing."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def optional(values: np.ndarray) -> list[float | None]:
    """NaN is missing."""
    return [None if np.isnan(value) else float(value) for value in values]


def table(values: object, shape: tuple[int, int]) -> np.ndarray:
    return np.full(shape, np.nan) if values is None else np.broadcast_to(np.array(values, dtype=np.float64), shape).copy()


def evidence(values, *, se=None, n=None, raters=None, channels=None, **attributes) -> Evidence:
    """Values are rows of channels; what is None is NaN; channels are c000, c001, … unless named."""
    values = np.array(values, dtype=np.float64)
    names = channels or [f"c{place:03}" for place in range(len(values))]
    return Evidence(
        channels=np.array(names, dtype=np.str_),
        values=values,
        se=table(se, values.shape),
        n=table(n, values.shape),
        raters=table(raters, values.shape),
        attributes={name: np.array(texts, dtype=np.str_) for name, texts in attributes.items()},
    )


def scheme(*indicators: Indicator, nodes: Sequence[Node] = (), root: Node = ROOT, stars: StarRules = BANDS, **rest) -> Scheme:
    return Scheme(indicators=indicators, nodes=(root, *nodes), stars=stars, **rest)


def flat(count: int, weights: Sequence[float] | None = None, **rest) -> Scheme:
    """So many indicators right under the composite, each its own score: i0, i1, …"""
    weights = weights or [1.0] * count
    return scheme(*(Indicator(f"i{place}", "whole", weight) for place, weight in enumerate(weights)), **rest)


def pillared(**rest) -> Scheme:
    """Two pillars of two indicators each, weights 2 to 1, and 1 to 3 inside."""
    return scheme(
        Indicator("a1", "a", 1.0),
        Indicator("a2", "a", 3.0),
        Indicator("b1", "b", 1.0),
        Indicator("b2", "b", 3.0),
        nodes=(Node("a", "whole", 2.0), Node("b", "whole", 1.0)),
        **rest,
    )


PILLARED_TREE = (1.0, [(2.0, [(1.0, "a1"), (3.0, "a2")]), (1.0, [(1.0, "b1"), (3.0, "b2")])])
"""The same tree as the twin writes it."""
