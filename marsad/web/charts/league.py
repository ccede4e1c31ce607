"""Channels in their order: scores on their intervals, and the chances of being among the best or the last few."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import isnan

from marsad.web.charts import rows as row_pictures
from marsad.web.charts.canvas import SMALL, ring
from marsad.web.charts.ink import AREA, FOCUS, GROUND, MARK, QUIET, STAR
from marsad.web.charts.picture import WIDE, Picture, Table
from marsad.web.charts.pieces import Axis, axis_around
from marsad.web.charts.plot import marks
from marsad.web.charts.rows import HEAD, Ground, Row, dots, ground, spans
from marsad.web.charts.values import Band, Channel
from marsad.web.charts.words import chance, number, say, say_count, span
from marsad.web.texts import drawn_percent, noop

BRACKET, STARRED = 16, 36
FIRST = 40
"""So many rows a printed league shows; its table holds all."""
LIKELY = 0.01
"""Below this chance of being named a channel is not drawn."""


def axis_of(channels: Sequence[Channel]) -> Axis:
    """Return the axis around the scores of channels and most of their intervals."""
    scores = [channel.score for channel in channels]
    return axis_around([[s.value for s in scores]], [[s.low for s in scores], [s.high for s in scores]])


def intervals(
    channels: Sequence[Channel],
    bands: Sequence[Band] = (),
    *,
    language: str,
    axis: Axis | None = None,
    first: int = FIRST,
    scale: str = "",
    width: float = WIDE,
) -> Picture:
    """Return the first channels of a league, given best first, as dots on their intervals; brackets join those of one `tie`.

    `scale` is what the axis is called, where it is not the score.
    """
    axis = axis or axis_of(channels)
    shown = channels[:first]
    title = say("Scores on their intervals", language)
    table = league_table(channels, axis, language)
    sentence = league_sentence(shown, len(channels), axis, language)
    if not shown:
        return row_pictures.empty("intervals", language=language, title=title, sentence=sentence, table=table, width=width)
    listed = [Row(channel.name, number(channel.score.value, axis.digits), channel.href) for channel in shown]
    land = ground(listed, axis, language=language, width=width, bands=bands, more=BRACKET + STARRED)
    placed = list(enumerate(shown))
    lines = [{"x": c.score.low, "x2": c.score.high, "y": land.middle(place)} for place, c in placed]
    land.plot(spans(land, lines), dots(land, [{"x": c.score.value, "y": land.middle(place)} for place, c in placed]))
    land.words(scale or say("Score", language))
    for place, channel in placed:
        if not isnan(channel.star):
            land.canvas.starred(land.start + land.long + BRACKET + STARRED / 2, HEAD + land.middle(place), channel.star)
        if not channel.score.known:
            ring(land.canvas, land.start + 6, HEAD + land.middle(place))
    brackets(land, shown)
    return row_pictures.picture("intervals", land, title=title, sentence=sentence, table=table)


def brackets(land: Ground, channels: Sequence[Channel]) -> None:
    """Draw a bracket beside every run of channels that cannot be told apart."""
    place, at = 0, land.start + land.long + 4
    for tie, group in groupby(channels, key=lambda channel: channel.tie):
        last = place + len(list(group)) - 1
        if tie and last > place:
            top, bottom = HEAD + land.middle(place) - 8, HEAD + land.middle(last) + 8
            for way in ((at, top, at + 6, top), (at + 6, top, at + 6, bottom), (at + 6, bottom, at, bottom)):
                land.canvas.line(*way, colour=MARK, width=1.5)
        place = last + 1


def league_sentence(shown: Sequence[Channel], total: int, axis: Axis, language: str) -> str:
    """Return who stands first, and how many groups are not told apart."""
    known = [channel for channel in shown if channel.score.known]
    if not known:
        return say("No channel has a score here yet.", language)
    best = known[0]
    score = number(best.score.value, axis.digits)
    said = say("{name} stands first of {total} with {score}.", language, name=best.name, total=total, score=score)
    runs = [len(list(group)) for tie, group in groupby(shown, key=lambda channel: channel.tie) if tie]
    tied = sum(run for run in runs if run > 1)
    if not tied:
        return said
    more = say_count(
        "The evidence does not tell {n} channel from its neighbours.",
        "The evidence does not tell {n} channels from their neighbours.",
        tied,
        language,
    )
    return f"{said} {more}"


def league_table(channels: Sequence[Channel], axis: Axis, language: str) -> Table:
    """Return the league as text."""
    rows = tuple(
        (
            number(channel.rank[0]) if channel.rank[0] == channel.rank[1] else span(*channel.rank),
            channel.name,
            number(channel.score.value, axis.digits),
            span(channel.score.low, channel.score.high, axis.digits),
            number(channel.star),
        )
        for channel in channels
    )
    named = [say("Rank", language), say("Channel", language), say("Score", language), say("Interval", language)]
    return Table((*named, say("Stars", language)), rows, (0, 2, 3, 4))


def named(
    channels: Sequence[Channel],
    *,
    language: str,
    k: int,
    threshold: float,
    best: bool = True,
    again: frozenset[str] | None = None,
    first: int = 20,
    width: float = WIDE,
) -> Picture:
    """Return the chances of being among the best (or the last) `k` as bars beside the threshold from which one may be named.

    `again`: they are those of new evidence alone, which names the channels of these codes; their bars are full, else those of all
    that reach the threshold.
    """
    share = {channel.code: channel.top if best else channel.bottom for channel in channels}
    likely = [channel for channel in channels if not isnan(share[channel.code]) and share[channel.code] >= LIKELY]
    shown = sorted(likely, key=lambda channel: (-share[channel.code], channel.code))
    of_best, of_last = noop("Probability of being among the best {k}"), noop("Probability of being among the last {k}")
    if again is not None:
        of_best, of_last = (
            noop("Probability of being among the best {k}, on new evidence alone"),
            noop("Probability of being among the last {k}, on new evidence alone"),
        )
    title = say(of_best if best else of_last, language, k=k)
    column = say("Probability", language)
    table = Table((say("Channel", language), column), tuple((c.name, drawn_percent(share[c.code])) for c in shown), (1,))
    sure = [channel.code for channel in shown if share[channel.code] >= threshold]
    full = frozenset(sure) if again is None else again
    sentence = named_sentence(sure, full, len(shown), threshold, language)
    if not shown:
        return row_pictures.empty("named", language=language, title=title, sentence=sentence, table=table, width=width)
    shown = shown[:first]
    listed = [Row(channel.name, drawn_percent(share[channel.code]), channel.href) for channel in shown]
    land = ground(listed, Axis(0.0, 100.0), language=language, width=width)
    bars(land, [(share[channel.code], channel.code in full) for channel in shown], threshold)
    land.words(say("Probability, per cent", language))
    land.canvas.text(
        land.spot(100 * threshold),
        HEAD - 8,
        say("named from {threshold}", language, threshold=drawn_percent(threshold)),
        "middle",
        size=SMALL,
        colour=QUIET,
    )
    return row_pictures.picture("named", land, title=title, sentence=sentence, table=table)


def bars(land: Ground, shares: Sequence[tuple[float, bool]], threshold: float) -> None:
    """Draw a bar per share, full or not, and the line of the threshold."""
    rows = [(share, full, land.middle(place)) for place, (share, full) in enumerate(shares)]
    spots = {
        which: [{"x": 0, "x2": 100 * share, "y": y - 7, "y2": y + 7} for share, full, y in rows if full is which]
        for which in (True, False)
    }
    limit = [{"x": 100 * threshold, "y": 0, "y2": land.plane.height}]
    land.plot(
        marks("rect", spots[True], fill=STAR, stroke=STAR),
        marks("rect", spots[False], fill=GROUND, stroke=AREA, strokeWidth=1.5),
        marks("rule", limit, stroke=FOCUS, strokeWidth=2, strokeDash=[6, 3]),
    )


def named_sentence(sure: Sequence[str], full: frozenset[str], likely: int, threshold: float, language: str) -> str:
    """Return how many may be named, and how many of these are, where that are fewer."""
    words = chance(threshold, language)
    if not likely:
        return say("No channel has a known probability here yet.", language)
    if not sure:
        return say("No channel reaches the probability of {threshold} from which it may be named.", language, threshold=words)
    one, many = (
        noop("{n} channel reaches the probability of {threshold} from which it may be named."),
        noop("{n} channels reach the probability of {threshold} from which they may be named."),
    )
    some = sum(code in full for code in sure)
    if some < len(sure):
        one, many = (
            noop("{n} channel reaches the probability of {threshold} from which it may be named, and is not named."),
            noop("{n} channels reach the probability of {threshold} from which they may be named; named among these: {named}."),
        )
    return say_count(one, many, len(sure), language, threshold=words, named=number(some))
