"""On which choices of a rating its ranks hang: how much of their shift goes with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.ink import AREA, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis
from marsad.web.charts.plot import marks
from marsad.web.charts.rows import Row, ground, picture
from marsad.web.charts.words import number, say
from marsad.web.texts import percent


@dataclass(frozen=True)
class Choice:
    """A choice, and the shares of the variance that go with it `alone`, and with all it does `together` with others."""

    name: str
    alone: float
    together: float


def choices(found: Sequence[Choice], *, language: str, width: float = WIDE) -> Picture:
    """Return the shares of every choice: thick what it does alone, thin what it does together with others."""
    title = say("On which choices ranks hang", language)
    columns = (say("Choice", language), say("Alone", language), say("Together with others", language))
    table = Table(columns, tuple((one.name, shown(one.alone), shown(one.together)) for one in found), (1, 2))
    known = [one for one in found if not isnan(one.together)]
    sentence = choices_sentence(known, language)
    if not known:
        return row_pictures.empty("choices", language=language, title=title, sentence=sentence, table=table, width=width)
    land = ground([Row(one.name, shown(one.together)) for one in known], Axis(0.0, 100.0), language=language, width=width)
    both = [(land.middle(place), one) for place, one in enumerate(known)]
    land.plot(
        marks("rect", [{"x": 0, "x2": held(one.together), "y": y - 3, "y2": y + 3} for y, one in both], fill=AREA),
        marks("rect", [{"x": 0, "x2": held(one.alone), "y": y - 8, "y2": y + 8} for y, one in both], fill=STAR),
    )
    land.words(say("Per cent of the variance; thick: alone, thin: together with others", language))
    return picture("choices", land, title=title, sentence=sentence, table=table)


def held(share: float) -> float:
    """Return a share in per cent, within the scale: of few ratings an index may be a little beyond either end."""
    return 0.0 if isnan(share) else 100 * min(max(share, 0.0), 1.0)


def shown(share: float) -> str:
    """Return a share as text, a mark where it is not known."""
    return number(share) if isnan(share) else percent(min(max(share, 0.0), 1.0))


def choices_sentence(known: Sequence[Choice], language: str) -> str:
    """Return the choice that moves ranks most."""
    if not known:
        return say("Nothing that was tried moves a rank, or some of it rates nobody.", language)
    most = max(known, key=lambda one: one.together)
    return say(
        "Ranks hang most on one choice: {choice}, {share} of the variance.",
        language,
        choice=most.name,
        share=shown(most.together),
    )
