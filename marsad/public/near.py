"""Which centre near me: by a place or by where a reader lets the browser say they are, open now, accessible, well rated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.safestring import SafeString

from marsad.catalogue.access import channels_for
from marsad.catalogue.kinds import kinds
from marsad.catalogue.models import Channel, ChannelQuerySet
from marsad.core.problem import Problem, Sentence
from marsad.core.text import sort_key
from marsad.public.channel import ChannelPage
from marsad.public.hours import hours_in_words
from marsad.public.pages import Page
from marsad.public.rows import star_row
from marsad.web.texts import complaint, counted, grouped, noop, phrase

MOST = 50
"""So many channels are listed."""
FAR_KM = 100.0
PLACE = "place"
"""How the kinds are met that somebody can go to."""


@dataclass(frozen=True)
class Found:
    """A channel that answers: its page, how far it is in km (None without a place), whether it is open, its hours and place."""

    channel: ChannelPage
    distance: str
    is_open: bool | None
    hours: str
    place: str


@dataclass(frozen=True)
class Near:
    """What was asked, and the channels that answer; `here` is where the reader is, in degrees."""

    page: Page
    moment: datetime
    here: tuple[float, float] | None
    fault: str = ""

    def asked(self, name: str) -> str:
        """Return one thing that was asked, '' where it was not."""
        return str(self.page.query.get(name, "")).strip()[:100]

    @property
    def words(self) -> str:
        """Return the words typed."""
        return self.asked("q")

    @property
    def is_open(self) -> bool:
        """Whether only what is open now is wanted."""
        return bool(self.asked("open"))

    @property
    def is_accessible(self) -> bool:
        """Whether only what is accessible is wanted."""
        return bool(self.asked("accessible"))

    @property
    def any(self) -> bool:
        """Whether anything was asked."""
        return self.here is not None or any(self.asked(name) for name in ("q", "region", "open", "accessible", "stars"))

    @cached_property
    def found(self) -> list[Found]:
        """Return the channels that answer, the nearest first."""
        if not self.any or self.fault:
            return []
        board, rows = self.page.board, []
        for channel in self.wanted:
            entry = board.by_code.get(channel.code)
            if entry is not None and (entry.star or 0.0) >= self.least:
                rows.append(self.row(channel, ChannelPage(self.page, entry)))
            if len(rows) > MOST:
                break
        return rows

    @property
    def shown(self) -> list[Found]:
        """Return those that are listed."""
        return self.found[:MOST]

    @property
    def least(self) -> float:
        """Return the fewest stars wanted."""
        asked = self.asked("stars")
        return float(asked) if asked.isdecimal() else 0.0

    @property
    def wanted(self) -> ChannelQuerySet:
        """Return the channels of the catalogue that answer."""
        places = [kind.code for kind in kinds().values() if kind.met == PLACE]
        rows = channels_for(None).with_cards().of_kind(*places)
        rows = rows.in_region(self.asked("region")) if self.asked("region") else rows
        rows = rows.open_at(self.moment) if self.asked("open") else rows
        rows = rows.filter(accessible=True) if self.asked("accessible") else rows
        if self.asked("q"):
            rows = rows.found_by(self.asked("q"))
        if self.here is not None:
            return rows.near(*self.here, within_km=FAR_KM)
        return rows if self.asked("q") else rows.in_order(self.page.language)

    def row(self, channel: Channel, page: ChannelPage) -> Found:
        """Return a channel as the list has it."""
        distance = getattr(channel, "distance_km", None)
        return Found(
            channel=page,
            distance="" if distance is None else grouped(distance, 1),
            is_open=channel.open_at(self.moment),
            hours=hours_in_words(channel.hours),
            place=getattr(channel, f"place_{self.page.language}"),
        )

    @property
    def sentence(self) -> SafeString:
        """Return how many were found, or how to begin."""
        if not self.any:
            return self.page.say(phrase("Say where you are, or write a place, and see the centres near it."))
        if not self.found:
            return self.page.say(phrase("No centre is like that."))
        if self.here is not None:
            first = self.found[0]
            message = noop("The nearest is {name}, {distance} km from you as the crow flies.")
            return self.page.say(phrase(message, name=first.channel.entry.name, distance=first.distance))
        if len(self.found) > MOST:
            return self.page.say(phrase("More than {n} centres are like that; these are the first.", n=MOST))
        one, many = noop("{n} centre is like that."), noop("{n} centres are like that.")
        return self.page.say(counted(one, many, len(self.found)))

    @property
    def regions(self) -> list[tuple[str, str, bool]]:
        """Return the regions to choose from."""
        language, asked = self.page.language, self.asked("region")
        names = {entry.region: entry.region_name[language] for entry in self.page.board.entries if entry.region_name}
        return [(code, name, code == asked) for code, name in sorted(names.items(), key=lambda one: sort_key(one[1]))]

    @property
    def stars(self) -> list[tuple[str, bool]]:
        """Return the numbers of stars to choose from."""
        return [(grouped(value), value == self.least) for value in star_row(self.page.board).values]


def near_page(page: Page, moment: datetime) -> Near:
    """Return what the page shows at a moment."""
    try:
        return Near(page, moment, place_in(page.query))
    except Problem as problem:
        return Near(page, moment, None, complaint(problem, placed=False))


def place_in(query: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the place that an address names, None where it names none; raises Problem where it is nowhere."""
    written = [str(query.get(name, "")).strip() for name in ("latitude", "longitude")]
    if not any(written):
        return None
    try:
        latitude, longitude = (float(one) for one in written)
    except ValueError:
        raise Problem(Sentence("a place needs a latitude and a longitude"), remedy=Sentence("write both in degrees")) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Problem(Sentence("this place is nowhere on earth"), remedy=Sentence("write latitude, then longitude, in degrees"))
    return latitude, longitude
