"""The catalogue: regions, kinds, entities, services and channels, found by words, place, hours and much else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from marsad.api.auth import PUBLIC, reader
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import wrong
from marsad.api.schema import TextOut
from marsad.api.standards import both
from marsad.catalogue.access import channels_for, entities_for, entity_for, service_for, services_for
from marsad.catalogue.kinds import kinds
from marsad.catalogue.models import Channel, ChannelQuerySet, Region
from marsad.catalogue.rules import CODE, LONGEST_CODE

router = Router(tags=["catalogue"])
Code = Annotated[str, StringConstraints(pattern=CODE, max_length=LONGEST_CODE)]
Words = Annotated[str, StringConstraints(max_length=200)]
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def in_our_time(moment: datetime) -> datetime:
    """Return a moment that calendars can reckon with; raises ValueError."""
    if not EARLIEST <= moment < LATEST:
        raise ValueError("a time between 1990 and 2100")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(in_our_time)]


class RegionOut(Schema):
    """A part of the country."""

    code: str
    name_ar: str
    name_en: str


class KindOut(Schema):
    """A kind of channel; `met` says how people reach it: at a place, by voice or on a screen."""

    code: str
    name: TextOut
    met: str


class EntityOut(RegionOut):
    """A government body."""

    active_from: date | None
    active_to: date | None


class ServiceOut(EntityOut):
    """What an entity does for people; a fee of null: nothing is said of it."""

    entity: str
    level: str
    type: str
    fee: str | None
    promised_time: int | None
    promised_unit: str


class ChannelOut(EntityOut):
    """One rated place of delivery."""

    entity: str
    kind: str
    region: str
    place_ar: str
    place_en: str
    latitude: float | None
    longitude: float | None
    hours: str
    time_zone: str
    accessible: bool | None
    partner_run: bool
    services: list[str]


class FoundChannelOut(ChannelOut):
    """A channel that was asked for near a point."""

    distance_km: float | None = Field(None, description="Along the great circle, where near was asked.")


class NamedIn(PageIn):
    """Whom to look for."""

    q: Words = Field("", description="Words in Arabic or English; spellings and slips are forgiven. Best first.")


class ServicesIn(NamedIn):
    """Which services."""

    entity: Code | None = None


class ChannelsIn(ServicesIn):
    """Which channels."""

    kind: Code | None = None
    region: Code | None = None
    open_at: Moment | None = Field(None, description="Open at a time, with its zone.")
    near: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        None, description="Latitude and longitude, as in 25.2,55.3. Nearest first.", json_schema_extra={"example": "25.2,55.3"}
    )
    within_km: float | None = Field(None, gt=0, le=25_000, allow_inf_nan=False, description="No further than this from near.")


@router.get("/regions", response=PageOut[RegionOut], operation_id="list_regions", summary="Regions", auth=PUBLIC)
def list_regions(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """The parts of the country."""
    return page_of(Region.objects.in_order("ar"), asked, facts, request, response)


@router.get("/kinds", response=PageOut[KindOut], operation_id="list_kinds", summary="Kinds of channel", auth=PUBLIC)
def list_kinds(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """Every kind of channel the catalogue knows."""
    shown = [{"code": kind.code, "name": both(kind.name), "met": kind.met} for kind in kinds().values()]
    return page_of(shown, asked, dict, request, response)


@router.get("/entities", response=PageOut[EntityOut], operation_id="list_entities", summary="Entities", auth=PUBLIC)
def list_entities(request: HttpRequest, response: HttpResponse, asked: Query[NamedIn]) -> Any:
    """Government bodies, in the order of the Arabic alphabet or, with q, best first."""
    return page_of(found(entities_for(None), asked.q), asked, facts, request, response)


@router.get("/entities/{code}", response=EntityOut, operation_id="read_entity", summary="An entity", auth=PUBLIC)
def read_entity(request: HttpRequest, code: str) -> Any:
    """A government body."""
    return facts(entity_for(None, code))


@router.get("/services", response=PageOut[ServiceOut], operation_id="list_services", summary="Services", auth=PUBLIC)
def list_services(request: HttpRequest, response: HttpResponse, asked: Query[ServicesIn]) -> Any:
    """What entities do for people."""
    rows = services_for(None)
    rows = rows.of(asked.entity) if asked.entity else rows
    return page_of(found(rows, asked.q), asked, facts, request, response)


@router.get("/services/{code}", response=ServiceOut, operation_id="read_service", summary="A service", auth=PUBLIC)
def read_service(request: HttpRequest, code: str) -> Any:
    """One service."""
    return facts(service_for(None, code))


@router.get("/channels", response=PageOut[FoundChannelOut], operation_id="list_channels", summary="Channels")
def list_channels(request: HttpRequest, response: HttpResponse, asked: Query[ChannelsIn]) -> Any:
    """Rated places of delivery; all that is asked must hold."""
    rows = chosen(channels_for(reader(request)).with_cards(), asked)
    return page_of(rows, asked, with_distance, request, response)


def facts(row: Any) -> dict[str, Any]:
    """Return what a row's card says."""
    said: dict[str, Any] = row.card().facts()
    return said


def with_distance(channel: Channel) -> dict[str, Any]:
    """Return what a channel's card says, and how far it is."""
    distance = getattr(channel, "distance_km", None)
    return facts(channel) | {"distance_km": None if distance is None else round(distance, 3)}


def found(rows: Any, words: str) -> Any:
    """Return rows that answer what somebody typed, best first; all in order, where nothing was."""
    return rows.found_by(words) if words.strip() else rows.in_order("ar")


def chosen(rows: ChannelQuerySet, asked: ChannelsIn) -> ChannelQuerySet:
    """Return the channels that fulfil all that is asked."""
    rows = found(rows, asked.q)
    rows = rows.of_kind(asked.kind) if asked.kind else rows
    rows = rows.of(asked.entity) if asked.entity else rows
    rows = rows.in_region(asked.region) if asked.region else rows
    rows = rows.open_at(asked.open_at) if asked.open_at else rows
    if asked.near is not None:
        return rows.near(*point(asked.near), asked.within_km)
    if asked.within_km is not None:
        raise wrong("query", "near", _("within_km needs near: write a latitude and a longitude, as in 25.2,55.3."))
    return rows


def point(text: str) -> tuple[float, float]:
    """Return a latitude and a longitude; raises Refusal."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        latitude = longitude = float("nan")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise wrong("query", "near", _("It is no point on earth; write a latitude and a longitude, as in 25.2,55.3."))
    return latitude, longitude
