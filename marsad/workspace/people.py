"""People with their roles and entities, what whoever looks may do with each, and the invitations that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.accounts.access import Forbidden, invitations_for, memberships_for, people_for
from marsad.accounts.actions import require_may_give
from marsad.accounts.models import ROLE_NAMES, Invitation, Membership, Person, PersonQuerySet
from marsad.catalogue.models import Entity
from marsad.core.lifecycle import Role
from marsad.web.texts import grouped
from marsad.workspace.desk import Desk

SEES_PEOPLE = frozenset({Role.PROGRAMME, Role.CHAMPION, Role.AUDITOR})
INVITES = frozenset({Role.PROGRAMME, Role.CHAMPION})
SUSPENDS = frozenset({Role.PROGRAMME})
EACH = 50
"""So many people stand on a page."""


@dataclass(frozen=True)
class Held:
    """A role that somebody holds or held, in words; `end` is where it is ended, '' where it is not whoever looks who may."""

    role: str
    entity: str
    membership: Membership
    end: str = ""


@dataclass(frozen=True)
class One:
    """Somebody in the list, with the roles they hold now."""

    person: Person
    name: str
    href: str
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Waiting:
    """An invitation nobody has accepted; `may` says whether whoever looks may send it again or take it back."""

    invitation: Invitation
    role: str
    entity: str
    is_late: bool
    may: bool


@dataclass(frozen=True)
class People:
    """The people whom whoever looks may see, as far as the address asks for them."""

    desk: Desk

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return the names of the entities."""
        return {entity.code: self.desk.name(entity) for entity in Entity.objects.all()}

    @cached_property
    def visible(self) -> PersonQuerySet:
        """Return everybody whom whoever looks may see."""
        return people_for(self.desk.person, self.desk.at)

    @property
    def found(self) -> PersonQuerySet:
        """Return those who are asked for by name or address, role, entity and state."""
        query = self.desk.request.GET
        people, held = self.visible, memberships_for(self.desk.person, self.desk.at).current(self.desk.at)
        for word in query.get("q", "").replace("\0", "").split():
            people = people.filter(Q(name_ar__icontains=word) | Q(name_en__icontains=word) | Q(email__icontains=word))
        for name, column in (("role", "role"), ("entity", "entity_code")):
            if query.get(name):
                held = held.filter(**{column: query[name]})
        if query.get("role") or query.get("entity"):
            people = people.filter(pk__in=held.values("person"))
        if query.get("state") in ("active", "suspended"):
            people = people.filter(is_active=query["state"] == "active")
        mine = memberships_for(self.desk.person, self.desk.at).current(self.desk.at)
        return people.prefetch_related(Prefetch("memberships", mine, to_attr="now")).order_by(f"name_{self.desk.language}", "pk")

    def one(self, person: Person) -> One:
        """Return somebody as the list shows them."""
        held = tuple(self.held(membership) for membership in person.now)
        return One(person, self.desk.name(person), reverse("workspace_person", args=[person.code]), held)

    def held(self, membership: Membership, end: str = "") -> Held:
        """Return a role in words."""
        return Held(role_name(membership.role), self.entity(membership.entity_code), membership, end)

    def entity(self, code: str) -> str:
        """Return the name of an entity; what the catalogue has not is named by its code."""
        return self.names.get(code, code)

    @property
    def sentence(self) -> str:
        """Return how many people there are."""
        count = self.visible.count()
        return ngettext("You see %(count)s person and their roles.", "You see %(count)s people and their roles.", count) % {
            "count": grouped(count)
        }

    @property
    def roles(self) -> list[tuple[str, str]]:
        """Return the roles to filter by."""
        return [(str(role), str(name)) for role, name in ROLE_NAMES.items()]

    @cached_property
    def entities(self) -> list[tuple[str, str]]:
        """Return the entities to filter by: those in which somebody holds a role."""
        held = memberships_for(self.desk.person, self.desk.at).current(self.desk.at).exclude(entity_code="")
        codes = set(held.order_by().values_list("entity_code", flat=True))
        return sorted(((code, self.entity(code)) for code in codes), key=lambda one: one[1])

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """Return the invitations nobody has accepted, the latest first."""
        rows = invitations_for(self.desk.person, self.desk.at).filter(accepted=None, withdrawn=None).order_by("-at", "-pk")
        return tuple(self.waits(invitation) for invitation in rows)

    def waits(self, invitation: Invitation) -> Waiting:
        """Return an invitation in words."""
        late = not invitation.is_open(self.desk.at)
        may = may_give(self.desk, invitation.role, invitation.entity_code)
        return Waiting(invitation, role_name(invitation.role), self.entity(invitation.entity_code), late, may)

    @property
    def invites(self) -> bool:
        """Whether whoever looks may invite."""
        return bool(self.desk.roles & INVITES)


@dataclass(frozen=True)
class PersonPage:
    """Somebody: who they are, the roles they hold and held, and what whoever looks may do."""

    people: People
    person: Person

    @property
    def name(self) -> str:
        """Return their name."""
        return self.people.desk.name(self.person)

    @property
    def other_name(self) -> str:
        """Return their name in the other language."""
        return self.person.name_en if self.people.desk.language == "ar" else self.person.name_ar

    @property
    def sentence(self) -> str:
        """Return whether they may sign in, and how many roles they hold."""
        if not self.person.is_active:
            return gettext("Suspended: they cannot sign in, and nothing they hold counts until they are let in again.")
        count = len(self.now)
        if not count:
            return gettext("They may sign in and hold no role that you may see.")
        return ngettext("They may sign in and hold %(count)s role.", "They may sign in and hold %(count)s roles.", count) % {
            "count": grouped(count)
        }

    @cached_property
    def all(self) -> tuple[Membership, ...]:
        """Return all their roles that whoever looks may see, the latest first."""
        desk = self.people.desk
        return tuple(memberships_for(desk.person, desk.at).filter(person=self.person).order_by("-since", "-pk"))

    @cached_property
    def now(self) -> tuple[Held, ...]:
        """Return the roles held now."""
        return tuple(self.people.held(one, self.end_of(one)) for one in self.all if self.holds(one))

    @property
    def past(self) -> tuple[Held, ...]:
        """Return the roles that ended."""
        return tuple(self.people.held(one) for one in self.all if not self.holds(one))

    def holds(self, membership: Membership) -> bool:
        """Whether a role is held now."""
        at = self.people.desk.at
        return membership.since <= at and (membership.until is None or membership.until > at)

    def end_of(self, membership: Membership) -> str:
        """Return where a role is ended, '' where whoever looks may not."""
        place = [membership.entity_code] if membership.entity_code else []
        if not may_give(self.people.desk, membership.role, membership.entity_code):
            return ""
        return reverse("workspace_end_role", args=[self.person.code, membership.role, *place])

    @property
    def is_self(self) -> bool:
        """Whether whoever looks sees themselves."""
        return self.person.pk == self.people.desk.person.pk

    @property
    def gives(self) -> bool:
        """Whether whoever looks may give them a role."""
        return self.people.invites and self.person.is_active and not self.is_self

    @property
    def suspends(self) -> bool:
        """Whether whoever looks may suspend them or let them in again."""
        return bool(self.people.desk.central & SUSPENDS) and not self.is_self


def role_name(role: str) -> str:
    """Return what a role is called."""
    return str(ROLE_NAMES[Role(role)])


def may_give(desk: Desk, role: str, entity_code: str) -> bool:
    """Whether whoever looks may give or take a role there."""
    with suppress(Forbidden):
        require_may_give(desk.person, Role(role), entity_code, desk.at)
        return True
    return False


def places_for(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield the entities in which whoever looks may give roles."""
    entities = Entity.objects.order_by(f"name_{desk.language}")
    if Role.PROGRAMME not in desk.roles:
        entities = entities.filter(code__in=desk.person.entities(desk.at, role=Role.CHAMPION))
    for entity in entities:
        yield entity.code, desk.name(entity)
