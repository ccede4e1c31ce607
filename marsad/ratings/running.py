"""Runs: asked for once per inputs, worked off by a job that may be killed at any moment, and cancelled between two steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.core.entity_lists import EntityList, confirmed_entity_lists, screened_entity_lists
from marsad.core.lifecycle import OutOfTurn
from marsad.core.lists import List, screened_lists
from marsad.core.memory import remembering
from marsad.core.posterior import Progress
from marsad.core.problem import Problem, Sentence
from marsad.core.second import confirmed_lists
from marsad.ledger.decision import entities_told, told
from marsad.ratings.access import require_may
from marsad.ratings.aftermath import Looked
from marsad.ratings.following import follow
from marsad.ratings.intake import fresh_code
from marsad.ratings.jobs import TASK
from marsad.ratings.models import Cycle, Run
from marsad.ratings.results import store
from marsad.ratings.reviewing import open_marked
from marsad.ratings.screening import screened
from marsad.ratings.setup import Reckoned, Setup, reckon, setup_of, setup_of_run, wave_of
from marsad.ratings.states import held, require_state

RUNS_IN = ("open", "locked", "moderation", "appeal", "published", "cure", "closed")
"""The states of a cycle in which a run may be asked for; one for a correction, once it is published."""
LOCK = int.from_bytes(b"rr")
"""With the number of a run, the advisory lock of whoever works on it."""


class CancelledError(Exception):
    """Somebody cancelled the run meanwhile."""


def ask_for_run(*, by: Person, cycle: Cycle, at: datetime) -> Run:
    """Return the run of a cycle as it is now: the same for the same inputs, a new one where there is none."""
    require_may("ask_for_run", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        setup = setup_of(cycle)
        run: Run | None = cycle.runs.filter(inputs=setup.inputs, state__in=[*Run.LIVE, Run.DONE]).first()
        if run is None:
            run = new_run(by, cycle, setup, at)
        elif run.state == Run.DONE:
            make_current(run, cycle)
            follow(run, at)
        if run.state in Run.LIVE:
            see_to_job(run)
    return run


def new_run(by: Person, cycle: Cycle, setup: Setup, at: datetime) -> Run:
    """Add a run of these inputs."""
    require_state(cycle, RUNS_IN, Sentence("asking for a run"))
    if not setup.scope:
        raise OutOfTurn(Sentence("the cycle covers no channel yet"), remedy=Sentence("cover some first"))
    if not setup.version.imports:
        raise OutOfTurn(Sentence("the cycle has no evidence yet"), remedy=Sentence("take some in first"))
    run: Run = Run.objects.create(
        code=fresh_code(at),
        cycle=cycle,
        standard=setup.release,
        inputs=setup.inputs,
        parts=setup.parts,
        evidence=list(setup.version.imports),
        confirmation=list(setup.second.imports) if setup.second else [],
        drawn=dict(setup.drawn),
        lot=dict(setup.lot),
        scope=setup.scope,
        facts=setup.facts,
        names=setup.names,
        seed=setup.draw.seed,
        draws=setup.draw.draws,
        program=setup.program,
        total=len(setup.scope),
        asked_by=by,
        asked_at=at,
    )
    record(by=by, verb="ask_for_run", on=run, before=None, after={"cycle": cycle.code, "inputs": run.inputs}, at=at)
    return run


def see_to_job(run: Run) -> None:
    """Make sure that a job waits or is under way for a run; it comes with the transaction."""
    jobs = ProcrastinateJob.objects.filter(task_name=TASK, args__run=run.code, status__in=["todo", "doing"])
    if not jobs.exists():
        app.configure_task(TASK).defer(run=run.code)


def cancel_run(*, by: Person, run: Run, at: datetime, why: str = "") -> Run:
    """Cancel a run that is not finished; whoever works on it stops at the next step, and nothing of it is kept."""
    require_may("cancel_run", by, at)
    with transaction.atomic():
        run = Run.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=run.pk)
        if run.state not in Run.LIVE:
            raise OutOfTurn(
                Sentence("the run is {state}", state=run.state),
                remedy=Sentence("only one that waits or is under way can be cancelled"),
            )
        before, run.state = run.state, Run.CANCELLED
        run.save(update_fields=["state"])
        record(by=by, verb="cancel_run", on=run, before={"state": before}, after={"state": run.state}, at=at, why=why)
    return run


def perform(code: str, clock: Callable[[], datetime] = timezone.now, heard: Progress = lambda rows: None) -> Run:
    """Work on a run until it has an end; does nothing where it has one. Nothing is kept but by the last step, which keeps all."""

    def progress(rows: int) -> None:
        go_on(run, rows)
        heard(rows)

    run = Run.objects.select_related("cycle", "standard").get(code=code)
    with alone_on(run):
        if Run.objects.filter(pk=run.pk, state__in=Run.LIVE).update(state=Run.RUNNING, done=0):
            try:
                setup = setup_of_run(run)
                reckoned = reckon(setup, progress)
                finish(run, reckoned, verdicts(setup, reckoned), clock())
            except CancelledError:
                pass
            except Problem as problem:
                fail(run, problem.whole, clock())
            except (OperationalError, InterfaceError):
                raise  # with the database gone nothing can be said; another worker takes the run up again
            except Exception as error:
                fail(run, Sentence("the run broke off: {error}", error=error), clock())
                raise
    ended: Run = Run.objects.select_related("cycle", "standard").get(pk=run.pk)
    return ended


@contextmanager
def alone_on(run: Run) -> Iterator[None]:
    """Be the only one who works on a run; the lock goes with the connection, however the process ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, run.pk % 2**31])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, run.pk % 2**31])


def go_on(run: Run, rows: int) -> None:
    """Say how far a run is; raises CancelledError where it is not wanted any more."""
    if not Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(done=F("done") + rows):
        raise CancelledError


@dataclass(frozen=True)
class Verdicts:
    """Lists of channels and of entities, as a decision tells them."""

    lists: list[Any] = field(default_factory=list)
    entity_lists: list[Any] = field(default_factory=list)


def verdicts(setup: Setup, reckoned: Reckoned) -> Verdicts:
    """Return what a second wave leads to; nothing without one."""
    wave = wave_of(setup)
    if wave is None:
        return Verdicts()
    first = screened(setup, reckoned.rating)
    with remembering():  # kinds in which no entity is visited again are drawn once for both
        lists = confirmed_lists(first.rating, first.lists, wave, setup.draw)
        entities = confirmed_entity_lists(first.rating, first.entities, wave, setup.draw)
    return told_of(reckoned, lists, entities)


def looked_at(run: Run, reckoned: Reckoned) -> Verdicts:
    """Return whom the lists look at by the first wave; other ratings are tried for the publication."""
    return told_of(reckoned, screened_lists(reckoned.rating, run.settings), screened_entity_lists(reckoned.rating))


def told_of(reckoned: Reckoned, lists: list[List], entities: list[EntityList]) -> Verdicts:
    """Return lists as a decision tells them."""
    channels = reckoned.rating.evidence.channels.tolist()
    return Verdicts([told(one, channels) for one in lists], [entities_told(one) for one in entities])


def finish(run: Run, reckoned: Reckoned, found: Verdicts, at: datetime) -> None:
    """Keep all that a run found, at once; raises CancelledError where it is not wanted any more."""
    with transaction.atomic():
        cycle = held(run.cycle)
        run = Run.objects.select_for_update().get(pk=run.pk)
        if run.state != Run.RUNNING:
            raise CancelledError
        store(run, reckoned.rating)
        Looked.objects.create(run=run, **vars(looked_at(run, reckoned)))
        run.state, run.done, run.finished_at, run.notes = Run.DONE, run.total, at, list(reckoned.notes)
        run.lists, run.entity_lists = found.lists, found.entity_lists
        run.save(update_fields=["state", "done", "finished_at", "notes", "lists", "entity_lists"])
        if counts_now(run, cycle):
            make_current(run, cycle)
            open_marked(run, at)
            follow(run, at)
        after = {"cycle": cycle.code, "inputs": run.inputs, "rated": int(reckoned.rating.rated.sum())}
        record(by=None, verb="finish_run", on=run, before=None, after=after, at=at)


def counts_now(run: Run, cycle: Cycle) -> bool:
    """Whether a finished run takes the place of the one that counted: it rates what there is now, or later evidence."""
    current, present = cycle.current_run, setup_of(cycle).inputs
    if run.inputs == present or current is None:
        return True
    return bool(current.inputs != present and current.asked_at < run.asked_at)


def make_current(run: Run, cycle: Cycle) -> None:
    """Have a finished run count in its cycle."""
    cycle.runs.filter(is_current=True).exclude(pk=run.pk).update(is_current=False)
    cycle.runs.filter(pk=run.pk).update(is_current=True)
    run.is_current = True


def fail(run: Run, message: str, at: datetime) -> None:
    """Say that a run failed, and why."""
    Run.objects.filter(pk=run.pk, state=Run.RUNNING).update(state=Run.FAILED, message=message, finished_at=at)


def present_run(cycle: Cycle) -> Run:
    """Return the finished run over exactly what a cycle has now; raises Problem where there is none."""
    run = cycle.current_run
    if run is None or run.inputs != setup_of(cycle).inputs:
        raise OutOfTurn(
            Sentence("there is no finished run over the evidence as it is now"),
            remedy=Sentence("ask for a run and wait for its end"),
        )
    return run
