"""Compare: two to five channels of a kind side by side, and how probable it is that one is better than another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

from django.utils.safestring import SafeString

from marsad.catalogue.access import channels_for
from marsad.core.compare import chance_better
from marsad.core.parts import profile_parts
from marsad.core.posterior import Settings
from marsad.public.channel import ChannelPage
from marsad.public.marks import mark_of
from marsad.public.pages import Page
from marsad.public.rows import NOTHING, interval_of, number
from marsad.public.words import share_words
from marsad.ratings.board import Entry
from marsad.web.charts import Figure
from marsad.web.charts import profile as profiles
from marsad.web.texts import chance_words, noop, phrase

FEWEST, MOST = 2, 5
OFFERED = 30
"""So many channels are offered for words that somebody typed."""
BETTER = noop("{first} is better than {second} with a probability of {chance}.")
UNKNOWN = noop("The evidence does not say whether {first} or {second} is better.")
OTHER_KINDS = noop("These channels are of different kinds; scores are compared within a kind, so none is called better.")


@dataclass(frozen=True)
class Offer:
    """A channel that may be added, with the address of the comparison that has it."""

    name: str
    entity: str
    href: str


@dataclass(frozen=True)
class Compare:
    """The channels asked for, in the order asked for; codes that the cycle did not cover are left out."""

    page: Page
    channels: tuple[ChannelPage, ...]
    words: str

    @property
    def complete(self) -> bool:
        """Whether there is something to compare."""
        return len(self.channels) >= FEWEST

    @property
    def full(self) -> bool:
        """Whether no more can be added."""
        return len(self.channels) >= MOST

    @property
    def same_kind(self) -> bool:
        """Whether all are of one league."""
        return len({one.entry.league for one in self.channels}) == 1

    @property
    def sentence(self) -> SafeString:
        """Return what can be said of the first two, or how to begin."""
        if not self.complete:
            return self.page.say(phrase("Choose two to five channels to see them side by side."))
        if not self.same_kind:
            return self.page.say(phrase(OTHER_KINDS))
        first, second = self.channels[:2]
        chance = better(first.entry, second.entry)
        names = {"first": first.entry.name, "second": second.entry.name}
        if chance != chance:
            return self.page.say(phrase(UNKNOWN, **names))
        if chance < 0.5:
            names, chance = {"first": names["second"], "second": names["first"]}, 1 - chance
        return self.page.say(phrase(BETTER, chance=chance_words(chance), **names))

    @cached_property
    def picture(self) -> Figure:
        """Return their profiles on each other."""
        parts = [part for part, depth in profile_parts(self.page.board.scheme) if depth == 0]
        rows = [
            (self.channels[0].label(part), [interval_of(one.scores.get(part.code, NOTHING)) for one in self.channels])
            for part in parts
        ]
        marks = [mark_of(self.page, one.entry) for one in self.channels]
        return Figure(partial(profiles.compare, marks, rows, language=self.page.language))

    @property
    def chances(self) -> list[tuple[ChannelPage, list[str]]]:
        """Return, for every channel, the probability that it is better than each of the others; '' beside itself."""
        return [
            (one, ["" if one is other else chance_cell(better(one.entry, other.entry)) for other in self.channels])
            for one in self.channels
        ]

    @property
    def offers(self) -> list[Offer]:
        """Return channels that may be added: those found by the words typed, of the kind of the first one chosen."""
        chosen = {one.entry.code for one in self.channels}
        entries = {code: entry for code, entry in self.page.board.by_code.items() if code not in chosen}
        if self.channels:
            entries = {code: entry for code, entry in entries.items() if entry.league == self.channels[0].entry.league}
        found = codes_found(self.words) if self.words else entries
        language = self.page.language
        wanted = [entries[code] for code in found if code in entries][:OFFERED]
        return [Offer(one.name[language], one.entity_name[language], self.address((*self.codes, one.code))) for one in wanted]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of its channels."""
        return tuple(one.entry.code for one in self.channels)

    def address(self, codes: tuple[str, ...]) -> str:
        """Return the address of the comparison of some channels."""
        return f"{self.page.to('compare')}?{'&'.join(f'channel={code}' for code in codes)}"

    @property
    def without(self) -> list[tuple[ChannelPage, str]]:
        """Return every channel with the address of the comparison without it."""
        return [(one, self.address(tuple(code for code in self.codes if code != one.entry.code))) for one in self.channels]


def better(one: Entry, other: Entry) -> float:
    """Return the probability that one channel is better than another of its kind; NaN across kinds."""
    if one.league != other.league:
        return float("nan")
    ends = [(number(entry.score), number(entry.low), number(entry.high)) for entry in (one, other)]
    return chance_better(ends[0], ends[1], Settings.level)


def chance_cell(chance: float) -> str:
    """Return a probability as a cell has it."""
    return share_words(None if chance != chance else chance)


def codes_found(words: str) -> list[str]:
    """Return the codes of channels that answer what was typed, best first."""
    return list(channels_for(None).found_by(words).values_list("code", flat=True))


def compare_page(page: Page) -> Compare:
    """Return the comparison an address asks for."""
    asked = dict.fromkeys(page.query.getlist("channel"))
    found = [ChannelPage(page, page.board.by_code[code]) for code in asked if code in page.board.by_code]
    return Compare(page, tuple(found[:MOST]), page.query.get("q", "").strip()[:100])
