"""Runs: asked for, watched, called off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import somebody
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.schema import refuses
from marsad.core.problem import Problem, in_words
from marsad.ratings.access import cycle_for, run_for, runs_for
from marsad.ratings.actions import ask_for_run, cancel_run
from marsad.ratings.models import Run

router = Router(tags=["runs"])


class RunOut(Schema):
    """One reckoning of a cycle's evidence."""

    code: str
    cycle: str
    state: str = Field(description="queued, running, done, failed or cancelled.")
    done: int = Field(description="How many channels are reckoned.")
    total: int = Field(description="How many channels there are.")
    is_current: bool = Field(description="The results of the cycle are this run's.")
    message: str = Field(description="Why it failed, in the language of Accept-Language.")
    notes: list[str] = Field(description="What was left out of the evidence, and why, in the same language.")
    inputs: str = Field(description="SHA-256 of all that decides the result: the same inputs, the same run.")
    asked_at: datetime
    finished_at: datetime | None


@router.get("/cycles/{code}/runs", response=PageOut[RunOut], operation_id="list_runs", summary="Runs of a cycle")
def list_runs(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """Those that you may see, the newest first."""
    person, now = somebody(request, Scope.READ), timezone.now()
    rows = runs_for(person, now).filter(cycle=cycle_for(person, code, now)).distinct()
    return page_of(rows, asked, run_out, request, response)


@router.get("/runs/{code}", response=RunOut, operation_id="read_run", url_name="read_run", summary="A run")
def read_run(request: HttpRequest, code: str) -> Any:
    """How far a run is, and how it ended."""
    return run_out(run_for(somebody(request, Scope.READ), code, timezone.now()))


@router.post(
    "/cycles/{code}/runs",
    response={200: RunOut, 202: RunOut},
    operation_id="ask_for_run",
    summary="Ask for a run",
    openapi_extra=refuses(409),
)
def post_run(request: HttpRequest, response: HttpResponse, code: str) -> Any:
    """The run of a cycle as it is now: 202 while it is under way, 200 where it is done. The same inputs give the same run.

    Needs a token for cycles:write.
    """
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    run = ask_for_run(by=person, cycle=cycle_for(person, code, now), at=now)
    response["Location"] = reverse("api:read_run", args=[run.code])
    return Status(200 if run.state == Run.DONE else 202, run_out(run))


@router.post(
    "/runs/{code}/cancel", response=RunOut, operation_id="cancel_run", summary="Call off a run", openapi_extra=refuses(409)
)
def post_cancel(request: HttpRequest, code: str) -> Any:
    """Nothing of it is kept. Needs a token for cycles:write."""
    person, now = somebody(request, Scope.CYCLES_WRITE), timezone.now()
    return run_out(cancel_run(by=person, run=run_for(person, code, now), at=now))


def run_out(run: Run) -> dict[str, Any]:
    """Return a run as it is shown."""
    columns = ("code", "state", "done", "total", "is_current", "inputs", "asked_at", "finished_at")
    said = {
        "message": run.message and Problem(run.message).say(gettext),
        "notes": [in_words(note, gettext) for note in run.notes],
    }
    return {name: getattr(run, name) for name in columns} | said | {"cycle": run.cycle.code}
