"""How answers came in, told by the end of their instrument: `meter@1.0.0` is by invitation, `meter@1.0.0+open` from who came by.

A device may follow: `meter@1.0.0+open.kiosk-2`, or `meter@1.0.0+invited.tablet-1` where an invitation was answered on one.
"""

from __future__ import annotations

from marsad.lake.engines import Expression

WAY, DEVICE, OPEN = "+", ".", "open"
"""What begins the way in, what begins the device after it, and the way of whoever came by."""


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
    return instrument.partition(WAY)[2].partition(DEVICE)[0] == OPEN


def invited(rows: Expression) -> Expression:
    """Return the rows that did not come in from whoever came by."""
    way = rows.instrument
    return rows.filter(~(way.endswith(f"{WAY}{OPEN}") | way.contains(f"{WAY}{OPEN}{DEVICE}")))
