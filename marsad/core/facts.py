"""What conditions ask for, gathered from the evidence and the tree."""

from __future__ import annotations

import numpy as np

from marsad.core.arrays import Array
from marsad.core.composite import Climb
from marsad.core.conditions import Facts
from marsad.core.evidence import Evidence
from marsad.core.prepare import Prepared
from marsad.core.scheme import Indicator, Scheme
from marsad.core.stars import PRECISION


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
                quantities[quantity][code] = np.round(tree.score(code), PRECISION)
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
    columns = tree.prepared.scores[:, [tree.scheme.position[child.code] for child in children]]
    weights = np.where(np.isnan(columns), 0.0, [child.weight for child in children])
    n, total = (weights > 0).sum(axis=1), weights.sum(axis=1)
    filled = np.where(np.isnan(columns), 0.0, columns)
    mean = np.divide((weights * filled).sum(axis=1), total, out=np.zeros(n.size), where=total > 0)
    squares = (weights * (filled - mean[:, None]) ** 2).sum(axis=1)
    scale = (n - 1) * total
    return np.asarray(np.round(np.divide(n * squares, scale, out=np.full(n.size, np.nan), where=scale > 0), PRECISION))
