"""Who may see what: the only doors to people, memberships, invitations, tokens and the audit.

What does not exist and what is not yours are answered alike, so that nobody learns by asking what there is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from marsad.accounts.models import (
    Action,
    ActionQuerySet,
    Invitation,
    Membership,
    MembershipQuerySet,
    Person,
    PersonQuerySet,
    Token,
)
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem


class NotFound(Http404, Problem):
    """There is no such thing for this person: as a page it is 'not found', on the command line a sentence."""

    def __init__(self, kind: str = "thing") -> None:
        super().__init__(f"there is no such {kind}, or it is not yours", remedy="ask the programme team")


class Forbidden(NotFound):
    """There is one, but not for this person: the same to them, another name to us."""


def require(person: Person, *roles: Role, entity_code: str = "", at: datetime | None = None, kind: str = "thing") -> None:
    """Raise Forbidden unless the person holds one of these roles: a central one, or one in this entity."""
    if not person.roles_in(entity_code, at) & set(roles):
        raise Forbidden(kind)


def found(things: Any, code: str) -> Any:
    """Return the one that has this code, among those a person may see; raises NotFound."""
    thing = things.filter(code=code).first() if "\0" not in code else None
    if thing is None:
        raise NotFound(things.model._meta.model_name)
    return thing


def people_for(person: Person, at: datetime | None = None) -> PersonQuerySet:
    """Return whom a person may see: everybody, if of the programme team; all but shoppers, if auditor; themselves in any case.

    Champions see those who hold a role in their entities.
    """
    roles = person.roles(at)
    if Role.PROGRAMME in roles:
        return Person.objects.all()
    seen = Q(pk=person.pk) if person.is_active else Q(pk=None)
    if Role.AUDITOR in roles:
        seen |= Q(pk__in=Membership.objects.apart_from_shoppers().values("person"))
    if Role.CHAMPION in roles:
        of_mine = Membership.objects.current(at).filter(entity_code__in=person.entities(at, role=Role.CHAMPION))
        seen |= Q(pk__in=of_mine.values("person"))
    return Person.objects.filter(seen)


def person_for(person: Person, code: str, at: datetime | None = None) -> Person:
    """Return one whom a person may see; raises NotFound."""
    someone: Person = found(people_for(person, at), code)
    return someone


def memberships_for(person: Person, at: datetime | None = None) -> MembershipQuerySet:
    """Return the memberships a person may see, past ones included; that somebody shops is for the programme team alone."""
    roles = person.roles(at)
    if Role.PROGRAMME in roles:
        return Membership.objects.all()
    own = Q(person=person) if person.is_active else Q(pk=None)
    others = Membership.objects.apart_from_shoppers()
    if Role.AUDITOR not in roles:
        others = others.filter(entity_code__in=person.entities(at, role=Role.CHAMPION))
    return Membership.objects.filter(own | Q(pk__in=others.values("pk")))


def membership_of(person: Person, role: Role, entity_code: str = "", at: datetime | None = None) -> Membership:
    """Return the current membership that gives a person a role; raises NotFound."""
    membership = person.memberships.current(at).filter(role=role, entity_code=entity_code).first()
    if membership is None:
        raise NotFound("membership")
    return membership


def invitations_for(person: Person, at: datetime | None = None) -> QuerySet[Invitation]:
    """Return the invitations a person may see: all, if of the programme team; their entities', if champion."""
    if person.has(Role.PROGRAMME, at=at):
        return Invitation.objects.all()
    return Invitation.objects.filter(entity_code__in=person.entities(at, role=Role.CHAMPION))


def invitation_for(person: Person, code: str, at: datetime | None = None) -> Invitation:
    """Return an invitation that a person may see; raises NotFound."""
    invitation: Invitation = found(invitations_for(person, at), code)
    return invitation


def tokens_for(person: Person, at: datetime | None = None) -> QuerySet[Token]:
    """Return the tokens a person may see: all, if of the programme team; their own and their entities', otherwise."""
    if person.has(Role.PROGRAMME, at=at):
        return Token.objects.all()
    own = Q(person=person) if person.is_active else Q(pk=None)
    return Token.objects.filter(own | Q(entity_code__in=person.entities(at, role=Role.CHAMPION)))


def token_for(person: Person, code: str, at: datetime | None = None) -> Token:
    """Return a token that a person may see; raises NotFound."""
    token: Token = found(tokens_for(person, at), code)
    return token


def audit_for(person: Person, at: datetime | None = None) -> ActionQuerySet:
    """Return the entries of the audit that a person may see."""
    return Action.objects.visible_to(person, at)
