"""Two languages on one page: every phrase is written in Arabic and in English, and the reader's choice shows one of them.

Messages are English here and in the templates; `marsad/locale` holds their Arabic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import floor
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, gettext, ngettext, override

from marsad.core.problem import Problem
from marsad.standards import Text

register = template.Library()
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How days are written; a browser would break a line after a hyphen of theirs."""
PER_CENT = re.compile(r"([0-9][0-9.,]*) ?%")
"""How shares are written in texts: off from the sign a line would break, and in Arabic the sign would change sides."""
TOGETHER = "\u2060"
"""The sign that joins what stands beside it, in texts that are no HTML."""


@dataclass(frozen=True)
class Words:
    """A phrase as HTML, once in each language; one text that is the same in both is written once, apart from its surroundings."""

    ar: str
    en: str

    def __str__(self) -> SafeString:
        """Return the phrase as it stands on a page."""
        if self.ar == self.en:
            return mark_safe(f"<bdi>{self.ar}</bdi>")
        return mark_safe(f'<span lang="ar" dir="rtl">{self.ar}</span><span lang="en" dir="ltr">{self.en}</span>')

    def __html__(self) -> SafeString:
        """Return the phrase as HTML that needs no escaping."""
        return self.__str__()

    def inside(self, language: str) -> str:
        """Return the phrase as it stands inside a longer one."""
        words = self.ar if language == "ar" else self.en
        return f"<bdi>{words}</bdi>" if self.ar == self.en else words


def text(value: Text) -> Words:
    """Return a text of a standard; shares in it are written as pages write them.

    >>> text(Text("أول 10 %", "The first 10 %")) == Words("أول \u200e10%", "The first 10%")
    True
    """
    arabic, english = PER_CENT.sub("\u200e\\1%", value.ar), PER_CENT.sub(r"\1%", value.en)
    return Words(escape(arabic, quote=False), escape(english, quote=False))


def noop(message: str) -> str:
    """Return a message as it is: it only marks one that is written in two languages later. Django's own asks for its settings."""
    return message


def phrase(message: str, /, **values: Any) -> Words:
    """Return a message with its values filled in; numbers and names are kept apart from the direction of the sentence."""
    return filled(translated(message), values)


def counted(one: str, many: str, number: float, /, **values: Any) -> Words:
    """Return a message in the form its `{n}` asks for; Arabic has six."""
    return filled(translated_count(one, many, int(number)), {"n": grouped(number), **values})


def filled(messages: tuple[str, str], values: dict[str, Any]) -> Words:
    """Return the messages in Arabic and English with their values."""
    ar, en = (
        escape(message, quote=False).format(**{name: within(value, language) for name, value in values.items()})
        for language, message in zip(("ar", "en"), messages, strict=True)
    )
    return Words(ar, en)


def complaint(problem: Problem, *, placed: bool = True) -> str:
    """Return a problem as a page tells it, with where it is or not; what was given stands apart from the sentence's direction."""
    told = problem if placed else Problem(problem.what, remedy=problem.remedy)
    return told.say(gettext, apart)


def apart(value: str) -> str:
    """Return a value for a sentence of the present language that is no HTML: in Arabic it keeps its own direction."""
    return f"\u2068{joined(value)}\u2069" if get_language_bidi() else joined(value)


def stored(text: str) -> str:
    """Return a sentence of a page as what is stored of it: days are written as they are everywhere.

    >>> stored(joined("from 2025-03-01 on"))
    'from 2025-03-01 on'
    """
    return text.replace(TOGETHER, "")


def within(value: Any, language: str) -> str:
    """Return a value as HTML inside a sentence of a language."""
    if isinstance(value, Text):
        value = text(value)
    if isinstance(value, Words):
        return value.inside(language)
    if isinstance(value, SafeString):
        return value
    written = escape(grouped(value) if isinstance(value, int | float) else str(value), quote=False)
    return unbroken(written) if DAY.fullmatch(written) else f"<bdi>{written}</bdi>"


def joined(text: str) -> str:
    """Return a text whose days do not break at their hyphens.

    >>> joined("from 2025-03-01 on") == "from 2025-\u206003-\u206001 on"
    True
    """
    return DAY.sub(lambda found: found[0].replace("-", f"-{TOGETHER}"), text)


def listed(parts: list[Words]) -> Words:
    """Return several phrases as one, with the comma of each language."""
    return Words("، ".join(part.inside("ar") for part in parts), ", ".join(part.inside("en") for part in parts))


@lru_cache(maxsize=4096)
def translated(message: str) -> tuple[str, str]:
    """Return a message in Arabic and English."""
    with override("ar"):
        arabic = gettext(message)
    return arabic, message


@lru_cache(maxsize=4096)
def translated_count(one: str, many: str, number: int) -> tuple[str, str]:
    """Return a message about a number of things in Arabic and English."""
    with override("ar"):
        arabic = ngettext(one, many, number)
    return arabic, one if number == 1 else many


def grouped(value: float, digits: int | None = None) -> str:
    """Return a number with its thousands parted and a true minus sign; without digits, as short as it is exact to six figures.

    >>> grouped(12345), grouped(-0.04, 1), grouped(2.50)
    ('12,345', '0.0', '2.5')
    """
    if digits is None:
        digits = next((places for places in range(6) if round(value, places) == round(value, 6)), 6)
    written = f"{value:,.{digits}f}"
    return written.replace("-", "" if float(f"{value:.{digits}f}") == 0 else "−")


def between(low: float | None, high: float | None, digits: int | None = None) -> str:
    """Return an interval in numbers, '' where an end is None or NaN.

    >>> between(71.24, 80.0, 1), between(-3.0, 5.0), between(None, 1.0)
    ('71.2–80.0', '−3 – 5', '')
    """
    if low is None or high is None or low != low or high != high:
        return ""
    return (" – " if low < 0 else "–").join((grouped(low, digits), grouped(high, digits)))


def percent(share: float) -> str:
    """Return a probability or share in whole per cent, never saying 0 or 100 of what is neither.

    >>> percent(0.5), percent(0.0004), percent(0.005), percent(0.9999), percent(1.0)
    ('50%', '<1%', '1%', '>99%', '100%')
    """
    if share < 0.005:
        return "<1%" if share > 0 else "0%"
    return ">99%" if 0.995 <= share < 1 else f"{floor(100 * share + 0.5)}%"


def drawn_percent(share: float) -> str:
    """Return a share of draws in whole per cent, rounded down as in verdicts, so that none is rounded up to a threshold.

    None or all of some thousand draws is not never or always.

    >>> drawn_percent(0.899), drawn_percent(0.9), drawn_percent(0.0), drawn_percent(1.0)
    ('89%', '90%', '<1%', '>99%')
    """
    whole = floor(100 * share + 1e-9)
    if whole < 1:
        return "<1%"
    return f"{whole}%" if whole <= 99 else ">99%"


def chance_words(share: float, *, drawn: bool = True) -> Words:
    """Return a probability for the middle of a sentence, where signs like < would stand on the wrong side in one language."""
    written = drawn_percent(share) if drawn else percent(share)
    if written == "<1%":
        return phrase("less than 1%")
    return phrase("more than 99%") if written == ">99%" else Words(written, written)


@register.simple_tag(name="both")
def both_tag(message: str, **values: Any) -> SafeString:
    """Write a message in both languages."""
    return phrase(message, **values).__html__()


@register.simple_tag(name="text")
def text_tag(value: Text) -> SafeString:
    """Write a text of a standard in both languages."""
    return text(value).__html__()


@register.simple_tag(name="arabic")
def arabic_tag(message: str, **values: Any) -> SafeString:
    """Write a message in Arabic alone, for the places where HTML allows no element: the title and generated content."""
    return mark_safe(escape(translated(message)[0].format(**values), quote=False))


@register.simple_tag(name="english")
def english_tag(message: str, **values: Any) -> SafeString:
    """Write a message in English alone, for the same places."""
    return mark_safe(escape(translated(message)[1].format(**values), quote=False))


@register.filter
def unbroken(written: str) -> SafeString:
    """Write a day or a moment for the middle of a sentence: it stands apart from its direction, on one line."""
    return mark_safe(f'<bdi class="unbroken">{escape(written, quote=False)}</bdi>') if written else mark_safe("")


@register.filter
def said(value: Words | Text | None, language: str) -> SafeString:
    """Write a phrase or a text of a standard in one language; nothing where there is none."""
    if value is None:
        return mark_safe("")
    return mark_safe((text(value) if isinstance(value, Text) else value).inside(language))
