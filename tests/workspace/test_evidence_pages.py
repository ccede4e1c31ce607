"""Evidence on pages: what is missing, files that are wrong or large, and the way from a number to its rows."""

import numpy as np
import pytest

from marsad.api.work import perform as work_off
from marsad.lake.comments import add_comments
from marsad.ratings import actions
from marsad.ratings.models import Cycle, Intake, Job
from marsad.ratings.setup import the_lake
from marsad.workspace.views import evidence
from tests import world
from tests.ratings import build
from tests.workspace.browser import file_of, words

pytestmark = pytest.mark.django_db
HEAD = "channel,indicator,value,at,rater\n"
GOOD = f"{HEAD}centre-00,queue,5,2026-02-20T09:00:00+00:00,s9\n"
BAD = f"{GOOD}nowhere,queue,5,2026-02-20T09:00:00+00:00,s9\ncentre-01,queue,good,x,s9\n"
BRING = "cycles/2026-1/evidence/bring/"


@pytest.fixture
def cycle(country, tmp_path):
    """An open cycle with answers and visits."""
    return build.opened(tmp_path)


def test_what_is_missing_is_counted_by_source_and_listed_by_channel(country, work, tmp_path):
    cycle = build.announced(tmp_path)
    actions.move_cycle(by=world.aisha(), cycle=cycle, verb="open", at=build.NOW)
    answers = build.answers(channels=["centre-00", "centre-01", "app-00"])
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=actions.Brought(rows=answers))
    page = work("aisha").get("cycles/2026-1/evidence/")
    found = {one.source: (one.enough, one.some, one.total) for one in page.context["page"].found.sources}
    assert found == {"survey": (3, 3, 25), "visit": (0, 0, 25)}
    assert "25 channels still lack evidence" in words(page)
    assert "Queue: none" in work("aisha").text("cycles/2026-1/evidence/", q="centre-00")
    assert "Happy: none" not in work("aisha").text("cycles/2026-1/evidence/", q="centre-00")
    lines = work("aisha").get("cycles/2026-1/evidence/missing.csv", source="survey").content.decode().splitlines()
    assert len(lines) == 1 + 22


def test_a_champion_sees_what_their_own_channels_lack_and_nothing_of_others(cycle, work):
    page = work("omar").get("cycles/2026-1/evidence/")
    totals = {one.source: one.total for one in page.context["page"].found.sources}
    own = cycle.covered.filter(channel__entity__code=world.PORT).count()
    assert totals == {"survey": own, "visit": own}
    assert page.context["page"].days is None
    assert "answers" not in [intake.file_name for intake in page.context["page"].intakes]


def test_whoever_neither_checks_nor_champions_sees_no_evidence(cycle, work):
    for name in ("noor", "huda", "charlie", "lin"):
        assert work(name).get("cycles/2026-1/evidence/").status_code == 404


def test_every_wrong_line_is_told_and_what_was_said_besides_stays(cycle, work):
    answer = work("aisha").post(BRING, {"file": file_of(BAD), "source": "visit"})
    told = " ".join(answer.context["form"].non_field_errors())
    assert "line 3" in told
    assert "nowhere" in told
    assert "line 4" in told
    assert "marsad-brought" not in told, "the name on our own disk is nobody's business"
    assert 'value="visit" selected' in answer.content.decode()
    assert Intake.objects.count() == 2, "nothing of it was taken in"
    arabic = work("aisha", "ar").post(BRING, {"file": file_of(BAD), "source": "visit"})
    assert "\u2068'nowhere'\u2069" in " ".join(arabic.context["form"].non_field_errors()), (
        "apart from the direction of its sentence"
    )


def test_where_no_channel_is_covered_nothing_is_said_to_be_enough_and_no_results_are_offered(country, work, tmp_path):
    cycle = build.announced(tmp_path)
    cycle.covered.all().delete()
    said = work("aisha").text("cycles/2026-1/evidence/")
    assert "so no evidence is asked for" in said
    assert "enough evidence" not in said
    assert "Results" not in said


def test_a_file_that_is_no_table_is_refused_in_words(cycle, work):
    for content in (b"", b"PAR1 broken", b"\x00\xff\xfe", HEAD.encode()):
        answer = work("aisha").post(BRING, {"file": file_of(content), "source": "visit"})
        assert answer.status_code == 200
        assert answer.context["form"].errors, content


def test_a_good_file_is_taken_in_under_its_own_name_and_only_once(cycle, work):
    lead = work("aisha")
    assert "Taken in: 1 rows." in words(lead.post(BRING, {"file": file_of(GOOD, "february.csv"), "source": "visit"}))
    assert Intake.objects.latest("pk").file_name == "february.csv"
    assert "these very rows already" in words(lead.post(BRING, {"file": file_of(GOOD), "source": "visit"}))


def test_a_large_file_is_left_to_the_worker_who_tells_what_became_of_it(cycle, work, monkeypatch):
    monkeypatch.setattr(evidence, "AT_ONCE", 10)
    lead = work("aisha")
    lead.post(BRING, {"file": file_of(GOOD, "february.csv"), "source": "visit"})
    job = Job.objects.get()
    assert "waits for a free worker" in lead.text(f"jobs/{job.code}/")
    work_off(job.code)
    assert "It is done." in lead.text(f"jobs/{job.code}/")
    assert Intake.objects.latest("pk").file_name == "february.csv"
    assert lead.get(f"jobs/{job.code}/progress/")["HX-Refresh"] == "true", "the page is loaded anew once it has ended"


def test_a_large_file_that_is_wrong_is_told_line_by_line_in_the_readers_language(cycle, work, monkeypatch):
    monkeypatch.setattr(evidence, "AT_ONCE", 10)
    work("aisha").post(BRING, {"file": file_of(BAD), "source": "visit"})
    job = Job.objects.get()
    work_off(job.code)
    assert "nowhere" in work("aisha").text(f"jobs/{job.code}/")
    assert "تعذّر إتمام العملية" in work("aisha", "ar").text(f"jobs/{job.code}/")
    assert work("salem").get(f"jobs/{job.code}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "told"), [("channels", "3 of 12 channels are done."), ("publication", "3 of 12 channels"), ("evidence", "25% of it")]
)
def test_a_job_says_how_far_its_channels_are_and_others_what_share_is_done(country, work, kind, told):
    job = Job.objects.create(code="j", kind=kind, said={}, by=world.aisha(), state=Job.RUNNING, done=3, total=12, at=build.NOW)
    assert told in work("aisha").text(f"jobs/{job.code}/progress/")


def test_a_job_can_be_called_off_while_it_waits(cycle, work, monkeypatch):
    monkeypatch.setattr(evidence, "AT_ONCE", 10)
    work("aisha").post(BRING, {"file": file_of(GOOD), "source": "visit"})
    job = Job.objects.get()
    assert "was cancelled" in words(work("aisha").post(f"jobs/{job.code}/"))
    assert work_off(job.code).state == Job.CANCELLED


def test_a_champion_brings_what_an_entity_may_on_its_own_channels_alone(cycle, work):
    line = "channel,indicator,value,at,respondent\n{},happy,5,2026-02-20T09:00:00+00:00,p\n"
    champion = work("omar")
    said = {"source": "survey", "entity": world.PORT}
    assert "Taken in" in words(champion.post(BRING, {**said, "file": file_of(line.format("centre-00"))}))
    refused = champion.post(BRING, {**said, "file": file_of(line.format("centre-01"))})
    assert "centre-01" in " ".join(refused.context["form"].non_field_errors())
    assert "visit" not in dict(champion.get(BRING).context["form"].fields["source"].choices)
    stolen = champion.post(BRING, {**said, "entity": world.LAND, "file": file_of(line.format("centre-01"))})
    assert "entity" in stolen.context["form"].errors


def test_after_the_lock_evidence_is_adjusted_with_a_reason_by_the_programme_alone(cycle, work):
    build.moved(cycle, "lock")
    assert work("omar").get(BRING).status_code == 404
    lead = work("aisha")
    assert "why" in lead.post(BRING, {"file": file_of(GOOD), "source": "visit"}).context["form"].errors
    lead.post(BRING, {"file": file_of(GOOD), "source": "visit", "why": "The visitor came back."})
    assert Intake.objects.latest("pk").kind == Intake.ADJUSTMENT
    assert "The visitor came back." in lead.text("cycles/2026-1/evidence/")


def test_a_number_leads_to_its_rows_for_who_checks_and_to_their_fingerprint_for_a_champion(cycle, work):
    build.rated(cycle)
    address = "cycles/2026-1/results/centre-00/happy/"
    assert f"/en/workspace/{address}" in work("aisha").get("cycles/2026-1/results/centre-00/").content.decode()
    checked, own = work("aisha").get(address).context["page"], work("omar").get(address).context["page"]
    assert (checked.trail.n, own.trail.n) == (30, 30)
    assert checked.trail.sha256 == own.trail.sha256
    assert len(checked.rows) == 30
    assert own.rows == ()
    assert work("salem").get(address).status_code == 404
    assert work("aisha").get("cycles/2026-1/results/centre-00/no-such/").status_code == 404


def test_the_panel_gets_the_evidence_without_the_shell_around_it(cycle, work):
    build.rated(cycle)
    lead = work("aisha")
    part = lead.client.get("/en/workspace/cycles/2026-1/results/centre-00/happy/", headers={"hx-request": "true"})
    assert b'id="part"' in part.content
    assert b"<html" not in part.content


def test_results_are_for_who_may_see_them_as_long_as_they_are_provisional(cycle, work):
    build.rated(cycle)
    assert "25 of 25 channels are rated." in work("aisha").text("cycles/2026-1/results/")
    own = work("omar").get("cycles/2026-1/results/").context["page"].entries
    assert {entry.entity for entry in own} == {world.PORT}
    for name in ("huda", "noor", "charlie"):
        assert work(name).get("cycles/2026-1/results/").status_code == 404
    Cycle.objects.update(state="appeal")
    assert work("huda").get("cycles/2026-1/results/").status_code == 200


def test_what_people_wrote_is_whole_for_the_entitys_own_champion_and_masked_for_all_others(cycle, work):
    build.rated(cycle)
    size, text = 5, "Mr Khalid, 050 123 4567, was kind"
    columns = {
        "cycle": [build.CODE] * size,
        "subject": ["centre-00"] * size,
        "at": np.full(size, np.datetime64("2026-02-03", "us")),
    }
    columns |= {"source": ["survey"] * size, "language": ["en"] * size, "text": [text] * size}
    add_comments(the_lake(), columns | {"respondent": [f"p{number}" for number in range(size)]})
    page = "cycles/2026-1/results/centre-00/"
    assert text in work("omar").text(page)
    for name in ("aisha", "rashid"):
        assert "Mr [name], [phone], was kind" in work(name).text(page)
        assert "Khalid" not in work(name).text(page)
    assert work("salem").get(page).status_code == 404
