"""What is the same for everybody can be kept by caches: no cookie is asked for or set, and each answer has its tag."""

from dataclasses import replace

import pytest
from django.test import Client

from tests import world
from tests.api.build import ROOT, Api, token_of
from tests.ratings import build

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def publication(nation, tmp_path):
    """A published cycle."""
    return build.published(build.opened(tmp_path))


def browser(person) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend=BACKEND)
    return client


def test_what_is_the_same_for_all_asks_for_no_cookie_and_sets_none(publication):
    shared = [
        "/standards", "/regions", "/entities", "/open", "/open/channels.csv", "/publications", "/channels/centre-00",
        f"/publications/{publication.code}", f"/publications/{publication.code}/bundle.zip",
        f"/open/publications/{publication.code}/ratings.csv", f"/cycles/{build.CODE}",
        f"/cycles/{build.CODE}/ratings", f"/cycles/{build.CODE}/ratings/centre-00",
    ]  # fmt: skip
    for client in (Client(), browser(world.aisha())):
        for path in shared:
            answer = client.get(ROOT + path)
            assert answer.status_code == 200, path
            assert "Cookie" not in answer.get("Vary", ""), path
            assert not answer.cookies, path
            assert answer["ETag"], path
            assert answer["Cache-Control"] == "public, max-age=60", path


def test_what_differs_by_who_asks_says_so(nation, tmp_path):
    build.rated(build.opened(tmp_path))
    path = f"/cycles/{build.CODE}/ratings"
    answer = browser(world.omar()).get(ROOT + path)
    assert answer.json()["count"] > 0
    assert "Cookie" in answer["Vary"]
    assert answer["Cache-Control"] == "private, no-cache"
    nobody = Client().get(ROOT + path)
    assert nobody.json()["count"] == 0
    assert "Cookie" in nobody["Vary"]
    assert nobody["Cache-Control"] == "no-cache"
    assert "Authorization" in Api(token_of(world.omar())).get(path)["Vary"]


def test_a_token_sees_a_published_cycle_in_full_and_a_browser_as_everybody_does(publication):
    path = f"/cycles/{build.CODE}/ratings?limit=200"
    assert browser(world.aisha()).get(ROOT + path).json() == Api().get(path).json()
    mine = Api(token_of(world.aisha(), entity_code="")).get(path)
    assert mine["Cache-Control"] == "private, no-cache"


def test_a_missing_second_factor_is_a_problem_and_never_a_page(publication, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=True)
    client = browser(world.aisha())
    assert client.get(f"{ROOT}/open/channels.csv").status_code == 200
    assert client.get(f"{ROOT}/cycles/{build.CODE}/ratings").status_code == 200
    refused = client.get(f"{ROOT}/subscriptions")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert refused.json()["detail"] == "Set up your second factor first."
