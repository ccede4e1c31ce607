"""An entity: how its channels do together, each beside its own past."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from statistics import median

from django.utils.safestring import SafeString, mark_safe

from marsad.ledger import Reply
from marsad.public.aftermath import Given, given_to, reply_of
from marsad.public.channel import ChannelPage
from marsad.public.entities import EntityLeague, Line, standings_of
from marsad.public.marks import bands_of, mark_of
from marsad.public.pages import Page, title_of
from marsad.public.rows import number, star_row
from marsad.public.words import league_name, lifted_words
from marsad.ratings.access import NotFound
from marsad.ratings.board import Entry
from marsad.ratings.clearing import ENTITY, lifted_by
from marsad.web.charts import Figure, Interval
from marsad.web.charts.distribution import Member, multiples, stars_by_kind
from marsad.web.charts.history import Cycle
from marsad.web.texts import counted, grouped, noop

MOST_SHOWN = 24
"""Small multiples of more channels than this cannot be read; the table has them all."""


@dataclass(frozen=True)
class EntityPage:
    """The channels of one entity in a published cycle, best first in their kinds, the unrated last."""

    page: Page
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """Return its name."""
        return self.entries[0].entity_name[self.page.language]

    @cached_property
    def rated(self) -> tuple[Entry, ...]:
        """Return its rated channels."""
        return tuple(entry for entry in self.entries if entry.rated)

    @cached_property
    def channels(self) -> list[ChannelPage]:
        """Return its channels."""
        return [ChannelPage(self.page, entry) for entry in self.entries]

    @property
    def sentence(self) -> SafeString:
        """Return how many of its channels are rated, and their median."""
        total = len(self.entries)
        if not self.rated:
            return self.page.say(
                counted("Its {n} channel is not rated in this cycle.", "None of its {n} channels is rated in this cycle.", total)
            )
        one = noop("{n} of its {total} channels is rated; half of them score {median} or more.")
        many = noop("{n} of its {total} channels are rated; half of them score {median} or more.")
        middle = grouped(median(number(entry.score) for entry in self.rated), 1)
        return self.page.say(counted(one, many, len(self.rated), total=total, median=middle))

    @property
    def has_past(self) -> bool:
        """Whether any of its channels was in a cycle before by this standard, so that there is something to compare with."""
        return any(len(self.past(entry)) > 1 for entry in self.rated)

    @cached_property
    def multiples(self) -> Figure:
        """Return its rated channels over the published cycles, each as one small picture."""
        members = [Member(mark_of(self.page, entry), self.past(entry)) for entry in self.rated[:MOST_SHOWN]]
        return Figure(partial(multiples, members, bands_of(self.page), language=self.page.language))

    def past(self, entry: Entry) -> list[Cycle]:
        """Return the published cycles of a channel by this standard, oldest first."""
        found = []
        for edition in reversed(self.page.editions[self.page.editions.index(self.page.edition) :]):
            then = edition.board.by_code.get(entry.code)
            if then is not None and edition.board.standard.name == self.page.board.standard.name:
                score = Interval(number(then.score), number(then.low), number(then.high))
                found.append(Cycle(title_of(edition.cycle)[self.page.language], score, number(then.star)))
        return found

    @cached_property
    def stars(self) -> Figure:
        """Return how many of its channels have each star, by kind."""
        language, counts = self.page.language, dict[str, dict[float, int]]()
        for one in self.channels:
            if one.entry.star is not None:
                of_kind = counts.setdefault(one.kind, {})
                of_kind[one.entry.star] = of_kind.get(one.entry.star, 0) + 1
        return Figure(partial(stars_by_kind, counts, star_row(self.page.board).values, language=language))

    @cached_property
    def standings(self) -> list[tuple[EntityLeague, Line, SafeString]]:
        """Return where it stands among the entities of every kind in which they are named, as a line and as a sentence."""
        found = standings_of(self.page, self.entries[0].entity)
        return [(league, line, league.place(line)) for league, line in found]

    @property
    def lifted(self) -> list[SafeString]:
        """Return the names that publications before gave it, and that a correction took back."""
        lost = [one for one in lifted_by(self.page.edition.publication, ENTITY) if one.code == self.entries[0].entity]
        return [self.page.say(lifted_words(one, league_name(self.page.board, one.league))) for one in lost]

    @property
    def reply(self) -> Reply | None:
        """Return what it says of a verdict on itself."""
        return reply_of(self.page, self.entries[0].entity)

    @property
    def given(self) -> list[Given]:
        """Return what it was given as a whole for this cycle."""
        return given_to(self.page, entity=self.entries[0].entity)

    @property
    def report_href(self) -> str:
        """Return the address of its report for print."""
        return self.page.to("entity_report", entity=self.entries[0].entity)

    @property
    def symbols(self) -> SafeString:
        """Return the symbols its stars are drawn with."""
        return mark_safe(star_row(self.page.board).symbols())


def entity_page(page: Page, code: str) -> EntityPage:
    """Return the page of an entity; raises NotFound where the cycle covered none of its channels."""
    entries = page.board.of([code]).entries
    if not entries:
        raise NotFound("entity")
    return EntityPage(page, entries)
