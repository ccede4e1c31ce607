"""Subscriptions: addresses that are told of publications, and how that went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Scope
from marsad.api import actions
from marsad.api.access import deliveries_of, subscription_for, subscriptions_for
from marsad.api.auth import somebody
from marsad.api.bodies import JSON, media_type, read_json
from marsad.api.models import Delivery, Subscription
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import Refusal
from marsad.api.schema import content, refuses
from marsad.api.sending import LONGEST_URL

router = Router(tags=["webhooks"])


class SubscriptionIn(BaseModel):
    """An address to tell."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=LONGEST_URL, description="https, and on the public network.")


class SubscriptionOut(Schema):
    """An address that is told."""

    code: str
    url: str
    at: datetime
    ended: datetime | None


class NewSubscriptionOut(SubscriptionOut):
    """A new subscription with its secret, which is shown this once."""

    secret: str = Field(description="The key of the HMAC-SHA256 in the header Marsad-Signature.")


class AttemptOut(Schema):
    """One try."""

    at: datetime
    status: int | None = Field(description="What the other side answered.")
    error: str = Field(description="Why nothing reached it.")


class DeliveryOut(Schema):
    """One message and how it went."""

    code: str
    event: str
    publication: str
    state: str = Field(description="waiting, delivered or failed.")
    at: datetime
    attempts: list[AttemptOut]


@router.get("/subscriptions", response=PageOut[SubscriptionOut], operation_id="list_subscriptions", summary="Subscriptions")
def list_subscriptions(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """Your own, those that have ended too; for the programme team all."""
    rows = subscriptions_for(somebody(request, Scope.READ), timezone.now()).order_by("at", "pk")
    return page_of(rows, asked, subscription_out, request, response)


@router.post(
    "/subscriptions",
    response={201: NewSubscriptionOut},
    operation_id="subscribe",
    summary="Be told of publications",
    openapi_extra=refuses(requestBody={"required": True, "content": content(JSON, SubscriptionIn)}),
)
def subscribe(request: HttpRequest) -> Any:
    """Every publication from now on is told to the address, signed with the secret that only this answer shows."""
    person = somebody(request, Scope.READ)
    media_type(request, JSON)
    asked = read_json(request, SubscriptionIn)
    try:
        subscription, secret = actions.subscribe(by=person, url=asked.url, at=timezone.now())
    except Forbidden:
        raise Refusal("not-yours", _("Your role may not subscribe.")) from None
    return Status(201, subscription_out(subscription) | {"secret": secret})


@router.delete(
    "/subscriptions/{code}", response={204: None}, operation_id="unsubscribe", summary="Be told no more", openapi_extra=refuses()
)
def unsubscribe(request: HttpRequest, code: str) -> Any:
    """End a subscription; what is under way is not sent any more."""
    person, now = somebody(request, Scope.READ), timezone.now()
    actions.unsubscribe(by=person, subscription=subscription_for(person, code, now), at=now)
    return Status(204, None)


@router.get(
    "/subscriptions/{code}/deliveries",
    response=PageOut[DeliveryOut],
    operation_id="list_deliveries",
    summary="How the messages went",
)
def list_deliveries(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """Every message and every try, the newest first."""
    subscription = subscription_for(somebody(request, Scope.READ), code, timezone.now())
    return page_of(deliveries_of(subscription), asked, delivery_out, request, response)


def subscription_out(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as it is shown."""
    return {name: getattr(subscription, name) for name in ("code", "url", "at", "ended")}


def delivery_out(delivery: Delivery) -> dict[str, Any]:
    """Return a message as it is shown."""
    said = {name: getattr(delivery, name) for name in ("code", "event", "state", "at")}
    return said | {"publication": delivery.subject, "attempts": [attempt.facts() for attempt in delivery.attempts.all()]}
