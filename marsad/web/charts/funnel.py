"""A funnel: channels by how many answers they have, between the limits of what chance and their usual differences explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import SMALL, Canvas, ticks
from marsad.web.charts.ink import FAINT, GROUND, INK, LINE, QUIET, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import Plane, marks
from marsad.web.charts.scatter import AFTER, HEAD, HEIGHT, SIDE, Spot, named
from marsad.web.charts.words import number, say, say_count


@dataclass(frozen=True)
class Limit:
    """Where the limits are at some number of answers."""

    answers: float
    low: float
    high: float


def funnel(spots: Sequence[Spot], limits: Sequence[Limit], target: float, *, language: str, width: float = WIDE) -> Picture:
    """Return channels as dots, answers across and score up, with the target and the limits; marked ones are named."""
    title, across, up = (
        say("Scores by answers, and what chance explains", language),
        say("Answers", language),
        say("Score", language),
    )
    cells = tuple((one.name, number(one.across), number(one.up, 1), "×" if one.marked else "") for one in spots)
    table = Table((say("Channel", language), across, up, say("To look at", language)), cells, (1, 2))
    known = [spot for spot in spots if not isnan(spot.across + spot.up)]
    sentence = funnel_sentence(known, language)
    if not known or not limits:
        return row_pictures.empty("funnel", language=language, title=title, sentence=sentence, table=table, width=width)
    x = axis_around([[spot.across for spot in known], [0.0]])
    y = axis_around([[spot.up for spot in known], [one.low for one in limits], [one.high for one in limits]])
    canvas, long = Canvas(language, width), width - SIDE - AFTER
    plain, marked = ([{"x": s.across, "y": s.up} for s in known if s.marked is kept] for kept in (False, True))
    looks = {"filled": True, "stroke": GROUND, "strokeWidth": 0.75}
    layers = (
        marks("rule", [{"y": tick, "x": x.low, "x2": x.high} for tick in ticks(y)], stroke=FAINT),
        marks("rule", [{"x": x.low, "x2": x.high, "y": target}], stroke=LINE),
        *(
            marks("line", [{"x": one.answers, "y": end} for one, end in ends], stroke=QUIET, strokeDash=[4, 3])
            for ends in ([(one, one.low) for one in limits], [(one, one.high) for one in limits])
        ),
        marks("point", plain, fill=STAR, fillOpacity=0.75, size=55, **looks),
        marks("point", marked, fill=INK, size=90, shape="diamond", **looks),
    )
    canvas.place(Plane(long, HEIGHT, canvas.mirrored, across=x, up=y).drawn(*layers), SIDE, HEAD, long)
    written(canvas, x, y, across, up)
    named(canvas, known, x, y)
    canvas.height = HEAD + HEIGHT + 46
    return Picture("funnel", language, title, sentence, table, width, canvas.height, canvas.body())


def written(canvas: Canvas, x: Axis, y: Axis, across: str, up: str) -> None:
    """Write both scales with what they measure."""
    long = canvas.width - SIDE - AFTER
    canvas.text(0, 14, up, size=SMALL, colour=QUIET)
    for tick in ticks(y):
        down = HEAD + HEIGHT * (y.high - tick) / (y.high - y.low) + 4
        canvas.text(SIDE - 8, down, number(tick), "end", size=SMALL, colour=QUIET)
    for tick in ticks(x):
        at = SIDE + long * (tick - x.low) / (x.high - x.low)
        canvas.text(at, HEAD + HEIGHT + 18, number(tick), "middle", size=SMALL, colour=QUIET)
    canvas.text(canvas.width, HEAD + HEIGHT + 38, across, "end", size=SMALL, colour=QUIET)


def funnel_sentence(known: Sequence[Spot], language: str) -> str:
    """Return how many channels are farther off than chance and their usual differences explain."""
    if not known:
        return say("No league has enough channels for a funnel.", language)
    return say_count(
        "Of {total} channels {n} is farther off than chance and the usual differences explain.",
        "Of {total} channels {n} are farther off than chance and the usual differences explain.",
        sum(spot.marked for spot in known),
        language,
        total=len(known),
    )
