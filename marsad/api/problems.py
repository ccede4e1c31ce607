"""Refusals as RFC 9457 has them: one sentence for a person, a code for a program, and where in the request it is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from ninja import Schema
from pydantic import Field

from marsad.accounts.access import Forbidden
from marsad.catalogue.sheets import Mistakes
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Problem
from marsad.lake.rows import FaultyRowsError, ManyProblems

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50
KINDS: Mapping[str, tuple[int, Promise]] = {
    "malformed": (400, gettext_lazy("The request cannot be read")),
    "sign-in-needed": (401, gettext_lazy("A token or a signed-in person is needed")),
    "not-yours": (403, gettext_lazy("This is not yours to do")),
    "not-found": (404, gettext_lazy("There is no such thing")),
    "method-unknown": (405, gettext_lazy("This address does not take this method")),
    "conflict": (409, gettext_lazy("It cannot be done as things are")),
    "changed-meanwhile": (412, gettext_lazy("It is not as you said it was")),
    "too-large": (413, gettext_lazy("The request is too large")),
    "media-type": (415, gettext_lazy("The body is of another type than is taken here")),
    "invalid": (422, gettext_lazy("The request is understood and not accepted")),
    "too-many": (429, gettext_lazy("Too many requests")),
    "our-mistake": (500, gettext_lazy("Something went wrong here")),
}
"""Every kind of refusal by its code: its status and its title."""
CODES = {status: code for code, (status, _title) in KINDS.items()}


class ErrorOut(Schema):
    """One thing that is wrong, and where."""

    place: str = Field(description="Where in the request: body, query, header or path.")
    field: str = Field(description="A JSON pointer into the body, or the name of the parameter, header or column of a file.")
    line: int | None = Field(None, description="The line of an uploaded file.")
    detail: str = Field(description="What is wrong and what to do, as a sentence.")


class ProblemOut(Schema):
    """A refusal, as RFC 9457 has it."""

    type: str = Field(description="What kind of refusal: urn:marsad:problem: and a code that does not change.")
    title: str = Field(description="The kind in words, in the language of Accept-Language.")
    status: int
    detail: str = Field(description="One sentence on this very request.")
    errors: list[ErrorOut] = Field([], description="Each thing that is wrong, at most fifty.")


class Refusal(Exception):  # noqa: N818  it is an answer, not an accident
    """A request that is refused, and why; `headers` go with the answer."""

    def __init__(self, code: str, detail: str, errors: Sequence[ErrorOut] = (), headers: Mapping[str, str] | None = None) -> None:
        self.code, self.detail, self.errors, self.headers = code, detail, errors, headers or {}
        super().__init__(detail)

    def document(self) -> dict[str, Any]:
        """Return what is said."""
        status, title = KINDS[self.code]
        shown = [error.dict(exclude_none=True) for error in self.errors[:MOST_ERRORS]]
        said = {"type": f"urn:marsad:problem:{self.code}", "title": str(title), "status": status, "detail": self.detail}
        return said | {"errors": shown}

    def response(self) -> HttpResponse:
        """Return the answer."""
        content = json.dumps(self.document(), ensure_ascii=False)
        headers = {"Cache-Control": "no-store", **self.headers}
        return HttpResponse(content, status=KINDS[self.code][0], content_type=MEDIA_TYPE, headers=headers)


def not_found() -> Refusal:
    """Return the refusal of what does not exist or is not yours, the same for both."""
    return Refusal("not-found", _("There is no such thing at this address, or it is not yours to see."))


def wrong(place: str, field: str, detail: str) -> Refusal:
    """Return the refusal of one field."""
    return invalid([error_at(place, field, detail)])


def invalid(errors: Sequence[ErrorOut], total: int = 0) -> Refusal:
    """Return the refusal of fields that are wrong."""
    total = max(total, len(errors))
    if total == 1:
        where = f"{errors[0].field}: " if errors[0].field else ""
        return Refusal("invalid", where + errors[0].detail, errors)
    message = ngettext("%(count)s thing is wrong, see errors.", "%(count)s things are wrong, see errors.", total)
    return Refusal("invalid", message % {"count": total}, errors)


def not_yours() -> Refusal:
    """Return the refusal of what somebody may see and not do."""
    return Refusal("not-yours", _("Your roles do not let you do this."))


def of_error(error: Exception) -> Refusal:
    """Return the refusal of whatever a room below has raised, in the language of the moment."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Forbidden):
        return not_yours()
    if isinstance(error, Http404):
        return not_found()
    if isinstance(error, FaultyRowsError):
        return of_rows(error)
    if isinstance(error, Problem):
        return of_problem(error)
    return Refusal("our-mistake", _("Something went wrong here; it has been noted."))


def of_rows(error: FaultyRowsError) -> Refusal:
    """Return the refusal of rows that came as JSON, each fault with a pointer to its field."""
    faults = [(f"/rows/{fault.row}/{fault.column}", Problem(fault.what, remedy=fault.remedy)) for fault in error.faults]
    return invalid([error_at("body", pointer, problem.say(_)) for pointer, problem in faults], error.total)


def of_problem(problem: Problem, *, pointer: str = "") -> Refusal:
    """Return the refusal of bad input that a room below has found."""
    if isinstance(problem, OutOfTurn):
        return Refusal("conflict", problem.say(_))
    if isinstance(problem, Mistakes):
        return invalid([of_one(one, pointer) for one in problem.all])
    if isinstance(problem, ManyProblems):
        return invalid([of_one(one, pointer) for one in problem.problems], problem.total)
    return invalid([of_one(problem, pointer)])


def of_one(problem: Problem, pointer: str) -> ErrorOut:
    """Return one thing that is wrong; the name our own disk has for what was sent is left out."""
    field = (f"{pointer}/{problem.column}" if pointer or problem.line is None else problem.column) if problem.column else ""
    sentence = Problem(problem.what, remedy=problem.remedy, at=problem.at).say(_)
    return error_at("body", field, sentence, problem.line)


def of_validation(errors: Iterable[Mapping[str, Any]], place: str = "") -> Refusal:
    """Return the refusal of what pydantic found wrong; where an address has no such form, nothing is there."""
    found = [validation_error(error, place) for error in errors]
    return not_found() if any(error.place == "path" for error in found) else invalid(found)


def validation_error(error: Mapping[str, Any], place: str) -> ErrorOut:
    """Return one finding of pydantic in our own words."""
    where = list(error["loc"])
    place = place or str(where.pop(0))
    field = "".join(f"/{part}" for part in where) if place == "body" else str(where[-1] if where else "")
    starts = (said for start, said in STARTS.items() if error["type"].startswith(start))
    sentence = SENTENCES.get(error["type"]) or next(starts, OTHERWISE)
    return error_at(place, field, str(sentence) % error.get("ctx", {}))


def error_at(place: str, field: str, detail: str, line: int | None = None) -> ErrorOut:
    """Return one thing that is wrong."""
    return ErrorOut(place=place, field=field, line=line, detail=detail)


NO_WHOLE = gettext_lazy("It is no whole number.")
OTHERWISE = gettext_lazy("It is not as it must be; see the description of the field.")
SENTENCES: Mapping[str, Promise] = {
    "missing": gettext_lazy("It is missing."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_too_long": gettext_lazy("It is longer than %(max_length)s characters."),
    "string_too_short": gettext_lazy("It is shorter than %(min_length)s characters."),
    "string_pattern_mismatch": gettext_lazy("It does not match %(pattern)s."),
    "greater_than_equal": gettext_lazy("It is below %(ge)s."),
    "less_than_equal": gettext_lazy("It is above %(le)s."),
    "literal_error": gettext_lazy("It is none of %(expected)s."),
    "enum": gettext_lazy("It is none of %(expected)s."),
    "too_long": gettext_lazy("It has more than %(max_length)s entries."),
    "too_short": gettext_lazy("It has fewer than %(min_length)s entries."),
    "finite_number": gettext_lazy("It is no number."),
}
STARTS: Mapping[str, Promise] = {
    "timezone": gettext_lazy("It is no time with its zone, such as 2026-11-21T09:30:00+04:00."),
    "datetime": gettext_lazy("It is no time with its zone, such as 2026-11-21T09:30:00+04:00."),
    "date": gettext_lazy("It is no day, such as 2026-11-21."),
    "int": NO_WHOLE,
    "float": gettext_lazy("It is no number."),
    "decimal": gettext_lazy("It is no number."),
    "bool": gettext_lazy("It is neither true nor false."),
    "string": gettext_lazy("It is no text."),
    "list": gettext_lazy("It is no list."),
    "tuple": gettext_lazy("It is no list."),
    "dict": gettext_lazy("It is no object."),
    "model": gettext_lazy("It is no object."),
}
"""Sentences for what pydantic finds, by its type or by how its type begins."""
