"""Where a cycle stands, its moves, and its publication."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from marsad.cli.acting import now
from marsad.cli.cycle.runs import say_run
from marsad.cli.cycle.steps import called, step

if TYPE_CHECKING:
    from marsad.accounts.models import Person


def add_status(steps: Any) -> None:
    """Add `status`."""
    step(steps, "status", "say where a cycle stands", status, "2026-1")


def status(options: argparse.Namespace, person: Person) -> None:
    """Print the state of a cycle, its evidence, its runs and its publications, as far as the person may see them."""
    from marsad.ratings.access import publications_for, runs_for
    from marsad.ratings.releases import scheme_of

    cycle = called(person, options.cycle)
    print(f"{cycle.code}: {cycle.state} since {cycle.since:%Y-%m-%d %H:%M}, by {cycle.standard}")
    for k, kinds in scheme_of(cycle.standard, cycle.names).named.items():
        print(f"up to {k} of each named: {', '.join(kind or 'any kind' for kind in kinds)}")
    print(f"{cycle.covered.count()} channels, {sum(cycle.intakes.values_list('rows', flat=True))} rows of evidence")
    for run in runs_for(person).filter(cycle=cycle)[:5]:
        say_run(run)
    for publication in publications_for(person).filter(cycle=cycle):
        corrects = f", corrects {publication.corrects.identity}" if publication.corrects else ""
        print(f"publication {publication.number}: {publication.identity}{corrects}, {publication.fingerprint}")


def add_move(steps: Any) -> None:
    """Add `move` and `approve`."""
    command = step(steps, "move", "move a cycle on: open, lock, moderate, hear, return, cure, close", move, "2026-1 lock")
    command.add_argument("verb", metavar="VERB", help="what is to be done with it")
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, for those who read the audit")
    command = step(steps, "approve", "approve a cycle, which freezes it", move, "2026-1")
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, for those who read the audit")
    command.set_defaults(verb="approve")


def move(options: argparse.Namespace, person: Person) -> None:
    """Move a cycle."""
    from marsad.ratings.actions import move_cycle

    cycle = move_cycle(by=person, cycle=called(person, options.cycle), verb=options.verb, at=now(), why=options.why)
    print(f"{cycle.code} is {cycle.state}")


def add_publish(steps: Any) -> None:
    """Add `publish`."""
    command = step(steps, "publish", "publish an approved cycle, or a correction of a published one", publish, "2026-1")
    command.add_argument("--correct", default="", metavar="WHY", help="publish a correction, for this reason")


def publish(options: argparse.Namespace, person: Person) -> None:
    """Publish a cycle or a correction."""
    from marsad.ratings.actions import correct_publication, publish_cycle
    from marsad.ratings.shelf import folder_of

    cycle, at, why = called(person, options.cycle), now(), options.correct
    with tqdm(total=cycle.covered.count(), desc="publishing", unit=" channels", delay=2, leave=False) as shown:
        if why:
            publication = correct_publication(by=person, cycle=cycle, at=at, why=why, progress=shown.update)
        else:
            publication = publish_cycle(by=person, cycle=cycle, at=at, progress=shown.update)
    print(f"publication {publication.number}: {publication.identity}, {publication.fingerprint}")
    print(f"bundles in {folder_of(publication)}")
