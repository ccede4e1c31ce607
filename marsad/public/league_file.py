"""A league as a file of comma-separated values: the numbers as they are, headed in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from marsad.public.league import League
from marsad.public.words import plain, reason_words
from marsad.ratings.board import Entry
from marsad.web.charts import Table

NUMBERS = ("rank", "rank_low", "rank_high", "star", "score", "low", "high", "p_top", "p_bottom", "n")
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take Arabic for something else."""


def league_csv(league: League) -> str:
    """Return the channels asked for as a file."""
    return BYTE_ORDER_MARK + Table(headings(), tuple(cells(league, entry) for entry in league.shown)).csv()


def headings() -> tuple[str, ...]:
    """Return the names of the columns."""
    return (
        gettext("Code"),
        gettext("Channel"),
        gettext("Entity"),
        gettext("Region"),
        gettext("Rank"),
        gettext("Best rank of the range"),
        gettext("Worst rank of the range"),
        gettext("Stars"),
        gettext("Score"),
        gettext("Lower end of the interval"),
        gettext("Upper end of the interval"),
        gettext("Probability of the best few"),
        gettext("Probability of the worst few"),
        gettext("Answers"),
        gettext("Reason for no rating"),
    )


def cells(league: League, entry: Entry) -> tuple[str, ...]:
    """Return the row of a channel."""
    page = league.page
    names = (entry.code, entry.name[page.language], entry.entity_name[page.language])
    region = entry.region_name[page.language] if entry.region_name else ""
    numbers = ("" if (value := getattr(entry, name)) is None else f"{value:.6g}" for name in NUMBERS)
    reason = plain(page.say(reason_words(page.board, entry.reason))) if entry.reason else ""
    return (*names, region, *numbers, reason)
