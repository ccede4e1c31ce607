"""A client of the API, tokens for it, and a small country to ask about."""

from __future__ import annotations

import json
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from marsad.accounts import actions
from marsad.accounts.models import Person, Scope
from marsad.catalogue.cards import ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.catalogue.merge import tidied
from marsad.catalogue.write import put
from marsad.core.lifecycle import Role
from tests import world
from tests.world import LAND, PORT

ROOT = "/api/v1"
PROBLEM = "application/problem+json"
ORDINARY = [scope for scope in Scope if scope != Scope.CYCLES_APPROVE]
"""What a token of anybody may be for; to approve is for the council's."""


def country() -> None:
    """Put the entities of the world, a region, two services and three channels into the catalogue."""
    put("region", [RegionCard(code="north", name_ar="المنطقة الشمالية", name_en="Northern Region")])
    put(
        "entity",
        [
            EntityCard(code=PORT, name_ar="هيئة الموانئ", name_en="Port Authority"),
            EntityCard(code=LAND, name_ar="دائرة الأراضي", name_en="Land Department"),
        ],
    )
    services = [("berth", "حجز رصيف", "Book a Berth", PORT), ("deed", "سند ملكية", "Title Deed", LAND)]
    put("service", [ServiceCard(code=code, name_ar=ar, name_en=en, entity=entity) for code, ar, en, entity in services])
    put("channel", [tidied(card) for card in channels()])


def channels() -> list[ChannelCard]:
    """Return the cards of three channels."""
    port = {"entity": PORT, "region": "north", "services": ("berth",)}
    return [
        ChannelCard(
            code="harbour-centre",
            name_ar="مركز خدمة الميناء",
            name_en="Harbour Service Centre",
            kind="service-centre",
            place_ar="رصيف ١",
            place_en="Quay 1",
            latitude=25.26,
            longitude=55.29,
            hours="mon-fri 08:00-14:00",
            time_zone="Asia/Dubai",
            **port,
        ),
        ChannelCard(code="harbour-app", name_ar="تطبيق الميناء", name_en="Harbour App", kind="app", **port),
        ChannelCard(
            code="land-centre",
            name_ar="مركز الأراضي",
            name_en="Land Centre",
            kind="service-centre",
            entity=LAND,
            latitude=24.45,
            longitude=54.38,
        ),
    ]


def token_of(person: Person, *scopes: Scope, entity_code: str = PORT) -> str:
    """Return the secret of a token issued to somebody."""
    now = timezone.now()
    _token, secret = actions.issue_token(
        by=person, person=person, name="test", scopes=scopes or ORDINARY, entity_code=entity_code,
        expires=now + timedelta(days=1), at=now,
    )  # fmt: skip
    return secret


def integrator(entity_code: str = PORT) -> Person:
    """Return a machine's person in an entity."""
    return world.somebody(f"machine{entity_code[:4]}", roles=[(Role.INTEGRATOR, entity_code)])


class Api:
    """Asks the API, as a bearer of a token or as nobody, in English unless said."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"accept-language": language} | ({"authorization": f"Bearer {token}"} if token else {})

    def ask(self, method: str, path: str, body=None, *, content_type: str = "application/json", **headers: str):
        """Return the answer to a request; what is no bytes is sent as JSON."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"content_type": content_type} if body is not None else {}
        return self.client.generic(method, ROOT + path, data, headers=self.headers | given, **kind)

    def get(self, path: str, **headers: str):
        """Return the answer to GET."""
        return self.ask("GET", path, **headers)
