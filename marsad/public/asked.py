"""What a reader asks of a list by its address: words, filters, order; and the choices there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.http import QueryDict

from marsad.catalogue.models import Channel
from marsad.core.text import sort_key
from marsad.ratings.board import Entry
from marsad.standards import Text
from marsad.web.texts import grouped

LONGEST_WORDS = 200
UNRATED = "none"
"""What the address says in place of a star for channels without one."""
ORDERS: Mapping[str, Callable[[Entry, str], Any]] = {
    "rank": lambda entry, language: entry.rank,
    "name": lambda entry, language: sort_key(entry.name[language]),
    "entity": lambda entry, language: sort_key(entry.entity_name[language]),
    "star": lambda entry, language: entry.star,
    "score": lambda entry, language: entry.score,
    "best": lambda entry, language: entry.p_top,
    "worst": lambda entry, language: entry.p_bottom,
    "voices": lambda entry, language: entry.n,
}
"""What a list can be ordered by; a minus before the name turns the order round."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a list of channels; '' asks nothing. `found` are the codes that answer the words, best first."""

    q: str = ""
    kind: str = ""
    entity: str = ""
    region: str = ""
    star: str = ""
    order: str = ""
    found: Mapping[str, int] | None = None

    @property
    def any(self) -> bool:
        """Whether some channels are left out."""
        return any((self.q, self.kind, self.entity, self.region, self.star))

    @property
    def ordered_by(self) -> str:
        """Return what the list is ordered by; '' where it stands in its own order."""
        name = self.order.removeprefix("-")
        return name if name in ORDERS else ""

    def admits(self, entry: Entry) -> bool:
        """Whether a channel is one of those asked for."""
        return (
            (not self.kind or entry.kind == self.kind)
            and (not self.entity or entry.entity == self.entity)
            and (not self.region or entry.region == self.region)
            and (not self.star or star_code(entry) == self.star)
            and (self.found is None or entry.code in self.found)
        )

    def of(self, entries: Iterable[Entry], language: str) -> tuple[Entry, ...]:
        """Return the channels asked for in the order asked for: without one, best answers to the words first, else as given."""
        found = [entry for entry in entries if self.admits(entry)]
        name = self.ordered_by
        if not name:
            return tuple(found if self.found is None else sorted(found, key=lambda entry: self.found[entry.code]))  # type: ignore[index]
        keyed = [(ORDERS[name](entry, language), entry) for entry in found]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.order.startswith("-"))
        return tuple([entry for _, entry in known] + [entry for key, entry in keyed if key is None])

    def query(self, **changed: str) -> str:
        """Return it as the end of an address, with some of it changed."""
        said = {name: value for name, value in (asdict(self) | changed).items() if name != "found" and value}
        query = QueryDict(mutable=True)
        query.update(said)
        return f"?{query.urlencode()}" if said else "?"


def asked_in(query: Mapping[str, str]) -> Asked:
    """Return what an address asks."""
    said = {
        one.name: query.get(one.name, "").replace("\0", "")[:LONGEST_WORDS].strip()
        for one in fields(Asked)
        if one.name != "found"
    }
    return Asked(**said, found=places_of(said["q"]) if said["q"] else None)


def places_of(words: str) -> Mapping[str, int]:
    """Return the codes of channels that answer words in either language, slips allowed, with their place, best first."""
    return {code: place for place, code in enumerate(Channel.objects.found_by(words).values_list("code", flat=True))}


@dataclass(frozen=True)
class Option:
    """One choice of a filter: what the address says, what the reader reads, how many channels it has."""

    value: str
    name: Any
    count: int
    chosen: bool


def options(entries: Iterable[Entry], key: Callable[[Entry], str], name: Callable[[Entry], Any], chosen: str) -> list[Option]:
    """Return the choices of a filter over some channels, in the order in which they are met; what has no value is left out."""
    counts: dict[str, int] = {}
    first: dict[str, Entry] = {}
    for entry in entries:
        if value := key(entry):
            counts[value] = counts.get(value, 0) + 1
            first.setdefault(value, entry)
    return [Option(value, name(first[value]), count, value == chosen) for value, count in counts.items()]


def by_name(found: list[Option]) -> list[Option]:
    """Return choices in the order of the alphabet."""
    return sorted(found, key=lambda option: sort_key(str(option.name)))


def star_code(entry: Entry) -> str:
    """Return what an address calls a channel's star."""
    return UNRATED if entry.star is None else grouped(entry.star)


def text_in(value: Text | None, language: str) -> str:
    """Return a text in a language, '' where there is none."""
    return value[language] if value else ""
