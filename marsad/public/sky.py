"""The home of the public pages: the sky of all channels, three sentences about it, and the same as a list."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.safestring import SafeString, mark_safe

from marsad.catalogue.kinds import kinds
from marsad.core.parts import SURE
from marsad.public.asked import Asked, Option, asked_in, by_name, options
from marsad.public.changes import Changes, changes_between
from marsad.public.fragments import rows_of
from marsad.public.league import regions_of, stars_of
from marsad.public.marks import bands_of, marks_of
from marsad.public.pages import Page, title_of
from marsad.public.rows import axis_of, name_cells, rated_cells, star_row
from marsad.public.words import plain, reason_words
from marsad.ratings.board import Entry
from marsad.web.charts import Picture
from marsad.web.charts.picture import SLIM
from marsad.web.charts.sky import WIDTH, sky
from marsad.web.documents import joined, pattern
from marsad.web.texts import counted, noop, phrase

ON_A_PAGE = 100
MARK = re.compile(r'<a href="[^"]*" data-code="([^"]*)"')
COLUMNS = (
    ("name", noop("Channel")),
    ("kind", noop("Kind")),
    ("entity", noop("Entity")),
    ("star", noop("Stars")),
    ("score", noop("Score")),
    ("rank number-cell", noop("Rank")),
    ("voices number-cell", noop("Answers")),
)


@dataclass(frozen=True)
class Step:
    """One page of a list: its number, its address, whether it is the one shown."""

    number: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class Sky:
    """The sky of a published cycle, with what was asked of it; `number` counts the pages of the list from 1."""

    page: Page
    asked: Asked
    number: int

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return all channels."""
        return self.page.board.entries

    @cached_property
    def found(self) -> tuple[Entry, ...]:
        """Return the channels asked for."""
        return self.asked.of(self.entries, self.page.language)

    @cached_property
    def rated(self) -> tuple[Entry, ...]:
        """Return the rated channels."""
        return tuple(entry for entry in self.entries if entry.rated)

    @property
    def sentences(self) -> list[SafeString]:
        """Return how many are rated, how sure their stars are, and what changed since the cycle before."""
        return [self.how_many, self.how_sure, self.what_changed]

    @property
    def how_many(self) -> SafeString:
        """Return how many channels are rated, and on how many answers."""
        total, voices = len(self.entries), round(sum(entry.n for entry in self.entries))
        one = noop("{n} of the {total} channels covered is rated, on {voices} answers.")
        many = noop("{n} of the {total} channels covered are rated, on {voices} answers.")
        return self.page.say(counted(one, many, len(self.rated), total=total, voices=voices))

    @property
    def how_sure(self) -> SafeString:
        """Return of how many channels the star is almost certain."""
        drawn = [entry for entry in self.rated if entry.p_star]
        if not drawn:
            return self.page.say(phrase("The evidence gave no margin of error, so neither stars nor ranks carry one."))
        sure = sum(max(entry.p_star.values()) >= SURE for entry in drawn)
        one = noop("The star of {n} of them is almost certain; the evidence leaves more than one star open for {open}.")
        many = noop("The stars of {n} of them are almost certain; the evidence leaves more than one star open for {open}.")
        return self.page.say(counted(one, many, sure, open=len(drawn) - sure))

    @property
    def what_changed(self) -> SafeString:
        """Return what changed since the cycle before."""
        found = self.changes
        if found is None:
            return self.page.say(phrase("This is the first published cycle, so there is nothing yet to compare it with."))
        title = title_of(found.cycle)
        if not found.comparable:
            return self.page.say(
                phrase("The cycle before, “{cycle}”, was rated by another standard, so stars are not compared.", cycle=title)
            )
        message = noop(
            "Of {both} channels rated in both cycles, {up} have more stars than in “{cycle}” and {down} fewer; "
            "for {clear} the intervals of the two scores no longer meet."
        )
        values = {"both": found.both, "up": found.up, "down": found.down, "clear": found.clear}
        return self.page.say(phrase(message, cycle=title, **values))

    @cached_property
    def changes(self) -> Changes | None:
        """Return what changed since the published cycle before, None where there is none."""
        editions = self.page.editions
        before = editions[editions.index(self.page.edition) + 1 :]
        return changes_between(self.page.edition, before[0]) if before else None

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Return the names of the kinds there are, in the order of the standard."""
        present = {entry.kind for entry in self.entries}
        known = [kind for kind in (*self.page.board.standard.kinds, *kinds()) if kind in present]
        return {kind: kind_name(self.page, kind) for kind in dict.fromkeys([*known, *sorted(present)])}

    @property
    def broad(self) -> SafeString:
        """Return the sky for a wide screen, the channels asked for lit and all others dimmed."""
        return self.seen(self.drawings["broad"])

    @property
    def slim(self) -> SafeString:
        """Return the same sky for a phone."""
        return self.seen(self.drawings["slim"])

    def seen(self, drawing: str) -> SafeString:
        """Return a drawing of the sky, the channels asked for lit and all others dimmed."""
        return mark_safe(lit(drawing, {entry.code for entry in self.found}) if self.asked.any else drawing)

    @property
    def drawings(self) -> Mapping[str, str]:
        """Return the sky of all channels as it is drawn for a wide screen and for a phone."""
        return rows_of(self.page, "sky picture", lambda: {"broad": self.whole.page(), "slim": self.drawn(SLIM).page("sky-slim")})

    @property
    def whole(self) -> Picture:
        """Return the sky of all channels for a wide screen and for print."""
        return self.drawn(WIDTH)

    def drawn(self, width: float) -> Picture:
        """Return the sky of all channels, so wide."""
        marks, bands = marks_of(self.page, self.entries), bands_of(self.page)
        return sky(marks, self.kinds, bands, language=self.page.language, width=width)

    @property
    def rows(self) -> SafeString:
        """Return the rows of this page of the list."""
        made = rows_of(self.page, "sky", lambda: sky_rows(self))
        start = (self.number - 1) * ON_A_PAGE
        return joined([made[entry.code] for entry in self.found[start : start + ON_A_PAGE]])

    @property
    def count(self) -> SafeString:
        """Return how many channels answer."""
        return self.page.say(counted("{n} channel found.", "{n} channels found.", len(self.found)))

    @property
    def pages(self) -> list[Step]:
        """Return the pages of the list, none where there is but one."""
        last = -(-len(self.found) // ON_A_PAGE)
        numbers = range(1, last + 1) if last > 1 else ()
        return [Step(number, self.page.path + self.asked.query(page=str(number)), number == self.number) for number in numbers]

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Return the columns of the list: how each is marked, and its name."""
        return [(code, plain(self.page.say(phrase(name)))) for code, name in COLUMNS]

    @property
    def kind_options(self) -> list[Option]:
        """Return the kinds to choose from."""
        found = options(self.entries, lambda entry: entry.kind, lambda entry: self.kinds[entry.kind], self.asked.kind)
        order = list(self.kinds)
        return sorted(found, key=lambda option: order.index(option.value))

    @property
    def entities(self) -> list[Option]:
        """Return the entities to choose from."""
        language = self.page.language
        return by_name(
            options(self.entries, lambda entry: entry.entity, lambda entry: entry.entity_name[language], self.asked.entity)
        )

    @property
    def regions(self) -> list[Option]:
        """Return the regions to choose from."""
        return regions_of(self.entries, self.page, self.asked)

    @property
    def stars(self) -> list[Option]:
        """Return the stars to choose from."""
        return stars_of(self.entries, self.page, self.asked)


def sky_page(page: Page) -> Sky:
    """Return the sky with what the address asks of it."""
    asked = asked_in(page.query)
    number = page.query.get("page", "1")
    return Sky(page, asked, max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else 1)


def kind_name(page: Page, kind: str) -> str:
    """Return what a kind of channel is called."""
    found = page.board.standard.kinds.get(kind) or (kinds()[kind].name if kind in kinds() else None)
    return found[page.language] if found else kind


def lit(svg: str, codes: Collection[str]) -> str:
    """Return a sky in which some channels are lit and all others dimmed."""
    return MARK.sub(lambda mark: f"{mark[0]} data-{'lit' if mark[1] in codes else 'dim'}", svg)


def sky_rows(shown: Sky) -> dict[str, str]:
    """Return the row of every channel by its code."""
    page, axis = shown.page, axis_of(shown.rated)
    rated, unrated = (pattern(f"public/{name}.html", page=page) for name in ("sky_row", "sky_unrated_row"))
    places, found = star_row(page.board).places, {}
    for entry in shown.entries:
        named = {**name_cells(page, entry), "kind": escape(shown.kinds[entry.kind], quote=False)}
        if entry.rated:
            found[entry.code] = rated.format(**named, **rated_cells(entry, places, axis))
        else:
            found[entry.code] = unrated.format(**named, reason=page.say(reason_words(page.board, entry.reason)))
    return found
