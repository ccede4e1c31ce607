"""Whom a request comes from: the bearer of a token, a person in their browser, or anybody.

A token that is no good is refused, never taken for nobody. A browser's session needs Django's CSRF token for all that writes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from marsad.accounts.access import NotFound
from marsad.accounts.actions import person_for_token
from marsad.accounts.models import Person, Scope, Token
from marsad.accounts.signin import has_second_factor, needs_second_factor
from marsad.api.models import Machine
from marsad.api.problems import Refusal
from marsad.api.throttle import place_of, seconds_left, within

Found = TypeVar("Found")


class Caller(NamedTuple):
    """Whom a request comes from, and the token they came with; neither, where it is anybody."""

    person: Person | None = None
    token: Token | None = None
    for_all: bool = False
    """Whether everybody without a token gets the same answer: caches may keep it."""
    unasked: bool = False
    """Whether nobody was asked who they are: tokens change nothing either."""

    @property
    def who(self) -> str:
        """Return what a request is counted by."""
        return f"token-{self.token.code}" if self.token else f"person-{self.person.code}" if self.person else ""


def challenge(detail: str) -> Refusal:
    """Return the refusal of somebody unknown."""
    return Refusal("sign-in-needed", detail, headers={"WWW-Authenticate": 'Bearer realm="marsad"'})


class BearerToken(HttpBearer):
    """A token that the programme team or a champion issued, as `Authorization: Bearer …`."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return the bearer; None where there is no token; raises Refusal on one that is no good."""
        said = request.headers.get("Authorization")
        if said is None:
            return None
        scheme, _space, secret = said.partition(" ")
        if scheme.lower() != "bearer":
            raise challenge(_("The header Authorization must say Bearer and a token."))
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return whom a token speaks for; raises Refusal."""
        bearer = person_for_token(token, timezone.now())
        if bearer is not None:
            return Caller(Machine.speaking(bearer), bearer.token)
        if not within("failed", place_of(request)):
            detail = _("Too many wrong tokens came from this network address.")
            raise Refusal("too-many", detail, headers={"Retry-After": str(seconds_left())})
        raise challenge(_("The token is unknown, has expired or was revoked."))


class Session(APIKeyCookie):
    """A person signed in with their browser; `later`, where it may not matter: only then is the cookie looked at."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, *, later: bool = False) -> None:
        self.later = later
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Return who is signed in; None where nobody is; raises Refusal on a write that another site may have sent."""
        return None if self.later else self.signed_in(request)

    def signed_in(self, request: HttpRequest) -> Caller | None:
        """Return who is signed in, now that it matters."""
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise Refusal("not-yours", _("The header X-CSRFToken is missing or wrong."))
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller:
        """Return who is signed in; raises Refusal where their role needs a second factor that is not set up."""
        if needs_second_factor(request.user) and not has_second_factor(request.user):
            raise Refusal("not-yours", _("Set up your second factor first."))
        return Caller(request.user)


class Anybody:
    """Lets everybody in."""

    openapi_security_schema: ClassVar[dict[str, str]] = {}

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def __call__(self, request: HttpRequest) -> Caller:
        """Return nobody in particular."""
        return self.caller


BROWSER = Session()
OPEN: list[Any] = [BearerToken(), Session(later=True), Anybody(Caller())]
"""For what is public, and more of it for those who may see more."""
KNOWN: list[Any] = [BearerToken(), BROWSER]
"""For what needs somebody."""
PUBLIC: list[Any] = [Anybody(Caller(for_all=True, unasked=True))]
"""For open data and all that is the same for everybody: nobody is asked who they are."""


def reader(request: HttpRequest) -> Person | None:
    """Return whose eyes a request sees with; a token that is not for reading sees what anybody does."""
    caller: Caller = request.auth
    if caller.token is not None:
        return caller.person if caller.token.allows(Scope.READ) else None
    if caller.person is None:
        request.auth = BROWSER.signed_in(request) or caller._replace(for_all=False)
    return request.auth.person


def seen(request: HttpRequest, find: Callable[[Person | None], Found]) -> Found:
    """Return what anybody finds, without asking a browser who it is; where that is nothing, what this caller finds."""
    caller: Caller = request.auth
    if caller.person is None:
        with suppress(NotFound):
            found = find(None)
            request.auth = caller._replace(for_all=True)
            return found
    return find(reader(request))


def known(request: HttpRequest) -> Person:
    """Return who asks, by any token or in a browser; raises Refusal."""
    caller: Caller = request.auth
    if caller.person is None:
        raise challenge(_("A token or a signed-in person is needed."))
    return caller.person


def somebody(request: HttpRequest, scope: Scope) -> Person:
    """Return who asks, by a token for this use or in a browser; raises Refusal."""
    caller, person = request.auth, known(request)
    if caller.token is not None and not caller.token.allows(scope):
        raise Refusal("not-yours", _("This token was not issued for %(scope)s.") % {"scope": scope})
    return person
