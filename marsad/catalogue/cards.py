"""What the catalogue says of one thing, as a value: what a form, a file and the interface for machines all turn into.

A card names other things by their codes. It knows no database; the rows of `models.py` are filled from cards alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Card:
    """What has a code and a name in both languages."""

    code: str
    name_ar: str
    name_en: str

    def facts(self) -> dict[str, Any]:
        """Return what is said, fit for JSON."""
        return {name: plain(value) for name, value in asdict(self).items()}

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the names of all that can be said."""
        return tuple(one.name for one in fields(cls))


@dataclass(frozen=True, kw_only=True)
class RegionCard(Card):
    """A part of the country: an emirate, a governorate."""


@dataclass(frozen=True, kw_only=True)
class EntityCard(Card):
    """A government body."""

    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceCard(Card):
    """A service; `fee` and `promised_time` are None where nothing is said of them, a fee of 0 says that it is free."""

    entity: str
    level: str = "main"
    type: str = "transactional"
    fee: Decimal | None = None
    promised_time: int | None = None
    promised_unit: str = ""
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelCard(Card):
    """A channel, and the codes of the services it offers, in order; '' and None are what is not known or does not apply."""

    entity: str
    kind: str
    region: str = ""
    place_ar: str = ""
    place_en: str = ""
    latitude: float | None = None
    longitude: float | None = None
    hours: str = ""
    time_zone: str = ""
    accessible: bool | None = None
    partner_run: bool = False
    services: tuple[str, ...] = ()
    active_from: date | None = None
    active_to: date | None = None


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def difference(before: Card, after: Card) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what two cards say where they differ, each by column."""
    old, new = before.facts(), after.facts()
    changed = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}
