"""Who may see and do what in the catalogue: the only doors to its objects.

The catalogue is a public register: entities, services and channels are for everybody to see, retired ones too, since what was
published speaks of them. Channels that are yet to begin are for those who answer for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from marsad.accounts.access import Forbidden, found, require
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel, ChannelQuerySet, Entity, NamedQuerySet, OwnedQuerySet, Service
from marsad.catalogue.rules import CODE
from marsad.core.lifecycle import Role

MAY: Mapping[str, frozenset[Role]] = {
    "import_catalogue": frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR}),
    "add_channel": frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR}),
    "change_channel": frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR}),
    "retire_channel": frozenset({Role.PROGRAMME, Role.CHAMPION}),
    "see_channel_to_come": frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR, Role.AUDITOR}),
}
"""Which roles may do what: central ones everywhere, the others in their own entity. Entities and regions are central."""


def require_may(verb: str, person: Person, entity_code: str, at: datetime) -> None:
    """Raise Forbidden unless a person may do this in an entity, or centrally where it is '' or no code at all."""
    place = entity_code if re.fullmatch(CODE, entity_code) else ""
    require(person, *MAY[verb], entity_code=place, at=at, kind="entity" if place else "catalogue")


def require_may_somewhere(verb: str, person: Person, at: datetime) -> None:
    """Raise Forbidden unless there is a place in which a person may do this."""
    if not person.roles(at) & MAY[verb]:
        raise Forbidden("catalogue")


def entities_for(person: Person | None) -> NamedQuerySet:
    """Return the entities a person may see: all."""
    return Entity.objects.all()


def entity_for(person: Person | None, code: str) -> Entity:
    """Return an entity a person may see; raises NotFound."""
    return found(entities_for(person), code)


def services_for(person: Person | None) -> OwnedQuerySet:
    """Return the services a person may see: all."""
    return Service.objects.select_related("entity")


def service_for(person: Person | None, code: str) -> Service:
    """Return a service a person may see; raises NotFound."""
    return found(services_for(person), code)


def channels_for(person: Person | None, on: date | None = None) -> ChannelQuerySet:
    """Return the channels a person, or None for anybody, may see on a day (today, unless said)."""
    on = on or timezone.localdate()
    begun = Q(active_from=None) | Q(active_from__lte=on)
    seen = begun | Q(entity__code__in=sees_to_come(person)) if person else begun
    channels = Channel.objects.select_related("entity", "region")
    if person and person.roles_in("") & MAY["see_channel_to_come"]:
        return channels
    return channels.filter(seen)


def sees_to_come(person: Person) -> frozenset[str]:
    """Return the codes of the entities whose channels to come a person sees."""
    roles = MAY["see_channel_to_come"]
    return frozenset(code for role in roles for code in person.entities(role=role))


def channel_for(person: Person | None, code: str, on: date | None = None) -> Channel:
    """Return a channel that a person may see; raises NotFound."""
    return found(channels_for(person, on), code)
