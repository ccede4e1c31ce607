"""The API put together: its operations, what goes wrong in them, and what every request meets on its way in and out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import Swagger
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from marsad import __version__
from marsad.accounts.access import Forbidden
from marsad.api import (
    aftermath,
    changes,
    channels,
    cycles,
    evidence,
    exercises,
    integrity,
    leading,
    open_data,
    publications,
    raters,
    rewards,
    rounds,
    runs,
    sensitivity,
    standards,
    tokens,
    visits,
    watching,
    webhooks,
    weights,
    working,
)
from marsad.api.auth import KNOWN, OPEN, PUBLIC, Caller, challenge
from marsad.api.identity import conditional
from marsad.api.problems import CODES, Refusal, not_found, not_yours, of_error, of_validation
from marsad.api.schema import Api
from marsad.api.throttle import EveryMinute, seconds_left
from marsad.core.problem import Problem
from marsad.lake.rows import FaultyRowsError

log = logging.getLogger(__name__)
NAMESPACE = "api"
OPEN_DATA = "api/v1/open/"

api = Api(
    title="Marsad",
    version=__version__,
    description="Ratings of public services with how sure they are, the catalogue behind them, and a way in for evidence.",
    urls_namespace=NAMESPACE,
    docs=Swagger(settings={"validatorUrl": None, "supportedSubmitMethods": ["get"]}),
    throttle=EveryMinute(),
)
for room in (standards.router, publications.router, open_data.router):
    api.add_router("", room, auth=PUBLIC)
for room in (channels.router, cycles.router):
    api.add_router("", room, auth=OPEN)
for room in (
    aftermath.router,
    changes.router,
    evidence.router,
    exercises.router,
    integrity.router,
    leading.router,
    raters.router,
    rewards.router,
    rounds.router,
    runs.router,
    sensitivity.router,
    visits.router,
    watching.router,
    weights.router,
    working.router,
):
    api.add_router("", room, auth=KNOWN)
for room in (tokens.router, webhooks.router):
    api.add_router("", room, auth=KNOWN)


def answer(refusal: Callable[[Any], Refusal]) -> Callable[[HttpRequest, Any], HttpResponse]:
    """Return a handler that answers an exception with a refusal."""
    return lambda request, error: refusal(error).response()


def of_http(error: HttpError) -> Refusal:
    """Return the refusal of what ninja itself refuses."""
    return Refusal(CODES.get(error.status_code, "malformed"), _("The request cannot be read."))


def our_mistake(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what nobody foresaw, and write it down."""
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return of_error(error).response()


def forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    """Answer what is there and not for this person: to who only looks as if it were not there."""
    return (not_found() if request.method == "GET" else not_yours()).response()


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refusal: lambda request, error: error.response(),
    Forbidden: forbidden,
    Http404: answer(of_error),
    FaultyRowsError: answer(of_error),
    Problem: answer(of_error),
    ValidationError: answer(lambda error: of_validation(error.errors)),
    AuthenticationError: answer(lambda error: challenge(_("A token or a signed-in person is needed."))),
    Throttled: answer(lambda error: too_many()),
    HttpError: answer(of_http),
    RequestDataTooBig: answer(lambda error: Refusal("too-large", _("The body is too large."))),
    UnreadablePostError: answer(lambda error: Refusal("malformed", _("The body ended before its end."))),
    SuspiciousOperation: answer(lambda error: Refusal("malformed", _("The request cannot be read."))),
    Exception: our_mistake,
}
"""What is answered to every kind of exception; for an exception of several kinds the first in its own order of kinds counts."""
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)


def too_many() -> Refusal:
    """Return the refusal of somebody who asks too often."""
    seconds = seconds_left()
    detail = _("You ask too often; ask again in %(seconds)s seconds.") % {"seconds": seconds}
    return Refusal("too-many", detail, headers={"Retry-After": str(seconds)})


def gated(pattern: URLPattern) -> URLPattern:
    """Return an address whose requests and answers pass the gate."""
    pattern.callback = gate(pattern.callback)
    return pattern


def gate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return a view with what holds at every address: HEAD, refused methods as problems, ETags, caching."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        try:
            response = view(request, *given, **named)
        except Http404:
            response = not_found().response()
        if response.status_code == 405:
            response = method_unknown(response["Allow"])
        if "Cache-Control" not in response:
            response["Cache-Control"] = kept(request)
        open_to_other_sites(request, response)
        response = conditional(request, response)
        return without_body(response) if head else response

    return answered


def kept(request: HttpRequest) -> str:
    """Return how long caches may keep an answer: a minute, where it is the same for all."""
    caller = getattr(request, "auth", None) or Caller()
    if caller.person is not None:
        return "private, no-cache"
    return "public, max-age=60" if caller.for_all and request.method == "GET" else "no-cache"


def open_to_other_sites(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let pages of other sites read open data, and nothing else; what is asked of a token differs by it."""
    route = request.resolver_match.route if request.resolver_match else ""
    if f"{route}/".startswith(OPEN_DATA) and request.method == "GET":
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Content-Disposition"
    elif not (getattr(request, "auth", None) or Caller()).unasked:
        patch_vary_headers(response, ["Authorization"])


def method_unknown(allowed: str) -> HttpResponse:
    """Return the refusal of a method, naming those that are taken."""
    methods = sorted(filter(None, (one.strip() for one in allowed.split(","))))
    methods += ["HEAD"] if "GET" in methods else []
    detail = _("This address takes %(methods)s.") % {"methods": ", ".join(methods)}
    return Refusal("method-unknown", detail, headers={"Allow": ", ".join(methods)}).response()


def without_body(response: HttpResponseBase) -> HttpResponse:
    """Return an answer's headers alone."""
    bare = HttpResponse(status=response.status_code, headers=dict(response.items()))
    if isinstance(response, HttpResponse):
        bare["Content-Length"] = str(len(response.content))
    return bare


@csrf_exempt
def unlisted(request: HttpRequest) -> HttpResponse:
    """Answer an address that is none of ours."""
    return not_found().response()
