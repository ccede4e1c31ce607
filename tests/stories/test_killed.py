"""Whatever is killed while `marsad serve` rates a cycle: the cycle stays whole, the run is finished once, evidence counts once.

A job is held in its middle by a lock that the test has: PostgreSQL waits for it once the first channels are reckoned, or once
all results are stored and nothing of them is committed.
"""

import os
import signal
from contextlib import closing
from typing import NamedTuple

import psycopg
import pytest

from marsad.config.embedded import FAST, connection_words, running
from marsad.ledger import public_key
from tests.config.processes import nothing_left, of, postmaster, python, wait_until
from tests.config.serving import serving
from tests.ratings import build
from tests.stories import files
from tests.stories.homes import copied, terminal, verified

HURRIED, WEB = "tests.stories.hurried", "marsad.config.web"
DRAWING, STORING = 77, 78
HOLD = f"""
CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::int); RETURN NEW; END$$;
CREATE TRIGGER while_drawing BEFORE UPDATE ON ratings_run FOR EACH ROW WHEN (NEW.done > OLD.done AND NEW.state = 'running')
    EXECUTE FUNCTION held({DRAWING});
CREATE TRIGGER while_storing BEFORE INSERT ON accounts_action FOR EACH ROW WHEN (NEW.verb = 'finish_run')
    EXECUTE FUNCTION held({STORING});
"""
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
RESULTS = """
SELECT channel_id, disclosed, score, star, low, high, rank, p_top FROM ratings_result ORDER BY channel_id, disclosed
"""
NODES = "SELECT channel_id, disclosed, node, score, n FROM ratings_noderesult ORDER BY channel_id, disclosed, node"
RUNS = "SELECT state, is_current, done, total FROM ratings_run"
JOBS = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'ratings.rate'"
KEPT = "SELECT code, rows, lake_import FROM ratings_intake ORDER BY code"
FINISHED = "SELECT count(*) FROM accounts_action WHERE verb = 'finish_run'"
CHECKED = (
    "from marsad.config import start_server\nwith start_server():\n"
    "    from marsad.accounts.audit import check_audit\n    print(check_audit())"
)


class Found(NamedTuple):
    """What a home holds of a finished run."""

    results: list
    nodes: list
    kept: list
    runs: list
    jobs: list
    finished: list


def rows(home, query: str, *given) -> list[tuple]:
    """Return the rows of a query, in a connection of its own."""
    with closing(psycopg.connect(**connection_words(home))) as connection:
        return connection.execute(query, given).fetchall()


def found(home) -> Found:
    """Return what a home holds."""
    return Found(*(rows(home, query) for query in (RESULTS, NODES, KEPT, RUNS, JOBS, FINISHED)))


@pytest.fixture(scope="module")
def asked(begun, ground, tmp_path_factory):
    """A home in which nothing runs, a job waits, and jobs can be held; and what it finds where nobody is killed."""
    folder = tmp_path_factory.mktemp("asked")
    path, calm = (ground / f"{name}-{os.getpid()}" for name in ("asked", "calm"))
    copied(begun, path)
    with running(path, FAST) as words, terminal(path) as at:
        at.do("take", files.answers(folder), "--source", "survey")
        at.do("take", build.visits(folder), "--source", "visit")
        at.do("run", "--later")
        with psycopg.connect(**words) as connection:
            connection.execute(HOLD)
    copied(path, calm)
    with nothing_left(calm), running(calm, FAST), terminal(calm) as at:
        at.do("run")
        undisturbed = found(calm)._replace(jobs=[("succeeded",)])
    assert undisturbed.runs == [("done", True, 25, 25)]
    assert (len(undisturbed.results), undisturbed.finished) == (25, [(1,)])
    return path, undisturbed


@pytest.fixture
def busy(asked, home):
    """A home of its own whose database runs and where a job waits."""
    copied(asked[0], home)
    with running(home, FAST):
        yield home


def held(home, where: int) -> psycopg.Connection:
    """Have the job wait in its middle until the connection is closed."""
    connection = psycopg.connect(**connection_words(home), autocommit=True)
    connection.execute("SELECT pg_advisory_lock(%s)", [where])
    return connection


def wait_until_held(home, where: int) -> None:
    """Wait until the job has come to where it is held."""
    wait_until(lambda: rows(home, WAITING, where), 60)


def wait_until_finished(home) -> None:
    """Wait until no job is left, while the database may be away."""

    def is_finished() -> bool:
        try:
            return all(status not in ("todo", "doing") for [status] in rows(home, JOBS))
        except psycopg.OperationalError:
            return False

    wait_until(is_finished, 90)


def test_web_and_worker_are_replaced_and_the_run_is_finished_once(busy, asked):
    with closing(held(busy, DRAWING)) as drawing, closing(held(busy, STORING)) as storing, serving(busy, HURRIED) as served:
        wait_until_held(busy, DRAWING)
        [web], [worker] = served.children(WEB), served.children(HURRIED)
        for process in (*web.children(), web):
            process.kill()
        wait_until(lambda: served.children(WEB) not in ([], [web]))
        wait_until(served.answers)
        assert served.get("/api/v1/cycles")[0] == 200
        assert served.children(HURRIED) == [worker]
        worker.kill()
        wait_until(lambda: served.children(HURRIED) not in ([], [worker]))
        drawing.close()
        wait_until_held(busy, STORING)
        [worker] = served.children(HURRIED)
        worker.kill()
        wait_until(lambda: served.children(HURRIED) not in ([], [worker]))
        storing.close()
        wait_until_finished(busy)
        assert found(busy) == asked[1]


def test_a_killed_database_is_started_again_and_the_run_is_finished_once(busy, asked):
    with closing(held(busy, DRAWING)), serving(busy, HURRIED) as served:
        wait_until_held(busy, DRAWING)
        number = postmaster(busy)
        os.kill(number, signal.SIGKILL)
        wait_until(lambda: postmaster(busy) not in (0, number))
        wait_until(served.answers)
        wait_until_finished(busy)
        assert found(busy) == asked[1]


def test_after_all_is_killed_at_once_the_next_start_finishes_the_run_and_the_cycle_is_published(busy, asked, tmp_path):
    with closing(held(busy, STORING)), serving(busy, HURRIED) as served:
        wait_until_held(busy, STORING)
        for process in of(busy):
            process.kill()
        served.process.wait()
    wait_until(lambda: of(busy) == [])
    with serving(busy, HURRIED), terminal(busy) as at:
        wait_until_finished(busy)
        assert found(busy) == asked[1]
        for verb in ("lock", "moderate", "hear"):
            at.do("move", verb)
        at.do("approve", as_="huda")
        at.do("publish")
        assert python(busy, CHECKED).communicate(timeout=60)[0] == "[]\n"
    key, [bundle] = tmp_path / "publisher.pem", (busy / "publications").glob("*/auditor.zip")
    key.write_bytes(public_key(busy / "keys" / "signing.pem"))
    code, said = verified(bundle, "--key", key)
    assert code == 0, said
    assert f"{files.ANSWERED + files.VISITED} valid rows" in said
