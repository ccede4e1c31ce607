"""The right of reply: while appeals are heard, an entity may answer for every channel that the lists look at, and for itself.

It is told only then, since visits before are blind. What it says is published word for word beside the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel, Entity
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem, Sentence
from marsad.ledger import Reply as Published
from marsad.ledger.bundle import DamagedError, content_of, open_bundle
from marsad.ledger.canonical import parsed
from marsad.ledger.replies import REPLIES, replies_in
from marsad.ratings.access import DECIDING, SEES_EVERYTHING, NotFound, entities_of, require_may, roles_of
from marsad.ratings.aftermath import LONGEST_TEXT, Reply
from marsad.ratings.intake import fresh_code
from marsad.ratings.looks import Look, Looks, looks_in
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.shelf import bundle_of
from marsad.ratings.states import held, require_state

REPLIES_IN = ("appeal",)
"""The states of a cycle in which an entity may answer, and revise what it said."""
TOLD_IN = DECIDING
"""Those in which it knows that it is looked at, and the council sees what it says."""


@dataclass(frozen=True)
class Answerable:
    """What the lists of a cycle's current run look at, why, and what is said of it, None so far.

    It is a channel of the entity, or where that is None the entity itself.
    """

    entity: Entity
    channel: Channel | None
    looks: tuple[Look, ...]
    reply: Reply | None

    @property
    def about(self) -> Channel | Entity:
        """Return what is looked at."""
        return self.channel or self.entity


def answerable_for(person: Person, cycle: Cycle, at: datetime) -> tuple[Answerable, ...]:
    """Return what is looked at and a person may know of, channels first: all, who decides or checks; one's own, a champion."""
    run = cycle.current_run
    if cycle.state not in TOLD_IN or run is None:
        return ()
    found = looks_in(run)
    looks, of_entities = by_code(found.channels), by_code(found.entities)
    channels = Channel.objects.filter(code__in=looks).select_related("entity").order_by("code")
    entities = Entity.objects.filter(code__in=of_entities).order_by("code")
    if not roles_of(person, at) & (SEES_EVERYTHING | {Role.COUNCIL}):
        own = entities_of(person, at)
        channels, entities = channels.filter(entity__code__in=own), entities.filter(code__in=own)
    said = {(reply.entity_id, reply.channel_id): reply for reply in replies_of(cycle)}
    return (
        *(Answerable(one.entity, one, looks[one.code], said.get((one.entity_id, one.pk))) for one in channels),
        *(Answerable(one, None, of_entities[one.code], said.get((one.pk, None))) for one in entities),
    )


def by_code(looks: Iterable[Look]) -> dict[str, tuple[Look, ...]]:
    """Return looks by what they are at."""
    found: dict[str, tuple[Look, ...]] = {}
    for look in looks:
        found[look.code] = (*found.get(look.code, ()), look)
    return found


def answerable(person: Person, cycle: Cycle, at: datetime, *, channel: str = "", entity: str = "") -> Answerable:
    """Return one of them: a channel, or an entity itself; raises NotFound."""
    wanted = (channel, "channel") if channel else (entity, "entity")
    for one in answerable_for(person, cycle, at):
        if (one.about.code, "channel" if one.channel else "entity") == wanted:
            return one
    raise NotFound(wanted[1])


def replies_of(cycle: Cycle) -> QuerySet[Reply]:
    """Return what entities said about a cycle."""
    return Reply.objects.filter(cycle=cycle).select_related("channel", "entity", "by")


def published_replies(publication: Publication) -> Mapping[tuple[str, str], Published]:
    """Return the replies that a publication holds, as `replies_in`; none where its bundle is not to be read."""
    try:
        return replies_at(publication.code)
    except (Problem, DamagedError, FileNotFoundError):
        return {}


@lru_cache(maxsize=16)
def replies_at(code: str) -> Mapping[tuple[str, str], Published]:
    """Return the replies of the publication with a code; what is published stays, so that it is read once."""
    bundle = open_bundle(bundle_of(Publication.objects.get(code=code)))
    return replies_in(parsed(content_of(bundle, REPLIES))) if REPLIES in bundle.names else {}


def reply(*, by: Person, cycle: Cycle, text_ar: str, text_en: str, at: datetime, channel: str = "", entity: str = "") -> Reply:
    """Say for an entity what is to stand beside the verdict on a channel, or on the entity, in one language or both.

    Once more, it is revised. Raises Problem where nothing is said or nobody looks at what it is about, OutOfTurn where no appeals
    are heard.
    """
    speaker, found = spoken_for(by, channel, entity, at)
    texts = {"text_ar": text_ar.strip(), "text_en": text_en.strip()}
    refuse_text(texts)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, REPLIES_IN, Sentence("replying"))
        refuse_unlooked(cycle, channel, entity)
        before = Reply.objects.filter(cycle=cycle, entity=speaker, channel=found).first()
        said: Reply
        said, _new = Reply.objects.update_or_create(
            cycle=cycle,
            entity=speaker,
            channel=found,
            defaults=texts | {"by_id": by.pk, "at": at},
            create_defaults=texts | {"by_id": by.pk, "at": at, "code": fresh_code(at)},
        )
        was = {name: getattr(before, name) for name in texts} if before else None
        about = {"channel": channel} if channel else {"entity": entity}
        record(by=by, verb="reply", on=said, before=was, after={"cycle": cycle.code, **about, **texts}, at=at)
    return said


def spoken_for(by: Person, channel: str, entity: str, at: datetime) -> tuple[Entity, Channel | None]:
    """Return the entity for which somebody speaks and the channel it is about, None for the entity itself; raises NotFound."""
    code, table = (channel, Channel.objects.select_related("entity")) if channel else (entity, Entity.objects.all())
    found = table.filter(code=code).first() if "\0" not in code else None
    if found is None:
        raise NotFound("channel" if channel else "entity")
    speaker: Entity = found.entity if channel else found
    require_may("reply", by, at, entity_code=speaker.code)
    return speaker, found if channel else None


def refuse_text(texts: dict[str, str]) -> None:
    """Raise Problem where nothing is said, or too much."""
    if not any(texts.values()):
        raise Problem(
            Sentence("a reply without words says nothing"),
            column="text_ar",
            remedy=Sentence("write it in Arabic, English or both"),
        )
    for name, text in texts.items():
        refuse_length(text, name)


def refuse_length(text: str, name: str) -> None:
    """Raise Problem where a text is too long to be read beside a verdict."""
    if len(text) > LONGEST_TEXT:
        raise Problem(
            Sentence("this has {n} characters", n=len(text)),
            column=name,
            remedy=Sentence("shorten it to {most}", most=LONGEST_TEXT),
        )


def refuse_unlooked(cycle: Cycle, channel: str, entity: str) -> None:
    """Raise Problem where the lists of the current run look neither at a channel nor, where none is named, at an entity."""
    run, code = cycle.current_run, channel or entity
    found = looks_in(run) if run else Looks((), ())
    if all(look.code != code for look in (found.channels if channel else found.entities)):
        raise Problem(
            Sentence("the lists do not look at {channel}", channel=code),
            remedy=Sentence("there is nothing to answer: no list of the publication will hold it"),
        )


def waiting(person: Person, cycle: Cycle, at: datetime) -> Sequence[Answerable]:
    """Return what an entity may answer for now and has not."""
    return [one for one in answerable_for(person, cycle, at) if one.reply is None] if cycle.state in REPLIES_IN else []
