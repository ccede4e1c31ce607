"""The tree of a standard: every branch a strip and every leaf a brick, as large as its weight in the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import LEADING, NAME, SMALL, Canvas
from marsad.web.charts.ink import ACCENT, FAINT, GROUND, INK, QUIET, RAISED
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.rows import BESIDE
from marsad.web.charts.words import isolated, length, number, say, say_count, wrapped

LOWEST, HIGHEST = 360, 1280
ROOM = 8200
"""The area that a leaf of usual weight should have, so that its name can be read."""
INSET, BAR, FEWEST = 8, 30, 4
BRICK = 3.0
"""How long a leaf should be for its height: names need length."""
LIGHTEST = 0.1
"""Leaves lighter than this share of all may be too small for their names; the table has them."""


@dataclass(frozen=True)
class Node:
    """A branch or a leaf: `weight` is its share of the whole, from 0 to 1; a branch's own is the sum of its children's.

    `count` is for how many indicators a leaf stands.
    """

    name: str
    weight: float
    children: tuple[Node, ...] = ()
    href: str = ""
    count: int = 1

    def leaves(self) -> Iterator[Node]:
        """Yield the leaves below a node, itself where it is one."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def tree(nodes: Sequence[Node], *, language: str, width: float = WIDE) -> Picture:
    """Return the tree with weights as areas: branches where the language begins, what they are made of after them."""
    title, table = say("Weights of the standard", language), tree_table(nodes, language)
    sentence = tree_sentence(nodes, language)
    if not nodes:
        return row_pictures.empty("tree", language=language, title=title, sentence=sentence, table=table, width=width)
    canvas = Canvas(language, width)
    beside = width >= BESIDE
    first = 0.27 * width if beside else 0.0
    scale = height_of(nodes, width - first)
    top = 0.0
    for node in nodes:
        top = branch(canvas, node, top, scale, first)
    canvas.height = round(top + 2, 1)
    linked = any(below.href for node in nodes for below in (node, *node.leaves()))
    return Picture("tree", language, title, sentence, table, width, canvas.height, canvas.body(), linked)


def height_of(nodes: Sequence[Node], long: float) -> float:
    """Return how high the whole weight is drawn: so high that all but the lightest leaves have room for a name."""
    weights = sorted(leaf.weight for node in nodes for leaf in node.leaves() if leaf.weight > 0)
    whole = sum(weights) or 1.0
    least = weights[int(LIGHTEST * len(weights))] if weights else whole
    return min(max(ROOM * whole / (long * least), LOWEST), HIGHEST) / whole


def branch(canvas: Canvas, node: Node, top: float, scale: float, first: float) -> float:
    """Draw a branch with its leaves after it, below it where there is no room beside, and return where it ends."""
    high = scale * node.weight
    if not node.children:
        area(canvas, node, (0.0, top, canvas.width, high))
        return top + high
    bar = high if first else float(BAR)
    area(canvas, node, (0.0, top, first or canvas.width, bar))
    below = top if first else top + bar
    leaves = sorted(node.leaves(), key=lambda leaf: -leaf.weight)
    for leaf, place in zip(
        leaves, squarified([leaf.weight for leaf in leaves], first, below, canvas.width - first, high), strict=True
    ):
        area(canvas, leaf, place)
    return below + high


Area = tuple[float, float, float, float]
"""Start, top, length and height of a part of the picture."""


def squarified(weights: Sequence[float], start: float, top: float, long: float, high: float) -> list[Area]:
    """Return an area per weight, heaviest first, as near to lying bricks as fits (Bruls, Huizing, van Wijk 2000)."""
    found: list[Area] = []
    left = [weight * long * high / (sum(weights) or 1.0) for weight in weights]
    while left:
        upright = long > BRICK * high
        side = high if upright else long
        count = next(
            (n for n in range(1, len(left)) if worst(left[: n + 1], side, upright) > worst(left[:n], side, upright)), len(left)
        )
        row, left = left[:count], left[count:]
        deep = sum(row) / side if side else 0.0
        along = 0.0
        for part in row:
            length_of = part / deep if deep else 0.0
            found.append((start, top + along, deep, length_of) if upright else (start + along, top, length_of, deep))
            along += length_of
        start, top, long, high = (start + deep, top, long - deep, high) if upright else (start, top + deep, long, high - deep)
    return found


def worst(row: Sequence[float], side: float, upright: bool) -> float:
    """Return how far the worst of a row's areas is from a brick."""
    deep = sum(row) / side
    if not deep:
        return 0.0
    shapes = (part / deep / deep for part in row)
    bricks = [1 / shape if upright else shape for shape in shapes if shape]
    return max(max(shape / BRICK, BRICK / shape) for shape in bricks)


def area(canvas: Canvas, node: Node, place: Area) -> None:
    """Draw a node into its area, with its name and weight as far as they fit."""
    start, top, long, high = place
    canvas.box(start, top, long, high, fill=FAINT if node.children else RAISED, stroke=GROUND)
    size = NAME if node.children else SMALL
    step, share = size * LEADING, weight_words(node.weight)
    fits = int((high - 4) // step)
    room = long - 2 * INSET
    if fits < 1 or room < 3 * size:
        return
    flat = fits == 1
    words = wrapped(node.name, size, room - (length(share, size) + INSET if flat else 0), 1 if flat else min(fits - 1, 3))
    if len(words[0]) < FEWEST:
        return
    if node.href:
        canvas.add(f'<a href="{escape(node.href)}">')
    middle = top + high / 2 - (0 if flat else step / 2)
    looks: dict[str, Any] = {"size": size, "colour": ACCENT if node.href else INK, "bold": bool(node.children)}
    canvas.lines(start + INSET, middle, words, **looks)
    if node.href:
        canvas.add("</a>")
    if flat:
        canvas.lines(start + long - INSET, middle, [isolated(share)], "end", size=size, colour=QUIET)
    else:
        canvas.lines(start + INSET, middle + step * (len(words) + 1) / 2, [isolated(share)], size=size, colour=QUIET)


def weight_words(weight: float) -> str:
    """Return a weight in per cent with a decimal where it has one.

    >>> weight_words(0.125), weight_words(0.3)
    ('12.5%', '30%')
    """
    return f"{number(round(100 * weight, 1))}%"


def tree_sentence(nodes: Sequence[Node], language: str) -> str:
    """Return how many leaves the tree has, and its heaviest branch."""
    if not nodes:
        return say("The standard has no parts yet.", language)
    heaviest = max(nodes, key=lambda node: node.weight)
    leaves = sum(leaf.count for node in nodes for leaf in node.leaves())
    said = say_count(
        "The score is made of {n} indicator.",
        "The score is made of {n} indicators in {branches} parts.",
        leaves,
        language,
        branches=len(nodes),
    )
    most = say("The heaviest part is {name} with {weight}.", language, name=heaviest.name, weight=weight_words(heaviest.weight))
    return f"{said} {most}"


def tree_table(nodes: Sequence[Node], language: str) -> Table:
    """Return the tree as text: a row per leaf, with the branches it hangs on."""
    rows = tuple(
        (node.name, leaf.name, weight_words(node.weight), weight_words(leaf.weight)) for node in nodes for leaf in node.leaves()
    )
    columns = say("Part", language), say("Indicator", language), say("Weight of the part", language), say("Weight", language)
    return Table(columns, rows, (2, 3))
