"""The results of a board as pictures take them: plain values in the page's language."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from marsad.core.stars import Bands
from marsad.public.pages import Page
from marsad.public.rows import best_rank, number, star_row, worst_rank
from marsad.public.words import plain_star
from marsad.ratings.board import Entry
from marsad.web.charts import Band, Channel, Interval


def mark_of(page: Page, entry: Entry, tie: str = "") -> Channel:
    """Return a channel as pictures of many show it; channels with the same `tie` cannot be told apart."""
    return Channel(
        code=entry.code,
        name=entry.name[page.language],
        score=Interval(number(entry.score), number(entry.low), number(entry.high)),
        kind=entry.kind,
        star=number(entry.star),
        voices=round(entry.n),
        rank=(best_rank(entry), worst_rank(entry)),
        top=number(entry.p_top),
        bottom=number(entry.p_bottom),
        tie=tie,
        href=page.to("channel", channel=entry.code),
    )


def marks_of(page: Page, entries: Iterable[Entry]) -> list[Channel]:
    """Return channels as pictures of many show them."""
    return [mark_of(page, entry) for entry in entries]


def bands_of(page: Page) -> tuple[Band, ...]:
    """Return the bands of the stars, the lowest first; beyond every axis where they are not the same for all."""
    rule, language = page.board.scheme.stars, page.language
    if isinstance(rule, Bands):
        lows = (-inf, *rule.edges)
        return tuple(Band(star, low, plain_star(page.board, star, language)) for star, low in zip(rule.stars, lows, strict=True))
    return tuple(Band(star, inf, plain_star(page.board, star, language)) for star in star_row(page.board).values)
