"""`marsad migrate`: bring the database to this release."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "migrate",
        help="bring the database to this release",
        description="Bring the database to this release; a new one is filled with its tables. Back it up first.",
        epilog="example:\n  marsad backup before.marsad && marsad migrate",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Migrate, and say how far it was."""
    from marsad.config import start_server
    from marsad.config.database import behind, migrate

    with start_server():
        steps = behind()
        migrate()
    print(f"the database took {steps} steps to this release" if steps else "the database is of this release already")
