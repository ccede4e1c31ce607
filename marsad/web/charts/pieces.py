"""Pictures as pieces of inline SVG, drawn left to right and mirrored by the style where the page runs right to left.

No piece holds text: the numbers beside it do, so that a picture never says what its table does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, cos, floor, isnan, log10, pi, sin

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH = 200
"""The length of every axis in the drawing's own units."""
MIDDLE = 6
PLACE = 14
MOST_PLACES = 10
"""More stars than this are written, not drawn."""


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high`, drawn `WIDTH` units long."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Return where a value stands; beyond the ends, the end."""
        share = (value - self.low) / (self.high - self.low)
        return round(WIDTH * min(max(share, 0.0), 1.0), 1)

    @property
    def digits(self) -> int:
        """Return how many decimals tell neighbouring values of this scale apart."""
        return max(0, 2 - floor(log10(self.high - self.low)))


def axis_around(values: Iterable[ArrayLike], reaches: Iterable[ArrayLike] = ()) -> Axis:
    """Return an axis with round ends around all known values; 0 to 1 where none is known.

    `reaches` are ends of intervals: of forty and more the widest twentieth may run over the axis, lest one squash all others.
    """
    known, ends = known_of(values), known_of(reaches)
    if ends.size:
        known = np.append(known, [np.quantile(ends, 0.025, method="lower"), np.quantile(ends, 0.975, method="higher")])
    if not known.size:
        return Axis(0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    reach = (high - low) or max(abs(high), 1.0)
    step = 10 ** floor(log10(reach)) / (2 if reach / 10 ** floor(log10(reach)) < 5 else 1)
    start, end = floor(round(low / step, 6)) * step, ceil(round(high / step, 6)) * step
    return Axis(round(start, 9), round(end if end > start else start + step, 9))


def known_of(parts: Iterable[ArrayLike]) -> NDArray[np.float64]:
    """Return the finite numbers of several arrays in a row."""
    flat = np.concatenate([np.ravel(np.asarray(part, float)) for part in parts] or [np.empty(0)])
    return flat[np.isfinite(flat)]


def interval(axis: Axis, low: float, value: float, high: float, *, edges: str = "", middle: float = float("nan")) -> str:
    """Return a dot on the line of its interval; `edges` names a symbol of band edges behind it, `middle` the peers' median."""
    if isnan(value):
        return ""
    line = "" if isnan(low) else f'<path d="M{axis.at(low)} {MIDDLE}H{axis.at(high)}"/>'
    behind = f'<use href="#{edges}"/>' if edges else ""
    peers = "" if isnan(middle) else f'<path class="middle-mark" d="M{axis.at(middle)} 0v{2 * MIDDLE}"/>'
    dot = f'<circle cx="{axis.at(value)}" cy="{MIDDLE}" r="4"/>'
    return f'<svg class="line" viewBox="-5 0 210 12" aria-hidden=true>{behind}{peers}{line}{dot}</svg>'


def edges_symbol(name: str, axis: Axis, edges: Sequence[float]) -> str:
    """Return the symbol of the edges between bands that fall on an axis, to be placed behind intervals."""
    inside = [edge for edge in edges if axis.low < edge < axis.high]
    lines = "".join(f"M{axis.at(edge)} -4V16" for edge in inside)
    return f'<g id="{name}"><path class="edges" d="{lines}"/></g>' if lines else f'<g id="{name}"></g>'


def bar(share: float) -> str:
    """Return a bar as long as a share from 0 to 1."""
    part = f'<rect width="{100 * share:.4g}" height="8"/>'
    return f'<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden=true>{part}</svg>'


def band(axis: Axis, low: float, high: float) -> str:
    """Return a stretch of an axis, on the whole of it."""
    start, end = axis.at(low), axis.at(high)
    return (
        f'<svg class="band" viewBox="0 0 {WIDTH} 8" preserveAspectRatio="none" aria-hidden=true>'
        f'<rect class="whole" width="{WIDTH}" height="8"/>'
        f'<rect class="part" x="{start}" width="{round(end - start, 1)}" height="8"/></svg>'
    )


def star_points(place: int, half: str = "") -> str:
    """Return the outline of the star in a place counted from 0, or of its first or second half."""
    middle = PLACE * (place + 0.5)
    points = []
    for corner in range(10):
        reach = 6.4 if corner % 2 == 0 else 2.7
        angle = pi * corner / 5
        points.append((middle + reach * sin(angle), PLACE / 2 - reach * cos(angle)))
    kept = {"": points, "first": [points[0], *points[5:]], "second": points[:6]}[half]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"


@dataclass(frozen=True)
class StarRow:
    """A row of places for stars: as many as the highest star, half places where the rule gives half stars."""

    values: tuple[float, ...]

    @cached_property
    def places(self) -> int:
        """Return how many places the row has, 0 where stars are written and not drawn."""
        whole = all(float(2 * value).is_integer() and value >= 0 for value in self.values)
        return ceil(max(self.values)) if whole and 0 < max(self.values) <= MOST_PLACES else 0

    def symbols(self) -> str:
        """Return the symbols every row of stars is made of: one per star, and one per step to the next."""
        if not self.places:
            return ""
        size = f"0 0 {PLACE * self.places} {PLACE}"
        outline = "".join(star_points(place) for place in range(self.places))
        found = []
        for value, following in zip(self.values, [*self.values[1:], self.values[-1]], strict=True):
            full = f'<path class="empty" d="{outline}"/><path class="full" d="{self.span(0, value)}"/>'
            found.append(f'<symbol id="{mark("s", value)}" viewBox="{size}">{full}</symbol>')
            step = f'<path class="maybe" d="{self.span(value, following)}"/>'
            found.append(f'<symbol id="{mark("n", value)}" viewBox="{size}">{step}</symbol>')
        return "".join(found)

    @staticmethod
    def span(start: float, end: float) -> str:
        """Return the outlines between two numbers of stars."""
        pieces = []
        for place in range(floor(start), ceil(end)):
            first, second = start <= place, end >= place + 1
            pieces.append(star_points(place, "" if first and second else "first" if first else "second"))
        return "".join(pieces)

    def drawn(self, value: float, next_chance: float = float("nan")) -> str:
        """Return the row for one channel: filled to its star, the next place shaded by the chance of reaching it."""
        if not self.places:
            return ""
        shade = f'<use href="#{mark("n", value)}" opacity="{next_chance:.2g}"/>' if next_chance >= 0.05 else ""
        own = f'<use href="#{mark("s", value)}"/>'
        return f'<svg class="stars" viewBox="0 0 {PLACE * self.places} {PLACE}" aria-hidden=true>{own}{shade}</svg>'


def mark(letter: str, value: float) -> str:
    """Return the name of a symbol of a number of stars."""
    return f"{letter}{value:g}".replace(".", "-")
