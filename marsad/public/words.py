"""What public pages call leagues, stars, reasons and chances."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape, unescape

from django.utils.translation import gettext, override

from marsad.core.problem import Sentence
from marsad.ledger.rating_tables import REASONS
from marsad.ratings.board import Board
from marsad.ratings.clearing import Lifted
from marsad.ratings.clocks import today
from marsad.standards import Text
from marsad.web.sources import SOURCES
from marsad.web.texts import Words, counted, drawn_percent, grouped, noop, phrase, text, unbroken

TAG = re.compile("<[^>]*>")


def league_name(board: Board, code: str) -> Text | Words:
    """Return what a league is called."""
    found = board.standard.kinds.get(code)
    return found or (Words(escape(code), escape(code)) if code else phrase("All channels"))


def star_words(board: Board, star: float | None) -> Text | Words:
    """Return a star as the standard calls it."""
    if star is None:
        return phrase("No rating")
    if star in board.standard.bands:
        return board.standard.bands[star]
    if star < 0 or not star.is_integer():
        return phrase("{number} stars", number=grouped(star))
    return counted("{n} star", "{n} stars", star)


def plain_star(board: Board, star: float | None, language: str) -> str:
    """Return a star as the standard calls it, as plain text."""
    words = star_words(board, star)
    return words[language] if isinstance(words, Text) else plain(words.inside(language))


def plain(html: str) -> str:
    """Return words without the marks of HTML around them."""
    return unescape(TAG.sub("", html))


def reason_words(board: Board, reason: str) -> Text | Words:
    """Return why a channel is not rated."""
    return REASONS.get(reason) or board.standard.rules.get(reason) or Words(escape(reason), escape(reason))


def told_words(sentences: Sequence[Sentence]) -> Words:
    """Return what a verdict rests on, in one breath."""
    with override("ar"):
        arabic = "؛ ".join(sentence.say(gettext) for sentence in sentences)
    return Words(escape(arabic), escape("; ".join(sentences)))


LIFTED = {
    True: noop("{name}: since the correction {publication} of {day} it is no longer named among the best {k}."),
    False: noop("{name}: since the correction {publication} of {day} it is no longer named among the worst {k}."),
}
"""That a name no longer holds, by whether it was one of the best; `name` is whose it was, on their own page the kind."""


def lifted_words(one: Lifted, name: str | Text | Words) -> Words:
    """Return since which correction a name no longer holds, after whose it was, or of which kind."""
    about = {"publication": unbroken(one.since.identity), "day": today(one.since.at).isoformat(), "k": one.k}
    return phrase(LIFTED[one.best], name=name, **about)


def share_words(share: float | None) -> str:
    """Return a probability as a cell has it."""
    return "–" if share is None else escape(drawn_percent(share))


def within(words: Text | Words) -> Words:
    """Return a star for the middle of a sentence."""
    said = text(words) if isinstance(words, Text) else words
    return Words(said.ar, said.en[:1].lower() + said.en[1:])


def source_words(source: str) -> Words:
    """Return what a source of evidence is called, its code where it has no name."""
    return phrase(SOURCES[source]) if source in SOURCES else Words(escape(source), escape(source))
