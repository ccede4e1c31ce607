"""Many at once: how the stars of every kind are shared out, and an entity's channels as small pictures of one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import LEADING, NAME, SMALL, Canvas, inside
from marsad.web.charts.history import Cycle
from marsad.web.charts.ink import ACCENT, AREA, FAINT, GROUND, INK, LINE, MARK, QUIET, RAISED, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import Plane, marks, runs
from marsad.web.charts.rows import BESIDE, EDGE, MOST_NAME
from marsad.web.charts.values import Band, Channel
from marsad.web.charts.words import length, number, say, span, wrapped
from marsad.web.texts import noop

CELL, HEAD = 62, 30
SMALLEST, PLOT = 200, 84


def stars_by_kind(
    counts: Mapping[str, Mapping[float, int]], stars: Sequence[float], *, language: str, width: float = WIDE
) -> Picture:
    """Return how many channels of every kind have each star: a row of bars per kind, each with its number on top."""
    title = say("Stars by kind of channel", language)
    table = kinds_table(counts, stars, language)
    sentence = kinds_sentence(counts, language)
    if not counts:
        return row_pictures.empty("stars-by-kind", language=language, title=title, sentence=sentence, table=table, width=width)
    canvas = Canvas(language, width)
    beside = width >= BESIDE
    longest = max(length(kind, NAME) for kind in counts)
    start = min(longest + 3, MOST_NAME * width) + 2 * EDGE if beside else 0.0
    step, above = (width - start) / len(stars), 0 if beside else 24
    high = max(1, *(held.get(star, 0) for held in counts.values() for star in stars))
    for place, star in enumerate(stars):
        canvas.starred(start + step * (place + 0.5), HEAD / 2, star)
    for row, (kind, held) in enumerate(counts.items()):
        top = HEAD + row * (CELL + above)
        room = start - 2 * EDGE if beside else width
        canvas.lines(0, top + CELL - 14 if beside else top + 12, wrapped(kind, NAME, room, 2 if beside else 1))
        bars = [
            {"x": step * (place + 0.2), "x2": step * (place + 0.8), "y": 40 - 40 * held.get(star, 0) / high, "y2": 40}
            for place, star in enumerate(stars)
            if held.get(star, 0)
        ]
        foot = marks("rule", [{"x": 0, "x2": width - start, "y": 40}], stroke=LINE)
        plane = Plane(width - start, 41, canvas.mirrored)
        canvas.place(plane.drawn(marks("rect", bars, fill=AREA, stroke=STAR), foot), start, top + above + 18, width - start)
        for place, star in enumerate(stars):
            n = held.get(star, 0)
            y = top + above + 18 + 36 - 40 * n / high
            canvas.text(start + step * (place + 0.5), y, number(n), "middle", size=SMALL, colour=INK if n else QUIET)
    canvas.height = HEAD + len(counts) * (CELL + above) + 6
    return Picture("stars-by-kind", language, title, sentence, table, width, canvas.height, canvas.body())


def kinds_sentence(counts: Mapping[str, Mapping[float, int]], language: str) -> str:
    """Return which star is the most frequent over all kinds."""
    whole: dict[float, int] = {}
    for held in counts.values():
        for star, n in held.items():
            whole[star] = whole.get(star, 0) + n
    total = sum(whole.values())
    if not total:
        return say("No channel has a star yet.", language)
    most = max(sorted(whole), key=lambda star: whole[star])
    message = noop("Channels with a star: {total}. The most frequent number of stars is {star}, given to {n}.")
    return say(message, language, total=total, star=most, n=whole[most])


def kinds_table(counts: Mapping[str, Mapping[float, int]], stars: Sequence[float], language: str) -> Table:
    """Return the counts as text: a row per kind, a column per number of stars."""
    rows = tuple((kind, *(number(held.get(star, 0)) for star in stars)) for kind, held in counts.items())
    columns = say("Kind of channel", language), *(f"{number(star)} ★" for star in stars)
    return Table(columns, rows, tuple(range(1, len(stars) + 1)))


@dataclass(frozen=True)
class Member:
    """A channel of an entity with its cycles, oldest first."""

    channel: Channel
    cycles: Sequence[Cycle] = ()


def multiples(
    members: Sequence[Member], bands: Sequence[Band] = (), *, language: str, axis: Axis | None = None, width: float = WIDE
) -> Picture:
    """Return one small history per channel, all on one scale, each with its name, its star and its score on the interval."""
    scores = [cycle.score for member in members for cycle in member.cycles] + [member.channel.score for member in members]
    axis = axis or axis_around([[s.value for s in scores]], [[s.low for s in scores], [s.high for s in scores]])
    title, table = say("Channels of the entity", language), members_table(members, axis, language)
    sentence = members_sentence(members, axis, language)
    if not members:
        return row_pictures.empty("multiples", language=language, title=title, sentence=sentence, table=table, width=width)
    canvas = Canvas(language, width)
    columns = max(1, int((width + 2 * EDGE) // (SMALLEST + 2 * EDGE)))
    cell = (width + 2 * EDGE) / columns - 2 * EDGE
    tall = 2 * NAME * LEADING + 26 + PLOT + 30
    for place, member in enumerate(members):
        member_cell(canvas, member, bands, axis, (place % columns * (cell + 2 * EDGE), place // columns * tall, cell))
    canvas.height = -(-len(members) // columns) * tall
    linked = any(member.channel.href for member in members)
    return Picture("multiples", language, title, sentence, table, width, canvas.height, canvas.body(), linked)


def member_cell(canvas: Canvas, member: Member, bands: Sequence[Band], axis: Axis, corner: tuple[float, float, float]) -> None:
    """Draw one channel in the cell that begins at a corner and has a width."""
    start, top, cell = corner
    channel, middle = member.channel, top + NAME * LEADING
    if channel.href:
        canvas.add(f'<a href="{escape(channel.href)}">')
    canvas.lines(start, middle, wrapped(channel.name, NAME, cell), colour=ACCENT if channel.href else INK, bold=True)
    if channel.href:
        canvas.add("</a>")
    line = top + 2 * NAME * LEADING + 14
    if channel.score.known:
        canvas.text(start, line, number(channel.score.value, axis.digits))
        if channel.star == channel.star:
            canvas.starred(start + 60, line - 4, channel.star)
    else:
        canvas.text(start, line, say("not rated", canvas.language), colour=QUIET)
    cycles = member.cycles or (Cycle("", channel.score, channel.star),)
    far = max(1, len(cycles) - 1)
    spots = [(8 + (cell - 16) * (place / far if len(cycles) > 1 else 0.5), cycle.score) for place, cycle in enumerate(cycles)]
    reaches = [{"x": x, "y": score.low, "y2": score.high} for x, score in spots]
    values = [{"x": x, "y": score.value} for x, score in spots]
    reach = axis.high - axis.low
    edges = [{"x": 0, "x2": cell, "y": axis.low + first * reach} for _, first, _ in inside(axis, bands)[1:]]
    drawing = Plane(cell, PLOT, canvas.mirrored, up=axis).drawn(
        marks("rect", [{"x": 0, "x2": cell, "y": axis.low, "y2": axis.high}], fill=RAISED, stroke=FAINT),
        marks("rule", edges, stroke=LINE, strokeDash=[2, 3]),
        *[marks("area", run, fill=AREA, fillOpacity=0.35) for run in runs(reaches)],
        marks("rule", reaches[-1:], stroke=MARK, strokeWidth=2.5),
        *[marks("line", run, stroke=INK, strokeWidth=1.5) for run in runs(values)],
        marks("point", values[-1:], filled=True, fill=INK, stroke=GROUND, size=70),
    )
    canvas.place(drawing, start, line + 12, cell)


def members_sentence(members: Sequence[Member], axis: Axis, language: str) -> str:
    """Return how many channels are rated, and the lowest and highest of their scores."""
    known = [member.channel for member in members if member.channel.score.known]
    if not known:
        return say("No channel of this entity has a score yet.", language)
    scores = sorted(channel.score.value for channel in known)
    message = noop("Rated channels of the entity: {n} of {total}; their scores lie between {low} and {high}.")
    low, high = number(scores[0], axis.digits), number(scores[-1], axis.digits)
    return say(message, language, n=len(known), total=len(members), low=low, high=high)


def members_table(members: Sequence[Member], axis: Axis, language: str) -> Table:
    """Return the channels as text, a column per cycle that any of them has."""
    names = list(dict.fromkeys(cycle.name for member in members for cycle in member.cycles))
    rows = []
    for member in members:
        own = {cycle.name: number(cycle.score.value, axis.digits) for cycle in member.cycles}
        score = member.channel.score
        now = number(score.value, axis.digits), span(score.low, score.high, axis.digits), number(member.channel.star)
        rows.append((member.channel.name, *now, *(own.get(name, number(float("nan"))) for name in names)))
    columns = say("Channel", language), say("Score", language), say("Interval", language), say("Stars", language), *names
    return Table(columns, tuple(rows), tuple(range(1, len(columns))))
