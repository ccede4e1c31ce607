"""A killed worker loses nothing, and nothing it committed is done twice."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from marsad.config.worker import ATTEMPTS
from tests.config import toy
from tests.config.processes import ROOT, address, environment, wait_until


@pytest.fixture(scope="module", autouse=True)
def toys():
    """The toy jobs, known to the app."""
    if "toy.steps" not in app.tasks:
        toy.register()


@pytest.fixture
def queue(transactional_db):
    """The queue, and the table of the steps done."""
    toy.make_tables()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")  # no model of Django's, so never flushed
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE toy_step")


@contextmanager
def worker(*arguments: str):
    """Have a worker in a process of its own."""
    environ = environment(ROOT, DATABASE_URL=address(), MARSAD_HOME=os.environ["MARSAD_HOME"])
    command = [sys.executable, "-m", "tests.config.toy", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "up\n", process.stderr.read()
        yield process
    finally:
        process.kill()
        process.communicate()


def status(job: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()


def steps(run: str) -> list[int]:
    return [step for step, _ in toy.done(run)]


def test_a_job_is_done_once(queue):
    job = app.configure_task("toy.steps").defer(run="plain", count=3, pause=0)
    with worker("--once") as process:
        process.wait(60)
    assert steps("plain") == [0, 1, 2]
    assert status(job) == ("succeeded", 1)


def test_a_job_commits_with_its_data(queue):
    with transaction.atomic():
        app.configure_task("toy.steps").defer(run="never", count=1, pause=0)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (0,)


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(queue):
    job = app.configure_task("toy.steps").defer(run="killed", count=8, pause=0.2)
    with worker() as first:
        wait_until(lambda: len(toy.done("killed")) >= 3)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    wait_until_no_one_writes()
    before = toy.done("killed")
    assert 3 <= len(before) < 8
    assert status(job)[0] == "doing"
    with worker() as second:
        wait_until(lambda: status(job)[0] == "succeeded")
        assert toy.done("killed")[: len(before)] == before
        assert {process for _, process in toy.done("killed")[len(before) :]} == {second.pid}
    assert steps("killed") == list(range(8))
    assert status(job)[1] == 2


def wait_until_no_one_writes() -> None:
    """Wait until PostgreSQL has noticed that its client is gone."""

    def others() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            return cursor.fetchone()[0]

    wait_until(lambda: others() == 0)


def test_a_worker_that_lives_keeps_its_job_however_long_it_takes(queue):
    job = app.configure_task("toy.steps").defer(run="long", count=1, pause=2.5)
    with worker(), worker():
        wait_until(lambda: status(job)[0] == "succeeded")
    assert steps("long") == [0]
    assert status(job)[1] == 1


def test_a_job_that_brings_down_every_worker_fails_for_good(queue):
    job = app.configure_task("toy.deadly").defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s", [ATTEMPTS - 2, job])
    for _ in range(2):
        with worker() as process:
            if status(job)[0] != "failed":
                wait_until(lambda: process.poll() is not None or status(job)[0] == "failed")
    with worker() as process:
        wait_until(lambda: status(job)[0] == "failed")
        assert process.poll() is None


def test_a_cancelled_job_stops_between_two_steps(queue):
    job = app.configure_task("toy.steps").defer(run="cancelled", count=50, pause=0.1)
    with worker():
        wait_until(lambda: len(toy.done("cancelled")) >= 2)
        app.job_manager.cancel_job_by_id(job, abort=True)
        wait_until(lambda: status(job)[0] == "aborted")
    done = steps("cancelled")
    assert done == list(range(len(done)))
    assert len(done) < 50


def test_a_job_of_a_worker_asked_to_stop_is_finished_first(queue):
    job = app.configure_task("toy.steps").defer(run="polite", count=4, pause=0.2)
    with worker() as process:
        wait_until(lambda: toy.done("polite"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert steps("polite") == [0, 1, 2, 3]
    assert status(job) == ("succeeded", 1)
