"""Draws of the composite: sampling errors carried from the evidence up the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marsad.core.composite import Climb, climb_draws, frontier
from marsad.core.conditions import Array, Facts, Mask
from marsad.core.prepare import Prepared
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
    """Draws of the composite `[C, D]` (None where nothing has a sampling error) with their medians and intervals `[C]`.

    `low` and `high` are NaN where a channel has no sampling error; `star_draws` are the stars of rules by condition; `chance` is
    the probability `[C]` of each limiter's condition; `nodes` holds the ends of the interval of every other node that was drawn.
    """

    centre: Array
    low: Array
    high: Array
    drawn: Mask
    draws: Array | None
    star_draws: Array | None
    chance: Mapping[str, Array]
    nodes: Mapping[str, tuple[Array, Array]]


def has_error(tree: Climb, prepared: Prepared) -> Mask:
    """Return which scores have a known sampling error, `[C, I]`."""
    return ~np.isnan(prepared.se) & ~np.isnan(tree.scores)


def draw(
    tree: Climb, prepared: Prepared, points: Array, facts: Facts, settings: Settings, progress: Progress | None = None
) -> Posterior:
    """Draw the sampling errors, in mirrored pairs, and carry them up the tree.

    Mirrored pairs make the median of a linear composite exactly its value, so that no star hangs on the seed.
    """
    scheme, root = tree.scheme, tree.scheme.root.code
    value = tree.branches[root].scores + points
    uncertain = has_error(tree, prepared).any(axis=1) & ~np.isnan(value)
    chance = {limiter.code: limiter.when.holds(facts).astype(np.float64) for limiter in scheme.limiters}
    if not uncertain.any():
        nothing = np.full(value.size, np.nan)
        return Posterior(value, nothing, nothing, uncertain, None, None, chance, {})
    starts = frontier(tree)
    errors = shared_errors(scheme, starts)
    half = settings.draws // 2
    tail = [(1 - settings.level) / 2, (1 + settings.level) / 2]
    generator = np.random.default_rng(settings.seed)
    draws = np.empty((value.size, 2 * half))
    star_draws = np.empty(draws.shape) if isinstance(scheme.stars, FirstMatch) else None
    ends = {node.code: np.empty((2, value.size)) for node in drawn_above(scheme, starts)}
    for first in range(0, value.size, CHUNK):
        rows = np.arange(first, min(first + CHUNK, value.size))
        scores = draw_scores(tree, prepared, errors, rows, half, generator)
        draws[rows] = scores[root] = scores[root] + points[rows, None]
        for code, end in ends.items():
            end[:, rows] = np.quantile(scores[code], tail, axis=1)
        asked = drawn_facts(facts, scores, rows)
        for limiter in scheme.limiters:
            chance[limiter.code][rows] = probability(limiter.when.holds(asked))
        if star_draws is not None and isinstance(scheme.stars, FirstMatch):
            stars = scheme.stars.stars_of(asked)
            star_draws[rows] = stars if stars.ndim == 2 else stars[:, None]
        if progress:
            progress(rows.size)
    look_closer(tree, prepared, errors, points, facts, chance)
    low, centre, high = np.quantile(draws, [tail[0], 0.5, tail[1]], axis=1)
    if tree.is_linear(scheme.root):
        centre = value  # what the mirrored draws give, without the noise of their last bit
    return Posterior(
        centre=np.where(uncertain, centre, value),
        low=np.where(uncertain, low, np.nan),
        high=np.where(uncertain, high, np.nan),
        drawn=uncertain,
        draws=draws,
        star_draws=star_draws,
        chance=chance,
        nodes={code: (end[0], end[1]) for code, end in ends.items()},
    )


@dataclass(frozen=True)
class SharedErrors:
    """Where drawing starts and what the errors there share: `loadings` `[S, F]` on factors that belong to the nodes above.

    Two starts that meet in a node share its factor and those of all nodes above; their squared loadings sum to its correlation.
    """

    starts: tuple[Node | Indicator, ...]
    loadings: Array


def shared_errors(scheme: Scheme, starts: tuple[Node | Indicator, ...]) -> SharedErrors:
    """Return the factors of the nodes above the starts: each adds what its correlation exceeds its parent's by."""
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
    used = loadings.any(axis=0)
    return SharedErrors(starts, loadings[:, used])


def draw_scores(
    tree: Climb, prepared: Prepared, errors: SharedErrors, rows: NDArray[np.intp], half: int, generator: np.random.Generator
) -> dict[str, Array]:
    """Return mirrored draws `[R, D]` of every node from the frontier up."""
    starts, loadings = errors.starts, errors.loadings
    noise = generator.standard_normal((len(starts) + loadings.shape[1], rows.size, half))
    drawn = {}
    for place, start in enumerate(starts):
        common = np.tensordot(loadings[place], noise[len(starts) :], axes=1) if loadings[place].any() else np.zeros(1)
        drawn[start.code] = drawn_start(start, tree, prepared, rows, noise[place], common, float((loadings[place] ** 2).sum()))
    return climb_draws(tree, drawn, rows)


def look_closer(
    tree: Climb, prepared: Prepared, errors: SharedErrors, points: Array, facts: Facts, chance: dict[str, Array]
) -> None:
    """Draw a limiter's probability again, closely and the same in every run, where it lies near the limiter's certainty."""
    for limiter in tree.scheme.limiters:
        doubtful = np.abs(chance[limiter.code] - limiter.certainty) < NEAR
        for row in np.flatnonzero(doubtful):
            rows = np.array([row])
            scores = draw_scores(tree, prepared, errors, rows, CLOSELY // 2, np.random.default_rng(0))
            scores[tree.scheme.root.code] = scores[tree.scheme.root.code] + points[rows, None]
            chance[limiter.code][rows] = probability(limiter.when.holds(drawn_facts(facts, scores, rows)))


def drawn_above(scheme: Scheme, starts: tuple[Node | Indicator, ...]) -> list[Node]:
    """Return the nodes above the frontier, the root apart: those whose draws are made of drawn children."""
    known, above = {start.code for start in starts}, []
    for node in scheme.upward[:-1]:
        if node.code not in known and all(child.code in known for child in scheme.children[node.code]):
            known.add(node.code)
            above.append(node)
    return above


def probability(held: Mask) -> Array:
    """Return the share of draws in which a condition holds, `[R]`."""
    return np.asarray(held.mean(axis=1) if held.ndim == 2 else held, dtype=np.float64)


def drawn_start(
    start: Node | Indicator,
    tree: Climb,
    prepared: Prepared,
    rows: NDArray[np.intp],
    own: Array,
    common: Array,
    correlation: float,
) -> Array:
    """Return mirrored draws `[R, D]` of one node or indicator of the frontier, from its own noise and the noise it shares."""
    if isinstance(start, Indicator) and not tree.is_linear(start):
        place = tree.scheme.position[start.code]
        spread = np.nan_to_num(prepared.se[rows, place] * prepared.treatment[rows, place])[:, None]
        return stepped(place, tree, prepared, rows, mirrored(spread * (np.sqrt(1 - correlation) * own + common)))
    load = np.nan_to_num(tree.column_load(start)[rows])
    alone = np.sqrt(np.maximum(np.nan_to_num(tree.column_variance(start)[rows]) - correlation * load**2, 0.0))
    return tree.column(start)[rows, None] + mirrored(alone[:, None] * own + load[:, None] * common)


def stepped(place: int, tree: Climb, prepared: Prepared, rows: NDArray[np.intp], error: Array) -> Array:
    """Return draws `[R, D]` of an indicator whose scale has steps: its value is drawn, and then scored."""
    values = prepared.treated[rows, place][:, None] + error
    drawn = np.full(values.shape, np.nan)
    for members, scale in prepared.scales[place]:
        drawn[members[rows]] = scale.score(values[members[rows]])
    drawn[np.isnan(tree.scores[rows, place])] = np.nan
    return drawn


def mirrored(noise: Array) -> Array:
    """Return the noise beside its mirror image."""
    return np.concatenate([noise, -noise], axis=1)


def drawn_facts(facts: Facts, scores: Mapping[str, Array], rows: NDArray[np.intp]) -> Facts:
    """Return the facts of some channels with their nodes' scores drawn."""
    chosen = {quantity: {code: values[rows] for code, values in codes.items()} for quantity, codes in facts.quantities.items()}
    if "score" in chosen:
        chosen["score"] = {
            code: np.round(scores[code], PRECISION) if code in scores else values for code, values in chosen["score"].items()
        }
    attributes = {name: texts[rows] for name, texts in facts.attributes.items()}
    return Facts(chosen, attributes, rows.size)
