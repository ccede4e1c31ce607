"""What every public page begins with, and how one is drawn: the same for everybody, with nothing in it of whoever asks.

A page is drawn without its request: a template knows a `page`, and never a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override

from marsad.public.drawings import drawn
from marsad.public.editions import Edition, among, editions
from marsad.ratings.board import Board
from marsad.ratings.models import Cycle
from marsad.standards import Text
from marsad.web.numerals import ARABIC_INDIC, arabic_indic, numerals_of
from marsad.web.texts import Words, text


@dataclass(frozen=True)
class Nowhere:
    """Where a reader is as long as nothing is published."""

    path: str


KEPT_SIGNS = "/~:@!$&'()*+,;="
"""What an address says as it is, besides letters and digits."""
Present = Callable[["Page"], Mapping[str, Any]]
"""What a page shows, by the names its template knows."""


@dataclass(frozen=True)
class Choice:
    """One published cycle to choose: its title, the address of this page in it, and whether it is the one shown."""

    title: SafeString
    href: str
    chosen: bool


@dataclass(frozen=True)
class Page:
    """What a public page begins with: where it stands, what was asked of it, and the published cycle it tells of.

    `name` is that of its address, `at` what its address names besides the cycle, `query` what was asked by the address.
    """

    name: str
    at: Mapping[str, str]
    path: str
    query: QueryDict
    language: str
    numerals: str
    editions: tuple[Edition, ...]
    edition: Edition
    part: bool = False

    @property
    def layout(self) -> str:
        """Return the template that its own extends: the whole shell, or none where only its own part is asked for."""
        return "web/part.html" if self.part else "public/base.html"

    @cached_property
    def board(self) -> Board:
        """Return the results that the page tells of, the same for all of it."""
        return self.edition.board

    @property
    def is_newest(self) -> bool:
        """Whether it tells of the newest cycle."""
        return self.edition == self.editions[0]

    @property
    def cycle(self) -> SafeString:
        """Return what its cycle is called."""
        return self.say(title_of(self.edition.cycle))

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Return the published cycles with the address of this page in each."""
        return tuple(Choice(self.say(title_of(one.cycle)), self.within(one), one == self.edition) for one in self.editions)

    def within(self, edition: Edition) -> str:
        """Return the address of this page in another cycle; its first league, and its home where the channel was not covered."""
        if self.name == "league":
            return self.address("league", edition)
        covered = "channel" not in self.at or edition.covers(self.at["channel"])
        return self.address(self.name if covered else "sky", edition, **(self.at if covered else {}))

    def to(self, name: str, **at: str) -> str:
        """Return the address of a public page in the same cycle, such as `page.to("channel", channel="dha-01")`."""
        return self.address(name, self.edition, **at)

    def address(self, name: str, edition: Edition, **at: str) -> str:
        """Return the address of a public page in a cycle; the newest needs no name."""
        cycle = "" if edition == self.editions[0] else edition.cycle.code
        found = pattern_of(name, tuple(at), cycle, self.language)
        return found.format(**{part: quote(value, safe=KEPT_SIGNS) for part, value in at.items()}) if at else found

    def say(self, words: Words | Text) -> SafeString:
        """Return words as HTML in the page's language: `page.say(phrase("{n} of them", n=3))`, `page.say(entry.name)`."""
        return mark_safe((text(words) if isinstance(words, Text) else words).inside(self.language))


@lru_cache(maxsize=1024)
def pattern_of(name: str, parts: tuple[str, ...], cycle: str, language: str) -> str:
    """Return the address of a page with a place for each part: asking Django for each of a thousand rows is too slow."""
    with override(language):
        found = str(
            reverse(name, kwargs={**({"cycle": cycle} if cycle else {}), **{part: f"part-{part}-part" for part in parts}})
        )
    for part in parts:
        found = found.replace(f"part-{part}-part", f"{{{part}}}")
    return found


def title_of(cycle: Cycle) -> Text:
    """Return what a cycle is called."""
    return Text(cycle.title_ar, cycle.title_en)


def show(request: HttpRequest, template: str, present: Present) -> HttpResponse:
    """Return a public page: drawn once for everybody, or each time where it is asked a question; raises NotFound."""
    found = editions()
    if not found:
        return HttpResponse(render_to_string("public/nothing.html", {"page": Nowhere(request.path)}))
    page = page_of(request, found)
    publication = page.edition.publication
    return drawn(request, publication, variant(page), lambda: html(page, template, present))


def page_at(request: HttpRequest) -> Page:
    """Return what the page at an address begins with; raises NotFound where nothing is published there."""
    return page_of(request, editions())


def html(page: Page, template: str, present: Present) -> str:
    """Return a page as HTML, in its reader's digits."""
    written = str(render_to_string(template, {"page": page, **present(page)}))
    return arabic_indic(written) if page.numerals == ARABIC_INDIC else written


def variant(page: Page) -> str:
    """Return what tells drawings at one address apart: the digits, and whether only the page's own part is asked for."""
    return f"{page.numerals} part" if page.part else page.numerals


def page_of(request: HttpRequest, found: tuple[Edition, ...]) -> Page:
    """Return what the page at an address begins with; raises NotFound where no published cycle has the code it names."""
    match = request.resolver_match
    assert match is not None
    at = {name: str(value) for name, value in match.kwargs.items()}
    edition = among(found, at.pop("cycle", None))
    return Page(
        name=match.url_name or "",
        at=at,
        path=request.path,
        query=request.GET,
        language=get_language() or "ar",
        numerals=numerals_of(request),
        editions=found,
        edition=edition,
        part=request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true",
    )
