"""What anybody may read: standards, entities, services and channels, by the page and only when it has changed."""

import pytest

from marsad.standards import names
from tests.api.build import PROBLEM, Api
from tests.world import LAND, PORT


def codes(answer) -> list[str]:
    return [item["code"] for item in answer.json()["items"]]


def test_the_standards_are_listed_and_one_is_shown_with_its_tree(db):
    answer = Api().get("/standards")
    assert [one["name"] for one in answer.json()["items"]] == names()
    for name in names():
        standard = Api().get(f"/standards/{name}").json()
        parents = {part["code"]: part["parent"] for part in standard["tree"]}
        assert [code for code, parent in parents.items() if parent is None] == [standard["tree"][0]["code"]]
        assert {parent for parent in parents.values() if parent} <= set(parents)
        leaves = sum(part["share"] for part in standard["tree"] if part["is_indicator"])
        assert leaves == pytest.approx(1, abs=1e-9)


def test_the_card_of_a_standard_is_text_in_either_language(db):
    arabic, english = (Api().get(f"/standards/{names()[0]}/card?language={language}") for language in ("ar", "en"))
    assert arabic["Content-Type"] == english["Content-Type"] == "text/plain; charset=utf-8"
    assert arabic.content != english.content
    assert "المصادر" in arabic.content.decode()


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fpyproject", "small.toml", "%00", "tests/standards/small.toml"])
def test_a_standard_is_never_read_from_a_file_that_a_request_names(db, name):
    assert Api().get(f"/standards/{name}").status_code == 404


def test_channels_are_found_by_words_kind_entity_region_hours_and_place(country):
    asks = {
        "": ["harbour-app", "land-centre", "harbour-centre"],
        "?q=ميناء": ["harbour-app", "harbour-centre"],
        "?q=harbor+centre": ["harbour-centre"],
        "?kind=app": ["harbour-app"],
        f"?entity={LAND}": ["land-centre"],
        "?region=north&kind=service-centre": ["harbour-centre"],
        "?open_at=2027-01-04T09:00:00%2B04:00": ["harbour-centre"],
        "?open_at=2027-01-04T15:00:00%2B04:00": [],
        "?near=24.5,54.4": ["land-centre", "harbour-centre"],
        "?near=24.5,54.4&within_km=20": ["land-centre"],
        f"?near=24.5,54.4&entity={PORT}": ["harbour-centre"],
        "?kind=nothing": [],
    }
    assert {ask: codes(Api().get(f"/channels{ask}")) for ask in asks} == asks


def test_a_distance_is_said_where_it_was_asked_for(country):
    [land, harbour] = Api().get("/channels?near=24.45,54.38").json()["items"]
    assert land["distance_km"] == 0
    assert harbour["distance_km"] == pytest.approx(128.5, abs=1)
    assert Api().get("/channels").json()["items"][0]["distance_km"] is None


def test_entities_and_services_are_found(country):
    assert codes(Api().get("/entities")) == [LAND, PORT]
    assert codes(Api().get("/entities?q=ports")) == [PORT]
    assert codes(Api().get(f"/services?entity={PORT}")) == ["berth"]
    assert Api().get("/services/deed").json()["entity"] == LAND
    assert codes(Api().get("/regions")) == ["north"]
    assert "call-centre" in codes(Api().get("/kinds"))


def test_a_channel_says_all_that_its_card_says(country):
    channel = Api().get("/channels/harbour-centre").json()
    assert channel["services"] == ["berth"]
    assert channel["hours"] == "mon-fri 08:00-14:00"
    assert channel["name_ar"] == "مركز خدمة الميناء"


def test_a_list_is_walked_by_its_links(country):
    seen, path = [], "/channels?limit=1&kind=service-centre"
    while path:
        answer = Api().get(path)
        seen += codes(answer)
        path = (answer.json()["next"] or "").removeprefix("/api/v1")
    assert seen == ["land-centre", "harbour-centre"]
    assert Api().get("/channels?limit=2")["Link"] == (
        '</api/v1/channels?limit=2&page=1>; rel="first", </api/v1/channels?limit=2&page=2>; rel="next", '
        '</api/v1/channels?limit=2&page=2>; rel="last"'
    )
    assert Api().get("/channels?limit=2&page=99999").json() == {"items": [], "count": 3, "next": None}


def test_what_has_not_changed_is_not_sent_again(country):
    first = Api().get("/channels/harbour-app")
    again = Api().get("/channels/harbour-app", if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert not first["ETag"].startswith("W/")
    assert Api().get("/channels/harbour-app", if_none_match='"other"').status_code == 200
    assert Api().get("/channels/land-centre")["ETag"] != first["ETag"]


def test_head_says_what_get_would_without_the_body(country):
    get, head = Api().get("/channels"), Api().ask("HEAD", "/channels")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", get["ETag"])
    assert head["Content-Length"] == str(len(get.content))


def test_no_answer_sets_a_cookie(country):
    for path in ("/channels", "/standards", "/nothing", "/openapi.json"):
        assert not Api().get(path).cookies


@pytest.mark.parametrize(
    ("path", "field", "sentence"),
    [
        ("/channels?limit=0", "limit", "limit: It is below 1."),
        ("/channels?limit=x", "limit", "limit: It is no whole number."),
        ("/channels?page=1000000", "page", "page: It is above 100000."),
        ("/channels?kind=App", "kind", "kind: It does not match ^[a-z0-9]+(-[a-z0-9]+)*$."),
        ("/channels?kind=%00", "kind", "kind: It does not match ^[a-z0-9]+(-[a-z0-9]+)*$."),
        ("/channels?near=here", "near", "near: It is no point on earth; write a latitude and a longitude, as in 25.2,55.3."),
        ("/channels?near=nan,1", "near", "near: It is no point on earth; write a latitude and a longitude, as in 25.2,55.3."),
        ("/channels?within_km=3", "near", "near: within_km needs near: write a latitude and a longitude, as in 25.2,55.3."),
        ("/channels?within_km=inf&near=1,1", "within_km", "within_km: It is no number."),
        (
            "/channels?open_at=2027-01-04T09:00:00",
            "open_at",
            "open_at: It is no time with its zone, such as 2026-11-21T09:30:00+04:00.",
        ),
        ("/channels?open_at=0001-01-01T00:00:00Z", "open_at", None),
        ("/standards/msr-1/card?language=fr", "language", "language: It is none of 'ar' or 'en'."),
    ],
)
def test_a_wrong_question_is_refused_with_its_field_and_one_sentence(db, path, field, sentence):
    answer = Api().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    [error] = answer.json()["errors"]
    assert (error["place"], error["field"]) == ("query", field)
    assert answer.json()["detail"] == sentence or sentence is None


@pytest.mark.parametrize("path", ["/nothing", "/channels/nothing", "/channels/%00", "/channels/a/b", "/entities/nothing", "/"])
def test_what_is_not_there_is_a_problem_too(country, path):
    answer = Api().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert answer.json()["type"] == "urn:marsad:problem:not-found"


def test_a_method_that_is_not_taken_is_refused_with_those_that_are(country):
    answer = Api().ask("DELETE", "/channels")
    assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)
    assert "GET" in answer["Allow"]


def test_refusals_are_said_in_the_language_asked_for(country):
    arabic = Api(language="ar").get("/channels?limit=0").json()
    assert arabic["detail"] != Api().get("/channels?limit=0").json()["detail"]
