"""Evidence by API: into an open cycle, whole or not at all, once, and only by whom it is from."""

import pytest

from marsad.accounts.models import Action, Scope
from marsad.api.models import Receipt
from marsad.ratings import actions
from marsad.ratings.models import Intake
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.ratings import build
from tests.world import LAND, NOW, PORT

PATH = f"/cycles/{build.CODE}/evidence"
ROW = {"subject": "centre-00", "indicator": "happy", "value": 4, "at": "2026-02-01T09:00:00+04:00", "source": "survey"}
HEADER = "channel,indicator,value,at,respondent\n"
LINE = "centre-00,happy,4,2026-02-01T09:00:00Z,p1\n"


@pytest.fixture
def cycle(nation, tmp_path):
    """An open cycle without evidence."""
    return actions.move_cycle(by=nation.aisha, cycle=build.announced(tmp_path), verb="open", at=NOW)


@pytest.fixture
def machine(cycle):
    """The API as a machine of the Port Authority asks it."""
    return Api(token_of(integrator()))


def post(api, *rows, path=PATH, **headers):
    return api.ask("POST", path, {"rows": [ROW | row for row in rows]}, **headers)


def csv(api, text, query="?source=survey", **headers):
    return api.ask("POST", PATH + query, text.encode(), content_type="text/csv", **headers)


def test_rows_come_in_as_json_and_the_answer_says_what_was_taken(machine):
    answer = post(machine, {"respondent": "p1"}, {"respondent": "p2", "value": 5.0})
    assert answer.status_code == 201
    said = answer.json()
    assert (said["rows"], said["sources"], said["new"], said["cycle"]) == (2, {"survey": 2}, True, build.CODE)
    intake = Intake.objects.get()
    assert (intake.code, intake.entity_code, intake.by.code) == (said["code"], PORT, integrator().code)
    assert Action.objects.filter(verb="take_evidence").count() == 1


def test_rows_come_in_as_csv_with_what_all_share_in_the_address(machine):
    answer = csv(machine, HEADER + LINE)
    assert (answer.status_code, answer.json()["rows"]) == (201, 1)
    answer = csv(machine, "channel,indicator,value,colour\ncentre-00,happy,4,red\n", "?source=meter&seen=2026-02-01T09:00:00Z")
    assert (answer.status_code, answer.json()["sources"], answer.json()["unused"]) == (201, {"meter": 1}, ["colour"])


def test_the_same_rows_count_once_however_often_they_are_sent(machine):
    first, again = post(machine, {}), post(machine, {})
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["code"], again.json()["new"]) == (first.json()["code"], False)
    assert Intake.objects.count() == 1


def test_a_key_gets_the_same_answer_again_and_no_other_request(machine, cycle):
    first, again = (post(machine, {}, idempotency_key="k-1") for _time in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    other = post(machine, {"value": 5}, idempotency_key="k-1")
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert Intake.objects.count() == 1
    actions.move_cycle(by=world.aisha(), cycle=cycle, verb="lock", at=NOW)
    assert post(machine, {}, idempotency_key="k-1").status_code == 201, "it was answered while the cycle was open"
    assert post(machine, {}, idempotency_key="k-2").status_code == 409


def test_a_refused_request_leaves_its_key_free(machine):
    assert post(machine, {"indicator": "nothing"}, idempotency_key="k").status_code == 422
    assert not Receipt.objects.exists()
    assert post(machine, {}, idempotency_key="k").status_code == 201


def test_keys_are_each_persons_own(machine):
    other = Api(token_of(integrator(LAND), entity_code=LAND))
    assert post(machine, {}, idempotency_key="k").status_code == 201
    assert post(other, {"subject": "centre-01"}, idempotency_key="k").status_code == 201


@pytest.mark.parametrize("key", ["x" * 101, "a b", "\x7f"])
def test_a_key_that_is_none_is_refused(machine, key):
    assert post(machine, {}, idempotency_key=key).status_code == 422


@pytest.mark.parametrize(
    ("row", "field", "sentence"),
    [
        ({"value": 9}, "/rows/1/value", "outside the scale of happy, 1 to 5"),
        ({"indicator": "nothing"}, "/rows/1/indicator", "the indicator 'nothing' is not known"),
        ({"subject": "centre-01"}, "/rows/1/subject", "the subject 'centre-01' is not known"),
        ({"value": "4"}, "/rows/1/value", "It is no number."),
        ({"at": "2026-02-01T09:00:00"}, "/rows/1/at", "It is no time with its zone"),
        ({"source": "rumour"}, "/rows/1/source", "It is none of"),
        ({"weight": -1}, "/rows/1/weight", "It is below 0"),
        ({"colour": "red"}, "/rows/1/colour", "There is no such field."),
        ({"rater": "a\nb"}, "/rows/1/rater", "control character"),
        ({"source": "visit", "indicator": "queue"}, "/rows/1/indicator", "the indicator 'queue' is not known"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(machine, row, field, sentence):
    answer = post(machine, {}, row)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert sentence in error["detail"]
    assert not Intake.objects.exists()


def test_an_entity_brings_no_visits_on_itself(machine):
    answer = post(machine, {"source": "visit"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/source")
    assert not Intake.objects.exists()


def test_a_wrong_line_of_a_csv_is_named(machine):
    answer = csv(machine, HEADER + LINE + LINE.replace(",4,", ",good,"))
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert (error["line"], error["field"]) == (3, "value")
    assert "marsad-upload" not in answer.content.decode()


def test_nobody_brings_evidence_without_a_token_for_it(cycle):
    assert post(Api(), {}).status_code == 401
    assert post(Api(token_of(integrator(), Scope.READ, Scope.CHANNELS_WRITE)), {}).status_code == 403
    assert not Intake.objects.exists()


def test_a_token_brings_evidence_for_its_own_entity_alone(cycle):
    everywhere = world.aisha()
    port = Api(token_of(everywhere, entity_code=PORT))
    assert post(port, {"subject": "centre-01"}).status_code == 422
    assert post(port, {}, path=f"{PATH}?entity={LAND}").status_code == 403
    assert post(Api(token_of(integrator())), {}, path=f"{PATH}?entity={LAND}").status_code == 403
    assert not Intake.objects.exists()
    assert post(Api(token_of(everywhere, entity_code="")), {"subject": "centre-01"}).status_code == 201


def test_a_cycle_that_is_not_there_or_still_a_draft_is_not_found(nation, tmp_path):
    build.announced(tmp_path)
    machine = Api(token_of(integrator()))
    answers = [post(machine, {}, path=f"/cycles/{code}/evidence") for code in (build.CODE, "nothing", "%00")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_types_and_sizes_are_refused(machine):
    assert machine.ask("POST", PATH, b"PAR1", content_type="application/vnd.apache.parquet").status_code == 415
    assert machine.ask("POST", PATH, b"PK\x03\x04", content_type="text/csv").status_code == 415
    assert machine.ask("POST", PATH, b" " * ((16 << 20) + 1)).status_code == 413
    assert machine.ask("POST", PATH, {"rows": []}).status_code == 422
