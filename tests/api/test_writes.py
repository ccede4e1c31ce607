"""Writing channels by token: one, many, only what the token is for, and nothing by accident."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marsad.accounts.models import Action, Scope
from marsad.catalogue.models import Channel
from tests import world
from tests.api.build import PROBLEM, Api, integrator, token_of
from tests.world import LAND, PORT

CARD = {"name_ar": "مركز جديد", "name_en": "New Centre", "entity": PORT, "kind": "service-centre"}
HEADER = "code,name_ar,name_en,entity,kind\n"


@pytest.fixture
def machine(country):
    """The API as a machine of the Port Authority asks it."""
    return Api(token_of(integrator()))


def put(api, to="new-centre", *, without=(), **says):
    return api.ask("PUT", f"/channels/{to}", {name: said for name, said in (CARD | says).items() if name not in without})


def test_a_channel_is_added_then_changed_and_both_are_in_the_audit(machine):
    first = put(machine, latitude=25.0, longitude=55.0)
    assert (first.status_code, first.json()["latitude"]) == (201, 25.0)
    again = put(machine, name_en="Newer Centre")
    assert (again.status_code, again.json()["name_en"], again.json()["latitude"]) == (200, "Newer Centre", None)
    assert [entry.verb for entry in Action.objects.filter(kind="channel")] == ["add_channel", "change_channel"]
    assert Action.objects.filter(kind="channel").first().by.code == integrator().code


def test_the_answer_to_a_write_has_the_tag_that_reading_gives(machine):
    assert put(machine)["ETag"] == Api().get("/channels/new-centre")["ETag"]


def test_a_write_may_ask_that_nothing_changed_meanwhile(machine):
    tag = put(machine)["ETag"]
    body = CARD | {"name_en": "Other"}
    assert machine.ask("PUT", "/channels/new-centre", body, if_none_match="*").status_code == 412
    assert machine.ask("PUT", "/channels/new-centre", body, if_match='"stale"').status_code == 412
    assert machine.ask("PUT", "/channels/new-centre", body, if_match="stale").status_code == 412
    assert machine.ask("PUT", "/channels/new-centre", body, if_match=tag).status_code == 200
    assert machine.ask("PUT", "/channels/never-was", body, if_match="*").status_code == 412
    assert machine.ask("PUT", "/channels/never-was", body, if_none_match="*").status_code == 201


@pytest.mark.parametrize(
    ("says", "field", "sentence"),
    [
        ({"name_ar": "Centre"}, "/name_ar", "the text 'Centre' has no Arabic letters"),
        ({"kind": "tent"}, "/kind", "there is no kind 'tent'"),
        ({"hours": "always"}, "/hours", "not understood"),
        ({"latitude": 91, "longitude": 0}, "/latitude", "no latitude"),
        ({"latitude": "25"}, "/latitude", "It is no number."),
        ({"colour": "red"}, "/colour", "There is no such field."),
        ({"services": ["nothing"]}, "/services", "not the code of a service"),
        ({"services": [1]}, "/services/0", "It is no text."),
        ({"partner_run": "yes"}, "/partner_run", "It is neither true nor false."),
        ({"active_from": "soon"}, "/active_from", "It is no day"),
        ({"code": "other"}, "/code", "not the code in the address"),
        ({"name_en": "A\0B"}, "", "the number 0"),
        ({"name_en": "x" * 301}, "/name_en", "301 characters"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_wrong(machine, says, field, sentence):
    answer = put(machine, **says)
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    [error] = answer.json()["errors"]
    assert (error["place"], error["field"]) == ("body", field)
    assert sentence.removeprefix("the text ") in error["detail"]
    assert not Channel.objects.filter(code="new-centre").exists()


def test_all_that_is_wrong_is_said_at_once(machine):
    answer = put(machine, name_ar="", kind="tent", without=["name_en"])
    assert [error["field"] for error in answer.json()["errors"]] == ["/name_en"]
    answer = put(machine, name_ar="", kind="tent")
    assert [error["field"] for error in answer.json()["errors"]] == ["/name_ar", "/kind"]
    assert answer.json()["detail"] == "2 things are wrong, see errors."


@pytest.mark.parametrize(
    "body",
    [b" ", b"{", b"[]x", b'{"a":1,"a":2}', b'{"latitude":NaN}', b"\xff", b"[" * 100_000, b'{"name_en":"\\ud800"}', b"1" * 5000],
)
def test_what_is_no_json_is_refused(machine, body):
    answer = machine.ask("PUT", "/channels/new-centre", body)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


@pytest.mark.parametrize("code", ["New", "a_b", "%00", "x" * 81, "-a"])
def test_a_code_is_a_code(machine, code):
    assert put(machine, code).status_code == 422


def test_a_body_of_another_type_or_size_is_refused(machine):
    for content_type in ("text/plain", "application/xml", "application/json; charset=utf-16", ""):
        answer = machine.ask("PUT", "/channels/new-centre", b"{}", content_type=content_type)
        assert (answer.status_code, answer["Accept"]) == (415, "application/json")
    assert machine.ask("PUT", "/channels/new-centre", b"{}", content_encoding="gzip").status_code == 415
    assert machine.ask("PUT", "/channels/new-centre", b" " * (1 << 20) + b"{}").status_code == 413


def test_nobody_writes_without_a_token_for_it(country):
    nobody = put(Api())
    assert (nobody.status_code, nobody["WWW-Authenticate"]) == (401, 'Bearer realm="marsad"')
    assert put(Api("marsad_x_y")).status_code == 401
    reading = put(Api(token_of(integrator(), Scope.READ)))
    assert (reading.status_code, reading.json()["detail"]) == (403, "This token was not issued for channels:write.")


def test_a_token_writes_in_its_own_entity_alone_even_where_its_person_may_more(country):
    everywhere = world.aisha()
    ours, theirs = (Api(token_of(everywhere, entity_code=place)) for place in (PORT, LAND))
    assert put(ours).status_code == 201
    assert put(theirs).status_code == 403
    assert put(theirs, entity=LAND).status_code == 403, "it is the port's: it cannot be taken away"
    assert put(ours, entity=LAND).status_code == 403, "it cannot be given away"
    assert put(theirs, "their-centre", entity=LAND).status_code == 201
    assert put(Api(token_of(everywhere, entity_code="")), entity=LAND).status_code == 200


def test_a_channel_to_come_of_another_entity_is_not_shown_nor_overwritten(country):
    begins = str(timezone.localdate() + timedelta(days=30))
    ours, theirs = Api(token_of(integrator())), Api(token_of(integrator(LAND), entity_code=LAND))
    assert put(theirs, "secret-plan", entity=LAND, active_from=begins).status_code == 201
    assert theirs.get("/channels/secret-plan").status_code == 200
    for stranger in (ours, Api()):
        assert stranger.get("/channels/secret-plan").status_code == 404
        assert stranger.get("/channels").json()["count"] == 3
    assert put(ours, "secret-plan").status_code == 409


def test_a_token_that_is_not_for_reading_sees_what_anybody_sees(country):
    begins = str(timezone.localdate() + timedelta(days=30))
    writing = Api(token_of(integrator(), Scope.CHANNELS_WRITE))
    assert put(writing, active_from=begins).status_code == 201
    assert writing.get("/channels/new-centre").status_code == 404
    assert Api(token_of(integrator(), Scope.READ)).get("/channels/new-centre").status_code == 200


def csv(api, text, **headers):
    return api.ask("POST", "/channels", text if isinstance(text, bytes) else text.encode(), content_type="text/csv", **headers)


def test_many_channels_come_in_by_csv_and_the_answer_says_what_changed(machine):
    line = f"new-centre,مركز,Centre,{PORT},service-centre\n"
    assert csv(machine, HEADER + line).json() == {"added": ["new-centre"], "changed": [], "unchanged": 0}
    assert csv(machine, HEADER + line).json() == {"added": [], "changed": [], "unchanged": 1}
    assert csv(machine, "code,name_ar,name_en,entity,kind,hours\n" + line.strip() + ",24/7\n").json()["changed"] == ["new-centre"]


def test_a_csv_with_a_mistake_changes_nothing_and_names_line_and_column(machine):
    text = HEADER + f"one,مركز,One,{PORT},app\ntwo,,Two,{PORT},tent\n"
    answer = csv(machine, text)
    assert answer.status_code == 422
    assert [(error["line"], error["field"]) for error in answer.json()["errors"]] == [(3, "name_ar"), (3, "kind")]
    assert "marsad-upload" not in answer.content.decode()
    assert not Channel.objects.filter(code="one").exists()


def test_a_csv_with_a_line_of_another_entity_is_refused_whole(machine):
    text = HEADER + f"one,مركز,One,{PORT},app\nland-centre,مركز,Mine,{PORT},app\n"
    assert csv(machine, text).status_code == 403
    assert not Channel.objects.filter(code="one").exists()


@pytest.mark.parametrize("body", [b"PK\x03\x04....", b"%PDF-1.7", b"\x1f\x8b..", b"<html>", b'{"a":1}', b"a,b\0c\n", b"PAR1"])
def test_what_only_says_it_is_csv_is_refused(machine, body):
    assert csv(machine, body).status_code == 415


def test_an_empty_csv_and_one_in_another_coding_are_refused(machine):
    assert csv(machine, "code,name_ar\né,x\n".encode("latin-1")).status_code == 422
    assert csv(machine, "\n").status_code == 422


def test_a_person_in_a_browser_writes_only_with_djangos_csrf_token(country):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    browser.force_login(world.omar(), backend="allauth.account.auth_backends.AuthenticationBackend")
    path = "/api/v1/channels/new-centre"
    assert browser.get("/api/v1/channels").status_code == 200
    refused = browser.put(path, CARD, content_type="application/json")
    assert (refused.status_code, refused.json()["detail"]) == (403, "The header X-CSRFToken is missing or wrong.")
    secret = "a" * 32
    browser.cookies["csrftoken"] = secret
    assert browser.put(path, CARD, content_type="application/json", headers={"x-csrftoken": secret}).status_code == 201
