"""`marsad cycle`: an edition of the programme from its announcement to its publication, by its administrators on the machine."""

from __future__ import annotations

import argparse
from typing import Any

from marsad.cli.cycle.course import add_move, add_publish, add_status
from marsad.cli.cycle.evidence import add_adjust, add_confirm, add_draw, add_take, add_weigh
from marsad.cli.cycle.plan import add_announce, add_cover, add_edit
from marsad.cli.cycle.runs import add_compare, add_run

EXAMPLE = """example:
  marsad cycle announce 2026-1 --standard msr.toml --title-ar "دورة 2026" --title-en "Cycle 2026" --as aisha@gov.example
  marsad cycle cover 2026-1 --kind service-centre --as aisha@gov.example
  marsad cycle move 2026-1 open --as aisha@gov.example
  marsad cycle take 2026-1 answers.csv --source survey --as aisha@gov.example
  marsad cycle run 2026-1 --as aisha@gov.example

Every step is done in the name of the person whose address --as gives, with their rights and under their name in the audit.
"""
ADDERS = (
    add_announce,
    add_edit,
    add_cover,
    add_take,
    add_adjust,
    add_weigh,
    add_draw,
    add_confirm,
    add_run,
    add_status,
    add_move,
    add_publish,
    add_compare,
)


def add(commands: Any) -> None:
    """Add the subcommand with its steps."""
    command = commands.add_parser(
        "cycle",
        help="lead a cycle from its announcement to its publication",
        description="Lead a cycle from its announcement to its publication.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    steps = command.add_subparsers(dest="step", required=True, metavar="STEP")
    for add_step in ADDERS:
        add_step(steps)
