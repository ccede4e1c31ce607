"""A browser without script in which somebody of the cast has signed in."""

from __future__ import annotations

import re
from html import unescape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import world

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Browser:
    """Somebody at work, in a language."""

    def __init__(self, name: str, language: str = "en") -> None:
        self.root = f"/{language}/workspace/"
        self.client = Client(headers={"accept-encoding": ""})
        self.client.force_login(world.somebody(name), backend=BACKEND)

    def get(self, address: str = "", **query):
        """Open a page below the workspace."""
        return self.client.get(f"{self.root}{address}", query)

    def post(self, address: str, said: dict | None = None, *, follow: bool = True):
        """Send a form."""
        return self.client.post(f"{self.root}{address}", said or {}, follow=follow)

    def text(self, address: str = "", **query) -> str:
        """Return what is read on a page."""
        return words(self.get(address, **query))


def words(answer) -> str:
    """Return the words of a page, without what marks them up."""
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", re.sub("[\u2060\u2066-\u2069]", "", unescape(plain)))


def file_of(content: str | bytes, name: str = "visits.csv") -> SimpleUploadedFile:
    """Return a file as a form sends it."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
