"""The way of a channel to its next star: the cheapest questions to bring up, and how likely the star is then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.problems import Refusal, not_found, wrong
from marsad.api.schema import refuses
from marsad.core.changes import Plan
from marsad.core.problem import Problem
from marsad.ratings.access import board_for, cycle_for
from marsad.ratings.board import Board, Entry
from marsad.ratings.changes import Way, steps_of, way_up

router = Router(tags=["cycles"])
COST = r"[A-Za-z0-9_-]+:[0-9]{1,9}(\.[0-9]{1,9})?"


class CostsIn(Schema):
    """What a level costs."""

    costs: Annotated[str, StringConstraints(max_length=1000, pattern=rf"^({COST}(,{COST})*)?$")] = Field(
        "",
        description="Of a level by the code of a question or of a part above it, as in voice:2,queue:0.5; 1 where none is said. "
        "A question without levels costs as much for every third of its scale.",
    )


class StepUpOut(Schema):
    """A question to bring up, in points of 100."""

    indicator: str
    part: str = Field(description="The part of the standard right above it.")
    now: float
    then: float
    points: float = Field(description="What that brings to the score of the channel.")
    cost: float


class SetOut(Schema):
    """The cheapest set for a chance of the next star."""

    aim: float = Field(description="The chance it is to give.")
    feasible: bool = Field(description="Whether any set of better answers gives it.")
    points: float | None = Field(description="What it brings to the score, null where there is none.")
    cost: float | None
    chance: float | None = Field(description="Of the next star, with it.")
    changes: list[StepUpOut] = Field(description="What gains most first; none where it has that chance as it is.")


class WayUpOut(Schema):
    """The way of a channel to its next star: an expectation, that takes all others and chance as today."""

    channel: str
    star: float | None = Field(description="null where it is not rated.")
    score: float | None
    next_star: float | None = Field(description="null where it has the highest, is not rated, or edges hang on the others.")
    edge: float | None = Field(description="From which score on the next star begins.")
    chance: float | None = Field(description="Of the next star or more today.")
    blocked: list[str] = Field(description="Codes of limits that no better answer lifts: while there are any, there are no sets.")
    sets: list[SetOut]


@router.get(
    "/cycles/{code}/ratings/{channel}/changes",
    response=WayUpOut,
    operation_id="read_changes",
    summary="The way to the next star",
    openapi_extra=refuses(409),
)
def read_changes(request: HttpRequest, code: str, channel: str, asked: Query[CostsIn]) -> Any:
    """The cheapest changes that bring a channel to its next star, with their probability, by the results you may see.

    409 where the standard puts scores together otherwise than by weighted means.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    board = board_for(person, cycle_for(person, code, now), now)
    if channel not in board.by_code:
        raise not_found()
    return way_out(board.by_code[channel], way_at(board, channel, costs_of(asked.costs)))


def costs_of(written: str) -> dict[str, float]:
    """Return costs by code.

    >>> costs_of("voice:2,queue:0.5")
    {'voice': 2.0, 'queue': 0.5}
    """
    pairs = (one.split(":") for one in written.split(",") if one)
    return {code: float(cost) for code, cost in pairs}


def way_at(board: Board, channel: str, costs: Mapping[str, float]) -> Way | None:
    """Return the way at these costs; raises Refusal where a cost is wrong, or the standard of another kind."""
    try:
        return way_up(board, channel, costs)
    except Problem as problem:
        said = Problem(problem.what, remedy=problem.remedy).say(_)
        raise wrong("query", "costs", said) if problem.column else Refusal("conflict", said) from problem


def way_out(entry: Entry, way: Way | None) -> dict[str, Any]:
    """Return a way as it is shown."""
    plans = way.plans if way and not way.blocked else {}
    return {
        "channel": entry.code,
        "star": entry.star,
        "score": entry.score,
        "next_star": way and way.star,
        "edge": way and way.edge,
        "chance": way and way.today,
        "blocked": list(way.blocked) if way else [],
        "sets": [set_out(way, aim, plan) for aim, plan in plans.items()] if way else [],
    }


def set_out(way: Way, aim: float, plan: Plan | None) -> dict[str, Any]:
    """Return the cheapest set for a chance as it is shown."""
    told: dict[str, Any] = {"aim": aim, "feasible": plan is not None, "points": None, "cost": None, "chance": None, "changes": []}
    if plan is None:
        return told
    changes = [
        {"indicator": step.question, **{name: getattr(step, name) for name in ("part", "now", "then", "points", "cost")}}
        for step in steps_of(way, plan)
    ]
    return told | {"points": plan.gain, "cost": plan.cost, "chance": plan.chance, "changes": changes}
