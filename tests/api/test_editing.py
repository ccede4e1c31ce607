"""A draft is edited by the API as by the command line: what is left out stays, and an open cycle is left alone."""

from dataclasses import replace

import pytest

from marsad.ratings.models import Cycle
from tests.api.build import Api, token_of
from tests.ratings import build

CYCLE = f"/cycles/{build.CODE}"


@pytest.fixture
def programme(nation, settings):
    """The API as the programme's own tool asks it, where no second factor is asked for."""
    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    return Api(token_of(nation.aisha, entity_code=""))


def test_a_draft_is_edited(programme, tmp_path):
    build.announced(tmp_path)
    said = {"title_en": "The spring cycle", "opens_on": None, "names": {"app": 1}}
    answer = programme.ask("PATCH", CYCLE, said)
    assert answer.status_code == 200, answer.content
    assert answer.json()["title"] == {"ar": "الدورة الأولى", "en": "The spring cycle"}
    assert answer.json()["opens_on"] is None
    assert answer.json()["names"] == {"app": 1, "service-centre": 2}
    assert Cycle.objects.get().seed == 7


def test_what_cannot_be_is_refused_and_nothing_changes(programme, tmp_path):
    cycle = build.announced(tmp_path)
    before = Cycle.objects.values().get()
    assert programme.ask("PATCH", CYCLE, {"standard": "no-such"}).status_code == 422
    assert programme.ask("PATCH", CYCLE, {"title_en": " "}).status_code == 422
    assert programme.ask("PATCH", CYCLE, {"closes_on": "2025-01-01"}).status_code in (409, 422)
    assert Cycle.objects.values().get() == before
    build.moved(cycle, "open")
    assert programme.ask("PATCH", CYCLE, {"title_en": "Too late"}).status_code == 409
