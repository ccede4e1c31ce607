"""Evidence on its way into an open cycle: rows as JSON or CSV, all of them or none, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header, Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Person, Scope
from marsad.api.actions import Answer, answer_once
from marsad.api.auth import KNOWN, somebody
from marsad.api.bodies import CSV, JSON, MEGABYTE, media_type, parsed, pieces, upload
from marsad.api.catalogue import Code, Moment
from marsad.api.problems import ErrorOut, Refusal, error_at, invalid
from marsad.api.schema import content, refuses
from marsad.core.lifecycle import TAKES_EVIDENCE
from marsad.core.problem import Problem
from marsad.lake.rows import FaultyRowsError, Rows, make_rows
from marsad.ratings.access import cycle_for
from marsad.ratings.actions import Took, take_evidence
from marsad.ratings.models import Cycle

router = Router(tags=["evidence"])
LARGEST_JSON = 16 * MEGABYTE
FILE = "evidence.csv"
Source = Literal["survey", "meter", "visit", "assessment", "operation", "self"]
Short = Annotated[str, StringConstraints(max_length=200)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$")]


class RowIn(BaseModel):
    """One answer, reading or finding."""

    model_config = ConfigDict(extra="forbid")

    subject: Short = Field(description="The code of the channel it speaks of.")
    indicator: Short = Field(description="The code of the indicator in the standard.")
    value: float = Field(allow_inf_nan=False, description="On the indicator's own scale.")
    at: Moment = Field(description="When it was seen.")
    source: Source
    weight: float = Field(1.0, ge=0, allow_inf_nan=False)
    stage: Literal["", "before", "during", "after"] = ""
    instrument: Short = ""
    rater: Short = Field("", description="A pseudonym.")
    respondent: Short = Field("", description="A pseudonym.")
    stratum: Short = ""
    valid: Short = Field("", description="Blank, or the code of the reason why it does not count.")


class RowsIn(BaseModel):
    """Rows of evidence."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RowIn] = Field(min_length=1, max_length=100_000)


class EvidenceIn(Schema):
    """What is said of all rows of a CSV that has no such column, and for whom they are brought."""

    source: Source | None = None
    seen: Moment | None = Field(None, description="When it was seen.")
    entity: Code | None = Field(None, description="The entity it is brought for; a token of an entity says it already.")


class TookOut(Schema):
    """What was taken in."""

    code: str = Field(description="The code of the intake.")
    cycle: str
    rows: int
    sources: dict[str, int] = Field(description="How many rows there are of each source.")
    new: bool = Field(description="false where the cycle had the very same rows already.")
    unused: list[str] = Field(description="Columns that nobody asked for.")
    at: datetime


@router.post(
    "/cycles/{code}/evidence",
    response={200: TookOut, 201: TookOut},
    auth=KNOWN,
    operation_id="take_evidence",
    summary="Bring evidence",
    openapi_extra=refuses(409, requestBody={"required": True, "content": content(JSON, RowsIn) | content(CSV, type="string")}),
)
def post_evidence(
    request: HttpRequest, code: str, said: Query[EvidenceIn], key: Annotated[Key | None, Header(alias="Idempotency-Key")] = None
) -> HttpResponse:
    """Rows for an open cycle, all or none; 201 where they are new, 200 where the cycle has them already.

    The same Idempotency-Key gets the same answer for seven days. A CSV has the columns of a row, `channel` doing for `subject`.
    Needs a token for evidence:write.
    """
    person, now = somebody(request, Scope.EVIDENCE_WRITE), timezone.now()
    cycle = cycle_for(person, code, now)
    bringing = Bringing(person, cycle, said, key or "", now)
    if media_type(request, JSON, CSV) == CSV:
        with upload(request, FILE) as file:
            return bringing.answer(request, file.digest, lambda: {"path": file.path})
    raw = b"".join(pieces(request, LARGEST_JSON))
    return bringing.answer(request, sha256(raw).hexdigest(), lambda: {"rows": rows_of(cycle, parsed(raw, RowsIn).rows)})


@dataclass(frozen=True)
class Bringing:
    """Who brings what into which cycle."""

    person: Person
    cycle: Cycle
    said: EvidenceIn
    key: str
    at: datetime

    def answer(self, request: HttpRequest, digest: str, evidence: Callable[[], dict[str, Any]]) -> HttpResponse:
        """Return the answer: the one that was given already, where the request was made before under its key."""
        fingerprint = sha256(f"{request.get_full_path()} {digest}".encode()).hexdigest()
        try:
            status, said = answer_once(
                by=self.person, key=self.key, request=fingerprint, at=self.at, act=lambda: self.taken(evidence)
            )
        except Forbidden:
            raise Refusal("not-yours", _("Evidence for this entity is not yours to bring.")) from None
        except FaultyRowsError as error:
            raise invalid(errors_of(error), error.total) from None
        return HttpResponse(json.dumps(said), status=status, content_type=JSON)

    def taken(self, evidence: Callable[[], dict[str, Any]]) -> Answer:
        """Return what was taken in; raises Refusal where the cycle is not open."""
        if self.cycle.state not in TAKES_EVIDENCE:
            raise Refusal("conflict", _("The cycle is not open: it takes no evidence now."))
        more: dict[str, Any] = {"source": self.said.source or "", "seen": self.said.seen, "entity_code": self.entity_code}
        took = take_evidence(by=self.person, cycle=self.cycle, at=self.at, **evidence(), **more)
        return (201 if took.new else 200), took_out(took)

    @property
    def entity_code(self) -> str:
        """Return the entity evidence is brought for; raises Refusal where the token is for another one."""
        place = getattr(self.person, "place", "")
        if place and self.said.entity not in (None, place):
            raise Refusal("not-yours", _("Evidence for this entity is not yours to bring."))
        return place or self.said.entity or ""


def rows_of(cycle: Cycle, rows: Sequence[RowIn]) -> Rows:
    """Return rows as the lake has them; raises FaultyRowsError."""
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in RowIn.model_fields}
    return make_rows(columns | {"cycle": cycle.code})


def errors_of(error: FaultyRowsError) -> list[ErrorOut]:
    """Return what is wrong with rows, each with a pointer to its field."""
    return [
        error_at("body", f"/rows/{fault.row}/{fault.column}", str(Problem(fault.what, remedy=fault.remedy)))
        for fault in error.faults
    ]


def took_out(took: Took) -> dict[str, Any]:
    """Return what was taken in as it is shown."""
    intake = took.intake
    said = {"code": intake.code, "cycle": intake.cycle.code, "rows": intake.rows, "sources": intake.sources, "new": took.new}
    return said | {"unused": list(took.unused), "at": intake.at.isoformat()}
