"""What every picture is: a drawing with its words, which a page and a printed document show alike."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from marsad.web.charts.ink import GROUND, for_print
from marsad.web.charts.words import directed, plain

FONT = "IBM Plex Sans Arabic"
LINK = re.compile(r"<a [^>]*>|</a>")
EMPTY_ROOM = 56
VOWELS = {ord(mark): None for mark in "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"}
"""Typst loses the letters under these marks in the text of an SVG, and PDF/UA refuses text without letters."""
WIDE, SLIM = 880, 360
"""How wide a picture is drawn for a screen or a printed page, and for a phone."""


@dataclass(frozen=True)
class Table:
    """What a picture shows, as text: `columns` `[K]` and `rows` of `K` cells; `figures` are the columns of numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()

    def csv(self) -> str:
        """Return the table as a file of comma-separated values, cells that a spreadsheet would take for a formula marked."""
        target = io.StringIO()
        writer = csv.writer(target, lineterminator="\n")
        for row in (self.columns, *self.rows):
            writer.writerow([guarded(plain(cell)) for cell in row])
        return target.getvalue()

    def html(self) -> SafeString:
        """Return the table as HTML, its first column as the heads of the rows."""
        heads = format_html_join(
            "", '<th scope="col"{}>{}</th>', ((self.aligned(at), name) for at, name in enumerate(self.columns))
        )
        rows = format_html_join("", "<tr>{}</tr>", ((self.row(cells),) for cells in self.rows))
        return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", heads, rows)

    def row(self, cells: tuple[str, ...]) -> SafeString:
        """Return the cells of a row."""
        first, others = cells[0], enumerate(cells[1:], 1)
        named = format_html('<th scope="row"><bdi>{}</bdi></th>', first)
        return named + format_html_join("", "<td{}><bdi>{}</bdi></td>", ((self.aligned(at), cell) for at, cell in others))

    def aligned(self, at: int) -> SafeString:
        """Return the attribute of a column of numbers, nothing for one of words."""
        return mark_safe(' class="number-cell"' if at in self.figures else "")


def guarded(cell: str) -> str:
    """Return a cell no spreadsheet runs."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@", "\t", "\r") else cell


@dataclass(frozen=True)
class Picture:
    """A drawing `width` × `height` in a language, with its title, its sentence (also its alternative text) and its table.

    `linked`: marks in it are links, so it is a group one can walk through by keyboard; otherwise it is one image, and its table
    is the way to its numbers. `body` names colours by token and marks by `KEY`, under which a page tells pictures apart.
    """

    name: str
    language: str
    title: str
    sentence: str
    table: Table
    width: float
    height: float
    body: str
    linked: bool = False

    @property
    def direction(self) -> str:
        """Return where the language begins: `rtl` or `ltr`."""
        return "rtl" if self.language == "ar" else "ltr"

    def page(self, key: str = "") -> SafeString:
        """Return the drawing for a page, whose style colours it; `key` tells pictures of one name apart."""
        key = key or self.name
        role = "group" if self.linked else "img"
        attributes = f'class="picture {self.name}" role="{role}" aria-labelledby="{key}-title" aria-describedby="{key}-desc"'
        return mark_safe(self.drawn(key, attributes, self.body))

    def printed(self, key: str = "") -> str:
        """Return the drawing as a file of its own for print, without links and vowel marks and in plain colours."""
        return for_print(self.drawn(key or self.name, f'font-family="{FONT}"', LINK.sub("", self.body).translate(VOWELS)))

    def alone(self) -> str:
        """Return the drawing as a file to look at: on its ground, without links, in fonts that every machine has."""
        ground = f'<rect width="{self.width:g}" height="{self.height:g}" fill="{GROUND}"/>'
        return for_print(self.drawn(self.name, f'font-family="{FONT}, sans-serif"', ground + LINK.sub("", self.body)))

    def drawn(self, key: str, attributes: str, body: str) -> str:
        """Return the whole element around a body; what it says is inside it, under names of its own."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        title = f'<title id="{key}-title">{escape(directed(self.title, self.language))}</title>'
        words = f'<desc id="{key}-desc">{escape(directed(self.sentence, self.language))}</desc>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} direction="ltr" lang="{self.language}" {attributes}>'
            f"{title}{words}{body.replace('KEY-', f'{key}-')}</svg>"
        )


@dataclass(frozen=True)
class Figure:
    """A picture as a page has it, by what draws it at a `width`: for a wide screen and for a phone, one of which is seen.

    In a template: `<c-picture :of="channel.profile" />`.
    """

    draw: Callable[..., Picture]

    @cached_property
    def wide(self) -> Picture:
        """Return the picture for a wide screen and for print."""
        return self.draw(width=WIDE)

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.wide.title

    @property
    def sentence(self) -> str:
        """Return what it says in one sentence."""
        return self.wide.sentence

    @property
    def table(self) -> SafeString:
        """Return it as a table."""
        return self.wide.table.html()

    @property
    def broad(self) -> SafeString:
        """Return the drawing for a wide screen."""
        return self.wide.page()

    @property
    def slim(self) -> SafeString:
        """Return the drawing for a phone."""
        narrow = self.draw(width=SLIM)
        return narrow.page(f"{narrow.name}-slim")
