"""Where the next visits of an open cycle go, and what more visits are expected to settle."""

from __future__ import annotations

from datetime import date
from math import isinf
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.problems import not_found
from marsad.api.schema import refuses
from marsad.ratings.access import cycle_for
from marsad.ratings.fieldwork import FIRST_ASKED, MOST, Asked, Plan, Stop, plan_for
from marsad.ratings.readiness import Listed, Readiness, readiness_for

router = Router(tags=["runs"])


class VisitsIn(Schema):
    """What is planned."""

    source: str = Field(FIRST_ASKED, max_length=100, description="Visits of which source of the standard.")
    budget: int = Field(100, ge=1, le=MOST, description="How many visits in all.")
    minimum: int = Field(0, ge=0, le=MOST, description="How many for every channel.")


class StopOut(Schema):
    """A channel and its share of the next visits."""

    channel: str
    visits: int
    visits_so_far: float
    p_top: float | None = Field(description="The chance of being among the best of its league by all that is known today.")
    p_bottom: float | None = Field(description="The chance of being among the worst.")


class VisitsOut(Schema):
    """A batch of visits, and how many places of the lists are expected to be right."""

    run: str = Field(description="The run whose provisional results it rests on.")
    places: int = Field(description="The places of the lists of all leagues.")
    right_before: float
    right_after: float
    right_if_uniform: float = Field(description="After as many visits spread evenly.")
    stops: list[StopOut] = Field(description="Those with most visits first; channels without visits are left out.")


@router.get(
    "/cycles/{code}/visits",
    response=VisitsOut,
    operation_id="plan_visits",
    summary="Where the next visits go",
    openapi_extra=refuses(409),
)
def read_visits(request: HttpRequest, code: str, asked: Query[VisitsIn]) -> Any:
    """Where the next visits settle most who is among the best and the worst, from the newest provisional results.

    404 while the cycle has none.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    plan = plan_for(person, cycle_for(person, code, now), Asked(asked.source, asked.budget, asked.minimum), now)
    if plan is None:
        raise not_found()
    return visits_out(plan)


def visits_out(plan: Plan) -> dict[str, Any]:
    """Return a plan as it is shown."""
    return {
        "run": plan.board.run.code,
        "places": plan.places,
        "right_before": plan.found.before,
        "right_after": plan.found.after,
        "right_if_uniform": plan.uniform,
        "stops": [stop_out(stop) for stop in plan.stops if stop.visits],
    }


def stop_out(stop: Stop) -> dict[str, Any]:
    """Return a channel of a plan as it is shown."""
    chances = {"p_top": stop.p_top, "p_bottom": stop.p_bottom}
    return {"channel": stop.entry.code, "visits": stop.visits, "visits_so_far": stop.had, **chances}


class ReadinessIn(Schema):
    """What is looked ahead."""

    source: str = Field(FIRST_ASKED, max_length=100, description="Visits of which source of the standard.")
    visits: int | None = Field(
        None, ge=1, le=MOST, description="How many more; without it those made until the cycle closes at the pace so far."
    )


class SureOut(Schema):
    """A channel that is sure enough of a place today."""

    channel: str
    chance: float
    answers: str = Field(description="Who would answer for it: manager, entity, or unknown where the two are not told apart.")


class ListOut(Schema):
    """One end of a league."""

    league: str
    end: str = Field(description="best or worst.")
    places: int
    sure: list[SureOut] = Field(description="The surest first.")
    channels: int
    settled: int = Field(description="Channels that are on the list or off it for sure today.")
    named_later: float = Field(description="How many are expected to be sure after the visits.")
    settled_later: float
    visits_to_next: float | None = Field(description="More visits until one more is as likely as not; null where none do.")
    next_on: date | None = Field(description="By when, at the pace so far.")


class ReadinessOut(Schema):
    """How ready the lists are."""

    run: str = Field(description="The run whose provisional results it rests on.")
    source: str
    visits: int
    on: date | None = Field(description="By when they are made at the pace so far.")
    visits_so_far: float
    visits_a_day: float
    places: int
    sure_today: int
    nameable_today: int = Field(description="Of these, whose own part passes too where the standard asks for that.")
    sure_later: float
    lists: list[ListOut]


@router.get(
    "/cycles/{code}/readiness",
    response=ReadinessOut,
    operation_id="read_readiness",
    summary="How ready the lists are",
    openapi_extra=refuses(409),
)
def read_readiness(request: HttpRequest, code: str, asked: Query[ReadinessIn]) -> Any:
    """How many places of the lists are sure today, and what more visits are expected to settle by when.

    404 while the cycle has no results.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    found = readiness_for(person, cycle_for(person, code, now), now, source=asked.source, visits=asked.visits)
    if found is None:
        raise not_found()
    return readiness_out(found)


def readiness_out(found: Readiness) -> dict[str, Any]:
    """Return a forecast as it is shown."""
    return {
        "run": found.board.run.code,
        "source": found.source,
        "visits": found.visits,
        "on": found.on,
        "visits_so_far": found.pace.visits,
        "visits_a_day": found.pace.a_day,
        "places": found.places,
        "sure_today": found.named,
        "nameable_today": found.nameable,
        "sure_later": found.later,
        "lists": [list_out(one) for one in found.lists],
    }


def list_out(listed: Listed) -> dict[str, Any]:
    """Return a list as it is shown."""
    return {
        "league": listed.league,
        "end": "best" if listed.best else "worst",
        "places": listed.k,
        "sure": [{"channel": one.entry.code, "chance": one.chance, "answers": one.answers.value} for one in listed.sure],
        "channels": listed.size,
        "settled": listed.settled,
        "named_later": listed.ahead.named,
        "settled_later": listed.ahead.settled,
        "visits_to_next": None if isinf(listed.next_name) else listed.next_name,
        "next_on": listed.next_on,
    }
