"""The first sentences of a report, and how the stars are shared out."""

from __future__ import annotations

from html import escape

import numpy as np
from django.utils.safestring import SafeString

from marsad.core.parts import SURE
from marsad.reports.presenters import League, View
from marsad.web.charts.pieces import bar
from marsad.web.documents import joined, pattern
from marsad.web.telling import LEVEL
from marsad.web.texts import Words, counted, listed, noop, percent, phrase

MAY_BE_FIRST = noop("By the {level} range of their ranks {first} of them may be first and {last} may be last.")
TOO_FEW = noop("Of fewer than {least} rated channels with a margin of error no best and worst are listed.")
CANDIDATES = noop(
    "Candidates for the best {k}: {best}; for the worst {k}: {worst} (probability {least} or more). "
    "Naming needs confirmation by a second wave."
)
BY_SECOND = noop("By the second wave named among the best {k}: {best}; among the worst {k}: {worst}.")


def summary(view: View) -> list[Words]:
    """Return the report in a few sentences."""
    rating = view.rating
    total, rated = rating.rated.size, int(rating.rated.sum())
    if not rated:
        reasons = phrase("The reason stands beside each channel, and what the standard asks for below them.")
        return [phrase("No channel could be rated."), reasons]
    alone = view.leagues[0] if len(view.leagues) == 1 else None
    sentences = [how_many(rated, total)]
    if alone:
        sentences.append(half_of_them(view, alone))
    sentences.append(commonest(view))
    sentences.append(not_told_apart(view))
    return sentences


def how_many(rated: int, total: int) -> Words:
    """Return how many channels are rated, in words."""
    return counted("{n} of {total} channels is rated.", "{n} of {total} channels are rated.", rated, total=total)


def half_of_them(view: View, league: League) -> Words:
    """Return the median of a league in words."""
    median = float(np.median(view.rating.score[list(league.rated)]))
    return phrase("Half of them score {median} or more.", median=view.score(median))


def commonest(view: View) -> Words:
    """Return the star most channels have."""
    stars, counts = np.unique(view.rating.star[view.rating.rated], return_counts=True)
    most = int(counts.argmax())
    return phrase("The most frequent result is {star} ({n}).", star=view.star_within(float(stars[most])), n=int(counts[most]))


def not_told_apart(view: View) -> Words:
    """Return for how many channels the evidence leaves more than one star open."""
    rating = view.rating
    known = rating.rated & rating.drawn
    if not known.any():
        return phrase("The evidence gave no margin of error, so neither stars nor ranks carry one.")
    unsure = int((known & (np.nan_to_num(rating.p_star).max(axis=1) < SURE)).sum())
    if not unsure:
        return phrase("Every star is almost certain.")
    return counted(
        "For {n} channel the evidence does not yet tell one star from the next.",
        "For {n} channels the evidence does not yet tell one star from the next.",
        unsure,
    )


def of_league(view: View, league: League, *, alone: bool) -> list[list[Words]]:
    """Return what is to be said above the rows of one league, by paragraphs."""
    naming = view.standard.scheme.naming
    total, rated = len(league.rated) + len(league.unrated), len(league.rated)
    if not rated:
        return [[phrase("No channel of this kind could be rated.")]]
    sentences = []
    if not alone:
        sentences = [how_many(rated, total), half_of_them(view, league)]
    return [part for part in (sentences, ends_told_apart(view, league), named(view, league, naming.minimum_channels)) if part]


def ends_told_apart(view: View, league: League) -> list[Words]:
    """Return how many channels may stand first and last."""
    rating, rows = view.rating, list(league.rated)
    if not league.drawn:
        return [phrase("Ranks carry no margin of error, because the evidence gave none.")]
    first = int((rating.rank_low[rows] == 1).sum())
    last = int((rating.rank_high[rows] == len(rows)).sum())
    return [phrase(MAY_BE_FIRST, first=first, last=last, level=LEVEL)]


def named(view: View, league: League, least: int) -> list[Words]:
    """Return who a second wave names; without one how many are candidates, or why there is no list."""
    naming = view.standard.scheme.naming
    if not league.listed:
        return [phrase(TOO_FEW, least=least)] if league.drawn else []
    rows = list(league.rated)
    best = int((view.rating.p_top[rows] >= naming.probability).sum())
    worst = int((view.rating.p_bottom[rows] >= naming.probability).sum())
    found = view.named_in(league)
    if found:
        first, last = (listed(found[end]) if found[end] else phrase("nobody") for end in ("first", "last"))
        return [phrase(BY_SECOND, k=league.k, best=first, worst=last)]
    return [phrase(CANDIDATES, k=league.k, best=best, worst=worst, least=percent(naming.probability))]


def distribution(view: View, places: tuple[int, ...]) -> SafeString:
    """Return how many of some rated channels have each star: a table whose rows are bars."""
    stars = view.rating.star[list(places)]
    row = pattern("reports/distribution_row.html")
    longest = max(1, *(int((stars == value).sum()) for value in view.rating.star_values))
    rows = []
    for value in reversed(view.rating.star_values):
        count = int((stars == value).sum())
        rows.append(
            row.format(
                star=view.star(value),
                stars=view.stars.drawn(value),
                bar=bar(count / longest),
                count=f"{count:,}",
                share=escape(percent(count / max(len(places), 1))),
            )
        )
    return joined([pattern("reports/distribution.html").format(rows="".join(rows))])
