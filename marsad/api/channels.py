"""Writing channels: one by its code, or many from a CSV, all of it or nothing."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Person, Scope
from marsad.api.auth import KNOWN, seen, somebody
from marsad.api.bodies import CSV, JSON, media_type, read_json, upload
from marsad.api.catalogue import ChannelOut, facts, router
from marsad.api.identity import etag, require_match
from marsad.api.problems import Refusal, wrong
from marsad.api.schema import content, refuses
from marsad.api.work import Answer, Progress
from marsad.api.working import JobOut, KeyIn, PreferIn, answered
from marsad.catalogue import actions
from marsad.catalogue.access import channel_for, channels_for, require_may, require_may_somewhere
from marsad.catalogue.cards import ChannelCard
from marsad.catalogue.models import Channel
from marsad.catalogue.rules import CODE, LONGEST_CODE
from marsad.catalogue.write import lock
from marsad.ratings.orders import Order

FILE, BRING = "channels.csv", "channels"


class ChannelIn(BaseModel):
    """All that is said of a channel; what is left out is not known or does not apply."""

    model_config = ConfigDict(extra="forbid")

    code: str | None = Field(None, description="As in the address, if said at all.")
    name_ar: str
    name_en: str
    entity: str
    kind: str
    region: str = ""
    place_ar: str = ""
    place_en: str = ""
    latitude: float | None = Field(None, allow_inf_nan=False)
    longitude: float | None = Field(None, allow_inf_nan=False)
    hours: str = Field("", description="As in mon-thu 07:30-15:30; fri 07:30-12:00; 2027-12-02 closed.")
    time_zone: str = ""
    accessible: bool | None = None
    partner_run: bool = False
    services: list[str] = Field([], max_length=500)
    active_from: date | None = None
    active_to: date | None = None


class ImportedOut(Schema):
    """What a file changed."""

    added: list[str]
    changed: list[str]
    unchanged: int = Field(description="How many lines said nothing new.")


@router.get("/channels/{code}", response=ChannelOut, operation_id="read_channel", summary="A channel")
def read_channel(request: HttpRequest, code: str) -> HttpResponse:
    """One rated place of delivery."""
    return shown(seen(request, lambda person: channel_for(person, code)))


@router.put(
    "/channels/{code}",
    response={200: ChannelOut, 201: ChannelOut},
    auth=KNOWN,
    operation_id="write_channel",
    summary="Add or change a channel",
    openapi_extra=refuses(409, 412, requestBody={"required": True, "content": content(JSON, ChannelIn)}),
)
def write_channel(request: HttpRequest, code: str) -> HttpResponse:
    """Say all there is to say of a channel. If-Match: only what you have read; If-None-Match: * only a new one.

    Needs a token for channels:write.
    """
    person = somebody(request, Scope.CHANNELS_WRITE)
    media_type(request, JSON)
    if not re.fullmatch(CODE, code) or len(code) > LONGEST_CODE:
        raise wrong("path", "code", _("Write lower-case letters a-z, digits and single hyphens."))
    said = read_json(request, ChannelIn)
    if said.code not in (None, code):
        raise wrong("body", "/code", _("It is not the code in the address; leave it out."))
    card = ChannelCard(**said.model_dump() | {"code": code, "services": tuple(said.services)})
    try:
        return written(request, person, card, timezone.now())
    except Forbidden:
        raise not_yours() from None


@router.post(
    "/channels",
    response={200: ImportedOut, 202: JobOut},
    auth=KNOWN,
    operation_id="import_channels",
    summary="Bring in channels from a CSV",
    openapi_extra=refuses(requestBody={"required": True, "content": content(CSV, type="string")}),
)
def import_channels(request: HttpRequest, key: KeyIn = None, prefer: PreferIn = None) -> HttpResponse:
    """Add and change the channels of a CSV, all of them or none. A column that is not there says nothing: what is known stays.

    What is larger than 128 kilobytes becomes a job. Needs a token for channels:write.
    """
    person, now = somebody(request, Scope.CHANNELS_WRITE), timezone.now()

    def may_begin() -> None:
        require_may_somewhere("import_catalogue", person, now)

    may_begin()
    media_type(request, CSV)
    with upload(request, FILE) as file:
        order = Order(BRING, {}, file.path)
        return answered(request, person, order, digest=file.digest, key=key, at=now, work=brought, may_begin=may_begin)


def brought(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what a file of channels changed."""
    assert order.file is not None
    report = actions.import_catalogue(by=by, path=order.file, at=at, progress=progress)["channel"]
    return 200, {"added": list(report.added), "changed": list(report.changed), "unchanged": report.unchanged}


def written(request: HttpRequest, person: Person, card: ChannelCard, at: datetime) -> HttpResponse:
    """Return a channel that was added or changed; what is there cannot change between looking and writing."""
    with transaction.atomic():
        lock()
        there = channels_for(person).filter(code=card.code).first()
        require_match(request, shown(there)["ETag"] if there else None)
        if there is None:
            require_may("add_channel", person, card.entity, at)
            refuse_taken(card.code)
            return shown(actions.add_channel(by=person, card=card, at=at), 201)
        says = {name: value for name, value in vars(card).items() if name != "code"}
        return shown(actions.change_channel(by=person, channel=there, at=at, **says))


def refuse_taken(code: str) -> None:
    """Raise Refusal where a channel that this person may not see has the code: so much whoever may add one has to learn."""
    if Channel.objects.filter(code=code).exists():
        raise Refusal("conflict", _("This code is taken; choose another."))


def shown(channel: Channel, status: int = 200) -> HttpResponse:
    """Return a channel as everybody reads it, with its tag."""
    said = json.dumps(facts(channel), ensure_ascii=False).encode()
    return HttpResponse(said, status=status, content_type=JSON, headers={"ETag": etag(said)})


def not_yours() -> Refusal:
    """Return the refusal of a write into another's channels: that there are any is no secret."""
    return Refusal("not-yours", _("Channels of this entity are not yours to write."))
