"""Open data: every table there is to download, what its columns mean, and how a program asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from marsad.public.pages import Page
from marsad.ratings.tables import CATALOGUE, PUBLICATION, Table, tables
from marsad.web.texts import noop, phrase

FORMS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}
"""The forms of a table, by the ends of their addresses."""
TYPES = {
    "text": noop("text"),
    "number": noop("number"),
    "whole": noop("whole number"),
    "flag": noop("yes or no"),
    "day": noop("day (year-month-day)"),
}
SUBSCRIBE = (
    "curl -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' "
    """-d '{"url": "https://receiver.example/marsad"}'"""
)
PORT = 8000
"""Where `marsad serve` listens by itself."""


@dataclass(frozen=True)
class ColumnLine:
    """A column as a row: its name, its type and its meaning."""

    name: str
    type: SafeString
    meaning: str


@dataclass(frozen=True)
class TableLines:
    """A table: its name, its meaning, its columns, and where it is in each form."""

    name: str
    meaning: str
    columns: tuple[ColumnLine, ...]
    addresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenData:
    """What may be downloaded of a published cycle, and of the catalogue as it is now."""

    page: Page

    @property
    def sentence(self) -> SafeString:
        """Return what there is, in one sentence."""
        return self.page.say(
            phrase("All that these pages show can be downloaded as tables, free of charge and without signing in.")
        )

    @property
    def of_publication(self) -> list[TableLines]:
        """Return the tables of the publication."""
        return self.of(PUBLICATION)

    @property
    def of_catalogue(self) -> list[TableLines]:
        """Return the tables of the catalogue."""
        return self.of(CATALOGUE)

    def of(self, what: str) -> list[TableLines]:
        """Return the tables of the catalogue or of the publication."""
        return [self.told(table) for table in tables().values() if table.of == what]

    def told(self, table: Table) -> TableLines:
        """Return a table in the page's language."""
        language = self.page.language
        columns = tuple(
            ColumnLine(one.name, self.page.say(phrase(TYPES[one.type])), one.meaning[language]) for one in table.columns
        )
        addresses = tuple((words, self.address(table, form)) for form, words in FORMS.items())
        return TableLines(table.name, table.meaning[language], columns, addresses)

    def address(self, table: Table, form: str) -> str:
        """Return where a table is in a form."""
        if table.of == CATALOGUE:
            return str(reverse("api:download_table", kwargs={"table": table.name, "form": form}))
        code = self.page.edition.publication.code
        return str(reverse("api:download_publication_table", kwargs={"code": code, "table": table.name, "form": form}))

    @property
    def licence(self) -> str:
        """Return the licence of the data."""
        return str(settings.MARSAD.data_licence)

    @property
    def bundle(self) -> str:
        """Return where the bundle of the publication is."""
        return str(reverse("api:download_bundle", args=[self.page.edition.publication.code]))

    @property
    def verify_href(self) -> str:
        """Return where it can be verified."""
        return self.page.to("verify")

    @property
    def documentation(self) -> str:
        """Return where the interface is described."""
        return str(reverse("api:openapi-view"))

    @property
    def examples(self) -> list[tuple[SafeString, str]]:
        """Return what a program may ask, each with its command."""
        ratings = self.address(tables()["ratings"], "csv")
        channels = self.address(tables()["channels"], "json")
        asked, told = reverse("api:list_publications"), reverse("api:list_subscriptions")
        return [
            (self.page.say(phrase("The ratings of this cycle")), f"curl -O {self.site}{ratings}"),
            (self.page.say(phrase("Every channel as JSON")), f"curl {self.site}{channels}"),
            (self.page.say(phrase("All publications, the newest first")), f"curl {self.site}{asked}"),
            (self.page.say(phrase("Be told of every publication (needs a token)")), f"{SUBSCRIBE} {self.site}{told}"),
        ]

    @property
    def site(self) -> str:
        """Return how the server is called from outside."""
        return site_of(settings.MARSAD.hosts, local=settings.MARSAD.is_local)


def site_of(hosts: Sequence[str], *, local: bool) -> str:
    """Return the address of a server by its names; a name that stands for many is that of its domain.

    >>> site_of([".marsad.example", "10.0.0.7"], local=False), site_of(["localhost"], local=True)
    ('https://marsad.example', 'http://localhost:8000')
    """
    name = hosts[0].lstrip(".")
    return f"http://{name}:{PORT}" if local else f"https://{name}"
