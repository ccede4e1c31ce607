"""The right of reply: while appeals are heard, the entity of every channel that the lists look at may answer.

It is told only then, since visits before are blind. What it says is published word for word beside the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem, Sentence
from marsad.ledger import Reply as Published
from marsad.ledger.bundle import DamagedError, content_of, open_bundle
from marsad.ledger.canonical import parsed
from marsad.ledger.replies import REPLIES, replies_in
from marsad.ratings.access import DECIDING, SEES_EVERYTHING, NotFound, entities_of, require_may, roles_of
from marsad.ratings.aftermath import LONGEST_TEXT, Reply
from marsad.ratings.intake import fresh_code
from marsad.ratings.looks import Look, looks_in
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.shelf import bundle_of
from marsad.ratings.states import held, require_state

REPLIES_IN = ("appeal",)
"""The states of a cycle in which an entity may answer, and revise what it said."""
TOLD_IN = DECIDING
"""Those in which it knows that it is looked at, and the council sees what it says."""


@dataclass(frozen=True)
class Answerable:
    """A channel that the lists of a cycle's current run look at, why, and what its entity says of it, None so far."""

    channel: Channel
    looks: tuple[Look, ...]
    reply: Reply | None


def answerable_for(person: Person, cycle: Cycle, at: datetime) -> tuple[Answerable, ...]:
    """Return the channels that are looked at and that a person may know of: all, who decides or checks; one's own, a champion."""
    run = cycle.current_run
    if cycle.state not in TOLD_IN or run is None:
        return ()
    looks: dict[str, list[Look]] = {}
    for look in looks_in(run):
        looks.setdefault(look.channel, []).append(look)
    channels = Channel.objects.filter(code__in=looks).select_related("entity").order_by("code")
    if not roles_of(person, at) & (SEES_EVERYTHING | {Role.COUNCIL}):
        channels = channels.filter(entity__code__in=entities_of(person, at))
    said = {reply.channel_id: reply for reply in replies_of(cycle)}
    return tuple(Answerable(one, tuple(looks[one.code]), said.get(one.pk)) for one in channels)


def answerable(person: Person, cycle: Cycle, code: str, at: datetime) -> Answerable:
    """Return one of them; raises NotFound."""
    found = next((one for one in answerable_for(person, cycle, at) if one.channel.code == code), None)
    if found is None:
        raise NotFound("channel")
    return found


def replies_of(cycle: Cycle) -> QuerySet[Reply]:
    """Return what entities said about a cycle."""
    return Reply.objects.filter(cycle=cycle).select_related("channel__entity", "by")


def published_replies(publication: Publication) -> Mapping[str, Published]:
    """Return the replies that a publication holds, by the channel's code; none where its bundle is not to be read."""
    try:
        return replies_at(publication.code)
    except (Problem, DamagedError, FileNotFoundError):
        return {}


@lru_cache(maxsize=16)
def replies_at(code: str) -> Mapping[str, Published]:
    """Return the replies of the publication with a code; what is published stays, so that it is read once."""
    bundle = open_bundle(bundle_of(Publication.objects.get(code=code)))
    return replies_in(parsed(content_of(bundle, REPLIES))) if REPLIES in bundle.names else {}


def reply(*, by: Person, cycle: Cycle, channel: str, text_ar: str, text_en: str, at: datetime) -> Reply:
    """Say for an entity what is to stand beside the verdict on a channel, in one language or both; once more, it is revised.

    Raises Problem where nothing is said or nobody looks at the channel, OutOfTurn where no appeals are heard.
    """
    found = answerable_channel(by, channel, at)
    texts = {"text_ar": text_ar.strip(), "text_en": text_en.strip()}
    refuse_text(texts)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, REPLIES_IN, Sentence("replying"))
        refuse_unlooked(cycle, channel)
        before = Reply.objects.filter(cycle=cycle, channel=found).first()
        said: Reply
        said, _new = Reply.objects.update_or_create(
            cycle=cycle,
            channel=found,
            defaults=texts | {"by_id": by.pk, "at": at},
            create_defaults=texts | {"by_id": by.pk, "at": at, "code": fresh_code(at)},
        )
        was = {name: getattr(before, name) for name in texts} if before else None
        record(by=by, verb="reply", on=said, before=was, after={"cycle": cycle.code, "channel": channel, **texts}, at=at)
    return said


def answerable_channel(by: Person, code: str, at: datetime) -> Channel:
    """Return the channel for whoever speaks for its entity; raises NotFound."""
    channel = Channel.objects.filter(code=code).select_related("entity").first() if "\0" not in code else None
    if channel is None:
        raise NotFound("channel")
    require_may("reply", by, at, entity_code=channel.entity.code)
    return channel


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


def refuse_unlooked(cycle: Cycle, channel: str) -> None:
    """Raise Problem where the lists of the current run do not look at a channel."""
    run = cycle.current_run
    if run is None or all(look.channel != channel for look in looks_in(run)):
        raise Problem(
            Sentence("the lists do not look at {channel}", channel=channel),
            remedy=Sentence("there is nothing to answer: no list of the publication will hold it"),
        )


def waiting(person: Person, cycle: Cycle, at: datetime) -> Sequence[Answerable]:
    """Return the channels whose entity may answer now and has not."""
    return [one for one in answerable_for(person, cycle, at) if one.reply is None] if cycle.state in REPLIES_IN else []
