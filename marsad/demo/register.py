"""The catalogue of the nation: regions, entities, services and channels, as cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from marsad.catalogue.cards import ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.catalogue.kinds import kinds
from marsad.core.arrays import Places
from marsad.demo.plan import apportioned, dice

DEGREE_KM = 111.2
"""The length of a degree of latitude."""
ACCESSIBLE = 0.9
"""The share of places that people of determination can use alone."""
Text = Mapping[str, str]


@dataclass(frozen=True)
class Register:
    """All cards of the nation, in the order in which they can be put into a catalogue."""

    regions: tuple[RegionCard, ...]
    entities: tuple[EntityCard, ...]
    services: tuple[ServiceCard, ...]
    channels: tuple[ChannelCard, ...]

    def of_kinds(self, codes: Collection[str]) -> tuple[ChannelCard, ...]:
        """Return the channels of some kinds, sorted by their codes."""
        return tuple(sorted((card for card in self.channels if card.kind in codes), key=lambda card: card.code))


def make_register(made: Mapping[str, Any], channels: int, seed: int) -> Register:
    """Make the register of a nation with so many channels."""
    return Register(
        regions=tuple(RegionCard(code=one["code"], **named(one["name"])) for one in made["region"]),
        entities=tuple(EntityCard(code=one["code"], **named(one["name"])) for one in made["entity"]),
        services=tuple(service for entity in made["entity"] for service in services_of(entity)),
        channels=tuple(channels_of(made, channels, seed)),
    )


def named(text: Text) -> dict[str, Any]:
    """Return a name as cards have it."""
    return {"name_ar": text["ar"], "name_en": text["en"]}


def services_of(entity: Mapping[str, Any]) -> list[ServiceCard]:
    """Return the services of an entity."""
    return [
        ServiceCard(
            code=one["code"],
            name_ar=one["ar"],
            name_en=one["en"],
            entity=entity["code"],
            fee=Decimal(one["fee"]),
            promised_time=one["time"],
            promised_unit=one["unit"],
        )
        for one in entity["services"]
    ]


def channels_of(made: Mapping[str, Any], channels: int, seed: int) -> list[ChannelCard]:
    """Return the channels: so many of each kind, each with an entity, a name and, where people come to it, a place."""
    chance = dice(seed, "register")
    counts = apportioned(channels, [kind["share"] for kind in made["kind"]])
    plans = [kind for kind, count in zip(made["kind"], counts, strict=True) for _ in range(count)]
    said, numbers, found = Counter[str](), Counter[str](), []
    for kind, own in zip(plans, owners(made, plans, chance), strict=True):
        entity = made["entity"][own]
        stem = f"{entity['code']}-{kind['code']}"
        numbers[stem] += 1
        details, words = whereabouts(made, kind, chance)
        details |= names_of(kind["name"], {"entity": entity["name"], **words}, said)
        offered = offer(made, own, kind.get("guests", 0), chance)
        code = f"{stem}-{numbers[stem]:02d}"
        found.append(ChannelCard(code=code, entity=entity["code"], kind=kind["code"], services=offered, **details))
    return found


def owners(made: Mapping[str, Any], plans: list[Any], chance: np.random.Generator) -> Places:
    """Return the entity of each channel: that of its kind, or any, each having one at least where there are enough."""
    entities = [entity["code"] for entity in made["entity"]]
    weights = chance.lognormal(0.0, 0.5, len(entities))
    owner = chance.choice(len(entities), len(plans), p=weights / weights.sum())
    first = chance.permutation(len(plans))[: len(entities)]
    owner[first] = chance.permutation(len(entities))[: first.size]
    bound = [entities.index(kind["entity"]) if "entity" in kind else -1 for kind in plans]
    return np.where(np.array(bound) >= 0, bound, owner)


def whereabouts(
    made: Mapping[str, Any], kind: Mapping[str, Any], chance: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Text]]:
    """Return where and when a channel is met, as its card says it, and the words of it that go into its name."""
    met = kinds()[kind["code"]].met
    details: dict[str, Any] = {
        "hours": str(chance.choice(made["hours"][met])),
        "partner_run": bool(chance.random() < kind.get("partner_run", 0.0)),
    }
    if met != "place":
        return details, {"purpose": pick(made["purpose"], chance)}
    place, where = abroad(made, chance) if kind.get("abroad") else at_home(made, chance)
    details |= where | {"accessible": bool(chance.random() < ACCESSIBLE)}
    return details | {"place_ar": place["ar"], "place_en": place["en"]}, {"place": place}


def pick(things: list[Any], chance: np.random.Generator) -> Any:
    """Return any one of some things."""
    return things[int(chance.integers(len(things)))]


def abroad(made: Mapping[str, Any], chance: np.random.Generator) -> tuple[Text, dict[str, Any]]:
    """Return a city abroad."""
    city = pick(made["abroad"], chance)
    latitude, longitude = city["at"]
    return city["name"], {"latitude": latitude, "longitude": longitude, "time_zone": city["time_zone"]}


def at_home(made: Mapping[str, Any], chance: np.random.Generator) -> tuple[Text, dict[str, Any]]:
    """Return a place in one of the regions, and a point near its middle."""
    shares = np.array([region["share"] for region in made["region"]])
    region = made["region"][int(chance.choice(shares.size, p=shares / shares.sum()))]
    number = int(chance.integers(len(region["places"])))
    latitude, longitude, radius = region["areas"][number % len(region["areas"])]
    away, turn = radius * np.sqrt(chance.random()) / DEGREE_KM, 2 * np.pi * chance.random()
    point = {
        "latitude": round(float(latitude + away * np.cos(turn)), 5),
        "longitude": round(float(longitude + away * np.sin(turn) / np.cos(np.radians(latitude))), 5),
    }
    return region["places"][number], {"region": region["code"], **point}


def names_of(pattern: Text, words: Mapping[str, Text], said: Counter[str]) -> dict[str, str]:
    """Return a channel's names; one that was given before gets a number."""
    names = {language: pattern[language].format(**{word: text[language] for word, text in words.items()}) for language in pattern}
    said[names["en"]] += 1
    again = f" {said[names['en']]}" if said[names["en"]] > 1 else ""
    return {f"name_{language}": name + again for language, name in names.items()}


def offer(made: Mapping[str, Any], own: int, guests: int, chance: np.random.Generator) -> tuple[str, ...]:
    """Return the services a channel offers: some of its entity's, and of some others' where it is shared."""
    others = chance.choice(len(made["entity"]), guests, replace=False)
    codes: dict[str, None] = {}
    for place in (own, *others.tolist()):
        known = [service["code"] for service in made["entity"][place]["services"]]
        kept = known[: int(chance.integers(1, len(known) + 1))]
        codes |= dict.fromkeys(kept)
    return tuple(codes)
