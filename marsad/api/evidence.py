"""Evidence on its way into an open cycle: rows as JSON or CSV, all of them or none, and never twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Person, Scope
from marsad.api.auth import somebody
from marsad.api.bodies import CSV, JSON, LARGE, MEGABYTE, media_type, parsed, upload
from marsad.api.catalogue import Code, Moment
from marsad.api.schema import content, refuses
from marsad.api.work import Answer, Progress, Work
from marsad.api.working import JobOut, KeyIn, PreferIn, answered
from marsad.lake.rows import Rows, make_rows
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.actions import (
    Brought,
    Took,
    adjust_evidence,
    confirm_evidence,
    correct_confirmation,
    correct_evidence,
    take_evidence,
)
from marsad.ratings.intake import DOING, STATES, VERBS
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.orders import ADJUST, CONFIRM, CORRECT, TAKE, Order
from marsad.ratings.states import require_state

router = Router(tags=["evidence"])
FILES = {JSON: "evidence.json", CSV: "evidence.csv"}
LARGEST = {JSON: 16 * MEGABYTE, CSV: LARGE}
"""What a body is called and how large it may be, by its type."""
Source = Literal["survey", "meter", "visit", "assessment", "operation", "self"]
Short = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"\S")]


class RowIn(BaseModel):
    """One answer, reading or finding."""

    model_config = ConfigDict(extra="forbid")

    subject: Short = Field(description="The code of the channel it speaks of.")
    indicator: Short = Field(description="The code of the indicator in the standard.")
    value: float = Field(allow_inf_nan=False, description="On the indicator's own scale.")
    at: Moment = Field(description="When it was seen.")
    source: Source
    weight: float = Field(1.0, ge=0, allow_inf_nan=False)
    stage: Literal["", "before", "during", "after"] = ""
    instrument: Short = Field(
        "",
        description="The questionnaire with its version; behind it +open where nobody was invited, and .device where known.",
    )
    rater: Short = Field("", description="A pseudonym.")
    respondent: Short = Field("", description="A pseudonym.")
    stratum: Short = ""
    valid: Short = Field("", description="Blank, or the code of the reason why it does not count.")


class RowsIn(BaseModel):
    """Rows of evidence."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RowIn] = Field(min_length=1, max_length=100_000)


class AllRowsIn(Schema):
    """What is said of all rows of a CSV that has no such column."""

    source: Source | None = None
    seen: Moment | None = Field(None, description="When it was seen.")


class AdjustIn(AllRowsIn):
    """The reason, besides."""

    why: Reason = Field(description="Why, for those who read the audit.")


class CorrectIn(AdjustIn):
    """Which rows they take the place of, besides."""

    second: bool = Field(False, description="true for rows of the second wave, on channels drawn for it.")


class EvidenceIn(AllRowsIn):
    """For whom they are brought, besides."""

    entity: Code | None = Field(None, description="The entity it is brought for; a token of an entity says it already.")


class TookOut(Schema):
    """What was taken in."""

    code: str = Field(description="The code of the intake.")
    cycle: str
    rows: int
    sources: dict[str, int] = Field(description="How many rows there are of each source.")
    new: bool = Field(description="false where the cycle had the very same rows already.")
    unused: list[str] = Field(description="Columns that nobody asked for.")
    at: datetime


@dataclass(frozen=True)
class Bringing:
    """One way of bringing rows: the kind of job, of intake, and what does it."""

    kind: str
    intake: str
    work: Work


BODY = {"required": True, "content": content(JSON, RowsIn) | content(CSV, type="string")}
ADDED: dict[Any, Any] = {200: TookOut, 201: TookOut, 202: JobOut}


@router.post(
    "/cycles/{code}/evidence",
    response=ADDED,
    operation_id="take_evidence",
    summary="Bring evidence",
    openapi_extra=refuses(409, requestBody=BODY),
)
def post_evidence(
    request: HttpRequest, code: str, said: Query[EvidenceIn], key: KeyIn = None, prefer: PreferIn = None
) -> HttpResponse:
    """Rows for an open cycle, all or none; 201 where they are new, 200 where the cycle has them already, 202 as a job.

    What is larger than a megabyte becomes a job. The same Idempotency-Key gets the same answer for seven days. A CSV has the
    columns of a row, `channel` doing for `subject`. Needs a token for evidence:write.
    """
    person, now = somebody(request, Scope.EVIDENCE_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    entity_code = entity_of(person, said)
    require_may("take_evidence", person, now, entity_code=entity_code)
    order = {**spoken(cycle, said), "entity": entity_code}
    return bring(request, person, cycle, Bringing(TAKE, Intake.ORDINARY, taken), order, key)


@router.post(
    "/cycles/{code}/adjustments",
    response=ADDED,
    operation_id="adjust_evidence",
    summary="Adjust evidence, for a reason",
    openapi_extra=refuses(409, requestBody=BODY),
)
def post_adjustment(
    request: HttpRequest, code: str, said: Query[AdjustIn], key: KeyIn = None, prefer: PreferIn = None
) -> HttpResponse:
    """Rows in the place of earlier ones, or beside them, after the lock and before the approval: a result changes by this alone.

    Needs a token for cycles:write.
    """
    return led(request, code, said, key, Bringing(ADJUST, Intake.ADJUSTMENT, adjusted), "adjust_evidence", why=said.why)


@router.post(
    "/cycles/{code}/corrections",
    response=ADDED,
    operation_id="correct_evidence",
    summary="Correct published evidence, for a reason",
    openapi_extra=refuses(409, requestBody=BODY),
)
def post_correction(
    request: HttpRequest, code: str, said: Query[CorrectIn], key: KeyIn = None, prefer: PreferIn = None
) -> HttpResponse:
    """Rows in the place of published ones; what is published stays until a correction of it is published.

    Needs a token for cycles:write.
    """
    kind = Intake.SECOND_CORRECTION if said.second else Intake.CORRECTION
    bringing = Bringing(CORRECT, kind, corrected)
    return led(request, code, said, key, bringing, VERBS[kind], why=said.why, second=said.second)


@router.post(
    "/cycles/{code}/confirmations",
    response=ADDED,
    operation_id="confirm_evidence",
    summary="Bring a second wave",
    openapi_extra=refuses(409, requestBody=BODY),
)
def post_confirmation(
    request: HttpRequest, code: str, said: Query[AllRowsIn], key: KeyIn = None, prefer: PreferIn = None
) -> HttpResponse:
    """Rows of a second wave after the lock, on channels that are drawn for it alone: they name channels, and change no rating.

    A row takes the place of an earlier one of the wave. Needs a token for cycles:write.
    """
    return led(request, code, said, key, Bringing(CONFIRM, Intake.CONFIRMATION, confirmed), "confirm_evidence")


def led(
    request: HttpRequest, code: str, said: AllRowsIn, key: str | None, bringing: Bringing, verb: str, **more: Any
) -> HttpResponse:
    """Return the answer to rows that whoever leads the cycle brings; `more` is said of them besides."""
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    require_may(verb, person, now)
    return bring(request, person, cycle, bringing, spoken(cycle, said) | more, key)


def entity_of(person: Person, said: EvidenceIn) -> str:
    """Return the entity evidence is brought for; raises Forbidden where the token is for another one."""
    place = getattr(person, "place", "")
    if place and said.entity not in (None, place):
        raise Forbidden("entity")
    return place or said.entity or ""


def spoken(cycle: Cycle, said: AllRowsIn) -> dict[str, Any]:
    """Return what is said of all rows, fit for JSON."""
    return {"cycle": cycle.code, "source": said.source or "", "seen": said.seen.isoformat() if said.seen else None}


def bring(
    request: HttpRequest, person: Person, cycle: Cycle, bringing: Bringing, said: dict[str, Any], key: str | None
) -> HttpResponse:
    """Return the answer to rows that came as JSON or CSV."""

    def may_begin() -> None:
        require_state(cycle, STATES[bringing.intake], DOING[bringing.intake])

    media = media_type(request, JSON, CSV)
    with upload(request, FILES[media], LARGEST[media]) as file:
        order, now = Order(bringing.kind, said, file.path), timezone.now()
        return answered(request, person, order, digest=file.digest, key=key, at=now, work=bringing.work, may_begin=may_begin)


def taken(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what an open cycle took in."""
    cycle = cycle_for(by, order.said["cycle"], at)
    brought, entity = brought_in(order, cycle), order.said["entity"]
    return took_out(take_evidence(by=by, cycle=cycle, at=at, brought=brought, entity_code=entity, progress=progress))


def adjusted(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what was put in place of earlier rows."""
    cycle = cycle_for(by, order.said["cycle"], at)
    return took_out(adjust_evidence(by=by, cycle=cycle, at=at, brought=brought_in(order, cycle), why=order.said["why"]))


def corrected(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what was put in place of published rows, of the second wave where the order says so."""
    cycle = cycle_for(by, order.said["cycle"], at)
    correct = correct_confirmation if order.said.get("second") else correct_evidence
    return took_out(correct(by=by, cycle=cycle, at=at, brought=brought_in(order, cycle), why=order.said["why"]))


def confirmed(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return what was taken in of a second wave."""
    cycle = cycle_for(by, order.said["cycle"], at)
    return took_out(confirm_evidence(by=by, cycle=cycle, at=at, brought=brought_in(order, cycle), progress=progress))


def brought_in(order: Order, cycle: Cycle) -> Brought:
    """Return the rows of an order as the actions take them, and what is said of all of them."""
    assert order.file is not None
    seen = order.said["seen"]
    if order.file.suffix == ".json":
        return Brought(rows=rows_of(cycle, parsed(order.file.read_bytes(), RowsIn).rows))
    return Brought(
        order.file,
        source=order.said["source"],
        seen=datetime.fromisoformat(seen) if seen else None,
        file_name=order.said.get("file_name", FILES[CSV]),
    )


def rows_of(cycle: Cycle, rows: Sequence[RowIn]) -> Rows:
    """Return rows as the lake has them; raises FaultyRowsError."""
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in RowIn.model_fields}
    return make_rows(columns | {"cycle": cycle.code})


def took_out(took: Took) -> Answer:
    """Return what was taken in as it is shown: 201 where it is new, 200 where the cycle had it already."""
    intake = took.intake
    said = {"code": intake.code, "cycle": intake.cycle.code, "rows": intake.rows, "sources": intake.sources, "new": took.new}
    return (201 if took.new else 200), said | {"unused": list(took.unused), "at": intake.at.isoformat()}
