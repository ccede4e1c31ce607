"""The tree: from normalised indicators up to one composite per channel, for published values and for draws of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from marsad.core.conditions import Array, Facts, Mask
from marsad.core.evidence import Evidence, Texts
from marsad.core.normalise import Normaliser, Scale
from marsad.core.problem import Problem
from marsad.core.scheme import Indicator, Node, Scheme, checks_in
from marsad.core.stars import PRECISION

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


@dataclass(frozen=True)
class Prepared:
    """Evidence on the way to scores, each stage `[C, I]`, and the scale every population of an indicator was fitted on.

    `se` are the standard errors of the original values that count, NaN where a value is missing or imputed; `treatment` is how
    fast the treated value moves with the original one; `rate` is how many points a unit of the original value is worth, NaN
    where the scale has steps; `populations` are the groups every scale is fitted within.
    """

    denominated: Array
    imputed: Array
    treated: Array
    scores: Array
    se: Array
    rate: Array
    treatment: Array
    applicable: Mask
    enough: Mask
    scales: tuple[tuple[tuple[Mask, Scale], ...], ...]
    populations: tuple[Mask, ...]


def prepare(scheme: Scheme, evidence: Evidence, populations: Texts) -> Prepared:
    """Divide, screen, impute, treat and normalise every indicator within each population `[C]`.

    Raises Problem where a denominator is no number or a population has too few different values for its scale.
    """
    applicable = applies(scheme, evidence.kinds)
    divisors = denominators(scheme, evidence)
    denominated = np.where(applicable & enough_answers(scheme, evidence), evidence.values, np.nan) / divisors
    # An indicator too few report is out of the run for everyone, and so no gap in anyone's evidence.
    applicable &= (~np.isnan(denominated)).sum(axis=0) >= [indicator.reported_by for indicator in scheme.indicators]
    denominated = np.where(applicable, denominated, np.nan)
    reported = np.divide((~np.isnan(denominated)).sum(axis=1), np.maximum(applicable.sum(axis=1), 1))
    enough = reported >= scheme.minimum_share
    imputed, treated = denominated.copy(), denominated.copy()
    scores, rate, treatment = (np.full_like(denominated, np.nan) for _ in range(3))
    members = tuple(populations == name for name in np.unique(populations))
    scales = []
    for place, indicator in enumerate(scheme.indicators):
        fitted = []
        for rows in (inside & enough for inside in members):
            values = denominated[rows, place]
            if indicator.impute is not None:
                groups = evidence.attributes[indicator.impute.by][rows] if indicator.impute.by else None
                values = np.where(applicable[rows, place], indicator.impute.fill(values, groups), np.nan)
            if np.isnan(values).all():
                continue
            imputed[rows, place] = values
            moved = 1 / np.abs(divisors[rows, place])
            if indicator.treat is not None:
                values, speed = indicator.treat.apply(values)
                moved = moved * speed
            treated[rows, place] = values
            scale = fit(indicator.code, indicator.normalise, values, lower_is_better=indicator.lower_is_better)
            slope = scale.slope(values)
            scores[rows, place] = scale.score(values)
            rate[rows, place] = np.nan if slope is None else np.abs(slope * moved)
            treatment[rows, place] = moved
            fitted.append((rows, scale))
        scales.append(tuple(fitted))
    se = np.where(np.isnan(denominated), np.nan, evidence.se)
    return Prepared(denominated, imputed, treated, scores, se, rate, treatment, applicable, enough, tuple(scales), members)


def fit(code: str, normalise: Normaliser, values: Array, *, lower_is_better: bool) -> Scale:
    """Return the scale of an indicator or node over one population; raises Problem where its values are too few."""
    try:
        return normalise.fit(values, lower_is_better=lower_is_better)
    except ValueError as error:
        raise Problem(f"'{code}' cannot be scored: {error}", remedy="give it fixed cuts, or widen its population") from None


def denominators(scheme: Scheme, evidence: Evidence) -> Array:
    """Return what every value is divided by, `[C, I]`: 1 where nothing is named, NaN where it is blank or 0."""
    divisors = np.ones(evidence.values.shape)
    for place, indicator in enumerate(scheme.indicators):
        if indicator.denominator is not None:
            divisors[:, place] = [
                as_number(text, indicator.denominator, channel)
                for text, channel in zip(evidence.attributes[indicator.denominator], evidence.channels, strict=True)
            ]
    return np.where(divisors == 0, np.nan, divisors)


def as_number(text: str, name: str, channel: str) -> float:
    """Return the number a text states, NaN where it is blank; raises Problem where it states none."""
    try:
        return float(text) if text.strip() else np.nan
    except ValueError:
        what = f"'{name}' of channel '{channel}' is '{text}', which is not a number"
        raise Problem(what, remedy="write a number, or leave it blank") from None


def applies(scheme: Scheme, kinds: Texts) -> Mask:
    """Return which indicator applies to which channel, `[C, I]`."""
    columns = [
        np.ones(kinds.size, bool) if indicator.kinds is None else np.isin(kinds, sorted(indicator.kinds))
        for indicator in scheme.indicators
    ]
    return np.column_stack(columns)


def enough_answers(scheme: Scheme, evidence: Evidence) -> Mask:
    """Return where a value rests on the answers its indicator asks for, `[C, I]`; no count given passes."""
    least = np.array([indicator.minimum_n for indicator in scheme.indicators])
    return np.isnan(evidence.n) | (evidence.n >= least)


@dataclass
class Branch:
    """One node over all channels: its scores `[C]`, the variance of their sampling error, and its children's shares `[C, M]`.

    `load` `[C]` is what the error's spread would be if the errors below moved together: the weighted sum of their spreads.
    """

    scores: Array
    variance: Array
    load: Array
    shares: Array
    applicable: Mask
    rescale: tuple[tuple[Mask, Scale], ...] = ()
    zeroed: Mask | None = None
    linear: bool = True


@dataclass
class Climb:
    """The whole tree over all channels: a branch per node, and the indicators' own scores, variances and linearity."""

    scheme: Scheme
    scores: Array
    variances: Array
    stepped: tuple[bool, ...]
    branches: dict[str, Branch] = field(default_factory=dict)

    def column(self, child: Node | Indicator) -> Array:
        """Return a child's scores `[C]`."""
        return self.branches[child.code].scores if isinstance(child, Node) else self.scores[:, self.scheme.position[child.code]]

    def column_variance(self, child: Node | Indicator) -> Array:
        """Return the variance of a child's sampling error `[C]`."""
        if isinstance(child, Node):
            return self.branches[child.code].variance
        return self.variances[:, self.scheme.position[child.code]]

    def column_load(self, child: Node | Indicator) -> Array:
        """Return the spread a child's error would have if all errors below it moved together `[C]`."""
        if isinstance(child, Node):
            return self.branches[child.code].load
        return np.sqrt(self.variances[:, self.scheme.position[child.code]])

    def is_linear(self, child: Node | Indicator) -> bool:
        """Whether everything from the indicators to this child is a straight line in the values."""
        return self.branches[child.code].linear if isinstance(child, Node) else not self.stepped[self.scheme.position[child.code]]


def climb(scheme: Scheme, prepared: Prepared, variances: Array, stepped: tuple[bool, ...], facts: Facts) -> Climb:
    """Aggregate normalised scores `[C, I]` and the variances of their errors through every node of the tree.

    A missing child's weight is shared among its siblings or leaves the node without a score, as the node says; what does not
    apply to a channel's kind is no child of it at all. Errors of two indicators correlate as the node says in which they meet.
    """
    applicable = prepared.applicable
    tree = Climb(scheme, prepared.scores, variances, stepped)
    for node in scheme.upward:
        children = scheme.children[node.code]
        columns = np.column_stack([tree.column(child) for child in children])
        meant = np.column_stack(
            [
                tree.branches[child.code].applicable if isinstance(child, Node) else applicable[:, scheme.position[child.code]]
                for child in children
            ]
        )
        known = ~np.isnan(columns)
        weights = np.where(known, [child.weight for child in children], 0.0)
        total = weights.sum(axis=1)
        scored = (known.sum(axis=1) >= node.minimum) & (total > 0)
        if node.missing == "not-rated":
            scored &= (known == meant).all(axis=1)
        shares = np.divide(weights, total[:, None], out=np.zeros_like(weights), where=total[:, None] > 0)
        result = np.where(scored, AGGREGATES[node.aggregate](np.where(known, columns, PRESENT), shares), np.nan)
        variance, load = joint_error(tree, node, np.where(known, shares, 0.0))
        branch = Branch(
            scores=result,
            variance=variance,
            load=load,
            shares=shares,
            applicable=np.asarray(meant.any(axis=1)),
            linear=node.aggregate == "arithmetic" and all(tree.is_linear(child) for child in children),
        )
        finish(branch, node, prepared.populations, facts)
        tree.branches[node.code] = branch
    return tree


def joint_error(tree: Climb, node: Node, shares: Array) -> tuple[Array, Array]:
    """Return the variance of a node's error, Σs²v + ρ·((Σs·l)² − Σ(s·l)²) over its children, and its load Σs·l, each `[C]`."""
    children = tree.scheme.children[node.code]
    variances = np.nan_to_num(np.column_stack([tree.column_variance(child) for child in children]))
    loads = shares * np.nan_to_num(np.column_stack([tree.column_load(child) for child in children]))
    together, apart = loads.sum(axis=1), (loads**2).sum(axis=1)
    correlation = tree.scheme.error_correlation[node.code]
    return (shares**2 * variances).sum(axis=1) + correlation * (together**2 - apart), together


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
            branch.scores[rows] = scale.score(scores[rows])
            branch.rescale += ((rows, scale),)
    if node.zero_when is not None:
        branch.zeroed = node.zero_when.holds(facts)
        branch.scores = np.where(branch.zeroed & ~np.isnan(branch.scores), 0.0, branch.scores)
        branch.variance = np.where(branch.zeroed, 0.0, branch.variance)
        branch.load = np.where(branch.zeroed, 0.0, branch.load)


def frontier(tree: Climb) -> tuple[Node | Indicator, ...]:
    """Return where drawing starts: the highest children under which all is linear and no drawn score is asked for."""
    scheme = tree.scheme
    asked = {check.of for condition in scheme.star_conditions() for check in checks_in(condition) if check.quantity == "score"}

    def probed_below(child: Node | Indicator) -> bool:
        if isinstance(child, Indicator):
            return False
        return any(under.code in asked or probed_below(under) for under in scheme.children[child.code])

    def settle(child: Node | Indicator) -> list[Node | Indicator]:
        if isinstance(child, Indicator) or (tree.is_linear(child) and not probed_below(child)):
            return [child]
        return [start for under in scheme.children[child.code] for start in settle(under)]

    return tuple(settle(scheme.root))


def climb_draws(tree: Climb, drawn: Mapping[str, Array], rows: NDArray[np.intp]) -> dict[str, Array]:
    """Aggregate draws `[R, D]` of the frontier up to the root for the given rows of channels; return every node's draws."""
    known = dict(drawn)
    for node in tree.scheme.upward:
        children = tree.scheme.children[node.code]
        if node.code in known or any(child.code not in known for child in children):
            continue
        branch = tree.branches[node.code]
        columns = np.stack([known[child.code] for child in children], axis=1)
        scores = AGGREGATES[node.aggregate](np.where(np.isnan(columns), PRESENT, columns), branch.shares[rows])
        for members, scale in branch.rescale:
            scores[members[rows]] = scale.score(scores[members[rows]])
        if branch.zeroed is not None:
            scores[branch.zeroed[rows]] = 0.0
        scores[np.isnan(branch.scores[rows])] = np.nan
        known[node.code] = scores
    return known


def gather(scheme: Scheme, evidence: Evidence, prepared: Prepared, tree: Climb | None = None) -> Facts:
    """Collect the facts that the scheme's conditions ask for; without a tree those that need no node's score."""
    channels, scores, applicable = evidence.channels.size, prepared.scores, prepared.applicable
    quantities: dict[str, dict[str, Array]] = {quantity: {} for quantity, _ in scheme.asked}
    for quantity, code in scheme.asked:
        below = list(scheme.leaves[code])
        match quantity:
            case "value":
                quantities[quantity][code] = evidence.values[:, below[0]]
            case "n" | "raters":
                counts = evidence.n if quantity == "n" else evidence.raters
                quantities[quantity][code] = largest(counts[:, below])
            case "answers":
                quantities[quantity][code] = (~np.isnan(scores[:, below])).sum(axis=1).astype(np.float64)
            case "coverage":
                meant = applicable[:, below]
                answered = (meant & ~np.isnan(scores[:, below])).sum(axis=1)
                quantities[quantity][code] = np.divide(answered, np.maximum(meant.sum(axis=1), 1))
            case "present" if code in scheme.position:
                quantities[quantity][code] = (~np.isnan(scores[:, below[0]])).astype(np.float64)
            case "present" if tree is not None:
                quantities[quantity][code] = (~np.isnan(tree.branches[code].scores)).astype(np.float64)
            case "score" if tree is not None:
                quantities[quantity][code] = np.round(tree.branches[code].scores, PRECISION)
            case "variance" if tree is not None:
                quantities[quantity][code] = spread(tree, code)
    return Facts(quantities, evidence.attributes, channels)


def largest(counts: Array) -> Array:
    """Return the largest known count of each row, NaN where none is known."""
    known = np.where(np.isnan(counts), -np.inf, counts).max(axis=1, initial=-np.inf)
    return np.asarray(np.where(np.isinf(known), np.nan, known))


def spread(tree: Climb, code: str) -> Array:
    """Return the weighted variance of a node's own indicators, n·Σw(x−x̄)² / ((n−1)·Σw); NaN for fewer than two.

    Source: Medicare 2026 Part C and D star ratings technical notes, attachment H.
    """
    children = [child for child in tree.scheme.children[code] if isinstance(child, Indicator)]
    columns = tree.scores[:, [tree.scheme.position[child.code] for child in children]]
    weights = np.where(np.isnan(columns), 0.0, [child.weight for child in children])
    n, total = (weights > 0).sum(axis=1), weights.sum(axis=1)
    filled = np.where(np.isnan(columns), 0.0, columns)
    mean = np.divide((weights * filled).sum(axis=1), total, out=np.zeros(n.size), where=total > 0)
    squares = (weights * (filled - mean[:, None]) ** 2).sum(axis=1)
    scale = (n - 1) * total
    return np.asarray(np.round(np.divide(n * squares, scale, out=np.full(n.size, np.nan), where=scale > 0), PRECISION))


__all__ = ["AGGREGATES", "Climb", "Prepared", "climb", "climb_draws", "frontier", "gather", "largest", "prepare"]
