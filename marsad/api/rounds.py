"""The confirmation round of a cycle: who is visited again after the lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from marsad.accounts.models import Person, Scope
from marsad.api.auth import somebody
from marsad.api.problems import not_found
from marsad.api.schema import refuses
from marsad.api.work import Answer, Progress
from marsad.api.working import JobOut, awaited
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.actions import draw_round
from marsad.ratings.confirming import answers_again, ask_for_round, drawn_for
from marsad.ratings.models import Cycle
from marsad.ratings.orders import Order

router = Router(tags=["evidence"])


class DrawnOut(Schema):
    """A channel that is visited again."""

    channel: str
    entity: str
    kind: str
    decoy: bool | None = Field(
        description="It is visited only so that nobody can tell who is a candidate; null where it only stands for its entity."
    )
    entity_decoy: bool | None = Field(
        description="It stands by lot for an entity that is a candidate, or (true) a decoy; null where it stands for none."
    )
    answers: int = Field(description="How many answers and findings of the second wave there are.")


class RoundOut(Schema):
    """Who is visited again, in the order of the codes."""

    cycle: str
    drawn_at: datetime = Field(description="When somebody was drawn last.")
    channels: list[DrawnOut]


@router.get("/cycles/{code}/round", response=RoundOut, operation_id="read_round", summary="Who is visited again")
def read_round(request: HttpRequest, code: str) -> Any:
    """All who are drawn for confirmation, decoys among them. For the programme team; 404 while nobody is drawn."""
    person, now = somebody(request, Scope.READ), timezone.now()
    cycle = cycle_for(person, code, now)
    require_may("see_round", person, now)
    if not cycle.rounds.exists():
        raise not_found()
    return round_out(cycle)


@router.post(
    "/cycles/{code}/round",
    response={202: JobOut},
    operation_id="draw_round",
    summary="Draw who is visited again",
    openapi_extra=refuses(409),
)
def post_round(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """After the lock, by the last finished run, as a job: all candidates of both ends, and decoys by lot. What is drawn stays.

    Needs a token for cycles:write.
    """
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    return awaited(response, ask_for_round(by=person, cycle=cycle, at=now))


def drawn(by: Person, order: Order, at: datetime, progress: Progress) -> Answer:
    """Return who is visited again, once that is drawn."""
    cycle = cycle_for(by, order.said["cycle"], at)
    draw_round(by=by, cycle=cycle, at=at)
    return 200, {"cycle": cycle.code, "channels": drawn_for(cycle).count()}


def round_out(cycle: Cycle) -> dict[str, Any]:
    """Return a round as it is shown."""
    answers = answers_again(cycle)
    names = ("channel", "entity", "kind", "decoy", "entity_decoy")
    columns = ("channel__code", "channel__entity__code", "channel__kind", "decoy", "entity_decoy")
    rows = drawn_for(cycle).order_by("channel__code").values_list(*columns)
    channels = [{**dict(zip(names, row, strict=True)), "answers": answers.get(row[0], 0)} for row in rows]
    return {"cycle": cycle.code, "drawn_at": cycle.rounds.latest("at").at, "channels": channels}
