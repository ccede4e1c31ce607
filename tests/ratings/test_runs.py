"""A run is one for the same inputs, and whoever is killed over it, its results are there once and whole."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils.translation import gettext, override
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.core.problem import Problem
from marsad.ratings import actions, running
from marsad.ratings.models import Result, Run
from tests.config.processes import ROOT, address, environment, wait_until
from tests.ratings import build

WORKER = (
    "import asyncio; from marsad.config import SERVER, ready; from marsad.config.worker import Pulse, work; ready(SERVER);"
    "print('up', flush=True); asyncio.run(work(Pulse(0.2, 1.0), wait={}))"
)


def asked(cycle) -> Run:
    from tests import world

    return actions.ask_for_run(by=world.aisha(), cycle=cycle, at=build.NOW)


def test_the_same_inputs_make_no_second_run(country, tmp_path):
    cycle = build.opened(tmp_path)
    first, again = asked(cycle), asked(cycle)
    assert first.pk == again.pk
    assert ProcrastinateJob.objects.filter(args__run=first.code).count() == 1
    done = running.perform(first.code)
    assert (done.state, done.done, done.total, done.is_current) == ("done", 25, 25, True)
    assert asked(cycle).pk == first.pk
    assert running.perform(first.code).finished_at == done.finished_at
    assert cycle.runs.count() == 1
    assert done.results.count() == 25
    assert set(done.parts) == {"evidence", "scope", "facts", "standard", "settings", "program"}


def test_whatever_changes_makes_another_run_and_the_way_back_finds_the_first(country, tmp_path):
    cycle = build.opened(tmp_path)
    first = build.rated(cycle)
    about = {"by": country.aisha, "cycle": cycle, "at": build.NOW}
    actions.state_facts(facts={"app-00": {"breach": "yes"}}, **about)
    second = build.rated(cycle)
    assert second.pk != first.pk
    assert cycle.current_run == second
    actions.state_facts(facts={"app-00": {"breach": ""}}, **about)
    assert asked(cycle) == first
    assert cycle.current_run == first
    actions.uncover(channels=["app-00"], **about)
    third = build.rated(cycle)
    assert third.results.count() == 24


def test_a_run_asked_for_earlier_does_not_push_a_later_one_aside(country, tmp_path):
    cycle = build.opened(tmp_path)
    early = asked(cycle)
    actions.take_evidence(by=country.aisha, cycle=cycle, at=build.NOW, brought=actions.Brought(rows=build.answers(seed=5)))
    late = build.rated(cycle)
    assert running.perform(early.code).state == "done"
    assert cycle.current_run == late


def test_results_follow_from_the_run_as_it_was_asked_for(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = asked(cycle)
    actions.uncover(by=country.aisha, cycle=cycle, at=build.NOW, channels=["app-00"])
    actions.take_evidence(
        by=country.aisha, cycle=cycle, at=build.NOW, brought=actions.Brought(rows=build.answers(seed=5, channels=["app-01"]))
    )
    assert running.perform(run.code).results.count() == 25


def test_a_cancelled_run_keeps_nothing_and_another_can_be_asked_for(country, tmp_path, monkeypatch):
    cycle = build.opened(tmp_path)
    run = asked(cycle)

    def cancel(rows: int) -> None:
        actions.cancel_run(by=country.aisha, run=run, at=build.NOW, why="wrong file")

    stopped = running.perform(run.code, heard=cancel)
    assert (stopped.state, stopped.is_current) == ("cancelled", False)
    assert not Result.objects.exists()
    with pytest.raises(Problem, match="the run is cancelled"):
        actions.cancel_run(by=country.aisha, run=run, at=build.NOW)
    assert asked(cycle).pk != run.pk


def test_a_run_that_cannot_be_rated_says_why_and_is_tried_anew(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = asked(cycle)
    [path] = (django_settings.MARSAD.lake / "evidence").rglob("*source=visit*/**/*.parquet")
    path.rename(tmp_path / "away")
    failed = running.perform(run.code)
    assert failed.state == "failed"
    assert failed.message == f"{path}: the file is missing; restore it from a backup"
    with override("ar"):
        assert Problem(failed.message).say(gettext) == f"{path}: الملف غير موجود؛ استعد الملف من نسخة احتياطية."
    (tmp_path / "away").rename(path)
    again = asked(cycle)
    assert again.pk != run.pk
    assert running.perform(again.code).state == "done"


def test_what_a_run_left_out_is_said_in_either_language(country, tmp_path):
    cycle = build.opened(tmp_path)
    actions.uncover(by=country.aisha, cycle=cycle, at=build.NOW, channels=["app-00"])
    [note] = build.rated(cycle).notes
    assert note == "66 rows speak of subjects that are not rated here: app-00"
    with override("ar"):
        assert note.say(gettext) == "صفوف تخص ما لا يُقيَّم هنا، وعددها 66: app-00"


def test_texts_kept_before_sentences_were_stay_as_they_are(country, tmp_path):
    run = build.rated(build.opened(tmp_path))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ratings_run SET message = to_jsonb('It broke.'::text), notes = '[\"one left out\"]'")
    run.refresh_from_db()
    assert (run.message, run.notes) == ("It broke.", ["one left out"])
    assert Problem(run.message).say(str) == "It broke."


def test_a_run_whose_job_was_lost_gets_another_when_asked_for(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = asked(cycle)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert asked(cycle).pk == run.pk
    assert ProcrastinateJob.objects.filter(args__run=run.code, status="todo").count() == 1


def test_there_is_no_run_without_evidence_or_before_the_opening(country, tmp_path):
    cycle = build.announced(tmp_path)
    with pytest.raises(Problem, match="asking for a run is not possible while the cycle is draft"):
        asked(cycle)
    build.moved(cycle, "open")
    with pytest.raises(Problem, match="no evidence yet"):
        asked(cycle)


@pytest.fixture
def queue(transactional_db, home):
    """A country whose writes are committed, and an empty queue."""
    from tests import world

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    build.catalogue()
    return world.everybody()


@contextmanager
def worker(home, *, wait: bool):
    """Have a worker in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER.format(wait)],
        cwd=ROOT,
        env=environment(home, DATABASE_URL=address()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "up\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_killed_run_is_taken_up_again_and_its_results_are_there_once(queue, home, tmp_path):
    cycle = build.opened(tmp_path, draws=600_000)
    run = asked(cycle)

    def now() -> Run:
        return Run.objects.get(pk=run.pk)

    with worker(home, wait=True) as first:
        wait_until(lambda: now().state == "running")
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert (now().state, Result.objects.count()) == ("running", 0)
    with worker(home, wait=True):
        wait_until(lambda: now().state == "done", 60)
    assert now().is_current
    assert Result.objects.filter(run=run).count() == 25
    [attempts] = ProcrastinateJob.objects.filter(args__run=run.code).values_list("attempts", flat=True)
    assert attempts >= 1
