"""The card of a standard: one self-contained page from which anybody can see how it measures, in Arabic and English."""

from __future__ import annotations

from marsad.standards import Standard
from marsad.web.documents import document
from marsad.web.method import method, questions
from marsad.web.texts import text


def standard_page(standard: Standard) -> str:
    """Return the card as HTML."""
    context = {
        "title": text(standard.title),
        "arabic_title": standard.title.ar,
        "english_title": standard.title.en,
        "standard": standard,
        "summary": text(standard.summary),
        "kinds": [text(words) for words in standard.kinds.values()],
        "questions": questions(standard),
        "unlike": any(indicator.kinds is not None for indicator in standard.scheme.indicators),
        "card": True,
        **method(standard, indicators=True),
    }
    return document("reports/card.html", context, "reports/report.css")
