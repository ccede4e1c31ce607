"""Somebody before a browser: a session, its cookies, and the way in by password and second factor."""

from __future__ import annotations

import json
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.config.serving import Served

LOGIN, SECOND = "/en/accounts/login/", "/en/accounts/2fa/authenticate/"


class Browser:
    """A browser before a running server, signed in as somebody."""

    def __init__(self, served: Served, email: str, password: str, secret: str) -> None:
        self.at, self.jar = f"http://127.0.0.1:{served.port}", CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))
        assert "password" in self.send(LOGIN)
        assert "code" in self.send(LOGIN, urlencode({"login": email, "password": password}).encode())
        self.send(SECOND, urlencode({"code": code_of(secret)}).encode())

    def send(self, path: str, body: bytes | None = None, **headers: str) -> str:
        """Return the page that an address leads to."""
        request = Request(self.at + path, body, {"Referer": self.at, "X-CSRFToken": self.token, **headers})
        with self.opener.open(request, timeout=30) as answer:
            page: str = answer.read().decode()
        return page

    def post(self, path: str, said: Any) -> Any:
        """Return the answer of the interface to something said in JSON."""
        return json.loads(self.send(path, json.dumps(said).encode(), **{"Content-Type": "application/json"}))

    @property
    def token(self) -> str:
        """Return what shows that a form comes from a page of the server's own; nothing before the first page."""
        return next((cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken"), "")


def code_of(secret: str) -> str:
    """Return the six digits that an app shows now."""
    from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time

    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"
