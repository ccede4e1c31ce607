"""A cycle announced, edited while it is a draft, and given what it covers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from marsad.cli.acting import now
from marsad.cli.cycle.steps import called, step
from marsad.core.problem import Problem

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.actions import Changes

DAYS = {"announced": "is announced", "opens": "opens", "closes": "closes"}
UNKNOWN = "none"
"""What is written for a day that is taken back."""


def add_announce(steps: Any) -> None:
    """Add `announce`."""
    command = step(
        steps,
        "announce",
        "announce a cycle",
        announce,
        "2026-1 --standard msr.toml --title-ar 'دورة 2026' --title-en 'Cycle 2026'",
    )
    command.add_argument("--standard", required=True, metavar="NAME|FILE", help="the standard, kept byte for byte from now on")
    add_announced(command, needed=True)


def announce(options: argparse.Namespace, person: Person) -> None:
    """Announce a cycle."""
    from marsad.ratings.actions import announce_cycle

    cycle = announce_cycle(by=person, code=options.cycle, at=now(), **announced(options))
    print(f"announced {cycle.code} by {cycle.standard}, SHA-256 {cycle.standard.digest}")


def add_edit(steps: Any) -> None:
    """Add `edit`."""
    command = step(
        steps,
        "edit",
        "change what was announced while the cycle is a draft; what is left out stays",
        edit,
        "2026-1 --opens 2026-03-01 --k app=3",
    )
    command.add_argument("--standard", metavar="NAME|FILE", help="another standard")
    add_announced(command, needed=False)


def add_announced(command: argparse.ArgumentParser, *, needed: bool) -> None:
    """Add what is said of a cycle when it is announced, and again when it is edited."""
    command.add_argument("--title-ar", required=needed, metavar="TEXT", help="the title in Arabic")
    command.add_argument("--title-en", required=needed, metavar="TEXT", help="the title in English")
    for name, does in DAYS.items():
        command.add_argument(f"--{name}", type=day, metavar="DATE", help=f"the day it {does}; none where it is not known yet")
    command.add_argument(
        "--k", action="append", type=named, metavar="[KIND=]K", help="how many of a kind may be named; may be repeated"
    )
    command.add_argument("--seed", type=int, metavar="N", help="the seed of all draws (0)")
    command.add_argument("--draws", type=int, metavar="N", help="how many draws (4000)")
    command.add_argument("--least", type=int, metavar="N", help="fewer answers than this are not shown (5)")


def announced(options: argparse.Namespace) -> Changes:
    """Return what is said of a cycle; nothing of what is left out."""
    names = ("title_ar", "title_en", "standard", "seed", "draws", "least")
    said: dict[str, Any] = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    days = {name: getattr(options, name) for name in DAYS if getattr(options, name) is not None}
    said |= {f"{name}_on": None if found == UNKNOWN else found for name, found in days.items()}
    return cast("Changes", said | ({"names": dict(options.k)} if options.k else {}))


def edit(options: argparse.Namespace, person: Person) -> None:
    """Change what was announced of a cycle."""
    from marsad.ratings.actions import edit_cycle

    cycle = edit_cycle(by=person, cycle=called(person, options.cycle), at=now(), changes=announced(options))
    print(f"{cycle.code} is by {cycle.standard}, SHA-256 {cycle.standard.digest}")


def add_cover(steps: Any) -> None:
    """Add `cover`."""
    command = step(
        steps, "cover", "have a cycle cover channels, and state facts about them", cover, "2026-1 --kind service-centre"
    )
    for name in ("kind", "entity", "channel"):
        command.add_argument(f"--{name}", action="append", default=[], metavar="CODE", help=f"a {name}; may be repeated")
    command.add_argument("--facts", type=Path, metavar="FILE", help="a table: channel, then a column for each fact")


def cover(options: argparse.Namespace, person: Person) -> None:
    """Have a cycle cover channels."""
    from marsad.ratings import actions

    new = actions.cover(
        by=person,
        cycle=called(person, options.cycle),
        at=now(),
        kinds=options.kind,
        entities=options.entity,
        channels=options.channel,
        facts=facts_in(options.facts) if options.facts else None,
    )
    print(f"{new} channels are new; {called(person, options.cycle).covered.count()} are covered")


def facts_in(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the facts in a table, by channel."""
    from marsad.lake.tables import read_table

    table = read_table(path)
    names = [name for name in table.columns if name != "channel"]
    if len(names) == len(table.columns):
        raise Problem("there is no column channel", file=path, remedy="name the channels in a column of this name")
    columns = {name: table.texts(name).tolist() for name in table.columns}
    return {code: {name: columns[name][row] for name in names} for row, code in enumerate(columns["channel"])}


def day(text: str) -> date | str:
    """Return a date, or the word for none."""
    if text == UNKNOWN:
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write it as 2026-11-21") from None


def named(text: str) -> tuple[str, int]:
    """Return a kind and how many of it may be named; '' for a standard that tells no kinds apart."""
    kind, _, k = text.rpartition("=")
    if not k.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no number to be named; write 5, or service-centre=5")
    return kind, int(k)
