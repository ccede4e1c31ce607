"""What all steps of `marsad cycle` share: the words they begin with, and the cycle they act on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from marsad.cli.acting import Act, add_actor

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.models import Cycle


def step(steps: Any, name: str, help: str, run: Act, example: str) -> argparse.ArgumentParser:
    """Add one step, which acts on a cycle in the name of a person."""
    command: argparse.ArgumentParser = steps.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog=f"example:\n  marsad cycle {name} {example} --as aisha@gov.example",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("cycle", metavar="CYCLE", help="the code of the cycle")
    add_actor(command, run)
    return command


def called(person: Person, code: str) -> Cycle:
    """Return the cycle of a code, as far as the person may see it."""
    from marsad.ratings.access import cycle_for

    return cycle_for(person, code)
