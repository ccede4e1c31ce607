"""What it would take to name a channel among the best or the last few."""

from __future__ import annotations

from math import inf
from statistics import NormalDist

from marsad.core.posterior import Settings


def answers_to_settle(half_width: float, distance: float, probability: float, level: float = Settings.level) -> float:
    """Return how many times as many answers would put a score beyond an edge `distance` away with a probability.

    `half_width` is that of the score's interval at a level, in the same points. Errors are taken to fall with the square root of
    the number of answers, while score and edge stay where they are; infinite where the score lies on the edge.

    >>> round(answers_to_settle(2.0, 1.0, 0.9), 2), answers_to_settle(1.0, 0.0, 0.9)
    (2.43, inf)
    """
    if distance == 0:
        return inf
    error = half_width / NormalDist().inv_cdf((1 + level) / 2)
    allowed = abs(distance) / NormalDist().inv_cdf(probability)
    return (error / allowed) ** 2
