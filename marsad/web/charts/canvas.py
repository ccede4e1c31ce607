"""A sheet to draw on that begins where its language does: at the right in Arabic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import cos, floor, log10, pi, sin
from typing import Any

from marsad.web.charts.ink import GROUND, INK, LINE, QUIET, STAR
from marsad.web.charts.pieces import Axis
from marsad.web.charts.values import Band
from marsad.web.charts.words import directed, length, number

NAME, SMALL = 14.0, 12.0
"""Sizes of type: of names and values, and of scales and notes."""
LEADING = 1.45
HALO = f' stroke="{GROUND}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
"""A rim that keeps words readable on top of marks."""


def units(value: float) -> str:
    """Return a length in the drawing's units, with a tenth at most."""
    return f"{round(value, 1) + 0.0:g}"


@dataclass
class Canvas:
    """What has been drawn so far on `width` units; places are counted from where the language begins, and from the top."""

    language: str
    width: float
    height: float = 0.0
    pieces: list[str] = field(default_factory=list)

    @property
    def mirrored(self) -> bool:
        """Whether the sheet begins at the right."""
        return self.language == "ar"

    def at(self, start: float) -> float:
        """Return a place from the start as one from the left."""
        return self.width - start if self.mirrored else start

    def add(self, *pieces: str) -> None:
        """Draw finished pieces."""
        self.pieces.extend(pieces)

    def text(
        self,
        start: float,
        y: float,
        words: str,
        anchor: str = "start",
        *,
        size: float = NAME,
        colour: str = INK,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write one line on its base line; `anchor` is the start, middle or end of the language's own direction."""
        if self.mirrored:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        looks = f'font-size="{size:g}" fill="{colour}"' + (' font-weight="600"' if bold else "") + (HALO if halo else "")
        spot = f'x="{units(self.at(start))}" y="{units(y)}" text-anchor="{anchor}"'
        self.add(f"<text {spot} {looks}>{escape(directed(words, self.language), quote=False)}</text>")

    def lines(self, start: float, middle: float, lines: Sequence[str], anchor: str = "start", **looks: Any) -> None:
        """Write several lines around a middle."""
        size = float(looks.get("size", NAME))
        top = middle - size * LEADING * (len(lines) - 1) / 2 + size * 0.35
        for place, line in enumerate(lines):
            self.text(start, top + place * size * LEADING, line, anchor, **looks)

    def line(
        self, start: float, y: float, end: float, y2: float, *, colour: str = LINE, width: float = 1, dash: str = ""
    ) -> None:
        """Draw a straight line between two places."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        way = f"M{units(self.at(start))} {units(y)}L{units(self.at(end))} {units(y2)}"
        self.add(f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>')

    def box(self, start: float, y: float, long: float, high: float, *, fill: str, stroke: str = "") -> None:
        """Draw a rectangle from its corner at the start."""
        left = self.width - start - long if self.mirrored else start
        outline = f' stroke="{stroke}"' if stroke else ""
        size = f'width="{units(max(long, 0))}" height="{units(max(high, 0))}"'
        self.add(f'<rect x="{units(left)}" y="{units(y)}" {size} fill="{fill}"{outline}/>')

    def place(self, drawing: str, start: float, y: float, long: float) -> None:
        """Put a drawing `long` units wide, mirrored already, at a place."""
        left = self.width - start - long if self.mirrored else start
        self.add(f'<g transform="translate({units(left)} {units(y)})">{drawing}</g>')

    def star(self, middle: float, y: float, reach: float, *, points: int = 5, fill: str = STAR, stroke: str = STAR) -> None:
        """Draw a star around a place."""
        spot = f"translate({units(self.at(middle))} {units(y)}) scale({units(reach)})"
        self.add(f'<path d="{star_path(points)}" transform="{spot}" fill="{fill}" stroke="{stroke}" stroke-width=".14"/>')

    def starred(self, middle: float, y: float, value: float) -> None:
        """Write a number of stars: the number and one star behind it."""
        words = number(value)
        half = (length(words, SMALL) + 13) / 2
        self.text(middle - half, y + SMALL * 0.35, words, size=SMALL, colour=QUIET)
        self.star(middle + half - 5, y, 5, fill=STAR)

    def body(self) -> str:
        """Return what has been drawn."""
        return "".join(self.pieces)


def star_path(points: int) -> str:
    """Return the outline of a star with so many points and a reach of 1; with one a disc, with two a diamond.

    >>> star_path(2)
    'M0 -1L.55 0L0 1L-.55 0Z'
    """
    if points <= 1:
        return "M0 -1A1 1 0 1 1 0 1A1 1 0 1 1 0 -1Z"
    if points == 2:
        return "M0 -1L.55 0L0 1L-.55 0Z"
    inner = {3: 0.36, 4: 0.4, 5: 0.42, 6: 0.54}.get(points, 0.62 if points < 9 else 0.86)
    corners = []
    for corner in range(2 * points):
        reach, angle = (1.0 if corner % 2 == 0 else inner), pi * corner / points
        corners.append(f"{reach * sin(angle):.2f} {-reach * cos(angle):.2f}")
    return f"M{'L'.join(corners)}Z"


def ticks(axis: Axis, most: int = 6) -> tuple[float, ...]:
    """Return round values along an axis, at most about so many.

    >>> ticks(Axis(55.0, 100.0))
    (60.0, 70.0, 80.0, 90.0, 100.0)
    """
    raw = (axis.high - axis.low) / most
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = -floor(-round(axis.low / step, 6))
    last = floor(round(axis.high / step, 6))
    return tuple(round(place * step, 9) for place in range(first, last + 1))


def inside(axis: Axis, bands: Sequence[Band]) -> list[tuple[Band, float, float]]:
    """Return the bands that an axis touches, each with the share of the axis where it begins and ends."""
    ends = [*(band.low for band in bands[1:]), float("inf")][: len(bands)]
    long = axis.high - axis.low
    found = []
    for band, end in zip(bands, ends, strict=True):
        first, last = (min(max((edge - axis.low) / long, 0.0), 1.0) for edge in (band.low, end))
        if last > first:
            found.append((band, first, last))
    return found


def ring(canvas: Canvas, start: float, y: float, reach: float = 5) -> None:
    """Draw a hollow dot: something of which there is no value."""
    spot = f'cx="{units(canvas.at(start))}" cy="{units(y)}"'
    canvas.add(f'<circle {spot} r="{reach:g}" fill="{GROUND}" stroke="{QUIET}" stroke-dasharray="2 2"/>')
