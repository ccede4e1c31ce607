"""An entity answers and mends by program, and the programme judges: with tokens for just that, errors beside their fields."""

import pytest

from marsad.accounts.models import Scope
from marsad.ratings import actions
from marsad.ratings.aftermath import Cure
from marsad.ratings.models import Cycle
from marsad.ratings.re_evaluating import decoys_of
from marsad.ratings.rounds import Drawn
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.ratings.test_aftermath import NAMED, OTHERS, heard

CYCLE = f"/cycles/{build.CODE}"
CURE = f"{CYCLE}/cures/{NAMED}"
REWARD = {"what_ar": "وسام", "what_en": "A medal", "decided_ar": "المجلس", "decided_en": "The council", "given_on": "2026-03-01"}


@pytest.fixture
def apis(nation, settings):
    """The API as the programme's tool asks it, as a champion's, and as one that may only read."""
    from dataclasses import replace

    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    omar = nation.omar
    return (
        Api(token_of(nation.aisha, entity_code="")),
        Api(token_of(omar, Scope.ANSWERS_WRITE, Scope.READ)),
        Api(token_of(omar, Scope.READ)),
    )


def test_replies_and_cures_go_by_program_with_tokens_for_just_that(apis, tmp_path):
    programme, champion, reader = apis
    cycle = heard(tmp_path)
    [told] = champion.get(f"{CYCLE}/replies").json()["channels"]
    assert (told["channel"], told["looks"][0]["verdict"], told["reply"]) == (NAMED, "named", None)
    said = {"text_en": "The centre was under repair."}
    assert reader.ask("PUT", f"{CYCLE}/replies/{NAMED}", said).status_code == 403
    assert champion.ask("PUT", f"{CYCLE}/replies/{OTHERS[0]}", said).status_code == 403
    wrong = champion.ask("PUT", f"{CYCLE}/replies/{NAMED}", {"text_ar": " "})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/text_ar")
    assert champion.ask("PUT", f"{CYCLE}/replies/{NAMED}", said).json()["text_en"] == said["text_en"]
    actions.approve(by=world.huda(), cycle=cycle, at=build.NOW)
    assert champion.ask("PUT", f"{CYCLE}/replies/{NAMED}", said).status_code == 409
    actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    cured(programme, champion, reader)
    second = f"{CYCLE}/corrections?why=Mixed&second=true"
    stranger = min(set(build.codes()) - set(Drawn.objects.values_list("channel__code", flat=True)))
    assert programme.ask("POST", second, {"rows": [again()[0] | {"subject": stranger}]}).status_code == 422
    assert programme.ask("POST", second, {"rows": again()[:1]}).status_code == 201
    assert champion.ask("POST", f"{CYCLE}/rewards", {"channel": "centre-13", **REWARD}).status_code == 403
    assert programme.ask("POST", f"{CYCLE}/rewards", {"channel": "centre-13", **REWARD}).status_code == 201
    [given] = reader.get(f"{CYCLE}/rewards").json()["items"]
    assert (given["what"]["en"], given["withdrawn"]) == ("A medal", None)
    back = f"{CYCLE}/rewards/{given['code']}/withdrawal"
    why = {"why_ar": "مُنح خطأ", "why_en": "Given by mistake"}
    assert champion.ask("POST", back, why).status_code == 403
    assert programme.ask("POST", back, {"why_ar": "مُنح خطأ"}).json()["errors"][0]["field"] == "/why_en"
    assert programme.ask("POST", back, why).json()["withdrawn"]["why"]["en"] == "Given by mistake"
    assert programme.ask("POST", back, why).status_code == 409
    assert reader.get(f"{CYCLE}/rewards").json()["items"][0]["withdrawn"]["why"]["ar"] == "مُنح خطأ"


def again() -> list[dict]:
    """Return new answers and findings on every channel that was drawn for the second wave."""
    codes = Drawn.objects.order_by("channel__code").values_list("channel__code", flat=True)
    asked = {"happy": "survey", "clear": "survey", "queue": "visit"}
    return [
        {"subject": code, "indicator": indicator, "value": 2 + n % 3, "at": f"2026-05-0{n + 1}T09:00:00Z", "source": source}
        | {"rater" if source == "visit" else "respondent": f"p{n}"}
        for code in codes
        for indicator, source in asked.items()
        for n in range(6)
    ]


def cured(programme, champion, reader) -> None:
    """Take the cure of the named channel from its opening to its end."""
    assert champion.ask("POST", f"{CYCLE}/cures", {}).status_code == 403
    clock = programme.ask("POST", f"{CYCLE}/cures", {"days": 45})
    assert (clock.status_code, clock.json()["errors"][0]["field"]) == (422, "/days")
    assert programme.ask("POST", f"{CYCLE}/cures", {"channels": OTHERS[:1], "why": "Help."}).json()["opened"] == [
        NAMED,
        OTHERS[0],
    ]
    assert [one["channel"] for one in reader.get(f"{CYCLE}/cures").json()["items"]] == [NAMED]
    opened = reader.get(CURE).json()
    assert (opened["state"], opened["days"], opened["late"], opened["change"]) == ("open", 60, False, None)
    assert opened["cleared"] is None
    plan = {"owner": "nobody@marsad.example", "plan": "Two counters more.", "steps": [{"text": "Hire"}]}
    wrong = champion.ask("PUT", f"{CURE}/plan", plan)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/owner")
    planned = champion.ask("PUT", f"{CURE}/plan", plan | {"owner": "omar@marsad.example"}).json()
    assert (planned["state"], planned["owner"]["en"], planned["steps"][0]["text"]) == ("planned", "Omar", "Hire")
    assert programme.ask("POST", f"{CURE}/moves", {"verb": "begin"}).status_code == 403
    assert champion.ask("POST", f"{CURE}/moves", {"verb": "begin"}).json()["state"] == "under-way"
    done = {"done_on": opened["opened_on"], "evidence": "Contract 17."}
    assert champion.ask("PUT", f"{CURE}/steps/1", done).json()["steps"][0]["evidence"] == "Contract 17."
    assert champion.ask("PUT", f"{CURE}/steps/7", done).status_code == 404
    decoys = sorted(decoys_of(Cure.objects.get(channel__code=NAMED)))[:6]
    seen = {"before": 60, "before_se": 2, "after": 61, "after_se": 2}
    rows = [{"channel": code, **seen} for code in decoys]
    own = {"channel": NAMED, "before": 40, "before_se": 3, "after": 75, "after_se": 1}
    assert champion.ask("POST", f"{CURE}/re-evaluation", {"scores": [own, *rows]}).status_code == 403
    neither = programme.ask("POST", f"{CURE}/re-evaluation", {})
    assert (neither.status_code, neither.json()["errors"][0]["field"]) == (422, "/rows")
    by_rows = programme.ask("POST", f"{CURE}/re-evaluation", {"rows": again()})
    assert (by_rows.status_code, by_rows.json()["state"]) == (200, "re-evaluated")
    stranger = programme.ask("POST", f"{CURE}/re-evaluation", {"rows": [again()[0] | {"subject": "nobody"}]})
    assert (stranger.status_code, stranger.json()["errors"][0]["field"]) == (422, "/rows/0/subject")
    found = programme.ask("POST", f"{CURE}/re-evaluation", {"scores": [own, *rows]}).json()
    assert (found["change"]["outcome"], found["change"]["count"]) == ("improved", len(decoys))
    assert programme.ask("POST", f"{CURE}/moves", {"verb": "refuse"}).json()["errors"][0]["field"] == "/why"
    assert programme.ask("POST", f"{CURE}/moves", {"verb": "confirm"}).json()["state"] == "cured"
