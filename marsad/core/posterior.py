"""Draws of the composite: sampling errors carried from the evidence up the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.composite import Climb, by_source, climb_draws, frontier, modelled
from marsad.core.conditions import Facts
from marsad.core.problem import Problem
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.stars import PRECISION, FirstMatch

CHUNK = 128
"""Channels drawn at a time."""
NEAR, CLOSELY = 0.03, 100_000
"""A limiter's probability this near its certainty is drawn again, so often, from a fixed seed: no star hangs on the run's."""

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Settings:
    """How much to draw and from which seed; `level` is that of every interval. Raises Problem for fewer than two draws."""

    seed: int = 0
    draws: int = 4000
    level: float = 0.9

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn: draws come in mirrored pairs."""
        if self.draws < 2:
            raise Problem(f"{self.draws} draws show no spread", remedy="ask for 2 or more")


class Drawn(Protocol):
    """What the joint model draws: of the channels `inside` `[C]`, the starts by their place."""

    @property
    def inside(self) -> Mask:
        """Return the channels that are modelled, `[C]`."""
        ...

    def draws(self, start: int, rows: Places, level: str = "channel") -> Array:
        """Return draws `[R, D]` of a start for some channels, NaN where it is not modelled."""
        ...


@dataclass(frozen=True)
class Summary:
    """Draws of a node in few numbers `[C]`: median, mean and variance, and the median and the ends `[C, 3]` of its two parts.

    Of its distance from a middling channel of its kind, `entity` is that of a middling channel of its entity, `own` the rest.
    """

    median: Array
    mean: Array
    variance: Array
    entity: Array
    own: Array


@dataclass(frozen=True)
class Posterior:
    """Draws of the composite `[C, D]` (None where nothing has a sampling error), their medians `[C]`, and who was drawn.

    `star_draws` are the stars of rules by condition; `chance` is the probability `[C]` of each limiter's condition; `nodes` holds
    the ends of the interval of every node that was drawn. `inside` `[C]` are the channels of the joint model, `summaries` what
    their draws are, of every node from the starts up.
    """

    centre: Array
    drawn: Mask
    draws: Array | None
    star_draws: Array | None
    chance: Mapping[str, Array]
    nodes: Mapping[str, tuple[Array, Array]]
    inside: Mask
    summaries: Mapping[str, Summary] = field(default_factory=dict)


def draw(
    tree: Climb, facts: Facts, settings: Settings, progress: Progress | None = None, together: Drawn | None = None
) -> Posterior:
    """Draw the sampling errors, in mirrored pairs, or take what the joint model draws, and carry it up the tree.

    Mirrored pairs make the median of a linear composite exactly its value, so that no star hangs on the seed.
    """
    scheme = tree.scheme
    value = tree.score(scheme.root.code)
    inside = together.inside & tree.root.drawable if together else np.zeros(value.size, bool)
    uncertain = (tree.has_error().any(axis=1) & ~np.isnan(value)) | inside
    chance = {limiter.code: limiter.when.holds(facts).astype(np.float64) for limiter in scheme.limiters}
    if not uncertain.any():
        return Posterior(value, uncertain, None, None, chance, {}, inside)
    sampler = Sampler.of(tree, facts, together)
    tail = [(1 - settings.level) / 2, (1 + settings.level) / 2]
    generator = np.random.default_rng(settings.seed)
    draws = np.empty((value.size, settings.draws // 2 * 2))
    star_draws = np.empty(draws.shape) if isinstance(scheme.stars, FirstMatch) else None
    above = [node.code for node in drawn_above(scheme, sampler.starts)]
    jointly = [part.code for part in (*sampler.parts, *drawn_above(scheme, sampler.parts))] if together else []
    ends = {code: np.empty((2, value.size)) for code in dict.fromkeys([*jointly, *above])}
    summaries = {code: unknown(value.size) for code in (*jointly, scheme.root.code) if together}
    for first in range(0, value.size, CHUNK):
        rows = np.arange(first, min(first + CHUNK, value.size))
        scores = sampler.scores(rows, settings.draws // 2, generator)
        draws[rows] = scores[scheme.root.code]
        for code, end in ends.items():
            end[:, rows] = np.quantile(scores[code], tail, axis=1)
        sampler.summarise(summaries, rows[inside[rows]], {code: scores[code][inside[rows]] for code in summaries}, tail)
        asked = sampler.facts_of(rows, scores)
        for limiter in scheme.limiters:
            chance[limiter.code][rows] = probability(limiter.when.holds(asked))
        if star_draws is not None and isinstance(scheme.stars, FirstMatch):
            stars = scheme.stars.stars_of(asked)
            star_draws[rows] = stars if stars.ndim == 2 else stars[:, None]
        if progress:
            progress(rows.size)
    look_closer(sampler, chance, ~together.inside if together else ~inside)
    low, middle, high = np.quantile(draws, [tail[0], 0.5, tail[1]], axis=1)
    # Mirrored draws give a linear composite its own value, but for the noise of their last bit.
    centre = np.where(inside, middle, value if tree.root.linear else np.where(uncertain, middle, value))
    nodes = {scheme.root.code: (low, high)} | {code: (end[0], end[1]) for code, end in ends.items()}
    return Posterior(centre, uncertain & ~np.isnan(centre), draws, star_draws, chance, nodes, inside, summaries)


def unknown(channels: int) -> Summary:
    """Return a summary of nothing yet."""
    return Summary(*np.full((3, channels), np.nan), *np.full((2, channels, 3), np.nan))


@dataclass(frozen=True)
class Sampler:
    """All that draws are made of: the tree, the facts conditions ask for, where drawing starts, and what errors share there.

    `parts` are those that the joint model is of. `loadings` `[S, F]` are those of the starts on factors that belong to the nodes
    above: two starts that meet in a node share its factor and those of all nodes above; their squared loadings sum to its
    correlation.
    """

    tree: Climb
    facts: Facts
    starts: tuple[Node | Indicator, ...]
    loadings: Array
    parts: tuple[Node | Indicator, ...]
    together: Drawn | None = None

    @classmethod
    def of(cls, tree: Climb, facts: Facts, together: Drawn | None = None) -> Sampler:
        """Return what draws in a tree."""
        starts = frontier(tree)
        return cls(tree, facts, starts, shared_errors(tree.scheme, starts), modelled(tree), together)

    def scores(self, rows: Places, half: int, generator: np.random.Generator) -> dict[str, Array]:
        """Return mirrored draws `[R, D]` of every node from the starts up, those of the composite with its points."""
        doubtful = self.doubtful
        ends = np.cumsum([len(self.starts), self.loadings.shape[1], len(doubtful)])
        alone, factors, judges = np.split(generator.standard_normal((ends[-1], rows.size, half)), ends[:2])
        drawn = {}
        # All at once: taken start by start, the factors would be read from memory as often.
        shared = np.tensordot(self.loadings, factors, axes=1)
        for start, own, loading, common in zip(self.starts, alone, self.loadings, shared, strict=True):
            judged = np.einsum("rk,krd->rd", self.doubt(start)[rows][:, doubtful], judges)
            drawn[start.code] = self.start(start, rows, own, common, float((loading**2).sum()), judged)
        scores = self.climbed(drawn, rows)
        if self.together is None or not self.together.inside[rows].any():
            return scores
        jointly = self.modelled(rows, "channel")
        found = {code: np.where(np.isnan(draws), scores[code], draws) for code, draws in jointly.items()}
        return scores | self.climbed(found, rows)

    def climbed(self, drawn: Mapping[str, Array], rows: Places) -> dict[str, Array]:
        """Return draws `[R, D]` of every node from the starts up, those of the composite with its points."""
        scores = climb_draws(self.tree, drawn, rows)
        root = self.tree.scheme.root.code
        return scores | {root: scores[root] + self.tree.points[rows, None]}

    @cached_property
    def doubtful(self) -> Places:
        """Return the sources of which severities of raters leave anything in doubt, as columns of branches' doubt."""
        return np.flatnonzero(np.any([self.doubt(start).any(axis=0) for start in self.starts], axis=0))

    def doubt(self, start: Node | Indicator) -> Array:
        """Return the spread of what severities leave in a start `[C, K]`, by source: of values where its scale has steps."""
        branch = self.tree.branches[start.code]
        if isinstance(start, Indicator) and not branch.linear:
            return stepped_doubt(self.tree, start)
        return np.nan_to_num(branch.doubt)

    def start(self, start: Node | Indicator, rows: Places, own: Array, common: Array, correlation: float, judged: Array) -> Array:
        """Return mirrored draws `[R, D]` of one start, from its own noise, the noise it shares, and what severities leave."""
        branch, doubt = self.tree.branches[start.code], (self.doubt(start)[rows] ** 2).sum(axis=1)
        if isinstance(start, Indicator) and not branch.linear:
            place = self.tree.scheme.position[start.code]
            spread = np.sqrt(np.maximum(np.nan_to_num(self.tree.prepared.treated_se[rows, place]) ** 2 - doubt, 0.0))[:, None]
            return self.stepped(place, rows, mirrored(spread * (np.sqrt(1 - correlation) * own + common) + judged))
        load = np.nan_to_num(branch.load[rows])
        alone = np.sqrt(np.maximum(np.nan_to_num(branch.variance[rows]) - correlation * load**2 - doubt, 0.0))
        return branch.scores[rows, None] + mirrored(alone[:, None] * own + load[:, None] * common + judged)

    def stepped(self, place: int, rows: Places, error: Array) -> Array:
        """Return draws `[R, D]` of an indicator whose scale has steps: its value is drawn, and then scored."""
        return self.scored(place, rows, self.tree.prepared.treated[rows, place][:, None] + error)

    def scored(self, place: int, rows: Places, values: Array) -> Array:
        """Return the scores of drawn values `[R, D]` of an indicator."""
        drawn = np.full(values.shape, np.nan)
        for members, scale in self.tree.prepared.scales[place]:
            drawn[members[rows]] = scale.score(values[members[rows]])
        drawn[np.isnan(values)] = np.nan
        return drawn

    def modelled(self, rows: Places, level: str) -> dict[str, Array]:
        """Return what the joint model draws of every part `[R, D]`, scored where its scale has steps, NaN where nothing."""
        assert self.together is not None
        found = {}
        for place, start in enumerate(self.parts):
            values = self.together.draws(place, rows, level)
            stepped = isinstance(start, Indicator) and not self.tree.branches[start.code].linear
            found[start.code] = self.scored(self.tree.scheme.position[start.code], rows, values) if stepped else values
        return found

    def middling(self, rows: Places, level: str) -> dict[str, Array]:
        """Return draws `[R, D]` of every part of a middling channel of kind or entity; the scores of what is not modelled."""
        found, branches = self.modelled(rows, level), self.tree.branches
        return {code: np.where(np.isnan(draws), branches[code].scores[rows, None], draws) for code, draws in found.items()}

    def summarise(self, summaries: Mapping[str, Summary], rows: Places, scores: Mapping[str, Array], tail: list[float]) -> None:
        """Put down what the draws of some channels of the joint model are, and how far their entity and kind are from them."""
        if not rows.size or not summaries:
            return
        kind, entity = (self.climbed(self.middling(rows, level), rows) for level in ("kind", "entity"))
        for code, summary in summaries.items():
            summary.median[rows], summary.mean[rows] = np.median(scores[code], axis=1), scores[code].mean(axis=1)
            summary.variance[rows] = scores[code].var(axis=1)
            summary.entity[rows] = np.quantile(entity[code] - kind[code], [tail[0], 0.5, tail[1]], axis=1).T
            summary.own[rows] = np.quantile(scores[code] - entity[code], [tail[0], 0.5, tail[1]], axis=1).T

    def facts_of(self, rows: Places, scores: Mapping[str, Array]) -> Facts:
        """Return the facts of some channels with their nodes' scores drawn."""
        chosen = self.facts.rows(rows)
        if "score" not in chosen.quantities:
            return chosen
        asked = chosen.quantities["score"]
        drawn = {code: np.round(scores[code], PRECISION) if code in scores else values for code, values in asked.items()}
        return replace(chosen, quantities={**chosen.quantities, "score": drawn})


def stepped_doubt(tree: Climb, indicator: Indicator) -> Array:
    """Return the spread of what severities leave in the values of an indicator `[C, K]`; below 0 where less is better."""
    place, (worst, best) = tree.scheme.position[indicator.code], indicator.way
    return by_source(tree.scheme, place, tree.prepared.treated_doubt) * (1.0 if best > worst else -1.0)


def shared_errors(scheme: Scheme, starts: tuple[Node | Indicator, ...]) -> Array:
    """Return the starts' loadings `[S, F]`: each node above has a factor for what its correlation exceeds its parent's by."""
    parents = {node.code: node.parent for node in scheme.nodes}
    own = {
        code: scheme.error_correlation[code] - (scheme.error_correlation[parent] if parent is not None else 0.0)
        for code, parent in parents.items()
    }
    factors = [code for code, share in own.items() if share > 0]
    loadings = np.zeros((len(starts), len(factors)))
    for place, start in enumerate(starts):
        above = start.parent
        while above is not None:
            if above in factors:
                loadings[place, factors.index(above)] = np.sqrt(own[above])
            above = parents[above]
    return loadings[:, loadings.any(axis=0)]


def look_closer(sampler: Sampler, chance: dict[str, Array], alone: Mask) -> None:
    """Draw a limiter's probability again, closely and the same in every run, where it lies near the limiter's certainty.

    Only of channels `alone`: the joint model has as many draws as it has.
    """
    for limiter in sampler.tree.scheme.limiters:
        doubtful = alone & (np.abs(chance[limiter.code] - limiter.certainty) < NEAR)
        for row in np.flatnonzero(doubtful):
            rows = np.array([row])
            scores = sampler.scores(rows, CLOSELY // 2, np.random.default_rng(0))
            chance[limiter.code][rows] = probability(limiter.when.holds(sampler.facts_of(rows, scores)))


def drawn_above(scheme: Scheme, starts: tuple[Node | Indicator, ...]) -> list[Node]:
    """Return the nodes above the starts, the root apart: those whose draws are made of drawn children."""
    known, above = {start.code for start in starts}, []
    for node in scheme.upward[:-1]:
        if node.code not in known and all(child.code in known for child in scheme.children[node.code]):
            known.add(node.code)
            above.append(node)
    return above


def probability(held: Mask) -> Array:
    """Return the share of draws in which a condition holds, `[R]`."""
    return np.asarray(held.mean(axis=1) if held.ndim == 2 else held, dtype=np.float64)


def mirrored(noise: Array) -> Array:
    """Return the noise beside its mirror image."""
    return np.concatenate([noise, -noise], axis=1)
