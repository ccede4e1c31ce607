"""Rating again what a bundle holds, and comparing: every score, star, rank and chance must follow from its evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import SupportsIndex

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.disclosure import SAME
from marsad.core.ranking import ranks
from marsad.core.rating import Rating
from marsad.lake.tables import Table, read_csv
from marsad.ledger.seals import Said, said
from marsad.ledger.statistics import (
    CHANNEL,
    NODES,
    RATINGS,
    known_places,
    numbers_by_channel,
    refuse_other_columns,
)

CHANCE_SAME, CHANCE_OTHER = 0.002, 0.06
"""How far a chance may be off: with the same NumPy as the publisher's, and with another, whose draws may be others."""
RANK_SAME, RANK_OTHER = 1.0, 10.0


@dataclass(frozen=True)
class Comparison:
    """A rating made again, beside the tables that were published with it.

    `by_score` and `star_only` are channels that the tables say cannot be followed from this evidence.
    """

    again: Rating
    ratings: bytes
    nodes: bytes
    folder: str = ""
    by_score: Collection[str] = ()
    star_only: Collection[str] = ()

    @cached_property
    def proved(self) -> Mask:
        """Return the channels that must follow from the evidence `[C]`."""
        return ~np.isin(self.again.evidence.channels, [*self.by_score, *self.star_only])

    @cached_property
    def table(self) -> Table:
        """Return the table of ratings."""
        return read_csv(Path(self.folder + RATINGS), self.ratings)

    @cached_property
    def node_table(self) -> tuple[Table, Places, Places, tuple[str, ...]]:
        """Return the table of nodes, the channel and node of its rows as places, and the codes of the nodes."""
        table = read_csv(Path(self.folder + NODES), self.nodes)
        codes = np.array(sorted(self.again.nodes))
        rows = known_places(table, CHANNEL, self.again.evidence.channels)
        return table, rows, known_places(table, "node", codes), tuple(codes.tolist())

    def column(self, name: str) -> Array:
        """Return a column of the table of ratings in the order of the channels `[C]`."""
        return numbers_by_channel(self.table, name, self.again.evidence.channels)

    @cached_property
    def rated(self) -> Mask:
        """Return the channels that the table of ratings says are rated, in the order of the channels `[C]`."""
        rows = known_places(self.table, CHANNEL, self.again.evidence.channels)
        found = np.zeros(self.again.rated.size, bool)
        found[rows] = self.table.texts("rated") == "yes"
        return found

    def stars(self) -> list[Said]:
        """Return where scores, stars or ranks do not follow; raises Problem where the tables cannot be read."""
        again = self.again
        found = [*self.differing("star", again.star, 0.0), *self.differing("score", again.score, SAME)]
        found += self.misrated()
        found += self.shown_alone()
        return [*found, *self.misranked(), *self.differing_nodes("score", "value", SAME)]

    def misrated(self) -> Iterator[Said]:
        """Yield channels said to be rated that are not, or the other way."""
        said_rated = self.rated
        for row in np.flatnonzero(self.proved & (said_rated != self.again.rated)):
            message = "%(file)s: channel %(channel)s is said to be rated, and by its evidence it is not"
            other = "%(file)s: channel %(channel)s is said not to be rated, and by its evidence it is"
            yield said(message if said_rated[row] else other, file=self.folder + RATINGS, channel=self.name(row))

    def shown_alone(self) -> Iterator[Said]:
        """Yield channels whose score is shown though it may not be."""
        alone = np.isin(self.again.evidence.channels, list(self.star_only))
        for row in np.flatnonzero(alone & ~np.isnan(self.column("score"))):
            yield said(
                "%(file)s: channel %(channel)s shows a score that is to be hidden",
                file=self.folder + RATINGS,
                channel=self.name(row),
            )

    def misranked(self) -> Iterator[Said]:
        """Yield channels whose rank is not that of their score in their league; a league with a hidden score proves none."""
        score, rank, leagues = self.column("score"), self.column("rank"), self.again.leagues
        hidden = np.isin(leagues, leagues[np.isin(self.again.evidence.channels, list(self.star_only))])
        for league in np.unique(leagues[~hidden]):
            inside = np.flatnonzero((leagues == league) & ~np.isnan(score))
            for row, expected in zip(inside, ranks(score[inside]) if inside.size else [], strict=True):
                if rank[row] != expected:
                    message = "%(file)s: channel %(channel)s has rank %(given)g, and by its score %(expected)g"
                    values = {"given": rank[row], "expected": expected, "channel": self.name(row)}
                    yield said(message, file=self.folder + RATINGS, **values)

    def chances(self, *, same_numpy: bool) -> list[Said]:
        """Return where chances and intervals do not follow, to a tolerance; raises Problem where the tables cannot be read."""
        chance, rank = (CHANCE_SAME, RANK_SAME) if same_numpy else (CHANCE_OTHER, RANK_OTHER)
        again, found = self.again, list[Said]()
        for name in ("p_top", "p_bottom"):
            found += self.differing(name, getattr(again, name), chance)
        for place, star in enumerate(again.star_values):
            found += self.differing(f"p_star_{star:g}", again.p_star[:, place], chance)
        for name in ("rank_low", "rank_high"):
            found += self.differing(name, getattr(again, name), rank)
        if same_numpy:
            found += [*self.differing_nodes("low", "low", SAME), *self.differing_nodes("high", "high", SAME)]
        return found

    def differing(self, name: str, expected: Array, tolerance: float) -> Iterator[Said]:
        """Yield the channels whose number in a column is not the expected one."""
        given = self.column(name)
        near = np.isclose(given, expected, rtol=0, atol=tolerance, equal_nan=True)
        for row in np.flatnonzero(self.proved & ~near):
            message = "%(file)s: channel %(channel)s has %(name)s %(given)s, and by its evidence %(expected)s"
            values = {"given": shown(given[row]), "expected": shown(expected[row]), "channel": self.name(row), "name": name}
            yield said(message, file=self.folder + RATINGS, **values)

    def differing_nodes(self, column: str, field: str, tolerance: float) -> Iterator[Said]:
        """Yield the nodes whose shown number is not the expected one; a blank one claims nothing."""
        table, rows, places, codes = self.node_table
        refuse_other_columns(table, [column])
        expected = np.column_stack([getattr(self.again.nodes[code], field) for code in codes])[rows, places]
        given = table.numbers(column)
        differs = ~np.isnan(given) & ~np.isclose(given, expected, rtol=0, atol=tolerance) & self.proved[rows]
        for row in np.flatnonzero(differs):
            message = "%(file)s: channel %(channel)s has %(name)s %(given)s in %(node)s, and by its evidence %(expected)s"
            values = {"given": shown(given[row]), "expected": shown(expected[row]), "name": column}
            values |= {"channel": self.name(rows[row]), "node": codes[places[row]]}
            yield said(message, file=self.folder + NODES, **values)

    def name(self, row: SupportsIndex) -> str:
        """Return a channel's identifier."""
        return str(self.again.evidence.channels[row])


def shown(value: float) -> str:
    """Return a number for a sentence."""
    return "none" if np.isnan(value) else f"{value:.10g}"
