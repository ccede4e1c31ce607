"""What a card must fulfil, whichever way it came in: each mistake with its column and its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marsad.catalogue.cards import Card, ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.catalogue.hours import parse_hours
from marsad.catalogue.kinds import kinds
from marsad.core.problem import Problem, Sentence
from marsad.core.text import tidy
from marsad.lake.numbers import shown

LEVELS = ("main", "sub", "supplementary")
TYPES = ("informational", "procedural", "transactional")
UNITS = ("minute", "hour", "day", "working-day")
CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_CODE, LONGEST_TEXT, LONGEST_HOURS = 80, 300, 4000
ARABIC = re.compile(r"[\u0620-\u064a\u0671-\u06d3]")
LATIN = re.compile(r"[A-Za-z]")
HIGHEST_FEE = Decimal(10) ** 8
LONGEST_TIME = 100_000


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a column of a card, and what to do."""

    column: str
    what: str
    remedy: str


Found = Iterator[Mistake]


def mistakes(card: Card, known: Mapping[str, Collection[str]]) -> list[Mistake]:
    """Return all that is wrong with a card; `known` are the codes of regions, entities and services it may name, by table."""
    return [mistake for rule in RULES[type(card)] for mistake in rule(card, known)]


def corrected(card: Any) -> dict[str, Any]:
    """Return the texts of a card as they are kept: tidy, hours written the one way."""
    texts = {name: tidy(value) for name in ("name_ar", "name_en", "place_ar", "place_en") if (value := getattr(card, name, ""))}
    if 0 < len(getattr(card, "hours", "")) <= LONGEST_HOURS:
        with suppress(Problem):  # `hours_make_sense` raises the same
            texts["hours"] = str(parse_hours(card.hours))
    return texts


def code_is_a_slug(card: Card, known: object) -> Found:
    """A code goes into addresses."""
    if not re.fullmatch(CODE, card.code) or len(card.code) > LONGEST_CODE:
        remedy = Sentence(
            "write lower-case letters a-z, digits and single hyphens, at most {most}: port-centre-1",
            most=LONGEST_CODE,
        )
        yield Mistake(
            "code", Sentence("{code} is no code", code=shown(card.code)) if card.code else Sentence("there is no code"), remedy
        )


def names_are_in_both_languages(card: Card, known: object) -> Found:
    """A name is a name in its own script."""
    for column, script, language in (("name_ar", ARABIC, Sentence("Arabic")), ("name_en", LATIN, Sentence("English"))):
        name = getattr(card, column)
        if not tidy(name):
            yield Mistake(
                column,
                Sentence("there is no {language} name", language=language),
                Sentence("write it: every name is in Arabic and in English"),
            )
        elif not script.search(name):
            yield Mistake(
                column,
                Sentence("{name} has no {language} letters", name=shown(name), language=language),
                Sentence("write the {language} name here", language=language),
            )


def texts_are_short(card: Card, known: object) -> Found:
    """What is longer than a line is no name."""
    for column in ("name_ar", "name_en", "place_ar", "place_en"):
        length = len(getattr(card, column, ""))
        if length > LONGEST_TEXT:
            yield Mistake(
                column,
                Sentence("the text has {length} characters", length=length),
                Sentence("shorten it to {most}", most=LONGEST_TEXT),
            )


def entity_is_known(card: Any, known: Mapping[str, Collection[str]]) -> Found:
    """What belongs to nobody cannot be held to account."""
    yield from named("entity", [card.entity], known["entity"], Sentence("an entity"), "entities.csv")


def region_is_known(card: ChannelCard, known: Mapping[str, Collection[str]]) -> Found:
    """A region is one of the country's."""
    if card.region:
        yield from named("region", [card.region], known["region"], Sentence("a region"), "regions.csv")


def services_are_known(card: ChannelCard, known: Mapping[str, Collection[str]]) -> Found:
    """A channel offers what the catalogue has a card for."""
    yield from named("services", card.services, known["service"], Sentence("a service"), "services.csv")
    twice = next((code for place, code in enumerate(card.services) if code in card.services[:place]), None)
    if twice:
        yield Mistake("services", Sentence("{twice} is named twice", twice=shown(twice)), Sentence("name it once"))


def named(column: str, codes: Collection[str], known: Collection[str], noun: str, file: str) -> Found:
    """Yield the codes that nothing has."""
    for code in codes:
        if not code:
            yield Mistake(column, Sentence("the cell is blank"), Sentence("write the code of {noun}", noun=noun))
        elif code not in known:
            yield Mistake(
                column,
                Sentence("{code} is not the code of {noun}", code=shown(code), noun=noun),
                Sentence("correct it or add it in {file}", file=file),
            )


def kind_is_known(card: ChannelCard, known: object) -> Found:
    """A kind is one of the table."""
    yield from one_of("kind", card.kind, tuple(kinds()))


def level_and_type_are_known(card: ServiceCard, known: object) -> Found:
    """A service has a level and a type of the catalogue's."""
    yield from one_of("level", card.level, LEVELS)
    yield from one_of("type", card.type, TYPES)


def one_of(column: str, value: str, choices: tuple[str, ...]) -> Found:
    """Yield a value that is none of the choices."""
    if value not in choices:
        yield Mistake(
            column,
            Sentence("there is no {column} {value}", column=column, value=shown(value)),
            Sentence("write one of {names}", names=", ".join(choices)),
        )


def fee_is_an_amount(card: ServiceCard, known: object) -> Found:
    """A fee is 0 or more, in the country's currency."""
    if card.fee is None:
        return
    if not (card.fee.is_finite() and 0 <= card.fee < HIGHEST_FEE):
        yield Mistake(
            "fee",
            Sentence("a fee of {fee} cannot be", fee=card.fee),
            Sentence("write an amount from 0 to {most}, or leave it blank", most=HIGHEST_FEE),
        )
    elif card.fee != round(card.fee, 2):
        yield Mistake("fee", Sentence("the fee {fee} has more than two decimals", fee=card.fee), Sentence("round it"))


def promised_time_has_a_unit(card: ServiceCard, known: object) -> Found:
    """A time without its unit is no promise."""
    if card.promised_time is not None and not 0 <= card.promised_time <= LONGEST_TIME:
        yield Mistake(
            "promised_time",
            Sentence("a time of {value} cannot be", value=card.promised_time),
            Sentence("write a number from 0 to {most}", most=LONGEST_TIME),
        )
    if card.promised_unit and card.promised_unit not in UNITS:
        yield from one_of("promised_unit", card.promised_unit, UNITS)
    elif (card.promised_time is None) != (card.promised_unit == ""):
        lacking = "promised_unit" if card.promised_time is not None else "promised_time"
        yield Mistake(lacking, Sentence("promised_time and promised_unit go together"), Sentence("write both or neither"))


def coordinates_are_on_earth(card: ChannelCard, known: object) -> Found:
    """A place has both coordinates or none."""
    for column, value, limit in (("latitude", card.latitude, 90), ("longitude", card.longitude, 180)):
        if value is not None and not -limit <= value <= limit:
            remedy = Sentence("write degrees from -{limit} to {limit}; latitude and longitude may be exchanged", limit=limit)
            yield Mistake(column, Sentence("{value} is no {column}", value=f"{value:.12g}", column=column), remedy)
    if (card.latitude is None) != (card.longitude is None):
        lacking = "latitude" if card.latitude is None else "longitude"
        yield Mistake(
            lacking,
            Sentence("there is no {lacking} beside the other coordinate", lacking=lacking),
            Sentence("write both or neither"),
        )


def place_is_in_both_languages(card: ChannelCard, known: object) -> Found:
    """Both readers find the way."""
    if bool(card.place_ar) != bool(card.place_en):
        lacking = "place_en" if card.place_ar else "place_ar"
        yield Mistake(lacking, Sentence("the place is named in one language only"), Sentence("write it in both or in neither"))


def hours_make_sense(card: ChannelCard, known: object) -> Found:
    """Hours are understood whole or refused."""
    if len(card.hours) > LONGEST_HOURS:
        yield Mistake(
            "hours",
            Sentence("the hours have {length} characters", length=len(card.hours)),
            Sentence("shorten them to {most}", most=LONGEST_HOURS),
        )
        return
    try:
        parse_hours(card.hours)
    except Problem as problem:
        yield Mistake("hours", problem.what, problem.remedy)


def time_zone_is_known(card: ChannelCard, known: object) -> Found:
    """A zone is one of the tz database, by its name."""
    if card.time_zone and card.time_zone not in zones():
        remedy = Sentence("write a name such as Asia/Dubai, or leave it blank for the government's own zone")
        yield Mistake("time_zone", Sentence("there is no time zone {name}", name=shown(card.time_zone)), remedy)


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def it_begins_before_it_ends(card: Any, known: object) -> Found:
    """What ends before it begins never was."""
    first: date | None = card.active_from
    last: date | None = card.active_to
    if first and last and last < first:
        yield Mistake(
            "active_to",
            Sentence("it ends on {last}, before it begins on {first}", last=last, first=first),
            Sentence("correct one of the days"),
        )


Rule = Callable[[Any, Mapping[str, Collection[str]]], Found]
OF_ALL: tuple[Rule, ...] = (code_is_a_slug, names_are_in_both_languages, texts_are_short)
RULES: Mapping[type[Card], tuple[Rule, ...]] = {
    RegionCard: OF_ALL,
    EntityCard: (*OF_ALL, it_begins_before_it_ends),
    ServiceCard: (
        *OF_ALL,
        entity_is_known,
        level_and_type_are_known,
        fee_is_an_amount,
        promised_time_has_a_unit,
        it_begins_before_it_ends,
    ),
    ChannelCard: (
        *OF_ALL,
        entity_is_known,
        kind_is_known,
        region_is_known,
        place_is_in_both_languages,
        coordinates_are_on_earth,
        hours_make_sense,
        time_zone_is_known,
        services_are_known,
        it_begins_before_it_ends,
    ),
}
"""What is asked of each card."""
