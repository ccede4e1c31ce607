"""What in a cycle's evidence looks as if somebody helped: detectors over counts by day, device and rater, and one score of all.

A detector gives every channel a statistic that grows as half the square of a normal distance does. What chance and ordinary
life make of it is judged by the channels themselves, most of which are honest: its tail is taken as exponential through their
median and upper quantiles. `surprise` is the chance of that tail as −log10. What is marked is looked at, and is no finding.

`C` channels, `T` days, `R` rows, `V` visits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts, occurring
from marsad.core.rasch import joined
from marsad.core.severity import Marks, Visits, additive, visits_in
from marsad.core.traces import (
    EQUAL,
    FEWEST,
    Days,
    Look,
    deviance,
    excess,
    excess_below,
    half_square,
    line,
    logit,
    of_odds,
)

WINDOWS = (1, 3, 7, 14, 28, 56)
"""Days that a burst may last."""
ITEMS = 5
"""Answers of a visit from which on it says something that most are the same."""
THRESHOLD = 2.8
"""The score from which on a channel is marked: 1 % of honest ones are, see `benchmarks/gaming.py`."""
FAINT = 1.3
"""Up to here a surprise is everyday life: one in twenty. What is told of a marked channel, and counts, lies beyond."""


@dataclass(frozen=True)
class Found:
    """What all detectors saw, and how suspicious each channel is on the whole `[C]`."""

    looks: tuple[Look, ...]
    score: Array

    @property
    def marked(self) -> Mask:
        """Return which channels are to be looked at."""
        return np.asarray(self.score >= THRESHOLD)

    def told(self, channel: int) -> list[Look]:
        """Return what there is to tell of a channel, the most surprising first."""
        looks = [look for look in self.looks if look.surprise[channel] > FAINT]
        return sorted(looks, key=lambda look: -look.surprise[channel])


def detect(sources: Mapping[str, Days], visits: Mapping[str, Marks], channels: Texts) -> Found:
    """Return what detectors see in the answers of every source and in what raters wrote; the codes of channels are sorted.

    The score of a channel is the sum of its surprises, each as far as it is beyond everyday life, so that faint traces add up.
    """
    grids = [Grid(source, days, channels.size) for source, days in sources.items()]
    grids = [grid for grid in grids if (grid.total(grid.days.n) >= FEWEST).any()]
    looks = [look for grid in grids for look in looks_at_answers(grid)] + looks_between(grids)
    looks += [look for source, marks in visits.items() for look in looks_at_raters(source, marks, channels)]
    score = np.zeros(channels.size)
    for look in looks:
        score += np.maximum(look.surprise - FAINT, 0.0)
    return Found(tuple(looks), score)


@dataclass(frozen=True)
class Grid:
    """The days of one source as tables of channels by days."""

    source: str
    days: Days
    channels: int

    @cached_property
    def first(self) -> int:
        """Return the first day."""
        return int(self.days.day.min())

    @cached_property
    def length(self) -> int:
        """Return how many days there are."""
        return int(self.days.day.max()) - self.first + 1

    def table(self, column: Array) -> Array:
        """Return a column as sums `[C, T]`."""
        cells = self.days.channel * self.length + self.days.day - self.first
        return added_up(cells, column, (self.channels, self.length))

    def total(self, column: Array) -> Array:
        """Return a column as sums `[C]`."""
        return added_up(self.days.channel, column, (self.channels,))

    @cached_property
    def n(self) -> Array:
        """Return sheets `[C, T]`."""
        return self.table(self.days.n)

    @cached_property
    def profile(self) -> Array:
        """Return which share of its sheets a channel has on each day `[T]`, the middle four fifths of channels; never nothing."""
        known = self.n[self.n.sum(axis=1) >= FEWEST]
        shares = known / known.sum(axis=1)[:, None]
        typical = np.sort(shares, axis=0)[len(shares) // 10 : max(len(shares) - len(shares) // 10, 1)].mean(axis=0)
        typical = np.maximum(typical, 0.5 / known.sum())
        return np.asarray(typical / typical.sum())


def added_up(cells: Places, column: Array, shape: tuple[int, ...]) -> Array:
    """Return a column as sums by cell, in a shape."""
    return np.bincount(cells, column, int(np.prod(shape))).astype(np.float64).reshape(shape)


def looks_at_answers(grid: Grid) -> list[Look]:
    """Return what detectors see in the answers of one source."""
    days, praised, blamed = grid.days, grid.table(grid.days.praise), grid.table(grid.days.blame)
    found = [burst(grid, praised, "high"), lift(grid, praised, "high"), burst(grid, blamed, "low"), lift(grid, blamed, "low")]
    if graded(days):
        found += [shape("full", grid, days.full), shape("praise", grid, days.praise)]
    return [*found, quick(grid), close(grid), again(grid), flat(grid), device(grid)]


def windows(table: Array) -> list[Array]:
    """Return sums over every window of days, `[C, T − w + 1]` for each width that fits."""
    sums = np.concatenate([np.zeros((len(table), 1)), table.cumsum(axis=1)], axis=1)
    return [sums[:, width:] - sums[:, :-width] for width in WINDOWS if width <= table.shape[1]]


def strongest(kind: str, grid: Grid, ratios: Sequence[Array], seen: Sequence[Array], expected: Sequence[Array]) -> Look:
    """Return for every channel the window whose ratio is largest."""
    best, start = np.stack([one.max(axis=1) for one in ratios]), np.stack([one.argmax(axis=1) for one in ratios])
    width, rows = best.argmax(axis=0), np.arange(grid.channels)
    first = start[width, rows]
    due, beside = (
        np.stack([one[rows, at] for one, at in zip(many, start, strict=True)])[width, rows] for many in (seen, expected)
    )
    last = grid.first + first + np.array(WINDOWS)[width] - 1
    return Look(kind, grid.source, best[width, rows], due, beside, first=grid.first + first, last=last)


def burst(grid: Grid, table: Array, end: str) -> Look:
    """Return where sheets at one end of the scale came in a burst: M. Kulldorff's scan statistic, over-dispersion taken out.

    M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26 (1997), 1481-1496.
    """
    share = windows(grid.profile[None, :])
    totals = table.sum(axis=1)[:, None]
    seen, expected = windows(table), [totals * one for one in share]
    lumps = lumpiness(grid)
    ratios = []
    for counts, due in zip(seen, expected, strict=True):
        ratio = excess(counts, due) + excess_below(totals - counts, totals - due)
        ratios.append(np.where(counts > due, ratio, 0.0) / (1 + lumps * due))
    return strongest(f"burst-{end}", grid, ratios, seen, expected)


def lumpiness(grid: Grid) -> float:
    """Return by how much the variance of a day's sheets exceeds chance, as a share of the square of what is expected."""
    due = grid.n.sum(axis=1)[:, None] * grid.profile
    over = ((grid.n - due) ** 2 - due).sum(axis=1) / np.maximum((due**2).sum(axis=1), EQUAL)
    return float(max(np.median(over[grid.n.sum(axis=1) >= FEWEST]), 0.0))


def lift(grid: Grid, table: Array, end: str) -> Look:
    """Return where the share of sheets at one end of the scale rose for some days, beside the channel's other days."""
    ratios, seen, expected = [], windows(table), []
    totals, all_of = table.sum(axis=1)[:, None], grid.n.sum(axis=1)[:, None]
    for counts, sheets in zip(seen, windows(grid.n), strict=True):
        outside = (totals - counts + 0.5) / (all_of - sheets + 1)
        expected.append(sheets * outside)
        ratios.append(np.where(counts > sheets * outside, deviance(counts, sheets, outside), 0.0))
    return strongest(f"lift-{end}", grid, ratios, seen, expected)


def shape(kind: str, grid: Grid, counted: Array) -> Look:
    """Return where more sheets are praise, or full of it, than what the other customers say has elsewhere."""
    days = grid.days
    n, count, others = grid.total(days.n), grid.total(counted), grid.total(days.n - days.praise)
    enough = others >= FEWEST
    beside = np.where(enough, grid.total(days.rest) / np.maximum(others, 1), np.nan)
    seen = np.where(enough, logit(count, n), np.nan)
    foreseen, spread = line(beside, seen)
    share = np.where(enough, of_odds(foreseen), np.nan)
    due = n * share
    chance = 1 / np.maximum(due * (1 - share), 0.25)
    lumps = max(spread**2 - float(np.median(chance[enough])), 0.0) if enough.any() else 0.0
    return Look(kind, grid.source, excess(count, due + 0.5) / (1 + lumps * due), count, due)


def graded(days: Days) -> bool:
    """Whether sheets lie between praise and blame at all."""
    return bool((days.n - days.praise - days.blame).sum() > 0.01 * days.n.sum())


def rare(kind: str, grid: Grid, count: Array, base: Array) -> Look:
    """Return where something happened more often than its rate elsewhere, taken from the lower nine tenths, explains."""
    rate = count / np.maximum(base, EQUAL)
    usual = rate <= np.quantile(rate[base > 0], 0.9) if (base > 0).any() else base > 0
    expected = base * (count[usual].sum() + 0.5) / max(base[usual].sum(), 1.0)
    statistic = np.where(base > 0, excess(count, expected + 0.5), np.nan)
    return Look(kind, grid.source, statistic, count, expected)


def quick(grid: Grid) -> Look:
    """Return where the same answers followed each other within a minute more often than customers do."""
    days = grid.days
    return rare("quick", grid, grid.total(days.quick), grid.total(days.n * np.maximum(days.n - 1, 0)))


def close(grid: Grid) -> Look:
    """Return where praise followed praise within ten minutes more often than customers' does, given how many praise."""
    days = grid.days
    n, praise = grid.total(days.n), grid.total(days.praise)
    share = (praise + 1) / (n + 2)
    return rare("close", grid, grid.total(days.close), grid.total(days.n * np.maximum(days.n - 1, 0)) * share**2)


def again(grid: Grid) -> Look:
    """Return where the same respondents answered again more often than elsewhere."""
    return rare("again", grid, grid.total(grid.days.again), grid.total(grid.days.n))


def flat(grid: Grid) -> Look:
    """Return where more sheets have one answer all the way down than elsewhere, those full of praise apart."""
    return rare("flat", grid, grid.total(grid.days.flat), grid.total(grid.days.n))


def device(grid: Grid) -> Look:
    """Return which device of a channel is the farthest from its other sheets; of two, the one farther from all channels."""
    days, shape = grid.days, (grid.channels, grid.days.devices.size)
    cells = days.channel * days.devices.size + days.device
    n, points = (added_up(cells, column, shape) for column in (days.n, days.points))
    all_n, all_points = n.sum(axis=1)[:, None], points.sum(axis=1)[:, None]
    known = (n >= FEWEST) & (all_n - n >= FEWEST)
    pairs = ((points, n), (all_points - points, all_n - n), (all_points, all_n))
    mean, beside, whole = (np.divide(one, of, out=np.full(shape, np.nan), where=known) for one, of in pairs)
    error = np.sqrt(np.maximum(whole * (1 - whole), 0.01) * (1 / np.maximum(n, 1) + 1 / np.maximum(all_n - n, 1)))
    statistic = np.where(known, half_square((mean - beside) / error, both=True), -1.0)
    far = np.where(known, np.abs(mean - all_points.sum() / all_n.sum()), 0.0)
    worst, rows = (statistic + EQUAL * far).argmax(axis=1), np.arange(grid.channels)
    found = np.where(known.any(axis=1), statistic[rows, worst], np.nan)
    return Look("device", grid.source, found, mean[rows, worst], beside[rows, worst], who=days.devices[worst])


def looks_between(grids: Sequence[Grid]) -> list[Look]:
    """Return where two sources disagree: on how good the channel is, or on how many customers it has."""
    pairs = [(one, other) for place, one in enumerate(grids) for other in grids[place + 1 :]]
    found = [disagreeing(one, other) for one, other in pairs]
    return found + [crowded(*pair) for one, other in pairs for pair in ((one, other), (other, one))]


def disagreeing(grid: Grid, beside: Grid) -> Look:
    """Return where a source is better or worse than another foresees it to be."""
    means = []
    for one in (grid, beside):
        n = one.total(one.days.n)
        means.append(np.where(n >= FEWEST, one.total(one.days.points) / np.maximum(n, 1), np.nan))
    foreseen, spread = line(means[1], means[0])
    return Look("apart", grid.source, half_square((means[0] - foreseen) / spread, both=True), means[0], foreseen)


def crowded(grid: Grid, beside: Grid) -> Look:
    """Return where a source has more sheets than another foresees."""
    counts = [one.total(one.days.n) for one in (grid, beside)]
    logs = [np.where(count >= FEWEST, np.log(np.maximum(count, 1)), np.nan) for count in counts]
    foreseen, spread = line(logs[1], logs[0])
    chance = 1 / np.maximum(np.exp(foreseen), 1)
    error = np.sqrt(chance + max(spread**2 - float(np.nanmedian(chance)), 0.0)) if not np.isnan(chance).all() else chance
    return Look("crowd", grid.source, half_square((logs[0] - foreseen) / error), counts[0], np.exp(foreseen))


def looks_at_raters(source: str, marks: Marks, channels: Texts) -> list[Look]:
    """Return which rater's score of a channel stands apart from others of it and from the same rater's of others."""
    known = np.isin(marks.channels, channels)[marks.channel]
    if not known.any():
        return []
    marks = marks.rows(known)
    visits = Visits.of(marks)
    place = np.searchsorted(channels, visits.channels[visits.channel])
    found = [unforeseen("rater", source, visits, visits.score, place, channels.size)]
    share, n = sameness(marks)
    if np.median(n) >= ITEMS:
        alike = unforeseen("alike", source, visits, logit(share * n, n), place, channels.size)
        found.append(replace(alike, seen=of_odds(alike.seen), expected=of_odds(alike.expected)))
    return found


def unforeseen(kind: str, source: str, visits: Visits, score: Array, place: Places, channels: int) -> Look:
    """Return the visit of each channel that is farthest from what the other visits of the channel and the rater foresee."""
    left, free = apart(visits, score)
    known = free > EQUAL
    spread = 1.4826 * float(np.median(np.abs(left[known]) / np.sqrt(free[known]))) if known.any() else 0.0
    distance = np.divide(
        left, spread * np.sqrt(np.maximum(free, 0.0)), out=np.full(score.size, np.nan), where=known & (spread > EQUAL)
    )
    foreseen = score - np.divide(left, free, out=np.full(score.size, np.nan), where=known)
    return farthest(kind, source, visits, place, channels, half_square(distance, both=True), score, foreseen)


def apart(visits: Visits, score: Array) -> tuple[Array, Array]:
    """Return what channel and rater leave unexplained of scores `[V]`, and the share of a visit's variance left to it.

    Raters whom no chain of channels joins are fitted apart.
    """
    groups = joined(visits.channel, visits.rater)[visits.rater]
    left, free = np.zeros(score.size), np.zeros(score.size)
    for label in np.unique(groups):
        mine = groups == label
        found = additive(visits.channel[mine], np.unique(visits.rater[mine], return_inverse=True)[1], score[mine])
        left[mine], free[mine] = found.left, found.open
    return left, free


def sameness(marks: Marks) -> tuple[Array, Array]:
    """Return the share of the commonest answer of each visit, and how many answers it has, each `[V]`."""
    _visits, visit = visits_in(marks)
    n = np.bincount(visit).astype(np.float64)
    answers, answer = np.unique(np.round(marks.points, 6), return_inverse=True)
    pairs, place = occurring(visit * answers.size + answer, n.size * answers.size)
    most = np.zeros(n.size)
    np.maximum.at(most, pairs // answers.size, np.bincount(place))
    return most / n, n


def farthest(
    kind: str, source: str, visits: Visits, place: Places, channels: int, statistic: Array, seen: Array, expected: Array
) -> Look:
    """Return for every channel the visit whose statistic is largest."""
    order = np.argsort(np.nan_to_num(statistic, nan=-1.0), kind="stable")
    chosen = np.full(channels, -1)
    chosen[place[order]] = order
    there = chosen >= 0

    def of(values: Array) -> Array:
        return np.where(there, values[chosen], np.nan)

    who = np.where(there, visits.raters[visits.rater[chosen]], "")
    days = np.where(there, visits.day[chosen], 0)
    return Look(kind, source, of(statistic), of(seen), of(expected), first=days, last=days, who=who)
