"""Confidence sets for ranks: the places that cannot be ruled out, from values and standard errors alone.

Rank 1 is the best, the highest value; equal values share the better rank. That one unit is no better than another is a
hypothesis; those that fall, stepwise and with a bounded chance of any mistake, push ranks apart. `C` units, `D` draws. A lead is
how far one unit is ahead of another, in standard errors of their difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.polynomial.chebyshev import chebvander

from marsad.core.arrays import Array, Mask, Places
from marsad.core.posterior import Progress, Settings
from marsad.core.problem import Problem
from marsad.core.ranking import Ranks
from marsad.core.stars import PRECISION

WIDTH = 24
"""Units looked at first on either side of a draw; most draws need no more."""
PAIRS = 1 << 18
"""Pairs of units compared at a time, so that they stay in cache."""
ABOVE = 1 + 1e-12
"""What an upper bound is raised by, lest its last bit make it none."""
NODES = 32
"""Standard errors that stand for those of all units: no probability changes by 1e-5, be some errors a thousand times others."""
REACH, POINTS = 7.0, 40_000
"""How far a unit's own error is followed, in standard errors, and how many of its values there are in all."""


@dataclass(frozen=True)
class RankSets:
    """The best (`low`) and the worst (`high`) rank `[S]` that cannot be ruled out, for units among `units` of them."""

    low: Ranks
    high: Ranks
    units: int

    def may_be_best(self, k: int) -> Mask:
        """Return which units `[S]` may be among the first k; of simultaneous sets, this holds all that are, at their level."""
        return self.low <= k

    def may_be_worst(self, k: int) -> Mask:
        """Return which units `[S]` may be among the last k; of simultaneous sets, this holds all that are, at their level."""
        return self.high > self.units - k


def marginal_sets(
    value: Array, se: Array, level: float = 0.95, units: Places | None = None, progress: Progress | None = None
) -> RankSets:
    """Return a set for each unit `[C]`, or for those at some places `[S]`, that holds its own rank at the level; raises Problem.

    >>> sets = marginal_sets(np.array([70.0, 72.0, 90.0]), np.array([3.0, 3.0, 3.0]))
    >>> sets.low.tolist(), sets.high.tolist()
    ([2, 2, 1], [3, 3, 1])
    """
    refuse_what_cannot_be_compared(value, se, level)
    asked = np.arange(value.size) if units is None else units
    field = Field.of(se)
    won, lost = np.empty((2, asked.size), np.int32)
    for place, unit in enumerate(asked.tolist()):
        won[place], lost[place] = duel(field, value, unit, level)
        if progress:
            progress(1)
    return RankSets(lost + 1, value.size - won, value.size)


def simultaneous_sets(value: Array, se: Array, settings: Settings) -> RankSets:
    """Return sets for all units `[C]` that hold all their ranks at once, at the level of the settings; raises Problem.

    >>> sets = simultaneous_sets(np.array([70.0, 72.0, 90.0]), np.array([3.0, 3.0, 3.0]), Settings(level=0.95))
    >>> sets.low.tolist(), sets.high.tolist(), sets.may_be_worst(1).tolist()
    ([2, 2, 1], [3, 3, 1], [True, True, False])
    """
    refuse_what_cannot_be_compared(value, se, settings.level)
    order = np.lexsort((se, value))  # drawn in this order, so that the order of units changes nothing
    contest = Contest.of(value[order], se[order], settings)
    bound = ABOVE * np.hypot(contest.noise.max(axis=1).clip(0), contest.noise.min(axis=1).clip(None, 0))
    limit = step_down(
        lambda limit: critical(bound, contest.tail, lambda draws: largest_leads(contest, draws, limit)),
        lambda limit: int(outcomes(contest, limit)[0].sum()),
    )
    won, lost = np.empty((2, order.size), np.int32)
    won[order], lost[order] = outcomes(contest, limit)
    return RankSets(lost + 1, order.size - won, order.size)


def refuse_what_cannot_be_compared(value: Array, se: Array, level: float) -> None:
    """Raise Problem where values and errors do not pair, are not known, or leave chance no part."""
    if value.ndim != 1 or value.shape != se.shape or not value.size:
        what = f"values of shape {value.shape} and standard errors of shape {se.shape} do not pair"
        raise Problem(what, remedy="give one of each for every unit")
    if not (np.isfinite(value).all() and np.isfinite(se).all()):
        raise Problem("a value or standard error is missing or infinite", remedy="complete it or leave the unit out")
    if (se <= 0).any():
        raise Problem("a standard error is not above 0, as if chance had no part", remedy="estimate it or leave the unit out")
    if not 0.5 <= level < 1:
        raise Problem(f"the level {level:g} is not from 0.5 to below 1", remedy="ask for one such as 0.95")


def step_down(critical_at: Callable[[float], float], rejected: Callable[[float], int]) -> float:
    """Return the final critical value: each step is taken over the hypotheses that the step before left standing."""
    limit, count = np.inf, 0
    while True:
        limit = critical_at(limit)
        if (now := rejected(limit)) == count:
            return limit
        count = now


# ---- one unit against every other, without draws


@dataclass(frozen=True, eq=False)
class Field:
    """The errors `[C]` a unit is up against, and a few `nodes` `[N]` that stand for them by each unit's `shares` `[C, N]`.

    Where there are many, a sum over units of anything smooth in the logarithm of their error is one over Chebyshev's nodes.
    """

    se: Array
    nodes: Array
    shares: Array
    own: Array
    weight: Array

    @classmethod
    def of(cls, se: Array) -> Field:
        """Return the field of units with these errors."""
        own = np.linspace(-REACH, REACH, int(np.clip(POINTS // se.size, 2 * NODES, 1000)))
        weight = np.exp(-(own**2) / 2)
        if se.size <= NODES:
            return cls(se, se, np.eye(se.size), own, weight / weight.sum())
        low, high = np.log(se).min(), np.log(se).max()
        middle, half = (low + high) / 2, max((high - low) / 2, 1e-9)
        at = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
        shares = chebvander((np.log(se) - middle) / half, NODES - 1) @ np.linalg.inv(chebvander(at, NODES - 1))
        return cls(se, np.exp(middle + half * at), shares, own, weight / weight.sum())

    def chance(self, se: float, limit: float, ahead: Array, behind: Array) -> float:
        """Return the chance that a unit of this error is by luck no more than the limit ahead or behind of others `[C]` marked 1.

        Given its own error the others are independent: the chance is a product over them, averaged over that error.
        """
        apart, own = limit * np.hypot(se, self.nodes), self.own[:, None] * se
        log = scipy.special.log_ndtr((apart - own) / self.nodes) @ (ahead @ self.shares)
        log += scipy.special.log_ndtr((apart + own) / self.nodes) @ (behind @ self.shares)
        return float(self.weight @ np.exp(np.minimum(log, 0.0)))


def duel(field: Field, value: Array, unit: int, level: float) -> tuple[int, int]:
    """Return how many others a unit is surely better than, and surely worse than: 2(C − 1) hypotheses, one direction each."""
    own = float(field.se[unit])
    lead = (value[unit] - value) / np.hypot(own, field.se)
    other = np.arange(value.size) != unit

    def critical_at(limit: float) -> float:
        ahead, behind = (other & (lead <= limit)).astype(float), (other & (-lead <= limit)).astype(float)
        doubtful = ahead.sum() + behind.sum()
        if not doubtful:
            return 0.0
        of_one, of_bonferroni = -scipy.special.ndtri([1 - level, (1 - level) / doubtful])
        found = scipy.optimize.brentq(
            lambda at: np.log1p(-field.chance(own, at, ahead, behind)) - np.log1p(-level),
            of_one - 0.01,
            of_bonferroni + 0.01,
            xtol=1e-9,
        )
        return max(float(found), 0.0)

    limit = step_down(critical_at, lambda limit: int((np.abs(lead) > limit).sum()))
    return int((lead > limit).sum()), int((-lead > limit).sum())


# ---- all units against each other, by draws


@dataclass(frozen=True, eq=False)
class Contest:
    """Units `[C]` to be compared, draws `[D, C]` of their errors in standard errors, and how many draws are in the tail."""

    value: Array
    se: Array
    noise: Array
    tail: int

    @classmethod
    def of(cls, value: Array, se: Array, settings: Settings) -> Contest:
        """Return units with their draws; the critical value is that of draw ⌈level · (D + 1)⌉. Raises Problem for too few."""
        draws, level = settings.draws, settings.level
        tail = draws + 1 - int(np.ceil(round(level * (draws + 1), PRECISION)))
        if tail < 1:
            raise Problem(f"{draws} draws are too few for the level {level:g}", remedy="ask for more draws or a lower level")
        return cls(value, se, np.random.default_rng(settings.seed).standard_normal((draws, value.size)), tail)


def critical(bound: Array, tail: int, exact: Callable[[Places], Array]) -> float:
    """Return the `tail`-th largest of numbers `[D]` known by upper bounds, which become exact where they are asked for.

    Only numbers whose bound is among the largest are computed; once those are all exact, no other can be among them.
    """
    known = np.zeros(bound.size, bool)
    while True:
        top = np.argpartition(bound, -tail)[-tail:]
        asked = top[~known[top]]
        if not asked.size:
            return float(bound[top].min())
        bound[asked] = exact(asked)
        known[asked] = True


def outcomes(contest: Contest, limit: float) -> tuple[Ranks, Ranks]:
    """Return how many others each unit `[C]` is surely better than, and surely worse than."""
    value, se = contest.value, contest.se
    won, lost = np.zeros((2, value.size), np.int32)
    rows = max(PAIRS // value.size, 1)
    for start in range(0, value.size, rows):
        some = slice(start, start + rows)
        above = value[some, None] - value > limit * np.hypot(se[some, None], se)
        won[some] = above.sum(axis=1)
        lost += above.sum(axis=0, dtype=np.int32)
    return won, lost


def largest_leads(contest: Contest, draws: Places, limit: float) -> Array:
    """Return, in each of some draws `[A]`, the largest lead by luck of one unit over another that is not surely ahead of it.

    By luck z the lead is (zᵢ·seᵢ − zⱼ·seⱼ) / √(seᵢ² + seⱼ²) ≤ √(zᵢ² + zⱼ²): units of little luck cannot have the largest.
    """
    noise = contest.noise[draws]
    order = np.argsort(noise, axis=1)
    luck = np.take_along_axis(noise, order, axis=1)
    good, bad = luck[:, ::-1].clip(0), luck.clip(None, 0)
    found, pending, width, units = np.zeros(draws.size), np.arange(draws.size), WIDTH, order.shape[1]
    while True:
        width = min(width, units)
        for some in np.array_split(pending, -(-pending.size * width**2 // PAIRS)):
            found[some] = leads(contest, noise[some], order[some, -width:], order[some, :width], limit)
        if width == units:
            return found
        others = np.maximum(np.hypot(good[:, width], bad[:, 0]), np.hypot(good[:, 0], bad[:, width]))
        pending = pending[found[pending] < ABOVE * others[pending]]
        if not pending.size:
            return found
        width *= 2


def leads(contest: Contest, noise: Array, lucky: Places, unlucky: Places, limit: float) -> Array:
    """Return the largest lead by luck in each draw `[A]` among pairs of units `[A, W]` that are in doubt; 0 where none is."""

    def of_pairs(numbers: Array, join: Callable[[Array, Array], Array]) -> Array:
        everyone = np.broadcast_to(numbers, noise.shape)
        one, other = (np.take_along_axis(everyone, units, axis=1) for units in (lucky, unlucky))
        return join(one[:, :, None], other[:, None, :])

    spread = of_pairs(contest.se, np.hypot)
    lead = of_pairs(noise * contest.se, np.subtract) / spread
    in_doubt = of_pairs(contest.value, np.subtract) <= limit * spread
    return np.asarray(np.where(in_doubt, lead, 0.0).max(axis=(1, 2), initial=0.0))
