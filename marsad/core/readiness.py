"""How ready the lists are in the field period: how many visits would settle whom, and by when.

A channel is settled once the probability that its score lies on its side of the edge reaches what the standard asks for.
Distances are from the edge of the list to the score, positive inside the list; `U` channels, `B` budgets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask
from marsad.core.posterior import Settings

MOST = 100_000
"""So many visits are never made in one field period."""


def answers_to_settle(half_width: float, distance: float, probability: float, level: float = Settings.level) -> float:
    """Return how many times as many answers would put a score beyond an edge `distance` away with a probability.

    `half_width` is that of the score's interval at a level, in the same points. Errors are taken to fall with the square root of
    the number of answers, while score and edge stay where they are; infinite where the score lies on the edge.

    >>> round(answers_to_settle(2.0, 1.0, 0.9), 2), answers_to_settle(1.0, 0.0, 0.9)
    (2.43, inf)
    """
    if distance == 0:
        return np.inf
    error = half_width / NormalDist().inv_cdf((1 + level) / 2)
    allowed = abs(distance) / NormalDist().inv_cdf(probability)
    return (error / allowed) ** 2


def visits_to_settle(distance: Array, se: Array, noise_sd: float, probability: float) -> Array:
    """Return how many more visits would settle every channel `[U]`, if its score stays where it is; infinite on the edge.

    `se` `[U]` are the standard errors of the scores, `noise_sd` the spread of one visit, all in the same points.

    >>> visits_to_settle(np.array([1.0, -4.0, 0.0]), np.array([1.0, 1.0, 1.0]), 2.0, 0.9).tolist()
    [3.0, 0.0, inf]
    """
    needed = NormalDist().inv_cdf(probability)
    with np.errstate(divide="ignore"):
        missing = noise_sd**2 * ((needed / distance) ** 2 - 1 / se**2)
    # A last bit too many must not ask for a whole visit.
    return np.asarray(np.maximum(np.ceil(np.round(missing, 9)), 0.0))


@dataclass(frozen=True)
class Chances:
    """The chances `[U]` that channels are settled after some more visits: inside the list, and outside it."""

    inside: Array
    outside: Array


def chances_of_settling(
    distance: Array, se: Array, noise_sd: float, visits: float, probability: float, *, lasting: Array | float = 0.0
) -> Chances:
    """Return how likely so many more visits to each settle channels `[U]`; the score may move, as far as visits may move it.

    Before the visits the later score is normal about the present one, with the variance that the visits take away; `lasting`
    `[U]` is the part of the variance `se`² that no visit takes away, that of what customers said, say.

    >>> found = chances_of_settling(np.array([0.0]), np.array([1.0]), 1.5, 0, 0.9)
    >>> found.inside.tolist(), found.outside.tolist()
    ([0.0], [0.0])
    """
    movable = np.maximum(se**2 - lasting, 0.0)
    left = np.sqrt(lasting + movable * noise_sd**2 / (noise_sd**2 + visits * movable))
    reach = NormalDist().inv_cdf(probability) * left
    moves = np.sqrt(np.maximum(se**2 - left**2, 0.0))
    still = Chances((distance >= reach).astype(np.float64), (distance <= -reach).astype(np.float64))
    if not moves.any():
        return still
    steps = np.where(moves > 0, moves, 1.0)
    inside, outside = scipy.special.ndtr((distance - reach) / steps), scipy.special.ndtr((-reach - distance) / steps)
    return Chances(np.where(moves > 0, inside, still.inside), np.where(moves > 0, outside, still.outside))


@dataclass(frozen=True)
class Forecast:
    """What is expected after so many more visits, each `[B]`: days from now, channels named, and channels named or cleared."""

    visits: Array
    days: Array
    named: Array
    settled: Array


def open_today(distance: Array, se: Array, probability: float) -> Mask:
    """Return which channels `[U]` are neither settled inside the list nor outside it."""
    return np.asarray(np.abs(distance) < NormalDist().inv_cdf(probability) * se)


def forecast(
    distance: Array,
    se: Array,
    noise_sd: float,
    probability: float,
    *,
    a_day: float,
    budgets: Sequence[float],
    lasting: Array | float = 0.0,
) -> Forecast:
    """Return what budgets of more visits, in ascending order, are expected to settle of candidates `[U]`.

    Visits are spread evenly over those that are still open; budgets include 0 where today is asked for. `lasting` is as in
    `chances_of_settling`.
    """
    open_now = open_today(distance, se, probability)
    each = 1 / max(int(open_now.sum()), 1)
    found = chances_of_settling(distance, se, noise_sd, 0, probability, lasting=lasting)
    named, settled = [], []
    for budget in budgets:
        later = chances_of_settling(distance, se, noise_sd, budget * each, probability, lasting=lasting)
        inside, outside = (
            np.where(open_now, after, now) for now, after in zip(vars(found).values(), vars(later).values(), strict=True)
        )
        named.append(inside.sum())
        settled.append(inside.sum() + outside.sum())
    visits = np.asarray(budgets, dtype=np.float64)
    return Forecast(visits, np.ceil(visits / a_day), np.array(named), np.array(settled))


def visits_until(named: Callable[[float], float], goal: float) -> float:
    """Return the fewest more visits that are expected to name so many channels; infinite where `MOST` do not.

    `named` tells how many some visits are expected to name; more visits never name fewer.

    >>> visits_until(lambda visits: visits / 90, 2), visits_until(lambda visits: 0.5, 1)
    (180, inf)
    """
    if named(MOST) < goal:
        return np.inf
    return bisect_left(range(MOST), True, key=lambda visits: named(visits) >= goal)
