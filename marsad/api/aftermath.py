"""What lists lead to: replies before the approval, and cures after the publication."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from marsad.accounts.models import Person, Scope
from marsad.api.auth import somebody
from marsad.api.bodies import JSON, media_type, read_json
from marsad.api.evidence import RowIn, rows_of
from marsad.api.leading import Body, Code, Why, body_of
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import wrong
from marsad.api.schema import TextOut
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.aftermath import LONGEST_TEXT, Cure, Reply
from marsad.ratings.clearing import Cleared, cleared_by
from marsad.ratings.clocks import today
from marsad.ratings.curing import MOST_STEPS, cure_for, cures_for
from marsad.ratings.looks import FIRST, LAST
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.re_evaluating import MOST
from marsad.ratings.replying import Answerable, answerable_for

router = Router(tags=["replies and cures"])
MOST_ROWS = 10_000
"""Rows of a re-evaluation: some answers on some channels."""
Long = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class LookOut(Schema):
    """Why a list looks at a channel."""

    league: str
    end: str = Field(description="first or last: the best or the worst of the league.")
    k: int
    verdict: str = Field(description="named, needs-attention or candidate.")
    chance: float | None = Field(description="Of being among the k; by new evidence alone where there is any.")


class ReplyOut(Schema):
    """What an entity says of a channel, '' in a language in which it says nothing."""

    text_ar: str
    text_en: str
    at: datetime


class AnswerableOut(Schema):
    """A channel that the lists look at, or an entity itself."""

    channel: str | None = Field(description="null where it is the entity itself.")
    entity: str
    looks: list[LookOut]
    reply: ReplyOut | None


class RepliesOut(Schema):
    """Whom the lists of a cycle's current run look at."""

    channels: list[AnswerableOut]
    entities: list[AnswerableOut]


class ReplyIn(Body):
    """What an entity says; one language will do."""

    text_ar: Long = ""
    text_en: Long = ""


class StepOut(Schema):
    """A step of a plan."""

    number: int
    text: str
    due_on: date | None
    done_on: date | None
    evidence: str


class PartOut(Schema):
    """A change in points with its interval."""

    value: float
    low: float
    high: float


class ChangeOut(Schema):
    """The change of a re-evaluation."""

    outcome: str = Field(description="improved, not-separable or worse.")
    own: PartOut
    decoys: PartOut
    difference: PartOut = Field(description="What the outcome rests on.")
    count: int = Field(description="How many decoys there were.")
    weight: float = Field(description="The share of the second wave in the baseline.")
    level: float


class SinceOut(Schema):
    """Since which correction something holds."""

    publication: str
    at: datetime


class ClearedOut(SinceOut):
    """Since which correction a channel is no longer what its cure was opened for."""

    verdict: str = Field(description="What the newest publication says: needs-attention, candidate or none.")


class CureOut(Schema):
    """A cure, from its opening to what became of it."""

    cycle: str
    channel: str
    entity: str
    verdict: str
    state: str = Field(description="open, planned, under-way, re-evaluated, cured, not-cured, escalated or withdrawn.")
    days: int
    opened_on: date
    plan_due_on: date
    due_on: date
    late: bool
    owner: TextOut | None
    plan: str
    steps: list[StepOut]
    change: ChangeOut | None
    cleared: ClearedOut | None = Field(description="Where a correction cleared the channel of a cure that has not ended.")


class CuresIn(Body):
    """Which cures to open, besides those of the named."""

    channels: list[Code] = Field([], max_length=1000, description="Of those that need attention.")
    days: int | None = Field(None, description="30, 60 or 90; the standard's, unless said.")
    why: Why = Field("", description="Needed for channels that are not named.")


class OpenedOut(Schema):
    """Which cures were opened."""

    opened: list[str]


class StepIn(Body):
    """A step, and the day by which it is done."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]
    due_on: date | None = None


class PlanIn(Body):
    """The plan of a cure."""

    owner: Annotated[str, StringConstraints(max_length=254)] = Field(description="The e-mail address of somebody of the entity.")
    plan: Long
    steps: list[StepIn] = Field(min_length=1, max_length=MOST_STEPS)


class DoneIn(Body):
    """When a step was done, and what proves it."""

    done_on: date
    evidence: Long


class MeasuredIn(Body):
    """The score of a channel in points with its standard error: by the second wave alone, and now."""

    channel: Code
    before: float
    before_se: float = Field(gt=0)
    after: float
    after_se: float = Field(gt=0)


class AgainIn(Body):
    """A re-evaluation: new evidence on channels of the second wave, or scores that were measured elsewhere."""

    rows: list[RowIn] = Field([], max_length=MOST_ROWS, description="As for /evidence; measured as the second wave was.")
    scores: list[MeasuredIn] = Field([], max_length=MOST, description="Of the channel itself, and of three decoys at least.")


class CureMoveIn(Body):
    """A move of a cure."""

    verb: Annotated[str, StringConstraints(max_length=20)] = Field(description="begin, confirm, refuse, escalate or withdraw.")
    why: Why = ""


@router.get("/cycles/{code}/replies", response=RepliesOut, operation_id="list_replies", summary="Whom the lists look at")
def list_replies(request: HttpRequest, code: str) -> Any:
    """While appeals are heard and until the publication, one's own entity's channels; all, for who decides or checks."""
    person, now = somebody(request, Scope.READ), timezone.now()
    found = answerable_for(person, cycle_for(person, code, now), now)
    return {
        "channels": [answerable_out(one) for one in found if one.channel],
        "entities": [answerable_out(one) for one in found if one.channel is None],
    }


@router.put(
    "/cycles/{code}/replies/{channel}",
    response=ReplyOut,
    operation_id="reply",
    summary="Reply to a verdict",
    openapi_extra=body_of(ReplyIn),
)
def reply(request: HttpRequest, code: str, channel: str) -> Any:
    """Published word for word beside the verdict; revised until the approval. Needs a token for answers:write."""
    person, cycle, now = asking(request, code, Scope.ANSWERS_WRITE)
    asked = told(request, ReplyIn)
    return reply_out(actions.reply(by=person, cycle=cycle, channel=channel, at=now, **asked.model_dump()))


@router.put(
    "/cycles/{code}/entity-replies/{entity}",
    response=ReplyOut,
    operation_id="reply_for_entity",
    summary="Reply to a verdict on an entity",
    openapi_extra=body_of(ReplyIn),
)
def reply_for_entity(request: HttpRequest, code: str, entity: str) -> Any:
    """Of the entity itself, as of a channel. Needs a token for answers:write."""
    person, cycle, now = asking(request, code, Scope.ANSWERS_WRITE)
    asked = told(request, ReplyIn)
    return reply_out(actions.reply(by=person, cycle=cycle, entity=entity, at=now, **asked.model_dump()))


@router.get("/cycles/{code}/cures", response=PageOut[CureOut], operation_id="list_cures", summary="Cures of a cycle")
def list_cures(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """Those one may see: all, or those of one's own entity."""
    person, cycle, now = asking(request, code, Scope.READ)
    rows = cures_for(person, now).filter(cycle=cycle).prefetch_related("steps")
    return page_of(rows, asked, lambda cure: cure_out(cure, now), request, response)


@router.post(
    "/cycles/{code}/cures", response=OpenedOut, operation_id="open_cures", summary="Open cures", openapi_extra=body_of(CuresIn)
)
def open_cures(request: HttpRequest, code: str) -> Any:
    """Of every channel named among the worst, and of others by choice. Needs a token for cycles:write."""
    person, cycle, now = asking(request, code, Scope.CYCLES_WRITE)
    require_may("open_cures", person, now)
    asked = told(request, CuresIn)
    made = actions.open_cures(by=person, cycle=cycle, at=now, chosen=asked.channels, days=asked.days, why=asked.why)
    return {"opened": [cure.channel.code for cure in made]}


@router.get("/cycles/{code}/cures/{channel}", response=CureOut, operation_id="read_cure", summary="A cure")
def read_cure(request: HttpRequest, code: str, channel: str) -> Any:
    """One cure with its plan, its steps and its change."""
    now = timezone.now()
    return cure_out(cure_for(somebody(request, Scope.READ), code, channel, now), now)


@router.put(
    "/cycles/{code}/cures/{channel}/plan",
    response=CureOut,
    operation_id="plan_cure",
    summary="Hand in the plan of a cure",
    openapi_extra=body_of(PlanIn),
)
def plan_cure(request: HttpRequest, code: str, channel: str) -> Any:
    """Until it is begun it may be handed in anew. Needs a token for answers:write."""
    person, cure, now = about(request, code, channel, Scope.ANSWERS_WRITE)
    asked = told(request, PlanIn)
    steps = [actions.Planned(step.text, step.due_on) for step in asked.steps]
    return cure_out(actions.plan_cure(by=person, cure=cure, owner=asked.owner, plan=asked.plan, steps=steps, at=now), now)


@router.put(
    "/cycles/{code}/cures/{channel}/steps/{number}",
    response=CureOut,
    operation_id="do_step",
    summary="Say that a step was done",
    openapi_extra=body_of(DoneIn),
)
def do_step(request: HttpRequest, code: str, channel: str, number: int) -> Any:
    """When, and what proves it. Needs a token for answers:write."""
    person, cure, now = about(request, code, channel, Scope.ANSWERS_WRITE)
    asked = told(request, DoneIn)
    actions.do_step(by=person, cure=cure, number=number, at=now, **asked.model_dump())
    return cure_out(cure, now)


@router.post(
    "/cycles/{code}/cures/{channel}/re-evaluation",
    response=CureOut,
    operation_id="re_evaluate",
    summary="Judge the change of a cure",
    openapi_extra=body_of(AgainIn),
)
def re_evaluate(request: HttpRequest, code: str, channel: str) -> Any:
    """Against decoys, from the second wave and the published result. Needs a token for cycles:write."""
    person, cure, now = about(request, code, channel, Scope.CYCLES_WRITE)
    asked = told(request, AgainIn)
    if bool(asked.rows) == bool(asked.scores):
        raise wrong("body", "/rows", _("Send either rows or scores."))
    if asked.rows:
        brought = actions.Brought(rows=rows_of(cure.cycle, asked.rows))
        return cure_out(actions.re_evaluate_evidence(by=person, cure=cure, brought=brought, at=now), now)
    scores = [actions.Measured(**one.model_dump()) for one in asked.scores]
    return cure_out(actions.re_evaluate(by=person, cure=cure, scores=scores, at=now), now)


@router.post(
    "/cycles/{code}/cures/{channel}/moves",
    response=CureOut,
    operation_id="move_cure",
    summary="Move a cure on",
    openapi_extra=body_of(CureMoveIn),
)
def move_cure(request: HttpRequest, code: str, channel: str) -> Any:
    """To begin needs a token for answers:write; to say what becomes of it one for cycles:write."""
    somebody(request, Scope.READ)
    asked = told(request, CureMoveIn)
    begins = asked.verb == "begin"
    person, cure, now = about(request, code, channel, Scope.ANSWERS_WRITE if begins else Scope.CYCLES_WRITE)
    if begins:
        return cure_out(actions.begin_cure(by=person, cure=cure, at=now), now)
    return cure_out(actions.conclude_cure(by=person, cure=cure, verb=asked.verb, at=now, why=asked.why), now)


def asking(request: HttpRequest, code: str, scope: Scope) -> tuple[Person, Cycle, datetime]:
    """Return who asks, of which cycle, and when; raises Refusal or NotFound."""
    person, now = somebody(request, scope), timezone.now()
    return person, cycle_for(person, code, now), now


def about(request: HttpRequest, code: str, channel: str, scope: Scope) -> tuple[Person, Cure, datetime]:
    """Return who asks, of which cure, and when; raises Refusal or NotFound."""
    person, now = somebody(request, scope), timezone.now()
    return person, cure_for(person, code, channel, now), now


def told(request: HttpRequest, model: type[Any]) -> Any:
    """Return what a body says; raises Refusal."""
    media_type(request, JSON)
    return read_json(request, model)


def answerable_out(one: Answerable) -> dict[str, Any]:
    """Return a channel that is looked at as it is shown."""
    looks = [
        {
            "league": look.league,
            "end": FIRST if look.best else LAST,
            "k": look.k,
            "verdict": look.verdict,
            "chance": look.chance,
        }
        for look in one.looks
    ]
    reply = reply_out(one.reply) if one.reply else None
    return {"channel": one.channel.code if one.channel else None, "entity": one.entity.code, "looks": looks, "reply": reply}


def reply_out(said: Reply) -> dict[str, Any]:
    """Return a reply as it is shown."""
    return {name: getattr(said, name) for name in ("text_ar", "text_en", "at")}


def cure_out(cure: Cure, at: datetime) -> dict[str, Any]:
    """Return a cure as it is shown."""
    columns = ("verdict", "state", "days", "opened_on", "plan_due_on", "due_on", "plan")
    owner = {"ar": cure.owner.name_ar, "en": cure.owner.name_en} if cure.owner else None
    names = {"cycle": cure.cycle.code, "channel": cure.channel.code, "entity": cure.entity_code}
    steps = [{name: getattr(step, name) for name in StepOut.model_fields} for step in cure.steps.all()]
    said = {name: getattr(cure, name) for name in columns}
    more = {"owner": owner, "steps": steps, "change": cure.change or None, "cleared": cleared_out(cleared_by(cure))}
    return names | said | {"late": cure.missed(today(at))} | more


def cleared_out(cleared: Cleared | None) -> dict[str, Any] | None:
    """Return what cleared the channel of a cure as it is shown."""
    return since_out(cleared.since) | {"verdict": cleared.verdict} if cleared else None


def since_out(correction: Publication) -> dict[str, Any]:
    """Return since which correction something holds as it is shown."""
    return {"publication": correction.identity, "at": correction.at}
