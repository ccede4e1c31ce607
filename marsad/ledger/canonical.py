"""One text for one value: JSON in the canonical form of RFC 8785, so that a value has one hash and one signature."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

from marsad.core.problem import Sentence

Json = Any
"""What JSON can say: objects, lists, texts, numbers, true, false and null."""
EXACT = 2**53
"""Whole numbers beyond this are not the same number to every reader."""


class FormError(ValueError):
    """A value that has no canonical form, or bytes that are not in it; the message is a clause."""


def canonical(value: Json) -> bytes:
    """Return the value as canonical JSON; raises FormError for what JSON cannot say exactly.

    >>> canonical({"b": [1.0, 1e-7, 0.5], "a": "é"}).decode()
    '{"a":"é","b":[1,1e-7,0.5]}'
    """
    try:
        return written(value).encode("utf-8")
    except UnicodeEncodeError:
        raise FormError(Sentence("a text holds half a character")) from None


def written(value: Json) -> str:
    """Return the canonical text of a value."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > EXACT:
                raise FormError(Sentence("{value} is too large to be exact everywhere", value=value))
            return str(value)
        case float():
            return number(value)
        case list() | tuple():
            return "[" + ",".join(map(written, value)) + "]"
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise FormError(Sentence("a name is not a text"))
            names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            return "{" + ",".join(f"{written(name)}:{written(value[name])}" for name in names) + "}"
    raise FormError(Sentence("{type} has no form in JSON", type=type(value).__name__))


def number(value: float) -> str:
    """Return the shortest text of a number, as ECMAScript writes it.

    >>> [number(one) for one in (4.5, 2e-3, 1e30, 1e20, 333333333.33333329, -0.0)]
    ['4.5', '0.002', '1e+30', '100000000000000000000', '333333333.3333333', '0']
    """
    if not math.isfinite(value):
        raise FormError(Sentence("{value} is no number", value=value))
    if value == 0:
        return "0"
    _, digits, exponent = Decimal(repr(abs(value))).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    minus = "-" if value < 0 else ""
    if len(text) <= point <= 21:
        return minus + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{minus}{text[0]}{fraction}e{point - 1:+d}"


def parsed(content: bytes) -> Json:
    """Return the value of JSON bytes; raises FormError where they are none, name a thing twice, or are not canonical."""
    try:
        text = content.decode("utf-8")
        value = json.loads(text, object_pairs_hook=without_repeats, parse_constant=refuse_constant, parse_int=whole_number)
        same = canonical(value) == content
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, OverflowError) as error:
        raise FormError(Sentence("it is not JSON ({error})", error=type(error).__name__)) from None
    if not same:
        raise FormError(Sentence("it is not in canonical form: somebody wrote it anew"))
    return value


def without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return an object's members, refusing a name that stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FormError(Sentence("it names a thing twice"))
    return found


def whole_number(text: str) -> int | float:
    """Return a whole number; beyond what is exact it is the nearest that a computer holds, as every reader has it."""
    return int(text) if len(text) < 20 and abs(int(text)) <= EXACT else float(text)


def refuse_constant(name: str) -> Json:
    """Refuse NaN and infinity."""
    raise FormError(Sentence("{value} is no number", value=name))
