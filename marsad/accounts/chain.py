"""The arithmetic of the audit: values made plain, personal data masked, every entry's fingerprint built on the one before."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

START = "0" * 64
"""What stands before the first entry."""

PERSONAL_NAMES = frozenset({"email", "phone", "mobile"})
EMAIL = re.compile(r"[^\s@<>,;:\"']+@[^\s@<>,;:\"']+")
# A number one can call begins with + or 0, in any digits; dates and codes do not.
PHONE = re.compile(r"(?<![\w.:-])(?:\+|[0٠۰])[\s().-]?\d(?:[\s().-]?\d){5,}")


def plain(value: Any) -> Any:
    """Return a value as JSON that PostgreSQL gives back unchanged, so that its fingerprint can be computed again.

    >>> plain({"score": 3.0, "at": date(2026, 11, 21), "entities": {"b", "a"}})
    {'score': 3, 'at': '2026-11-21', 'entities': ['a', 'b']}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, Mapping):
        return {plain_text(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(part) for part in value), key=str)
    return plain_text(written(value))


def written(value: Any) -> str:
    """Return a moment, a member of an enumeration or anything else as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value if isinstance(value, Enum) else value)


def plain_number(value: float) -> int | float:
    """Return a finite number, whole ones as such: PostgreSQL knows no 1.0, no -0.0 and no exponent."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot stand in the audit")
    return int(value) if value.is_integer() else value


def plain_text(text: str) -> str:
    """Return a text without what PostgreSQL cannot hold: zero bytes and halves of characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def masked(value: Any) -> Any:
    """Return a plain value with addresses and telephone numbers hidden.

    >>> masked({"email": "omar@port.example", "note": "call +971 50 123 4567", "since": "2026-11-21"})
    {'email': 'o***@port.example', 'note': 'call ***67', 'since': '2026-11-21'}
    """
    if isinstance(value, dict):
        return {key: hidden(part) if key in PERSONAL_NAMES else masked(part) for key, part in value.items()}
    if isinstance(value, list):
        return [masked(part) for part in value]
    return masked_text(value) if isinstance(value, str) else value


def hidden(value: Any) -> Any:
    """Return what is personal by its name, masked whatever it looks like."""
    if value in (None, ""):
        return value
    text = masked_text(str(value))
    return text if text != str(value) else "***"


def masked_text(text: str) -> str:
    """Return a text with every address and telephone number in it masked.

    >>> masked_text("mariam@shop.example or 00971501234567")
    'm***@shop.example or ***67'
    """
    text = EMAIL.sub(lambda found: f"{found[0][0]}***@{found[0].rpartition('@')[2]}", text)
    return PHONE.sub(lambda found: f"***{found[0][-2:]}", text)


def fingerprint(previous: str, content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry's content behind the fingerprint of the entry before it."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()
