"""Open data: whole tables of the catalogue as it is and of publications as they were signed, for anybody on any site."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema
from pydantic import Field

from marsad.api.identity import tag
from marsad.api.problems import not_found
from marsad.api.schema import TextOut
from marsad.api.standards import both
from marsad.api.written import FORMS, Grid, blocks, pieces, spooled, text_of
from marsad.catalogue.access import channels_for, entities_for, services_for
from marsad.ledger.bundle import BundleFiles, content_of, open_bundle
from marsad.ledger.publication import PUBLICATION as SAID
from marsad.ledger.publication import read_publication
from marsad.ratings.access import bundle_for, publication_for
from marsad.ratings.tables import CATALOGUE, PUBLICATION, dictionary, tables

router = Router(tags=["open data"])
Form = Literal["csv", "json", "parquet"]
OfCatalogue = Literal["entities", "services", "channels", "dictionary"]
OfPublication = Literal["ratings", "nodes"]
ROWS = {"type": "array", "items": {"type": "object"}}
BYTES = {"type": "string", "format": "binary"}
FILE: dict[str, Any] = {
    "responses": {
        200: {"content": {kind.partition(";")[0]: {"schema": ROWS if form == "json" else BYTES} for form, kind in FORMS.items()}}
    },
}
AT_ONCE = 500


class ColumnOut(Schema):
    """One column."""

    name: str = Field(description="* at its end stands for a number.")
    type: str = Field(description="text, number, whole, flag (yes or no) or day.")
    meaning: TextOut


class TableOut(Schema):
    """One table, its columns, and where it is."""

    name: str
    meaning: TextOut
    columns: list[ColumnOut]
    addresses: list[str] = Field(description="{code} stands for the code of a publication.")


@router.get("/open", response=list[TableOut], operation_id="list_tables", summary="Tables and what their columns mean")
def list_tables(request: HttpRequest) -> Any:
    """Every table of the open data, with the meaning of each of its columns."""
    return [described(name, request.path) for name in tables()]


@router.get(
    "/open/{table}.{form}",
    operation_id="download_table",
    summary="A table of the catalogue",
    openapi_extra=FILE,
)
def download_table(request: HttpRequest, table: OfCatalogue, form: Form) -> StreamingHttpResponse:
    """The whole table as it is now. channels.csv can be brought in again as it is."""
    columns = {column.name: column.type for column in tables()[table].columns}
    file, digest, size = spooled(Grid(columns, rows_of(table, list(columns))), form)
    response = download(blocks(file), f"{table}.{form}", tag(digest))
    response["Content-Length"] = str(size)
    return response


@router.get(
    "/open/publications/{code}/{table}.{form}",
    operation_id="download_publication_table",
    summary="A table of a publication",
    openapi_extra=FILE,
)
def download_publication_table(request: HttpRequest, code: str, table: OfPublication, form: Form) -> StreamingHttpResponse:
    """What everybody may see, as it was signed: as CSV byte for byte the file of the public bundle."""
    bundle = open_bundle(bundle_for(None, publication_for(None, code)))
    entry = read_publication(content_of(bundle, SAID)).file(f"{table}.csv")
    if entry is None:
        raise not_found()
    if form == "csv":
        return download(blocks(bundle.open(entry.name)), entry.name, tag(entry.sha256))
    said = pieces(grid_of(bundle, entry.name, table), form)
    return download(said, f"{table}.{form}", tag(sha256(f"{entry.sha256} {form}".encode()).hexdigest()))


def download(said: Iterator[bytes], name: str, identity: str) -> StreamingHttpResponse:
    """Return a file that is sent as it is read."""
    response = StreamingHttpResponse(said, content_type=FORMS[name.rpartition(".")[2]])
    response["ETag"] = identity
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def rows_of(table: str, columns: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the rows of a table of the catalogue, by code; channels to come are left out."""
    if table == "dictionary":
        yield from dictionary()
        return
    rows = {"entities": entities_for, "services": services_for, "channels": channels_for}[table](None)
    for row in rows.with_cards().order_by("code").iterator(chunk_size=AT_ONCE):
        card = row.card()
        yield [text_of(getattr(card, column)) for column in columns]


def grid_of(bundle: BundleFiles, file: str, table: str) -> Grid:
    """Return a table of a bundle."""
    reader = csv.reader(io.TextIOWrapper(bundle.open(file), encoding="utf-8", newline=""))
    return Grid({name: tables()[table].type_of(name) for name in next(reader)}, reader)


def described(name: str, path: str) -> dict[str, Any]:
    """Return a table with its columns and addresses."""
    table = tables()[name]
    start = {CATALOGUE: path, PUBLICATION: f"{path}/publications/{{code}}"}[table.of]
    columns = [{"name": column.name, "type": column.type, "meaning": both(column.meaning)} for column in table.columns]
    addresses = [f"{start}/{name}.{form}" for form in FORMS]
    return {"name": name, "meaning": both(table.meaning), "columns": columns, "addresses": addresses}
