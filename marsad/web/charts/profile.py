"""The parts of a score: one channel against its peers, and a few channels side by side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isnan, nan

from marsad.core.problem import Problem
from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import NAME, Canvas, ring
from marsad.web.charts.ink import ACCENT, AREA, FOCUS, GROUND, INK, LINE, QUIET, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import Layer, Plane, marks
from marsad.web.charts.rows import EDGE, HEAD, Ground, Row, dots, ground, picture, spans
from marsad.web.charts.values import Channel, Interval
from marsad.web.charts.words import length, number, say, say_count, span, wrapped
from marsad.web.texts import noop

LOOKS = (
    ("circle", FOCUS, (1, 0)),
    ("square", STAR, (7, 3)),
    ("diamond", INK, (2, 3)),
    ("triangle-up", ACCENT, (9, 3, 2, 3)),
    ("cross", QUIET, (4, 2)),
)
"""The shape, colour and dash of each of up to five channels: any one of the three tells them apart."""


@dataclass(frozen=True)
class Part:
    """A part of a score with the middle half of the peers: lower quartile, median, upper quartile; `n` counts the answers."""

    name: str
    score: Interval
    quartiles: tuple[float, float, float] = (nan, nan, nan)
    n: int = 0
    href: str = ""


def profile(parts: Sequence[Part], *, language: str, axis: Axis | None = None, width: float = WIDE) -> Picture:
    """Return every part as a dot on its interval, in front of the middle half of the peers and their median."""
    axis = axis or axis_around(
        [[part.score.value for part in parts], [q for part in parts for q in part.quartiles]],
        [[part.score.low for part in parts], [part.score.high for part in parts]],
    )
    title, table = say("Profile against peers", language), profile_table(parts, axis, language)
    sentence = profile_sentence(parts, language)
    if not parts:
        return row_pictures.empty("profile", language=language, title=title, sentence=sentence, table=table, width=width)
    listed = [Row(part.name, number(part.score.value, axis.digits), part.href) for part in parts]
    land = ground(listed, axis, language=language, width=width)
    placed = [(land.middle(place), part) for place, part in enumerate(parts)]
    land.plot(
        marks(
            "rect",
            [{"x": p.quartiles[0], "x2": p.quartiles[2], "y": y - 8, "y2": y + 8} for y, p in placed],
            fill=AREA,
            fillOpacity=0.35,
        ),
        marks("rule", [{"x": p.quartiles[1], "y": y - 8, "y2": y + 8} for y, p in placed], stroke=ACCENT, strokeWidth=2.5),
        spans(land, [{"x": p.score.low, "x2": p.score.high, "y": y} for y, p in placed]),
        dots(land, [{"x": p.score.value, "y": y} for y, p in placed]),
    )
    land.words(say("Score; shaded: the middle half of its peers, with their median", language))
    for y, part in placed:
        if not part.score.known:
            ring(land.canvas, land.start + 6, HEAD + y)
    return picture("profile", land, title=title, sentence=sentence, table=table)


def profile_sentence(parts: Sequence[Part], language: str) -> str:
    """Return in how many parts the channel is clearly above and below the median of its peers."""
    told = [part for part in parts if part.score.bounded and not isnan(part.quartiles[1])]
    if not told:
        return say("There is nothing yet to compare with peers.", language)
    above = sum(part.score.low > part.quartiles[1] for part in told)
    below = sum(part.score.high < part.quartiles[1] for part in told)
    message = noop("Of {total} parts, {above} stand clearly above the median of peers and {below} clearly below it.")
    return say(message, language, total=len(told), above=above, below=below)


def profile_table(parts: Sequence[Part], axis: Axis, language: str) -> Table:
    """Return the profile as text."""
    columns = (
        say("Part", language),
        say("Score", language),
        say("Interval", language),
        say("Median of peers", language),
        say("Middle half of peers", language),
        say("Answers", language),
    )
    rows = tuple(
        (
            part.name,
            number(part.score.value, axis.digits),
            span(part.score.low, part.score.high, axis.digits),
            number(part.quartiles[1], axis.digits),
            span(part.quartiles[0], part.quartiles[2], axis.digits),
            number(part.n),
        )
        for part in parts
    )
    return Table(columns, rows, (1, 2, 3, 4, 5))


def compare(
    channels: Sequence[Channel],
    parts: Sequence[tuple[str, Sequence[Interval]]],
    *,
    language: str,
    axis: Axis | None = None,
    width: float = WIDE,
) -> Picture:
    """Return the profiles of up to five channels on each other; each part has its name and one interval per channel."""
    if len(channels) > len(LOOKS):
        raise Problem(f"{len(channels)} channels are too many for one picture", remedy=f"choose at most {len(LOOKS)}")
    every = [score for _, scores in parts for score in scores]
    axis = axis or axis_around([[s.value for s in every]], [[s.low for s in every], [s.high for s in every]])
    title, table = say("Profiles side by side", language), compare_table(channels, parts, axis, language)
    sentence = compare_sentence(channels, parts, language)
    if not (channels and parts):
        return row_pictures.empty("compare", language=language, title=title, sentence=sentence, table=table, width=width)
    land = ground([Row(name) for name, _ in parts], axis, language=language, width=width, lanes=len(channels))
    between = [{"x": axis.low, "x2": axis.high, "y": land.pitch * row} for row in range(1, len(parts))]
    layers: list[Layer | None] = [marks("rule", between, stroke=LINE)]
    for own, _ in enumerate(channels):
        layers += own_layers(land, own, len(channels), [scores[own] for _, scores in parts])
    land.plot(*layers)
    land.words(say("Score", language))
    key(land, channels)
    return picture("compare", land, title=title, sentence=sentence, table=table)


def own_layers(land: Ground, own: int, of: int, scores: Sequence[Interval]) -> list[Layer | None]:
    """Return the intervals and shapes of one channel, joined by its own kind of line."""
    shape, colour, dash = LOOKS[own]
    lane = 14 * (own - (of - 1) / 2)
    placed = [(land.middle(at) + lane, score) for at, score in enumerate(scores)]
    joined = [(a, b) for a, b in itertools.pairwise(placed) if a[1].known and b[1].known]
    ways = [{"x": a[1].value, "y": a[0], "x2": b[1].value, "y2": b[0]} for a, b in joined]
    return [
        marks("rule", ways, stroke=colour, strokeDash=list(dash), strokeWidth=1, strokeOpacity=0.7),
        spans(land, [{"x": s.low, "x2": s.high, "y": y} for y, s in placed], stroke=colour, strokeWidth=2),
        dots(land, [{"x": s.value, "y": y} for y, s in placed], shape=shape, fill=colour, stroke=GROUND, size=90),
    ]


def key(land: Ground, channels: Sequence[Channel]) -> None:
    """Write under the picture which channel has which shape and line."""
    canvas: Canvas = land.canvas
    start, top = 0.0, canvas.height + 8
    for place, channel in enumerate(channels):
        name = wrapped(channel.name, NAME, canvas.width - 60, 1)[0]
        long = 44 + length(name, NAME)
        if start and start + long > canvas.width:
            start, top = 0.0, top + 26
        canvas.place(sample(place), start, top - 8, 30)
        canvas.text(start + 38, top + NAME * 0.35, name)
        start += long + 2 * EDGE
    canvas.height = top + 18


@cache
def sample(place: int) -> str:
    """Return the shape and line of a channel, as its key shows it."""
    shape, colour, dash = LOOKS[place]
    line = marks("rule", [{"x": 0, "x2": 30, "y": 8}], stroke=colour, strokeDash=list(dash), strokeWidth=1.5)
    point = marks("point", [{"x": 15, "y": 8}], shape=shape, filled=True, fill=colour, stroke=GROUND, size=90)
    return Plane(30, 16, mirrored=False).drawn(line, point)


def compare_sentence(channels: Sequence[Channel], parts: Sequence[tuple[str, Sequence[Interval]]], language: str) -> str:
    """Return in how many parts the channels are clearly apart: where the highest and the lowest interval do not meet."""
    if not (channels and parts):
        return say("Choose two to five channels to see them side by side.", language)
    apart = 0
    for _, scores in parts:
        told = [score for score in scores if score.bounded]
        apart += bool(told) and max(score.low for score in told) > min(score.high for score in told)
    return say_count(
        "In {n} of {total} parts the highest and the lowest interval are clearly apart.",
        "In {n} of {total} parts the highest and the lowest intervals are clearly apart.",
        apart,
        language,
        total=len(parts),
    )


def compare_table(
    channels: Sequence[Channel], parts: Sequence[tuple[str, Sequence[Interval]]], axis: Axis, language: str
) -> Table:
    """Return the profiles as text: a row per part, a column per channel."""
    rows = tuple((name, *(number(score.value, axis.digits) for score in scores)) for name, scores in parts)
    return Table((say("Part", language), *(channel.name for channel in channels)), rows, tuple(range(1, len(channels) + 1)))
