"""Runs on pages: asked for, watched, called off, compared; and pages that nobody else may open."""

import pytest
from django.test import Client

from marsad.core.problem import Sentence
from marsad.ratings.models import Run
from marsad.ratings.running import perform
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.workspace.browser import file_of, words

pytestmark = pytest.mark.django_db
RUNS = "cycles/2026-1/runs/"


@pytest.fixture
def cycle(country, tmp_path):
    """An open cycle with answers and visits."""
    return build.opened(tmp_path)


def test_a_run_that_is_on_its_way_is_asked_again_and_again_until_it_has_ended(cycle, work):
    lead = work("aisha")
    lead.post(RUNS)
    run = Run.objects.get()
    again = f"{RUNS}{run.code}/progress/"
    assert f'hx-get="/en/workspace/{again}"' in lead.get(f"{RUNS}{run.code}/").content.decode()
    Run.objects.update(state=Run.RUNNING, done=10)
    assert "10 of 25 channels are rated." in lead.text(again)
    assert "HX-Refresh" not in lead.get(again)
    Run.objects.update(state=Run.QUEUED)
    perform(run.code)
    assert lead.get(again)["HX-Refresh"] == "true"


def test_a_run_can_be_called_off_while_it_is_on_its_way_and_not_afterwards(cycle, work):
    lead = work("aisha")
    lead.post(RUNS)
    run = Run.objects.get()
    assert work("rashid").post(f"{RUNS}{run.code}/cancel/").status_code == 404
    assert "was cancelled" in words(lead.post(f"{RUNS}{run.code}/cancel/"))
    assert "only one that waits or is under way" in words(lead.post(f"{RUNS}{run.code}/cancel/"))


def test_why_no_run_is_possible_is_said_on_the_page(country, work, tmp_path):
    build.announced(tmp_path)
    assert "asking for a run is not possible" in words(work("aisha").post(RUNS))
    assert not Run.objects.exists()


def test_a_failed_run_says_why(cycle, work):
    run = build.rated(cycle)
    Run.objects.update(state=Run.FAILED, is_current=False, message="the evidence is damaged.")
    assert "the evidence is damaged." in work("aisha").text(f"{RUNS}{run.code}/")


def test_what_a_run_left_out_is_said_in_the_language_of_who_reads_page_or_interface(cycle, work):
    run = build.rated(cycle)
    Run.objects.update(notes=[Sentence("there is no evidence yet on {names}", names="happy")])
    page, token = f"{RUNS}{run.code}/", token_of(world.aisha(), entity_code="")
    assert "there is no evidence yet on happy" in work("aisha").text(page)
    assert "لا توجد أدلة بعد على happy" in work("aisha", "ar").text(page)
    assert Api(token, "ar").get(f"/runs/{run.code}").json()["notes"] == ["لا توجد أدلة بعد على happy"]


def test_two_runs_beside_each_other_tell_who_moved_and_why(cycle, work):
    build.rated(cycle)
    lead = work("aisha")
    assert "no two runs" in lead.text("cycles/2026-1/comparison/")
    rows = "".join(f"centre-00,queue,10,2026-02-{day:02d}T10:00:00+00:00,s{day}\n" for day in range(10, 20))
    lead.post("cycles/2026-1/evidence/bring/", {"file": file_of(f"channel,indicator,value,at,rater\n{rows}"), "source": "visit"})
    build.rated(cycle)
    page = lead.get("cycles/2026-1/comparison/")
    assert "What differs: evidence." in words(page)
    [mover] = [row for row in page.context["page"].rows if row.name == "Channel 0"]
    assert (mover.why, mover.where) == ("evidence", "Queue")
    lines = lead.get("cycles/2026-1/comparison.csv").content.decode().splitlines()
    assert len(lines) == 1 + len(page.context["page"].rows)


def test_a_run_is_reached_by_the_cycle_it_belongs_to_alone(cycle, work, tmp_path):
    run = build.rated(cycle)
    build.announced(tmp_path / "other", code="2027-1")
    assert work("aisha").get(f"cycles/2027-1/runs/{run.code}/").status_code == 404


@pytest.mark.parametrize("name", ["omar", "noor", "charlie", "lin"])
def test_runs_are_for_who_compares_them(cycle, work, name):
    run = build.rated(cycle)
    for address in (RUNS, f"{RUNS}{run.code}/", "cycles/2026-1/comparison/", "cycles/2026-1/scope/"):
        assert work(name).get(address).status_code == 404, address


def test_strangers_are_asked_to_sign_in_and_drafts_are_nowhere_for_outsiders(country, work, tmp_path):
    build.announced(tmp_path)
    answer = Client().get("/ar/workspace/cycles/2026-1/")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url
    assert work("omar").get("cycles/2026-1/").status_code == 404
    assert "The first cycle" not in work("omar").text("cycles/")
    assert "The first cycle" in work("huda").text("cycles/")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_home_of_the_programme_lists_what_waits_for_it(cycle, work, language):
    parts = dict(work("aisha", language).get().context["parts"])
    assert [line.code for line in parts["workspace/_cycles.html"]["mine"]] == [build.CODE]
    assert world.aisha().name_ar in work("aisha", "ar").text()


def test_pages_are_in_one_language(cycle, work):
    build.rated(cycle)
    page = work("aisha", "ar").text("cycles/2026-1/")
    assert "الطريق إلى النشر" in page
    assert "Way to publication" not in page
