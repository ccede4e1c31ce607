"""The tables a rating leaves behind: one row per channel, one per channel and node, one per value on its way to a score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Places
from marsad.core.rating import MISSING_BRANCH, NO_EVIDENCE, TOO_LITTLE_REPORTED, UNSURE, Rating
from marsad.core.scheme import Indicator, Node
from marsad.ledger.statistics import NODES, RATINGS
from marsad.standards import Standard, Text

Column = NDArray[np.generic]

REASONS: Mapping[str, Text] = {
    NO_EVIDENCE: Text(ar="لا أدلة على الإطلاق", en="no evidence at all"),
    TOO_LITTLE_REPORTED: Text(
        ar="المؤشرات المتوافرة أقل مما يطلبه المعيار", en="fewer indicators reported than the standard asks for"
    ),
    MISSING_BRANCH: Text(ar="جزء من المعيار بلا نتيجة", en="a part of the standard has no score"),
    UNSURE: Text(
        ar="النتيجة غير معروفة بالدقة التي يطلبها المعيار", en="its score is not known as closely as the standard asks for"
    ),
}
"""The reasons of the method itself; those of a standard stand in its data."""


def reason_words(reason: str, standard: Standard, language: str) -> str:
    """Return why a channel is not rated, in words; empty for a rated one."""
    text = REASONS.get(reason) or standard.rules.get(reason)
    return text[language] if text else ""


def league_order(rating: Rating) -> Places:
    """Return the channels by league, then rank, the unrated last, then identifier."""
    rank = np.where(np.isnan(rating.rank), np.inf, rating.rank)
    return np.lexsort((rating.evidence.channels, rank, rating.leagues))


def limiter_notes(rating: Rating, standard: Standard, language: str) -> list[str]:
    """Return, per channel, the limiters that were applied to it, in words."""
    notes = [""] * rating.rated.size
    for limit in rating.limits:
        for row in np.flatnonzero(limit.applied):
            words = standard.rules[limit.code][language]
            notes[row] = f"{notes[row]}; {words}" if notes[row] else words
    return notes


def ratings_table(rating: Rating, standard: Standard, language: str) -> dict[str, Column]:
    """Return one row per channel, its score, star, rank and their chances in the columns of the command line's contract.

    The reason says why a channel has no star or, for a rated one, which limiter held its star.
    """
    notes = limiter_notes(rating, standard, language)
    words = [reason_words(code, standard, language) or note for code, note in zip(rating.reason, notes, strict=True)]
    bands = {star: text[language] for star, text in standard.bands.items()}
    table: dict[str, Column] = {
        "channel": rating.evidence.channels,
        "score": rating.score,
        "star": rating.star,
        "band": np.array([bands.get(star, "") for star in rating.star]),
        "rank": rating.rank,
        "rank_low": rating.rank_low,
        "rank_high": rating.rank_high,
        "p_top": rating.p_top,
        "p_bottom": rating.p_bottom,
    }
    table |= {f"p_star_{star:g}": rating.p_star[:, place] for place, star in enumerate(rating.star_values)}
    table |= {"rated": np.where(rating.rated, "yes", "no"), "reason": np.array(words)}
    order = league_order(rating)
    return {name: column[order] for name, column in table.items()}


def published_tables(rating: Rating, standard: Standard) -> dict[str, dict[str, Column]]:
    """Return the tables that go into a publication, by file name."""
    return {RATINGS: ratings_table(rating, standard, "en"), NODES: nodes_table(rating, standard)}


def nodes_table(rating: Rating, standard: Standard) -> dict[str, Column]:
    """Return `channel, node, score, low, high, n`: every node and indicator that applies to the channel, in tree order."""
    scheme = standard.scheme
    parts: list[Node | Indicator] = [*scheme.nodes, *scheme.indicators]
    order = league_order(rating)
    applies = np.column_stack(
        [rating.tree.branches[node.code].applicable for node in scheme.nodes] + [rating.prepared.applicable]
    )[order]
    rows, columns = np.nonzero(applies)
    codes = np.array([part.code for part in parts])

    def pick(field: str) -> Array:
        stacked = np.column_stack([getattr(rating.nodes[part.code], field) for part in parts])[order]
        return np.asarray(stacked[rows, columns])

    return {
        "channel": rating.evidence.channels[order][rows],
        "node": codes[columns],
        "score": pick("value"),
        "low": pick("low"),
        "high": pick("high"),
        "n": pick("n"),
    }


def stages_table(rating: Rating, standard: Standard) -> dict[str, Column]:
    """Return `channel, indicator, value, denominated, imputed, treated, score`: every value on its way to a score.

    Where the standard estimates indicators one at a time, `estimated` stands after `denominated`.
    """
    order = league_order(rating)
    prepared, channels = rating.prepared, rating.evidence.channels[order]
    codes = np.array([indicator.code for indicator in standard.scheme.indicators])
    stages = {
        "value": rating.evidence.values,
        "denominated": prepared.denominated,
        **({"estimated": prepared.estimated} if standard.scheme.estimates else {}),
        "imputed": prepared.imputed,
        "treated": prepared.treated,
        "score": prepared.scores,
    }
    table: dict[str, Column] = {"channel": np.repeat(channels, codes.size), "indicator": np.tile(codes, channels.size)}
    return table | {name: stage[order].ravel() for name, stage in stages.items()}
