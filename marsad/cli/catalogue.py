"""`marsad import`: regions, entities, services and channels brought into the catalogue from CSV, all of them or none."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.cli.acting import add_actor, bar, now

if TYPE_CHECKING:
    from marsad.accounts.models import Person

EXAMPLE = """example:
  marsad import catalogue/ --check --as aisha@gov.example
  marsad import catalogue/ --as aisha@gov.example
  marsad import entities.csv channels.csv --as aisha@gov.example

The files are called regions.csv, entities.csv, services.csv and channels.csv. What has a code that is there already is changed
in the columns the file has; what no file speaks of stays. Everything that is wrong is told, each with its line and column.
"""
DONE, TO_DO = ("added", "changed"), ("to add", "to change")


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "import",
        help="bring regions, entities, services and channels into the catalogue",
        description="Bring regions, entities, services and channels into the catalogue, all of them or none.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="a file of the catalogue, or a folder of them")
    command.add_argument("--check", action="store_true", help="say what would be done, and write nothing")
    command.add_argument("--why", default="", metavar="TEXT", help="the reason, for those who read the audit")
    add_actor(command, bring)


def bring(options: argparse.Namespace, person: Person) -> None:
    """Bring files in, or only check them, and say for each table what became of its lines; raises Mistakes."""
    from marsad.catalogue.actions import check_catalogue, import_catalogue
    from marsad.catalogue.sheets import TABLES

    if options.check:
        report = check_catalogue(by=person, path=options.paths, at=now())
    else:
        with bar("importing", " rows") as step_to:
            report = import_catalogue(by=person, path=options.paths, at=now(), progress=step_to, why=options.why)
    added, changed = TO_DO if options.check else DONE
    for name, found in report.items():
        print(f"{TABLES[name][0]}: {len(found.added)} {added}, {len(found.changed)} {changed}, {found.unchanged} as they were")
    if options.check:
        print("nothing was written")
