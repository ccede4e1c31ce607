"""Announcing, covering and moving a cycle, taking evidence in, and what is refused on the way."""

import pytest
from django.db import IntegrityError, connection, transaction

from marsad.accounts.access import Forbidden
from marsad.core.problem import Problem
from marsad.lake.rows import FaultyRowsError, ManyProblems
from marsad.ratings import actions
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.setup import the_lake
from tests import world
from tests.ratings import build

NOW = build.NOW


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"code": "Cycle 1"}, "is no code"),
        ({"title_ar": " "}, "column title_ar: the title is missing"),
        ({"opens_on": build.OPENS, "closes_on": build.OPENS.replace(year=2025)}, "closes before it opens"),
        ({"names": {"castle": 2}}, "does not rate the kind 'castle'"),
        ({"names": {"app": 0}}, "cannot be named"),
        ({"draws": 1}, "show no spread"),
        ({"seed": -1}, "is no seed"),
        ({"least": 0}, "cannot be shown"),
        ({"standard": "nowhere"}, "no standard is called 'nowhere'"),
    ],
)
def test_an_announcement_that_will_not_do_is_refused(country, tmp_path, says, sentence):
    about = {"code": "x", "title_ar": "دورة", "title_en": "Cycle", "standard": str(build.write_standard(tmp_path))}
    with pytest.raises(Problem, match=sentence) as refused:
        actions.announce_cycle(by=country.aisha, at=NOW, **about | says)
    assert sentence in str(refused.value)
    assert not Cycle.objects.exists()


def test_a_code_is_given_once(country, tmp_path):
    build.announced(tmp_path)
    with pytest.raises(Problem, match="already"):
        build.announced(tmp_path)


def test_only_the_programme_leads_a_cycle(country, tmp_path):
    cycle = build.announced(tmp_path)
    for person in (country.omar, country.huda, country.noor, country.charlie):
        with pytest.raises(Forbidden):
            actions.announce_cycle(by=person, code="y", title_ar="أ", title_en="a", standard="z", at=NOW)
        with pytest.raises(Forbidden):
            actions.cover(by=person, cycle=cycle, at=NOW, kinds=["app"])
        with pytest.raises(Forbidden):
            actions.move_cycle(by=person, cycle=cycle, verb="open", at=NOW)
        with pytest.raises(Forbidden):
            actions.ask_for_run(by=person, cycle=cycle, at=NOW)
        with pytest.raises(Forbidden):
            actions.adjust_evidence(by=person, cycle=cycle, at=NOW, why="?", brought=actions.Brought(rows=build.answers()))


def test_a_cycle_covers_what_the_standard_rates_and_exists(country, tmp_path):
    about = {"by": country.aisha, "at": NOW}
    cycle = actions.announce_cycle(
        code="x", title_ar="دورة", title_en="Cycle", standard=str(build.write_standard(tmp_path)), **about
    )
    assert actions.cover(cycle=cycle, kinds=["app"], entities=[world.PORT], **about) == 4
    assert actions.cover(cycle=cycle, entities=[world.PORT], **about) == 5
    assert actions.cover(cycle=cycle, channels=["app-00", "app-01"], **about) == 1
    assert actions.uncover(cycle=cycle, channels=["app-01", "app-02"], **about) == 1
    with pytest.raises(Problem, match="there is no channel 'ghost'"):
        actions.cover(cycle=cycle, channels=["ghost"], **about)
    with pytest.raises(Problem, match="does not rate the kind 'website'"):
        actions.cover(cycle=cycle, kinds=["website"], **about)
    with pytest.raises(Problem, match="does not cover 'app-01'"):
        actions.cover(cycle=cycle, facts={"app-01": {"breach": "yes"}}, **about)
    assert cycle.covered.count() == 9


def test_an_empty_cycle_does_not_open(country, tmp_path):
    cycle = build.announced(tmp_path)
    actions.uncover(by=country.aisha, cycle=cycle, at=NOW, channels=build.codes())
    with pytest.raises(Problem, match="covers no channel"):
        build.moved(cycle, "open")


def test_a_lock_closes_ordinary_intake_and_adjustments_wait_for_it(country, tmp_path):
    cycle = build.opened(tmp_path)
    with pytest.raises(Problem, match="adjusting evidence is not possible while the cycle is open"):
        actions.adjust_evidence(
            by=country.aisha, cycle=cycle, at=NOW, why="?", brought=actions.Brought(rows=build.answers(seed=3))
        )
    build.moved(cycle, "lock")
    with pytest.raises(Problem, match="taking evidence is not possible while the cycle is locked"):
        actions.take_evidence(by=country.aisha, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(seed=3)))
    with pytest.raises(Problem, match="changing the scope is not possible"):
        actions.cover(by=country.aisha, cycle=cycle, at=NOW, kinds=["app"])


def test_a_cycle_that_was_locked_meanwhile_takes_nothing(country, tmp_path):
    cycle = build.opened(tmp_path)
    stale = Cycle.objects.get(pk=cycle.pk)
    build.moved(cycle, "lock")
    with pytest.raises(Problem, match="while the cycle is locked"):
        actions.take_evidence(by=country.aisha, cycle=stale, at=NOW, brought=actions.Brought(rows=build.answers(seed=3)))
    assert cycle.intakes.count() == 2


def test_an_approved_cycle_accepts_no_change(country, tmp_path):
    cycle = build.approved(build.opened(tmp_path))
    about = {"by": country.aisha, "cycle": cycle, "at": NOW}
    with pytest.raises(Problem, match="adjusting evidence is not possible while the cycle is approved"):
        actions.adjust_evidence(why="?", brought=actions.Brought(rows=build.answers(seed=3)), **about)
    with pytest.raises(Problem, match="correcting evidence is not possible"):
        actions.correct_evidence(why="?", brought=actions.Brought(rows=build.answers(seed=3)), **about)
    with pytest.raises(Problem, match="stating facts is not possible"):
        actions.state_facts(facts={"app-00": {"breach": "yes"}}, why="?", **about)
    cycle = actions.move_cycle(by=country.huda, cycle=cycle, verb="return", at=NOW)
    assert cycle.state == "moderation"
    actions.adjust_evidence(
        why="an appeal", brought=actions.Brought(rows=build.answers(seed=3)), by=country.aisha, cycle=cycle, at=NOW
    )


def test_the_council_approves_only_what_was_run_as_it_is(country, tmp_path):
    cycle = build.moved(build.opened(tmp_path), "lock", "moderate", "hear")
    with pytest.raises(Problem, match="no finished run"):
        actions.approve(by=country.huda, cycle=cycle, at=NOW)
    build.rated(cycle)
    actions.adjust_evidence(
        by=country.aisha, cycle=cycle, at=NOW, why="an appeal", brought=actions.Brought(rows=build.answers(seed=3))
    )
    with pytest.raises(Problem, match="no finished run"):
        actions.approve(by=country.huda, cycle=cycle, at=NOW)
    build.rated(cycle)
    with pytest.raises(Forbidden):
        actions.approve(by=country.aisha, cycle=cycle, at=NOW)
    assert actions.move_cycle(by=country.huda, cycle=cycle, verb="approve", at=NOW).state == "approved"
    with pytest.raises(Forbidden):
        actions.publish_cycle(by=country.huda, cycle=cycle, at=NOW)


def test_all_that_is_wrong_with_a_file_is_told_and_nothing_is_taken(country, tmp_path):
    cycle = build.moved(build.announced(tmp_path), "open")
    path = tmp_path / "bad.csv"
    path.write_text(
        "channel,indicator,value,at\napp-00,queue,11,2026-02-01T09:00:00Z\nghost,queue,5,2026-02-01T09:00:00Z\n"
        "app-00,queues,5,2026-02-01T09:00:00Z\napp-00,queue,5,2026-02-01\n",
        encoding="utf-8",
    )
    with pytest.raises(ManyProblems) as refused:
        actions.take_evidence(by=country.aisha, cycle=cycle, at=NOW, brought=actions.Brought(path=path, source="visit"))
    assert [(problem.line, problem.column) for problem in refused.value.problems] == [
        (2, "value"),
        (3, "channel"),
        (4, "indicator"),
        (5, "at"),
    ]
    with pytest.raises(FaultyRowsError, match="'ghost' is not known"):
        actions.take_evidence(
            by=country.aisha, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(channels=["ghost"]))
        )
    with pytest.raises(Problem, match="rows of the cycle 'other'"):
        actions.take_evidence(by=country.aisha, cycle=cycle, at=NOW, brought=actions.Brought(rows=build.answers(cycle="other")))
    assert not Intake.objects.exists()


def test_the_same_file_counts_once(country, tmp_path):
    cycle = build.opened(tmp_path)
    took = actions.take_evidence(
        by=country.aisha, cycle=cycle, at=NOW, brought=actions.Brought(path=build.visits(tmp_path), source="visit")
    )
    assert not took.new
    assert cycle.intakes.count() == 2


def test_a_champion_brings_their_own_evidence_and_no_other(country, tmp_path):
    cycle = build.moved(build.announced(tmp_path), "open")
    mine = build.answers(channels=["centre-00", "centre-03"])
    about = {"by": country.omar, "cycle": cycle, "at": NOW, "entity_code": world.PORT}
    took = actions.take_evidence(brought=actions.Brought(rows=mine), **about)
    assert took.intake.entity_code == world.PORT
    with pytest.raises(FaultyRowsError, match="'centre-01' is not known"):
        actions.take_evidence(brought=actions.Brought(rows=build.answers(channels=["centre-00", "centre-01"])), **about)
    with pytest.raises(ManyProblems, match="the indicator 'queue' is not known"):
        actions.take_evidence(brought=actions.Brought(path=build.visits(tmp_path), source="visit"), **about)
    with pytest.raises(Forbidden):
        actions.take_evidence(brought=actions.Brought(rows=mine), **about | {"entity_code": world.LAND})
    with pytest.raises(Forbidden):
        actions.take_evidence(brought=actions.Brought(rows=mine), **about | {"entity_code": ""})
    with pytest.raises(Forbidden):
        actions.take_evidence(brought=actions.Brought(rows=mine), **about | {"by": country.charlie})


def test_rows_that_lie_in_the_lake_are_linked(country, tmp_path):
    cycle = build.moved(build.announced(tmp_path), "open")
    added = the_lake().add(build.answers(), at=NOW)
    assert actions.link_evidence(by=country.aisha, cycle=cycle, at=NOW, lake_import=added.entry.id).new
    strange = the_lake().add(build.answers(channels=["ghost"]), at=NOW)
    with pytest.raises(Problem, match="the channel 'ghost' is not covered"):
        actions.link_evidence(by=country.aisha, cycle=cycle, at=NOW, lake_import=strange.entry.id)
    with pytest.raises(Problem, match="has no intake"):
        actions.link_evidence(by=country.aisha, cycle=cycle, at=NOW, lake_import="nothing")


@pytest.mark.parametrize("table", ["ratings_intake", "ratings_publication", "ratings_standardrelease", "ratings_result"])
def test_the_database_refuses_to_change_what_is_only_ever_added(country, tmp_path, table):
    build.published(build.opened(tmp_path))
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")


def test_the_database_holds_one_current_run_and_one_result_a_channel(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = build.rated(cycle)
    with pytest.raises(IntegrityError), transaction.atomic():
        cycle.runs.create(
            code="x", standard=cycle.standard, inputs="x", seed=0, draws=2, asked_at=NOW, is_current=True, state="done"
        )
    result = run.results.first()
    result.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        result.save(force_insert=True)
