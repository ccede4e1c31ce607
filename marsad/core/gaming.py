"""The smallest manipulation that would change a result: answers planted, a rater bribed or a device pressed, or none but invited.

All else stays as it was: what others have, the scales that values are read on, where limits were applied, and the edges of stars.
A score moves by what the tree moves. Answers that are planted weigh as much as the others do on average.

`C` channels, `I` indicators, `H` rows of hands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts, occurring
from marsad.core.banding import Banding, fit_cuts
from marsad.core.composite import Climb
from marsad.core.evidence import Evidence
from marsad.core.facts import gather
from marsad.core.prepare import Prepared, denominators, prepare
from marsad.core.rating import reckon
from marsad.core.scheme import Indicator
from marsad.core.sensitivity import Bench
from marsad.core.stars import PRECISION

MOST = 10_000
"""So many answer sheets are tried at most."""
BEST, WORST = "best", "worst"
ENDS = (BEST, WORST)
"""Towards which end a result is manipulated."""


@dataclass(frozen=True)
class State:
    """Star and lists `[C]`: whether a channel is among the best or worst k of its league by its score; NaN where not rated."""

    star: Array
    best: Mask
    worst: Mask

    def starred(self, other: State) -> Mask:
        """Return who has another star than in the other state."""
        return np.asarray(self.star != other.star) & ~(np.isnan(self.star) & np.isnan(other.star))

    def listed(self, other: State) -> Mask:
        """Return who came on to a list or left one."""
        return np.asarray((self.best != other.best) | (self.worst != other.worst))


@dataclass(frozen=True)
class Smallest:
    """How many planted answer sheets would change the star, and a place on a list, of each channel `[C]`; NaN: over `MOST`."""

    star: Array
    lists: Array


@dataclass(frozen=True)
class Hands:
    """Who brought answers in, raters or devices: on which channel and indicator (places), how many and their mean, each `[H]`."""

    names: Texts
    hand: Places
    channel: Places
    indicator: Places
    n: Array
    mean: Array


@dataclass(frozen=True)
class Bribe:
    """What one hand alone could make of a channel: its star were all of the hand's answers best or worst, and if lists change."""

    channel: int
    hand: str
    end: str
    star: float
    starred: bool
    listed: bool


@dataclass(frozen=True)
class Game:
    """A rating on which manipulations are tried."""

    bench: Bench

    @cached_property
    def banding(self) -> Banding:
        """Return what gives stars, found on the scores as they are."""
        rating = self.bench.rating
        cuts = fit_cuts(self.bench.scheme, rating.score, rating.rated, rating.peers)
        return Banding(self.bench.scheme, rating.rated, rating.peers, cuts, rating.limits)

    @cached_property
    def lines(self) -> tuple[Array, Array]:
        """Return from which score on each channel is among the best, and up to which among the worst `[C]`."""
        return self.lines_among(self.bench.rating.score)

    def lines_among(self, score: Array) -> tuple[Array, Array]:
        """Return the k-th best and the k-th worst of the others in each channel's league `[C]`; NaN where nobody is named."""
        best, worst = (np.full(score.size, np.nan) for _ in range(2))
        for league, k in self.bench.leagues:
            inside = league & ~np.isnan(score)
            here = score[inside]
            if here.size < self.bench.scheme.naming.minimum_channels or here.size <= k:
                continue
            for line, sign in ((best, 1.0), (worst, -1.0)):
                ordered = np.sort(sign * here)[::-1]
                line[inside] = sign * np.where(sign * here >= ordered[k - 1], ordered[k], ordered[k - 1])
        return best, worst

    @cached_property
    def as_is(self) -> State:
        """Return the state that nobody manipulated."""
        return self.state(self.bench.rating.evidence.values)

    @cached_property
    def divisors(self) -> Array:
        """Return what values are divided by `[C, I]`."""
        return denominators(self.bench.scheme, self.bench.rating.evidence)

    def state(self, values: Array) -> State:
        """Return what other values `[C, I]` give, each channel's as if it alone had them."""
        rating, scheme = self.bench.rating, self.bench.scheme
        evidence = replace(rating.evidence, values=values)
        tree = reckon(scheme, evidence, self.held(values), self.bench.published)
        score = self.moved(tree)
        best, worst = self.lines
        facts = gather(scheme, evidence, tree.prepared, tree)
        star = self.banding.limited(self.banding.unlimited(score, facts))
        return State(np.where(np.isnan(score), np.nan, star), score >= best, score <= worst)

    def moved(self, tree: Climb) -> Array:
        """Return the scores `[C]` moved by what the tree moved."""
        rating, root = self.bench.rating, self.bench.scheme.root.code
        score = rating.score + (tree.score(root) - self.bench.published.score(root))
        return np.asarray(np.where(rating.rated, np.round(score, PRECISION), np.nan))

    def held(self, values: Array) -> Prepared:
        """Return the evidence with other values, on the scales as they are; what is treated for outliers keeps its score."""
        prepared, evidence = self.bench.rating.prepared, self.bench.rating.evidence
        scores, other = prepared.scores.copy(), (values != evidence.values) & ~np.isnan(values)
        for place in np.flatnonzero(other.any(axis=0)).tolist():
            for rows, scale in prepared.scales[place]:
                cells = rows & other[:, place]
                scores[cells, place] = scale.score(values[cells, place] / self.divisors[cells, place])
        return replace(prepared, scores=scores)

    def reach(self, end: str) -> Array:
        """Return the best or the worst value of every indicator `[I]`, NaN where there is no end to it or it is treated."""
        return np.array([np.nan if one.treat else end_of(one, end) for one in self.bench.scheme.indicators])

    def planted(self, columns: Sequence[int], end: str, sheets: Array) -> Array:
        """Return the values `[C, I]` with so many more answers `[C]` at an end, on each of some indicators that have answers."""
        evidence, reach = self.bench.rating.evidence, self.reach(end)
        values = evidence.values.copy()
        for place in columns:
            n, known = evidence.n[:, place], evidence.values[:, place]
            mixed = (n * known + sheets * reach[place]) / (n + sheets)
            values[:, place] = np.where(np.isnan(mixed), known, mixed)
        return values

    def smallest(self, columns: Sequence[int], end: str) -> Smallest:
        """Return the fewest answer sheets that change stars and lists: one answer at the end on each of some indicators."""
        star = self.fewest(columns, end, State.starred)
        return Smallest(star, self.fewest(columns, end, State.listed))

    def fewest(self, columns: Sequence[int], end: str, changed: Callable[[State, State], Mask]) -> Array:
        """Return from how many sheets on something changes `[C]`, found by halving; NaN where `MOST` change nothing."""
        few, many = np.zeros(self.as_is.star.size), np.full(self.as_is.star.size, float(MOST))
        can = changed(self.state(self.planted(columns, end, many)), self.as_is)
        while can.any() and (many - few)[can].max() > 1:
            middle = np.floor((few + many) / 2)
            there = changed(self.state(self.planted(columns, end, middle)), self.as_is)
            few, many = np.where(there, few, middle), np.where(there, middle, many)
        return np.where(can, many, np.nan)

    def bribes(self, hands: Hands) -> list[Bribe]:
        """Return every hand that alone can change the star or a list of a channel, its answers replaced by the best or worst."""
        return [bribe for end in ENDS for bribe in self.bribes_towards(hands, end)]

    def bribes_towards(self, hands: Hands, end: str) -> list[Bribe]:
        """Return the same towards one end; a hand's answers count as the others' do."""
        evidence, reach = self.bench.rating.evidence, self.reach(end)
        share = hands.n / evidence.n[hands.channel, hands.indicator]
        shift = np.nan_to_num(share * (reach[hands.indicator] - hands.mean))
        size = hands.names.size
        pairs, pair = occurring(hands.channel * size + hands.hand, evidence.channels.size * size)
        channels, who = np.divmod(pairs, size)
        # The first hand of every channel is tried at once, then the second: no channel depends on another's.
        turn = np.arange(pairs.size) - np.searchsorted(channels, channels)
        found = []
        for time in range(int(turn.max(initial=-1)) + 1):
            rows, values, now = turn[pair] == time, evidence.values.copy(), turn == time
            np.add.at(values, (hands.channel[rows], hands.indicator[rows]), shift[rows])
            state = self.state(values)
            starred, listed = state.starred(self.as_is), state.listed(self.as_is)
            for channel, hand in zip(channels[now].tolist(), who[now].tolist(), strict=True):
                if starred[channel] or listed[channel]:
                    change = bool(starred[channel]), bool(listed[channel])
                    found.append(Bribe(channel, str(hands.names[hand]), end, float(state.star[channel]), *change))
        return found

    def rerun(self, evidence: Evidence) -> State:
        """Return what other evidence on the same channels gives; all of it is rated again, ranks and relative bands too."""
        rating, scheme = self.bench.rating, self.bench.scheme
        tree = reckon(scheme, evidence, prepare(scheme, evidence, rating.leagues))
        facts = gather(scheme, evidence, tree.prepared, tree)
        enough = [tree.prepared.enough, *(requirement.condition.holds(facts) for requirement in scheme.requirements)]
        score = np.where(np.all(enough, axis=0), self.moved(tree), np.nan)
        rated = ~np.isnan(score)
        cuts = fit_cuts(scheme, score, rated, rating.peers)
        banding = Banding(scheme, rated, rating.peers, cuts, rating.limits)
        best, worst = self.lines_among(score)
        return State(banding.limited(banding.unlimited(score, facts)), score >= best, score <= worst)


def end_of(indicator: Indicator, end: str) -> float:
    """Return the best or the worst value of an indicator, NaN where its scale has no such end.

    >>> [end_of(Indicator("wait", "root", scale=(0.0, 60.0), lower_is_better=True), end) for end in ENDS]
    [0.0, 60.0]
    """
    found = indicator.way[end == BEST]
    return found if np.isfinite(found) else np.nan
