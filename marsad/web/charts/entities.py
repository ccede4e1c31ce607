"""The entities of a kind in their order: means of their channels on their intervals, those that are named told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.ink import STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.rows import Row, dots, ground, spans
from marsad.web.charts.values import Band, Interval
from marsad.web.charts.words import number, say, span

FIRST = 40
"""So many rows are drawn; the table holds all."""


@dataclass(frozen=True)
class Standing:
    """Where an entity stands by the mean of so many channels; `verdict` is what is said of it, '' for nothing."""

    name: str
    rank: int
    mean: Interval
    channels: int
    verdict: str = ""
    is_named: bool = False
    href: str = ""


def entities(
    standings: Sequence[Standing], bands: Sequence[Band] = (), *, language: str, first: int = FIRST, width: float = WIDE
) -> Picture:
    """Return entities, given best first, as dots on their intervals, larger and in the colour of stars where they are named."""
    means = [one.mean for one in standings]
    axis = axis_around([[mean.value for mean in means]], [[mean.low for mean in means], [mean.high for mean in means]])
    title, table = say("Means of entities on their intervals", language), standings_table(standings, axis, language)
    sentence = standings_sentence(standings, axis, language)
    if not standings:
        return row_pictures.empty("entities", language=language, title=title, sentence=sentence, table=table, width=width)
    shown = list(standings[:first])
    listed = [Row(one.name, number(one.mean.value, axis.digits), one.href) for one in shown]
    land = ground(listed, axis, language=language, width=width, bands=bands)
    spots = [{"x": one.mean.value, "y": land.middle(place)} for place, one in enumerate(shown)]
    named = [spot for spot, one in zip(spots, shown, strict=True) if one.is_named]
    others = [spot for spot, one in zip(spots, shown, strict=True) if not one.is_named]
    lines = [{"x": one.mean.low, "x2": one.mean.high, "y": spot["y"]} for one, spot in zip(shown, spots, strict=True)]
    land.plot(spans(land, lines), dots(land, others), dots(land, named, size=170, fill=STAR))
    land.words(say("Mean score of its channels", language))
    return row_pictures.picture("entities", land, title=title, sentence=sentence, table=table)


def standings_sentence(standings: Sequence[Standing], axis: Axis, language: str) -> str:
    """Return who stands first and who last."""
    if not standings:
        return say("No entity has enough rated channels here.", language)
    first, last = standings[0], standings[-1]
    said = {"name": first.name, "total": len(standings), "score": number(first.mean.value, axis.digits)}
    if len(standings) == 1:
        return say("{name} stands alone, with {score}.", language, **said)
    ending = {"last": last.name, "least": number(last.mean.value, axis.digits)}
    return say("{name} stands first of {total} entities with {score}, {last} last with {least}.", language, **said, **ending)


def standings_table(standings: Sequence[Standing], axis: Axis, language: str) -> Table:
    """Return the standings as text."""
    rows = tuple(
        (
            number(one.rank),
            one.name,
            number(one.mean.value, axis.digits),
            span(one.mean.low, one.mean.high, axis.digits),
            number(one.channels),
            one.verdict,
        )
        for one in standings
    )
    named = [say("Rank", language), say("Entity", language), say("Mean score", language), say("Interval", language)]
    return Table((*named, say("Rated channels", language), say("Verdict", language)), rows, (0, 2, 3, 4))
