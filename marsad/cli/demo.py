"""`marsad demo`: make a synthetic nation, rate it, and serve its report on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from marsad.cli.arguments import port, whole

PORT = 8000


def add(commands: Any) -> None:
    """Add the subcommand."""
    command = commands.add_parser(
        "demo",
        help="rate a synthetic nation and serve its report",
        description="Make a synthetic nation whose truth is known, rate it, print the league and serve the report.",
        epilog="example:\n  marsad demo --channels 200 --seed 7",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--channels", default=600, type=whole, metavar="N", help="how many channels (600)")
    command.add_argument("--seed", default=2026, type=whole, metavar="N", help="which nation (2026)")
    command.add_argument("--port", default=PORT, type=port, metavar="N", help="where to serve, or the next free one (8000)")
    command.add_argument("--folder", default=Path("var/demo"), type=Path, metavar="DIR", help="where all is kept (var/demo)")
    command.add_argument("--no-serve", dest="serve", action="store_false", help="stop when the report is written")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make, rate, print, serve."""
    from marsad.cli.showcase import show

    show(options)
