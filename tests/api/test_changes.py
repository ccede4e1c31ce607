"""The way to the next star by the interface: the sets of the page, at costs of one's own, for whoever sees the result."""

import pytest

from marsad.ratings.access import board_for
from marsad.ratings.changes import way_up
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.world import NOW

CYCLE = f"/cycles/{build.CODE}"
OURS = f"{CYCLE}/ratings/centre-06/changes"


def test_the_way_to_the_next_star_is_that_of_the_page_and_costs_change_it(nation, tmp_path, monkeypatch):
    cycle = build.rated(build.opened(tmp_path)).cycle
    board, api = board_for(nation.aisha, cycle, NOW), Api(token_of(nation.omar))
    way, told = way_up(board, "centre-06", {}), api.get(OURS).json()
    plan, [first, second] = way.plans[0.5], told["sets"]
    assert (told["next_star"], told["edge"], told["chance"], told["blocked"]) == (way.star, way.edge, way.today, [])
    assert (first["aim"], first["feasible"], first["chance"], first["cost"]) == (0.5, True, plan.chance, plan.cost)
    assert sum(one["points"] for one in first["changes"]) == pytest.approx(first["points"]) == pytest.approx(plan.gain)
    assert {one["indicator"]: (one["then"], one["cost"]) for one in first["changes"]} == {
        code: (choice.level, choice.cost) for code, choice in plan.chosen.items()
    }
    assert all(one["part"] == ("visit" if one["indicator"] == "queue" else "voice") for one in first["changes"])
    assert second["cost"] > first["cost"]
    dear = api.get(f"{OURS}?costs=queue:50,visit:2").json()["sets"][0]
    assert dear["cost"] == way_up(board, "centre-06", {"queue": 50.0, "visit": 2.0}).plans[0.5].cost > plan.cost

    held = api.get(f"{CYCLE}/ratings/centre-04/changes")
    assert held.status_code == 404, "another entity's"
    held = Api(token_of(nation.aisha, entity_code="")).get(f"{CYCLE}/ratings/centre-04/changes").json()
    assert (held["blocked"], held["sets"]) == (["breach-cap"], [])
    for costs in ("visit:0", "visit", "nothing:2"):
        answer = api.get(f"{OURS}?costs={costs}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "costs"), costs
    assert "the standard has no part 'nothing'" in answer.json()["detail"]
    assert api.get(f"{CYCLE}/ratings/nothing/changes").status_code == 404
    assert Api(token_of(nation.salem, entity_code="land-department")).get(OURS).status_code == 404
    monkeypatch.setattr("marsad.ratings.changes.is_linear", lambda scheme: False)
    answer = api.get(OURS)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:marsad:problem:conflict")
    assert "otherwise than by weighted means" in answer.json()["detail"]
