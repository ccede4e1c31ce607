"""What the row of a channel in a list is made of: numbers as cells, stars and intervals as small drawings."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import nan

from marsad.core.scheme import Scheme
from marsad.core.stars import Bands
from marsad.public.pages import Page
from marsad.public.words import share_words
from marsad.ratings.board import Board, Entry, Score
from marsad.web.charts import Interval
from marsad.web.charts.pieces import Axis, StarRow, axis_around, interval
from marsad.web.shell import stars
from marsad.web.texts import between, grouped

NOTHING = Score(None, None, None, None)
EDGES = "band-edges"
"""What the page calls the edges between bands, drawn once and placed behind every interval."""


def axis_of(entries: Iterable[Entry]) -> Axis:
    """Return the axis of the scores of channels."""
    found = list(entries)
    return axis_around(
        *([[number(getattr(entry, name)) for entry in found] for name in names] for names in (("score",), ("low", "high")))
    )


def number(value: float | None) -> float:
    """Return a number, NaN where there is none."""
    return nan if value is None else value


def star_row(board: Board) -> StarRow:
    """Return the row of places for stars of a board: every star that its channels have or may have."""
    values = {star for entry in board.entries for star in (*entry.p_star, entry.star) if star is not None}
    return StarRow(tuple(sorted(values)) or (0.0,))


def band_edges(scheme: Scheme) -> tuple[float, ...]:
    """Return the edges between bands, where they are the same for all."""
    return scheme.stars.edges if isinstance(scheme.stars, Bands) else ()


def next_chance(entry: Entry) -> float:
    """Return the chance that a channel deserves a higher star than its own."""
    return sum(chance for star, chance in entry.p_star.items() if entry.star is not None and star > entry.star)


def name_cells(page: Page, entry: Entry) -> dict[str, str]:
    """Return the cells that say which channel it is."""
    return {
        "href": page.to("channel", channel=entry.code),
        "name": escape(entry.name[page.language], quote=False),
        "entity": escape(entry.entity_name[page.language], quote=False),
    }


def rated_cells(entry: Entry, places: int, axis: Axis) -> dict[str, str]:
    """Return the cells of numbers of a rated channel."""
    low, score, high = number(entry.low), number(entry.score), number(entry.high)
    ranks = between(entry.rank_low, entry.rank_high, 0) if best_rank(entry) < worst_rank(entry) else ""
    star = number(entry.star)
    return {
        "rank": ranks or (f"{entry.rank:,.0f}" if entry.rank is not None else "–"),
        "star": grouped(star),
        "stars": stars(star, next_chance(entry), places) if places else "",
        "score": "–" if entry.score is None else grouped(score, axis.digits),
        "margin": between(entry.low, entry.high, axis.digits),
        "picture": interval(axis, low, score, high, edges=EDGES),
        "best": share_words(entry.p_top),
        "worst": share_words(entry.p_bottom),
        "voices": f"{entry.n:,.0f}",
    }


def best_rank(entry: Entry) -> float:
    """Return the best rank a channel may have: its own where its rank has no range."""
    return (entry.rank if entry.rank_low is None else entry.rank_low) or nan


def worst_rank(entry: Entry) -> float:
    """Return the worst rank a channel may have: its own where its rank has no range."""
    return (entry.rank if entry.rank_high is None else entry.rank_high) or nan


def interval_of(score: Score) -> Interval:
    """Return a score as pictures take it."""
    return Interval(number(score.value), number(score.low), number(score.high))
