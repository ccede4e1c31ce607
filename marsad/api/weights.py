"""Answers weighed to known totals: each group of customers counts for as many as there truly are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from marsad.accounts.models import Person, Scope
from marsad.api.auth import somebody
from marsad.api.bodies import JSON, MEGABYTE, media_type, parsed, upload
from marsad.api.evidence import Reason, Short, Source
from marsad.api.problems import wrong
from marsad.api.schema import content, refuses
from marsad.api.work import Answer, Progress
from marsad.api.working import JobOut, KeyIn, PreferIn, answered
from marsad.core.problem import Problem
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.actions import Total, Weighed, weigh_evidence, weigh_file
from marsad.ratings.intake import DOING, STATES
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.orders import WEIGH, Order
from marsad.ratings.states import require_state
from marsad.ratings.totals import blamed
from marsad.ratings.weighing import MANY

router = Router(tags=["evidence"])
FILE, LARGEST = "totals.json", 16 * MEGABYTE
"""What a body is called, and how large it may be."""


class TotalIn(BaseModel):
    """How many customers of a channel are in a group."""

    model_config = ConfigDict(extra="forbid")

    channel: Short = Field(description="The code of the channel.")
    group: Short = Field(description="The stratum as the answers have it, such as citizen/young, or one part of it.")
    total: float = Field(ge=0, le=MANY, allow_inf_nan=False, description="How many customers of the channel are in it.")
    part: int = Field(0, ge=0, le=100, description="1 for what stands before the first slash of the stratum, 2 for what follows.")


class WeightsIn(BaseModel):
    """Whose answers are weighed, why, and to which totals: all groups of every channel that is named."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    why: Reason = Field(description="Why, for those who read the audit.")
    totals: list[TotalIn] = Field(min_length=1, max_length=100_000)


class ChannelWeightsOut(Schema):
    """How the answers on a channel were weighed."""

    channel: str
    answers: int = Field(description="How many answered the question that most answered.")
    effective: float = Field(description="What they are worth now: as many answers that all weigh alike tell as much.")
    rounds: int = Field(description="How many rounds raking took.")
    gap: float = Field(description="The largest distance from a total that is left, as a share of it.")
    converged: bool


class WeighedOut(Schema):
    """What was weighed, as an adjustment of its own."""

    code: str = Field(description="The code of the intake.")
    cycle: str
    rows: int
    channels: list[ChannelWeightsOut]
    at: datetime


@router.post(
    "/cycles/{code}/weights",
    response={201: WeighedOut, 202: JobOut},
    operation_id="weigh_evidence",
    summary="Weigh answers to known totals, for a reason",
    openapi_extra=refuses(409, requestBody={"required": True, "content": content(JSON, WeightsIn)}),
)
def post_weights(request: HttpRequest, code: str, key: KeyIn = None, prefer: PreferIn = None) -> HttpResponse:
    """Raked channel by channel from the weights there are, after the lock and before the approval; what is large becomes a job.

    Weights keep a mean of 1 on each channel; channels without totals stay as they are. Needs a token for cycles:write.
    """
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    require_may("adjust_evidence", person, now)
    media_type(request, JSON)
    with upload(request, FILE, LARGEST) as file:
        order = Order(WEIGH, {"cycle": cycle.code}, file.path)
        may_begin = partial(require_state, cycle, STATES[Intake.ADJUSTMENT], DOING[Intake.ADJUSTMENT])
        return answered(request, person, order, digest=file.digest, key=key, at=now, work=weighed, may_begin=may_begin)


def weighed(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return how the answers of an order were weighed: totals sent as JSON, or brought as a file."""
    assert order.file is not None
    cycle, said = cycle_for(by, order.said["cycle"], at), order.said
    if order.file.suffix == ".json":
        return weighed_out(by_body(by, cycle, at, parsed(order.file.read_bytes(), WeightsIn)))
    about = {"source": said["source"], "why": said["why"], "name": said["file_name"]}
    return weighed_out(weigh_file(by=by, cycle=cycle, at=at, path=order.file, **about))


def by_body(by: Person, cycle: Cycle, at: datetime, asked: WeightsIn) -> Weighed:
    """Return how answers were weighed to totals that came as JSON; raises Refusal that points at the total that is wrong."""
    totals = [Total(**one.model_dump()) for one in asked.totals]
    try:
        return weigh_evidence(by=by, cycle=cycle, at=at, source=asked.source, totals=totals, why=asked.why)
    except Problem as problem:
        place = blamed(problem, totals)
        if place is None:
            raise
        field = f"/totals/{place}/{problem.column}" if problem.column else f"/totals/{place}"
        raise wrong("body", field, Problem(problem.what, remedy=problem.remedy).say(gettext)) from None


def weighed_out(found: Weighed) -> Answer:
    """Return what was weighed as it is shown."""
    intake = found.took.intake
    said: dict[str, Any] = {"code": intake.code, "cycle": intake.cycle.code, "rows": intake.rows, "at": intake.at.isoformat()}
    return 201, said | {"channels": [asdict(one) for one in found.channels]}
