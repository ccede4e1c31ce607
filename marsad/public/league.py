"""The league table: who stands where, and who cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.safestring import SafeString, mark_safe

from marsad.public.asked import Asked, Option, asked_in, by_name, options, star_code
from marsad.public.fragments import rows_of
from marsad.public.pages import Page
from marsad.public.rows import EDGES, axis_of, band_edges, best_rank, name_cells, rated_cells, star_row, worst_rank
from marsad.public.words import league_name, plain, reason_words, star_words
from marsad.ratings.access import NotFound
from marsad.ratings.board import Entry
from marsad.web.charts.pieces import Axis, edges_symbol
from marsad.web.documents import joined, pattern
from marsad.web.texts import counted, noop, phrase

VAST = 400
"""From so many rows on a league is laid out as it comes into view."""
COLUMNS = (
    ("rank", noop("Rank")),
    ("name", noop("Channel")),
    ("entity", noop("Entity")),
    ("star", noop("Stars")),
    ("score", noop("Score")),
    ("best", noop("Among the best {k}")),
    ("worst", noop("Among the worst {k}")),
    ("voices", noop("Answers")),
)
"""The columns by what orders by them."""
NUMBERS = frozenset({"rank", "best", "worst", "voices"})


@dataclass(frozen=True)
class Band:
    """Channels in a row of which none can be told apart from the first, as rows; `places` are their ranks."""

    words: SafeString
    rows: SafeString
    single: bool


@dataclass(frozen=True)
class Column:
    """A column: its code, its name, the address that orders by it, how the list is ordered by it now."""

    code: str
    name: SafeString
    href: str
    sorted: str

    @property
    def plain(self) -> str:
        """Return its name as plain text."""
        return plain(self.name)

    @property
    def number(self) -> bool:
        """Whether it holds numbers alone."""
        return self.code in NUMBERS


@dataclass(frozen=True)
class Tab:
    """A league to choose: its name, its address, how many channels it has, whether it is the one shown."""

    name: SafeString
    href: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class League:
    """One league on a page, with what was asked of it."""

    page: Page
    code: str
    asked: Asked

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return its channels, best first, the unrated last."""
        return self.page.board.leagues[self.code]

    @cached_property
    def rated(self) -> tuple[Entry, ...]:
        """Return its rated channels, best first."""
        return tuple(entry for entry in self.entries if entry.rated)

    @cached_property
    def shown(self) -> tuple[Entry, ...]:
        """Return the channels asked for, in the order asked for."""
        return self.asked.of(self.entries, self.page.language)

    @property
    def title(self) -> SafeString:
        """Return its name."""
        return self.page.say(league_name(self.page.board, self.code))

    @property
    def tabs(self) -> list[Tab]:
        """Return the leagues there are."""
        board = self.page.board
        return [
            Tab(self.page.say(league_name(board, code)), league_address(self.page, code), len(entries), code == self.code)
            for code, entries in board.leagues.items()
        ]

    @cached_property
    def groups(self) -> tuple[tuple[Entry, ...], ...]:
        """Return all its rated channels in bands."""
        return tie_bands(self.rated)

    @property
    def sentence(self) -> SafeString:
        """Return the league in one sentence."""
        if not self.rated:
            return self.page.say(phrase("No channel of this kind could be rated."))
        one = noop("The evidence parts {rated} rated channels into {n} group.")
        many = noop("The evidence parts {rated} rated channels into {n} groups.")
        first = first_words(self.groups[0], self.page)
        return mark_safe(f"{self.page.say(counted(one, many, len(self.groups), rated=len(self.rated)))} {first}")

    @property
    def bands(self) -> list[Band]:
        """Return the rated channels asked for, in bands where they stand by rank, else as one."""
        wanted = [entry for entry in self.shown if entry.rated]
        if self.asked.order or self.asked.q:
            return [Band(mark_safe(""), self.rows(wanted), single=True)] if wanted else []
        codes = {entry.code for entry in wanted}
        found = [(group, [entry for entry in group if entry.code in codes]) for group in self.groups]
        return [Band(self.band_words(group), self.rows(some), len(group) == 1) for group, some in found if some]

    def band_words(self, group: Sequence[Entry]) -> SafeString:
        """Return what is said above a band."""
        one = noop("{n} channel that cannot be told apart")
        many = noop("{n} channels that cannot be told apart")
        return self.page.say(counted(one, many, len(group)))

    def rows(self, entries: Iterable[Entry]) -> SafeString:
        """Return the rows of channels."""
        return joined([self.made[entry.code] for entry in entries])

    @cached_property
    def made(self) -> Mapping[str, str]:
        """Return the rows of all its channels."""
        return rows_of(self.page, f"league {self.code}", lambda: league_rows(self))

    @cached_property
    def unrated(self) -> SafeString:
        """Return the rows of channels that are not rated, each with its reason."""
        return self.rows(entry for entry in self.shown if not entry.rated)

    @property
    def count(self) -> SafeString:
        """Return how many channels are shown."""
        one, many = noop("{n} of {total} channels is shown."), noop("{n} of {total} channels are shown.")
        return self.page.say(counted(one, many, len(self.shown), total=len(self.entries)))

    @property
    def vast(self) -> bool:
        """Whether the browser should lay out rows as they come into view."""
        return len(self.shown) >= VAST

    @cached_property
    def axis(self) -> Axis:
        """Return the axis of its scores."""
        return axis_of(self.rated)

    @property
    def edges(self) -> SafeString:
        """Return the edges between bands, which stand behind every interval."""
        return mark_safe(edges_symbol(EDGES, self.axis, band_edges(self.page.board.scheme)))

    @cached_property
    def columns(self) -> list[Column]:
        """Return the columns."""
        k = self.page.board.scheme.k_of(self.code)
        return [
            Column(code, self.page.say(phrase(name, k=k)), self.ordered(code), self.sorted_by(code)) for code, name in COLUMNS
        ]

    def ordered(self, code: str) -> str:
        """Return the address of this league ordered by a column; by the same one the other way round."""
        return self.page.path + self.asked.query(order=f"-{code}" if self.asked.order == code else code)

    def sorted_by(self, code: str) -> str:
        """Return how the table is ordered by a column, as `aria-sort` has it; '' where it is not."""
        if (self.asked.ordered_by or ("" if self.asked.q else "rank")) != code:
            return ""
        return "descending" if self.asked.order.startswith("-") else "ascending"

    @property
    def csv(self) -> str:
        """Return the address of the same as a file."""
        return self.page.to("league_csv") + self.asked.query(league=self.code)

    @property
    def entities(self) -> list[Option]:
        """Return the entities to choose from."""
        language = self.page.language
        found = options(self.entries, lambda entry: entry.entity, lambda entry: entry.entity_name[language], self.asked.entity)
        return by_name(found)

    @cached_property
    def regions(self) -> list[Option]:
        """Return the regions to choose from."""
        return regions_of(self.entries, self.page, self.asked)

    @property
    def stars(self) -> list[Option]:
        """Return the stars to choose from, the most first."""
        return stars_of(self.entries, self.page, self.asked)


def league_page(page: Page, code: str | None) -> League:
    """Return the league that a page shows: the first where none is named; raises NotFound."""
    leagues = page.board.leagues
    code = next(iter(leagues), "") if code is None else code
    if code not in leagues:
        raise NotFound("league")
    return League(page, code, asked_in(page.query))


def league_address(page: Page, code: str) -> str:
    """Return the address of a league."""
    return page.to("league") if code == next(iter(page.board.leagues)) else page.to("league", league=code)


def tie_bands(rated: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """Return channels, best first, in bands: to one belong all in a row whose range of ranks meets that of the first of them."""
    bands: list[list[Entry]] = []
    for entry in rated:
        if bands and best_rank(entry) <= worst_rank(bands[-1][0]):
            bands[-1].append(entry)
        else:
            bands.append([entry])
    return tuple(tuple(band) for band in bands)


def first_words(band: Sequence[Entry], page: Page) -> SafeString:
    """Return who stands first, alone or with how many others."""
    name = page.say(band[0].name)
    if len(band) == 1:
        return page.say(phrase("{name} stands first, apart from all others.", name=name))
    one = noop("{name} stands first, and {n} other cannot be told apart from it.")
    many = noop("{name} stands first, and {n} others cannot be told apart from it.")
    return page.say(counted(one, many, len(band) - 1, name=name))


def regions_of(entries: Iterable[Entry], page: Page, asked: Asked) -> list[Option]:
    """Return the regions of channels to choose from."""
    name = {entry.region: entry.region_name[page.language] for entry in entries if entry.region_name}
    return by_name(options(entries, lambda entry: entry.region, lambda entry: name[entry.region], asked.region))


def stars_of(entries: Iterable[Entry], page: Page, asked: Asked) -> list[Option]:
    """Return the stars of channels to choose from, the most first, then none."""
    found = options(entries, star_code, lambda entry: page.say(star_words(page.board, entry.star)), asked.star)
    return sorted(found, key=lambda option: -float(option.value) if option.value != "none" else 1.0)


def league_rows(league: League) -> dict[str, str]:
    """Return the row of every channel of a league by its code."""
    page = league.page
    rated, unrated = (pattern(f"public/{name}.html", page=page) for name in ("league_row", "unrated_row"))
    places, axis = star_row(page.board).places, league.axis
    reasons = {reason: page.say(reason_words(page.board, reason)) for reason in {entry.reason for entry in league.entries}}
    found = {}
    for entry in league.entries:
        named = name_cells(page, entry)
        if entry.rated:
            found[entry.code] = rated.format(**named, **rated_cells(entry, places, axis))
        else:
            found[entry.code] = unrated.format(**named, reason=reasons[entry.reason])
    return found
