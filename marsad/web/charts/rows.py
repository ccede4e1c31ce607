"""Pictures with a name on every row and one scale across: names beside their row, or above it where a phone leaves no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from marsad.web.charts.canvas import LEADING, NAME, SMALL, Canvas, inside, ticks
from marsad.web.charts.ink import ACCENT, FAINT, INK, LINE, MARK, QUIET, RAISED
from marsad.web.charts.picture import EMPTY_ROOM, SLIM, Picture, Table
from marsad.web.charts.pieces import Axis
from marsad.web.charts.plot import Layer, Plane, marks
from marsad.web.charts.values import Band
from marsad.web.charts.words import isolated, length, number, wrapped

BESIDE = 560
"""From this width on names stand beside their rows."""
HEAD, FOOT, EDGE = 26, 46, 12
MOST_NAME = 0.36


@dataclass(frozen=True)
class Row:
    """A row: its name, what is written at its end, and the page it leads to."""

    name: str
    value: str = ""
    href: str = ""


@dataclass
class Ground:
    """Rows laid out on a canvas; `start` and `long` say where the plot lies, `pitch` how far rows are apart."""

    canvas: Canvas
    axis: Axis
    rows: Sequence[Row]
    start: float
    long: float
    pitch: float
    bands: Sequence[Band] = ()

    @property
    def plane(self) -> Plane:
        """Return the plane of the plot: the axis across, the drawing's own units down."""
        return Plane(self.long, self.pitch * len(self.rows), self.canvas.mirrored, across=self.axis)

    @property
    def beside(self) -> bool:
        """Whether names stand beside their rows."""
        return self.canvas.width >= BESIDE

    def middle(self, row: int) -> float:
        """Return the height of a row's line within the plot."""
        return self.pitch * row + (self.pitch / 2 if self.beside else self.pitch * 0.7)

    def spot(self, value: float) -> float:
        """Return where a value stands, from the start of the canvas."""
        return self.start + self.long * (value - self.axis.low) / (self.axis.high - self.axis.low)

    def behind(self) -> list[Layer | None]:
        """Return what lies behind the marks: stripes of the bands with their edges, or the lines of the scale."""
        height = self.plane.height
        if not self.bands:
            return [marks("rule", [{"x": tick, "y": 0, "y2": height} for tick in ticks(self.axis)], stroke=FAINT)]
        found = inside(self.axis, self.bands)
        reach = self.axis.high - self.axis.low
        every = [{"x": self.axis.low + a * reach, "x2": self.axis.low + b * reach, "y": 0, "y2": height} for _, a, b in found]
        edges = [{"x": stripe["x"], "y": 0, "y2": height} for stripe in every[1:]]
        return [marks("rect", every[::2], fill=RAISED), marks("rule", edges, stroke=LINE, strokeDash=[3, 3])]

    def plot(self, *layers: Layer | None) -> None:
        """Draw the marks in front of the bands."""
        self.canvas.place(self.plane.drawn(*self.behind(), *layers), self.start, HEAD, self.long)

    def words(self, scale_title: str) -> None:
        """Write the names, the values, the stars of the bands and the scale."""
        for place, row in enumerate(self.rows):
            self.name(place, row)
            if row.value:
                self.canvas.text(
                    self.canvas.width - EDGE / 2, HEAD + self.middle(place) + NAME * 0.35, isolated(row.value), "end"
                )
        for band, first, last in inside(self.axis, self.bands):
            if (last - first) * self.long >= 26:
                self.canvas.starred(self.start + self.long * (first + last) / 2, HEAD - 13, band.star)
        below = HEAD + self.plane.height
        for tick in ticks(self.axis):
            # Between right-to-left words a sign would change sides.
            written = isolated(number(tick)) if tick < 0 else number(tick)
            self.canvas.text(self.spot(tick), below + 16, written, "middle", size=SMALL, colour=QUIET)
        self.canvas.text(self.start, below + 36, scale_title, size=SMALL, colour=QUIET)
        self.canvas.height = below + FOOT

    def name(self, place: int, row: Row) -> None:
        """Write the name of a row, as a link where it leads anywhere."""
        room = self.start - 2 * EDGE if self.beside else self.canvas.width - EDGE
        words = wrapped(row.name, NAME, room, 2 if self.beside else 1)
        middle = HEAD + (self.middle(place) if self.beside else self.pitch * place + self.pitch * 0.26)
        if row.href:
            self.canvas.add(f'<a href="{escape(row.href)}">')
        self.canvas.lines(0, middle, words, colour=ACCENT if row.href else INK, halo=not self.beside)
        if row.href:
            self.canvas.add("</a>")


def ground(
    rows: Sequence[Row], axis: Axis, *, language: str, width: float, bands: Sequence[Band] = (), more: float = 0, lanes: int = 1
) -> Ground:
    """Return the layout of some rows: `more` is room for marks after the plot, `lanes` how many marks a row has."""
    beside = width >= BESIDE
    longest = max((length(row.name, NAME) for row in rows), default=0)
    start = min(longest + 3, MOST_NAME * width) + 2 * EDGE if beside else EDGE
    after = max((length(row.value, NAME) for row in rows if row.value), default=0) + EDGE + more
    two = beside and any(len(wrapped(row.name, NAME, start - 2 * EDGE)) > 1 for row in rows)
    pitch = max(2 * NAME * LEADING + 6 if two else 32, 14 * lanes + 12) if beside else 34 + 14 * lanes
    return Ground(Canvas(language, width), axis, rows, start, width - start - after, pitch, bands)


def picture(name: str, ground: Ground, *, title: str, sentence: str, table: Table) -> Picture:
    """Return finished rows as a picture."""
    linked = any(row.href for row in ground.rows)
    canvas = ground.canvas
    return Picture(name, canvas.language, title, sentence, table, canvas.width, round(canvas.height, 1), canvas.body(), linked)


def empty(name: str, *, language: str, title: str, sentence: str, table: Table, width: float = SLIM) -> Picture:
    """Return the picture of nothing: its sentence on an empty sheet."""
    canvas = Canvas(language, width)
    canvas.box(0.5, 0.5, width - 1, EMPTY_ROOM - 1, fill=RAISED)
    lines = wrapped(sentence, NAME, width - 2 * EDGE)
    canvas.lines(EDGE, EMPTY_ROOM / 2, lines, colour=QUIET)
    return Picture(name, language, title, sentence, table, width, EMPTY_ROOM, canvas.body())


def dots(ground: Ground, spots: Sequence[dict[str, float]], **looks: object) -> Layer | None:
    """Return dots of the usual look at some spots of a ground."""
    return marks("point", spots, **{"filled": True, "size": 80, "fill": INK, "stroke": "var(--ground)", "strokeWidth": 1} | looks)


def spans(ground: Ground, spots: Sequence[dict[str, float]], **looks: object) -> Layer | None:
    """Return the lines of intervals of the usual look."""
    return marks("rule", spots, **{"stroke": MARK, "strokeWidth": 2.5, "strokeCap": "round"} | looks)
