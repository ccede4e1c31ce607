"""The words of pictures: plain text in one language, with numbers and names kept apart from the direction of the sentence.

A picture has no elements that isolate, and Typst reads every line of an SVG from left to right, so directions are marked by
Unicode's own signs.
"""

from __future__ import annotations

from math import isnan
from typing import Any
from unicodedata import combining

from marsad.web.texts import TOGETHER, chance_words, grouped, joined, translated, translated_count

APART, LEFT_TO_RIGHT, RIGHT_TO_LEFT, END = "\u2068", "\u2066", "\u2067", "\u2069"
NONE = "–"
"""What is written where there is no number."""
NARROW, THIN = set(" .,:;،؛'|!iljtfIاإأآدذرزوء١"), {APART, LEFT_TO_RIGHT, RIGHT_TO_LEFT, END, TOGETHER}


def say(message: str, language: str, /, **values: Any) -> str:
    """Return a message in a language with its values filled in, each of them isolated."""
    arabic, english = translated(message)
    return filled(arabic if language == "ar" else english, language, values)


def say_count(one: str, many: str, number: float, language: str, /, **values: Any) -> str:
    """Return a message in the form its `{n}` asks for; Arabic has six."""
    arabic, english = translated_count(one, many, int(number))
    return filled(arabic if language == "ar" else english, language, {"n": number, **values})


def filled(message: str, language: str, values: dict[str, Any]) -> str:
    """Return a message with its values, numbers written as the pages write them."""
    return message.format(**{name: isolated(written(value, language)) for name, value in values.items()})


def written(value: Any, language: str) -> str:
    """Return a value as text; a mark where there is none."""
    if isinstance(value, int | float):
        return NONE if isnan(value) else grouped(value)
    return str(value)


def isolated(text: str) -> str:
    """Return a text that neither takes its direction from its neighbours nor lends them its own; numbers run left to right."""
    return f"{APART if any(sign.isalpha() for sign in text) else LEFT_TO_RIGHT}{joined(text)}{END}"


def directed(text: str, language: str) -> str:
    """Return a whole line in the direction of its language."""
    return f"{RIGHT_TO_LEFT}{text}{END}" if language == "ar" else text


def plain(text: str) -> str:
    """Return a text without signs of direction, for a file."""
    return "".join(sign for sign in text if sign not in THIN)


def chance(share: float, language: str) -> str:
    """Return a probability in words that may stand within a sentence."""
    words = chance_words(share)
    return words.ar if language == "ar" else words.en


def number(value: float, digits: int | None = None) -> str:
    """Return a number as text, a mark where it is not known."""
    return NONE if isnan(value) else grouped(value, digits)


def span(low: float, high: float, digits: int | None = None) -> str:
    """Return an interval as text, a mark where it is not known; the smaller number stands first in reading order."""
    return NONE if isnan(low) or isnan(high) else f"{isolated(grouped(low, digits))}–{TOGETHER}{isolated(grouped(high, digits))}"


def length(text: str, size: float) -> float:
    """Return about how long a line is at a font size, rather too long than too short; no font is asked, so bytes never differ."""
    return size * sum(0.0 if sign in THIN or combining(sign) else 0.34 if sign in NARROW else 0.62 for sign in text)


def wrapped(text: str, size: float, room: float, lines: int = 2) -> tuple[str, ...]:
    """Return a text in so many lines as fit a room; what does not fit ends in an ellipsis."""
    found, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and length(longer, size) > room:
            found.append(line)
            line = word
        else:
            line = longer
    found.append(line)
    kept = found[:lines]
    if len(found) > lines or length(kept[-1], size) > room:
        kept[-1] = shortened(kept[-1] if len(found) <= lines else f"{kept[-1]} {found[lines]}", size, room)
    return tuple(shortened(line, size, room) for line in kept)


def shortened(text: str, size: float, room: float) -> str:
    """Return a text cut to a room, with an ellipsis where something is missing."""
    if length(text, size) <= room:
        return text
    while text and length(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
