"""The report of a rating: one self-contained page in Arabic and English, from the first sentence to the last channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.template.loader import render_to_string

from marsad.core.rating import Rating
from marsad.reports.league import league_rows
from marsad.reports.presenters import League, View
from marsad.reports.sections import Sections, sections_wanted
from marsad.reports.summary import distribution, of_league, summary
from marsad.standards import Standard
from marsad.web.charts.pieces import edges_symbol
from marsad.web.documents import document, joined
from marsad.web.method import method
from marsad.web.telling import LEVEL
from marsad.web.texts import Words, grouped, noop, phrase, text

FACTS = {
    "version": noop("Marsad version"),
    "standard": noop("Standard"),
    "standard_sha256": noop("Fingerprint of the standard (SHA-256)"),
    "evidence_sha256": noop("Fingerprint of the evidence (SHA-256)"),
    "seed": noop("Seed"),
    "draws": noop("Draws"),
}
"""The names of the facts at the foot; a fact of another name stands there as it is."""


def rating_page(
    rating: Rating,
    standard: Standard,
    *,
    names: Mapping[str, Mapping[str, str]] = {},
    channels: Sequence[str] = (),
    lists: Sequence[Mapping[str, Any]] = (),
    run: Mapping[str, str],
) -> str:
    """Return the report as HTML.

    `names` gives `name_ar`, `name_en` and `entity` (or `entity_ar`, `entity_en`) of channels, each optional; `channels` get a
    section whatever their rank; `lists` are those of a second wave, as a decision tells them; `run` are facts for the foot.
    Raises Problem for a channel that the rating does not know.
    """
    view = View(rating, standard, names, lists)
    wanted = sections_wanted(view, channels)
    shown = frozenset(wanted)
    sections = Sections(view)
    alone = len(view.leagues) == 1
    context = {
        "title": text(standard.title),
        "arabic_title": standard.title.ar,
        "english_title": standard.title.en,
        "identity": standard.identity,
        "summary": summary(view),
        "distribution": distribution(view, tuple(np.flatnonzero(rating.rated).tolist())) if rating.rated.any() else "",
        "drawn": bool(rating.drawn.any()),
        "rated": bool(rating.rated.any()),
        "level": LEVEL,
        "symbols": joined([view.stars.symbols(), *edge_symbols(view)]),
        "sample": joined([sample(view)]),
        "edged": view.same_bands,
        "leagues": view.leagues,
        "league_sections": joined([league_section(view, league, shown, alone=alone) for league in view.leagues]),
        "sections": joined([sections.written(place) for place in wanted]),
        "all_sections": len(wanted) == len(view.channels),
        "facts": [(fact_name(name), value) for name, value in run.items()],
        **method(standard, rating, indicators=False),
    }
    return document("reports/rating.html", context, "reports/report.css")


def sample(view: View) -> str:
    """Return a row of stars to explain how they are read, the next place half shaded where chances are known."""
    middle = view.stars.values[len(view.stars.values) // 2]
    return view.stars.drawn(middle, 0.5 if view.rating.drawn.any() else 0.0)


def league_section(view: View, league: League, shown: frozenset[int], *, alone: bool) -> str:
    """Return the part of the page about one league."""
    context = {
        "league": league,
        "paragraphs": of_league(view, league, alone=alone),
        "distribution": "" if alone or not league.rated else distribution(view, league.rated),
        "axis_low": grouped(view.axis.low),
        "axis_high": grouped(view.axis.high),
        "rows": league_rows(view, league, shown),
    }
    return str(render_to_string("reports/league.html", context))


def edge_symbols(view: View) -> list[str]:
    """Return the band edges that stand behind intervals: once, or for every peer group."""
    cuts = view.rating.cuts
    peers = sorted(cuts)[:1] if view.same_bands else sorted(cuts)
    return [edges_symbol(f"e{number}", view.axis, cuts[peer].edges) for number, peer in enumerate(peers)]


def fact_name(name: str) -> Words:
    """Return what a fact is called."""
    return phrase(FACTS[name]) if name in FACTS else Words(name, name)
