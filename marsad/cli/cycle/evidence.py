"""Evidence taken into a cycle, and adjusted."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli.acting import bar, now
from marsad.cli.cycle.steps import called, step

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.actions import Brought


def add_take(steps: Any) -> None:
    """Add `take`."""
    command = step(steps, "take", "take evidence into an open cycle", take, "2026-1 answers.csv --source survey")
    add_evidence(command)
    command.add_argument("--entity", default="", metavar="CODE", help="the entity in whose name it is brought")


def add_adjust(steps: Any) -> None:
    """Add `adjust`."""
    command = step(steps, "adjust", "adjust evidence, for a reason", adjust, "2026-1 second-visits.csv --why 'Appeal 12'")
    add_evidence(command)
    command.add_argument("--why", required=True, metavar="TEXT", help="the reason, for those who read the audit")


def add_evidence(command: argparse.ArgumentParser) -> None:
    """Add what both ways of taking evidence in ask for."""
    command.add_argument("path", metavar="FILE", type=Path, help="a CSV or Parquet file of single answers, or a folder of them")
    command.add_argument("--source", default="", metavar="CODE", help="the source of all rows, where no column says it")
    command.add_argument("--seen", type=moment, metavar="TIME", help="when all was seen, with its zone, where no column says it")


def brought_by(options: argparse.Namespace) -> Brought:
    """Return the file that is brought, with what is said of all of it."""
    from marsad.ratings.actions import Brought

    return Brought(options.path, source=options.source, seen=options.seen)


def take(options: argparse.Namespace, person: Person) -> None:
    """Take evidence in."""
    from marsad.ratings.actions import take_evidence

    with bar("importing", " files") as step_to:
        took = take_evidence(
            by=person,
            cycle=called(person, options.cycle),
            at=now(),
            brought=brought_by(options),
            entity_code=options.entity,
            progress=step_to,
        )
    if took.unused:
        print(f"not used: {', '.join(took.unused)}")
    print(f"{took.intake.rows} rows {'taken in' if took.new else 'were there already'} as {took.intake.code}")


def adjust(options: argparse.Namespace, person: Person) -> None:
    """Adjust evidence; of a published cycle for a correction."""
    from marsad.ratings import actions

    cycle = called(person, options.cycle)
    change = actions.correct_evidence if cycle.is_public else actions.adjust_evidence
    took = change(by=person, cycle=cycle, at=now(), why=options.why, brought=brought_by(options))
    print(f"{took.intake.rows} rows put in place as {took.intake.code}")


def moment(text: str) -> datetime:
    """Return a time with its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no time; write it as 2026-11-21T09:30:00+04:00") from None
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"'{text}' has no time zone; write it as 2026-11-21T09:30:00+04:00")
    return found
