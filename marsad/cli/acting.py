"""What commands share that act in somebody's name: who it is, when it is, and how far they are."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from tqdm import tqdm

from marsad.core.problem import Problem

if TYPE_CHECKING:
    from marsad.accounts.models import Person

Act = Callable[[argparse.Namespace, "Person"], None]
"""Does something, in the name of a person."""


def add_actor(command: argparse.ArgumentParser, act: Act) -> None:
    """Have a command ask who acts, and act in their name."""
    command.add_argument("--as", dest="as_", required=True, metavar="EMAIL", help="who does it")
    command.set_defaults(run=lambda options: acting(options, act))


def acting(options: argparse.Namespace, act: Act) -> None:
    """Act with the database at hand; raises Problem where it is not of this release, or nobody has the address."""
    from marsad.config import start_server
    from marsad.config.database import refuse_unmigrated

    with start_server():
        refuse_unmigrated()
        from marsad.accounts.models import Person

        person = Person.objects.active().filter(email=options.as_.lower()).first()
        if person is None:
            raise Problem(f"nobody has the address {options.as_}", remedy="say with --as who you are")
        act(options, person)


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
