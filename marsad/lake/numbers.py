"""One number as people write it, in Western, Arabic-Indic or Persian digits."""

from __future__ import annotations

import math
import re

from marsad.core.problem import Sentence

INVISIBLE = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Marks of writing direction and the like, which Arabic spreadsheets put around numbers and names."""
SPACE = " \t\r\n\u00a0\u202f" + INVISIBLE
"""What is trimmed from both ends of every name, text and number."""
MISSING = frozenset({"", "na", "n/a", "nan", "null", "-"})
"""What stands for a missing number, in any case."""
PLAIN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""A number any machine reads; also the pattern of the fast path."""

WESTERN = str.maketrans(
    {chr(first + digit): str(digit) for first in (0x0660, 0x06F0) for digit in range(10)} | {"٫": ".", "٪": "%", "\u2212": "-"}
)
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(٬[0-9]{3})+(\.[0-9]+)?")
LARGEST = 1e100
"""Beyond this no measurement lies, and sums of squares stay finite up to it."""
PLAIN_NUMBER = re.compile(PLAIN)
INFINITE = re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE)


WRITE_ONE = Sentence("write a number or leave the cell blank")


class NotANumberError(ValueError):
    """A text that is no number, with a remedy."""

    def __init__(self, what: str, remedy: str = WRITE_ONE) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(what)


def parse_number(text: str) -> float:
    """Return the number a cell states, NaN where it states that there is none; raises NotANumberError.

    >>> parse_number("٧٦٫٥٪"), parse_number("1.5"), parse_number("n/a")
    (76.5, 1.5, nan)
    """
    trimmed = text.strip(SPACE)
    if trimmed.lower() in MISSING:
        return math.nan
    western = trimmed.translate(WESTERN)
    if western.endswith("%"):
        western = western[:-1].rstrip(SPACE)
    if GROUPED.fullmatch(western):
        western = western.replace("٬", "")
    if not PLAIN_NUMBER.fullmatch(western):
        raise refusal(trimmed, western)
    number = float(western)
    if abs(number) > LARGEST:
        raise NotANumberError(Sentence("the number {value} is too large", value=shown(trimmed)))
    return number


def refusal(text: str, western: str) -> NotANumberError:
    """Return why a text is refused as a number, by the likeliest mistake."""
    if INFINITE.fullmatch(western):
        return NotANumberError(Sentence("infinity is not a value"))
    if re.fullmatch(r"[+-]?[0-9.]+(,[0-9]+)+(\.[0-9]+)?", western):
        what = Sentence("the value {text} has a comma, which may mean thousands or decimals", text=shown(text))
        return NotANumberError(what, Sentence("write the number without thousands separators and with a decimal point"))
    return NotANumberError(Sentence("the value {text} is not a number", text=shown(text)))


def shown(text: str) -> str:
    """Return a text in quotation marks, shortened for a sentence."""
    flat = " ".join(text.split())
    return f"'{flat}'" if len(flat) <= 40 else f"'{flat[:37]}…'"
