"""What of a cycle's run hangs on choices: what channels and entities keep in other reasonable ratings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.problems import not_found
from marsad.api.schema import refuses
from marsad.api.working import JobOut, awaited
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Sentence
from marsad.ratings.access import counting_run, cycle_for
from marsad.ratings.robustness import EntityKeeps, EntityTable, Indices, Keeps, Told, ask_for_robustness, robustness_for

router = Router(tags=["runs"])
KEPT = ("star_low", "star_high", "rank_low", "rank_high", "best", "worst")


class ChannelKeepsOut(Schema):
    """What a rated channel keeps; null where no other rating rates it."""

    channel: str
    league: str
    star: float | None
    star_kept: float | None = Field(description="The share of other ratings in which it has this star.")
    star_low: float | None = Field(description="The lowest star of the middle nine of ten ratings.")
    star_high: float | None
    rank: int | None
    rank_low: float | None = Field(description="The best rank of the middle nine of ten ratings.")
    rank_high: float | None
    best: float | None = Field(description="The share of other ratings in which it is looked at as one of the best.")
    worst: float | None


class EntityKeepsOut(Schema):
    """What an entity keeps among those of its league; null where it stands in no other rating."""

    entity: str
    mean: float = Field(description="The mean score of its rated channels, in points, with its interval.")
    low: float
    high: float
    rank: int
    rank_low: float | None = Field(description="The best rank of the middle nine of ten ratings.")
    rank_high: float | None
    best: float | None = Field(description="The share of other ratings in which it is among the first k.")
    worst: float | None = Field(description="The share in which it is among the last k.")


class EntitiesOut(Schema):
    """The entities of a league."""

    league: str
    k: int = Field(description="At most so many are named at either end.")
    least: int = Field(description="Among fewer entities nobody is named.")
    entities: list[EntityKeepsOut] = Field(description="The best first.")


class IndicesOut(Schema):
    """Sobol indices of the shift in rank of a league, by what is chosen; null where nothing moves."""

    league: str
    channels: int
    first: dict[str, float | None] = Field(description="What goes with weights, normalise, aggregate, impute or without alone.")
    total: dict[str, float | None] = Field(description="What goes with each together with the others.")


class SensitivityOut(Schema):
    """What of a run hangs on choices; it is never the result."""

    run: str
    tried: int = Field(description="How many other ratings tell what channels and entities keep.")
    channels: list[ChannelKeepsOut]
    leagues: list[IndicesOut]
    entities: list[EntitiesOut] = Field(description="By league; empty where the standard names no entities.")


@router.get(
    "/cycles/{code}/sensitivity",
    response=SensitivityOut,
    operation_id="read_sensitivity",
    summary="What hangs on choices",
    openapi_extra=refuses(409),
)
def read_sensitivity(request: HttpRequest, code: str) -> Any:
    """Of the run that counts: what each channel and each entity keeps in other reasonable ratings, and which choice moves most.

    409 until somebody asked for it and the worker is done, 404 while the cycle has no run.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    cycle = cycle_for(person, code, now)
    found = robustness_for(person, cycle, now)
    if found is not None:
        return sensitivity_out(found)
    if counting_run(cycle) is None:
        raise not_found()
    raise OutOfTurn(Sentence("the sensitivity of this run is not reckoned yet"), remedy=Sentence("ask for it, and wait for it"))


@router.post(
    "/cycles/{code}/sensitivity",
    response={202: JobOut},
    operation_id="ask_for_sensitivity",
    summary="Try other reasonable ratings",
    openapi_extra=refuses(409),
)
def post_sensitivity(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """A job that tries them on the run that counts, the one under way where there is one; done at once where it is kept already.

    It takes from seconds to some minutes, once a run. Needs a token for cycles:write.
    """
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    return awaited(response, ask_for_robustness(by=person, cycle=cycle_for(person, code, now), at=now))


def sensitivity_out(found: Told) -> dict[str, Any]:
    """Return what hangs on choices as it is shown."""
    return {
        "run": found.board.run.code,
        "tried": found.tried,
        "channels": [channel_out(one) for one in found.channels],
        "leagues": [indices_out(one) for one in found.leagues],
        "entities": [entities_out(one) for one in found.entities],
    }


def channel_out(one: Keeps) -> dict[str, Any]:
    """Return what a channel keeps as it is shown."""
    entry = one.entry
    about = {"channel": entry.code, "league": entry.league, "star": entry.star, "star_kept": one.star, "rank": entry.rank}
    return about | {name: getattr(one, name) for name in KEPT}


def indices_out(one: Indices) -> dict[str, Any]:
    """Return the indices of a league as they are shown."""
    return {"league": one.league, "channels": one.size, "first": dict(one.first), "total": dict(one.total)}


def entities_out(table: EntityTable) -> dict[str, Any]:
    """Return the entities of a league as they are shown."""
    about = {"league": table.league, "k": table.k, "least": table.least}
    return about | {"entities": [entity_out(one) for one in table.entities]}


def entity_out(one: EntityKeeps) -> dict[str, Any]:
    """Return what an entity keeps as it is shown."""
    entity = one.entity
    stands = {"entity": entity.code, "mean": entity.value, "low": entity.low, "high": entity.high, "rank": entity.rank}
    kept = {"rank_low": one.rank_low, "rank_high": one.rank_high, "best": one.first, "worst": one.last}
    return stands | kept
