"""Cycles and their ratings: what is published to everybody, and before that what a person may see of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.accounts.models import Person
from marsad.api.auth import reader, seen
from marsad.api.catalogue import Code
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import not_found
from marsad.api.schema import TextOut
from marsad.catalogue.access import channel_for
from marsad.ratings.access import counting_run, cycle_for, cycles_for, nodes_of, results_of
from marsad.ratings.models import Cycle, NodeResult, Result, Run
from marsad.ratings.releases import scheme_of

router = Router(tags=["cycles"])
NUMBERS = ("score", "star", "low", "high", "rank", "rank_low", "rank_high", "p_top", "p_bottom")


class CycleOut(Schema):
    """One edition of the programme."""

    code: str
    title: TextOut
    standard: str = Field(description="name@version")
    standard_digest: str
    state: str = Field(description="draft, open, locked, moderation, appeal, approved, published, cure or closed.")
    since: datetime = Field(description="When it came into its state.")
    announced_on: date | None
    opens_on: date | None
    closes_on: date | None
    names: dict[str, int] = Field(
        description="How many of the best and worst may be named, by kind; under an empty name, of every other league."
    )
    publication: str | None = Field(description="The code of the publication that counts.")


class RatingOut(Schema):
    """The rating of a channel. Without an interval or a chance nothing is known of it, or it may not be told."""

    channel: str
    entity: str
    league: str = Field(description="Among which it is ranked: its kind or its peers.")
    rated: bool
    reason: str = Field(description="The code of the reason why it is not rated.")
    score: float | None
    star: float | None
    low: float | None
    high: float | None
    rank: float | None
    rank_low: float | None
    rank_high: float | None
    p_top: float | None
    p_bottom: float | None
    p_star: dict[str, float] = Field(description="The probability of each star.")
    limits: list[str] = Field(description="The codes of the limits that were applied to the star.")
    near_edge: bool = Field(description="The score is so near the edge of a band that its last digits decide.")
    provisional: bool = Field(description="Nothing is decided yet: it changes with the evidence.")


class NodeOut(Schema):
    """The score of a channel on a branch or an indicator of the standard."""

    node: str
    score: float | None
    low: float | None
    high: float | None
    n: float | None


class RatingInFullOut(RatingOut):
    """A rating with the score on every branch and indicator."""

    nodes: list[NodeOut]


class RatingsIn(PageIn):
    """Which ratings."""

    kind: Code | None = None
    entity: Code | None = None


@router.get("/cycles", response=PageOut[CycleOut], operation_id="list_cycles", summary="Cycles")
def list_cycles(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """Editions of the programme from their opening on, the newest first."""
    cycles = cycles_for(reader(request), timezone.now()).prefetch_related("publications")
    return page_of(cycles, asked, cycle_out, request, response)


@router.get("/cycles/{code}", response=CycleOut, operation_id="read_cycle", summary="A cycle")
def read_cycle(request: HttpRequest, code: str) -> Any:
    """One edition of the programme."""
    return cycle_out(seen(request, lambda person: cycle_for(person, code, timezone.now())))


@router.get("/cycles/{code}/ratings", response=PageOut[RatingOut], operation_id="list_ratings", summary="Ratings of a cycle")
def list_ratings(request: HttpRequest, response: HttpResponse, code: str, asked: Query[RatingsIn]) -> Any:
    """By league and rank, the unrated last. Until the publication only those of one's own entity, provisional."""
    now = timezone.now()
    person, run = reading(request, code, now)
    rows = results_of(person, run, now) if run else Result.objects.none()
    rows = rows.of(asked.entity) if asked.entity else rows
    rows = rows.filter(channel__kind=asked.kind) if asked.kind else rows
    rows = rows.order_by("league", F("rank").asc(nulls_last=True), "channel__code")
    return page_of(rows, asked, lambda row: rating_out(row, run), request, response)


@router.get(
    "/cycles/{code}/ratings/{channel}", response=RatingInFullOut, operation_id="read_rating", summary="The rating of a channel"
)
def read_rating(request: HttpRequest, code: str, channel: str) -> Any:
    """One channel in a cycle, with its score on every branch and indicator."""
    now = timezone.now()
    person, run = reading(request, code, now)
    rated = channel_for(person, channel)
    result = results_of(person, run, now).filter(channel=rated).first() if run else None
    if run is None or result is None:
        raise not_found()
    nodes = nodes_of(person, run, now).filter(channel=rated).order_by("pk")
    return rating_out(result, run) | {"nodes": [node_out(node) for node in nodes]}


def reading(request: HttpRequest, code: str, at: datetime) -> tuple[Person | None, Run | None]:
    """Return whose eyes see the ratings of a cycle, and the run they see; a published one is the same in every browser."""
    cycle = seen(request, lambda person: cycle_for(person, code, at))
    same_for_all = cycle.is_public and request.auth.token is None
    return (None if same_for_all else reader(request)), counting_run(cycle)


def cycle_out(cycle: Cycle) -> dict[str, Any]:
    """Return a cycle as it is shown."""
    publications = sorted(cycle.publications.all(), key=lambda one: one.number)
    columns = ("code", "state", "since", "announced_on", "opens_on", "closes_on")
    named = scheme_of(cycle.standard, cycle.names).named
    return {name: getattr(cycle, name) for name in columns} | {
        "names": {kind: k for k, kinds in named.items() for kind in kinds},
        "title": {"ar": cycle.title_ar, "en": cycle.title_en},
        "standard": str(cycle.standard),
        "standard_digest": cycle.standard.digest,
        "publication": publications[-1].code if publications and cycle.is_public else None,
    }


def rating_out(result: Result, run: Run | None) -> dict[str, Any]:
    """Return a rating as it is shown."""
    columns = ("league", "rated", "reason", *NUMBERS, "p_star", "near_edge")
    return {name: getattr(result, name) for name in columns} | {
        "channel": result.channel.code,
        "entity": result.channel.entity.code,
        "limits": sorted(result.limits),
        "provisional": not (run and run.cycle.is_public),
    }


def node_out(node: NodeResult) -> dict[str, Any]:
    """Return the score on a branch or an indicator as it is shown."""
    return {name: getattr(node, name) for name in ("node", "score", "low", "high", "n")}
