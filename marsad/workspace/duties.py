"""What each role can do here today, honestly: a sentence, and the pages that are open to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from marsad.core.lifecycle import Role
from marsad.web.texts import noop
from marsad.workspace.desk import Desk
from marsad.workspace.people import role_name


@dataclass(frozen=True)
class Way:
    """A page: what its link says, and the name of its address."""

    says: str
    name: str


PUBLISHED = (Way(noop("Published results"), "league"), Way(noop("How it is measured"), "method"))
CYCLES = Way(noop("Cycles"), "workspace_cycles")
PEOPLE = Way(noop("People and roles"), "workspace_people")
AUDIT = Way(noop("Audit"), "workspace_audit")
LEADER = Way(noop("What should I ask about?"), "workspace_leader")
VERIFY = Way(noop("Verify a publication"), "verify")
OPEN_DATA = Way(noop("Open data"), "open_data")
PROGRAMS = Way(noop("The interface for programs"), "api:openapi-view")


@dataclass(frozen=True)
class Duty:
    """What a role does here today, and where."""

    does: str
    ways: tuple[Way, ...]


DUTIES: Mapping[Role, Duty] = {
    Role.PROGRAMME: Duty(noop("You lead the cycles, give roles and read the whole audit."), (CYCLES, PEOPLE, AUDIT, LEADER)),
    Role.CHAMPION: Duty(
        noop("You bring your entity's evidence, see how its channels stand, and look after its people."), (CYCLES, PEOPLE, AUDIT)
    ),
    Role.LEADER: Duty(noop("You read what is published, and see which cycles are on their way."), (LEADER, CYCLES, *PUBLISHED)),
    Role.COUNCIL: Duty(
        noop("You see a cycle's results once appeals are heard, and approve them or return them to moderation."),
        (CYCLES, LEADER, *PUBLISHED),
    ),
    Role.AUDITOR: Duty(
        noop("You see everything but who the mystery shoppers are: cycles, evidence, people, and the audit with its chain."),
        (CYCLES, AUDIT, PEOPLE, LEADER, VERIFY),
    ),
    Role.ASSESSOR: Duty(
        noop("Assessments are not filled in on these pages: the programme team brings what you found as a file."), PUBLISHED
    ),
    Role.SHOPPER: Duty(
        noop(
            "Visits are not filled in here: the programme team brings what you found as a file, and it alone knows that you shop."
        ),
        PUBLISHED,
    ),
    Role.INTEGRATOR: Duty(
        noop("You send your entity's channels and evidence by program, with a token that its champion gives you."),
        (PROGRAMS, CYCLES, OPEN_DATA),
    ),
    Role.ADVISER: Duty(
        noop("You help entities improve from what is published: each channel's page says where it is strong and weak."), PUBLISHED
    ),
    Role.AUTHORITY: Duty(noop("You read what is published, and take all of it as open data."), (*PUBLISHED, OPEN_DATA)),
    Role.MEMBER: Duty(noop("You read what is published, and take all of it as open data."), (*PUBLISHED, OPEN_DATA)),
    Role.JUROR: Duty(noop("You read what is published; every number opens its evidence."), (*PUBLISHED, VERIFY)),
    Role.PARTNER: Duty(noop("You read what is published, and take all of it as open data."), (*PUBLISHED, OPEN_DATA)),
}
"""Every role."""


@dataclass(frozen=True)
class Shown:
    """A role of whoever looks, in words, with its links."""

    role: str
    does: str
    ways: tuple[tuple[str, str], ...]


def duties_home(desk: Desk) -> Mapping[str, tuple[Shown, ...]]:
    """Return what whoever looks can do here, role by role."""
    return {"duties": tuple(shown(role) for role in Role if role in desk.roles)}


def shown(role: Role) -> Shown:
    """Return a role in words."""
    duty = DUTIES[role]
    return Shown(role_name(role), gettext(duty.does), tuple((gettext(way.says), reverse(way.name)) for way in duty.ways))
