"""The rows behind a rating, as auditors get them: those that stand, on the channels and indicators that were rated."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from marsad.lake import queries
from marsad.lake.parts import parts_of, write_part
from marsad.lake.rows import COLUMNS, SOURCES, Coded, Rows, make_rows
from marsad.ratings.setup import Setup, the_engine, the_lake


def write_rows(setup: Setup, folder: Path) -> dict[str, Path]:
    """Write the rows behind a rating as one Parquet file for each source and month; return the files by name."""
    folder.mkdir(parents=True)
    return {
        path.name: path for source in SOURCES for rows in rows_of(setup, source) for path in written(rows, folder, setup.inputs)
    }


def rows_of(setup: Setup, source: str) -> list[Rows]:
    """Return the rows of a source that stand, in one body, or none."""
    found = queries.find(
        the_engine(), the_lake(), setup.version, setup.cycle, lambda rows: rows.filter(rows.source == source).select(*COLUMNS)
    )
    mine = known(found["subject"], set(setup.scope)) & known(found["indicator"], set(setup.scheme.position))
    if not mine.any():
        return []
    return [make_rows(found).chosen(np.flatnonzero(mine))]


def known(column: Coded, labels: set[str]) -> np.ndarray:
    """Return where a column has one of some labels."""
    return np.array([str(label) in labels for label in column.labels], dtype=bool)[column.codes]


def written(rows: Rows, folder: Path, name: str) -> list[Path]:
    """Write rows, a file for each month."""
    paths = []
    for part in parts_of(rows):
        paths.append(folder / f"{part.source}-{part.month}.parquet")
        write_part(paths[-1], part.rows, name)
    return paths
