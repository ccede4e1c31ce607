"""Raters and calibration exercises by the interface: the numbers of the pages, for nobody of an entity."""

from datetime import timedelta

import numpy as np
import pytest

from marsad.ratings import actions
from marsad.ratings.exercising import hold_exercise
from marsad.ratings.raters import panels_for
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.world import NOW

CYCLE = f"/cycles/{build.CODE}"
STRANGE = "Lin/4 ./؟"


def visits_of_a_stranger(folder):
    """Write visits by a rater with an odd name, on two channels that others visited too."""
    path = folder / "odd.csv"
    path.write_text(
        f"channel,indicator,value,at,rater\n"
        f"centre-00,queue,1,{build.SEEN.isoformat()},{STRANGE}\n"
        f"centre-02,queue,9,{build.SEEN.isoformat()},{STRANGE}\n",
        encoding="utf-8",
    )
    return path


def turned(folder):
    """Write visits by five raters to every channel over ten days; one gives 4 of 10 less from the sixth on."""
    path, chance = folder / "turned.csv", np.random.default_rng(3)
    lines = ["channel,indicator,value,at,rater"]
    for place, channel in enumerate(build.codes()):
        for number, rater in enumerate(("Ali", "Badr", "Huda", "Sara", "turncoat")):
            day = (3 * place + 2 * number) % 10
            value = 7 + chance.normal(0, 0.5) - 4 * (rater == "turncoat" and day >= 5)
            lines.append(f"{channel},queue,{value:.2f},{(build.SEEN + timedelta(days=day)).isoformat()},{rater}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def cycle(nation, tmp_path):
    """An open cycle, visited by six shoppers and one more."""
    cycle = build.opened(tmp_path)
    brought = actions.Brought(path=visits_of_a_stranger(tmp_path), source="visit")
    actions.take_evidence(by=nation.aisha, cycle=cycle, at=NOW, brought=brought)
    return cycle


def test_raters_are_told_as_the_pages_reckon_them(nation, cycle):
    api, panel = Api(token_of(nation.aisha, entity_code="")), panels_for(nation.aisha, cycle, NOW)["visit"]
    [told] = api.get(f"{CYCLE}/raters").json()["sources"]
    found, raters = panel.severities, {one["rater"]: one for one in told["raters"]}
    assert told["source"] == "visit"
    assert sorted(raters) == found.names.tolist() == sorted([STRANGE, *(f"s{number}" for number in range(6))])
    assert [one["severity"]["value"] for one in told["raters"]] == sorted(found.value.tolist(), reverse=True)
    place = found.names.tolist().index("s5")
    assert raters["s5"]["severity"] == {"value": found.value[place], "low": found.low[place], "high": found.high[place]}
    assert (raters["s5"]["visits"], raters["s5"]["severity_stands_out"]) == (25, bool(found.apart[place]))
    assert raters[STRANGE]["change"] == {"value": None, "low": None, "high": None}, "nobody changes in two visits of a day"
    assert (told["twice"]["channels"], told["twice"]["answers"]["value"]) == (25, panel.twice.answers.value)

    one = api.get(f"{CYCLE}/raters/{raters[STRANGE]['code']}").json()
    [there] = one["sources"]
    assert one["rater"] == STRANGE
    assert {key: there[key] for key in raters[STRANGE]} == raters[STRANGE]
    beside = {row["channel"]: row for row in there["beside"]}
    assert beside["centre-00"]["own"] == pytest.approx(10), "1 of 10, in points of 100"
    assert beside["centre-00"]["others"] == pytest.approx(46.25), "4 and a quarter more at each of six visits"
    assert (beside["centre-00"]["own_visits"], beside["centre-00"]["other_visits"]) == (1, 6)
    assert [row["channel"] for row in there["beside"]] == ["centre-02", "centre-00"], "38 points apart, before 36"
    for nobody in ("nobody", "~FF", "Lin"):
        assert api.get(f"{CYCLE}/raters/{nobody}").status_code == 404
    assert Api(token_of(nation.omar)).get(f"{CYCLE}/raters/s5").status_code == 404


def test_who_changed_is_told_with_the_change(nation, tmp_path):
    cycle = actions.move_cycle(by=nation.aisha, cycle=build.announced(tmp_path), verb="open", at=NOW)
    api = Api(token_of(nation.aisha, entity_code=""))
    assert (api.get(f"{CYCLE}/raters").json(), api.get("/changed-raters").json()) == ({"sources": []}, {"raters": []})
    actions.take_evidence(by=nation.aisha, cycle=cycle, at=NOW, brought=actions.Brought(path=turned(tmp_path), source="visit"))
    [panel] = api.get(f"{CYCLE}/raters").json()["sources"]
    changed, *others = api.get("/changed-raters").json()["raters"]
    standing_out = {one["rater"] for one in panel["raters"] if one["change_stands_out"]}
    assert standing_out == {one["rater"] for one in (changed, *others)}
    assert (changed["cycle"], changed["source"], changed["rater"]) == (build.CODE, "visit", "turncoat")
    assert changed["change"] == panel["raters"][0]["change"]
    assert 25 < changed["change"]["low"] < 40 < changed["change"]["high"] < 55, "4 of 10 are 40 points"
    assert Api(token_of(nation.omar)).get("/changed-raters").status_code == 404


def test_an_exercise_tells_each_raters_distance_and_the_questions_that_divide_the_panel(nation, cycle, tmp_path):
    film = tmp_path / "film.csv"
    gave = {"Lin": (3, 4, 6), "Omar": (3, 4, 5), "Sara": (3, 5, 6), "Mild": (4, 5, 9), "Strict": (1, 2, 1)}
    rows = (
        f"{rater},{question},{value}"
        for rater, values in gave.items()
        for question, value in zip(("happy", "clear", "queue"), values, strict=True)
    )
    film.write_text("\n".join(["rater,indicator,value", *rows]), encoding="utf-8")
    held = hold_exercise(by=nation.aisha, cycle=cycle, name="A film", path=film, file_name=film.name, at=NOW)
    api = Api(token_of(nation.aisha, entity_code=""))
    [listed] = api.get(f"{CYCLE}/exercises").json()["items"]
    assert (listed["code"], listed["name"], listed["scores"]) == (held.code, "A film", 15)
    told = api.get(f"{CYCLE}/exercises/{held.code}").json()
    assert {key: told[key] for key in listed} == listed
    severe = [(one["rater"], round(one["severity"]["value"], 1), one["stands_out"]) for one in told["raters"]]
    assert severe == [
        ("Strict", 51.7, True), ("Omar", 5.0, False), ("Lin", 1.7, False), ("Sara", -6.7, False), ("Mild", -25.0, True)
    ]  # fmt: skip
    assert [(one["indicator"], one["mean"], one["raters"]) for one in told["questions"]] == [
        ("clear", 75.0, 5), ("queue", 54.0, 5), ("happy", 45.0, 5)
    ]  # fmt: skip
    assert told["questions"][0]["spread"] >= told["questions"][1]["spread"]
    assert api.get(f"{CYCLE}/exercises/none").status_code == 404
    assert Api(token_of(nation.omar)).get(f"{CYCLE}/exercises").status_code == 404
    back = f"{CYCLE}/exercises/{held.code}/withdrawal"
    assert (listed["withdrawn"], api.ask("POST", back, {"why": " "}).status_code) == (None, 422)
    assert api.ask("POST", back, {"why": "The wrong film."}).json()["withdrawn"]["why"] == "The wrong film."
    assert api.ask("POST", back, {"why": "Again."}).status_code == 409
    assert api.get(f"{CYCLE}/exercises").json()["items"][0]["withdrawn"]["why"] == "The wrong film."
