"""`marsad plan`: how many visits buy which reliability, and where the next ones settle most."""

from __future__ import annotations

import argparse
from typing import Any

from marsad.cli.plan.design import add_design
from marsad.cli.plan.visits import add_visits

EXAMPLE = """example:
  marsad plan design components.csv --number visit=2,4,8,16 --target 0.8 --out design/
  marsad plan visits today.csv --id centre --mean score --se error --noise-sd 12 --budget 100 --k 5 --out visits/
"""


def add(commands: Any) -> None:
    """Add the subcommand with what it plans."""
    command = commands.add_parser(
        "plan",
        help="plan fieldwork: how many visits, and where",
        description="Plan fieldwork: how many visits buy which reliability, and where the next ones settle most.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plans = command.add_subparsers(dest="plan", required=True, metavar="WHAT")
    add_design(plans)
    add_visits(plans)
