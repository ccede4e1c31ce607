"""Answers are weighed to known totals on a page, in the states in which evidence is adjusted."""

import pytest

from marsad.api.work import perform
from marsad.ratings import actions
from marsad.ratings.models import Intake, Job
from marsad.workspace.views import weighing
from tests import world
from tests.ratings import build
from tests.workspace.browser import file_of, words

WEIGH = "cycles/2026-1/evidence/weigh/"
HEAD = "channel,group,total\n"
GOOD = f"{HEAD}app-00,citizen,300\napp-00,visitor,100\n"


@pytest.fixture
def cycle(country, tmp_path):
    """An open cycle in which two citizens and six visitors have answered on one channel."""
    cycle = build.moved(build.announced(tmp_path), "open")
    groups = ["citizen"] * 2 + ["visitor"] * 6
    lines = [f"app-00,happy,4,{build.SEEN.isoformat()},p{place},{group}" for place, group in enumerate(groups)]
    content = "\n".join(["channel,indicator,value,at,respondent,stratum", *lines]) + "\n"
    path = tmp_path / "answers.csv"
    path.write_text(content, encoding="utf-8")
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=actions.Brought(path, source="survey"))
    return cycle


def test_the_programme_weighs_answers_after_the_lock_and_reads_what_they_are_worth(cycle, work, monkeypatch):
    lead, said = work("aisha"), {"source": "survey", "why": "As the plan of the sample says."}
    assert "Weigh answers" not in lead.text("cycles/2026-1/evidence/")
    assert lead.get(WEIGH).status_code == 404, "the cycle is open"
    build.moved(cycle, "lock")
    assert work("omar").get(WEIGH).status_code == 404
    assert WEIGH in lead.get("cycles/2026-1/evidence/").content.decode()
    for content, told in (
        (f"{GOOD}app-00,staff,-1\n", "line 4, column total"),
        (f"{GOOD}app-09,citizen,1\n", "line 4, column channel"),
        (f"{HEAD}app-00,citizen,300\n", "line 2, column group"),
    ):
        answer = lead.post(WEIGH, said | {"file": file_of(content)})
        assert told in " ".join(answer.context["form"].non_field_errors()), content
        assert said["why"] in answer.content.decode(), "what was typed stays"
    assert "why" in lead.post(WEIGH, {"source": "survey", "file": file_of(GOOD)}).context["form"].errors
    assert Intake.objects.count() == 1
    found = words(lead.post(WEIGH, said | {"file": file_of(GOOD, "totals.csv")}))
    assert "Weighed: 8 rows." in found
    assert "Channel 15 8 3.4 43% Converged" in found
    assert "العدد الفعلي" in lead.client.get(f"/ar/workspace/{WEIGH}").content.decode()
    brought = Intake.objects.latest("pk")
    assert (brought.kind, brought.file_name, brought.reason) == (Intake.ADJUSTMENT, "totals.csv", said["why"])
    monkeypatch.setattr(weighing, "AT_ONCE", 10)
    lead.post(WEIGH, said | {"file": file_of(GOOD)})
    job = perform(Job.objects.get().code)
    assert "Channel 15 8 3.4 43% Converged" in lead.text(f"jobs/{job.code}/")
