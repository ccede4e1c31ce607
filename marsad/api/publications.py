"""Publications: the chain of what was signed, and the bundle with which anybody checks it offline."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.auth import KNOWN, somebody
from marsad.api.identity import tag
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import not_found
from marsad.api.written import blocks
from marsad.ledger import AUDITOR
from marsad.ledger.bundle import content_of, open_bundle
from marsad.ledger.decision import DECISION
from marsad.ratings.access import bundle_for, publication_for, publications_for
from marsad.ratings.clearing import CHANNEL, ENTITY, Lifted, lifted_by
from marsad.ratings.looks import FIRST, LAST
from marsad.ratings.models import Publication

router = Router(tags=["publications"])
ZIP = "application/zip"
ARCHIVE: dict[str, Any] = {"responses": {200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}}}


class NameLostOut(Schema):
    """A name that publications before gave a channel or an entity, and a correction took back."""

    channel: str | None = Field(description="null where an entity was named.")
    entity: str | None = Field(description="null where a channel was named.")
    league: str
    end: str = Field(description="first or last: among the best or the worst of the league.")
    k: int
    since: str = Field(description="The identity of the correction.")


class PublicationOut(Schema):
    """A frozen, signed result."""

    code: str
    number: int = Field(description="Its place in the chain, from 1 on.")
    identity: str
    cycle: str
    at: datetime
    fingerprint: str = Field(description="SHA-256 of what was signed.")
    previous: str | None = Field(description="The fingerprint of the publication before it.")
    corrects: str | None = Field(description="The code of the publication that it corrects.")
    why: str = Field(description="Why it was corrected.")
    key_id: str = Field(description="The key it was signed with.")
    standard: str
    bundle: str = Field(description="The address of its bundle, for marsad verify.")
    names_lost: list[NameLostOut] = Field(description="Names that held before it was corrected, and no longer do.")


@router.get("/publications", response=PageOut[PublicationOut], operation_id="list_publications", summary="Publications")
def list_publications(request: HttpRequest, response: HttpResponse, asked: Query[PageIn]) -> Any:
    """All that was ever published, the newest first."""
    return page_of(publications_for(None).order_by("-number"), asked, publication_out, request, response)


@router.get("/publications/{code}", response=PublicationOut, operation_id="read_publication", summary="A publication")
def read_publication(request: HttpRequest, code: str) -> Any:
    """One publication."""
    return publication_out(publication_for(None, code))


@router.get(
    "/publications/{code}/bundle.zip",
    operation_id="download_bundle",
    url_name="download_bundle",
    summary="The bundle of a publication",
    openapi_extra=ARCHIVE,
)
def download_bundle(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Everything that everybody may see of a publication, with its signature: `marsad verify` needs nothing else but the key."""
    publication = publication_for(None, code)
    return archive(publication, bundle_for(None, publication), "")


@router.get(
    "/publications/{code}/auditor.zip",
    auth=KNOWN,
    operation_id="download_auditors_bundle",
    summary="The bundle of a publication with every row",
    openapi_extra=ARCHIVE,
)
def download_auditors_bundle(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The same with all that is hidden from the public, for auditors and the programme team."""
    person = somebody(request, Scope.READ)
    publication = publication_for(person, code)
    return archive(publication, bundle_for(person, publication, AUDITOR, timezone.now()), f"-{AUDITOR}")


@router.get(
    "/publications/{code}/decision",
    operation_id="read_decision",
    summary="The decision of a publication",
    openapi_extra={"responses": {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}},
)
def read_decision(request: HttpRequest, code: str) -> HttpResponse:
    """Whom the rule of naming looks at and names, channels and entities, by which numbers, and who approved: as it was signed.

    404 where the publication holds none.
    """
    publication = publication_for(None, code)
    bundle = open_bundle(bundle_for(None, publication))
    if DECISION not in bundle.names:
        raise not_found()
    response = HttpResponse(content_of(bundle, DECISION), content_type="application/json")
    response["ETag"] = tag(sha256(f"{publication.fingerprint} {DECISION}".encode()).hexdigest())
    return response


def archive(publication: Publication, path: Path, kind: str) -> StreamingHttpResponse:
    """Return a bundle, sent as it is read; its tag says which publication it is, and for whom."""
    response = StreamingHttpResponse(blocks(path.open("rb")), content_type=ZIP)
    response["Content-Length"] = str(path.stat().st_size)
    response["Content-Disposition"] = f'attachment; filename="{publication.identity}{kind}.zip"'
    response["ETag"] = tag(sha256(f"{publication.fingerprint}{kind}".encode()).hexdigest())
    return response


def publication_out(publication: Publication) -> dict[str, Any]:
    """Return a publication as it is shown."""
    columns = ("code", "number", "identity", "at", "fingerprint", "why", "key_id")
    return {name: getattr(publication, name) for name in columns} | {
        "cycle": publication.cycle.code,
        "previous": publication.previous.fingerprint if publication.previous else None,
        "corrects": publication.corrects.code if publication.corrects else None,
        "standard": str(publication.run.standard),
        "bundle": reverse("api:download_bundle", args=[publication.code]),
        "names_lost": [lost_out(one, of) for of in (CHANNEL, ENTITY) for one in lifted_by(publication, of)],
    }


def lost_out(one: Lifted, of: str) -> dict[str, Any]:
    """Return a name that was taken back as it is shown."""
    end = FIRST if one.best else LAST
    return {CHANNEL: None, ENTITY: None, of: one.code, "league": one.league, "end": end, "k": one.k, "since": one.since.identity}


def said_of(publication: Publication) -> dict[str, Any]:
    """Return a publication as it is shown, fit for JSON."""
    said: dict[str, Any] = json.loads(json.dumps(publication_out(publication), cls=DjangoJSONEncoder))
    return said
