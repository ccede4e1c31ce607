"""What every working page begins with: who works, when, in which language; and what becomes of a problem they run into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, wraps
from html import escape
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Person
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem
from marsad.lake.rows import ManyProblems
from marsad.ratings.access import MAY, NotFound
from marsad.standards import Text
from marsad.web.texts import Words, complaint, text

At = ParamSpec("At")
Row = TypeVar("Row")
EACH_PAGE = 50
"""So many rows of a list stand on a page."""
MOST_SAID = 100
"""So many faults are said one by one."""


@dataclass(frozen=True)
class Desk:
    """Whoever works, with the request they make and the moment at which all of it is judged."""

    request: HttpRequest
    person: Person
    at: datetime = field(default_factory=timezone.now)

    @property
    def language(self) -> str:
        """Return the language of the page."""
        return (get_language() or "ar")[:2]

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Return the roles of whoever works, in whatever entity."""
        return self.person.roles(self.at)

    @cached_property
    def central(self) -> frozenset[Role]:
        """Return the roles that count for a cycle."""
        return self.person.roles_in("", self.at)

    @property
    def posted(self) -> QueryDict | None:
        """Return what was sent by a form, None where a page is only asked for."""
        return self.request.POST if self.request.method == "POST" else None

    @property
    def layout(self) -> str:
        """Return the template that a page of evidence extends: the shell, or none where only its own part is asked for."""
        headers = self.request.headers
        part = headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true"
        return "web/part.html" if part else "accounts/working.html"

    def may(self, verb: str) -> bool:
        """Whether a verb of cycles is open to whoever works."""
        return bool(self.central & MAY[verb])

    def say(self, words: Words | Text) -> SafeString:
        """Return words as HTML in the page's language."""
        return mark_safe((text(words) if isinstance(words, Text) else words).inside(self.language))

    def name(self, thing: Any) -> str:
        """Return the name or title of a thing in the page's language, as plain text."""
        kind = "name" if hasattr(thing, "name_ar") else "title"
        return str(getattr(thing, f"{kind}_{self.language}"))

    def listed(self, parts: Iterable[str]) -> str:
        """Return words with the comma of the page's language between them."""
        return ("، " if self.language == "ar" else ", ").join(parts)

    def paged(self, rows: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
        """Return the page of a list that the address asks for."""
        page = Paginator(rows, EACH_PAGE).get_page(self.request.GET.get("page"))
        page.range = page.paginator.get_elided_page_range(page.number)
        return page

    def listing(self, rows: Sequence[Row] | QuerySet[Any], line: Callable[[Row], object]) -> dict[str, Any]:
        """Return what a template knows of a list: the page `listed` that the address asks for, and the `lines` on it."""
        listed = self.paged(rows)
        return {"listed": listed, "lines": [line(row) for row in listed]}

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return a page; its template knows the `desk`."""
        return render(self.request, f"workspace/{template}.html", {"desk": self, **context}, status=status)

    def tell(self, message: str) -> None:
        """Say on the next page that something was done."""
        messages.success(self.request, message)

    @contextmanager
    def trying(self, form: Form | None = None) -> Iterator[None]:
        """Have a problem of what is done inside stand in the form, or on the next page where there is none."""
        try:
            yield
        except (Forbidden, NotFound):
            raise
        except Problem as problem:
            if form is None:
                messages.error(self.request, complaint(problem))
            else:
                note(form, problem)


Drawn = Callable[Concatenate[Desk, At], HttpResponse]


def working(page: Drawn[At]) -> Callable[Concatenate[HttpRequest, At], HttpResponse]:
    """Return the view of a working page: for whoever is signed in, never kept by anything on the way."""

    @wraps(page)
    def view(request: HttpRequest, *given: At.args, **named: At.kwargs) -> HttpResponse:
        return page(Desk(request, request.user), *given, **named)

    return never_cache(login_required(view))


def note(form: Form, problem: Problem) -> None:
    """Have a form say what is wrong, each fault beside the field it is about, where there is one."""
    found = problem.problems[:MOST_SAID] if isinstance(problem, ManyProblems) else [problem]
    for one in found:
        own = one.column in form.fields and one.line is None
        said = Problem(one.what, remedy=one.remedy, at=one.at) if own else told(one)
        form.add_error(one.column if own else None, complaint(said))


def told(problem: Problem) -> Problem:
    """Return a problem without the name our own disk has for what was sent."""
    return Problem(problem.what, remedy=problem.remedy, line=problem.line, column=problem.column, at=problem.at)


def same(written: str) -> Words:
    """Return what is written alike in every language."""
    return Words(escape(written), escape(written))


def whole(written: str | None, otherwise: int = 1) -> int:
    """Return a whole number of an address, another where it is none."""
    with suppress(TypeError, ValueError):
        return int(written or "")
    return otherwise
