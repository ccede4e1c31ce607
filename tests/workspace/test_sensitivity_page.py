"""What hangs on choices: asked for once, reckoned by the worker, kept with the run, and shown to those who lead and check."""

import pytest

from marsad.accounts.access import Forbidden
from marsad.api import work as worker
from marsad.core.lifecycle import OutOfTurn
from marsad.core.lists import first_lists
from marsad.core.sensitivity import GROUPS
from marsad.ratings import robustness
from marsad.ratings.models import Cycle, Job
from marsad.ratings.robustness import ask_for_robustness, robustness_for
from marsad.ratings.setup import reckon, setup_of_run
from marsad.ratings.watched import Robustness
from tests import world
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/sensitivity/"


@pytest.fixture
def run(country, tmp_path, monkeypatch):
    """The finished run of an open cycle; fewer other ratings are tried than usual."""
    monkeypatch.setattr(robustness, "POINTS", 8)
    return build.rated(build.opened(tmp_path))


def test_whoever_leads_asks_for_it_once_and_the_worker_keeps_it_with_the_run(run, work):
    lead, cycle = work("aisha"), Cycle.objects.get()
    assert "Try other reasonable ratings" in lead.text(PAGE)
    for _twice in range(2):
        lead.post(PAGE, follow=False)
    [job] = Job.objects.filter(kind="sensitivity")
    assert "Trying other reasonable ratings" in lead.text(f"jobs/{job.code}/")
    assert robustness_for(world.aisha(), cycle, build.NOW) is None
    assert worker.perform(job.code).state == Job.DONE
    told = robustness_for(world.aisha(), cycle, build.NOW)
    setup = setup_of_run(run)
    rating = reckon(setup).rating
    kept = {one.entry.code: one for one in told.channels}
    codes = rating.evidence.channels.tolist()
    for one in first_lists(rating, setup.draw):
        side = [kept[codes[place]].best if one.decision.best else kept[codes[place]].worst for place in one.channels]
        assert side == pytest.approx(one.decision.first.kept.tolist(), abs=1e-6)
    again = ask_for_robustness(by=world.aisha(), cycle=cycle, at=build.NOW)
    assert worker.perform(again.code).state == Job.DONE
    assert Robustness.objects.count() == 1

    answer = lead.get(PAGE)
    page, said = answer.context["page"], words(answer)
    assert f"keep their star in at least 80% of {told.tried} other reasonable ratings" in said
    assert "Ranks hang most on one choice" in page.picture.sentence
    assert [len(row.cells) for row in page.rows] == [len(GROUPS)] * 2
    shares = [one.star for one in page.channels]
    assert shares == sorted(shares)
    assert "أثر الخيارات" in work("aisha", "ar").text(PAGE)


def test_only_those_who_may_ask_what_if_see_it_and_nothing_is_tried_before_a_run(country, tmp_path, work):
    cycle = build.opened(tmp_path)
    assert "Ask for a run first" in work("aisha").text(PAGE)
    with pytest.raises(OutOfTurn, match="no finished run yet"):
        ask_for_robustness(by=world.aisha(), cycle=cycle, at=build.NOW)
    for ask in (robustness_for, lambda person, cycle, at: ask_for_robustness(by=person, cycle=cycle, at=at)):
        with pytest.raises(Forbidden):
            ask(world.somebody("omar"), cycle, build.NOW)
    for name, code in (("rashid", 200), ("omar", 404), ("huda", 404)):
        assert work(name).get(PAGE).status_code == code
