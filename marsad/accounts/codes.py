"""Public identifiers: 26 characters that sort by the time they were made and tell nothing of how many there are."""

from __future__ import annotations

from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o or u, so that none is mistaken for another or makes a word."""
CHANCE_BYTES = 10
LENGTH = 26


def new_code(at: datetime, chance: bytes) -> str:
    """Return the code of a moment and ten random bytes, as a ULID in lower case.

    >>> new_code(datetime(2026, 11, 21, tzinfo=UTC), bytes(10))
    '01m7xpe6000000000000000000'
    """
    if len(chance) != CHANCE_BYTES:
        raise ValueError(f"a code takes {CHANCE_BYTES} random bytes, not {len(chance)}")
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    number = milliseconds << 8 * CHANCE_BYTES | int.from_bytes(chance, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
