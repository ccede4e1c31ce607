"""Long lists by the page, in an order that stands still, with the addresses of the neighbouring pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

Item = TypeVar("Item")
MOST, USUAL, LAST_PAGE = 200, 50, 100_000


class PageIn(Schema):
    """Which part of a list is wanted."""

    limit: int = Field(USUAL, ge=1, le=MOST, description="How many entries a page has.")
    page: int = Field(1, ge=1, le=LAST_PAGE, description="Which page, counted from 1.")


class PageOut(Schema, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    count: int = Field(description="How many entries the whole list has.")
    next: str | None = Field(None, description="The address of the next page, null on the last.")


def page_of(
    rows: Any, asked: PageIn, shape: Callable[[Any], dict[str, Any]], request: HttpRequest, response: HttpResponse
) -> dict[str, Any]:
    """Return one page of rows that have an order, its neighbours in the header Link."""
    count = rows.count() if hasattr(rows, "query") else len(rows)
    start = (asked.page - 1) * asked.limit
    last = max(1, -(-count // asked.limit))
    places = {"first": 1, "prev": asked.page - 1, "next": asked.page + 1, "last": last}
    shown = {name: page for name, page in places.items() if 1 <= page <= last}
    response["Link"] = ", ".join(f'<{address(request, page)}>; rel="{name}"' for name, page in shown.items())
    items = [shape(row) for row in rows[start : start + asked.limit]] if start < count else []
    return {"items": items, "count": count, "next": address(request, shown["next"]) if "next" in shown else None}


def address(request: HttpRequest, page: int) -> str:
    """Return the address of another page of the same list."""
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"
