"""Where visits go: channels as dots where they lie, north up and never mirrored, those visited as large as their visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, isnan, radians

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import SMALL, Canvas
from marsad.web.charts.ink import GROUND, MARK, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis
from marsad.web.charts.plot import Plane, marks
from marsad.web.charts.words import length, number, say, say_count, shortened

EDGE, LEAST, MOST, SHORTEST = 24, 160, 460, 0.02
"""Room around the dots, the least and the most height, and the least stretch in degrees."""
NAMED, ROOM = 6, 14
"""So many are named, if no other name is nearer."""
SMALLEST, LARGEST = 60, 900


@dataclass(frozen=True)
class Place:
    """A channel, where it lies (NaN: not known), and how many of the next visits it gets."""

    name: str
    latitude: float
    longitude: float
    visits: int


def places(spots: Sequence[Place], *, language: str, width: float = WIDE) -> Picture:
    """Return channels where they lie, those with visits as circles whose area counts them; the most visited are named."""
    visited = sorted((spot for spot in spots if spot.visits), key=lambda spot: -spot.visits)
    title = say("Where the next visits go", language)
    table = Table(
        (say("Channel", language), say("Visits", language)), tuple((spot.name, number(spot.visits)) for spot in visited), (1,)
    )
    sentence = places_sentence(visited, language)
    known = [spot for spot in spots if not isnan(spot.latitude + spot.longitude)]
    if not known:
        return row_pictures.empty("places", language=language, title=title, sentence=sentence, table=table, width=width)
    canvas, (x, y, high) = Canvas(language, width), sheet(known, width)
    most = max(spot.visits for spot in spots)
    circles = (
        marks(
            "point",
            [spot_of(spot)],
            fill=STAR,
            fillOpacity=0.7,
            stroke=GROUND,
            strokeWidth=0.75,
            filled=True,
            size=area(spot, most),
        )
        for spot in visited
    )
    plain = marks("point", [spot_of(spot) for spot in known if not spot.visits], fill=MARK, fillOpacity=0.6, filled=True, size=22)
    plane = Plane(width, high, mirrored=False, across=x, up=y)
    canvas.place(plane.drawn(*(layer for layer in (plain, *circles) if layer)), 0, 0, width)
    named(canvas, [spot for spot in visited if not isnan(spot.latitude + spot.longitude)], x, y, high)
    canvas.height = high
    return Picture("places", language, title, sentence, table, width, canvas.height, canvas.body())


def sheet(known: Sequence[Place], width: float) -> tuple[Axis, Axis, float]:
    """Return the axes of longitude and latitude, and the height, of a map so wide on which all ways are of one scale."""
    norths, easts = [spot.latitude for spot in known], [spot.longitude for spot in known]
    narrow = max(cos(radians((min(norths) + max(norths)) / 2)), 0.1)
    tall, long = max(max(norths) - min(norths), SHORTEST), max((max(easts) - min(easts)) * narrow, SHORTEST)
    scale = min((width - 2 * EDGE) / long, (MOST - 2 * EDGE) / tall)
    high = max(tall * scale + 2 * EDGE, LEAST)
    north, east = (min(norths) + max(norths)) / 2, (min(easts) + max(easts)) / 2
    return (
        Axis(east - width / 2 / scale / narrow, east + width / 2 / scale / narrow),
        Axis(north - high / 2 / scale, north + high / 2 / scale),
        round(high, 1),
    )


def spot_of(spot: Place) -> dict[str, float]:
    """Return where a channel is drawn."""
    return {"x": spot.longitude, "y": spot.latitude}


def area(spot: Place, most: int) -> float:
    """Return how large the circle of a channel is."""
    return SMALLEST + (LARGEST - SMALLEST) * spot.visits / most


def named(canvas: Canvas, visited: Sequence[Place], x: Axis, y: Axis, high: float) -> None:
    """Write the names of the most visited beside them, where no other name is in the way."""
    lines: list[float] = []
    for spot in visited:
        left = canvas.width * (spot.longitude - x.low) / (x.high - x.low)
        down = high * (y.high - spot.latitude) / (y.high - y.low) + 4
        if len(lines) == NAMED or any(abs(down - line) < ROOM for line in lines):
            continue
        start = canvas.width - left if canvas.mirrored else left
        after = start + 22 + length(spot.name, SMALL) < canvas.width or start < canvas.width / 2
        words = shortened(spot.name, SMALL, (canvas.width - start if after else start) - 22)
        canvas.text(start + 18 if after else start - 18, down, words, "start" if after else "end", size=SMALL, halo=True)
        lines.append(down)


def places_sentence(visited: Sequence[Place], language: str) -> str:
    """Return how many visits go to how many channels, and where most go."""
    if not visited:
        return say("No visit is planned.", language)
    total = sum(spot.visits for spot in visited)
    first = visited[0]
    return say_count(
        "{visits} visits go to {n} channel: {name}.",
        "{visits} visits go to {n} channels; {name} gets {most} of them.",
        len(visited),
        language,
        visits=total,
        name=first.name,
        most=first.visits,
    )
