"""Where the next visits of an open cycle go."""

from __future__ import annotations

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
