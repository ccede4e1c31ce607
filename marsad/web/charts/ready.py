"""How ready the lists of the best and the worst are: the places that are sure today, and those that more visits make sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.ink import AREA, FAINT, GROUND, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis
from marsad.web.charts.plot import marks
from marsad.web.charts.rows import Row, ground, picture
from marsad.web.charts.words import number, say, say_count


@dataclass(frozen=True)
class Places:
    """A list: of its `places` so many are sure `today`, and so many are expected to be `later`."""

    name: str
    places: int
    today: int
    later: float


def ready(lists: Sequence[Places], *, visits: int, language: str, width: float = WIDE) -> Picture:
    """Return the places of every list: full bars are sure today, thin ones are expected after so many more visits."""
    title = say("How ready the lists are", language)
    columns = (say("List", language), say("Places", language), say("Sure today", language), say("Expected later", language))
    cells = tuple((one.name, number(one.places), number(one.today), number(one.later, 1)) for one in lists)
    table, sentence = Table(columns, cells, (1, 2, 3)), ready_sentence(lists, visits, language)
    if not lists:
        return row_pictures.empty("ready", language=language, title=title, sentence=sentence, table=table, width=width)
    axis = Axis(0.0, float(max(one.places for one in lists)))
    land = ground([Row(one.name, number(one.later, 1)) for one in lists], axis, language=language, width=width)
    middles = [land.middle(place) for place in range(len(lists))]
    both = list(zip(middles, lists, strict=True))
    land.plot(
        marks("rect", [{"x": 0, "x2": one.places, "y": y - 8, "y2": y + 8} for y, one in both], fill=GROUND, stroke=FAINT),
        marks("rect", [{"x": 0, "x2": min(one.later, one.places), "y": y - 3, "y2": y + 3} for y, one in both], fill=AREA),
        marks("rect", [{"x": 0, "x2": one.today, "y": y - 8, "y2": y + 8} for y, one in both if one.today], fill=STAR),
    )
    land.words(say("Places; thick: sure today, thin: expected after the visits", language))
    return picture("ready", land, title=title, sentence=sentence, table=table)


def ready_sentence(lists: Sequence[Places], visits: int, language: str) -> str:
    """Return how many places are sure today, and how many more visits are expected to make sure."""
    if not lists:
        return say("No kind has enough channels for lists.", language)
    today, later = sum(one.today for one in lists), sum(one.later for one in lists)
    return say_count(
        "Of {n} place {today} is sure today, and {later} are expected to be after {visits} more visits.",
        "Of {n} places {today} are sure today, and {later} are expected to be after {visits} more visits.",
        sum(one.places for one in lists),
        language,
        today=today,
        later=round(later, 1),
        visits=visits,
    )
