"""What every request meets: how often it may ask, what happens when something breaks, and how far a token reaches."""

import json

import pytest
from django.utils import timezone

from marsad.accounts.models import Scope
from marsad.accounts.tokens import person_for_token
from marsad.api import standards, throttle
from marsad.api.models import Machine
from marsad.core.lifecycle import Role
from tests import world
from tests.api.build import PROBLEM, Api, integrator, token_of
from tests.world import LAND, PORT


@pytest.fixture
def few(monkeypatch):
    """Allow two requests a minute."""
    monkeypatch.setattr(throttle, "PER_MINUTE", {"guest": 2, "known": 3, "write": 1, "failed": 2})


def statuses(api, times, path="/standards", **headers):
    return [api.get(path, **headers).status_code for _time in range(times)]


def test_guests_are_counted_by_their_address_and_told_when_to_come_back(db, few):
    assert statuses(Api(), 3) == [200, 200, 429]
    answer = Api().get("/standards")
    assert (answer["Content-Type"], answer.json()["type"]) == (PROBLEM, "urn:marsad:problem:too-many")
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_an_address_that_a_guest_only_claims_is_not_believed(db, few):
    assert [Api().get("/standards", x_forwarded_for=f"10.0.0.{number}").status_code for number in range(3)] == [200, 200, 429]


def test_every_token_has_its_own_count(cast, few):
    first, second = Api(token_of(integrator())), Api(token_of(integrator()))
    assert statuses(first, 4, "/channels") == [200, 200, 200, 429]
    assert statuses(second, 1, "/channels") == [200]


def test_writes_are_counted_more_strictly(cast, few):
    api = Api(token_of(integrator()))
    assert [api.ask("PUT", "/channels/x", {}).status_code for _time in range(2)] == [422, 429]
    assert statuses(api, 1, "/channels") == [200]


def test_whoever_tries_tokens_is_stopped(cast, few):
    assert statuses(Api("marsad_guess_guess"), 3, "/channels") == [401, 401, 429]


def test_the_count_begins_anew_every_minute(db, few, monkeypatch):
    clock = [1_000_000.0]
    monkeypatch.setattr(throttle.time, "time", lambda: clock[0])
    assert statuses(Api(), 3) == [200, 200, 429]
    clock[0] += 60
    assert statuses(Api(), 1) == [200]


def test_what_nobody_foresaw_is_a_problem_without_details(db, monkeypatch, caplog):
    def break_down(name):
        raise RuntimeError("the password is 12345")

    monkeypatch.setattr(standards, "in_full", break_down)
    answer = Api().get("/standards/msr-1")
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert "12345" not in answer.content.decode()
    assert "12345" in caplog.text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "bearer marsad_x_y", "Bearer \xff"])
def test_an_authorization_that_is_no_good_is_refused_and_never_taken_for_nobody(db, header):
    answer = Api().get("/channels", authorization=header)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="marsad"')


def test_a_problem_has_the_parts_that_rfc_9457_names(db):
    problem = json.loads(Api().get("/channels?limit=0").content)
    assert list(problem) == ["type", "title", "status", "detail", "errors"]
    assert (problem["status"], problem["title"]) == (422, "The request is understood and not accepted")


def machine(person, entity_code):
    bearer = person_for_token(token_of(person, Scope.READ, entity_code=entity_code), timezone.now())
    return Machine.speaking(bearer)


def test_a_token_of_an_entity_takes_its_persons_rights_no_further_than_that_entity(cast):
    both = world.somebody("both", roles=[(Role.CHAMPION, PORT), (Role.CHAMPION, LAND), (Role.AUDITOR, "")])
    speaking = machine(both, PORT)
    assert speaking.roles_in(PORT) == {Role.CHAMPION, Role.AUDITOR}
    assert speaking.roles_in(LAND) == speaking.roles_in("") == frozenset()
    assert speaking.roles() == {Role.CHAMPION}
    assert speaking.entities() == {PORT}
    assert speaking.has(Role.CHAMPION, PORT)
    assert not speaking.has(Role.CHAMPION, LAND)
    assert not speaking.has(Role.AUDITOR)
    everything = machine(cast.aisha, "")
    assert (everything.roles(), everything.has(Role.PROGRAMME)) == ({Role.PROGRAMME}, True)
