"""How one's own channels stand in results that may still change: star, interval, range of ranks, and how far the next star is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString

from marsad.core.scheme import StarRules
from marsad.ratings.board import Board, Entry
from marsad.ratings.changes import edge_of, next_star
from marsad.standards import Text
from marsad.web.texts import Words, chance_words, counted, grouped, listed, phrase, text
from marsad.workspace.desk import Desk
from marsad.workspace.results import ResultsPage, Row

DIGITS = 1
"""Of points."""
DOUBTFUL = 0.2
"""From this chance of another star on, a channel stands near a threshold."""


@dataclass(frozen=True)
class Standing:
    """A channel's provisional standing: its row among the results, its star drawn and the way to the next one in words.

    `shade` is the chance of more stars than it has; `doubt` that of any other; `published` is its page for everybody, '' where
    nothing of it is published; `way` that of the cheapest way to its next star, '' where it has none.
    """

    row: Row
    kind: str
    star: float | None
    shade: float
    doubt: float
    ahead: SafeString
    published: str = ""
    way: str = ""


def standing_of(desk: Desk, results: ResultsPage, entry: Entry, published: str = "") -> Standing:
    """Return how a channel stands."""
    board = results.board
    kind = board.standard.kinds.get(entry.kind)
    return Standing(
        row=results.row(entry),
        kind=kind[desk.language] if kind else entry.kind,
        star=entry.star,
        shade=above(entry),
        doubt=doubt(entry),
        ahead=desk.say(ahead(board, entry)),
        published=published,
        way=reverse("workspace_changes", args=[results.cycle.code, entry.code]) if entry.rated else "",
    )


def above(entry: Entry) -> float:
    """Return the chance that a channel deserves more stars than it has."""
    return sum(chance for star, chance in entry.p_star.items() if entry.star is not None and star > entry.star)


def doubt(entry: Entry) -> float:
    """Return the chance that a channel deserves other stars than it has; none is known of one without chances."""
    return 1 - entry.p_star.get(entry.star, 0.0) if entry.star is not None and entry.p_star else 0.0


def ahead(board: Board, entry: Entry) -> Words:
    """Return how far the next star is: what holds it back, else how many points are missing; and how likely more stars are."""
    if entry.star is None:
        return phrase("Not rated yet")
    following = next_star(board.scheme.stars, entry.star)
    if following is None:
        return phrase("Has the highest star")
    words = star_words(board, following)
    if held := held_back(board, entry):
        return phrase("Held back by a rule: {rules}", rules=held)
    gap, chance = points_to(board.scheme.stars, following, entry), chance_words(above(entry))
    if gap is None:
        return phrase("{star}: chance {chance}", star=words, chance=chance)
    points = grouped(gap, DIGITS)
    if not entry.p_star:
        return phrase("{star}: {points} points to go", star=words, points=points)
    return phrase("{star}: {points} points to go, chance {chance}", star=words, points=points, chance=chance)


def points_to(rule: StarRules, star: float, entry: Entry) -> float | None:
    """Return how many points a channel is short of a star, None where its edge hangs on the others or is passed already."""
    if entry.score is None:
        return None
    edge = edge_of(rule, star)
    return edge - entry.score if edge is not None and edge > entry.score else None


def held_back(board: Board, entry: Entry) -> Words | None:
    """Return the rules without which a channel would have more stars, None where there are none."""
    if entry.unlimited is None or entry.star is None or entry.unlimited <= entry.star:
        return None
    caps = [limiter.code for limiter in board.scheme.limiters if limiter.cap is not None and limiter.code in entry.limits]
    return listed([rule_words(board, code) for code in caps]) if caps else None


def rule_words(board: Board, code: str) -> Words:
    """Return a rule as the standard calls it."""
    found = board.standard.rules.get(code)
    return text(found) if found else Words(escape(code), escape(code))


def star_words(board: Board, star: float) -> Words | Text:
    """Return a star as the standard calls it."""
    found = board.standard.bands.get(star)
    if found:
        return found
    if star < 0 or not star.is_integer():
        return phrase("{number} stars", number=grouped(star))
    return counted("{n} star", "{n} stars", star)
