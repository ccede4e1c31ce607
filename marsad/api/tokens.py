"""Tokens: issued in a browser by whoever has just proved who they are, revoked from anywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from marsad.accounts.access import person_for, token_for, tokens_for
from marsad.accounts.actions import issue_token, revoke_token
from marsad.accounts.models import Person, Scope, Token
from marsad.accounts.signin import proved_lately
from marsad.api.auth import known, somebody
from marsad.api.bodies import JSON, media_type, read_json
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import Refusal
from marsad.api.schema import content, refuses

router = Router(tags=["tokens"])


class TokenIn(BaseModel):
    """A token to be issued."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope), strict=False)
    entity: str = Field("", max_length=100, description="The entity in which it is good; '' for the programme.")
    expires: AwareDatetime = Field(description="Within a year.")
    person: str = Field("", max_length=100, description="The code of the integrator it is for; '' for yourself.")


class TokenOut(Schema):
    """A token, without its secret."""

    code: str
    name: str
    scopes: list[str]
    entity: str
    person: str = Field(description="The code of the person in whose name it acts.")
    at: datetime
    expires: datetime
    revoked: datetime | None
    last_used: datetime | None


class NewTokenOut(TokenOut):
    """A new token with its secret, which is shown this once."""

    secret: str = Field(description="What follows Bearer in the header Authorization.")


@router.get("/tokens", response=PageOut[TokenOut], operation_id="list_tokens", summary="Tokens")
def list_tokens(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """Your own and those of entities you champion, the newest first; for the programme team all."""
    rows = tokens_for(somebody(request, Scope.READ), timezone.now()).select_related("person").order_by("-at", "-pk")
    return page_of(rows, asked, token_out, request, response)


@router.post(
    "/tokens",
    response={201: NewTokenOut},
    operation_id="issue_token",
    summary="Issue a token",
    openapi_extra=refuses(requestBody={"required": True, "content": content(JSON, TokenIn)}),
)
def post_token(request: HttpRequest) -> Any:
    """To yourself, or to an integrator of an entity you answer for. Only in a browser, soon after you gave your password."""
    person, now = in_person(request), timezone.now()
    media_type(request, JSON)
    asked = read_json(request, TokenIn)
    token, secret = issue_token(
        by=person,
        person=person_for(person, asked.person, now) if asked.person else person,
        name=asked.name,
        scopes=asked.scopes,
        entity_code=asked.entity,
        expires=asked.expires,
        at=now,
    )
    return Status(201, token_out(token) | {"secret": secret})


@router.delete(
    "/tokens/{code}", response={204: None}, operation_id="revoke_token", summary="Revoke a token", openapi_extra=refuses()
)
def delete_token(request: HttpRequest, code: str) -> Any:
    """End a token at once, for good. In a browser any that is yours to end; a token ends itself, and no other."""
    person, now = known(request), timezone.now()
    if request.auth.token is not None and request.auth.token.code != code:
        raise Refusal("not-yours", _("A token ends itself alone; sign in with a browser."))
    revoke_token(by=person, token=token_for(person, code, now), at=now)
    return Status(204, None)


def in_person(request: HttpRequest) -> Person:
    """Return who is signed in and has lately proved it; raises Refusal: an open browser or a found token gives no other."""
    person = known(request)
    if request.auth.token is not None:
        raise Refusal("not-yours", _("A token issues no tokens; sign in with a browser."))
    if not proved_lately(request):
        detail = _("Give your password again at %(address)s and come back within five minutes.")
        raise Refusal("not-yours", detail % {"address": reverse("account_reauthenticate")})
    return person


def token_out(token: Token) -> dict[str, Any]:
    """Return a token as it is shown."""
    columns = ("code", "name", "at", "expires", "revoked", "last_used")
    said = {name: getattr(token, name) for name in columns}
    return said | {"scopes": token.scopes.split(), "entity": token.entity_code, "person": token.person.code}
