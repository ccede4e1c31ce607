"""How little would change a result, and what is to be looked at: told to those who lead and those who check, changing nothing."""

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.api import work as worker
from marsad.core.gaming import BEST, WORST
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Problem
from marsad.lake.rows import Coded, make_rows
from marsad.ratings import actions, integrity
from marsad.ratings.actions import Brought
from marsad.ratings.board import board_of
from marsad.ratings.following import integrity_job
from marsad.ratings.integrity import ask_for_integrity, integrity_for, kept_integrity
from marsad.ratings.models import Job, Result, Run
from marsad.ratings.orders import Order
from marsad.ratings.watched import Scrutiny
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/integrity/"
PRESSED, KIOSK = "centre-03", "small@1+open.kiosk-1"
PRESSES = 80


def pressed(cycle):
    """A kiosk on which somebody gives the best answer again and again, some seconds apart, and nobody was invited."""
    start = np.datetime64(build.SEEN.replace(tzinfo=None), "us") + 3 * 86_400 * 1_000_000
    return make_rows(
        {
            "cycle": cycle.code,
            "subject": PRESSED,
            "indicator": Coded(np.arange(2 * PRESSES) % 2, ["happy", "clear"]),
            "value": 5.0,
            "at": start + (np.arange(2 * PRESSES) // 2) * 6_000_000,
            "source": "survey",
            "instrument": KIOSK,
            "respondent": [f"k{number // 2:03d}" for number in range(2 * PRESSES)],
        }
    )


def rated_with_the_kiosk(cycle):
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=Brought(rows=pressed(cycle), file_name="kiosk"))
    return looked_into(build.rated(cycle))


def looked_into(run: Run) -> Run:
    """Have the worker do what follows a run."""
    assert worker.perform(integrity_job(run).code).state == Job.DONE
    return run


@pytest.fixture
def run(country, tmp_path):
    """The finished run of a cycle in which one kiosk was pressed."""
    return rated_with_the_kiosk(build.opened(tmp_path))


def test_what_is_to_be_looked_at_stands_first_with_its_reasons_and_changes_nothing(run, work):
    before = list(Result.objects.order_by("pk").values())
    answer = work("aisha").get(PAGE)
    said = words(answer)
    assert "The answers of 1 of 25 rated channels are to be looked at" in said
    assert "Remarks to look at, no findings" in said
    line = answer.context["lines"][0]
    assert line.marked
    assert [one.entry.code for one in answer.context["page"].channels if one.marked] == [PRESSED]
    assert [text for _source, text in line.remarks if "times the same answers came again within a minute;" in text]
    assert "80 of 1,580 answer sheets (5%) came in without an invitation" in said
    assert list(Result.objects.order_by("pk").values()) == before


def test_each_result_is_told_with_what_would_change_it_and_with_what_invitations_alone_give(run):
    found = integrity_for(world.aisha(), run.cycle, build.NOW)
    by_code = {one.entry.code: one for one in found.channels}
    board = board_of(run, disclosed=False)
    mine = by_code[PRESSED]
    # Without the kiosk the channel has thirty answers of the survey as all others do, and a lower score than with it.
    assert mine.otherwise.star < mine.entry.star
    assert mine.otherwise.starred
    assert sum(one.otherwise.starred for one in found.channels) == 1
    assert {one.source for one in mine.planted} == {"survey"}, "raters plant nothing"
    assert [one.end for one in mine.planted] == [BEST, WORST]
    for channel in found.channels:
        best = channel.planted[0]
        assert best.star is None or best.star >= 1
        assert all(bribe.starred == (bribe.star != channel.entry.star) for bribe in channel.bribes)
    assert any(bribe.hand == "kiosk-1" and bribe.end == WORST and bribe.star < mine.entry.star for bribe in mine.bribes)
    assert any(bribe.hand.startswith("s") for one in found.channels for bribe in one.bribes), "shoppers can be bribed"
    capped = by_code["centre-04"]
    assert board.by_code["centre-04"].limits
    assert capped.planted[0].star is None, "a breach caps whatever is planted"


def test_it_is_reckoned_once_for_a_run_and_told_by_the_interface_in_either_language(run):
    kept_integrity.cache_clear()
    token = token_of(world.aisha(), entity_code="")
    told = Api(token).get("/cycles/2026-1/integrity").json()
    arabic = Api(token, language="ar").get("/cycles/2026-1/integrity").json()
    assert (kept_integrity.cache_info().misses, kept_integrity.cache_info().hits) == (1, 1)
    assert (told["run"], told["sheets"], told["uninvited"]) == (run.code, 1580, PRESSES)
    first = told["channels"][0]
    assert (first["channel"], first["marked"]) == (PRESSED, True)
    assert first["invited"]["star_differs"]
    assert {one["kind"] for one in first["remarks"]} >= {"quick", "burst-high"}
    said = [one["sentence"] for one in arabic["channels"][0]["remarks"]]
    assert all("؛" in one for one in said), said


def test_where_all_were_invited_there_is_no_other_result(country, tmp_path, work):
    looked_into(build.rated(build.opened(tmp_path)))
    answer = work("rashid").get(PAGE)
    assert "All answers of customers came in by invitation" in words(answer)
    assert {line.otherwise for line in answer.context["lines"]} == {"–"}
    assert "لم ترد في أي قناة من القنوات المصنفة، وعددها 25" in work("aisha", "ar").text(PAGE)


def test_a_kiosk_moves_nothing_where_the_standard_counts_the_invited_alone(country, tmp_path, work):
    plain = build.rated(build.opened(tmp_path))
    text = build.STANDARD.replace('name = "small"', 'name = "invited"\ninvited_only = true')
    cycle = build.opened(tmp_path, code="2026-2", text=text)
    run = rated_with_the_kiosk(cycle)
    known = ["channel__code", "score", "star", "low", "high"]
    assert list(run.results.values_list(*known)) == list(plain.results.values_list(*known))
    assert "160 answers of whoever came by were left out" in " ".join(str(note) for note in run.notes)
    answer = work("aisha").get("cycles/2026-2/integrity/")
    assert "came in without an invitation; the standard does not count them." in words(answer)
    assert {line.otherwise for line in answer.context["lines"]} == {"–"}
    found = integrity_for(world.aisha(), run.cycle, build.NOW)
    assert [one.entry.code for one in found.channels if one.marked] == [PRESSED], "it is looked at all the same"
    assert not any(bribe.hand == "kiosk-1" for one in found.channels for bribe in one.bribes)


def test_without_a_run_the_page_sends_to_the_runs_and_only_who_leads_or_checks_sees_it(country, tmp_path, work):
    cycle = build.opened(tmp_path)
    assert "Ask for a run first" in work("aisha").text(PAGE)
    for name, code in (("aisha", 200), ("rashid", 200), ("omar", 404), ("huda", 404), ("charlie", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "Integrity" in work("rashid").text("cycles/2026-1/evidence/")
    with pytest.raises(Forbidden):
        integrity_for(world.somebody("omar"), cycle, build.NOW)
    with pytest.raises(OutOfTurn, match="no finished run yet"):
        ask_for_integrity(by=world.aisha(), cycle=cycle, at=build.NOW)


def test_the_worker_looks_into_every_run_that_counts_by_itself_and_the_page_shows_how_far_it_is(country, tmp_path, work):
    run, token = build.rated(build.opened(tmp_path)), token_of(world.aisha(), entity_code="")
    [job] = Job.objects.all()
    assert (job.kind, job.by, job.said["run"]) == ("integrity", world.aisha(), run.code)
    for name in ("aisha", "rashid"):
        assert "It waits for a free worker." in work(name).text(PAGE)
        assert "HX-Refresh" not in work(name).get(f"{PAGE}progress/").headers
    early = Api(token).get("/cycles/2026-1/integrity")
    assert early.status_code == 409
    assert "not reckoned yet; wait for it, or ask for it" in early.json()["detail"]
    asked = Api(token).ask("POST", "/cycles/2026-1/integrity")
    assert (asked.status_code, asked.json()["code"]) == (202, job.code)
    assert build.rated(run.cycle) == run
    assert Job.objects.count() == 1, "it is under way"
    said = []
    reckoned = integrity.reckoned(world.aisha(), Order(job.kind, job.said), build.NOW, lambda *step: said.append(step))
    assert reckoned == (200, {"run": run.code})
    assert [done for done, _total in said] == list(range(1, said[-1][1] + 1))
    assert worker.perform(job.code).state == Job.DONE
    assert Scrutiny.objects.count() == 1
    assert work("rashid").get(f"{PAGE}progress/").headers["HX-Refresh"] == "true"
    assert Api(token).get("/cycles/2026-1/integrity").json()["run"] == run.code
    assert build.rated(run.cycle) == run
    assert Job.objects.count() == 1, "it is there"


def test_what_failed_is_told_with_its_reason_and_asked_for_again_with_one_button(country, tmp_path, work, monkeypatch):
    run = build.rated(build.opened(tmp_path))

    def missing(run, heard):
        raise Problem("an import is missing", remedy="bring it back")

    with monkeypatch.context() as broken:
        broken.setattr(integrity, "scrutinised", missing)
        assert worker.perform(integrity_job(run).code).state == Job.FAILED
    lead = work("aisha")
    said = lead.text(PAGE)
    assert "an import is missing; bring it back" in said
    assert "Look into the run again" in said
    for _twice in range(2):
        assert lead.post(PAGE, follow=False).status_code == 302
    assert Job.objects.count() == 2
    looked_into(run)
    assert "In none of 25 rated channels" in lead.text(PAGE)


def test_a_run_that_counts_no_more_is_not_looked_into_until_it_counts_again(country, tmp_path):
    cycle = build.opened(tmp_path)
    first = build.rated(cycle)
    waiting = integrity_job(first)
    second = rated_with_the_kiosk(cycle)
    assert worker.perform(waiting.code).state == Job.DONE
    assert [kept.run for kept in Scrutiny.objects.all()] == [second]
