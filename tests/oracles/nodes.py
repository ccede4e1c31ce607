"""One node of one channel: means, trees, and their variance."""

import math


def arithmetic(scores, weights):
    return math.fsum(weight * score for score, weight in zip(scores, weights, strict=True)) / math.fsum(weights)


def geometric(scores, weights):
    if min(scores) <= 0:
        return 0.0
    product = 1.0
    for score, weight in zip(scores, weights, strict=True):
        product *= score ** (weight / math.fsum(weights))
    return product


def harmonic(scores, weights):
    if min(scores) <= 0:
        return 0.0
    return math.fsum(weights) / math.fsum(weight / score for score, weight in zip(scores, weights, strict=True))


def minimum(scores, weights):
    return min(scores)


AGGREGATES = {"arithmetic": arithmetic, "geometric": geometric, "harmonic": harmonic, "minimum": minimum}


def node_score(scores, weights, aggregate="arithmetic", missing="reweight", least=1, meant=None):
    """The score of one node of one channel; `meant` says which children apply to it (all, where not said)."""
    meant = [True] * len(scores) if meant is None else meant
    there = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    gap = any(score is None and applies for score, applies in zip(scores, meant, strict=True))
    if len(there) < max(least, 1) or (missing == "not-rated" and gap):
        return None
    return AGGREGATES[aggregate](*map(list, zip(*there, strict=True)))


def tree_score(tree, leaves):
    """Climb `(weight, [subtrees])` or `(weight, code)`; return the score of the whole, None where nothing is there."""
    _, below = tree
    if isinstance(below, str):
        return leaves[below]
    return node_score([tree_score(child, leaves) for child in below], [weight for weight, _ in below])


def leaf_shares(tree, leaves, share=1.0):
    """How much every leaf with a score counts in the whole: the product of w/Σw on the way down."""
    _, below = tree
    if isinstance(below, str):
        return {below: share}
    there = [child for child in below if tree_score(child, leaves) is not None]
    total = math.fsum(weight for weight, _ in there)
    found = {}
    for child in there:
        found.update(leaf_shares(child, leaves, share * child[0] / total))
    return found


def tree_variance(tree, leaves, variances):
    """Σ (w/Σw)² σ² over the leaves that are there."""
    return math.fsum(share**2 * variances[code] for code, share in leaf_shares(tree, leaves).items())


def weighted_variance(scores, weights):
    """n Σ w (x − x̄)² / ((n − 1) Σ w); None for fewer than two scores."""
    there = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    n, total = len(there), math.fsum(weight for _, weight in there)
    if n < 2:
        return None
    centre = math.fsum(weight * score for score, weight in there) / total
    return n * math.fsum(weight * (score - centre) ** 2 for score, weight in there) / ((n - 1) * total)
