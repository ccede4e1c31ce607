"""Every write to accounts: one verb each, with its permission, its transaction and its entry in the audit."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.db.models import Q

from marsad.accounts.access import Forbidden, NotFound, require
from marsad.accounts.audit import Subject, check_audit, hold_audit, record
from marsad.accounts.codes import CHANCE_BYTES, new_code
from marsad.accounts.models import Invitation, Membership, Person, Token
from marsad.accounts.tokens import Bearer, hashed, issue_token, person_for_token, revoke_token
from marsad.core.lifecycle import CENTRAL, Role
from marsad.core.problem import Problem, Sentence

__all__ = [
    "Bearer",
    "Subject",
    "accept_invitation",
    "begin_programme",
    "change_own_details",
    "check_audit",
    "deactivate",
    "end_role",
    "give_role",
    "invite",
    "issue_token",
    "open_invitation",
    "person_for_token",
    "reactivate",
    "record",
    "record_sign_in",
    "refuse_begun",
    "renew_invitation",
    "revoke_token",
    "withdraw_invitation",
]

LIFETIME = timedelta(days=7)
"""How long an invitation is open, unless said."""
CHAMPIONS_GIVE = frozenset({Role.ADVISER, Role.MEMBER, Role.PARTNER, Role.INTEGRATOR})
"""Roles that champions give in their own entity; all others are the programme team's to give."""
OWN_DETAILS = ("name_ar", "name_en", "language", "numerals")


def begin_programme(*, email: str, name_ar: str, name_en: str, password: str, at: datetime, language: str = "ar") -> Person:
    """Add the first person of the programme team, who invites all others; refused as soon as there is one."""
    with transaction.atomic():
        hold_audit()
        refuse_begun()
        details = {"name_ar": name_ar, "name_en": name_en, "language": language}
        person = new_person(email=checked_email(email), password=password, at=at, **details)
        Membership.objects.create(person=person, role=Role.PROGRAMME, since=at)
        record(by=None, verb="begin_programme", on=person, before=None, after=described(person), at=at)
    return person


def refuse_begun() -> None:
    """Raise Problem where the programme has, or ever had, somebody."""
    if Membership.objects.filter(role=Role.PROGRAMME).exists():
        raise Problem(Sentence("the programme has begun already"), remedy=Sentence("ask its team for an invitation"))


def invite(
    *, by: Person, email: str, role: Role, entity_code: str = "", at: datetime, lifetime: timedelta = LIFETIME
) -> tuple[Invitation, str]:
    """Offer a role to an address, and return the invitation with its secret, which only its link holds."""
    require_may_give(by, role, entity_code, at)
    refuse_wrong_place(role, entity_code)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            code=code_at(at),
            email=checked_email(email),
            role=role,
            entity_code=entity_code,
            token_hash=hashed(secret),
            by=by,
            at=at,
            expires=at + lifetime,
        )
        after = {"email": invitation.email, "role": role, "entity_code": entity_code, "expires": invitation.expires}
        record(by=by, verb="invite", on=invitation, before=None, after=after, at=at)
    return invitation, secret


def withdraw_invitation(*, by: Person, invitation: Invitation, at: datetime, why: str = "") -> None:
    """Take back an invitation that nobody has accepted yet."""
    require_may_give(by, Role(invitation.role), invitation.entity_code, at)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.accepted or invitation.withdrawn:
            raise Problem(Sentence("this invitation is no longer open"), remedy=Sentence("end the role instead"))
        invitation.withdrawn = at
        invitation.save(update_fields=["withdrawn"])
        record(by=by, verb="withdraw_invitation", on=invitation, before=None, after={"withdrawn": at}, at=at, why=why)


def renew_invitation(*, by: Person, invitation: Invitation, at: datetime) -> tuple[Invitation, str]:
    """Put a new invitation, returned with its secret, in the place of one nobody has accepted; the old link opens nothing."""
    role, email = Role(invitation.role), invitation.email
    with transaction.atomic():
        withdraw_invitation(by=by, invitation=invitation, at=at)
        return invite(by=by, email=email, role=role, entity_code=invitation.entity_code, at=at)


def open_invitation(secret: str, at: datetime) -> Invitation:
    """Return the invitation that a secret opens; raises NotFound where it is unknown, used, withdrawn, late or not backed."""
    invitation: Invitation | None = Invitation.objects.select_related("by").filter(token_hash=hashed(secret)).first()
    if invitation is None or not invitation.is_open(at):
        raise NotFound("invitation")
    require_may_give(invitation.by, Role(invitation.role), invitation.entity_code, at)
    return invitation


def accept_invitation(
    *,
    secret: str,
    at: datetime,
    name_ar: str = "",
    name_en: str = "",
    password: str = "",
    language: str = "ar",
    numerals: str = "latin",
) -> Person:
    """Take up an invitation, once: a newcomer becomes a person, somebody we know gains the role and changes in nothing else."""
    with transaction.atomic():
        Invitation.objects.select_for_update().filter(token_hash=hashed(secret)).first()
        invitation = open_invitation(secret, at)
        person: Person | None = Person.objects.filter(email=invitation.email).first()
        if person is None:
            details = {"name_ar": name_ar, "name_en": name_en, "language": language, "numerals": numerals}
            person = new_person(email=invitation.email, password=password, at=at, **details)
        if not person.is_active:
            raise NotFound("invitation")
        role = Role(invitation.role)
        if not person.has(role, invitation.entity_code, at):
            Membership.objects.create(person=person, role=role, entity_code=invitation.entity_code, since=at)
        invitation.accepted, invitation.person = at, person
        invitation.save(update_fields=["accepted", "person"])
        after = {**described(person), "role": role}
        record(by=person, verb="accept_invitation", on=invitation, before=None, after=after, at=at)
    return person


def give_role(
    *,
    by: Person,
    person: Person,
    role: Role,
    entity_code: str = "",
    at: datetime,
    until: datetime | None = None,
    why: str = "",
) -> Membership:
    """Give a person a role from now on, or until a moment; nobody gives themselves one."""
    require_may_give(by, role, entity_code, at)
    if by.pk == person.pk or not person.is_active:
        raise Forbidden("person")
    refuse_wrong_place(role, entity_code)
    if until is not None and until <= at:
        raise Problem(Sentence("a role cannot end before it begins"), remedy=Sentence("choose a date that is yet to come"))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        overlapping = person.memberships.filter(Q(until=None) | Q(until__gt=at), role=role, entity_code=entity_code)
        if overlapping.exists():
            raise Problem(Sentence("the person holds this role already"), remedy=Sentence("end it first"))
        held = {"role": role, "entity_code": entity_code, "since": at, "until": until}
        membership: Membership = Membership.objects.create(person=person, **held)
        after = {"role": role, "entity_code": entity_code, "until": until}
        record(by=by, verb="give_role", on=person, before=None, after=after, at=at, why=why, entity_code=entity_code)
    return membership


def end_role(*, by: Person, membership: Membership, at: datetime, why: str = "") -> None:
    """End a role that is held; the programme never loses its last person."""
    role = Role(membership.role)
    require_may_give(by, role, membership.entity_code, at)
    with transaction.atomic():
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        if at <= membership.since or (membership.until and membership.until <= at):
            raise Problem(Sentence("this role is not held at that moment"), remedy=Sentence("choose a moment in which it is"))
        if role is Role.PROGRAMME:
            refuse_last_of_the_programme(membership.person, at)
        before = {"role": role, "entity_code": membership.entity_code, "until": membership.until}
        membership.until = at
        membership.save(update_fields=["until"])
        record(
            by=by,
            verb="end_role",
            on=membership.person,
            before=before,
            after={**before, "until": at},
            at=at,
            why=why,
            entity_code=membership.entity_code,
        )


def deactivate(*, by: Person, person: Person, at: datetime, why: str = "") -> None:
    """Shut a person out: sessions and tokens end at once, memberships stay as history."""
    require(by, Role.PROGRAMME, at=at, kind="person")
    if by.pk == person.pk:
        raise Forbidden("person")
    with transaction.atomic():
        refuse_last_of_the_programme(person, at)
        Token.objects.filter(person=person, revoked=None).update(revoked=at)
        set_active(person, False, by=by, verb="deactivate", at=at, why=why)


def reactivate(*, by: Person, person: Person, at: datetime, why: str = "") -> None:
    """Let a person in again, with the memberships that still hold; tokens stay revoked."""
    require(by, Role.PROGRAMME, at=at, kind="person")
    with transaction.atomic():
        set_active(person, True, by=by, verb="reactivate", at=at, why=why)


def change_own_details(*, by: Person, at: datetime, **details: str) -> Person:
    """Change one's own names, language or digits."""
    unknown = sorted(set(details) - set(OWN_DETAILS))
    if unknown:
        raise Problem(
            Sentence("{name} is not yours to change", name=unknown[0]),
            remedy=Sentence("change {names}", names=", ".join(OWN_DETAILS)),
        )
    if not by.is_active:
        raise Forbidden("person")
    with transaction.atomic():
        person: Person = Person.objects.select_for_update().get(pk=by.pk)
        changed = {name: value for name, value in details.items() if getattr(person, name) != value}
        if changed:
            before = {name: getattr(person, name) for name in changed}
            for name, value in changed.items():
                setattr(person, name, value)
            refuse_invalid(person)
            person.save(update_fields=list(changed))
            record(by=by, verb="change_own_details", on=person, before=before, after=changed, at=at)
    return person


def record_sign_in(*, verb: str, person: Person | None, email: str = "", at: datetime) -> None:
    """Enter a sign-in, a sign-out, a failed attempt or a change of password or second factor into the audit."""
    if person is not None:
        record(by=person, verb=verb, on=person, before=None, after=None, at=at)
        return
    known = Person.objects.filter(email=email.lower()).first() if "\0" not in email else None
    on = known or Subject("address", hashed(email.lower())[:26])
    record(by=None, verb=verb, on=on, before=None, after={"email": email[:254]}, at=at)


def require_may_give(by: Person, role: Role, entity_code: str, at: datetime) -> None:
    """Raise Forbidden unless a person may give or take this role there."""
    if by.has(Role.PROGRAMME, at=at):
        return
    if role not in CHAMPIONS_GIVE or not by.has(Role.CHAMPION, entity_code, at):
        raise Forbidden("role")


def refuse_wrong_place(role: Role, entity_code: str) -> None:
    """Raise Problem where a central role names an entity, or another one none."""
    if role in CENTRAL and entity_code:
        raise Problem(
            Sentence("the role {role} belongs to the programme, not to an entity", role=role),
            remedy=Sentence("leave the entity out"),
        )
    if role not in CENTRAL and not entity_code:
        raise Problem(Sentence("the role {role} belongs to an entity", role=role), remedy=Sentence("name the entity"))
    if entity_code:
        try:
            validate_slug(entity_code)
        except ValidationError:
            raise Problem(
                Sentence("'{entity_code}' is no code of an entity", entity_code=entity_code),
                remedy=Sentence("write letters, digits and hyphens"),
            ) from None


def refuse_last_of_the_programme(person: Person, at: datetime) -> None:
    """Raise Problem where nobody would lead the programme without this person; waits for others who ask the same."""
    held = Membership.objects.current(at).filter(role=Role.PROGRAMME, person__is_active=True)
    team = {membership.person_id for membership in held.select_for_update()}
    if team == {person.pk}:
        raise Problem(Sentence("the programme would have nobody left"), remedy=Sentence("give the role to somebody else first"))


def refuse_invalid(person: Person) -> None:
    """Raise Problem on the first detail of a person that is missing or wrong."""
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Problem(
            Sentence("{name}: {value}", name=name, value=messages[0].rstrip(".")), remedy=Sentence("correct it")
        ) from None


def set_active(person: Person, active: bool, *, by: Person, verb: str, at: datetime, why: str) -> None:
    """Write whether a person may sign in; where nothing changes, nothing is recorded."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if locked.is_active != active:
        Person.objects.filter(pk=person.pk).update(is_active=active)
        record(by=by, verb=verb, on=person, before={"is_active": not active}, after={"is_active": active}, at=at, why=why)
    person.is_active = active


def new_person(*, email: str, password: str, at: datetime, **details: Any) -> Person:
    """Add a person, everything checked; raises Problem."""
    person = Person(code=code_at(at), email=email, joined=at, **details)
    refuse_invalid(person)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Problem(Sentence("this password will not do"), remedy=" ".join(error.messages).rstrip(".")) from None
    person.set_password(password)
    person.save(force_insert=True)
    return person


def checked_email(email: str) -> str:
    """Return an address as it is kept; raises Problem."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Problem(
            Sentence("'{email}' is no e-mail address", email=email), remedy=Sentence("write one such as omar@port.example")
        ) from None
    return email


def code_at(at: datetime) -> str:
    """Return a new public identifier."""
    return new_code(at, secrets.token_bytes(CHANCE_BYTES))


def described(person: Person) -> dict[str, Any]:
    """Return what the audit says of a new person."""
    return {"person": person.code, "email": person.email, "language": person.language}
