"""A small country for the tests of the catalogue, and the people who look after it."""

from datetime import UTC, datetime
from pathlib import Path

from marsad.accounts.models import Membership, Person
from marsad.catalogue.cards import ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.catalogue.merge import tidied
from marsad.catalogue.models import Channel
from marsad.catalogue.write import put
from marsad.core.lifecycle import Role

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def person(code: str, role: Role | None = None, entity_code: str = "") -> Person:
    """Return somebody who may sign in, with a role if one is named."""
    somebody = Person.objects.create_person(code=code, email=f"{code}@example.org", name_ar="اسم", name_en=code.title())
    if role:
        Membership.objects.create(person=somebody, role=role, entity_code=entity_code, since=LONG_AGO)
    return somebody


def channel_card(code: str = "port-centre", **says) -> ChannelCard:
    """Return the card of a channel of the port authority."""
    facts = {"name_ar": "مركز خدمة الميناء", "name_en": "Harbour Service Centre", "entity": "ports", "kind": "service-centre"}
    return ChannelCard(code=code, **facts | says)


def country() -> None:
    """Put two entities, a region and two services into the catalogue."""
    put("region", [RegionCard(code="north", name_ar="المنطقة الشمالية", name_en="Northern Region")])
    put(
        "entity",
        [
            EntityCard(code="ports", name_ar="هيئة الموانئ", name_en="Port Authority"),
            EntityCard(code="health", name_ar="هيئة الصحة", name_en="Health Authority"),
        ],
    )
    put(
        "service",
        [
            ServiceCard(code="berth", name_ar="حجز رصيف", name_en="Book a Berth", entity="ports"),
            ServiceCard(code="vaccination", name_ar="التطعيم", name_en="Vaccination", entity="health"),
        ],
    )


def channel(code: str = "port-centre", **says) -> Channel:
    """Return a channel put into the catalogue."""
    put("channel", [tidied(channel_card(code, **says))])
    return Channel.objects.with_cards().get(code=code)


def write(folder: Path, **files: str) -> Path:
    """Write files of the catalogue, and return their folder."""
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder
