"""Two measures of the same channels against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import SMALL, Canvas, ticks
from marsad.web.charts.ink import FAINT, GROUND, INK, QUIET, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import Plane, marks
from marsad.web.charts.words import length, number, say, shortened

HEIGHT, HEAD, SIDE, AFTER = 320, 30, 48, 12
FEWEST = 10
"""With fewer channels nothing is said about whether two measures go together."""
TOGETHER = 0.3
LINE = 14
"""How far apart names are that do not touch."""


@dataclass(frozen=True)
class Spot:
    """A channel with its two measures; `marked` ones are named in the picture."""

    name: str
    across: float
    up: float
    marked: bool = False


def scatter(spots: Sequence[Spot], *, across: str, up: str, language: str, width: float = WIDE) -> Picture:
    """Return channels as dots, one measure across and one up, each named by its title."""
    known = [spot for spot in spots if not isnan(spot.across + spot.up)]
    title = say("{up} against {across}", language, up=up, across=across)
    table = Table((say("Channel", language), across, up), tuple((s.name, number(s.across), number(s.up)) for s in spots), (1, 2))
    sentence = scatter_sentence(known, across, up, language)
    if not known:
        return row_pictures.empty("scatter", language=language, title=title, sentence=sentence, table=table, width=width)
    x, y = axis_around([[spot.across for spot in known]]), axis_around([[spot.up for spot in known]])
    canvas, long = Canvas(language, width), width - SIDE - AFTER
    grid = [
        marks("rule", [{"y": tick, "x": x.low, "x2": x.high} for tick in ticks(y)], stroke=FAINT),
        marks("rule", [{"x": tick, "y": y.low, "y2": y.high} for tick in ticks(x)], stroke=FAINT),
    ]
    plain, marked = ([{"x": s.across, "y": s.up} for s in known if s.marked is kept] for kept in (False, True))
    looks = {"filled": True, "stroke": GROUND, "strokeWidth": 0.75}
    plane = Plane(long, HEIGHT, canvas.mirrored, across=x, up=y)
    layers = (
        *grid,
        marks("point", plain, fill=STAR, fillOpacity=0.75, size=55, **looks),
        marks("point", marked, fill=INK, size=90, **looks),
    )
    canvas.place(plane.drawn(*layers), SIDE, HEAD, long)
    canvas.text(0, 14, up, size=SMALL, colour=QUIET)
    for tick in ticks(y):
        canvas.text(
            SIDE - 8, HEAD + HEIGHT * (y.high - tick) / (y.high - y.low) + 4, number(tick), "end", size=SMALL, colour=QUIET
        )
    for tick in ticks(x):
        canvas.text(
            SIDE + long * (tick - x.low) / (x.high - x.low), HEAD + HEIGHT + 18, number(tick), "middle", size=SMALL, colour=QUIET
        )
    named(canvas, known, x, y)
    canvas.text(width, HEAD + HEIGHT + 38, across, "end", size=SMALL, colour=QUIET)
    canvas.height = HEAD + HEIGHT + 46
    return Picture("scatter", language, title, sentence, table, width, canvas.height, canvas.body())


def named(canvas: Canvas, known: Sequence[Spot], x: Axis, y: Axis) -> None:
    """Write the names of marked dots beside them, before them where there is no room after.

    The highest come first; a name that would lie on another or on a marked dot is left to the dot's title and the table.
    """
    long, taken = canvas.width - SIDE - AFTER, list[tuple[float, float, float]]()
    marked = sorted((spot for spot in known if spot.marked), key=lambda spot: -spot.up)
    dots = [
        (SIDE + long * (s.across - x.low) / (x.high - x.low), HEAD + HEIGHT * (y.high - s.up) / (y.high - y.low)) for s in marked
    ]
    numbers = [HEAD + HEIGHT * (y.high - tick) / (y.high - y.low) for tick in ticks(y)]
    for spot, (at, middle) in zip(marked, dots, strict=True):
        begin = SIDE if any(abs(middle - other) < LINE for other in numbers) else 0
        after = at + 10 + length(spot.name, SMALL) < canvas.width or at < canvas.width / 2
        name = shortened(spot.name, SMALL, (canvas.width - at if after else at - begin) - 10)
        first = at + 9 if after else at - 9 - length(name, SMALL)
        last = first + length(name, SMALL)
        lies = any(abs(middle - other) < LINE and first <= end and last >= start for other, start, end in taken)
        if lies or any(abs(middle - down) < LINE / 2 and first - 6 < dot < last + 6 for dot, down in dots if dot != at):
            continue
        canvas.text(at + 9 if after else at - 9, middle + 4, name, "start" if after else "end", size=SMALL, halo=True)
        taken.append((middle, first, last))


def scatter_sentence(known: Sequence[Spot], across: str, up: str, language: str) -> str:
    """Return whether the two measures go together, by the correlation of their ranks."""
    together = rank_correlation([spot.across for spot in known], [spot.up for spot in known]) if len(known) >= FEWEST else nan
    values = {"across": across, "up": up, "n": len(known), "r": number(together, 2)}
    if isnan(together):
        return say("There are too few channels to say whether {across} and {up} go together.", language, **values)
    if abs(together) < TOGETHER:
        return say("Of {n} channels, {across} says little about {up} (correlation of ranks {r}).", language, **values)
    if together > 0:
        return say(
            "Of {n} channels, those with more {across} tend to have more {up} (correlation of ranks {r}).", language, **values
        )
    return say("Of {n} channels, those with more {across} tend to have less {up} (correlation of ranks {r}).", language, **values)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the correlation of the ranks of two measures, NaN where one of them never differs."""
    ranks = [mean_ranks(np.asarray(values, float)) for values in (first, second)]
    if any(rank.std() == 0 for rank in ranks):
        return nan
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of every value, ties sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place])
