"""The standards that ship with Marsad: what they ask, how they weigh it, and the card that says so in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.problems import not_found
from marsad.api.schema import TextOut, content
from marsad.core.scheme import Indicator, Node
from marsad.standards import Item, Standard, Text, load, names
from marsad.standards.card import card, effective_shares

router = Router(tags=["standards"])


class RatedKindOut(Schema):
    """A kind of channel."""

    code: str
    name: TextOut


class StandardOut(Schema):
    """A standard in short."""

    name: str
    version: str
    identity: str = Field(description="name@version, as results carry it.")
    digest: str = Field(description="SHA-256 of the standard's files.")
    title: TextOut
    summary: TextOut
    kinds: list[RatedKindOut] = Field(description="The kinds of channel it rates; empty where it rates all.")
    indicators: int


class ItemOut(Schema):
    """A question and its answers, from worst to best."""

    ask: TextOut
    look_for: TextOut | None = None
    answers: list[TextOut]


class TreePartOut(Schema):
    """A branch or an indicator of the tree."""

    code: str
    parent: str | None
    label: TextOut
    weight: float = Field(description="Its weight among its siblings.")
    share: float = Field(description="Its share of the whole where nothing is missing.")
    is_indicator: bool
    source: str = Field("", description="Where an indicator's values come from.")
    stage: str = Field("", description="before, during or after the service.")
    kinds: list[str] | None = Field(None, description="The kinds of channel an indicator applies to, null for all.")
    item: ItemOut | None = Field(None, description="The question, where an indicator is one.")


class StandardTreeOut(StandardOut):
    """A standard with its tree, parents before children."""

    sources: list[str]
    bands: dict[str, TextOut] = Field(description="What each star is called.")
    tree: list[TreePartOut]


class CardIn(Schema):
    """How the card is wanted."""

    language: Literal["ar", "en"] = "en"
    questions: bool = Field(False, description="With every question and its answers.")


@lru_cache(maxsize=32)
def shipped(name: str) -> Standard:
    """Return a shipped standard; raises Refusal where none has the name: no file is ever named by a request."""
    if name not in names():
        raise not_found()
    return load(name)


@router.get("/standards", response=PageOut[StandardOut], operation_id="list_standards", summary="Standards")
def list_standards(request: HttpRequest, response: HttpResponse, page: Query[PageIn]) -> Any:
    """The standards that ship with Marsad, by name."""
    return page_of([shipped(name) for name in names()], page, in_short, request, response)


@router.get("/standards/{name}", response=StandardTreeOut, operation_id="read_standard", summary="A standard with its tree")
def read_standard(request: HttpRequest, name: str) -> Any:
    """All that a standard asks, how it weighs it, and its questions."""
    return in_full(name)


@router.get(
    "/standards/{name}/card",
    operation_id="read_card",
    summary="The card of a standard",
    openapi_extra={"responses": {200: {"content": content("text/plain", type="string")}}},
)
def read_card(request: HttpRequest, name: str, wanted: Query[CardIn]) -> HttpResponse:
    """The standard as text to read: tree, stars, limits and sources."""
    lines = card(shipped(name), wanted.language, questions=wanted.questions)
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def both(text: Text | None) -> dict[str, str] | None:
    """Return a text in both languages."""
    return {"ar": text.ar, "en": text.en} if text else None


def in_short(standard: Standard) -> dict[str, Any]:
    """Return a standard in short."""
    return {
        **{name: getattr(standard, name) for name in ("name", "version", "identity", "digest")},
        "title": both(standard.title),
        "summary": both(standard.summary),
        "kinds": [{"code": code, "name": both(name)} for code, name in standard.kinds.items()],
        "indicators": len(standard.scheme.indicators),
    }


@lru_cache(maxsize=32)
def in_full(name: str) -> dict[str, Any]:
    """Return a standard with its tree."""
    standard = shipped(name)
    shares = effective_shares(standard)
    parts: list[Node | Indicator] = [*reversed(standard.scheme.upward), *standard.scheme.indicators]
    return {
        **in_short(standard),
        "sources": list(standard.sources),
        "bands": {f"{star:g}": both(text) for star, text in standard.bands.items()},
        "tree": [part_of(part, standard, shares[part.code]) for part in parts],
    }


def part_of(part: Node | Indicator, standard: Standard, share: float) -> dict[str, Any]:
    """Return a branch or an indicator."""
    said: dict[str, Any] = {
        "code": part.code,
        "parent": part.parent,
        "label": both(standard.labels[part.code]),
        "weight": part.weight,
        "share": round(share, 12),
        "is_indicator": isinstance(part, Indicator),
    }
    if isinstance(part, Node):
        return said
    kinds = None if part.kinds is None else sorted(part.kinds)
    item = standard.items.get(part.code)
    return said | {"source": part.source, "stage": part.stage, "kinds": kinds, "item": question(item) if item else None}


def question(item: Item) -> dict[str, Any]:
    """Return a question."""
    return {"ask": both(item.ask), "look_for": both(item.look_for), "answers": [both(answer) for answer in item.answers]}
