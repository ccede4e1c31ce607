"""Strong ETags: what an answer says, hashed; and the conditions that requests make by them."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from marsad.api.problems import Refusal

LENGTH = 32


def etag(content: bytes) -> str:
    """Return the tag of some content."""
    return tag(sha256(content).hexdigest())


def tag(digest: str) -> str:
    """Return the tag of content with this SHA-256."""
    return f'"{digest[:LENGTH]}"'


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer, or 304 where the other side has it already; tags are made from what is said, unless it has one."""
    if request.method != "GET" or response.status_code != 200:
        return response
    if not response.has_header("ETag"):
        if not isinstance(response, HttpResponse):
            return response
        response["ETag"] = etag(response.content)
    request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return changed_meanwhile().response() if answer.status_code == 412 else answer


def changed_meanwhile() -> Refusal:
    """Return the refusal of a change to what is no longer what the other side saw."""
    return Refusal("changed-meanwhile", _("It has changed since you read it; read it again."))


def require_match(request: HttpRequest, current: str | None) -> None:
    """Raise Refusal where If-Match or If-None-Match does not hold; `current` is the tag of what is there."""
    wanted = parse_etags(request.headers.get("If-Match", ""))
    if "If-Match" in request.headers and not (current and ("*" in wanted or current in wanted)):
        raise changed_meanwhile()
    unwanted = parse_etags(request.headers.get("If-None-Match", ""))
    if current and ("*" in unwanted or current in unwanted):
        raise Refusal("changed-meanwhile", _("There is one already."))
