"""Leading a cycle: announced, given its scope and facts, moved on by the verbs of its table, published and corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marsad.accounts.models import Person, Scope
from marsad.api import cycles
from marsad.api.auth import KNOWN, somebody
from marsad.api.bodies import JSON, media_type, read_json
from marsad.api.cycles import CycleOut, cycle_out
from marsad.api.evidence import Reason
from marsad.api.problems import wrong
from marsad.api.publications import said_of as publication_said
from marsad.api.schema import content, refuses
from marsad.api.work import Answer, Progress
from marsad.api.working import JobOut, awaited
from marsad.core.posterior import Settings
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.models import PUBLISHED, Cycle, Publication
from marsad.ratings.orders import PUBLISH, REPUBLISH, Order, promise
from marsad.ratings.publishing import CORRECTING
from marsad.ratings.states import require_move, require_state
from marsad.standards import names

router = Router(tags=["leading a cycle"])
DECISIONS = {"approve": Scope.CYCLES_APPROVE, "return": Scope.CYCLES_APPROVE, "publish": Scope.PUBLICATIONS_WRITE}
"""What a token must be for to make the moves that decide what is published; cycles:write is for all others."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"\S")]
Why = Annotated[str, StringConstraints(max_length=2000)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Facts = dict[Code, dict[Code, Annotated[str, StringConstraints(max_length=200)]]]
Verb = Literal["open", "lock", "moderate", "hear", "approve", "return", "publish", "cure", "close"]


class Body(BaseModel):
    """A body says nothing besides its fields."""

    model_config = ConfigDict(extra="forbid")


class AnnouncementIn(Body):
    """A cycle to be announced."""

    code: Code
    title_ar: Text
    title_en: Text
    standard: Code = Field(description="The name of a standard that ships with Marsad, as /standards lists them.")
    announced_on: date | None = Field(None, description="Today, unless said.")
    opens_on: date | None = None
    closes_on: date | None = None
    names: dict[Code, int] = Field({}, description="How many of the best and worst may be named, by kind.")
    seed: int = Field(0, ge=0, le=actions.LARGEST_SEED, description="The seed of all draws.")
    draws: int = Field(Settings.draws, ge=2, le=100_000)
    least: int = Field(5, ge=1, le=1000, description="Fewer answers than this are hidden in what is published.")


class ChangesIn(Body):
    """What was announced of a cycle, other than it was; what is left out stays."""

    title_ar: Text = ""
    title_en: Text = ""
    standard: Code = Field("", description="The name of a standard that ships with Marsad, as /standards lists them.")
    announced_on: date | None = None
    opens_on: date | None = Field(None, description="null takes it back.")
    closes_on: date | None = Field(None, description="null takes it back.")
    names: dict[Code, int] = Field({}, description="All that is announced: how many of the best and worst may be named, by kind.")
    seed: int = Field(0, ge=0, le=actions.LARGEST_SEED)
    draws: int = Field(Settings.draws, ge=2, le=100_000)
    least: int = Field(5, ge=1, le=1000)


class ScopeIn(Body):
    """Channels by kind, by entity or by both, and one by one, with what is to be said of them."""

    kinds: list[Code] = Field([], max_length=100)
    entities: list[Code] = Field([], max_length=1000)
    channels: list[Code] = Field([], max_length=20_000)
    facts: Facts = Field({}, description="Texts by name by the code of a channel, as the standard asks for them.")


class UncoverIn(Body):
    """Channels that a cycle is to rate no longer."""

    channels: list[Code] = Field(min_length=1, max_length=20_000)
    why: Why = ""


class FactsIn(Body):
    """What is to be said of covered channels."""

    facts: Facts = Field(min_length=1, description="An empty text takes a fact back.")
    why: Why = Field("", description="Needed once the cycle is locked.")


class MoveIn(Body):
    """A move."""

    verb: Verb
    why: Why = ""


class WhyIn(Body):
    """A reason that all may read."""

    why: Reason


class CoveredOut(Schema):
    """What changed in the scope."""

    changed: int = Field(description="How many channels came or went.")
    covered: int = Field(description="How many the cycle covers now.")


class FactsOut(Schema):
    """All that is said now of the channels that were named."""

    facts: dict[str, dict[str, str]]


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of an operation with a JSON body, which things as they are may forbid."""
    return refuses(409, requestBody={"required": True, "content": content(JSON, model)})


@cycles.router.post(  # in the same room as the list at this address
    "/cycles",
    auth=KNOWN,
    response={201: CycleOut},
    operation_id="announce_cycle",
    summary="Announce a cycle",
    openapi_extra=body_of(AnnouncementIn),
)
def announce(request: HttpRequest) -> Any:
    """The standard is kept byte for byte from now on. Needs a token for cycles:write."""
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    require_may("announce_cycle", person, now)
    media_type(request, JSON)
    asked = read_json(request, AnnouncementIn)
    if asked.standard not in names():
        raise wrong("body", "/standard", _("There is no such standard; /standards lists them."))
    cycle = actions.announce_cycle(by=person, at=now, **asked.model_dump())
    return Status(201, cycle_out(cycle))


@cycles.router.patch(  # in the same room as what is read at this address
    "/cycles/{code}",
    auth=KNOWN,
    response=CycleOut,
    operation_id="edit_cycle",
    summary="Edit a draft",
    openapi_extra=body_of(ChangesIn),
)
def edit(request: HttpRequest, code: str) -> Any:
    """What was announced of a cycle, while it is a draft. Needs a token for cycles:write."""
    person, cycle, asked = told(request, code, ChangesIn, "edit_cycle")
    changes = cast(actions.Changes, asked.model_dump(exclude_unset=True))
    if "standard" in changes and changes["standard"] not in names():
        raise wrong("body", "/standard", _("There is no such standard; /standards lists them."))
    return cycle_out(actions.edit_cycle(by=person, cycle=cycle, at=timezone.now(), changes=changes))


@router.post(
    "/cycles/{code}/cover",
    response=CoveredOut,
    operation_id="cover",
    summary="Have a cycle cover channels",
    openapi_extra=body_of(ScopeIn),
)
def cover(request: HttpRequest, code: str) -> Any:
    """Channels of kinds and entities that exist on the day it opens, and those named. Needs a token for cycles:write."""
    person, cycle, asked = told(request, code, ScopeIn, "change_scope")
    new = actions.cover(by=person, cycle=cycle, at=timezone.now(), **asked.model_dump())
    return {"changed": new, "covered": cycle.covered.count()}


@router.post(
    "/cycles/{code}/uncover",
    response=CoveredOut,
    operation_id="uncover",
    summary="Take channels out",
    openapi_extra=body_of(UncoverIn),
)
def uncover(request: HttpRequest, code: str) -> Any:
    """Evidence on them stays, and counts nowhere. Needs a token for cycles:write."""
    person, cycle, asked = told(request, code, UncoverIn, "change_scope")
    gone = actions.uncover(by=person, cycle=cycle, at=timezone.now(), channels=asked.channels, why=asked.why)
    return {"changed": gone, "covered": cycle.covered.count()}


@router.post(
    "/cycles/{code}/facts",
    response=FactsOut,
    operation_id="state_facts",
    summary="State facts",
    openapi_extra=body_of(FactsIn),
)
def state_facts(request: HttpRequest, code: str) -> Any:
    """Facts about covered channels that the standard asks for, such as a breach. Needs a token for cycles:write."""
    person, cycle, asked = told(request, code, FactsIn, "state_facts")
    return {"facts": actions.state_facts(by=person, cycle=cycle, at=timezone.now(), facts=asked.facts, why=asked.why)}


@router.post(
    "/cycles/{code}/moves",
    response={200: CycleOut, 202: JobOut},
    operation_id="move_cycle",
    summary="Move a cycle on",
    openapi_extra=body_of(MoveIn),
)
def move(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """By a verb of its table; to publish becomes a job.

    Needs a token for cycles:write; to approve or return one of the council for cycles:approve, to publish for publications:write.
    """
    somebody(request, Scope.READ)
    media_type(request, JSON)
    asked = read_json(request, MoveIn)
    person, now = somebody(request, DECISIONS.get(asked.verb, Scope.CYCLES_WRITE)), timezone.now()
    cycle = cycle_for(person, code, now)
    if asked.verb == "publish":
        require_move(cycle, "publish", person, now)
        order = Order(PUBLISH, {"cycle": cycle.code, "why": asked.why})
        return awaited(response, promise(by=person, order=order, at=now))
    return Status(200, cycle_out(actions.move_cycle(by=person, cycle=cycle, verb=asked.verb, at=now, why=asked.why)))


@router.post(
    "/cycles/{code}/publications",
    response={202: JobOut},
    operation_id="correct_publication",
    summary="Publish a correction",
    openapi_extra=body_of(WhyIn),
)
def correct(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """From a finished run over corrected evidence, as a job; the old publication stays. Needs a token for publications:write."""
    person, now = somebody(request, Scope.PUBLICATIONS_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    require_may("correct_publication", person, now)
    media_type(request, JSON)
    asked = read_json(request, WhyIn)
    require_state(cycle, PUBLISHED, CORRECTING)
    order = Order(REPUBLISH, {"cycle": cycle.code, "why": asked.why})
    return awaited(response, promise(by=person, order=order, at=now))


def told(request: HttpRequest, code: str, model: type[Any], verb: str) -> tuple[Person, Cycle, Any]:
    """Return who asks, of which cycle, and what they say; raises Refusal, Forbidden or NotFound."""
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    require_may(verb, person, now)
    media_type(request, JSON)
    return person, cycle, read_json(request, model)


def published(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return the publication of a cycle."""
    return put_out(actions.publish_cycle, by, order, at, progress)


def republished(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return the correction of a publication."""
    return put_out(actions.correct_publication, by, order, at, progress)


def put_out(act: Callable[..., Publication], by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what is published; where whoever worked on it before was killed after the deed, that publication."""
    cycle = cycle_for(by, order.said["cycle"], at)
    done = cycle.publications.filter(by_id=by.pk, at=at).first()
    if done is None:
        run = cycle.current_run
        total, rows = (run.total if run else 0), 0

        def step(more: int) -> None:
            nonlocal rows
            rows += more
            progress(rows, total)

        done = act(by=by, cycle=cycle, at=at, why=order.said["why"], progress=step)
    return 200, publication_said(done)
