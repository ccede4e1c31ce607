"""A cycle on its way from the announcement to the publication, by pages alone, and who is offered which step."""

import pytest

from marsad.api.work import perform as work_off
from marsad.catalogue.kinds import kinds
from marsad.ratings import actions
from marsad.ratings.models import Cycle, Job, Publication, Run
from marsad.ratings.releases import source_of
from marsad.ratings.running import perform
from marsad.workspace.words import VERBS
from tests import world
from tests.ratings import build
from tests.workspace.browser import file_of, words

pytestmark = pytest.mark.django_db

ANNOUNCED = {
    "title_ar": "الدورة الأولى",
    "title_en": "The first cycle",
    "code": "2026-1",
    "standard": "msr-1",
    "announced_on": "2026-01-01",
    "opens_on": "2026-01-01",
    "closes_on": "2026-12-31",
    "least": "5",
    "draws": "400",
    "seed": "7",
}


def run_to_the_end(lead):
    """Ask for a run by the page, have the worker do it, and look at how it ended."""
    lead.post("cycles/2026-1/runs/")
    run = Run.objects.unfinished().get()
    assert "on its way" in lead.text(f"cycles/2026-1/runs/{run.code}/")
    perform(run.code)
    assert "its results count for now" in lead.text(f"cycles/2026-1/runs/{run.code}/")
    return run


def test_a_lead_and_the_council_take_a_cycle_from_draft_to_published_by_pages_alone(country, work, tmp_path):
    lead, council = work("aisha"), work("huda")
    small = str(build.write_standard(tmp_path))
    answer = lead.post("announce/", ANNOUNCED)
    assert answer.redirect_chain[-1][0].endswith("/cycles/2026-1/scope/")
    # A standard in a file of one's own is not offered on the page.
    actions.edit_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW, changes={"standard": small})
    assert "covers at least one channel" in lead.text("cycles/2026-1/")
    assert "Open the cycle" not in lead.text("cycles/2026-1/"), "nothing is covered yet"
    lead.post("cycles/2026-1/scope/", {"do": "cover", "kinds": ["service-centre", "app"]})
    assert "The cycle covers 25 channels." in lead.text("cycles/2026-1/scope/")
    lead.post("cycles/2026-1/scope/", {"do": "fact", "channel": "centre-04", "fact": "breach", "value": "yes"})
    assert "breach" in lead.text("cycles/2026-1/scope/", facts="yes")
    assert Cycle.objects.get().covered.exclude(facts={}).get().channel.code == "centre-04"

    lead.post("cycles/2026-1/steps/open/")
    bring(lead, survey(build.codes(), Cycle.objects.get()))
    run_to_the_end(lead)
    for verb in ("lock", "moderate", "hear"):
        lead.post(f"cycles/2026-1/steps/{verb}/")
    assert Cycle.objects.get().state == "appeal"
    assert "Approve the results" not in lead.text("cycles/2026-1/")
    assert "Approve the results" in council.text("cycles/2026-1/")
    council.post("cycles/2026-1/steps/approve/", {"why": "All of it was examined."})
    answer = lead.post("cycles/2026-1/steps/publish/")
    assert "waits for a free worker" in words(answer)
    job = Job.objects.get(kind="publication")
    work_off(job.code)
    assert "It is done." in lead.text(f"jobs/{job.code}/")
    assert (Publication.objects.get().identity, Cycle.objects.get().state) == ("2026-1-1", "published")
    assert "The results are published" in lead.text("cycles/2026-1/")


def bring(lead, content) -> None:
    """Bring a file on every indicator of the small standard, by the page."""
    answer = lead.post("cycles/2026-1/evidence/bring/", {"file": file_of(content)})
    assert "Taken in" in words(answer), words(answer)[:3000]


def survey(channels, cycle) -> str:
    """Return answers on every indicator of a cycle's standard, as a file."""
    lines = ["channel,indicator,value,at,source,respondent"]
    for place, channel in enumerate(channels):
        for one in source_of(cycle.standard).standard.scheme.indicators:
            low, high = one.scale
            for answer in range(12):
                value = low + (high - low) * (place % 15 + answer % 4) / 18
                moment = f"2026-02-{answer + 1:02d}T09:00:00Z"
                lines.append(f"{channel},{one.code},{value:.3f},{moment},{one.source},p{answer}")
    return "\n".join(lines) + "\n"


STEPS = {
    "draft": {"aisha": ["open"]},
    "open": {"aisha": ["lock"]},
    "locked": {"aisha": ["moderate"]},
    "moderation": {"aisha": ["hear"]},
    "appeal": {"huda": ["approve"]},
    "approved": {"aisha": ["publish"], "huda": ["return"]},
    "published": {"aisha": ["cure", "close"]},
}


@pytest.mark.parametrize("state", STEPS)
def test_a_step_is_offered_to_who_may_take_it_and_to_nobody_else(country, work, tmp_path, state):
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    Cycle.objects.update(state=state)
    for name in ("aisha", "huda", "rashid", "noor"):
        page = work(name).get("cycles/2026-1/").content.decode()
        offered = [verb for verb in VERBS if f"/steps/{verb}/" in page]
        assert offered == STEPS[state].get(name, []), name


def test_a_step_is_asked_for_once_more_naming_the_cycle_and_does_nothing_before(country, work, tmp_path):
    build.opened(tmp_path)
    page = work("aisha").text("cycles/2026-1/steps/lock/")
    assert "Lock The first cycle?" in page
    assert "This cannot be taken back." in page
    assert Cycle.objects.get().state == "open"


def test_the_pages_of_a_cycle_stand_in_groups_where_they_are_many_and_in_one_line_where_they_are_few(country, work, tmp_path):
    build.opened(tmp_path)
    lead, champion = work("aisha"), work("omar")
    assert "Cycle Evidence Runs Results What stands out Evidence Where to go next" in lead.text("cycles/2026-1/evidence/")
    assert "Who moved" not in lead.text("cycles/2026-1/evidence/")
    assert "Who moved" in lead.text("cycles/2026-1/runs/")
    assert "Way to publication Evidence Every channel has" in champion.text("cycles/2026-1/evidence/")


def test_a_step_that_is_not_possible_now_says_whose_turn_it_is(country, work, tmp_path):
    build.opened(tmp_path)
    assert "This step is not possible now" in work("huda").text("cycles/2026-1/steps/approve/")
    answer = work("huda").post("cycles/2026-1/steps/approve/", {"why": "I am in a hurry."})
    assert "I am in a hurry." in words(answer), "what was typed is still there"
    assert "not possible while the cycle is open" in words(answer)
    assert work("aisha").get("cycles/2026-1/steps/approve/").status_code == 404


def test_a_correction_is_offered_once_other_evidence_was_rated_and_needs_a_reason(country, work, tmp_path):
    publication = build.published(build.opened(tmp_path))
    assert "Publish a correction" not in work("huda").text("cycles/2026-1/")
    cycle = Cycle.objects.get()
    lead = work("aisha")
    line = "channel,indicator,value,at,rater\ncentre-03,queue,1,2026-02-01T09:00:00+00:00,s0\n"
    said = {"file": file_of(line), "source": "visit", "why": "The visitor had mixed up two centres."}
    assert "Taken in" in words(lead.post("cycles/2026-1/evidence/bring/", said))
    build.rated(cycle)
    assert "Publish a correction" in work("huda").text("cycles/2026-1/")
    assert "This field is required" in words(work("huda").post("cycles/2026-1/steps/correct/", {"why": ""}))
    work("huda").post("cycles/2026-1/steps/correct/", {"why": "The visitor had mixed up two centres."})
    work_off(Job.objects.get(kind="republication").code)
    assert Publication.objects.order_by("number").last().corrects == publication


def test_the_announcement_keeps_what_was_typed_and_says_what_is_wrong_beside_the_field(country, work):
    lead = work("aisha")
    answer = lead.post("announce/", {**ANNOUNCED, "code": "No Code!", "closes_on": "2025-01-01"})
    assert "The first cycle" in answer.content.decode()
    assert set(answer.context["form"].errors) == {"code"}
    answer = lead.post("announce/", {**ANNOUNCED, "closes_on": "2025-01-01"})
    assert set(answer.context["form"].errors) == {"closes_on"}
    assert not Cycle.objects.exists()


def test_how_many_of_each_kind_are_named_is_announced_and_edited(country, work):
    lead, kind = work("aisha"), next(iter(kinds()))
    lead.post("announce/", {**ANNOUNCED, f"names-{kind}": "3"})
    assert Cycle.objects.get().names == {kind: 3}
    edited = {name: value for name, value in ANNOUNCED.items() if name != "code"}
    edited["standard"] = lead.get("cycles/2026-1/edit/").context["form"].initial["standard"]
    lead.post("cycles/2026-1/edit/", {**edited, "title_en": "The renamed cycle"})
    assert (Cycle.objects.get().title_en, Cycle.objects.get().names) == ("The renamed cycle", {})


def test_once_opened_the_announcement_stands(country, work, tmp_path):
    build.opened(tmp_path)
    page = work("aisha").text("cycles/2026-1/edit/")
    assert "The announcement stands" in page
