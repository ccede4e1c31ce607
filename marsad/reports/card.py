"""The card of a standard: one self-contained page from which anybody can see how it measures, in Arabic and English."""

from __future__ import annotations

from dataclasses import dataclass

from marsad.reports.method import method, scored, share_of_whole
from marsad.standards import Item, Standard
from marsad.standards.card import effective_shares
from marsad.web.documents import document
from marsad.web.texts import Words, counted, text


@dataclass(frozen=True)
class Questions:
    """The questions of one node."""

    title: Words
    under: Words | None
    count: Words
    share: str
    how: tuple[Words, ...]
    items: tuple[Item, ...]


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


def questions(standard: Standard) -> list[Questions]:
    """Return every node that questions hang on, in the order of the tree."""
    scheme, shares, found = standard.scheme, effective_shares(standard), []
    for node in scheme.nodes:
        asked = [child for child in scheme.children[node.code] if child.code in standard.items]
        if asked:
            indicators = [scheme.indicators[scheme.position[child.code]] for child in asked]
            found.append(
                Questions(
                    title=text(standard.labels[node.code]),
                    under=text(standard.labels[node.parent]) if node.parent and node.parent != scheme.root.code else None,
                    count=counted("{n} question", "{n} questions", len(asked)),
                    share=share_of_whole(shares[node.code]),
                    how=tuple(dict.fromkeys(scored(indicator) for indicator in indicators)),
                    items=tuple(standard.items[child.code] for child in asked),
                )
            )
    return found
