"""Draws of the composite: sampling errors carried from the evidence up the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.composite import Climb, climb_draws, frontier
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


@dataclass(frozen=True)
class Posterior:
    """Draws of the composite `[C, D]` (None where nothing has a sampling error), their medians `[C]`, and who was drawn.

    `star_draws` are the stars of rules by condition; `chance` is the probability `[C]` of each limiter's condition; `nodes` holds
    the ends of the interval of every node that was drawn.
    """

    centre: Array
    drawn: Mask
    draws: Array | None
    star_draws: Array | None
    chance: Mapping[str, Array]
    nodes: Mapping[str, tuple[Array, Array]]


def draw(tree: Climb, facts: Facts, settings: Settings, progress: Progress | None = None) -> Posterior:
    """Draw the sampling errors, in mirrored pairs, and carry them up the tree.

    Mirrored pairs make the median of a linear composite exactly its value, so that no star hangs on the seed.
    """
    scheme = tree.scheme
    value = tree.score(scheme.root.code)
    uncertain = tree.has_error().any(axis=1) & ~np.isnan(value)
    chance = {limiter.code: limiter.when.holds(facts).astype(np.float64) for limiter in scheme.limiters}
    if not uncertain.any():
        return Posterior(value, uncertain, None, None, chance, {})
    starts = frontier(tree)
    sampler = Sampler(tree, facts, starts, shared_errors(scheme, starts))
    tail = [(1 - settings.level) / 2, (1 + settings.level) / 2]
    generator = np.random.default_rng(settings.seed)
    draws = np.empty((value.size, settings.draws // 2 * 2))
    star_draws = np.empty(draws.shape) if isinstance(scheme.stars, FirstMatch) else None
    ends = {node.code: np.empty((2, value.size)) for node in drawn_above(scheme, starts)}
    for first in range(0, value.size, CHUNK):
        rows = np.arange(first, min(first + CHUNK, value.size))
        scores = sampler.scores(rows, settings.draws // 2, generator)
        draws[rows] = scores[scheme.root.code]
        for code, end in ends.items():
            end[:, rows] = np.quantile(scores[code], tail, axis=1)
        asked = sampler.facts_of(rows, scores)
        for limiter in scheme.limiters:
            chance[limiter.code][rows] = probability(limiter.when.holds(asked))
        if star_draws is not None and isinstance(scheme.stars, FirstMatch):
            stars = scheme.stars.stars_of(asked)
            star_draws[rows] = stars if stars.ndim == 2 else stars[:, None]
        if progress:
            progress(rows.size)
    look_closer(sampler, chance)
    low, middle, high = np.quantile(draws, [tail[0], 0.5, tail[1]], axis=1)
    # Mirrored draws give a linear composite its own value, but for the noise of their last bit.
    centre = value if tree.root.linear else np.where(uncertain, middle, value)
    nodes = {scheme.root.code: (low, high)} | {code: (end[0], end[1]) for code, end in ends.items()}
    return Posterior(centre, uncertain, draws, star_draws, chance, nodes)


@dataclass(frozen=True)
class Sampler:
    """All that draws are made of: the tree, the facts conditions ask for, where drawing starts, and what errors share there.

    `loadings` `[S, F]` are those of the starts on factors that belong to the nodes above: two starts that meet in a node share
    its factor and those of all nodes above; their squared loadings sum to its correlation.
    """

    tree: Climb
    facts: Facts
    starts: tuple[Node | Indicator, ...]
    loadings: Array

    def scores(self, rows: Places, half: int, generator: np.random.Generator) -> dict[str, Array]:
        """Return mirrored draws `[R, D]` of every node from the starts up, those of the composite with its points."""
        noise = generator.standard_normal((len(self.starts) + self.loadings.shape[1], rows.size, half))
        alone, factors = np.split(noise, [len(self.starts)])
        drawn = {}
        for start, own, loading in zip(self.starts, alone, self.loadings, strict=True):
            common = np.tensordot(loading, factors, axes=1) if loading.any() else np.zeros(1)
            drawn[start.code] = self.start(start, rows, own, common, float((loading**2).sum()))
        scores = climb_draws(self.tree, drawn, rows)
        root = self.tree.scheme.root.code
        return scores | {root: scores[root] + self.tree.points[rows, None]}

    def start(self, start: Node | Indicator, rows: Places, own: Array, common: Array, correlation: float) -> Array:
        """Return mirrored draws `[R, D]` of one start, from its own noise and the noise it shares."""
        branch = self.tree.branches[start.code]
        if isinstance(start, Indicator) and not branch.linear:
            place = self.tree.scheme.position[start.code]
            spread = np.nan_to_num(self.tree.prepared.treated_se[rows, place])[:, None]
            return self.stepped(place, rows, mirrored(spread * (np.sqrt(1 - correlation) * own + common)))
        load = np.nan_to_num(branch.load[rows])
        alone = np.sqrt(np.maximum(np.nan_to_num(branch.variance[rows]) - correlation * load**2, 0.0))
        return branch.scores[rows, None] + mirrored(alone[:, None] * own + load[:, None] * common)

    def stepped(self, place: int, rows: Places, error: Array) -> Array:
        """Return draws `[R, D]` of an indicator whose scale has steps: its value is drawn, and then scored."""
        prepared = self.tree.prepared
        values = prepared.treated[rows, place][:, None] + error
        drawn = np.full(values.shape, np.nan)
        for members, scale in prepared.scales[place]:
            drawn[members[rows]] = scale.score(values[members[rows]])
        drawn[np.isnan(prepared.scores[rows, place])] = np.nan
        return drawn

    def facts_of(self, rows: Places, scores: Mapping[str, Array]) -> Facts:
        """Return the facts of some channels with their nodes' scores drawn."""
        chosen = self.facts.rows(rows)
        if "score" not in chosen.quantities:
            return chosen
        asked = chosen.quantities["score"]
        drawn = {code: np.round(scores[code], PRECISION) if code in scores else values for code, values in asked.items()}
        return replace(chosen, quantities={**chosen.quantities, "score": drawn})


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


def look_closer(sampler: Sampler, chance: dict[str, Array]) -> None:
    """Draw a limiter's probability again, closely and the same in every run, where it lies near the limiter's certainty."""
    for limiter in sampler.tree.scheme.limiters:
        doubtful = np.abs(chance[limiter.code] - limiter.certainty) < NEAR
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
