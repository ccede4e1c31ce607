"""What hangs on choices: asked for once, reckoned by the worker, kept with the run, and shown to those who lead and check.

Entities too, where the standard names them.
"""

import pytest

from marsad.accounts.access import Forbidden
from marsad.api import work as worker
from marsad.core.lifecycle import OutOfTurn
from marsad.core.lists import first_lists, others
from marsad.core.robustness import entities_kept
from marsad.core.sensitivity import GROUPS
from marsad.ratings import actions, robustness
from marsad.ratings.models import Cycle, Job
from marsad.ratings.robustness import ask_for_robustness, robustness_for
from marsad.ratings.setup import reckon, setup_of_run
from marsad.ratings.watched import Robustness
from marsad.ratings.what_if import ready_for
from tests import world
from tests.api.build import Api, token_of
from tests.ratings import build
from tests.ratings.test_entities import HOUSES, TEXT
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
    assert (told.entities, page.entities) == ((), ())
    assert "Entities in other ratings" not in said, "the standard names none"


def test_entities_that_may_be_named_are_told_with_what_they_keep(country, tmp_path, work, monkeypatch):
    monkeypatch.setattr(robustness, "POINTS", 1)
    cycle = build.opened(tmp_path, text=TEXT)
    runs_by = {code: {"entity": HOUSES[place // 3]} for place, code in enumerate(build.codes()[: build.CENTRES])}
    actions.state_facts(by=world.aisha(), cycle=cycle, at=build.NOW, facts=runs_by)
    run = build.rated(cycle)
    kept = robustness.keep(run, lambda more: None, build.NOW)
    bench, stood = ready_for(run.code).bench, reckon(setup_of_run(run)).rating.entities
    apps, centres = robustness_for(world.aisha(), cycle, build.NOW).entities
    assert [(one.league, one.k, one.enough) for one in (apps, centres)] == [("app", 1, False), ("service-centre", 1, True)]
    for table, ranked, found in zip(
        (apps, centres), stood, entities_kept(bench, others(bench, setup_of_run(run).draw, None)), strict=True
    ):
        told = {one.entity.code: (one.entity.rank, one.rank_low, one.rank_high, one.first, one.last) for one in table.entities}
        columns = (ranked.rank, found.rank_low, found.rank_high, found.first, found.last)
        assert told == {name: pytest.approx(row, abs=1e-6) for name, *row in zip(found.names.tolist(), *columns, strict=True)}

    lead = work("aisha")
    answer = lead.get(PAGE)
    page, said = answer.context["page"], words(answer)
    ends = [next(one for one in centres.entities if one.entity.rank == rank) for rank in (1, len(HOUSES))]
    sure = [sum((share or 0) >= 0.8 for share in shares) for shares in ([ends[1].last], [ends[0].first])]
    assert (
        f"Of 1 entities among the worst 1 of a kind {sure[0]} are so in at least 80% of {kept.tried} "
        f"other reasonable ratings too, and of 1 among the best 1 {sure[1]}." in said
    )
    assert "Service centre: entities, those that leave a list most often first" in said
    assert [section.enough for section in page.entities] == [False, True]
    assert [section.kind for section in page.few] == [page.entities[0].kind]
    assert said.count("Of fewer than 4 entities of a kind none is named.") == 1
    lines = page.entities[1].lines
    assert {line.name for line in lines[:2]} == {page.entity_names.get(one.entity.code, one.entity.code) for one in ends}
    linked = {line.name: line.href for line in lines if line.href}
    assert list(linked) == ["Port Authority"], "only whom the catalogue knows"
    assert lead.get(linked["Port Authority"].removeprefix("/en/workspace/")).status_code == 200
    assert "ضمن أسوأ 1" in work("aisha", "ar").text(PAGE)

    found = Api(token_of(world.aisha(), entity_code="")).get("/cycles/2026-1/sensitivity").json()["entities"]
    assert [(one["league"], one["k"], one["least"]) for one in found] == [("app", 1, 4), ("service-centre", 1, 4)]
    shown = [(one["entity"], one["rank"], one["rank_low"], one["best"], one["worst"]) for one in found[1]["entities"]]
    assert shown == [(one.entity.code, one.entity.rank, one.rank_low, one.first, one.last) for one in centres.entities]

    Robustness.objects.update(entities=[])
    assert "Entities in other ratings" not in lead.text(PAGE), "it was kept before they were asked after"


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
