"""What stands between a cycle and its publication: where evidence is missing, and who moved since the last run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.ink import AREA, BAD, FAINT, GOOD, GROUND, MARK, QUIET, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import marks
from marsad.web.charts.rows import HEAD, Row, dots, ground, picture
from marsad.web.charts.words import number, say, say_count
from marsad.web.texts import noop, percent


@dataclass(frozen=True)
class Source:
    """A source of evidence: of `total` channels that need it, `enough` have enough and `some` have any."""

    name: str
    enough: int
    some: int
    total: int
    href: str = ""


@dataclass(frozen=True)
class Move:
    """A channel's score before and after, with its stars (NaN where there is none)."""

    name: str
    before: float
    after: float
    star_before: float = nan
    star_after: float = nan
    href: str = ""


def coverage(sources: Sequence[Source], *, language: str, width: float = WIDE) -> Picture:
    """Return the share of channels with enough evidence of every source, and of those with some but not enough."""
    title = say("Evidence by source", language)
    rows = tuple(
        (s.name, number(s.enough), number(s.some - s.enough), number(s.total - s.some), number(s.total)) for s in sources
    )
    columns = (
        say("Source", language),
        say("Channels with enough", language),
        say("with too little", language),
        say("with none", language),
        say("Channels", language),
    )
    table, sentence = Table(columns, rows, (1, 2, 3, 4)), coverage_sentence(sources, language)
    if not sources:
        return row_pictures.empty("coverage", language=language, title=title, sentence=sentence, table=table, width=width)
    listed = [Row(s.name, percent(s.enough / s.total) if s.total else number(nan), s.href) for s in sources]
    land = ground(listed, Axis(0.0, 100.0), language=language, width=width)
    whole, enough, some = [], [], []
    for place, source in enumerate(sources):
        y = land.middle(place)
        full, part = (100 * held / source.total if source.total else 0.0 for held in (source.enough, source.some))
        whole.append({"x": 0, "x2": 100, "y": y - 8, "y2": y + 8})
        enough.append({"x": 0, "x2": full, "y": y - 8, "y2": y + 8})
        some.append({"x": full, "x2": part, "y": y - 3, "y2": y + 3})
    land.plot(
        marks("rect", whole, fill=GROUND, stroke=FAINT),
        marks("rect", some, fill=AREA, fillOpacity=0.45),
        marks("rect", enough, fill=STAR),
    )
    land.words(say("Per cent of the channels; thick: enough evidence, thin: too little", language))
    return picture("coverage", land, title=title, sentence=sentence, table=table)


def coverage_sentence(sources: Sequence[Source], language: str) -> str:
    """Return the source that most channels still lack."""
    asked = [source for source in sources if source.total]
    if not asked:
        return say("No evidence is asked for yet.", language)
    weakest = min(asked, key=lambda source: source.enough / source.total)
    if weakest.enough == weakest.total:
        return say("Every channel has enough evidence of every source.", language)
    message = noop("The widest gap is in {source}: {enough} of {total} channels have enough.")
    return say(message, language, source=weakest.name, enough=weakest.enough, total=weakest.total)


def movers(moves: Sequence[Move], *, language: str, axis: Axis | None = None, first: int = 20, width: float = WIDE) -> Picture:
    """Return the channels that moved most between two runs: hollow dots before, full dots after, joined by the way between."""
    told = [move for move in moves if not (isnan(move.before) or isnan(move.after))]
    shown = sorted(told, key=lambda move: (-abs(move.after - move.before), move.name))[:first]
    axis = axis or axis_around([[move.before for move in shown], [move.after for move in shown]])
    title, table = say("Moved since the last run", language), movers_table(moves, axis, language)
    sentence = movers_sentence(told, language)
    if not shown:
        return row_pictures.empty("movers", language=language, title=title, sentence=sentence, table=table, width=width)
    listed = [Row(move.name, signed(move.after - move.before, axis.digits), move.href) for move in shown]
    land = ground(listed, axis, language=language, width=width, more=34)
    placed = [(land.middle(place), move) for place, move in enumerate(shown)]
    ways = [{"x": move.before, "x2": move.after, "y": y} for y, move in placed]
    land.plot(
        marks("rule", ways, stroke=MARK, strokeWidth=3),
        dots(land, [{"x": move.before, "y": y} for y, move in placed], fill=GROUND, stroke=QUIET, strokeWidth=2, size=70),
        dots(land, [{"x": move.after, "y": y} for y, move in placed if move.after >= move.before], fill=GOOD),
        dots(land, [{"x": m.after, "y": y} for y, m in placed if m.after < m.before], fill=BAD, shape="diamond", size=110),
    )
    land.words(say("Score; hollow: before, round: risen, diamond: fallen", language))
    for y, move in placed:
        if move.star_after != move.star_before and not isnan(move.star_after):
            land.canvas.starred(land.start + land.long + 18, HEAD + y, move.star_after)
    return picture("movers", land, title=title, sentence=sentence, table=table)


def signed(change: float, digits: int) -> str:
    """Return a change with its sign.

    >>> signed(1.25, 1), signed(-0.5, 1), signed(0.0, 1)
    ('+1.2', '−0.5', '0.0')
    """
    written = number(change, digits)
    return f"+{written}" if float(written.replace("−", "-").replace(",", "")) > 0 else written


def movers_sentence(moves: Sequence[Move], language: str) -> str:
    """Return how many channels moved and how many have another star."""
    if not moves:
        return say("There are no two runs to compare yet.", language)
    risen = sum(move.after > move.before for move in moves)
    fallen = sum(move.after < move.before for move in moves)
    starred = sum(move.star_before != move.star_after and not isnan(move.star_before + move.star_after) for move in moves)
    said = say("Scores that rose: {risen}; that fell: {fallen}.", language, risen=risen, fallen=fallen)
    more = say_count("{n} channel has another star.", "{n} channels have another star.", starred, language)
    return f"{said} {more}"


def movers_table(moves: Sequence[Move], axis: Axis, language: str) -> Table:
    """Return all moves as text."""
    columns = (
        say("Channel", language),
        say("Score before", language),
        say("Score after", language),
        say("Change", language),
        say("Stars before", language),
        say("Stars after", language),
    )
    rows = tuple(
        (
            move.name,
            number(move.before, axis.digits),
            number(move.after, axis.digits),
            number(nan) if isnan(move.after - move.before) else signed(move.after - move.before, axis.digits),
            number(move.star_before),
            number(move.star_after),
        )
        for move in moves
    )
    return Table(columns, rows, (1, 2, 3, 4, 5))
