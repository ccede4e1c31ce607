"""Tables: people, the roles they hold, invitations, tokens for machines, and the audit that only grows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marsad.accounts.codes import LENGTH
from marsad.core.lifecycle import CENTRAL, Role

ENTITY_CODE_LENGTH = 100

ROLE_NAMES = {
    Role.PROGRAMME: _("Programme team"),
    Role.CHAMPION: _("Entity champion"),
    Role.ASSESSOR: _("Assessor"),
    Role.SHOPPER: _("Mystery shopper"),
    Role.LEADER: _("Leader"),
    Role.ADVISER: _("Service adviser"),
    Role.COUNCIL: _("Approving council"),
    Role.AUTHORITY: _("Digital authority"),
    Role.MEMBER: _("Network member"),
    Role.JUROR: _("Juror"),
    Role.PARTNER: _("Partner"),
    Role.INTEGRATOR: _("Integrator"),
    Role.AUDITOR: _("Auditor"),
}
"""What people read for a role."""

ROLES = [(str(role), name) for role, name in ROLE_NAMES.items()]
CENTRAL_ROLES = sorted(str(role) for role in CENTRAL)
NEEDS_SECOND_FACTOR = frozenset({Role.PROGRAMME, Role.COUNCIL, Role.AUDITOR})
"""Roles whose holders sign in with a password and a second factor."""


def central_or_in_an_entity(name: str) -> models.CheckConstraint:
    """Return the rule that central roles name no entity and the others name one."""
    central = Q(role__in=CENTRAL_ROLES)
    return models.CheckConstraint(
        condition=(central & Q(entity_code="")) | (~central & ~Q(entity_code="")),
        name=name,
        violation_error_message=_("A central role names no entity; every other role names one."),
    )


def known_role(name: str) -> models.CheckConstraint:
    """Return the rule that a role is one of ours."""
    return models.CheckConstraint(condition=Q(role__in=[role for role, _name in ROLES]), name=name)


class Language(models.TextChoices):
    """The language a person reads."""

    ARABIC = "ar", "العربية"
    ENGLISH = "en", "English"


class Numerals(models.TextChoices):
    """The digits a person reads."""

    LATIN = "latin", "0123456789"
    ARABIC_INDIC = "arabic-indic", "٠١٢٣٤٥٦٧٨٩"


class PersonQuerySet(models.QuerySet["Person"]):
    """People."""

    def active(self) -> PersonQuerySet:
        """Return those who may sign in."""
        return self.filter(is_active=True)

    def holding(self, *roles: Role, entity_codes: Iterable[str] | None = None, at: datetime | None = None) -> PersonQuerySet:
        """Return those who hold one of these roles (any role, where none is named), in one of these entities if said."""
        held = Membership.objects.current(at)
        if roles:
            held = held.filter(role__in=roles)
        if entity_codes is not None:
            held = held.filter(entity_code__in=entity_codes)
        return self.filter(pk__in=held.values("person"))


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """The door by which Django finds people: by address, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> Person:
        """Return the person with this address."""
        return self.get(email=(email or "").lower())

    def create_person(self, *, code: str, email: str, password: str | None = None, **details: Any) -> Person:
        """Add a person; without a password they cannot sign in."""
        person = self.model(code=code, email=email.strip().lower(), **details)
        person.set_password(password)
        person.save(force_insert=True, using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who may sign in, by their address; what they may do hangs on their memberships alone."""

    code = models.CharField(max_length=LENGTH, unique=True)
    email = models.EmailField(_("e-mail address"), unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ARABIC)
    numerals = models.CharField(_("digits"), max_length=12, choices=Numerals, default=Numerals.LATIN)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name_ar", "name_en"]

    objects = PersonManager()

    class Meta:
        constraints = [
            # With this the unique address is unique whatever its case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower"),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9a-z]+$"), name="person_code_plain"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="person_language"),
            models.CheckConstraint(condition=Q(numerals__in=Numerals.values), name="person_numerals"),
        ]

    def __str__(self) -> str:
        """Return the name; never the address, which is personal."""
        return self.name_en or self.name_ar or self.code

    def memberships_at(self, at: datetime | None = None) -> MembershipQuerySet:
        """Return what this person holds at a moment (now, unless said): nothing, once deactivated."""
        return self.memberships.current(at) if self.is_active else self.memberships.none()

    def roles(self, at: datetime | None = None) -> frozenset[Role]:
        """Return the roles held at a moment, in whatever entity."""
        return frozenset(Role(role) for role in self.memberships_at(at).values_list("role", flat=True))

    def roles_in(self, entity_code: str, at: datetime | None = None) -> frozenset[Role]:
        """Return the roles that count for an entity: those held in it and the central ones."""
        held = self.memberships_at(at).filter(entity_code__in=["", entity_code])
        return frozenset(Role(role) for role in held.values_list("role", flat=True))

    def entities(self, at: datetime | None = None, *, role: Role | None = None) -> frozenset[str]:
        """Return the codes of the entities in which a role (any, unless said) is held."""
        held = self.memberships_at(at).exclude(entity_code="")
        return frozenset((held.filter(role=role) if role else held).values_list("entity_code", flat=True))

    def has(self, role: Role, entity_code: str = "", at: datetime | None = None) -> bool:
        """Whether this person holds a role, in this entity unless it is a central one."""
        place = "" if role in CENTRAL else entity_code
        return self.memberships_at(at).filter(role=role, entity_code=place).exists()


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships."""

    def current(self, at: datetime | None = None) -> MembershipQuerySet:
        """Return those that hold at a moment (now, unless said)."""
        at = at or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at)

    def apart_from_shoppers(self) -> MembershipQuerySet:
        """Return those that may be shown outside the programme team."""
        return self.exclude(role=Role.SHOPPER)


class Membership(models.Model):
    """A role that a person holds for a while, centrally or in one entity; the database refuses the same one twice at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    entity_code = models.SlugField(_("entity"), max_length=ENTITY_CODE_LENGTH, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        # Migration 0002 adds membership_once: no two of the same person, role and entity overlap in time.
        constraints = [
            known_role("membership_role"),
            central_or_in_an_entity("membership_place"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="membership_ends_after_it_begins"),
        ]
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        """Return who is what, and where."""
        return f"{self.person}: {self.role}" + (f" in {self.entity_code}" if self.entity_code else "")


class Invitation(models.Model):
    """A role offered to an address, once and for a while; its secret is known to the guest alone."""

    code = models.CharField(max_length=LENGTH, unique=True)
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    entity_code = models.SlugField(_("entity"), max_length=ENTITY_CODE_LENGTH, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations_sent")
    at = models.DateTimeField()
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="invitations_accepted")

    class Meta:
        constraints = [
            known_role("invitation_role"),
            central_or_in_an_entity("invitation_place"),
            models.CheckConstraint(condition=Q(expires__gt=F("at")), name="invitation_expires_later"),
            models.CheckConstraint(condition=Q(accepted=None) | Q(withdrawn=None), name="invitation_accepted_or_withdrawn"),
            models.CheckConstraint(
                condition=Q(accepted=None, person=None) | Q(accepted__isnull=False, person__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        """Return what is offered."""
        return f"invitation {self.code}: {self.role}"

    def is_open(self, at: datetime) -> bool:
        """Whether it can be accepted at a moment."""
        return self.accepted is None and self.withdrawn is None and self.at <= at < self.expires


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    EVIDENCE_WRITE = "evidence:write"
    ANSWERS_WRITE = "answers:write"
    CHANNELS_WRITE = "channels:write"
    CYCLES_WRITE = "cycles:write"
    CYCLES_APPROVE = "cycles:approve"
    PUBLICATIONS_WRITE = "publications:write"


class Token(models.Model):
    """A machine's key: it does a part of what its person may do, in one entity ('' for the programme), until it expires."""

    code = models.CharField(max_length=LENGTH, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    scopes = models.CharField(_("scopes"), max_length=100)
    entity_code = models.SlugField(_("entity"), max_length=ENTITY_CODE_LENGTH, blank=True, default="")
    secret_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scopes__regex=rf"^({'|'.join(Scope)})( ({'|'.join(Scope)}))*$"), name="token_scopes"
            ),
            models.CheckConstraint(condition=Q(expires__gt=F("at")), name="token_expires_later"),
        ]

    def __str__(self) -> str:
        """Return its name."""
        return self.name

    def allows(self, scope: Scope) -> bool:
        """Whether this token was issued for a use."""
        return scope in self.scopes.split()

    def is_open(self, at: datetime) -> bool:
        """Whether it is good at a moment, as far as it itself can say."""
        return self.revoked is None and self.at <= at < self.expires


class ActionQuerySet(models.QuerySet["Action"]):
    """Entries of the audit."""

    def about(self, thing: Any) -> ActionQuerySet:
        """Return those about an object that has a code."""
        return self.filter(kind=thing._meta.model_name, object_code=thing.code)

    def by(self, person: Person) -> ActionQuerySet:
        """Return those of one person."""
        return self.filter(by=person)

    def visible_to(self, person: Person, at: datetime | None = None) -> ActionQuerySet:
        """Return what a person may see: their own; if auditor, all but what would name a shopper; if champion, their entity's."""
        roles = person.roles(at)
        if Role.PROGRAMME in roles:
            return self.all()
        own = Q(by=person) if person.is_active else Q(pk=None)
        if Role.AUDITOR in roles:
            return self.filter(own | Q(sealed=False))
        return self.filter(own | Q(sealed=False, entity_code__in=person.entities(at, role=Role.CHAMPION)))


class Action(models.Model):
    """One thing that was done. Entries are only ever added, by `actions.record`; a trigger refuses all else."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="actions")
    verb = models.CharField(max_length=50)
    kind = models.CharField(max_length=50)
    object_code = models.CharField(max_length=200)
    entity_code = models.CharField(max_length=ENTITY_CODE_LENGTH, blank=True)
    sealed = models.BooleanField()
    """Whether it would tell who a shopper is: only the programme team sees it."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.TextField(blank=True)
    hash = models.CharField(max_length=64)

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(number__gt=0), name="action_number_counts_from_one")]
        indexes = [
            models.Index(fields=["kind", "object_code", "number"], name="action_about"),
            models.Index(fields=["by", "number"], name="action_by"),
            models.Index(fields=["entity_code", "number"], name="action_entity"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        """Return what was done to what."""
        return f"{self.number}: {self.verb} {self.kind} {self.object_code}"

    def content(self) -> dict[str, Any]:
        """Return what its fingerprint covers: everything but the fingerprint."""
        fields = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields if field.name != "hash"}
        return {**fields, "at": self.at.astimezone(UTC).isoformat()}


class AuditEnd(models.Model):
    """The number and fingerprint of the last entry, on one row, so that a shortened audit is noticed."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="audit_has_one_end")]

    def __str__(self) -> str:
        """Return where the audit ends."""
        return f"{self.number}: {self.hash}"
