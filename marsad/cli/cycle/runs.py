"""A cycle rated, and two of its runs compared."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from marsad.cli.acting import now
from marsad.cli.cycle.steps import called, step
from marsad.core.problem import Problem

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.compare import Comparison
    from marsad.ratings.models import Run


def add_run(steps: Any) -> None:
    """Add `run`."""
    command = step(steps, "run", "rate a cycle as it is now", run_cycle, "2026-1")
    command.add_argument("--later", action="store_true", help="leave it to the worker of `marsad serve`")


def run_cycle(options: argparse.Namespace, person: Person) -> None:
    """Ask for a run, and work on it here unless it is for later."""
    from marsad.ratings.actions import ask_for_run
    from marsad.ratings.running import perform

    run = ask_for_run(by=person, cycle=called(person, options.cycle), at=now())
    if not options.later:
        with tqdm(total=run.total, desc="drawing", unit=" channels", delay=2, leave=False) as shown:
            run = perform(run.code, heard=shown.update)
    say_run(run)
    if run.state == run.FAILED:
        raise Problem(run.message.rstrip("."), remedy="mend that and run it again")


def say_run(run: Run) -> None:
    """Print where a run stands."""
    rated = run.results.filter(disclosed=False, rated=True).count()
    outcome = f", {rated} of {run.total} channels rated" if run.state == run.DONE else f", {run.done} of {run.total} channels"
    print(f"run {run.code}: {run.state}{outcome}{', current' if run.is_current else ''}")
    for note in run.notes:
        print(f"  {note}")


def add_compare(steps: Any) -> None:
    """Add `compare`."""
    command = step(steps, "compare", "say who moved between two runs, and why", compare_runs, "2026-1")
    command.add_argument("runs", nargs="*", metavar="RUN", help="two runs; the last two that are done, unless named")
    command.add_argument("--quickly", action="store_true", help="do not rate in the mind to tell several causes apart")


def compare_runs(options: argparse.Namespace, person: Person) -> None:
    """Print who moved and why."""
    from marsad.ratings.access import comparison_for, run_for, runs_for

    if options.runs and len(options.runs) != 2:
        raise Problem("two runs can be compared", remedy="name both, or none for the last two")
    runs = [run_for(person, code) for code in options.runs]
    runs = runs or list(runs_for(person).finished().filter(cycle=called(person, options.cycle))[:2])[::-1]
    if len(runs) < 2:
        raise Problem("there are no two finished runs", remedy="run the cycle again once something has changed")
    say_comparison(comparison_for(person, *runs, deeply=not options.quickly))


def say_comparison(found: Comparison) -> None:
    """Print a comparison."""
    print(f"changed: {', '.join(found.changed) or 'nothing'}")
    for mover in found.movers:
        stars, ranks = (f"{number(mover.before[place])} → {number(mover.after[place])}" for place in (1, 2))
        within = {None: "", True: ", within its interval", False: ", beyond its interval"}[mover.within]
        sources = f" ({', '.join(mover.sources)})" if mover.sources else ""
        print(f"  {mover.channel}: star {stars}, rank {ranks}{within}; why: {mover.why}{sources}")
    for title, codes in (("came", found.came), ("left", found.left)):
        if codes:
            print(f"{title}: {', '.join(codes)}")


def number(value: float | None) -> str:
    """Return a number for people."""
    return "none" if value is None else f"{value:g}"
