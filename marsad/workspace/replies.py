"""The right of reply as pages show it: who is looked at, why, and what their entities say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.accounts.models import Person
from marsad.core.lifecycle import Role
from marsad.core.naming import Verdict
from marsad.ratings.aftermath import Reply
from marsad.ratings.looks import Look
from marsad.ratings.models import Cycle
from marsad.ratings.replying import REPLIES_IN, Answerable, answerable_for
from marsad.web.texts import grouped, noop, percent
from marsad.workspace.desk import Desk

LOOKS = {
    (Verdict.NAMED, True): noop("It is to be named among the best %(k)s of its kind (probability %(chance)s)."),
    (Verdict.NAMED, False): noop("It is to be named among the worst %(k)s of its kind (probability %(chance)s)."),
    (Verdict.ATTENTION, True): noop("It may be among the best %(k)s of its kind (probability %(chance)s), and is not named."),
    (Verdict.ATTENTION, False): noop(
        "It is in the group that needs attention: among the worst %(k)s of its kind with a probability of %(chance)s."
    ),
    (Verdict.CANDIDATE, True): noop("It may be among the best %(k)s of its kind (probability %(chance)s)."),
    (Verdict.CANDIDATE, False): noop("It may be among the worst %(k)s of its kind (probability %(chance)s)."),
}
"""Why a list looks at a channel, by its verdict and end."""


@dataclass(frozen=True)
class Line:
    """What is looked at, why, and what its entity says; `href` is where it is said, '' for whom it is not to say.

    `channel` is its code, '' where it is the entity itself.
    """

    channel: str
    name: str
    entity: str
    looks: tuple[str, ...]
    reply: Reply | None
    href: str


@dataclass(frozen=True)
class RepliesPage:
    """The replies of a cycle that whoever looks may see."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def found(self) -> Sequence[Answerable]:
        """Return what is looked at."""
        return answerable_for(self.desk.person, self.cycle, self.desk.at)

    @property
    def lines(self) -> list[Line]:
        """Return them as lines."""
        return [line_of(self.desk, self.cycle, one) for one in self.found]

    @property
    def sentence(self) -> str:
        """Return how many are looked at, and how many entities have answered."""
        channels, entities = ([one for one in self.found if (one.channel is None) is own] for own in (False, True))
        said = ngettext(
            "The lists look at %(count)s channel; %(answered)s has been answered for.",
            "The lists look at %(count)s channels; %(answered)s have been answered for.",
            len(channels),
        ) % counts(channels)
        if not entities:
            return said
        more = ngettext(
            "They look at %(count)s entity; %(answered)s has answered.",
            "They look at %(count)s entities; %(answered)s have answered.",
            len(entities),
        )
        return f"{said} {more % counts(entities)}"


def counts(found: Sequence[Answerable]) -> dict[str, str]:
    """Return how many there are, and how many have been answered for."""
    return {"count": grouped(len(found)), "answered": grouped(sum(one.reply is not None for one in found))}


def line_of(desk: Desk, cycle: Cycle, one: Answerable) -> Line:
    """Return a channel that is looked at as a line."""
    writes = cycle.state in REPLIES_IN and speaks_for(desk.person, one.entity.code, desk)
    place = reverse("workspace_reply" if one.channel else "workspace_entity_reply", args=[cycle.code, one.about.code])
    return Line(
        channel=one.channel.code if one.channel else "",
        name=desk.name(one.about),
        entity=desk.name(one.entity) if one.channel else gettext("The entity itself"),
        looks=tuple(look_words(look) for look in one.looks),
        reply=one.reply,
        href=place if writes else "",
    )


def speaks_for(person: Person, entity: str, desk: Desk) -> bool:
    """Whether somebody speaks for an entity."""
    return Role.CHAMPION in person.roles_in(entity, desk.at)


def look_words(look: Look) -> str:
    """Return why a list looks at a channel."""
    known = percent(look.chance) if look.chance is not None else "–"
    return gettext(LOOKS[look.verdict, look.best]) % {"k": grouped(look.k), "chance": known}
