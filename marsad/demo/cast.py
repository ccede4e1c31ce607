"""Who works in the nation: a few people of the programme, and a champion for every entity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import get_hasher
from django.utils import translation

from marsad.accounts.actions import accept_invitation, begin_programme, invite
from marsad.accounts.models import ROLE_NAMES, Person
from marsad.core.lifecycle import Role

SHOWN = 2
"""How many of the other champions are named."""


@dataclass(frozen=True)
class Part:
    """Somebody to be: name, address, role, and the entity that a role belongs to."""

    name_ar: str
    name_en: str
    email: str
    language: str
    role: Role
    entity: str = ""


def cast(made: Mapping[str, Any]) -> Iterator[Part]:
    """Yield everybody; the first leads the programme."""
    for one in made["person"]:
        yield part(made, one["name"], one["language"], Role(one["role"]), one.get("entity", ""))
    for entity in made["entity"]:
        if "champion" in entity:
            yield part(made, entity["champion"], "ar", Role.CHAMPION, entity["code"])


def part(made: Mapping[str, Any], name: Mapping[str, str], language: str, role: Role, entity: str) -> Part:
    """Return somebody."""
    email = f"{name['en'].lower()}@{made['people']['domain']}"
    return Part(name["ar"], name["en"], email, language, role, entity)


@contextmanager
def lightly() -> Iterator[None]:
    """Hash passwords in one round meanwhile: the nation's is no secret, and whoever signs in has it hashed in full."""
    hasher: Any = get_hasher()
    hasher.iterations = 1
    try:
        yield
    finally:
        del hasher.iterations


@lightly()
def add_first(made: Mapping[str, Any], at: datetime) -> None:
    """Add the person who leads the programme."""
    first = next(cast(made))
    details = {"name_ar": first.name_ar, "name_en": first.name_en, "language": first.language}
    begin_programme(email=first.email, password=made["people"]["password"], at=at, **details)


@lightly()
def add(made: Mapping[str, Any], one: Part, at: datetime) -> None:
    """Invite somebody, who accepts an hour later."""
    _, secret = invite(by=holder(made, Role.PROGRAMME), email=one.email, role=one.role, entity_code=one.entity, at=at)
    details = {"name_ar": one.name_ar, "name_en": one.name_en, "language": one.language}
    accept_invitation(secret=secret, at=at + timedelta(hours=1), password=made["people"]["password"], **details)


def holder(made: Mapping[str, Any], role: Role) -> Person:
    """Return the first person with a role."""
    email = next(one.email for one in cast(made) if one.role is role)
    person: Person = Person.objects.get(email=email)
    return person


def accounts(made: Mapping[str, Any], language: str) -> tuple[list[str], str]:
    """Return a line for everybody who is named in the plan, in a language, and the addresses of some other champions."""
    named, entities = len(made["person"]), {entity["code"]: entity["name"][language] for entity in made["entity"]}
    everybody = list(cast(made))
    with translation.override(language):
        lines = [
            f"  {one.email:<26} {ROLE_NAMES[one.role]}" + (f" – {entities[one.entity]}" if one.entity else "")
            for one in everybody[:named]
        ]
    return lines, ", ".join(one.email for one in everybody[named : named + SHOWN])
