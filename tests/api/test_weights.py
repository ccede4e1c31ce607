"""Answers are weighed to known totals by API: an adjustment like others, with how each channel was weighed."""

import pytest

from marsad.accounts.models import Action, Scope
from marsad.api.work import perform
from marsad.ratings import actions
from marsad.ratings.models import Intake, Job
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build

PATH = f"/cycles/{build.CODE}/weights"
TOTALS = [
    {"channel": "app-00", "group": "citizen", "total": 300},
    {"channel": "app-00", "group": "visitor", "total": 100},
]
BODY = {"source": "survey", "why": "As the plan of the sample says.", "totals": TOTALS}


@pytest.fixture
def lead(nation, tmp_path):
    """The API as the programme asks it; in its open cycle two citizens and six visitors have answered."""
    cycle = build.moved(build.announced(tmp_path), "open")
    groups = ["citizen"] * 2 + ["visitor"] * 6
    lines = [f"app-00,happy,4,{build.SEEN.isoformat()},p{place},{group}" for place, group in enumerate(groups)]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(["channel,indicator,value,at,respondent,stratum", *lines]) + "\n", encoding="utf-8")
    brought = actions.Brought(path, source="survey")
    actions.take_evidence(by=nation.aisha, cycle=cycle, at=build.NOW, brought=brought)
    return Api(token_of(nation.aisha, entity_code=""))


def test_answers_are_weighed_once_the_evidence_is_locked_and_once_under_a_key(lead):
    assert lead.ask("POST", PATH, BODY).status_code == 409, "the cycle is open"
    cycle = build.moved(Intake.objects.get().cycle, "lock")
    first, again = (lead.ask("POST", PATH, BODY, idempotency_key="k") for _time in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert cycle.intakes.filter(kind=Intake.ADJUSTMENT).count() == 1
    said = first.json()
    assert (said["cycle"], said["rows"], said["code"]) == (build.CODE, 8, Intake.objects.latest("pk").code)
    [told] = said["channels"]
    assert told["effective"] == pytest.approx(400**2 / (2 * 150**2 + 6 * (100 / 6) ** 2))
    assert told | {"effective": 0, "gap": 0, "rounds": 0} == {
        "channel": "app-00", "answers": 8, "effective": 0, "rounds": 0, "gap": 0, "converged": True,
    }  # fmt: skip
    assert Action.objects.filter(verb="adjust_evidence").latest("pk").why == BODY["why"]
    later = lead.ask("POST", PATH, BODY, prefer="respond-async")
    assert (later.status_code, later.json()["kind"]) == (202, "weights")
    assert perform(Job.objects.get().code).result["channels"][0]["answers"] == 8


def test_a_total_that_is_wrong_is_pointed_at_and_nothing_is_weighed(lead):
    build.moved(Intake.objects.get().cycle, "lock")
    for totals, field in (
        ([*TOTALS, {"channel": "app-09", "group": "citizen", "total": 1}], "/totals/2/channel"),
        ([*TOTALS, TOTALS[0]], "/totals/2/group"),
        ([TOTALS[1]], "/totals/0/group"),
        ([*TOTALS, {"channel": "app-00", "group": "staff", "total": 1}], "/totals/2/group"),
        ([*TOTALS[:1], TOTALS[1] | {"total": -1}], "/totals/1/total"),
        ([], "/totals"),
    ):
        answer = lead.ask("POST", PATH, BODY | {"totals": totals})
        assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert lead.ask("POST", PATH, BODY | {"why": " "}).json()["errors"][0]["field"] == "/why"
    assert Intake.objects.count() == 1
    assert Api(token_of(world.aisha(), Scope.EVIDENCE_WRITE)).ask("POST", PATH, BODY).status_code == 403
