"""What was promised beside what held: how often intervals of ranks hold the truth, and chances of stars against how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isnan
from types import MappingProxyType

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import SMALL, Canvas, ticks
from marsad.web.charts.ink import FAINT, GROUND, INK, LINE, QUIET, RAISED, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis
from marsad.web.charts.plot import Plane, marks
from marsad.web.charts.rows import Row, dots, ground, spans
from marsad.web.charts.values import Interval
from marsad.web.charts.words import number, plain, say, span
from marsad.web.texts import noop, percent

AIM, LOW, HIGH, LEAST = 90.0, 88.0, 92.0, 85.0
"""Of 100 intervals, how many should hold; between what ends on the model's own nation, and at least how many elsewhere."""
HEIGHT, HEAD, SIDE, AFTER = 320, 30, 48, 12
FEWEST = 5
"""Stars in a bin from which on it is drawn."""
SMALLEST, LARGEST = 30, 500
NATIONS: Mapping[str, str] = MappingProxyType(
    {
        "own": noop("What the model assumes"),
        "heavy-tails": noop("Heavy tails"),
        "skewed-n": noop("Few answers here, many there"),
        "raters": noop("Severe raters who drift"),
        "clusters": noop("A few entities far below"),
        "missing-pillars": noop("Missing pillars"),
        "modes": noop("Answers at a kiosk"),
        "halves": noop("The other half of the evidence"),
    }
)
"""What made nations are called, and real evidence dealt into halves."""
MODELS: Mapping[str, str] = MappingProxyType({"joint": noop("modelled together"), "plain": noop("not modelled together")})


@dataclass(frozen=True)
class Covered:
    """How often intervals held in a nation, in 100, with its own interval over cycles, and how wide they were as a share."""

    nation: str
    model: str
    held: Interval
    width: float

    def name(self, language: str) -> str:
        """Return what it is called; both parts are of one language, so nothing in it needs to be kept apart."""
        model = say(MODELS[self.model], language)
        return plain(say("{nation}, {model}", language, nation=say(NATIONS[self.nation], language), model=model))


def covered(found: Sequence[Covered], *, language: str, width: float = WIDE) -> Picture:
    """Return how many of 100 intervals of ranks held the true rank in every nation, beside how wide they were."""
    title = say("Of 100 intervals of ranks, those that hold the true rank", language)
    named = [one.name(language) for one in found]
    table = covered_table(found, named, language)
    sentence = covered_sentence(found, named, language)
    known = [part for one in found for part in one.held.parts if not isnan(part)]
    if not known:
        return row_pictures.empty("covered", language=language, title=title, sentence=sentence, table=table, width=width)
    axis = Axis(float(min(5 * floor(min(known) / 5), 80)), 100.0)
    lines = [Row(name, percent_of(one.width)) for name, one in zip(named, found, strict=True)]
    sheet = ground(lines, axis, language=language, width=width)
    middles = [sheet.middle(place) for place in range(len(found))]
    reaches = [{"x": one.held.low, "x2": one.held.high, "y": y} for one, y in zip(found, middles, strict=True)]
    values = [{"x": one.held.value, "y": y} for one, y in zip(found, middles, strict=True)]
    high = sheet.plane.height
    sheet.plot(
        marks("rect", [{"x": LOW, "x2": HIGH, "y": 0, "y2": high}], fill=RAISED, stroke=FAINT),
        marks("rule", [{"x": AIM, "y": 0, "y2": high}], stroke=LINE, strokeDash=[3, 3]),
        spans(sheet, reaches),
        dots(sheet, values),
    )
    sheet.words(say("intervals that held, of 100; at the end of a row, how much of all places an interval takes", language))
    return row_pictures.picture("covered", sheet, title=title, sentence=sentence, table=table)


def covered_sentence(found: Sequence[Covered], named: Sequence[str], language: str) -> str:
    """Return in how many nations intervals held as often as they should, and where least."""
    known = [(one.held.value, name) for one, name in zip(found, named, strict=True) if one.held.known]
    if not known:
        return say("Nothing was tried yet.", language)
    least, where = min(known)
    enough = sum(value >= LEAST for value, _ in known)
    message = noop("In {enough} of {n} rows at least {least} of 100 intervals held; fewest in: {where}, {value}.")
    return say(message, language, enough=enough, n=len(known), least=LEAST, where=where, value=number(least, 1))


def covered_table(found: Sequence[Covered], named: Sequence[str], language: str) -> Table:
    """Return the same as text."""
    columns = tuple(say(word, language) for word in (noop("Nation"), noop("Held, of 100"), noop("Between"), noop("Width")))
    rows = tuple(
        (name, number(one.held.value, 1), span(one.held.low, one.held.high, 1), percent_of(one.width))
        for name, one in zip(named, found, strict=True)
    )
    return Table(columns, rows, (1, 2, 3))


def percent_of(share: float) -> str:
    """Return a share in whole per cent, a mark where there is none."""
    return number(share) if isnan(share) else percent(share)


@dataclass(frozen=True)
class Kept:
    """Stars that were published with about the same chance: what was `promised` on the mean, the share that `held`, how many."""

    promised: float
    held: float
    count: int


def stars(found: Sequence[Kept], *, language: str, width: float = WIDE) -> Picture:
    """Return how often published stars were the true ones against the chance they were published with."""
    title = say("Chances of stars, and how often they held", language)
    known = [one for one in found if one.count >= FEWEST]
    columns = tuple(say(word, language) for word in (noop("Promised, of 100"), noop("Held, of 100"), noop("Stars")))
    rows = tuple((number(100 * one.promised, 1), number(100 * one.held, 1), number(one.count)) for one in found if one.count)
    table = Table(columns, rows, (0, 1, 2))
    sentence = stars_sentence(known, language)
    if not known:
        return row_pictures.empty("promised-stars", language=language, title=title, sentence=sentence, table=table, width=width)
    axis, long, canvas = Axis(0.0, 100.0), width - SIDE - AFTER, Canvas(language, width)
    most = max(one.count for one in known)
    circles = (
        marks(
            "point",
            [{"x": 100 * one.promised, "y": 100 * one.held}],
            filled=True,
            fill=STAR,
            fillOpacity=0.8,
            stroke=GROUND,
            size=SMALLEST + (LARGEST - SMALLEST) * one.count / most,
        )
        for one in known
    )
    grid = [marks("rule", [{"y": tick, "x": 0, "x2": 100} for tick in ticks(axis)], stroke=FAINT)]
    ideal = marks("line", [{"x": 0, "y": 0}, {"x": 100, "y": 100}], stroke=INK, strokeWidth=1, strokeDash=[4, 4])
    plane = Plane(long, HEIGHT, canvas.mirrored, across=axis, up=axis)
    canvas.place(plane.drawn(*grid, ideal, *circles), SIDE, HEAD, long)
    canvas.text(0, 14, say("stars that were the true one, of 100", language), size=SMALL, colour=QUIET)
    for tick in ticks(axis):
        along, up = SIDE + long * tick / 100, HEAD + HEIGHT * (1 - tick / 100)
        canvas.text(SIDE - 8, up + 4, number(tick), "end", size=SMALL, colour=QUIET)
        canvas.text(along, HEAD + HEIGHT + 18, number(tick), "middle", size=SMALL, colour=QUIET)
    across = say("the chance they were published with, of 100", language)
    canvas.text(width, HEAD + HEIGHT + 38, across, "end", size=SMALL, colour=QUIET)
    canvas.height = HEAD + HEIGHT + 46
    return Picture("promised-stars", language, title, sentence, table, width, canvas.height, canvas.body())


def stars_sentence(known: Sequence[Kept], language: str) -> str:
    """Return how many stars were promised to hold on the mean, and how many did."""
    total = sum(one.count for one in known)
    if not total:
        return say("Too few stars were published to say how often their chances hold.", language)
    promised, held = (
        100 * sum(one.count * share for one, share in zip(known, shares, strict=True)) / total
        for shares in ([one.promised for one in known], [one.held for one in known])
    )
    message = noop("Of {n} published stars {promised} in 100 should have been the true one, and {held} in 100 were.")
    return say(message, language, n=total, promised=number(promised, 1), held=number(held, 1))
