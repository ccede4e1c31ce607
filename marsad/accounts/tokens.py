"""Tokens for machines: what is shown once, what is kept of it, and whom a token speaks for."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from marsad.accounts.access import Forbidden
from marsad.accounts.audit import record
from marsad.accounts.codes import CHANCE_BYTES, new_code
from marsad.accounts.models import Person, Scope, Token
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem, Sentence

PREFIX = "marsad"
"""What every token begins with, so that one left in a public place is recognised."""
LONGEST = timedelta(days=366)
USE_IS_NOTED_EVERY = timedelta(minutes=1)
HOLDERS = frozenset({Role.CHAMPION, Role.INTEGRATOR})
CENTRAL_HOLDERS = frozenset({Role.PROGRAMME, Role.COUNCIL})


class Bearer(NamedTuple):
    """Whom a request comes from: the person, and the token that says what of their rights counts."""

    person: Person
    token: Token


def hashed(secret: str) -> str:
    """Return what is kept of a random secret; so long a one needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def issue_token(
    *, by: Person, person: Person, name: str, scopes: Collection[Scope], entity_code: str = "", expires: datetime, at: datetime
) -> tuple[Token, str]:
    """Issue a token to somebody, and return it with the secret, which is nowhere else and never shown again."""
    require_may_issue(by, person, entity_code, at)
    if not scopes:
        raise Problem(
            Sentence("a token without a scope opens nothing"),
            remedy=Sentence("give one or more of {names}", names=", ".join(Scope)),
        )
    if Scope.CYCLES_APPROVE in scopes and (entity_code or not person.has(Role.COUNCIL, at=at)):
        raise Problem(
            Sentence("a token for {scope} is for the council alone, and for no one entity", scope=Scope.CYCLES_APPROVE),
            remedy=Sentence("leave that scope out"),
        )
    if not at < expires <= at + LONGEST:
        raise Problem(
            Sentence("a token expires within a year of being issued"),
            remedy=Sentence("choose an earlier date that is yet to come"),
        )
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            code=new_code(at, secrets.token_bytes(CHANCE_BYTES)),
            person=person,
            name=name,
            scopes=" ".join(sorted(Scope(scope) for scope in scopes)),
            entity_code=entity_code,
            secret_hash=hashed(secret),
            at=at,
            expires=expires,
        )
        after = {"person": person.code, "name": name, "scopes": token.scopes, "expires": expires}
        record(by=by, verb="issue_token", on=token, before=None, after=after, at=at)
    return token, f"{PREFIX}_{token.code}_{secret}"


def revoke_token(*, by: Person, token: Token, at: datetime, why: str = "") -> None:
    """End a token at once; ending it twice does nothing more."""
    if by.pk != token.person_id and not may_manage(by, token.entity_code, at):
        raise Forbidden("token")
    with transaction.atomic():
        token = Token.objects.select_for_update().get(pk=token.pk)
        if token.revoked is None:
            token.revoked = at
            token.save(update_fields=["revoked"])
            record(by=by, verb="revoke_token", on=token, before={"revoked": None}, after={"revoked": at}, at=at, why=why)


def person_for_token(secret: str, at: datetime) -> Bearer | None:
    """Return whom a token speaks for, or None; how long it takes does not tell how near a guess is."""
    prefix, _, rest = secret.partition("_")
    code, _, guess = rest.partition("_")
    is_code = prefix == PREFIX and code.isascii() and code.isalnum()
    token = Token.objects.select_related("person").filter(code=code).first() if is_code else None
    same = hmac.compare_digest(hashed(guess), token.secret_hash if token else hashed(""))
    if token is None or not same or not token.is_open(at) or not may_hold(token.person, token.entity_code, at):
        return None
    unnoted = Q(last_used=None) | Q(last_used__lt=at - USE_IS_NOTED_EVERY)
    Token.objects.filter(unnoted, pk=token.pk).update(last_used=at)
    return Bearer(token.person, token)


def may_hold(person: Person, entity_code: str, at: datetime) -> bool:
    """Whether a person may use a token there, at that moment: rights that ended took their tokens with them."""
    roles = person.roles_in(entity_code, at)
    return Role.PROGRAMME in roles or bool(roles & (HOLDERS if entity_code else CENTRAL_HOLDERS))


def may_manage(by: Person, entity_code: str, at: datetime) -> bool:
    """Whether a person answers for all tokens there."""
    return by.has(Role.PROGRAMME, at=at) or by.has(Role.CHAMPION, entity_code, at)


def require_may_issue(by: Person, person: Person, entity_code: str, at: datetime) -> None:
    """Raise Forbidden unless this person may issue that person a token there: to themselves, or to an integrator they look after.

    Whoever issues a token could use it, so none is issued in the name of anybody whose word counts for more.
    """
    to_integrator = person.has(Role.INTEGRATOR, entity_code, at) and may_manage(by, entity_code, at)
    if not may_hold(person, entity_code, at) or not (by.pk == person.pk or to_integrator):
        raise Forbidden("person")
