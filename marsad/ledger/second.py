"""The second wave in a publication: who was drawn, and what may be shown of the new evidence, as tables and read from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Mask
from marsad.core.disclosure import BY_EVIDENCE, SAME, Disclosed, Policy, disclose
from marsad.core.evidence import Evidence
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Scheme
from marsad.core.second import Lot, Round, Wave, replaced
from marsad.lake.tables import read_csv
from marsad.ledger.statistics import CHANNEL, csv_of, evidence_table, known_places, refuse_other_columns, whole

SECOND, ROUND = "second.csv", "round.csv"
DECOY, ENTITY = "decoy", "entity"
YES, NO = "yes", "no"
ROLES = ("candidate", DECOY)
"""What an entity is for which a channel was drawn."""
PLAIN = Settings(draws=2)
"""Draws tell nothing of what follows from evidence: as few as there can be."""


@dataclass(frozen=True)
class Shown:
    """A second wave as the public sees it: what is disclosed of it, and the wave that this is."""

    disclosed: Disclosed
    wave: Wave

    def files(self, scheme: Scheme) -> dict[str, bytes]:
        """Return its tables as CSV, by file name."""
        return {SECOND: csv_of(evidence_table(scheme, self.disclosed)), ROUND: csv_of(round_table(self.wave))}


def round_table(wave: Wave) -> Mapping[str, NDArray[Any]]:
    """Return a row for every channel that was drawn: whether it was a decoy, blank where it was not drawn for itself.

    Where entities are visited too a column more says what the entity is for which a channel stands by lot.
    """
    found, lot = wave.round, wave.round.lot
    decoy = np.select([found.decoys, found.candidates], [YES, NO], "")
    table = {CHANNEL: wave.evidence.channels, DECOY: decoy}
    if lot is not None:
        table[ENTITY] = np.select([lot.decoys, lot.visited], ROLES[::-1], "")
    return {name: column.astype(object)[found.drawn] for name, column in table.items()}


def shown_wave(official: Rating, shown: Rating, wave: Wave, policy: Policy) -> Shown:
    """Return what may be published of a second wave on channels of a rating, `shown` being that rating as everybody sees it.

    Small cells are hidden as in the first wave. Of a channel whose new score the public could not follow nothing is shown, and
    so nothing is decided on it.
    """
    again = wave.visited
    real = plainly(official, replaced(official.evidence, wave.evidence, again))
    disclosed = disclose(real, policy)
    public = plainly(shown, replaced(shown.evidence, disclosed.evidence, again))
    same = np.isclose(real.score, public.score, rtol=0, atol=SAME, equal_nan=True) & (real.reason == public.reason)
    kept = again & same & (disclosed.follows == BY_EVIDENCE)
    state = np.where(kept[:, None], disclosed.state, "")
    limited = replace(disclosed, state=state, evidence=of_some(disclosed.evidence, kept))
    return Shown(limited, replace(wave, evidence=limited.evidence))


def plainly(rating: Rating, evidence: Evidence) -> Rating:
    """Return what evidence comes to by the standard of a rating, without what is only known by drawing."""
    return rate(replace(rating.tree.scheme, joint=None), evidence, PLAIN)


def of_some(evidence: Evidence, channels: Mask) -> Evidence:
    """Return the evidence of some channels `[C]`, NaN for the others."""

    def some(table: Array) -> Array:
        return np.where(channels[:, None], table, np.nan)

    return replace(
        evidence,
        values=some(evidence.values),
        se=some(evidence.se),
        n=some(evidence.n),
        raters=some(evidence.raters),
        doubt=None if evidence.doubt is None else some(evidence.doubt),
    )


def full_table(scheme: Scheme, wave: Wave) -> bytes:
    """Return the real statistics of a second wave as CSV."""
    return csv_of(evidence_table(scheme, whole(of_some(wave.evidence, wave.visited))))


def read_round(content: bytes, evidence: Evidence) -> Round:
    """Return who was drawn, as the table says it; raises Problem where it cannot be read."""
    candidates, decoys, visited, quiet = (np.zeros(evidence.channels.size, bool) for _ in range(4))
    by_lot = ENTITY.encode() in content.partition(b"\n")[0]
    if content.count(b"\n") > 1:
        table = read_csv(Path(ROUND), content)
        refuse_other_columns(table, [DECOY, ENTITY] if by_lot else [DECOY])
        rows, said = known_places(table, CHANNEL, evidence.channels), table.texts(DECOY)
        stands = table.texts(ENTITY) if by_lot else np.full(rows.size, "")
        for row in np.flatnonzero(~np.isin(stands, ("", *ROLES)))[:1].tolist():
            raise table.problem("an entity is a candidate or a decoy, or nothing", row=row, column=ENTITY)
        known = np.isin(said, (YES, NO)) | ((said == "") & (stands != ""))
        for row in np.flatnonzero(~known | (np.diff(rows, prepend=-1) <= 0))[:1].tolist():
            raise table.problem("every channel stands once, in order, with yes or no", row=row, column=DECOY)
        candidates[rows], decoys[rows], visited[rows], quiet[rows] = said == NO, said == YES, stands != "", stands == DECOY
    return Round(candidates, decoys, Lot(visited, quiet) if by_lot else None)


def read_wave(evidence: Evidence, content: bytes) -> Wave:
    """Return a second wave from its statistics and the table of who was drawn; raises Problem on a channel that was not."""
    found = read_round(content, evidence)
    known = ~np.isnan([evidence.values, evidence.se, evidence.n, evidence.raters]).all(axis=(0, 2))
    for channel in evidence.channels[known & ~found.drawn][:1].tolist():
        raise Problem(f"there is new evidence on channel '{channel}', which was not drawn", file=Path(SECOND))
    return Wave(evidence, found)
