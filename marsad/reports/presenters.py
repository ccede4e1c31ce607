"""What the report says of a rating, as words and numbers ready for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import numpy as np

from marsad.core.naming import Verdict
from marsad.core.rating import Rating
from marsad.core.stars import Bands
from marsad.ledger.rating_tables import REASONS
from marsad.standards import Standard
from marsad.web.charts.pieces import Axis, StarRow, axis_around
from marsad.web.texts import Words, counted, grouped, phrase, text

VAST = 400
"""From so many rows on a league is laid out as it comes into view."""


@dataclass(frozen=True)
class League:
    """The channels of one league: places in the rating, best first, and those without a star.

    `k`: how many of them may be named; `drawn`: some of their ranks have a margin of error; `listed`: there are enough of them to
    speak of a best and a worst few.
    """

    code: str
    title: Words
    rated: tuple[int, ...]
    unrated: tuple[int, ...]
    k: int
    drawn: bool
    listed: bool

    @property
    def vast(self) -> bool:
        """Whether the league is so long that a browser should lay it out bit by bit."""
        return len(self.rated) + len(self.unrated) >= VAST

    @property
    def anchor(self) -> str:
        """Return the name of its place on the page."""
        return f"kind-{self.code}" if self.code else "kind"


@dataclass(frozen=True)
class View:
    """A rating with its standard, and everything that several parts of the report need."""

    rating: Rating
    standard: Standard
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lists: Sequence[Mapping[str, Any]] = ()
    """Both ends of every league by a second wave, as a decision tells them; none without one."""

    @cached_property
    def channels(self) -> list[str]:
        """Return the identifiers of the channels."""
        return [str(channel) for channel in self.rating.evidence.channels]

    @cached_property
    def leagues(self) -> tuple[League, ...]:
        """Return the leagues, which are kinds or peer groups: kinds in the standard's order, all others after them."""
        present = {str(league) for league in self.rating.leagues}
        known = [kind for kind in self.standard.kinds if kind in present]
        return tuple(self.league(code) for code in [*known, *sorted(present - set(known))])

    def league(self, code: str) -> League:
        """Return the channels of one league."""
        rating = self.rating
        members = np.flatnonzero(rating.leagues == code)
        rated = members[rating.rated[members]]
        words = self.standard.kinds.get(code)
        best_first = rated[np.lexsort((rating.evidence.channels[rated], rating.rank[rated]))]
        drawn = bool(rating.drawn[rated].any())
        return League(
            code=code,
            title=text(words) if words else Words(escape(code), escape(code)) if code else phrase("All channels"),
            rated=tuple(best_first.tolist()),
            unrated=tuple(members[~rating.rated[members]].tolist()),
            k=rating.tree.scheme.k_of(code),
            drawn=drawn,
            listed=drawn and rated.size >= max(self.standard.scheme.naming.minimum_channels, 1),
        )

    @cached_property
    def league_of(self) -> dict[int, League]:
        """Return the league of every channel."""
        return {place: league for league in self.leagues for place in (*league.rated, *league.unrated)}

    @cached_property
    def axis(self) -> Axis:
        """Return the axis of the composite."""
        return axis_around([self.rating.score], [self.rating.low, self.rating.high])

    @cached_property
    def stars(self) -> StarRow:
        """Return the row of places for stars."""
        return StarRow(self.rating.star_values)

    @cached_property
    def next_chance(self) -> list[float]:
        """Return, per channel, the chance of a higher star than its own."""
        higher = np.asarray(self.rating.star_values)[None, :] > self.rating.star[:, None]
        return list(np.where(higher, self.rating.p_star, 0.0).sum(axis=1).tolist())

    @cached_property
    def same_bands(self) -> bool:
        """Whether the bands are the same for every channel."""
        return isinstance(self.standard.scheme.stars, Bands) or len(set(self.rating.cuts.values())) == 1

    def score(self, value: float) -> str:
        """Return a score with as many decimals as its axis can tell apart."""
        return grouped(value, self.axis.digits)

    def name(self, place: int) -> str:
        """Return the name of a channel as HTML, its identifier where it has none."""
        return str(self.called(place))

    def called(self, place: int) -> Words:
        """Return the name of a channel, its identifier where it has none."""
        channel = self.channels[place]
        return given_name(self.names.get(channel, {}), "name") or Words(escape(channel), escape(channel))

    def named_in(self, league: League) -> dict[str, list[Words]]:
        """Return who a second wave names at the `first` and the `last` end of a league; nothing without one."""
        place = {channel: at for at, channel in enumerate(self.channels)}
        return {
            one["end"]: [self.called(place[said["channel"]]) for said in one["channels"] if said["verdict"] == Verdict.NAMED]
            for one in self.lists
            if one["league"] == league.code
        }

    def named(self, place: int) -> bool:
        """Whether a channel has a name beside its identifier."""
        return given_name(self.names.get(self.channels[place], {}), "name") is not None

    def star(self, value: float) -> Words:
        """Return a star as the standard calls it."""
        if value in self.standard.bands:
            return text(self.standard.bands[value])
        if value < 0 or not float(value).is_integer():
            return phrase("{number} stars", number=grouped(value))
        return counted("{n} star", "{n} stars", value)

    def star_within(self, value: float) -> Words:
        """Return a star as the standard calls it, for the middle of a sentence."""
        words = self.star(value)
        return Words(words.ar, words.en[:1].lower() + words.en[1:])

    def reason(self, code: str) -> Words:
        """Return why a channel has no star."""
        words = REASONS.get(code) or self.standard.rules.get(code)
        return text(words) if words else Words(escape(code), escape(code))


def given_name(given: Mapping[str, str], key: str) -> Words | None:
    """Return a name in both languages from `key_ar` and `key_en`, each standing in for the other, or from `key` alone."""
    plain = given.get(key) or ""
    arabic, english = given.get(f"{key}_ar") or plain, given.get(f"{key}_en") or plain
    if not (arabic or english):
        return None
    return Words(escape(arabic or english), escape(english or arabic))
