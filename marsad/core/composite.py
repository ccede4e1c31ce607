"""The tree: from normalised indicators up to one composite per channel, for published values and for draws of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.conditions import Facts
from marsad.core.normalise import Scale
from marsad.core.prepare import Prepared, fit
from marsad.core.scheme import Indicator, Node, Scheme, checks_in

PRESENT = 1.0
"""What stands in place of a missing child: with weight 0 it changes none of the means."""


def arithmetic(scores: Array, weights: Array) -> Array:
    """Return the weighted mean Σwx over axis 1; weights `[C, M]` sum to 1."""
    return np.asarray(np.einsum("cm...,cm->c...", scores, weights))


def geometric(scores: Array, weights: Array) -> Array:
    """Return the weighted geometric mean exp(Σw·ln x); a child at or under 0 gives 0."""
    with np.errstate(divide="ignore"):
        logs = np.log(np.maximum(scores, 0.0))
    spread = weights.reshape(weights.shape + (1,) * (scores.ndim - 2))
    return np.asarray(np.exp(np.where(spread > 0, spread * logs, 0.0).sum(axis=1)))


def harmonic(scores: Array, weights: Array) -> Array:
    """Return the weighted harmonic mean 1 / Σ(w/x); a child at or under 0 gives 0."""
    spread = weights.reshape(weights.shape + (1,) * (scores.ndim - 2))
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.where(spread > 0, spread / np.maximum(scores, 0.0), 0.0).sum(axis=1))


def minimum(scores: Array, weights: Array) -> Array:
    """Return the lowest child that counts."""
    spread = weights.reshape(weights.shape + (1,) * (scores.ndim - 2))
    return np.asarray(np.where(spread > 0, scores, np.inf).min(axis=1))


AGGREGATES: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {"arithmetic": arithmetic, "geometric": geometric, "harmonic": harmonic, "minimum": minimum}
)
"""Every way to make one score of several, by the name a standard gives it."""


@dataclass
class Branch:
    """One part of the tree over all channels: its scores `[C]`, the variance of their error, and its children's shares `[C, M]`.

    `load` `[C]` is what the error's spread would be if the errors below moved together: the weighted sum of their spreads;
    `doubt` `[C, K]` is the spread of what severities of raters leave, by source: that does move together, and is in no load;
    `linear`: everything from the indicators up to here is a straight line in the values; `drawable` `[C]`: there is a score, or
    would be if missing parts were drawn. An indicator has no children.
    """

    scores: Array
    variance: Array
    load: Array
    doubt: Array
    applicable: Mask
    linear: bool
    shares: Array
    drawable: Mask
    rescale: tuple[tuple[Mask, Scale], ...] = ()
    zeroed: Mask | None = None


@dataclass(frozen=True)
class Climb:
    """The whole tree over all channels: a branch for every node and indicator, and the `points` `[C]` added to the composite.

    `prepared` is the evidence that counted: what an alternative leaves out of it is not there.
    """

    scheme: Scheme
    prepared: Prepared
    branches: dict[str, Branch]
    points: Array

    @property
    def root(self) -> Branch:
        """Return the branch of the composite, without its points."""
        return self.branches[self.scheme.root.code]

    def score(self, code: str) -> Array:
        """Return the scores `[C]` of a node or indicator, those of the composite with their points."""
        scores = self.branches[code].scores
        return scores + self.points if code == self.scheme.root.code else scores

    def children(self, node: Node) -> list[Branch]:
        """Return the branches right under a node."""
        return [self.branches[child.code] for child in self.scheme.children[node.code]]

    def has_error(self) -> Mask:
        """Return which indicators' scores have a known sampling error, `[C, I]`."""
        return ~np.isnan(self.prepared.se) & ~np.isnan(self.prepared.scores)


def climb(scheme: Scheme, prepared: Prepared, facts: Facts, like: Climb | None = None) -> Climb:
    """Aggregate normalised scores `[C, I]` and the variances of their errors through every node of the tree; no points yet.

    `like` is a tree by the same scheme on scores of the same errors: branches that no other score reaches are taken from it.
    """
    kept = unchanged(scheme, prepared, like) if like else {}
    tree = Climb(scheme, prepared, leaves(scheme, prepared, kept) | kept, np.zeros(len(prepared.scores)))
    for node in scheme.upward:
        if node.code in kept:
            continue
        branch = grown(node, tree)
        finish(branch, node, prepared.populations, facts)
        tree.branches[node.code] = branch
    return tree


def unchanged(scheme: Scheme, prepared: Prepared, like: Climb) -> dict[str, Branch]:
    """Return the branches of another tree below which all scores, and for which channels they count, are the same."""
    scores, before = prepared.scores, like.prepared.scores
    same = (scores == before) | (np.isnan(scores) & np.isnan(before))
    columns = (same & (prepared.applicable == like.prepared.applicable)).all(axis=0)
    kept = {code: like.branches[code] for code, place in scheme.position.items() if columns[place]}
    for node in scheme.upward:
        if node.zero_when is None and all(child.code in kept for child in scheme.children[node.code]):
            kept[node.code] = like.branches[node.code]
    return kept


def leaves(scheme: Scheme, prepared: Prepared, kept: Collection[str] = ()) -> dict[str, Branch]:
    """Return the branch of every indicator but those that are kept; a value without a standard error counts as exact."""
    variances = np.where(np.isnan(prepared.se), 0.0, prepared.score_se**2)
    loads = np.sqrt(np.maximum(variances - prepared.score_doubt**2, 0.0))
    return {
        code: Branch(
            scores=prepared.scores[:, place],
            variance=variances[:, place],
            load=loads[:, place],
            doubt=by_source(scheme, place, prepared.score_doubt),
            applicable=prepared.applicable[:, place],
            shares=np.empty((len(variances), 0)),
            drawable=~np.isnan(prepared.scores[:, place]),
            linear=all(is_smooth(scale) for _, scale in prepared.scales[place]),
        )
        for code, place in scheme.position.items()
        if code not in kept
    }


def by_source(scheme: Scheme, place: int, doubt: Array) -> Array:
    """Return what severities leave in an indicator, of all `[C, I]`, in the column of its source `[C, K]`."""
    adjusted = scheme.raters.adjusted if scheme.raters else ()
    return np.asarray(doubt[:, [place]] * [scheme.indicators[place].source == source for source in adjusted])


@lru_cache(maxsize=4096)
def is_smooth(scale: Scale) -> bool:
    """Whether a scale has slopes; told once, as a tree is climbed again and again on the same scales."""
    return scale.slope(np.zeros(1)) is not None


def grown(node: Node, tree: Climb) -> Branch:
    """Return a node's branch made of those of its children.

    A missing child's weight is shared among its siblings, or leaves the node without a score, for good or until it is drawn, as
    the node says; what does not apply to a channel's kind is no child of it at all.
    """
    children = tree.children(node)
    columns = np.column_stack([child.scores for child in children])
    meant = np.column_stack([child.applicable for child in children])
    there, known = np.column_stack([child.drawable for child in children]), ~np.isnan(columns)
    counted = meant if node.missing == "drawn" else there
    weights = np.where(counted, [child.weight for child in tree.scheme.children[node.code]], 0.0)
    total = weights.sum(axis=1)
    drawable = (there.sum(axis=1) >= node.minimum) & (total > 0)
    if node.missing == "not-rated":
        drawable &= (there == meant).all(axis=1)
    scored = drawable & (known | ~counted).all(axis=1)
    shares = np.divide(weights, total[:, None], out=np.zeros_like(weights), where=total[:, None] > 0)
    variance, load, doubt = joint_error(children, shares, tree.scheme.error_correlation[node.code])
    return Branch(
        scores=np.where(scored, AGGREGATES[node.aggregate](np.where(known, columns, PRESENT), shares), np.nan),
        variance=variance,
        load=load,
        doubt=doubt,
        applicable=np.asarray(meant.any(axis=1)),
        linear=node.aggregate == "arithmetic" and all(child.linear for child in children),
        shares=shares,
        drawable=drawable,
    )


def joint_error(children: list[Branch], shares: Array, correlation: float) -> tuple[Array, Array, Array]:
    """Return the variance of a node's error `[C]`, its load Σs·l `[C]` and its doubt Σs·d `[C, K]` over its children.

    The variance is Σs²v + ρ·((Σs·l)² − Σ(s·l)²), and for every source (Σs·d)² − Σ(s·d)².
    """
    variances = np.nan_to_num(np.column_stack([child.variance for child in children]))
    loads = shares * np.nan_to_num(np.column_stack([child.load for child in children]))
    together, apart = loads.sum(axis=1), (loads**2).sum(axis=1)
    variance = (shares**2 * variances).sum(axis=1) + correlation * (together**2 - apart)
    doubts = shares[:, :, None] * np.stack([child.doubt for child in children], axis=1)
    doubt = doubts.sum(axis=1)
    return variance + (doubt**2 - (doubts**2).sum(axis=1)).sum(axis=1), together, doubt


def finish(branch: Branch, node: Node, populations: tuple[Mask, ...], facts: Facts) -> None:
    """Rescale a node within each population and zero it where its condition holds."""
    if node.rescale is not None:
        scores = branch.scores.copy()
        for rows in populations:
            if np.isnan(scores[rows]).all():
                continue
            scale = fit(node.code, node.rescale, scores[rows], lower_is_better=False)
            slope = scale.slope(scores[rows])
            branch.linear &= slope is not None
            branch.variance[rows] *= np.nan if slope is None else slope**2
            branch.load[rows] *= np.nan if slope is None else np.abs(slope)
            branch.doubt[rows] *= np.nan if slope is None else np.abs(slope)[:, None]
            branch.scores[rows] = scale.score(scores[rows])
            branch.rescale += ((rows, scale),)
    if node.zero_when is not None:
        branch.zeroed = node.zero_when.holds(facts)
        branch.scores = np.where(branch.zeroed & ~np.isnan(branch.scores), 0.0, branch.scores)
        branch.variance = np.where(branch.zeroed, 0.0, branch.variance)
        branch.load = np.where(branch.zeroed, 0.0, branch.load)
        branch.doubt = np.where(branch.zeroed[:, None], 0.0, branch.doubt)


def frontier(tree: Climb) -> tuple[Node | Indicator, ...]:
    """Return where drawing starts: the highest children under which all is linear and nothing drawn is asked for."""
    scheme = tree.scheme
    asked = {check.of for condition in scheme.star_conditions() for check in checks_in(condition) if check.quantity == "score"}
    asked.update(scheme.joint.over if scheme.joint else ())

    def probed_below(child: Node | Indicator) -> bool:
        if isinstance(child, Indicator):
            return False
        return child.missing == "drawn" or any(
            under.code in asked or probed_below(under) for under in scheme.children[child.code]
        )

    def settle(child: Node | Indicator) -> list[Node | Indicator]:
        if isinstance(child, Indicator) or (tree.branches[child.code].linear and not probed_below(child)):
            return [child]
        return [start for under in scheme.children[child.code] for start in settle(under)]

    return tuple(settle(scheme.root))


def modelled(tree: Climb) -> tuple[Node | Indicator, ...]:
    """Return what the joint model is of: the parts it names, or else where drawing starts."""
    over = tree.scheme.joint.over if tree.scheme.joint else ()
    every: tuple[Node | Indicator, ...] = (*tree.scheme.nodes, *tree.scheme.indicators)
    parts = {part.code: part for part in every}
    return tuple(parts[code] for code in over) or frontier(tree)


def climb_draws(tree: Climb, drawn: Mapping[str, Array], rows: Places) -> dict[str, Array]:
    """Aggregate draws `[R, D]` of the frontier up to the root for the given rows of channels; return every node's draws."""
    known = dict(drawn)
    for node in tree.scheme.upward:
        children = tree.scheme.children[node.code]
        if node.code in known or any(child.code not in known for child in children):
            continue
        branch = tree.branches[node.code]
        columns = np.stack([known[child.code] for child in children], axis=1)
        absent = np.isnan(columns)
        scores = AGGREGATES[node.aggregate](np.where(absent, PRESENT, columns), branch.shares[rows])
        for members, scale in branch.rescale:
            scores[members[rows]] = scale.score(scores[members[rows]])
        if branch.zeroed is not None:
            scores[branch.zeroed[rows]] = 0.0
        scores[~branch.drawable[rows]] = np.nan
        scores[(absent & (branch.shares[rows] > 0)[:, :, None]).any(axis=1)] = np.nan
        known[node.code] = scores
    return known
