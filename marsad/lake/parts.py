"""Parts of an import, one for each source and month: their order, their digest and their Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from marsad.core.arrays import Places
from marsad.lake import labels as lists
from marsad.lake.rows import AT, COLUMNS, NUMBERS, SHAPE, TEXTS, Codes, Labelled, Rows, Times, used

IMPORT = "import_id"
ROW_GROUP = 1 << 17
"""Rows that an engine hands to one core at a time."""
FEW = 1 << 12
"""Up to so many labels a column is handed to the writer with its codes; more would be written again into every row group."""
CLOCK = pa.timestamp("us", "UTC")
FIELDS = [(name, pa.string() if name in TEXTS else CLOCK if name == AT else pa.float64()) for name in COLUMNS]
MICROSECONDS = np.dtype("datetime64[us]")


class DamagedError(ValueError):
    """A file that is not what its manifest says; the text says how."""


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one source and one month (`2026-11`, UTC), sorted by subject and indicator."""

    source: str
    month: str
    rows: Rows

    @property
    def folder(self) -> str:
        """Return its folder below the evidence."""
        return f"source={self.source}/month={self.month}"

    @cached_property
    def digest(self) -> str:
        """Return the hash of its rows."""
        return rows_digest(self.rows)


def parts_of(rows: Rows) -> Iterator[Part]:
    """Yield the parts of a body of rows by source and month; rows of one subject and indicator keep their order."""
    months, first = months_of(rows.at)
    span = int(months.max()) + 1
    key = rows.texts["source"].codes.astype(np.int64) * span + months
    order, starts = sorted_places(rows, key)
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        part = rows.chosen(order[start:end])
        month = str(np.datetime64(first, "M") + int(months[order[start]]))
        yield Part(str(part.texts["source"].labels[0]), month, part)


def months_of(at: Times) -> tuple[NDArray[np.int64], Any]:
    """Return which month every time lies in, counted from the first of them, and that one."""
    months = at.view(MICROSECONDS).astype("datetime64[M]")
    first = months.min()
    return (months - first).astype(np.int64), first


def sorted_places(rows: Rows, part: Any) -> tuple[Places, Places]:
    """Return the places of rows in order of part, subject and indicator, and where in it each part starts, with the end."""
    subjects, indicators = rows.texts["subject"], rows.texts["indicator"]
    key = (part * len(subjects.labels) + subjects.codes) * len(indicators.labels) + indicators.codes
    order = np.argsort(key, kind="stable")
    within = part[order]
    starts = np.flatnonzero(np.append(True, within[1:] != within[:-1]))
    return order, np.append(starts, len(rows))


def rows_digest(rows: Rows) -> str:
    """Return the SHA-256 of what the rows say, in their order: the same whatever wrote or packed the file they lie in."""
    digest = sha256(f"marsad evidence {SHAPE} {len(rows)}\n".encode())
    for name in COLUMNS:
        for block in blocks_of(rows, name):
            digest.update(block)
    return digest.hexdigest()


def blocks_of(rows: Rows, name: str) -> Iterator[bytes]:
    """Yield a column as bytes that can be read in one way only: its name, its labels, and a fixed width for every row."""
    if name in TEXTS:
        column = rows.texts[name]
        yield f"{name} {len(column.labels)}\n".encode()
        yield from lists.as_bytes(column.labels)
        yield column.codes.astype("<i4").tobytes()
    else:
        yield f"{name}\n".encode()
        yield rows.at.astype("<i8").tobytes() if name == AT else rows.numbers[name].astype("<f8").tobytes()


def spread(rows: Rows) -> int:
    """Return how many different values there are, times how many different weights."""
    return int(np.prod([pc.count_distinct(pa.array(rows.numbers[name])).as_py() for name in NUMBERS]))


def write_part(path: Path, rows: Rows, import_id: str) -> None:
    """Write rows as Parquet; without Arrow's own schema, which not every engine reads."""
    table = as_table(rows, import_id)
    pq.write_table(
        table,
        path,
        compression="zstd",
        row_group_size=ROW_GROUP,
        use_dictionary=[name for name in table.column_names if name != AT],
        column_encoding={AT: "DELTA_BINARY_PACKED"},
        store_schema=False,
        sorting_columns=[pq.SortingColumn(COLUMNS.index(name)) for name in ("subject", "indicator")],
    )


def as_table(rows: Rows, import_id: str) -> Any:
    """Return rows as an Arrow table with the import they belong to."""
    columns = {name: as_column(rows.texts[name]) for name in TEXTS}
    columns |= {name: pa.array(rows.numbers[name]) for name in NUMBERS}
    columns[AT] = pa.array(rows.at).cast(CLOCK)
    columns[IMPORT] = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(rows), np.int32)), pa.array([import_id]))
    names = [*COLUMNS, IMPORT]
    return pa.table([columns[name] for name in names], names)


def as_column(column: Labelled) -> Any:
    """Return a column of texts as Arrow holds it."""
    coded = pa.DictionaryArray.from_arrays(pa.array(column.codes), column.labels)
    return coded if len(column.labels) <= FEW else coded.cast(pa.string())


def read_part(path: Path) -> Rows:
    """Return the rows of a file of the lake; raises DamagedError where they do not keep to the shape."""
    try:
        table = pq.ParquetFile(path, read_dictionary=list(TEXTS)).read()
    except (pa.ArrowException, OSError) as error:
        raise DamagedError("it cannot be read as Parquet") from error
    wanted = {name: pa.dictionary(pa.int32(), pa.string()) if name in TEXTS else kind for name, kind in FIELDS}
    for name, kind in wanted.items():
        if name not in table.column_names or table.schema.field(name).type != kind:
            raise DamagedError(f"its column {name} is missing or not {kind}")
        if table.column(name).null_count:
            raise DamagedError(f"its column {name} has gaps")
    numbers = {name: table.column(name).to_numpy() for name in NUMBERS}
    if not all(np.isfinite(values).all() for values in numbers.values()):
        raise DamagedError("it has values that are no finite numbers")
    texts = {name: read_texts(table.column(name)) for name in TEXTS}
    return Rows(texts, numbers, table.column(AT).cast(pa.int64()).to_numpy())


def read_texts(column: Any) -> Labelled:
    """Return a column of a file with its labels merged and sorted."""
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    ranks, labels = lists.ranked(whole.dictionary)
    codes: Codes = ranks[whole.indices.to_numpy(zero_copy_only=False)]
    return used(codes, labels)
