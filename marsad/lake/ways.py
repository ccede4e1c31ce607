"""How answers came in, told by the end of their instrument: `meter@1.0.0` is by invitation, `meter@1.0.0+open` from who came by.

`process@1.0.0+running` is a case that has not ended: its value is the time so far.
A device may follow: `meter@1.0.0+open.kiosk-2`, or `meter@1.0.0+invited.tablet-1` where an invitation was answered on one.
"""

from __future__ import annotations

import numpy as np

from marsad.core.arrays import Mask
from marsad.core.problem import Sentence
from marsad.lake.engines import Expression
from marsad.lake.tables import Table, shared_codes

WAY, DEVICE, OPEN, RUNNING = "+", ".", "open", "running"
"""What begins the way in, what begins the device after it, the way of whoever came by, and that of a case that has not ended."""


def device_of(instrument: str) -> str:
    """Return the device that an instrument names, blank where it names none.

    >>> device_of("meter@1.0.0+open.kiosk-2"), device_of("meter@1.0.0")
    ('kiosk-2', '')
    """
    return instrument.partition(WAY)[2].partition(DEVICE)[2]


def is_open(instrument: str) -> bool:
    """Whether answers came in without an invitation.

    >>> [is_open(name) for name in ("meter@1.0.0+open.kiosk-2", "meter@1.0.0+invited.tablet-1", "meter@1.0.0")]
    [True, False, False]
    """
    return way_of(instrument) == OPEN


def way_of(instrument: str) -> str:
    """Return the way in that an instrument names, blank where it names none."""
    return instrument.partition(WAY)[2].partition(DEVICE)[0]


def open_in(table: Table, column: str) -> Mask:
    """Return which rows of a table came in without an invitation, by the column of their instrument."""
    return by_way(table, column, OPEN)


def by_way(table: Table, column: str, way: str) -> Mask:
    """Return which rows of a table came in this way, by the column of their instrument."""
    [codes], labels = shared_codes([table], [column])
    return np.array([*(way_of(label) == way for label in labels.tolist()), False])[codes]


def invited(rows: Expression) -> Expression:
    """Return the rows that did not come in from whoever came by."""
    return rows.filter(~from_anybody(rows))


def uninvited(rows: Expression) -> Expression:
    """Return the rows that came in from whoever came by."""
    return rows.filter(from_anybody(rows))


def from_anybody(rows: Expression) -> Expression:
    """Return which rows came in without an invitation."""
    return in_way(rows, OPEN)


def in_way(rows: Expression, way: str) -> Expression:
    """Return which rows came in this way."""
    return rows.instrument.endswith(f"{WAY}{way}") | rows.instrument.contains(f"{WAY}{way}{DEVICE}")


def left_out(count: int) -> tuple[str, ...]:
    """Return a note on answers that do not count because nobody was invited to give them; none where there are none."""
    if not count:
        return ()
    note = (
        Sentence("{count} answers of whoever came by were left out: the standard counts those who were invited", count=count)
        if count > 1
        else Sentence("1 answer of whoever came by was left out: the standard counts those who were invited")
    )
    return (note,)
