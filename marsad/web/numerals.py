"""The digits a page is read in: as written, or Arabic-Indic in what people read of an Arabic page."""

from __future__ import annotations

import re

from django.http import HttpRequest

LATIN, ARABIC_INDIC = "latin", "arabic-indic"
COOKIE = "marsad_numerals"
UNREAD = "code|kbd|samp|pre|script|style|textarea|title"
"""Elements whose text is a code or no text for people."""
INSIDE = r"""(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>"""
# One pass of the expression goes over all that has no digit to change, for a page has thousands of tags and a few numbers.
PASSED = re.compile(
    rf"(?:[^<&0-9]++|&#?\w++;?|<!--.*?-->|<(?!(?:{UNREAD})\b|[^>]*\stranslate=[\"']?no\b)/?[a-zA-Z]{INSIDE})*+",
    re.DOTALL | re.ASCII,
)
OPENING = re.compile(rf"<([a-zA-Z][\w:-]*+){INSIDE}", re.ASCII)
WRITTEN = re.compile(r"[0-9][^<&]*+")
DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
THOUSANDS, DECIMALS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))"), re.compile(r"(?<=[0-9])\.(?=[0-9])")


def numerals_of(request: HttpRequest) -> str:
    """Return the digits that whoever asks has chosen; Arabic-Indic ones are for Arabic pages alone."""
    chosen = request.COOKIES.get(COOKIE) == ARABIC_INDIC and getattr(request, "LANGUAGE_CODE", "") == "ar"
    return ARABIC_INDIC if chosen else LATIN


def arabic_indic(html: str) -> str:
    """Return a page with Arabic-Indic digits in its texts; attributes, codes, fields and what says translate="no" stay.

    >>> arabic_indic('<p id="n1">1,234.5 <code>v1</code> <bdi translate="no">a1</bdi> &#39;2</p>')
    '<p id="n1">١٬٢٣٤٫٥ <code>v1</code> <bdi translate="no">a1</bdi> &#39;٢</p>'
    """
    found, place = [], 0
    while place < len(html):
        passed = PASSED.match(html, place)
        start = passed.end() if passed else place
        number = WRITTEN.match(html, start)
        end = number.end() if number else end_of_kept(html, start)
        found += [html[place:start], changed(number[0]) if number else html[start:end]]
        place = end
    return "".join(found)


def end_of_kept(html: str, start: int) -> int:
    """Return where an element ends that stays as it is, or the place after a character that begins none."""
    opening = OPENING.match(html, start)
    if not opening:
        return start + 1
    depth, end = 1, opening.end()
    for tag in re.compile(rf"<(/?){re.escape(opening[1])}\b{INSIDE}", re.IGNORECASE).finditer(html, end):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return end


def changed(text: str) -> str:
    """Return a text in Arabic-Indic digits, with the signs between them that go with these.

    >>> changed("2026-11-22, 1,234.5")
    '٢٠٢٦-١١-٢٢, ١٬٢٣٤٫٥'
    """
    return DECIMALS.sub("٫", THOUSANDS.sub("٬", text)).translate(DIGITS)
