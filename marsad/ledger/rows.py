"""The auditor's rows: do the statistics that were rated follow from them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marsad.core.arrays import Array, Places
from marsad.core.evidence import Evidence
from marsad.core.scheme import Scheme
from marsad.lake.tables import Table, read_parquet

FOLDER = "rows/"
NEEDED = ("subject", "indicator", "value", "weight", "valid")
PLAIN_MEAN = "weighted-mean-of-valid-rows"
"""The reduction that can be checked: n is how many rows are valid, the value their weighted mean."""


@dataclass(frozen=True)
class Reduced:
    """Counts and weighted means `[C, I]` of rows."""

    n: Array
    value: Array


def reduce_rows(scheme: Scheme, channels: np.ndarray, tables: Mapping[str, bytes]) -> Reduced | None:
    """Return what the valid rows of Parquet files come to, or None where a file has other columns; raises Problem."""
    size = channels.size * len(scheme.indicators)
    n, weight, total = np.zeros(size), np.zeros(size), np.zeros(size)
    for name, content in tables.items():
        table = read_parquet(Path(name), content)
        if not set(NEEDED) <= set(table.columns):
            return None
        cells = cells_of(table, scheme, channels)
        if cells is None:
            return None
        valid = table.texts("valid") == ""
        value, weights = table.numbers("value")[valid], table.numbers("weight")[valid]
        n += np.bincount(cells[valid], minlength=size)
        weight += np.bincount(cells[valid], weights, size)
        total += np.bincount(cells[valid], weights * value, size)
    shape = (channels.size, len(scheme.indicators))
    with np.errstate(invalid="ignore"):
        return Reduced(n.reshape(shape), (total / weight).reshape(shape))


def cells_of(table: Table, scheme: Scheme, channels: np.ndarray) -> Places | None:
    """Return the cell of every row, or None where one is of no rated channel or no indicator."""
    subjects, codes = table.texts("subject"), np.array(list(scheme.position))
    order = np.argsort(codes)
    row = np.minimum(np.searchsorted(channels, subjects), channels.size - 1)
    indicators = table.texts("indicator")
    place = order[np.minimum(np.searchsorted(codes[order], indicators), codes.size - 1)]
    if (channels[row] != subjects).any() or (codes[place] != indicators).any():
        return None
    return np.asarray(row * codes.size + place)


def first_disagreement(scheme: Scheme, evidence: Evidence, reduced: Reduced) -> tuple[str, str] | None:
    """Return channel and indicator of the first cell that does not follow from its rows; cells without rows were given whole."""
    has_rows = reduced.n > 0
    same = (reduced.n == evidence.n) & np.isclose(reduced.value, evidence.values, rtol=1e-9, atol=1e-12, equal_nan=True)
    for row, place in np.argwhere(has_rows & ~same)[:1].tolist():
        return str(evidence.channels[row]), scheme.indicators[place].code
    return None
