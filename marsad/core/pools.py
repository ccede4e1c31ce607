"""Pools: small cells hidden among their siblings, so that the score above them still follows and none can be computed back.

All cells of a pool show one value in points. It leaves the score of the pool's node as it was, and only that score ties them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.composite import Climb
from marsad.core.normalise import AsIs, Curve, Goalposts, Levels, Line, Scale
from marsad.core.scheme import Indicator, Node, Scheme

FIXED = (AsIs, Goalposts, Levels)
"""Normalisers whose scale no channel's value moves."""


@dataclass(frozen=True)
class Pool:
    """Cells of one channel (places of indicators), the value each shows on its own scale, and the node whose score they keep."""

    node: Node
    cells: tuple[int, ...]
    values: tuple[float, ...]


def ancestors(scheme: Scheme, part: Indicator | Node) -> Iterator[Node]:
    """Yield the nodes above a part, its own first and the root last."""
    by_code = {node.code: node for node in scheme.nodes}
    parent = part.parent
    while parent is not None:
        yield by_code[parent]
        parent = by_code[parent].parent


def is_fixed(scheme: Scheme, indicator: Indicator) -> bool:
    """Whether no other channel's value moves this indicator's way into the composite."""
    alone = isinstance(indicator.normalise, FIXED) and indicator.treat is None and indicator.impute is None
    alone = alone and indicator not in scheme.one_at_a_time
    return alone and all(node.rescale is None for node in ancestors(scheme, indicator))


@dataclass(frozen=True)
class Shares:
    """What a climbed tree says of every indicator's part in every node, and of the way back from points to values."""

    tree: Climb

    @cached_property
    def above(self) -> tuple[tuple[Node, ...], ...]:
        """Return the nodes above every indicator, its own first."""
        return tuple(tuple(ancestors(self.tree.scheme, indicator)) for indicator in self.tree.scheme.indicators)

    @cached_property
    def columns(self) -> dict[str, dict[int, int]]:
        """Return by node the column that each indicator below it has in the node's matrix."""
        return {code: {place: column for column, place in enumerate(leaves)} for code, leaves in self.tree.scheme.leaves.items()}

    @cached_property
    def matrices(self) -> dict[str, Array]:
        """Return by node how much of its score a point of each indicator below it moves, `[C, leaves]`; 0 where it does not."""
        channels, scheme = len(self.tree.prepared.scores), self.tree.scheme
        found = {code: np.ones((channels, 1)) for code in scheme.position}
        for node in scheme.upward:
            branch = self.tree.branches[node.code]
            shares = branch.shares if branch.zeroed is None else np.where(branch.zeroed[:, None], 0.0, branch.shares)
            children = scheme.children[node.code]
            found[node.code] = np.hstack([shares[:, [place]] * found[child.code] for place, child in enumerate(children)])
        return found

    def of(self, node: Node, channel: int) -> Array:
        """Return the part of every indicator in a channel's node, `[I]`."""
        parts = np.zeros(len(self.tree.scheme.indicators))
        parts[list(self.tree.scheme.leaves[node.code])] = self.matrices[node.code][channel]
        return parts

    @cached_property
    def scales(self) -> tuple[Scale | None, ...]:
        """Return the scale of every indicator whose scale is fixed and can be read backwards, else None."""
        fitted = zip(self.tree.scheme.indicators, self.tree.prepared.scales, strict=True)
        return tuple(
            scales[0][1]
            if scales and is_fixed(self.tree.scheme, one) and one.denominator is None and invertible(scales[0][1])
            else None
            for one, scales in fitted
        )

    @cached_property
    def straight(self) -> dict[str, Mask]:
        """Return by node the indicators that go into it as one known part each of plain means, `[I]`."""
        return {node.code: self.straight_into(node) for node in self.tree.scheme.nodes}

    def straight_into(self, node: Node) -> Mask:
        """Return the indicators that go straight into one node, `[I]`."""
        found = np.zeros(len(self.scales), bool)
        for place in self.tree.scheme.leaves[node.code]:
            way = self.above[place][: self.above[place].index(node) + 1]
            found[place] = self.scales[place] is not None and all(one.aggregate == "arithmetic" for one in way)
        return found

    @cached_property
    def ends(self) -> tuple[Array, Array]:
        """Return the least and the most that every indicator can score, `[I]` each; infinite where nothing bounds it."""
        ends = [indicator.normalise.bounds for indicator in self.tree.scheme.indicators]
        for place, (indicator, scale) in enumerate(zip(self.tree.scheme.indicators, self.scales, strict=True)):
            if scale is not None and indicator.scale is not None:
                low, high = np.sort(scale.score(np.array(indicator.scale)))
                ends[place] = (float(low), float(high))
        return np.array([low for low, _ in ends]), np.array([high for _, high in ends])

    def value(self, place: int, points: float) -> float:
        """Return the value of an indicator that scores so many points."""
        scale = self.scales[place]
        if isinstance(scale, Line):
            return (points - scale.intercept) / scale.rate
        assert isinstance(scale, Curve)
        return float(np.interp(points, scale.points, scale.at))


def invertible(scale: Scale) -> bool:
    """Whether every score of a scale is that of one value alone."""
    if isinstance(scale, Line):
        return scale.rate != 0
    return isinstance(scale, Curve) and bool((np.diff(scale.points) > 0).all())


@dataclass(frozen=True)
class Search:
    """The search for safe pools among one channel's cells `[I]`: which count, on how many answers `n`, and which are `small`.

    `open` cells are no person's answers and come last as company. A pool needs `least` answers to one of its questions, and must
    leave each of its small cells open over a `margin` of its scale.
    """

    shares: Shares
    channel: int
    counted: Mask
    small: Mask
    open: Mask
    n: Array
    least: int
    margin: float

    def pools(self, cells: Iterable[int]) -> tuple[Pool, ...] | None:
        """Return pools that hide every one of the cells, or None where none are safe.

        From the lowest nodes up: what finds no safe company under a node seeks it under the next one above.
        """
        waiting, found = set(cells), list[Pool]()
        scheme = self.shares.tree.scheme
        for node in scheme.upward:
            below = set(scheme.leaves[node.code])
            mine = waiting & below
            if not mine:
                continue
            taken = {place for pool in found for place in pool.cells} & below
            pool = self.settle(node, mine, below - taken) or self.settle(node, mine | taken, below)
            if pool is not None:
                waiting -= mine
                found = [other for other in found if not set(other.cells) & set(pool.cells)] + [pool]
        return None if waiting else tuple(found)

    def settle(self, node: Node, mine: set[int], below: set[int]) -> Pool | None:
        """Return the smallest safe pool under a node: the cells, then their next-lowest siblings, one by one."""
        parts = np.where(self.shares.straight[node.code], self.shares.of(node, self.channel), 0.0)
        if any(parts[place] == 0 for place in mine):
            return None
        more = [place for place in below - mine if parts[place] > 0 and self.counted[place] and not np.isnan(self.n[place])]
        near = {self.shares.above[place][0].code for place in mine}
        more.sort(key=lambda place: (self.open[place], self.shares.above[place][0].code not in near, self.n[place], place))
        for count in range(len(more) + 1):
            cells = np.array(sorted({*mine, *more[:count]}))
            if self.is_safe(cells, parts[cells]):
                return self.pool(node, cells, parts[cells])
        return None

    def pool(self, node: Node, cells: Places, parts: Array) -> Pool:
        """Return cells as a pool."""
        level = self.level(cells, parts)
        return Pool(node, tuple(cells.tolist()), tuple(self.shares.value(place, level) for place in cells.tolist()))

    def level(self, cells: Places, parts: Array) -> float:
        """Return the points that every cell of a pool shows: their mean, each counting as it does in the node."""
        return float(parts @ self.shares.tree.prepared.scores[self.channel, cells] / parts.sum())

    def is_safe(self, cells: Places, parts: Array) -> bool:
        """Whether a pool hides its small cells: company, people enough behind it, and wide room for every value."""
        if cells.size < 2 or np.max(np.where(self.open[cells], 0.0, self.n[cells])) < self.least:
            return False
        low, high = (end[cells] for end in self.shares.ends)
        level = self.level(cells, parts)
        if not ((low <= level) & (level <= high)).all():
            return False
        wide = room(parts, level * float(parts.sum()), low, high) >= self.margin * (high - low)
        return bool((wide | np.isinf(high - low) | ~self.small[cells]).all())


def room(parts: Array, total: float, low: Array, high: Array) -> Array:
    """Return how wide the points are that each cell may have where only their weighted total is known.

    >>> room(np.array([0.5, 0.5]), 90.0, np.zeros(2), np.full(2, 100.0)).tolist()
    [20.0, 20.0]
    """
    most, least = parts * high, parts * low
    others_most, others_least = rest(most), rest(least)
    upper = np.minimum(high, (total - others_least) / parts)
    lower = np.maximum(low, (total - others_most) / parts)
    return np.asarray(upper - lower)


def rest(values: Array) -> Array:
    """Return the sum of all others at every place, each added up anew: safe where some are infinite."""
    size = values.size
    return np.asarray(np.broadcast_to(values, (size, size))[others(size)].reshape(size, -1).sum(axis=1))


@lru_cache(maxsize=512)
def others(size: int) -> Mask:
    """Return for every place all others, `[size, size]`."""
    return ~np.eye(size, dtype=bool)
