"""What changed from one published cycle to the next, for those rated in both."""

from __future__ import annotations

from dataclasses import dataclass

from marsad.public.editions import Edition
from marsad.ratings.board import Entry
from marsad.ratings.models import Cycle


@dataclass(frozen=True)
class Changes:
    """How many channels are rated in `both` cycles, have more stars now or fewer, and scores whose intervals no longer meet.

    `comparable`: both cycles were rated by the same standard.
    """

    cycle: Cycle
    comparable: bool
    both: int
    up: int
    down: int
    clear: int


def changes_between(now: Edition, before: Edition) -> Changes:
    """Return what changed from one edition to a later one."""
    old = before.board.by_code
    pairs = [(entry, old[entry.code]) for entry in now.board.entries if entry.code in old]
    stars = [(one.star, other.star) for one, other in pairs if one.star is not None and other.star is not None]
    return Changes(
        cycle=before.cycle,
        comparable=now.board.run.standard.digest == before.board.run.standard.digest,
        both=len(stars),
        up=sum(new > past for new, past in stars),
        down=sum(new < past for new, past in stars),
        clear=sum(apart(one, other) for one, other in pairs),
    )


def apart(one: Entry, other: Entry) -> bool:
    """Whether the intervals of two scores do not meet."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low > other.high or one.high < other.low
