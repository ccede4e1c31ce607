"""Cards become rows, many at a time: used by `actions.py` alone, inside its transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection

from marsad.catalogue.cards import Card
from marsad.catalogue.merge import MODELS
from marsad.catalogue.models import KEYS, Channel, Entity, Region, Service, ServiceChannel

BATCH = 500
LOCK = int.from_bytes(b"marsad.c")
"""The advisory lock that whoever writes the catalogue holds until their transaction ends."""

Step = Callable[[int], None]


def lock() -> None:
    """Wait until nobody else writes the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def put(table: str, cards: Sequence[Card], step: Step = lambda rows: None) -> None:
    """Add or replace the rows of cards, by their codes; `step` hears how many rows each batch had."""
    columns = [column for column in cards[0].columns() if column != "services"] if cards else []
    named = {"entity": ids(Entity, cards, "entity"), "region": ids(Region, cards, "region")}
    for batch in batches(cards):
        rows = [
            MODELS[table](**{name: value for column in columns for name, value in cell(card, column, named)}) for card in batch
        ]
        updated = [column for column in columns if column != "code"] + list(KEYS)
        MODELS[table].objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=updated)
        if table == "channel":
            link(batch)
        step(len(batch))


def batches(cards: Sequence[Card]) -> Iterator[list[Any]]:
    """Yield cards by the batch."""
    rest = iter(cards)
    while batch := list(islice(rest, BATCH)):
        yield batch


def ids(model: Any, cards: Sequence[Card], column: str) -> dict[str, int]:
    """Return the ids of what cards name in a column, by code."""
    codes = {getattr(card, column, "") for card in cards}
    return dict(model.objects.filter(code__in=codes).values_list("code", "pk"))


def cell(card: Card, column: str, named: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Any]]:
    """Return a column of the row and its value; what is named by its code by its id."""
    value = getattr(card, column)
    return [(f"{column}_id", named[column].get(value))] if column in named else [(column, value)]


def link(cards: Sequence[Any]) -> None:
    """Make channels offer the services of their cards and no others."""
    services = dict(Service.objects.filter(code__in={code for card in cards for code in card.services}).values_list("code", "pk"))
    channels = dict(Channel.objects.filter(code__in=[card.code for card in cards]).values_list("code", "pk"))
    ServiceChannel.objects.filter(channel__in=channels.values()).delete()
    ServiceChannel.objects.bulk_create(
        ServiceChannel(channel_id=channels[card.code], service_id=services[code], position=place)
        for card in cards
        for place, code in enumerate(card.services)
    )
