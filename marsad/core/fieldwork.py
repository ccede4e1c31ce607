"""Where the next visits settle most: a batch of visits shared out over channels so that the best and the worst k become known.

The lists are the k channels with the highest and the k with the lowest posterior mean. A visit is worth what it is expected to
better them by: the mean gain from channels that cross the line of a list when their posterior means move as visits move them (P.
Frazier, W. Powell, S. Dayanik, "A knowledge-gradient policy for sequential information collection", SIAM J. Control Optim. 47,
2008, 2410-2439). That rule is short-sighted; three things mend it, each measured by benchmarks/planner.py: it looks some visits
ahead (`LOOK`), the line moves too (`MOVES`), and a gain counts in proportion to the doubt that is left of the channel.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from marsad.core.arrays import Array, Places, Texts
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence

Counts = NDArray[np.int64]
Marks = NDArray[np.int8]
LOOK = 0.15
"""How many visits ahead a visit is judged, as a share of those the best-known channel has had."""
MOVES = 0.3
"""The share of its variance by which the line of a list is expected to move."""
ENDLESS = 1e12
"""Visits after which a channel counts as known."""
FAR = 30.0
"""Standard deviations from a line from which on nothing is gained by crossing it."""


@dataclass(frozen=True)
class Field:
    """What is known of channels `[n]`: posterior mean and variance, the variance of a single visit, the visits so far."""

    mean: Array
    variance: Array
    noise: Array
    visits: Array

    def at(self, places: Places) -> Field:
        """Return what is known of the channels at some places."""
        return Field(self.mean[places], self.variance[places], self.noise[places], self.visits[places])


@dataclass(frozen=True)
class Lines:
    """Of channels `[n]`: how far they are from the lines of the best and the worst `[2, n]`, how those move, how far to look."""

    distance: Array
    moves: Array
    look: Array


@dataclass(frozen=True)
class Found:
    """How many of the true best and worst k their lists hold on average, before and after some visits."""

    before: float
    after: float


def next_visits(
    mean: ArrayLike,
    variance: ArrayLike,
    *,
    noise_sd: ArrayLike,
    budget: int,
    k: int,
    minimum: int = 0,
    visits: ArrayLike | None = None,
    seed: int = 0,
) -> Counts:
    """Return how many of the next `budget` visits each of `n` channels should get to settle who is in the best and worst k.

    `mean` and `variance` are the posterior's, `[n]`; `noise_sd` is the standard deviation of a single visit, one or `[n]`;
    `visits` is what each has had (without it, what its variance is worth); `minimum` is a floor for each in this batch. The
    counts sum to `budget`; the seed only breaks ties. Raises Problem.

    >>> next_visits([0.0, 1.0, 1.1, 3.0], [0.2, 0.2, 0.2, 0.2], noise_sd=1.0, budget=6, k=2).tolist()
    [0, 3, 3, 0]
    """
    field = field_of(mean, variance, noise_sd=noise_sd, visits=visits)
    return next_visits_within(field, np.full(field.mean.size, ""), {"": k}, budget=budget, minimum=minimum, seed=seed)


def next_visits_within(
    field: Field, kinds: Texts, ks: Mapping[str, int], *, budget: int, minimum: int = 0, seed: int = 0
) -> Counts:
    """Return the visits `[n]` that settle most where every kind, `kinds` `[n]`, has two lists of its own, of `ks` channels.

    A kind without a k has no list. Raises Problem for more floors than budget, and for lists that would overlap.
    """
    size = field.mean.size
    if min(budget, minimum) < 0 or minimum * size > budget:
        what = Sentence(
            "{budget} visits do not give {minimum} to each of {size} channels", budget=budget, minimum=minimum, size=size
        )
        raise Problem(what, remedy=Sentence("raise the budget or lower the minimum"))
    order = np.random.default_rng(seed).permutation(size)
    shuffled = field.at(order)
    lines = lines_of(shuffled, kinds[order], ks)
    planned = shared_out(shuffled, lines, minimum, budget - minimum * size)
    counts = np.empty(size, np.int64)
    counts[order] = planned
    return counts


def field_of(mean: ArrayLike, variance: ArrayLike, *, noise_sd: ArrayLike, visits: ArrayLike | None = None) -> Field:
    """Return what is known of channels, each part `[n]` or (the noise) one for all; raises Problem for what cannot be."""
    centre, spread = np.atleast_1d(np.asarray(mean, np.float64)), np.atleast_1d(np.asarray(variance, np.float64))
    noise = np.asarray(noise_sd, np.float64)
    had = spread if visits is None else np.atleast_1d(np.asarray(visits, np.float64))
    if centre.ndim != 1 or not (centre.shape == spread.shape == had.shape) or noise.shape not in ((), centre.shape):
        raise Problem(Sentence("the parts are not of equal length"), remedy=Sentence("give one of each for every channel"))
    if not (np.isfinite(centre).all() and np.isfinite(spread).all() and np.isfinite(had).all()):
        raise Problem(
            Sentence("a channel has no mean, variance or number of visits"),
            remedy=Sentence("give a channel without evidence the mean and the variance of its kind, and 0 visits"),
        )
    if (spread < 0).any() or (had < 0).any() or not (np.isfinite(noise).all() and (noise > 0).all()):
        raise Problem(
            Sentence("a variance or a number of visits is below 0, or the standard deviation of a visit is not above 0"),
            remedy=Sentence("look at the columns again"),
        )
    error = np.broadcast_to(noise**2, centre.shape)
    return Field(centre, spread, error, worth_of(spread, error) if visits is None else had)


def worth_of(variance: Array, noise: Array) -> Array:
    """Return how many visits alone would leave this variance; more than `ENDLESS` count as that."""
    return np.asarray(noise / np.maximum(variance, noise / ENDLESS))


def lines_of(field: Field, kinds: Texts, ks: Mapping[str, int]) -> Lines:
    """Return the lines of the lists of every kind: midway between the last on a list and the first off it.

    Channels without lists are infinitely far from a line.
    """
    lines = Lines(np.full((2, kinds.size), np.inf), np.zeros((2, kinds.size)), np.ones(kinds.size))
    for kind, k in ks.items():
        members = np.flatnonzero(kinds == kind)
        if not 1 <= k <= members.size // 2:
            what = Sentence("the best {k} and the worst {k} of {size} channels are no two lists", k=k, size=members.size)
            raise Problem(what, remedy=Sentence("take a k from 1 up to half of them"))
        some = field.at(members)
        order = np.argsort(some.mean, kind="stable")
        for side, pair in enumerate((order[[-k - 1, -k]], order[[k - 1, k]])):
            lines.distance[side, members] = np.abs(some.mean - some.mean[pair].mean())
            lines.moves[side, members] = MOVES * some.variance[pair].sum() / 4
        lines.look[members] = max(1.0, worth_of(some.variance, some.noise).min()) + LOOK * some.visits.max()
    return lines


def learned(variance: Array, noise: Array, visits: Array) -> Array:
    """Return the share of the variance that so many visits take away: that much is then the variance of the posterior mean."""
    return variance * visits / (noise + variance * visits)


def crossing(distance: Array, spread: Array) -> Array:
    """Return the mean gain from crossing a line so far away by a normal move of this variance: √s·φ(z) − d·Φ(−z), z = d/√s."""
    root = np.sqrt(spread)
    z = np.full(distance.shape, FAR)
    np.divide(distance, root, out=z, where=root > 0)
    np.minimum(z, FAR, out=z)
    beyond = root * (np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) - z * scipy.special.ndtr(-z))
    return np.where(z < FAR, np.maximum(beyond, 0.0), 0.0)


def gains(field: Field, lines: Lines, planned: Array) -> Array:
    """Return what a visit more than planned is worth to each channel `[n]`."""
    shares = (learned(field.variance, field.noise, ahead) for ahead in (planned, planned + lines.look))
    now, then = (crossing(lines.distance, field.variance * share + lines.moves) for share in shares)
    left = field.variance * (1 - learned(field.variance, field.noise, planned))
    worth: Array = (then - now).sum(axis=0) * np.sqrt(left)
    return worth


def shared_out(field: Field, lines: Lines, minimum: int, budget: int) -> list[int]:
    """Return the visits of each channel: the floor, and each of a budget to who gains most by one more.

    Where nobody gains any more, it goes to who has had fewest.
    """
    planned = [minimum] * field.mean.size
    first = gains(field, lines, np.full(field.mean.size, float(minimum)))
    best = [(-gain, channel) for channel, gain in enumerate(first.tolist())]
    heapq.heapify(best)
    parts = np.vstack([lines.distance, lines.moves, lines.look, field.variance, field.noise]).T.tolist()
    while budget and best[0][0] < 0:
        channel = best[0][1]
        planned[channel] += 1
        budget -= 1
        heapq.heapreplace(best, (-gain_of(parts[channel], planned[channel]), channel))
    fewest = [(had + count, channel) for channel, (had, count) in enumerate(zip(field.visits.tolist(), planned, strict=True))]
    heapq.heapify(fewest)
    for _ in range(budget):
        visits, channel = fewest[0]
        planned[channel] += 1
        heapq.heapreplace(fewest, (visits + 1, channel))
    return planned


def gain_of(part: Sequence[float], planned: int) -> float:
    """Return what `gains` does for one channel, from its distances, moves, look, variance and noise: sooner than NumPy would."""
    best, worst, best_moves, worst_moves, look, variance, noise = part
    now, then = (variance**2 * ahead / (noise + variance * ahead) for ahead in (planned, planned + look))
    gain = cross(best, then + best_moves) - cross(best, now + best_moves)
    gain += cross(worst, then + worst_moves) - cross(worst, now + worst_moves)
    return gain * math.sqrt(variance * noise / (noise + variance * planned))


def cross(distance: float, spread: float) -> float:
    """Return what `crossing` does, for one channel."""
    root = math.sqrt(spread)
    if distance >= FAR * root:
        return 0.0
    z = distance / root
    return max(root * (math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - z * math.erfc(z / math.sqrt(2)) / 2), 0.0)


def expected_found(
    field: Field, kinds: Texts, ks: Mapping[str, int], visits: Counts, settings: Settings, doubt: Array | None = None
) -> Found:
    """Return how many of the true best and worst k of all kinds the lists hold on average, now and after visits `[n]`.

    Truth is drawn from what is known, what visits tell from truth; lists before and after are held against the same draws.
    `doubt` `[n]` is the variance of what is known where visits can take away only a part of it, the field's.
    """
    generator = np.random.default_rng(settings.seed)
    before = after = 0.0
    for kind, k in ks.items():
        members = np.flatnonzero(kinds == kind)
        some = field.at(members)
        whole = some.variance if doubt is None else doubt[members]
        taken = some.variance * learned(some.variance, some.noise, visits[members].astype(np.float64))
        share = np.divide(taken, whole, out=np.zeros_like(whole), where=whole > 0)
        luck = generator.standard_normal((2, settings.draws, members.size))
        truth = some.mean + luck[0] * np.sqrt(whole)
        told = some.mean + share * (truth - some.mean) + luck[1] * np.sqrt(share * (1 - share) * whole)
        true = on_lists(truth, k)
        before += held(true, on_lists(some.mean[None, :], k))
        after += held(true, on_lists(told, k))
    return Found(before, after)


def chances(field: Field, kinds: Texts, ks: Mapping[str, int], settings: Settings) -> tuple[Array, Array]:
    """Return the chance `[n]` of being among the best k and among the worst k of one's kind; NaN in kinds without lists."""
    best, worst = (np.full(field.mean.size, np.nan) for _ in range(2))
    for kind, k in ks.items():
        members = np.flatnonzero(kinds == kind)
        some = field.at(members)
        luck = np.random.default_rng(settings.seed).standard_normal((settings.draws, members.size))
        marks = on_lists(some.mean + luck * np.sqrt(some.variance), k)
        best[members], worst[members] = (marks == 1).mean(axis=0), (marks == 2).mean(axis=0)
    return best, worst


def held(true: Marks, listed: Marks) -> float:
    """Return how many places of the true lists `[D, n]` the lists in question hold, on average over the draws."""
    return float(((true == listed) & (true > 0)).sum()) / float(true.shape[0])


def on_lists(scores: Array, k: int) -> Marks:
    """Return who is among the best (1) or the worst k (2) in each draw, `[D, n]`; 0 for nobody's."""
    channels = scores.shape[1]
    order = np.argpartition(scores, (k - 1, channels - k), axis=1)
    marks = np.zeros(scores.shape, np.int8)
    np.put_along_axis(marks, order[:, :k], 2, axis=1)
    np.put_along_axis(marks, order[:, channels - k :], 1, axis=1)
    return marks
