"""Cycles, ratings and publications: everybody sees what is published, an entity its own before, and nobody more."""

import io
import json
import zipfile

import pyarrow.parquet as pq
import pytest

from marsad.api.work import perform
from marsad.ledger import public_key, public_keys, verify
from marsad.ratings import robustness
from marsad.ratings.reviewing import open_review
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.ratings import build
from tests.world import LAND, PORT

RATINGS = f"/cycles/{build.CODE}/ratings"


def seen(answer) -> set[str]:
    return {item["entity"] for item in answer.json()["items"]}


@pytest.fixture
def opened(nation, tmp_path):
    """An open cycle with evidence, rated."""
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    return cycle


@pytest.fixture
def publication(nation, tmp_path):
    """A published cycle."""
    return build.published(build.opened(tmp_path))


def test_drafts_are_shown_to_nobody_outside(nation, tmp_path):
    build.announced(tmp_path)
    assert Api().get("/cycles").json()["count"] == 0
    assert Api().get(f"/cycles/{build.CODE}").status_code == 404
    assert Api(token_of(world.aisha(), entity_code="")).get(f"/cycles/{build.CODE}").json()["state"] == "draft"


def test_provisional_ratings_are_seen_by_the_entity_itself_alone(opened):
    assert Api().get(RATINGS).json()["count"] == 0
    own = Api(token_of(world.omar())).get(RATINGS)
    assert seen(own) == {PORT}
    assert {item["provisional"] for item in own.json()["items"]} == {True}
    assert seen(Api(token_of(world.salem(), entity_code=LAND)).get(RATINGS)) == {LAND}
    assert seen(Api(token_of(world.aisha(), entity_code="")).get(RATINGS)) == {PORT, LAND}
    assert Api(token_of(integrator())).get(RATINGS).json()["count"] == 0


def test_a_token_of_one_entity_shows_no_more_than_that_entity_whosever_it_is(opened):
    assert seen(Api(token_of(world.aisha(), entity_code=PORT)).get(RATINGS)) <= {PORT}


def test_one_provisional_rating_is_there_for_its_entity_and_for_nobody_else(opened):
    assert Api(token_of(world.omar())).get(f"{RATINGS}/centre-00").json()["provisional"] is True
    for api in (Api(), Api(token_of(world.salem(), entity_code=LAND))):
        refused, unknown = api.get(f"{RATINGS}/centre-00"), api.get(f"{RATINGS}/nothing")
        assert (refused.status_code, refused.content) == (404, unknown.content)


def test_published_ratings_are_for_everybody(publication):
    answer = Api().get(f"{RATINGS}?limit=200").json()
    assert answer["count"] == 25
    assert not any(item["provisional"] for item in answer["items"])
    assert {item["league"] for item in answer["items"]} == {"service-centre", "app"}
    assert [item["rank"] for item in answer["items"] if item["league"] == "app"] == sorted(
        item["rank"] for item in answer["items"] if item["league"] == "app"
    )
    assert Api().get(f"{RATINGS}?kind=app&entity={PORT}").json()["count"] == len(
        [item for item in answer["items"] if item["league"] == "app" and item["entity"] == PORT]
    )


def test_a_published_rating_says_its_interval_its_chances_and_every_node(publication):
    rating = Api().get(f"{RATINGS}/centre-04").json()
    assert (rating["star"], rating["limits"]) == (2, ["breach-cap"])
    assert rating["low"] <= rating["score"] <= rating["high"]
    assert sum(rating["p_star"].values()) == pytest.approx(1)
    assert {node["node"] for node in rating["nodes"]} == {"overall", "voice", "visit", "happy", "clear", "queue"}


def test_publications_are_a_chain_with_bundles_that_verify(publication, home, tmp_path):
    [listed] = Api().get("/publications").json()["items"]
    assert listed == Api().get(f"/publications/{publication.code}").json()
    assert (listed["number"], listed["previous"], listed["fingerprint"]) == (1, None, publication.fingerprint)
    assert Api().get(f"/cycles/{build.CODE}").json()["publication"] == publication.code
    answer = Api().get(listed["bundle"].removeprefix("/api/v1"))
    bundle, key = tmp_path / "bundle.zip", tmp_path / "public.pem"
    bundle.write_bytes(answer.getvalue())
    key.write_bytes(public_key(home / "keys" / "signing.pem"))
    report = verify(bundle, public_keys(key))
    assert report.holds, report.broken
    assert report.fingerprint == publication.fingerprint
    assert Api().get(f"/publications/{publication.code}/bundle.zip", if_none_match=answer["ETag"]).status_code == 304


def test_open_data_of_a_publication_are_the_bytes_that_were_signed(publication):
    bundle = zipfile.ZipFile(io.BytesIO(Api().get(f"/publications/{publication.code}/bundle.zip").getvalue()))
    assert Api().get(f"/publications/{publication.code}/decision").content == bundle.read("decision.json")
    for table in ("ratings", "nodes"):
        path = f"/open/publications/{publication.code}/{table}"
        raw = Api().get(f"{path}.csv").getvalue()
        assert raw == bundle.read(f"{table}.csv")
        said = json.loads(Api().get(f"{path}.json").getvalue())
        parquet = pq.read_table(io.BytesIO(Api().get(f"{path}.parquet").getvalue())).to_pylist()
        assert said == parquet
        assert len(said) == raw.count(b"\n") - 1
        for form in ("csv", "json", "parquet"):
            tag = Api().get(f"{path}.{form}")["ETag"]
            assert Api().get(f"{path}.{form}", if_none_match=tag).status_code == 304


def test_a_publication_that_is_not_there_is_not_found(publication):
    for path in ("/publications/nothing", "/publications/1", "/publications/%00/bundle.zip", "/open/publications/1/ratings.csv"):
        assert Api().get(path).status_code == 404


def test_the_auditors_bundle_is_for_those_who_check_and_verifies_under_the_same_fingerprint(publication, home, tmp_path):
    path = f"/publications/{publication.code}/auditor.zip"
    assert Api().get(path).status_code == 401
    assert Api(token_of(world.omar())).get(path).status_code == 404
    assert Api(token_of(world.aisha())).get(path).status_code == 404, "a token of one entity does not reach so far"
    bundle, key = tmp_path / "bundle.zip", tmp_path / "public.pem"
    bundle.write_bytes(Api(token_of(world.aisha(), entity_code="")).get(path).getvalue())
    key.write_bytes(public_key(home / "keys" / "signing.pem"))
    report = verify(bundle, public_keys(key))
    assert report.holds, report.broken
    assert (report.fingerprint, report.audience) == (publication.fingerprint, "auditor")


def test_where_the_next_visits_go_is_told_to_those_who_plan_them(opened):
    leads = Api(token_of(world.aisha(), entity_code=""))
    asked = f"/cycles/{build.CODE}/visits?source=visit&budget=40&minimum=1"
    plan = leads.get(asked).json()
    assert sum(stop["visits"] for stop in plan["stops"]) == 40
    assert {stop["visits_so_far"] for stop in plan["stops"]} == {6.0}
    assert plan["places"] == 8
    assert 0 < plan["right_before"] <= plan["right_after"] < 8
    assert Api(token_of(world.omar())).get(asked).status_code == 404
    assert leads.get(f"/cycles/{build.CODE}/visits?budget=0").status_code == 422
    refused = leads.get(f"/cycles/{build.CODE}/visits?source=guess").json()
    assert "no source 'guess'" in str(refused)


def test_how_ready_the_lists_are_is_told_to_those_who_plan_visits(opened):
    leads = Api(token_of(world.aisha(), entity_code=""))
    found = leads.get(f"/cycles/{build.CODE}/readiness?visits=50").json()
    assert (found["visits"], found["visits_so_far"], found["visits_a_day"]) == (50, 150, 25)
    assert sum(one["places"] for one in found["lists"]) == found["places"] == 8
    assert sum(len(one["sure"]) for one in found["lists"]) == found["sure_today"] < found["sure_later"]
    assert {sure["answers"] for one in found["lists"] for sure in one["sure"]} == {"unknown"}
    assert leads.get(f"/cycles/{build.CODE}/readiness?visits=0").status_code == 422


def test_before_the_first_run_there_is_no_plan_of_visits(nation, tmp_path):
    build.opened(tmp_path)
    leads = Api(token_of(world.aisha(), entity_code=""))
    assert [leads.get(f"/cycles/{build.CODE}/{page}").status_code for page in ("visits", "readiness", "sensitivity")] == [404] * 3


def test_what_hangs_on_choices_is_asked_for_and_told_to_those_who_may_ask_what_if(opened, monkeypatch):
    monkeypatch.setattr(robustness, "POINTS", 1)
    address = f"/cycles/{build.CODE}/sensitivity"
    leads = Api(token_of(world.aisha(), entity_code=""))
    assert leads.get(address).status_code == 409
    asked = leads.ask("POST", address)
    assert (asked.status_code, asked["Location"]) == (202, asked.json()["address"])
    assert perform(asked.json()["code"]).state == "done"
    found, told = leads.get(address).json(), robustness.robustness_for(world.aisha(), opened, world.NOW)
    assert (found["run"], found["tried"], found["entities"]) == (opened.current_run.code, told.tried, [])
    assert {one["channel"]: (one["star_kept"], one["rank_high"], one["worst"]) for one in found["channels"]} == {
        one.entry.code: (one.star, one.rank_high, one.worst) for one in told.channels
    }
    assert {one["league"]: one["channels"] for one in found["leagues"]} == {"app": build.APPS, "service-centre": build.CENTRES}
    assert Api(token_of(world.omar())).get(address).status_code == 404


def test_what_stands_out_and_what_is_looked_at_again_is_told_to_each_as_they_may(opened):
    leads = Api(token_of(world.aisha(), entity_code=""))
    found = leads.get(f"/cycles/{build.CODE}/watching").json()
    assert (found["run"], found["before"], found["compared"], found["changed"]) == (opened.current_run.code, None, 0, [])
    assert found["drifting"] == [], "all answered in one week"
    open_review(by=world.aisha(), cycle=opened, channel="centre-00", at=build.NOW, why="A letter from a customer")
    [review] = leads.get(f"/cycles/{build.CODE}/reviews").json()["items"]
    told = ("channel", "state", "by_run", "found", "why")
    assert [review[name] for name in told] == ["centre-00", "open", False, None, "A letter from a customer"]
    assert len(Api(token_of(world.omar())).get(f"/cycles/{build.CODE}/reviews").json()["items"]) == 1
    land = Api(token_of(world.somebody("salem"), entity_code=world.LAND))
    assert land.get(f"/cycles/{build.CODE}/reviews").json()["items"] == []
    assert Api(token_of(world.omar())).get(f"/cycles/{build.CODE}/watching").status_code == 404
