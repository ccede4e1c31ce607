"""What stands out in a cycle's run, and which channels are looked at again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import not_found
from marsad.ratings.access import cycle_for
from marsad.ratings.drifting import drifts_for
from marsad.ratings.reviewing import reviews_for
from marsad.ratings.watched import Review
from marsad.ratings.watching import Change, Spot, Watch, watch_for

router = Router(tags=["runs"])
DRIFT = ("indicator", "points", "z")


class SpotOut(Schema):
    """A channel off the funnel of its league."""

    channel: str
    league: str
    score: float
    z: float = Field(description="How far from the target of its league, in errors that allow for how channels differ anyway.")


class MovedOut(Schema):
    """A channel that changed more than chance explains."""

    channel: str
    league: str
    before: float
    after: float
    change: float
    z: float = Field(description="How far from how its league changed, in errors that allow for how channels differ in that.")


class DriftOut(Schema):
    """A question on which a channel drifts within the cycle."""

    channel: str
    indicator: str
    points: float = Field(description="How far from its own mean in the end, beside its kind, by a moving average of weeks.")
    z: float = Field(description="The same in errors.")


class WatchOut(Schema):
    """What stands out in a run."""

    run: str
    before: str | None = Field(description="The code of the publication that changes are counted from.")
    comparable: bool = Field(description="That publication was rated by the same standard.")
    compared: int = Field(description="How many channels both rate.")
    off_funnel: list[SpotOut]
    changed: list[MovedOut] = Field(description="The farthest first; at most a tenth of them are expected there by chance.")
    drifting: list[DriftOut] = Field(description="The farthest first.")


class FoundOut(Schema):
    """What deviated."""

    before: float
    after: float
    change: float
    z: float


class ReviewOut(Schema):
    """The re-review of a channel."""

    channel: str
    entity: str
    state: str = Field(description="open, looked-into, confirmed or explained.")
    since: datetime
    opened_at: datetime
    by_run: bool = Field(description="A run opened it, not a person.")
    found: FoundOut | None
    why: str
    note: str = Field(description="What was found in the end.")


@router.get("/cycles/{code}/watching", response=WatchOut, operation_id="read_watching", summary="What stands out in a cycle")
def read_watching(request: HttpRequest, code: str) -> Any:
    """Channels off the funnel of their league, and those that changed more than chance explains since the last publication.

    404 while the cycle has no results.
    """
    person, now = somebody(request, Scope.READ), timezone.now()
    cycle = cycle_for(person, code, now)
    watch = watch_for(person, cycle, now)
    if watch is None:
        raise not_found()
    drifting = [
        {name: getattr(one, name) for name in DRIFT} | {"channel": one.entry.code} for one in drifts_for(person, cycle, now)
    ]
    return watch_out(watch) | {"drifting": drifting}


@router.get(
    "/cycles/{code}/reviews",
    response=PageOut[ReviewOut],
    operation_id="list_reviews",
    summary="Channels that are looked at again",
)
def list_reviews(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """The re-reviews of a cycle that you may see: those of your own entity, unless you lead or check."""
    person, now = somebody(request, Scope.READ), timezone.now()
    rows = reviews_for(person, now).filter(cycle=cycle_for(person, code, now)).order_by("channel__code")
    return page_of(rows, asked, review_out, request, response)


def watch_out(watch: Watch) -> dict[str, Any]:
    """Return what stands out as it is shown."""
    return {
        "run": watch.board.run.code,
        "before": watch.before.code if watch.before else None,
        "comparable": watch.comparable,
        "compared": len(watch.changes),
        "off_funnel": [spot_out(one) for one in watch.spots if one.marked],
        "changed": [change_out(one) for one in watch.marked],
    }


def spot_out(spot: Spot) -> dict[str, Any]:
    """Return a channel beside its funnel as it is shown."""
    return {"channel": spot.entry.code, "league": spot.entry.league, "score": spot.score, "z": spot.z}


def change_out(change: Change) -> dict[str, Any]:
    """Return a channel that changed as it is shown."""
    numbers = {name: getattr(change, name) for name in ("before", "after", "change", "z")}
    return {"channel": change.entry.code, "league": change.entry.league, **numbers}


def review_out(review: Review) -> dict[str, Any]:
    """Return a re-review as it is shown."""
    told = {name: getattr(review, name) for name in ("state", "since", "opened_at", "why", "note")}
    by_run = review.opened_by is None
    return told | {
        "channel": review.channel.code,
        "entity": review.entity_code,
        "by_run": by_run,
        "found": review.found or None,
    }
