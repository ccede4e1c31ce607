"""The sky: every channel one star, its score across and its kind down.

Its size is the number of voices, its brightness how narrow the interval is. What star it has shows by its place between the
edges, by the number of its points and by how full it is, so that no one needs to see its colour. It is drawn without Vega, which
knows no marks that are links with a name of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite, sqrt
from zlib import crc32

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import NAME, SMALL, Canvas, inside, star_path, ticks, units
from marsad.web.charts.ink import ACCENT, AREA, FAINT, GROUND, LINE, MARK, QUIET, STAR
from marsad.web.charts.league import axis_of, league_table
from marsad.web.charts.picture import Picture
from marsad.web.charts.pieces import Axis
from marsad.web.charts.values import Band, Channel
from marsad.web.charts.words import directed, number, say, span, wrapped
from marsad.web.texts import noop

WIDTH = 1120
HEAD, TITLE, FOOT, EDGE, UNRATED = 34, 26, 72, 14, 34
MOST_UNRATED = 0.5
"""The share of the width that channels without a score would have, were there no others."""
MANY = 800
"""From so many channels on stars become smaller, so that the sky is not one cloud."""
SMALLEST, LARGEST = 4.0, 11.0
FEWEST_LANES = 3
FAINTEST = 0.4


@dataclass(frozen=True)
class Looks:
    """How the stars of a sky are drawn: everything that is the same for all of them."""

    axis: Axis
    bands: tuple[Band, ...]
    most_voices: int
    widest: float
    reach: float

    def radius(self, channel: Channel) -> float:
        """Return the size of a star: its area grows with the number of voices."""
        if not channel.score.known:
            return round(self.reach * SMALLEST / LARGEST, 1)
        share = sqrt(min(channel.voices / self.most_voices, 1.0)) if self.most_voices else 0.0
        return round(self.reach * max(SMALLEST / LARGEST, share), 1)

    def brightness(self, channel: Channel) -> float:
        """Return how bright a star is: the wider its interval, the fainter."""
        if not channel.score.bounded:
            return FAINTEST
        share = (channel.score.high - channel.score.low) / self.widest if self.widest else 0.0
        return round(1 - (1 - FAINTEST) * min(share, 1.0), 2)


def sky(
    channels: Sequence[Channel],
    kinds: Mapping[str, str],
    bands: Sequence[Band] = (),
    *,
    language: str,
    axis: Axis | None = None,
    width: float = WIDTH,
) -> Picture:
    """Return the sky of all channels; `kinds` names every kind in its order, and others follow under their code."""
    axis = axis or axis_of(channels)
    title, table = say("The sky of channels", language), league_table(channels, axis, language)
    sentence = sky_sentence(channels, axis, language)
    if not channels:
        return row_pictures.empty("sky", language=language, title=title, sentence=sentence, table=table, width=width)
    looks = looks_of(channels, bands, axis, width)
    canvas = Canvas(language, width)
    unrated = sum(not channel.score.known for channel in channels) / len(channels)
    margin = EDGE + max(UNRATED, MOST_UNRATED * unrated * width) if unrated else 0.0
    field = Field(canvas, looks, EDGE + margin, width - 2 * EDGE - margin)
    definitions(canvas, looks)
    groups: dict[str, list[Channel]] = {kind: [] for kind in kinds}
    for channel in channels:
        groups.setdefault(channel.kind, []).append(channel)
    drawn = [(kinds.get(kind, kind), field.dodged(held)) for kind, held in groups.items() if held]
    canvas.height = HEAD + sum(TITLE + high for _, (_, high) in drawn) + FOOT
    field.behind()
    top, tab = float(HEAD), 0
    for name, (placed, high) in drawn:
        canvas.line(0, top, width, top, colour=FAINT)
        canvas.text(EDGE / 2, top + 18, wrapped(name, NAME, width, 1)[0], bold=True)
        canvas.add(f'<g class="kind" role="group" aria-label="{escape(directed(name, language))}">')
        for channel, x, y in placed:
            canvas.add(field.star(channel, x, top + TITLE + y, first=tab == 0))
            tab += 1
        canvas.add("</g>")
        top += TITLE + high
    field.words(top, unrated=bool(margin))
    return Picture("sky", language, title, sentence, table, width, canvas.height, canvas.body(), linked=True)


def looks_of(channels: Sequence[Channel], bands: Sequence[Band], axis: Axis, width: float) -> Looks:
    """Return the looks of a sky: its usual most voices and widest interval, and stars smaller where many share a width."""
    wide = sorted(channel.score.high - channel.score.low for channel in channels if channel.score.bounded)
    shrunk = min(1.0, sqrt(MANY * width / WIDTH / len(channels)))
    voices = sorted(channel.voices for channel in channels)
    most = voices[int(0.97 * (len(voices) - 1))]
    return Looks(axis, tuple(bands), most, wide[int(0.95 * (len(wide) - 1))] if wide else 0.0, LARGEST * shrunk)


def definitions(canvas: Canvas, looks: Looks) -> None:
    """Declare the shape of every number of stars: hollow for the lowest third of the bands, full for the highest."""
    # A finger needs more than a small star: the circle feels it around the shape.
    touch = '<circle r="1.5" fill="none" pointer-events="all"/>'
    cross = f'<path d="M-.6 -.6L.6 .6M.6 -.6L-.6 .6" fill="none" stroke="{QUIET}" stroke-width=".25"/>'
    shapes = [f'<g id="KEY-none">{touch}{cross}</g>']
    of = len(looks.bands)
    for place, band in enumerate(looks.bands):
        fill, stroke = [(GROUND, MARK), (AREA, MARK), (STAR, ACCENT)][min(3 * place // of, 2)]
        outline = f'fill="{fill}" stroke="{stroke}" stroke-width=".16"'
        shapes.append(f'<g id="KEY-s{place}">{touch}<path d="{star_path(max(1, round(band.star)))}" {outline}/></g>')
    canvas.add(f"<defs>{''.join(shapes)}</defs>")


@dataclass(frozen=True)
class Field:
    """Where the stars stand: from `start` on, `long` units for the axis."""

    canvas: Canvas
    looks: Looks
    start: float
    long: float

    def spot(self, channel: Channel) -> float:
        """Return where a channel with a score stands, from the start."""
        axis = self.looks.axis
        share = (channel.score.value - axis.low) / (axis.high - axis.low)
        return self.start + self.long * min(max(share, 0.0), 1.0)

    def before(self, channels: Sequence[Channel]) -> list[tuple[float, float, Channel]]:
        """Return the places and reaches of the channels without a score, side by side before the axis begins."""
        unrated = sorted((channel for channel in channels if not channel.score.known), key=lambda channel: channel.code)
        reach = self.looks.reach * SMALLEST / LARGEST + 1
        room = self.start - 2 * EDGE - 2 * reach
        return [(EDGE + reach + room * place / len(unrated), reach, channel) for place, channel in enumerate(unrated)]

    def dodged(self, channels: Sequence[Channel]) -> tuple[list[tuple[Channel, float, float]], float]:
        """Return the places of one kind's stars by score, none on another, and the height they need.

        There are as many lanes as stars meet at one score; which of the free ones a star takes, and how far it strays in it,
        follows from its code.
        """
        lane_height = 2 * self.looks.reach + 2
        rated = [(self.spot(channel), self.looks.radius(channel) + 1, channel) for channel in channels if channel.score.known]
        found = sorted([*rated, *self.before(channels)], key=lambda star: (star[0] - star[1], star[2].code))
        spans = [(x, reach) for x, reach, _ in found]
        lanes = max(FEWEST_LANES, deepest(spans))
        ends = [0.0] * lanes
        placed = []
        for x, reach, channel in found:
            free = [lane for lane, end in enumerate(ends) if end <= x - reach + 1e-9]
            lane = free[crc32(channel.code.encode()) % len(free)]
            ends[lane] = x + reach
            slack = self.looks.reach + 1 - reach
            stray = (crc32(f"{channel.code}/y".encode()) % 1001 / 500 - 1) * slack
            placed.append((channel, x, lane_height * (lane + 0.5) + stray))
        return placed, lane_height * lanes + 8

    def star(self, channel: Channel, x: float, y: float, *, first: bool) -> str:
        """Return one star as a link that says whose it is."""
        canvas, looks = self.canvas, self.looks
        shape = self.shape(channel)
        spot = f"translate({units(canvas.at(x))} {units(y)}) scale({looks.radius(channel):g})"
        score = f' data-score="{channel.score.value:.6g}"' if channel.score.known else ""
        star = f' data-star="{channel.star:g}"' if isfinite(channel.star) else ""
        label = escape(directed(star_words(channel, looks, canvas.language), canvas.language))
        return (
            f'<a href="{escape(channel.href)}" data-code="{escape(channel.code)}" data-kind="{escape(channel.kind)}"'
            f'{star}{score} tabindex="{0 if first else -1}" aria-label="{label}">'
            f'<use href="#KEY-{shape}" transform="{spot}" opacity="{looks.brightness(channel):g}"/></a>'
        )

    def shape(self, channel: Channel) -> str:
        """Return the name of the shape of a channel's star."""
        found = [f"s{place}" for place, band in enumerate(self.looks.bands) if band.star == channel.star]
        return found[0] if found and channel.score.known else "none"

    def behind(self) -> None:
        """Draw the edges of the bands over the whole sky, and their stars above it."""
        canvas, bottom = self.canvas, self.canvas.height - FOOT
        for place, (band, first, last) in enumerate(inside(self.looks.axis, self.looks.bands)):
            if place:
                at = self.start + self.long * first
                canvas.line(at, HEAD - 8, at, bottom, colour=LINE, dash="2 4")
            if (last - first) * self.long >= 28:
                canvas.starred(self.start + self.long * (first + last) / 2, 12, band.star)

    def words(self, bottom: float, *, unrated: bool) -> None:
        """Write the scale and how to read the sky."""
        canvas, axis = self.canvas, self.looks.axis
        canvas.line(0, bottom, canvas.width, bottom, colour=LINE)
        for tick in ticks(axis, 8):
            at = self.start + self.long * (tick - axis.low) / (axis.high - axis.low)
            canvas.text(at, bottom + 16, number(tick), "middle", size=SMALL, colour=QUIET)
        note = say("Score across. Larger: more voices. Brighter: surer. As many points as stars.", canvas.language)
        if unrated:
            note = f"{note} {say('A cross: not rated.', canvas.language)}"
        for place, line in enumerate(wrapped(note, SMALL, canvas.width - EDGE, 2)):
            canvas.text(EDGE / 2, bottom + 40 + 18 * place, line, size=SMALL, colour=QUIET)


def deepest(spans: Sequence[tuple[float, float]]) -> int:
    """Return how many of some spans, each a middle and a reach, lie over one place at most."""
    ends = sorted([(x - reach, 1) for x, reach in spans] + [(x + reach, -1) for x, reach in spans])
    depth = most = 0
    for _, step in ends:
        depth += step
        most = max(most, depth)
    return most


def star_words(channel: Channel, looks: Looks, language: str) -> str:
    """Return what a star says of itself: its name, its stars, its score on its interval, its voices."""
    if not channel.score.known:
        return say("{name}: not rated", language, name=channel.name)
    digits = looks.axis.digits
    names = {band.star: band.name for band in looks.bands}
    values = {"name": channel.name, "star": names.get(channel.star, number(channel.star)), "voices": channel.voices}
    score = number(channel.score.value, digits)
    if channel.score.bounded:
        score = f"{score}\u00a0({span(channel.score.low, channel.score.high, digits)})"
    return say("{name}: {star}, score {score}, voices {voices}", language, **values, score=score)


def sky_sentence(channels: Sequence[Channel], axis: Axis, language: str) -> str:
    """Return how many channels there are, where half of them stand, and how many are not rated."""
    known = sorted(channel.score.value for channel in channels if channel.score.known)
    if not known:
        return say("No channel has a score here yet.", language)
    middle = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2
    values = {"n": len(channels), "median": number(middle, axis.digits), "unrated": len(channels) - len(known)}
    if values["unrated"]:
        message = noop("Channels in the sky: {n}. Half of the rated ones score {median} or more; not rated: {unrated}.")
        return say(message, language, **values)
    return say("Channels in the sky: {n}. Half of them score {median} or more.", language, **values)
