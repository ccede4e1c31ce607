"""Jobs: what a request left to the worker, how far it is, how it ended, and a way to call it off."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Header, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from marsad.accounts.access import found
from marsad.accounts.models import Person
from marsad.api.actions import answer_once
from marsad.api.auth import known, somebody
from marsad.api.bodies import JSON, MEGABYTE
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import ProblemOut
from marsad.api.schema import refuses
from marsad.api.work import SCOPES, Answer, Work, heard_by_nobody
from marsad.ratings.access import jobs_for
from marsad.ratings.models import Job
from marsad.ratings.orders import Order, cancel, promise

router = Router(tags=["jobs"])
AT_ONCE: Mapping[str, int] = dict.fromkeys(SCOPES, MEGABYTE) | dict.fromkeys(("channels", "weights"), MEGABYTE // 8)
"""Files of up to so many bytes are taken in while the other side waits: some two seconds' work, by the kind of job."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$")]
KeyIn = Annotated[Key | None, Header(alias="Idempotency-Key")]
PreferIn = Annotated[str | None, Header(alias="Prefer", description="respond-async: as a job, however small it is.")]


class JobOut(Schema):
    """Something that the worker does."""

    code: str
    address: str = Field(description="Where to ask how far it is.")
    kind: str = Field(
        description="evidence, adjustment, correction, confirmation, weights, draw, channels, publication, republication, "
        "sensitivity or integrity."
    )
    state: str = Field(description="waiting, running, done, failed or cancelled.")
    done: int = Field(description="How much of it is done.")
    total: int = Field(description="How much there is to do, 0 where that is not known yet.")
    result: dict[str, Any] | None = Field(None, description="What would have been answered, once it is done.")
    refusal: ProblemOut | None = Field(None, description="Why it failed, with every line that is wrong.")
    at: datetime
    begun: datetime | None
    ended: datetime | None


@router.get("/jobs", response=PageOut[JobOut], operation_id="list_jobs", summary="Jobs")
def list_jobs(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """Your own of the last thirty days, the newest first; for the programme team all."""
    rows = jobs_for(known(request), timezone.now())
    return page_of(rows, asked, job_out, request, response)


@router.get("/jobs/{code}", response=JobOut, operation_id="read_job", url_name="read_job", summary="A job")
def read_job(request: HttpRequest, code: str) -> Any:
    """How far a job is, and how it ended. Any token of whoever asked for it will do."""
    return job_out(found(jobs_for(known(request), timezone.now()), code))


@router.post("/jobs/{code}/cancel", response=JobOut, operation_id="cancel_job", summary="Call off a job", openapi_extra=refuses())
def cancel_job(request: HttpRequest, code: str) -> Any:
    """Nothing of it is kept. A job that has ended stays as it ended. Needs a token for what the job does."""
    now = timezone.now()
    job = found(jobs_for(known(request), now), code)
    somebody(request, SCOPES[job.kind])
    return job_out(cancel(job=job, at=now))


def answered(
    request: HttpRequest,
    by: Person,
    order: Order,
    *,
    digest: str,
    key: str | None,
    at: datetime,
    work: Work,
    may_begin: Callable[[], None],
) -> HttpResponse:
    """Return the answer to an order: done at once if small, else promised; under a key the same answer again.

    What is promised must be such that it may begin now; what is done at once finds that out by itself.
    """
    large = order.file is not None and order.file.stat().st_size > AT_ONCE[order.kind]
    later = large or "respond-async" in request.headers.get("Prefer", "").lower()

    def promised() -> Answer:
        may_begin()
        return 202, said_of(promise(by=by, order=order, at=at))

    act = promised if later else lambda: work(by, order, at, heard_by_nobody)
    fingerprint = sha256(f"{request.get_full_path()} {digest}".encode()).hexdigest()
    status, said = answer_once(by=by, key=key or "", request=fingerprint, at=at, act=act)
    headers = {"Location": said["address"]} if status == 202 else {}
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=JSON, headers=headers)


def awaited(response: HttpResponse, job: Job) -> Status[dict[str, Any]]:
    """Return the answer to an order that became a job, whose address stands in `Location`."""
    response["Location"] = address_of(job)
    return Status(202, job_out(job))


def job_out(job: Job) -> dict[str, Any]:
    """Return a job as it is shown, why it failed in the reader's language."""
    columns = ("code", "kind", "state", "done", "total", "result", "at", "begun", "ended")
    refusal = job.refusal[(get_language() or "ar")[:2]] if job.refusal else None
    return {name: getattr(job, name) for name in columns} | {"address": address_of(job), "refusal": refusal}


def said_of(job: Job) -> dict[str, Any]:
    """Return a job as it is shown, fit for JSON."""
    said: dict[str, Any] = json.loads(json.dumps(job_out(job), cls=DjangoJSONEncoder))
    return said


def address_of(job: Job) -> str:
    """Return where a job is."""
    return reverse("api:read_job", args=[job.code])
