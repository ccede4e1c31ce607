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


def add_weigh(steps: Any) -> None:
    """Add `weigh`."""
    command = step(
        steps,
        "weigh",
        "weigh answers to known totals, for a reason",
        weigh,
        "2026-1 totals.csv --source survey --why 'As planned'",
    )
    command.add_argument(
        "path", metavar="FILE", type=Path, help="a CSV or Parquet file of channel, group, total and perhaps part"
    )
    command.add_argument("--source", required=True, metavar="CODE", help="whose answers: survey, meter …")
    command.add_argument("--why", required=True, metavar="TEXT", help="the reason, for those who read the audit")


def weigh(options: argparse.Namespace, person: Person) -> None:
    """Weigh answers, and say how raking went."""
    from marsad.ratings.actions import weigh_file

    cycle, name = called(person, options.cycle), options.path.name
    found = weigh_file(by=person, cycle=cycle, at=now(), source=options.source, path=options.path, why=options.why, name=name)
    for one in found.channels:
        end = "converged" if one.converged else f"not converged, {one.gap:.1%} off"
        print(f"{one.channel}: {one.answers} answers, worth {one.effective:.1f}; {one.rounds} rounds, {end}")
    print(f"{found.took.intake.rows} rows weighed as {found.took.intake.code}")


def add_draw(steps: Any) -> None:
    """Add `draw`."""
    command = step(steps, "draw", "draw who is visited again after the lock, or write who is", draw, "2026-1 --out again.csv")
    command.add_argument(
        "--out", metavar="FILE", type=Path, help="write the assignments of who is drawn; nobody can tell from them who is a decoy"
    )


def draw(options: argparse.Namespace, person: Person) -> None:
    """Draw a confirmation round, or write the assignments of what is drawn."""
    from marsad.ratings.actions import draw_round
    from marsad.ratings.confirming import assignments, drawn_for

    cycle = called(person, options.cycle)
    if options.out is None:
        draw_round(by=person, cycle=cycle, at=now())
        drawn = drawn_for(cycle)
        standing = drawn.exclude(entity_decoy=None).count()
        said = f"{drawn.count()} channels are visited again, {drawn.filter(decoy=True).count()} of them as decoys"
        print(f"{said}, {standing} to stand for entities" if standing else said)
        return
    written = assignments(by=person, cycle=cycle, at=now())
    options.out.write_text("channel,entity,kind\n" + "".join(",".join(line) + "\n" for line in written), encoding="utf-8")
    print(f"{len(written)} channels in {options.out}")


def add_confirm(steps: Any) -> None:
    """Add `confirm`."""
    command = step(steps, "confirm", "bring a second wave on channels drawn for it", confirm, "2026-1 second-wave.csv")
    add_evidence(command)
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, once the cycle is published: it is a correction")


def confirm(options: argparse.Namespace, person: Person) -> None:
    """Take a second wave in; of a published cycle put rows in place of it, for a correction."""
    from marsad.ratings.actions import confirm_evidence, correct_confirmation

    cycle = called(person, options.cycle)
    if cycle.is_public:
        took = correct_confirmation(by=person, cycle=cycle, at=now(), why=options.why, brought=brought_by(options))
        print(f"{took.intake.rows} rows put in place as {took.intake.code}")
        return
    with bar("importing", " files") as step_to:
        took = confirm_evidence(by=person, cycle=cycle, at=now(), brought=brought_by(options), progress=step_to)
    print(f"{took.intake.rows} rows {'taken in' if took.new else 'were there already'} as {took.intake.code}")


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
