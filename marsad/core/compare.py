"""Two channels beside each other: the probability that one is better than the other."""

from __future__ import annotations

from math import erf, isnan, nan, sqrt

from marsad.core.estimate import normal_quantile


def chance_better(one: tuple[float, float, float], other: tuple[float, float, float], level: float) -> float:
    """Return the probability that the first of two scores is truly the higher, from what is published of both.

    Each is `(value, low, high)` with an interval of probability `level`; their errors are taken as normal and independent, so
    that anybody can recompute it from two published lines: Φ(d / √(s₁² + s₂²)). NaN where an interval is missing; scores
    without any error give 0, ½ or 1.

    >>> round(chance_better((80.0, 76.0, 84.0), (75.0, 71.0, 79.0), 0.9), 3)
    0.927
    """
    if any(isnan(part) for part in (*one, *other)):
        return nan
    width = 2 * normal_quantile(level)
    spread = sqrt(((one[2] - one[1]) / width) ** 2 + ((other[2] - other[1]) / width) ** 2)
    apart = one[0] - other[0]
    if spread == 0:
        return 0.5 if apart == 0 else float(apart > 0)
    return 0.5 * (1 + erf(apart / spread / sqrt(2)))
