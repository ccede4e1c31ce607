"""The description of the API for machines: OpenAPI 3.1, with every refusal and every header of an answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import override
from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from marsad.api.problems import KINDS, MEDIA_TYPE, ErrorOut, ProblemOut

REF = "#/components/schemas/{model}"
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="ProblemOut")}}}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The identity of what is said; send it back as If-None-Match."}}
LINK = {"Link": {"schema": {"type": "string"}, "description": "The addresses of the first, previous, next and last page."}}
ASKS = {"WWW-Authenticate": {"schema": {"type": "string"}}}
RETRY = {"Retry-After": {"schema": {"type": "string"}, "description": "After how many seconds to ask again."}}
CONDITIONS = ("If-Match", "If-None-Match")
NOBODY = "Anybody"
"""What ninja calls it when nobody need say who they are."""
REFUSES = "x-refuses"
"""Where an operation lists refusals of its own, until they stand among its answers."""


class TextOut(Schema):
    """A text in both languages."""

    ar: str
    en: str


def refuses(*statuses: int, **more: Any) -> dict[str, Any]:
    """Return what to add to the description of an operation that refuses for reasons of its own."""
    return {REFUSES: list(statuses), **more}


def content(media_type: str, model: type[BaseModel] | None = None, **schema: Any) -> dict[str, Any]:
    """Return the description of content of a type, shaped as a model or as said."""
    return {media_type: {"schema": body_schema(model) if model else schema}}


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of a body."""
    return dict(model.model_json_schema(ref_template=REF))


class Api(NinjaAPI):
    """The API, with a description that leaves nothing out."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """Return the description."""
        return described(self)

    def as_ninja_has_it(self) -> OpenAPISchema:
        """Return the description without what is added to it."""
        return super().get_openapi_schema()


@cache
def described(api: Api) -> OpenAPISchema:
    """Return the description of an API, in English."""
    with override("en"):
        found = api.as_ninja_has_it()
        shapes = found["components"]["schemas"]
        shapes |= {model.__name__: body_schema(model) for model in (ProblemOut, ErrorOut)}
        found["components"]["securitySchemes"].pop(NOBODY)
        for path in found["paths"].values():
            for method, operation in path.items():
                complete(operation, method)
                for media in operation.get("requestBody", {}).get("content", {}).values():
                    shapes |= media["schema"].pop("$defs", {})
        for shape in list(shapes.values()):
            shape.pop("$defs", None)
    return found


def complete(operation: dict[str, Any], method: str) -> None:
    """Add what ninja does not say: refusals, headers, and that nobody need sign in for what is open."""
    answers = operation["responses"]
    operation["security"] = [{} if NOBODY in one else one for one in operation["security"]]
    for parameter in operation["parameters"]:
        parameter["schema"] = without_null(parameter["schema"])
    if method == "get":
        operation["parameters"].append(condition("If-None-Match", "The ETag of what you have."))
        paged = any(one["name"] == "page" for one in operation["parameters"])
        answers[200].setdefault("headers", {}).update(ETAG | (LINK if paged else {}))
        answers[304] = {"description": "Not modified: you have it already.", "headers": ETAG}
    if method == "put":
        operation["parameters"].append(condition("If-Match", "The ETag of what you want to change."))
        operation["parameters"].append(condition("If-None-Match", "* where there may be nothing yet."))
    for status in refusals_of(operation, method):
        answers[status] = {"description": titles()[status], "content": PROBLEM}
    for status, headers in ((401, ASKS), (429, RETRY)):
        if status in answers:
            answers[status]["headers"] = headers


def refusals_of(operation: dict[str, Any], method: str) -> list[int]:
    """Return the refusals an operation may give."""
    places = {one["in"] for one in operation["parameters"] if one["name"] not in CONDITIONS}
    found = {400, 429, *operation.pop(REFUSES, ())}
    found |= {401, 403} if any(operation["security"]) else set()
    found |= {404} if "path" in places else set()
    found |= {422} if places & {"query", "header"} else set()
    found |= {413, 415, 422} if "requestBody" in operation else set()
    return sorted(found)


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out: an address cannot say null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    return {**{key: said for key, said in schema.items() if key != "anyOf"}, **choices[0]} if len(choices) == 1 else schema


def condition(name: str, description: str) -> dict[str, Any]:
    """Return a header that makes a request conditional."""
    return {"in": "header", "name": name, "required": False, "schema": {"type": "string"}, "description": description}


def titles() -> dict[int, str]:
    """Return the title of every refusal."""
    return {status: str(title) for status, title in KINDS.values()}
