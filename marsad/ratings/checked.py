"""What is known of the integrity of one channel's result, as values, and as the rows that keep them with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marsad.core.gaming import Bribe
from marsad.ratings.board import Entry


@dataclass(frozen=True)
class Planted:
    """How many answer sheets of a source at one end would change a channel's star, and its lists; None: more than are tried."""

    source: str
    end: str
    star: int | None
    lists: int | None


@dataclass(frozen=True)
class Remark:
    """What a detector saw: `seen` beside `expected`, from which day to which and by which rater or device, where that is told."""

    kind: str
    source: str
    seen: float
    expected: float
    first: date | None
    last: date | None
    who: str
    surprise: float


@dataclass(frozen=True)
class Hand:
    """A rater or device whose answers alone would change a result, were all of them at one end: the star there would be."""

    hand: str
    end: str
    star: float
    starred: bool
    listed: bool

    @classmethod
    def of(cls, bribe: Bribe) -> Hand:
        """Return whom the core found to be enough."""
        return cls(bribe.hand, bribe.end, bribe.star, bribe.starred, bribe.listed)


@dataclass(frozen=True)
class Otherwise:
    """The star and the lists of a channel by invited answers alone; a star of None is none."""

    star: float | None
    lists: tuple[str, ...]
    starred: bool
    listed: bool


@dataclass(frozen=True)
class Checked:
    """A rated channel: what would manipulate it, how suspicious it is and why, and what invited answers alone would give.

    `otherwise` is None where none counts that was not invited.
    """

    entry: Entry
    planted: tuple[Planted, ...]
    bribes: tuple[Hand, ...]
    score: float
    marked: bool
    remarks: tuple[Remark, ...]
    otherwise: Otherwise | None


def row_of(channel: Checked) -> list[Any]:
    """Return a channel as it is stored."""
    remarks = [[day.isoformat() if isinstance(day, date) else day for day in vars(one).values()] for one in channel.remarks]
    return [
        channel.entry.code,
        [list(vars(one).values()) for one in channel.planted],
        [list(vars(one).values()) for one in channel.bribes],
        channel.score,
        channel.marked,
        remarks,
        channel.otherwise and list(vars(channel.otherwise).values()),
    ]


def checked_of(row: list[Any], entries: Mapping[str, Entry]) -> Checked:
    """Return a channel from how it is stored."""
    code, planted, bribes, score, marked, remarks, otherwise = row
    return Checked(
        entry=entries[code],
        planted=tuple(Planted(*one) for one in planted),
        bribes=tuple(Hand(*one) for one in bribes),
        score=score,
        marked=marked,
        remarks=tuple(remark_of(*one) for one in remarks),
        otherwise=None if otherwise is None else otherwise_of(*otherwise),
    )


def remark_of(
    kind: str, source: str, seen: float, expected: float, first: str | None, last: str | None, who: str, surprise: float
) -> Remark:
    """Return a remark from how it is stored."""
    begun, ended = (None if day is None else date.fromisoformat(day) for day in (first, last))
    return Remark(kind, source, seen, expected, begun, ended, who, surprise)


def otherwise_of(star: float | None, lists: list[str], starred: bool, listed: bool) -> Otherwise:
    """Return what invited answers alone give from how it is stored."""
    return Otherwise(star, tuple(lists), starred, listed)
