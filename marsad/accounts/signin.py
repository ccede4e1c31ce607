"""How people get in: what we ask of allauth and axes, and that some roles need a second factor.

The two libraries do the signing in; what they did is recorded here, by their own hooks.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from marsad.accounts.actions import record_sign_in
from marsad.accounts.models import NEEDS_SECOND_FACTOR, Person
from marsad.web.preferences import remember

OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {
        "mfa_activate_totp",
        "account_reauthenticate",
        "account_login",
        "account_logout",
        "account_inactive",
        "accounts_menu",
        "health",
        "numerals",
        "offline",
        "worker",
    }
)
"""Names of the pages on the way to a second factor."""
ANSWERS_ITSELF = "api"
"""The namespace that asks for second factors itself: it answers machines, to whom a page says nothing."""


class SignIn(DefaultAccountAdapter):
    """Sign-in by address and password, for those who were invited; every one of its steps is in the audit."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether somebody must prove again who they are; whoever has just signed in has done so."""
        return super().is_reauthentication_required(app=app, **more) and not proved_lately(self.request)

    def post_login(self, request: HttpRequest, user: Person, **more: Any) -> HttpResponse:
        """Send somebody on, with the language and digits they read in."""
        response: HttpResponse = super().post_login(request, user, **more)
        remember(response, language=user.language, numerals=user.numerals)
        return response

    def login(self, request: HttpRequest, user: Person) -> None:
        """Let somebody in who passed every step."""
        super().login(request, user)
        record_sign_in(verb="sign_in", person=user, at=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        """Let somebody out."""
        person = request.user
        super().logout(request)
        record_sign_in(verb="sign_out", person=person, at=timezone.now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a wrong password or an unknown address, and whether it led to a lock-out."""
        verb = "locked_out" if getattr(request, "axes_locked_out", False) else "sign_in_failed"
        record_sign_in(verb=verb, person=None, email=credentials.get("email") or "", at=timezone.now())

    def send_notification_mail(self, template_prefix: str, user: Person, *args: Any, **kwargs: Any) -> None:
        """Note what allauth tells people by mail: that their password or second factor changed."""
        record_sign_in(verb=template_prefix.rsplit("/", 1)[-1], person=user, at=timezone.now())
        super().send_notification_mail(template_prefix, user, *args, **kwargs)


class SecondFactor(DefaultMFAAdapter):
    """Codes from a telephone: their secrets are encrypted, and whoever needs them cannot switch them off."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept."""
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a second factor may go."""
        return not needs_second_factor(authenticator.user)


def proved_lately(request: HttpRequest) -> bool:
    """Whether whoever is signed in gave their password or code within the last minutes, at sign-in or since."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class RequireSecondFactor:
    """Sends people whose role needs a second factor to set it up, whatever page they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answer in place of the page, where the second factor is missing."""
        match = request.resolver_match
        if match and (match.url_name in OPEN_WITHOUT_SECOND_FACTOR or ANSWERS_ITSELF in match.namespaces):
            return None  # without a look at the session, so that open data can be kept by caches
        if not request.user.is_authenticated or has_second_factor(request.user) or not needs_second_factor(request.user):
            return None
        return redirect("mfa_activate_totp")


def needs_second_factor(person: Person) -> bool:
    """Whether somebody's roles ask for one, and the settings do not waive it."""
    return second_factor_is_required() and bool(person.roles() & NEEDS_SECOND_FACTOR)


def second_factor_is_required() -> bool:
    """Whether the settings ask for second factors at all."""
    required: bool = settings.MARSAD.require_mfa
    return required


def has_second_factor(person: Person) -> bool:
    """Whether somebody has set up the codes; recovery codes alone are none."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def cipher() -> MultiFernet:
    """Return what encrypts with the key made from the secret of today, and decrypts with those of before as well."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"marsad second factor\n" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the address that is signing in, for axes to count by."""
    given = credentials or {}
    return str(given.get("email") or given.get("username") or request.POST.get("login") or "").lower()


def client_address(request: HttpRequest) -> str | None:
    """Return the network address a request comes from, for axes to count by: the same that allauth counts by."""
    address: str | None = get_client_ip(request)
    return address
