"""The rows behind a rating, as auditors get them: those that stand, on the channels and indicators that were rated."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from marsad.lake import queries
from marsad.lake.manifest import Version
from marsad.lake.parts import parts_of, write_part
from marsad.lake.rows import COLUMNS, Coded, Rows, make_rows
from marsad.ratings.setup import Setup, the_engine, the_lake


def write_rows(setup: Setup, folder: Path, version: Version) -> dict[str, Path]:
    """Write the rows of a version of the evidence as a Parquet file for each source and month; return the files by name."""
    folder.mkdir(parents=True)
    found = {}
    for source, month in queries.parts(the_lake(), version, setup.cycle):
        rows = rows_of(setup, version, source, month)
        if rows is not None:
            path = folder / f"{source}-{month}.parquet"
            [part] = parts_of(rows)
            write_part(path, part.rows, setup.inputs)
            found[path.name] = path
    return found


def rows_of(setup: Setup, version: Version, source: str, month: str) -> Rows | None:
    """Return the rows of a source and a month that stand, None where there are none."""
    engine, lake = the_engine(), the_lake()
    found = queries.find(engine, lake, version, setup.cycle, lambda rows: rows.select(*COLUMNS), part=(source, month))
    mine = known(found["subject"], set(setup.scope)) & known(found["indicator"], set(setup.scheme.position))
    return make_rows(found).chosen(np.flatnonzero(mine)) if mine.any() else None


def known(column: Coded, labels: set[str]) -> np.ndarray:
    """Return where a column has one of some labels."""
    return np.array([str(label) in labels for label in column.labels], dtype=bool)[column.codes]
