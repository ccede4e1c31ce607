"""What became of a channel beside others: its change, that of the decoys, and the difference, each on its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.cycle import signed
from marsad.web.charts.ink import QUIET
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import axis_around
from marsad.web.charts.plot import marks
from marsad.web.charts.rows import Row, dots, ground, picture, spans
from marsad.web.charts.values import Interval
from marsad.web.charts.words import number, say, span
from marsad.web.texts import noop

DIGITS = 1
SAID = {
    "improved": noop("It improved by more than the decoys did."),
    "not-separable": noop("Its change is not separable from no change."),
    "worse": noop("It did worse than the decoys."),
}
"""What an outcome is said to be."""


@dataclass(frozen=True)
class Moved:
    """A change in points with its interval, and what it is called."""

    name: str
    change: Interval


def change(parts: Sequence[Moved], outcome: str, *, language: str, width: float = WIDE) -> Picture:
    """Return changes as dots on their intervals beside no change at all; `outcome` is what the last of them says."""
    title = say("Change since it was named", language)
    columns = (say("What", language), say("Change", language), say("Interval", language))
    cells = tuple((part.name, points(part.change.value), span(part.change.low, part.change.high, DIGITS)) for part in parts)
    table = Table(columns, cells, (1, 2))
    sentence = say(SAID[outcome], language) if parts else say("It has not been evaluated again yet.", language)
    if not parts:
        return row_pictures.empty("change", language=language, title=title, sentence=sentence, table=table, width=width)
    changes = [part.change for part in parts]
    axis = axis_around([[0.0], [c.value for c in changes]], [[c.low for c in changes], [c.high for c in changes]])
    land = ground([Row(part.name, points(part.change.value)) for part in parts], axis, language=language, width=width)
    placed = [(land.middle(place), part.change) for place, part in enumerate(parts) if not isnan(part.change.value)]
    land.plot(
        marks("rule", [{"x": 0.0, "y": 0.0, "y2": land.plane.height}], stroke=QUIET, strokeWidth=1.5),
        spans(land, [{"x": c.low, "x2": c.high, "y": y} for y, c in placed]),
        dots(land, [{"x": c.value, "y": y} for y, c in placed]),
    )
    land.words(say("Points; the line: no change", language))
    return picture("change", land, title=title, sentence=sentence, table=table)


def points(value: float) -> str:
    """Return a change with its sign, a dash where it is not known."""
    return number(value) if isnan(value) else signed(value, DIGITS)
