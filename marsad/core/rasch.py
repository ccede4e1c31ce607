"""Scores in ordered levels by channel, rater and item: the model, how good channels are under it, and what is left to chance.

The odds of a level over the one below it are exp(measure − severity − difficulty − step).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import scipy

from marsad.core.arrays import Array, Places, Texts
from marsad.core.problem import Problem, Sentence

CHUNK = 32
"""Channels reckoned at a time, so that what is left to chance fits in memory."""
SETTLED, ROUNDS = 1e-7, 200
"""The largest step in logits that counts as none, and how many steps may be taken."""
FARTHEST = 20.0
"""Logits beyond which no measure is looked for."""


@dataclass(frozen=True)
class Scores:
    """`S` scores: of which channel, by whom, on which question, each `[S]`, and the level given, a whole number from 0 up."""

    channel: Texts
    rater: Texts
    item: Texts
    level: Places

    def __post_init__(self) -> None:
        """Raise Problem for levels that are no whole numbers from 0 up, or do not differ."""
        if not self.level.size or self.level.min() == self.level.max():
            raise Problem(
                Sentence("all scores are of one level, so that nothing can be told apart"),
                remedy=Sentence("add scores that differ"),
            )
        if not np.issubdtype(self.level.dtype, np.integer) or self.level.min() < 0:
            raise Problem(
                Sentence("a level is no whole number from 0 up"), remedy=Sentence("count the levels, the lowest of them as 0")
            )


def connected_raters(scores: Scores) -> list[list[str]]:
    """Return the groups of raters within which severities can be compared, the largest first.

    >>> here = Scores(np.array(["a", "a", "b"]), np.array(["Lin", "Omar", "Sara"]), np.array(["q"] * 3), np.array([1, 0, 1]))
    >>> connected_raters(here)
    [['Lin', 'Omar'], ['Sara']]
    """
    raters, rater = np.unique(scores.rater, return_inverse=True)
    labels = joined(np.unique(scores.channel, return_inverse=True)[1], rater)
    groups = [raters[labels == label].tolist() for label in range(labels.max() + 1)]
    return sorted(groups, key=len, reverse=True)


def joined(channel: Places, rater: Places) -> Places:
    """Return the number of the group `[R]` in which channels join each rater to others, from who saw which, each `[S]`.

    >>> joined(np.array([0, 0, 1]), np.array([0, 1, 2])).tolist()
    [0, 0, 1]
    """
    channels, raters = int(channel.max()) + 1, int(rater.max()) + 1
    size = channels + raters
    seen = scipy.sparse.coo_array((np.ones(rater.size), (channel, channels + rater)), shape=(size, size))
    labels = scipy.sparse.csgraph.connected_components(seen, directed=False)[1][channels:]
    return np.asarray(np.unique(labels, return_inverse=True)[1])


@dataclass(frozen=True)
class Model:
    """Scores by place: of the channel, the rater and the item, each `[S]`, and of the row of steps that the item goes by.

    Parameters stand in one array `[P]`: severities, difficulties, then the steps row by row. `top` `[G]` is the highest level.
    """

    scores: Scores
    names: tuple[Texts, Texts, Texts]
    channel: Places
    rater: Places
    item: Places
    group: Places
    top: Places
    rows: Places = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the scores channel by channel, `[C, L]`, -1 beyond a channel's last."""
        counts = np.bincount(self.channel)
        order = np.argsort(self.channel, kind="stable")
        laid = np.full((counts.size, counts.max()), -1)
        laid[np.arange(counts.max()) < counts[:, None]] = order
        object.__setattr__(self, "rows", laid)

    @classmethod
    def of(cls, scores: Scores, *, partial_credit: bool) -> Model:
        """Return the model; raises Problem for a level within the scale that nobody gave."""
        channels, channel = np.unique(scores.channel, return_inverse=True)
        raters, rater = np.unique(scores.rater, return_inverse=True)
        items, item = np.unique(scores.item, return_inverse=True)
        group = item if partial_credit else np.zeros_like(item)
        given = np.zeros((group.max() + 1, scores.level.max() + 1), bool)
        given[group, scores.level] = True
        top = given.shape[1] - 1 - given[:, ::-1].argmax(axis=1)
        rows, levels = np.nonzero(~given & (np.arange(given.shape[1]) < top[:, None]))
        if rows.size:
            where = Sentence("item '{item}'", item=items[rows[0]]) if partial_credit else Sentence("any item")
            raise Problem(
                Sentence("nobody gave level {level} to {where}", level=levels[0], where=where),
                remedy=Sentence("join it with the level beside it"),
            )
        return cls(scores, (channels, raters, items), channel, rater, item, group, top)

    @property
    def levels(self) -> int:
        """Return how many levels there are above 0."""
        return int(self.top.max())

    @property
    def size(self) -> int:
        """Return how many parameters there are."""
        return self.names[1].size + self.names[2].size + self.top.size * self.levels

    @property
    def columns(self) -> Places:
        """Return where the parameters of every score stand, `[S, 2 + K]`: severity, difficulty, and the steps."""
        raters, items = self.names[1].size, self.names[2].size
        steps = raters + items + self.group[:, None] * self.levels + np.arange(self.levels)
        return np.column_stack([self.rater, raters + self.item, steps])

    def hardness(self, parameters: Array) -> Array:
        """Return what the levels of every score cost, `[S, K + 1]` in logits, infinite beyond its highest level."""
        each = parameters[self.columns]
        cost = np.cumsum(each[:, :1] + each[:, 1:2] + each[:, 2:], axis=1)
        cost[np.arange(1, self.levels + 1) > self.top[self.group][:, None]] = np.inf
        return np.column_stack([np.zeros(len(cost)), cost])


@dataclass(frozen=True)
class Moments:
    """Every score's chance of each level `[S, K + 1]`, and its mean, variance and third moment about the mean, each `[S]`."""

    chance: Array
    mean: Array
    variance: Array
    third: Array

    @classmethod
    def of(cls, ability: Array, hardness: Array) -> Moments:
        """Return the moments of scores of channels so good, `[S]`, where levels cost so much, `[S, K + 1]`."""
        levels = np.arange(hardness.shape[1])
        logits = ability[:, None] * levels - hardness
        chance = np.exp(logits - logits.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        mean = chance @ levels
        away = levels - mean[:, None]
        return cls(chance, mean, (chance * away**2).sum(axis=1), (chance * away**3).sum(axis=1))


def measures(model: Model, hardness: Array, start: Array | float = 0.0) -> tuple[Array, Moments]:
    """Return the weighted likelihood measures `[C]` of channels, finite for extreme totals too, and the moments of the scores.

    Solves Σ(x − E) + Σκ₃ / (2·Σv) = 0, by secant where Newton would overshoot (Warm, 1989).
    """
    found, low, high = (np.zeros(model.names[0].size) + value for value in (start, -FARTHEST, FARTHEST))
    for _ in range(ROUNDS):
        moments = Moments.of(found[model.channel], hardness)
        information = np.bincount(model.channel, moments.variance)
        towards_middle = np.bincount(model.channel, moments.third) / (2 * information)
        away = np.bincount(model.channel, model.scores.level - moments.mean) + towards_middle
        low, high = np.where(away > 0, found, low), np.where(away > 0, high, found)
        step = found + away / information
        step = np.where((step > low) & (step < high), step, (low + high) / 2)
        moved, found = np.abs(step - found).max(), step
        if moved < SETTLED:
            break
    return found, Moments.of(found[model.channel], hardness)


# ---- what is left to chance once totals are known


def given_totals(chance: Array, total: Places) -> tuple[Array, Array]:
    """Return the chances of levels `[C, L, K + 1]` given each channel's total `[C]`, and the log of the total's chance `[C]`.

    A running total is a chain: what came before a score and what comes after it meet in it.
    """
    channels, length, levels = chance.shape
    reach = int(total.max()) + 1
    before = np.zeros((length + 1, channels, reach))
    before[0, :, 0] = 1.0
    for place in range(length):
        known = min(place * (levels - 1) + 1, reach)
        for level in range(min(levels, reach)):
            end = min(known + level, reach)
            before[place + 1, :, level:end] += chance[:, place, level, None] * before[place, :, : end - level]
    after = np.zeros((channels, reach))
    after[np.arange(channels), total] = 1.0
    joint = np.zeros_like(chance)
    for place in reversed(range(length)):
        known = min(place * (levels - 1) + 1, reach)
        earlier = np.zeros((channels, known))
        for level in range(min(levels, reach)):
            end = min(known + level, reach)
            follows = chance[:, place, level, None] * after[:, level:end]
            joint[:, place, level] = np.einsum("cs,cs->c", before[place, :, : end - level], follows)
            earlier[:, : end - level] += follows
        after = earlier
    whole = before[length, np.arange(channels), total]
    return joint / whole[:, None, None], np.log(whole)


def conditional(model: Model, moments: Moments) -> tuple[Array, float]:
    """Return every score's chances given its channel's total, `[S, K + 1]`, and the conditional log likelihood of all scores."""
    nothing = np.eye(model.levels + 1)[:1]
    chance = np.concatenate([moments.chance, nothing])
    expected, likelihood = np.empty_like(moments.chance), 0.0
    total = np.bincount(model.channel, model.scores.level).astype(np.intp)
    for rows in in_chunks(np.lexsort((total, np.bincount(model.channel)))):
        laid = model.rows[rows]
        laid = laid[:, (laid >= 0).any(axis=0)]
        found, log_whole = given_totals(chance[laid], total[rows])
        expected[laid[laid >= 0]] = found[laid >= 0]
        likelihood -= log_whole.sum()
    given = moments.chance[np.arange(model.scores.level.size), model.scores.level]
    return expected, float(likelihood + np.log(given).sum())


def in_chunks(rows: Places) -> Iterator[Places]:
    """Yield rows, some at a time."""
    for start in range(0, rows.size, CHUNK):
        yield rows[start : start + CHUNK]


def pull(model: Model, expected: Array) -> Array:
    """Return the gradient `[P]` of the conditional likelihood: what was expected of every parameter less what was seen."""
    seen = np.zeros_like(expected)
    seen[np.arange(len(seen)), model.scores.level] = 1.0
    reached = (expected - seen)[:, :0:-1].cumsum(axis=1)[:, ::-1]
    both = reached.sum(axis=1)
    parts = np.column_stack([both, both, reached])
    return np.asarray(np.bincount(model.columns.ravel(), parts.ravel(), minlength=model.size), dtype=np.float64)


def loads_of(model: Model, moments: Moments) -> tuple[Array, Array]:
    """Return how a score moves with its parameters, `[S, 2 + K]`, and how the steps it passed move together, `[S, K, K]`."""
    reached = moments.chance[:, :0:-1].cumsum(axis=1)[:, ::-1]
    levels = np.arange(model.levels)
    steps = reached[:, np.maximum(levels[:, None], levels)] - reached[:, :, None] * reached[:, None, :]
    whole = np.repeat(moments.variance[:, None], 2, axis=1)
    return np.concatenate([whole, steps.sum(axis=2)], axis=1), steps


def by_channel(model: Model, loads: Array) -> Array:
    """Return the sums of what scores load on their parameters, `[C, P]`, from loads `[S, 2 + K]`."""
    at = model.channel[:, None] * model.size + model.columns
    channels = model.names[0].size
    summed = np.bincount(at.ravel(), loads.ravel(), minlength=channels * model.size)
    return np.asarray(summed.reshape(channels, model.size), dtype=np.float64)


def information(model: Model, moments: Moments, expected: Array) -> Array:
    """Return what scores tell of the parameters, `[P, P]`, beyond what goes into measuring their channels.

    The covariance of what was seen less its part along the channel's total, scaled channel by channel to what the levels truly
    vary by given the total, which few scores need: two on a scale of two are then exact, and a total at an end tells nothing.
    """
    loads, steps = loads_of(model, moments)
    share = truly_left(model, moments, expected)
    rows = np.concatenate([loads[:, None], loads[:, None], np.concatenate([loads[:, 2:, None]] * 2 + [steps], axis=2)], axis=1)
    rows *= share[model.channel, None, None]
    columns, size = model.columns, model.size
    at = columns[:, :, None] * size + columns[:, None, :]
    found = np.bincount(at.ravel(), rows.ravel(), minlength=size**2).reshape(size, size)
    shared = by_channel(model, loads)
    along = share / np.bincount(model.channel, moments.variance)
    return np.asarray(found - (shared * along[:, None]).T @ shared)


def truly_left(model: Model, moments: Moments, expected: Array) -> Array:
    """Return the variance of a channel's levels given its total as a share of v − v² / Σv, `[C]`; 0 where nothing varies."""
    levels = np.arange(model.levels + 1)
    truly = np.bincount(model.channel, expected @ levels**2 - (expected @ levels) ** 2)
    whole = np.bincount(model.channel, moments.variance)
    nearly = whole - np.bincount(model.channel, moments.variance**2) / whole
    several = np.bincount(model.channel) > 1
    return np.divide(truly, nearly, out=np.zeros_like(whole), where=several)
