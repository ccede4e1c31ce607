"""One small country with a named cast, for the tests of every app.

Aisha leads the programme, Omar champions the Port Authority, Salem the Land Department, Lin assesses, Mariam shops, Huda sits on
the council, Noor leads, Rashid audits, and Charlie has an account and no role: he must see nothing. Ask for them in a test that
has the database; asking twice gives the same person. Their roles began on `LONG_AGO` and do not end.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from marsad.accounts.models import Membership, Person
from marsad.core.lifecycle import Role

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PORT = "port-authority"
LAND = "land-department"
PASSWORD = "seven quiet dhows at dawn"
"""What everybody of the cast signs in with."""

NAMES = {
    "aisha": ("عائشة", "Aisha", [(Role.PROGRAMME, "")]),
    "omar": ("عمر", "Omar", [(Role.CHAMPION, PORT)]),
    "salem": ("سالم", "Salem", [(Role.CHAMPION, LAND)]),
    "lin": ("لين", "Lin", [(Role.ASSESSOR, "")]),
    "mariam": ("مريم", "Mariam", [(Role.SHOPPER, "")]),
    "huda": ("هدى", "Huda", [(Role.COUNCIL, "")]),
    "noor": ("نور", "Noor", [(Role.LEADER, "")]),
    "rashid": ("راشد", "Rashid", [(Role.AUDITOR, "")]),
    "charlie": ("تشارلي", "Charlie", []),
}


class Cast(NamedTuple):
    """Everybody."""

    aisha: Person
    omar: Person
    salem: Person
    lin: Person
    mariam: Person
    huda: Person
    noor: Person
    rashid: Person
    charlie: Person


def somebody(name: str, *, roles: list[tuple[Role, str]] | None = None) -> Person:
    """Return a person of this name, with these roles; those of the cast have their own."""
    name_ar, name_en, own = NAMES.get(name, (name, name.title(), []))
    email = f"{name}@marsad.example"
    person = Person.objects.filter(email=email).first()
    if person is None:
        code = "".join(filter(str.isalnum, name)).rjust(26, "0")[-26:]
        details = {"name_ar": name_ar, "name_en": name_en, "language": "en", "joined": LONG_AGO}
        person = Person.objects.create_person(code=code, email=email, password=PASSWORD, **details)
    for role, entity_code in own if roles is None else roles:
        Membership.objects.get_or_create(person=person, role=role, entity_code=entity_code, defaults={"since": LONG_AGO})
    return person


def aisha() -> Person:
    """Return Aisha, of the programme team."""
    return somebody("aisha")


def omar() -> Person:
    """Return Omar, champion of the Port Authority."""
    return somebody("omar")


def salem() -> Person:
    """Return Salem, champion of the Land Department: to Omar, another entity."""
    return somebody("salem")


def lin() -> Person:
    """Return Lin, an assessor."""
    return somebody("lin")


def mariam() -> Person:
    """Return Mariam, a mystery shopper; only the programme team may know."""
    return somebody("mariam")


def huda() -> Person:
    """Return Huda, of the approving council."""
    return somebody("huda")


def noor() -> Person:
    """Return Noor, a leader."""
    return somebody("noor")


def rashid() -> Person:
    """Return Rashid, an auditor."""
    return somebody("rashid")


def charlie() -> Person:
    """Return Charlie, who has an account, no role, and must see nothing."""
    return somebody("charlie")


def everybody() -> Cast:
    """Return the whole cast."""
    return Cast(*(somebody(name) for name in Cast._fields))
