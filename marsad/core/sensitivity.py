"""Would it have come out otherwise: a rating done again with other weights, scales, means, fillings, or without a pillar.

Every run is the ordinary tree with another scheme on the same evidence; limiters, and who is rated, stay as they were found.
`V` runs, `C` channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.banding import Banding, Limits, fit_cuts
from marsad.core.composite import Climb
from marsad.core.estimate import normal_quantile
from marsad.core.evidence import Evidence
from marsad.core.facts import gather
from marsad.core.normalise import UNBOUNDED, Impute, Line, MinMax, Normaliser, PercentRank, Scale, varies
from marsad.core.parts import profile_parts
from marsad.core.posterior import Progress, Settings
from marsad.core.prepare import Prepared, prepare
from marsad.core.problem import Problem
from marsad.core.ranking import far_end, normal_draws
from marsad.core.rating import league_ranks, leave_out, reckon
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.stars import PRECISION

DRAWS = 1000
"""Draws from which a run's chances of lists are found."""
DECLARED = ""
"""What stands for the standard's own choice."""


@dataclass(frozen=True)
class TScore:
    """Standard deviations from the population's mean as points: 50 is the mean, ten points are one of them."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the ends of the scores."""
        return UNBOUNDED

    def fit(self, values: Array, *, lower_is_better: bool) -> Scale:
        """Return the line."""
        known = values[~np.isnan(values)]
        rate = (-10.0 if lower_is_better else 10.0) / known.std(ddof=1) if varies(known) else 0.0
        return Line(rate, 50 - rate * known.mean())


SCALES: dict[str, Normaliser] = {"min-max": MinMax(1.0, 100.0), "t-score": TScore(), "percent-rank": PercentRank()}
MEANS = ("arithmetic", "geometric", "harmonic")
FILLINGS: dict[str, Impute | None] = {"reweight": None, "mean": Impute("mean"), "median": Impute("median")}
GROUPS = ("weights", "normalise", "aggregate", "impute", "without")
"""What a run may change, in the order of Sobol indices."""


@dataclass(frozen=True)
class Variant:
    """What one run changes: each weight by a factor `[W]`, nodes before indicators, and choices of the standard by name.

    `aggregate` is the mean of nodes that stand above nodes; `without` is a pillar left out. Nothing changes what is empty.
    """

    weights: tuple[float, ...] = ()
    normalise: str = DECLARED
    aggregate: str = DECLARED
    impute: str = DECLARED
    without: str = DECLARED

    @property
    def rescaled(self) -> bool:
        """Whether scores are on another scale than that of the bands."""
        return bool(self.normalise or self.aggregate)

    def scheme(self, scheme: Scheme) -> Scheme:
        """Return the scheme so changed, the pillar apart."""
        factors = self.weights or (1.0,) * (len(scheme.nodes) + len(scheme.indicators))
        nodes = [replace(node, weight=node.weight * factor) for node, factor in zip(scheme.nodes, factors, strict=False)]
        if self.aggregate:
            nodes = [replace(node, aggregate=self.aggregate) if stands_above(scheme, node) else node for node in nodes]
        weighed = zip(scheme.indicators, factors[len(nodes) :], strict=True)
        indicators = [replace(indicator, weight=indicator.weight * factor) for indicator, factor in weighed]
        return replace(scheme, nodes=tuple(nodes), indicators=tuple(self.indicator(each) for each in indicators))

    def indicator(self, indicator: Indicator) -> Indicator:
        """Return an indicator with another scale or filling."""
        if self.normalise:
            indicator = replace(indicator, normalise=SCALES[self.normalise])
        return replace(indicator, impute=FILLINGS[self.impute]) if self.impute else indicator


def stands_above(scheme: Scheme, node: Node) -> bool:
    """Whether only nodes hang on a node."""
    return all(isinstance(child, Node) for child in scheme.children[node.code])


def pillars_of(scheme: Scheme) -> tuple[str, ...]:
    """Return the lowest nodes of what a profile shows; an indicator stands for its node, or for itself right under the root."""
    nodes = {node.code: node for node in scheme.nodes[1:]}
    shown = [nodes.get(part.parent or "", part) if isinstance(part, Indicator) else part for part, _ in profile_parts(scheme)]
    above = {part.parent for part in shown}
    return tuple(dict.fromkeys(part.code for part in shown if part.code not in above))


@dataclass(frozen=True)
class Space:
    """What may be changed in a scheme: weights by up to a share, and for each choice what could stand in its place."""

    scheme: Scheme
    weights: float = 0.25

    @cached_property
    def choices(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the alternatives of every choice; none for means of scores that may lie under 0."""
        scheme = self.scheme
        declared = {node.aggregate for node in scheme.nodes if stands_above(scheme, node)}
        means = tuple(name for name in MEANS if declared - {name}) if scheme.bounds[scheme.root.code][0] >= 0 else ()
        fillings = tuple(name for name, impute in FILLINGS.items() if any(each.impute != impute for each in scheme.indicators))
        pillars = pillars_of(scheme)
        return (("normalise", tuple(SCALES)), ("aggregate", means), ("impute", fillings), ("without", pillars))

    @property
    def weighed(self) -> int:
        """Return how many weights there are."""
        return len(self.scheme.nodes) + len(self.scheme.indicators)

    @property
    def size(self) -> int:
        """Return how many numbers tell a variant."""
        return self.weighed + len(self.choices)

    def variant(self, point: Array) -> Variant:
        """Return the variant at a point `[size]` between 0 and 1: the lower half of a choice is the standard's own."""
        factors = 1 + self.weights * (2 * point[: self.weighed] - 1)
        chosen = [pick(others, at) for (_, others), at in zip(self.choices, point[self.weighed :], strict=True)]
        return Variant(tuple(factors.tolist()), *chosen)

    def columns(self, group: str) -> slice:
        """Return which numbers of a point tell what one group changes."""
        if group == "weights":
            return slice(0, self.weighed)
        place = self.weighed + [name for name, _ in self.choices].index(group)
        return slice(place, place + 1)

    def one_by_one(self) -> list[Variant]:
        """Return every variant that changes one choice."""
        names = [name for name, _ in self.choices]
        return [
            Variant((), *(other if name == changed else DECLARED for name in names))
            for changed, others in self.choices
            for other in others
        ]


def pick(others: Sequence[str], at: float) -> str:
    """Return the standard's own choice in the lower half, the others in equal parts of the upper.

    >>> [pick(("mean", "median"), at) for at in (0.2, 0.6, 0.9)]
    ['', 'mean', 'median']
    """
    if at < 0.5 or not others:
        return DECLARED
    return others[min(int((2 * at - 1) * len(others)), len(others) - 1)]


@dataclass(frozen=True)
class Runs:
    """What came out of every run, each `[V, C]`: scores, stars, ranks and the chances of being among the first and last k.

    `p_first` and `p_last` are those of the far ends of the league, as large as the standard says; NaN where not rated.
    """

    score: Array
    star: Array
    rank: Array
    p_top: Array
    p_bottom: Array
    p_first: Array
    p_last: Array


class Rated(Protocol):
    """What must be known of a rating to do it again, arrays `[C]` as in `Rating`: one just made, or one that was kept."""

    @property
    def evidence(self) -> Evidence: ...
    @property
    def prepared(self) -> Prepared: ...
    @property
    def score(self) -> Array: ...
    @property
    def low(self) -> Array: ...
    @property
    def high(self) -> Array: ...
    @property
    def rated(self) -> Mask: ...
    @property
    def leagues(self) -> Texts: ...
    @property
    def peers(self) -> Texts: ...
    @property
    def limits(self) -> tuple[Limits, ...]: ...


@dataclass(frozen=True)
class Bench:
    """A rating made ready to be done again: what chance adds to a score, `[C, D]`, the same in every run."""

    scheme: Scheme
    rating: Rated
    noise: Array
    scales: dict[tuple[str, str], Prepared]

    @classmethod
    def of(cls, scheme: Scheme, rating: Rated, settings: Settings) -> Bench:
        """Return the bench; errors are taken as normal, of the width of the published intervals at the settings' level."""
        spread = np.nan_to_num((rating.high - rating.low) / (2 * normal_quantile(settings.level)))
        noise = normal_draws(np.zeros(spread.size), spread, replace(settings, draws=DRAWS))
        return cls(scheme, rating, noise, {(DECLARED, DECLARED): rating.prepared})

    @cached_property
    def leagues(self) -> list[tuple[Mask, int]]:
        """Return the rated channels of every league and how many of its first and last may be named."""
        names = np.unique(self.rating.leagues)
        found = [(self.rating.rated & (self.rating.leagues == name), self.scheme.k_of(str(name))) for name in names]
        return [(inside, k) for inside, k in found if inside.any()]

    @cached_property
    def published(self) -> Climb:
        """Return the tree of the rating."""
        return reckon(self.scheme, self.rating.evidence, self.rating.prepared)

    def run(self, variant: Variant) -> Runs:
        """Return what one variant gives, `V` = 1, NaN for whom it cannot rate; on another scale leagues keep mean and spread."""
        try:
            return self.tried(variant)
        except Problem:
            # Of another scale or without a pillar a population may be too much alike for stars or scales found in it.
            return Runs(*(np.full((1, self.rating.score.size), np.nan) for _ in fields(Runs)))

    def tried(self, variant: Variant) -> Runs:
        """Return what one variant gives; raises Problem where it cannot rate."""
        scheme, rating = variant.scheme(self.scheme), self.rating
        key = (variant.normalise, variant.impute)
        if key not in self.scales:
            self.scales[key] = prepare(scheme, rating.evidence, rating.leagues)
        prepared = self.scales[key]
        if variant.without:
            prepared = leave_out(prepared, list(scheme.leaves[variant.without]))
        tree = reckon(scheme, rating.evidence, prepared)
        return self.outcome(scheme, tree, self.matched(tree.score(scheme.root.code)) if variant.rescaled else None)

    def what_if(self, scheme: Scheme) -> Runs:
        """Return what another scheme gives, `V` = 1: other weights or bands, say; its limiters must be those of the rating."""
        measured = [replace(indicator, weight=1.0) for indicator in scheme.indicators]
        prepared = self.rating.prepared
        if measured != [replace(indicator, weight=1.0) for indicator in self.scheme.indicators]:
            prepared = prepare(scheme, self.rating.evidence, self.rating.leagues)
        return self.outcome(scheme, reckon(scheme, self.rating.evidence, prepared), None)

    def matched(self, score: Array) -> Array:
        """Return scores with the mean and spread that each league's published scores have."""
        found = score.copy()
        for inside, _ in self.leagues:
            known = inside & ~np.isnan(score)
            if not known.any():
                continue
            here, published = score[known], self.rating.score[known]
            spread = here.std()
            rate = published.std() / spread if spread > 0 else 0.0
            found[known] = published.mean() + rate * (here - here.mean())
        return found

    def outcome(self, scheme: Scheme, tree: Climb, score: Array | None) -> Runs:
        """Return stars, ranks and lists of a tree; published scores move by what the tree moves."""
        rating, root = self.rating, scheme.root.code
        if score is None:
            score = rating.score + (tree.score(root) - self.published.score(self.scheme.root.code))
        score = np.where(rating.rated, np.round(score, PRECISION), np.nan)
        rated = ~np.isnan(score)
        cuts = fit_cuts(scheme, score, rated, rating.peers)
        banding = Banding(scheme, rated, rating.peers, cuts, rating.limits)
        star = banding.limited(banding.unlimited(score, gather(scheme, rating.evidence, tree.prepared, tree)))
        chances = np.full((4, score.size), np.nan)
        for inside, k in self.leagues:
            here = inside & rated
            if not here.any():
                continue
            chances[:, here] = lists(score[here, None] + self.noise[here], k, self.scheme.naming.tail)
        return Runs(*(values[None] for values in (score, star, league_ranks(score, rating.leagues), *chances)))


def lists(draws: Array, k: int, tail: float) -> Array:
    """Return the chances `[4, C]` of being among the first and last k, and in the first and last `tail` share, from `[C, D]`."""
    count = len(draws)
    ends = [min(k, count), far_end(tail, count)]
    # Sorting whole rows is several times quicker than finding four places in each.
    ordered = np.sort(np.ascontiguousarray(draws.T), axis=1)
    first = [(draws >= ordered[:, count - end]).mean(axis=1) for end in ends]
    last = [(draws <= ordered[:, end - 1]).mean(axis=1) for end in ends]
    return np.array([first[0], last[0], first[1], last[1]])


def together(runs: Sequence[Runs]) -> Runs:
    """Return the runs as one."""
    return Runs(*(np.concatenate([vars(run)[name] for run in runs]) for name in vars(runs[0])))


def run_all(bench: Bench, variants: Sequence[Variant], progress: Progress | None = None) -> Runs:
    """Return what all variants give."""

    def each() -> Iterator[Runs]:
        for variant in variants:
            yield bench.run(variant)
            if progress:
                progress(1)

    return together(list(each()))


@dataclass(frozen=True)
class Kept:
    """In what share of the runs that rate it a channel kept its star `[C]`; the stars and ranks of the middle 90 % of them."""

    star: Array
    star_low: Array
    star_high: Array
    rank_low: Array
    rank_high: Array


def kept(star: Array, runs: Runs) -> Kept:
    """Return what held in the runs of channels with these stars `[C]`, NaN for those not rated."""
    known = ~np.isnan(runs.star)
    times = known.sum(axis=0)
    same = np.divide((runs.star == star).sum(axis=0), times, out=np.full(times.size, np.nan), where=times > 0)
    ends = [middle(values, at) for values in (runs.star, runs.rank) for at in (0.05, 0.95)]
    return Kept(same, *ends)


def middle(values: Array, at: float) -> Array:
    """Return a value `[C]` of the known runs, so far from the lowest, from values `[V, C]`; NaN where none is known."""
    ordered, count = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
    place = np.round(at * np.maximum(count - 1, 0)).astype(np.intp)
    return np.asarray(ordered[place, np.arange(values.shape[1])])
