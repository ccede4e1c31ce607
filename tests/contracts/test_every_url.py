"""Every address × everybody × their own and another entity × every state: what each gets stands in one table.

An address or an operation that the table (`pages.py`, `operations.py`) does not know fails the test: whoever adds one says there
who may do what with it.
"""

import json
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils.translation import override

from marsad.api.door import api
from marsad.public import drawings
from tests.contracts.country import inhabited, session_of, settled
from tests.contracts.operations import API_ROWS
from tests.contracts.pages import PAGES
from tests.contracts.rows import FORM, Row

TABLE = [*PAGES, *API_ROWS]


def routes(resolver=None, before="") -> set[str]:
    """Return the route of every address the server knows."""
    found = set()
    for part in (resolver or get_resolver()).url_patterns:
        route = before + str(part.pattern)
        found |= routes(part, route) if isinstance(part, URLResolver) else {route.replace("^", "")}
    return found


def route_of(address: str) -> str:
    """Return the route that an address takes."""
    with override("ar"):
        return resolve(address.partition("?")[0]).route.replace("^", "")


def test_every_address_is_in_the_table():
    with override("ar"):
        known = routes()
    assert known - {route_of(one.address) for one in TABLE} == set()


def test_every_operation_of_the_api_is_in_the_table():
    described = {(method.upper(), path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods}
    told = {(one.method, "/" + route_of(one.address).replace("<", "{").replace(">", "}")) for one in API_ROWS}
    assert described - told == set()


@pytest.fixture
def country(db, settings, tmp_path):
    """The country, for as long as a test."""
    settings.MARSAD = settled(settings.MARSAD, tmp_path)
    return inhabited(tmp_path)


@contextmanager
def undone():
    """Undo in the database what is done inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def walk(country, monkeypatch):
    """Return what walks to an address as somebody, signed in once and for all, and tells the status that they get.

    Reports are not set in type: it would take longer than all the rest, and whoever may have one gets it. Pages that are the
    same for all are drawn once, though what keeps them is undone.
    """
    monkeypatch.setattr("marsad.reports.printed.pdf", lambda document: b"%PDF-")
    keep, once = drawings.kept, {}

    def kept(publication, at, draw):
        once[at] = once.get(at) or keep(publication, at, draw)
        return once[at]

    monkeypatch.setattr(drawings, "kept", kept)
    people, codes = country
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    sessions = {name: session_of(person) for name, person in people.items()}

    def walked(one: Row, name: str) -> int:
        cache.clear()
        browser.cookies.clear()
        if name in sessions:
            browser.cookies[settings.SESSION_COOKIE_NAME] = sessions[name]
        with undone():
            return browser.generic(one.method, named(one.address, codes), **given(one)).status_code

    return walked


def named(address: str, codes: dict[str, str]) -> str:
    """Return an address with the codes of this country."""
    for name, code in codes.items():
        address = address.replace(name, code)
    return address


def given(one: Row) -> dict:
    """Return what a request brings."""
    if one.body is None:
        return {}
    if one.content_type == FORM:
        return {"data": urlencode(one.body), "content_type": FORM}
    return {"data": one.body if isinstance(one.body, bytes) else json.dumps(one.body), "content_type": one.content_type}


def test_everybody_gets_what_the_table_says(walk):
    wrong = []
    for one in TABLE:
        for name, expected in one.expected.items():
            got = walk(one, name)
            if got != expected:
                wrong.append(f"{one.method} {one.address}: {name} gets {got}, not {expected}")
    assert "\n".join(wrong) == ""


def test_whoever_needs_a_second_factor_gets_nowhere_without_one(walk, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=True)
    open_to_them = {"/health", "/worker.js", "/preferences/numerals/", "/ar/offline/", "/ar/accounts/menu/"}
    open_to_them |= {f"/ar/accounts/{page}/" for page in ("login", "logout", "inactive", "reauthenticate")}
    for one in TABLE:
        if one.address in open_to_them:
            continue
        for name in ("aisha", "huda", "rashid"):
            as_anybody = one.expected["anybody"] if one in API_ROWS else None
            assert walk(one, name) in (302, 403, as_anybody), (name, one)
