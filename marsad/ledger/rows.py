"""The auditor's rows: do the statistics that were rated follow from them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marsad.core.allowance import Scores, allowances
from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.durations import medians
from marsad.core.evidence import Evidence
from marsad.core.scheme import Scheme
from marsad.lake.tables import Table, read_parquet, shared_codes
from marsad.lake.ways import RUNNING, by_way, open_in

FOLDER, AGAIN = "rows/", "second-rows/"
"""Where the rows of the first and of the second wave are."""
NEEDED = ("subject", "indicator", "value", "weight", "valid")
PLAIN_MEAN = "weighted-mean-of-valid-rows"
"""The reduction that can be checked: n is how many rows are valid, the value their weighted mean, without raters' severity.

Of durations it is the median.
"""
Cases = tuple[Places, Array, Mask]
"""The cell of every row of a file, its value, and whether its case still runs."""


@dataclass(frozen=True)
class Reduced:
    """Counts and weighted means `[C, I]` of rows."""

    n: Array
    value: Array


def reduce_rows(scheme: Scheme, channels: Texts, tables: Iterable[tuple[str, bytes]]) -> Reduced | None:
    """Return what the valid rows of Parquet files, one after the other, come to; None where a file has others. Raises Problem."""
    size = channels.size * len(scheme.indicators)
    n, weight, total, scores, cases = np.zeros(size), np.zeros(size), np.zeros(size), list[Scores](), list[Cases]()
    people: dict[str, int] = {}
    for name, content in tables:
        table = read_parquet(Path(name), content)
        if not set(NEEDED) <= set(table.columns):
            return None
        cells = cells_of(table, scheme, channels)
        if cells is None:
            return None
        [reasons], _labels = shared_codes([table], ["valid"])
        valid = reasons < 0
        if scheme.invited_only:
            valid &= are_invited(table)
        value, weights = table.numbers("value")[valid], table.numbers("weight")[valid]
        n += np.bincount(cells[valid], minlength=size)
        weight += np.bincount(cells[valid], weights, size)
        total += np.bincount(cells[valid], weights * value, size)
        if any(one.duration for one in scheme.indicators):
            cases.append((cells[valid], value, running_in(table)[valid]))
        if scheme.raters and "rater" in table.columns:
            scores.append(Scores(cells[valid], raters_of(table, people)[valid], value, weights))
    if scores:
        every = Scores.together(scores)
        total += np.bincount(every.cells, every.weights * allowances(every, scheme), size)
    shape = (channels.size, len(scheme.indicators))
    with np.errstate(invalid="ignore"):
        return Reduced(n.reshape(shape), with_medians(scheme, (total / weight).reshape(shape), cases))


def with_medians(scheme: Scheme, value: Array, cases: list[Cases]) -> Array:
    """Return values `[C, I]` with the medians of cases where the scheme says that answers are durations."""
    asked = np.array([one.duration for one in scheme.indicators])
    if not asked.any() or not cases:
        return value
    cells, times, running = (np.concatenate(column) for column in zip(*cases, strict=True))
    mine = asked[cells % asked.size]
    found, _errors = medians(cells[mine], times[mine], running[mine], value.size)
    return np.where(asked, found.reshape(value.shape), value)


def running_in(table: Table) -> Mask:
    """Return which rows are of cases that have not ended; none of a table that does not tell."""
    if "instrument" not in table.columns:
        return np.zeros(table.rows, bool)
    return by_way(table, "instrument", RUNNING)


def are_invited(table: Table) -> Mask:
    """Return which rows did not come in from whoever came by; all of a table that does not tell."""
    if "instrument" not in table.columns:
        return np.ones(table.rows, bool)
    return ~open_in(table, "instrument")


def raters_of(table: Table, people: dict[str, int]) -> Places:
    """Return who gave the score of every row, as numbers that `people` keeps for all tables; -1 where nobody is named."""
    [codes], labels = shared_codes([table], ["rater"])
    return np.array([*(people.setdefault(label, len(people)) for label in labels.tolist()), -1], dtype=np.intp)[codes]


def cells_of(table: Table, scheme: Scheme, channels: Texts) -> Places | None:
    """Return the cell of every row, or None where one is of no rated channel or no indicator."""
    rows = places_of(table, "subject", {channel: place for place, channel in enumerate(channels.tolist())})
    places = places_of(table, "indicator", scheme.position)
    if (rows < 0).any() or (places < 0).any():
        return None
    return np.asarray(rows * len(scheme.indicators) + places)


def places_of(table: Table, column: str, known: Mapping[str, int]) -> Places:
    """Return where each text of a column stands among known ones, -1 where nowhere."""
    [codes], labels = shared_codes([table], [column])
    return np.array([*(known.get(label, -1) for label in labels.tolist()), -1], dtype=np.intp)[codes]


def known_alone(reduced: Reduced, evidence: Evidence) -> Reduced:
    """Return a reduction without the cells of which the evidence knows nothing: the standard asks for more answers there."""
    known = ~np.isnan(evidence.values)
    return Reduced(np.where(known, reduced.n, 0.0), reduced.value)


def first_disagreement(scheme: Scheme, evidence: Evidence, reduced: Reduced) -> tuple[str, str] | None:
    """Return channel and indicator of the first cell that does not follow from its rows; cells without rows were given whole."""
    has_rows = reduced.n > 0
    same = (reduced.n == evidence.n) & np.isclose(reduced.value, evidence.values, rtol=1e-9, atol=1e-12, equal_nan=True)
    for row, place in np.argwhere(has_rows & ~same)[:1].tolist():
        return str(evidence.channels[row]), scheme.indicators[place].code
    return None
