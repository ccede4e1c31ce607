"""What all steps of `marsad cycle` share: who acts, on which cycle, and how far it is."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from marsad.core.problem import Problem

if TYPE_CHECKING:
    from marsad.accounts.models import Person
    from marsad.ratings.models import Cycle

Act = Callable[[argparse.Namespace, "Person"], None]
"""Does a step, in the name of a person."""


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
    command.add_argument("--as", dest="as_", required=True, metavar="EMAIL", help="who does it")
    command.set_defaults(run=lambda options: acting(options, run))
    return command


def acting(options: argparse.Namespace, run: Act) -> None:
    """Do a step with the database at hand."""
    from marsad.config import start_server

    with start_server():
        from marsad.accounts.models import Person

        person = Person.objects.active().filter(email=options.as_.lower()).first()
        if person is None:
            raise Problem(f"nobody has the address {options.as_}", remedy="say with --as who you are")
        run(options, person)


def called(person: Person, code: str) -> Cycle:
    """Return the cycle of a code, as far as the person may see it."""
    from marsad.ratings.access import cycle_for

    return cycle_for(person, code)


def now() -> datetime:
    """Return the time."""
    from django.utils import timezone

    found: datetime = timezone.now()
    return found


@contextmanager
def bar(doing: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Give something to tell how much of how much is done; a bar on anything over two seconds."""
    with tqdm(desc=doing, unit=unit, delay=2, leave=False) as shown:

        def step_to(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield step_to
