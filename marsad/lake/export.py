"""Tables of texts written as Parquet with proper types, for those who take data out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

TEXT, NUMBER, WHOLE, FLAG, DAY = "text", "number", "whole", "flag", "day"
YES = "yes"
READ: Mapping[str, tuple[Any, Callable[[str], Any]]] = {
    TEXT: (pa.string(), str),
    NUMBER: (pa.float64(), float),
    WHOLE: (pa.int64(), int),
    FLAG: (pa.bool_(), YES.__eq__),
    DAY: (pa.date32(), date.fromisoformat),
}
"""What the cells of a column are in Parquet, and how a cell that is not blank is read; blank ones are null, but for texts."""
ROWS_AT_A_TIME = 50_000


def write_parquet(path: Path, columns: Mapping[str, str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows of texts as Parquet, some at a time, each column of its type; the same bytes for the same rows."""
    schema = pa.schema([(name, READ[kind][0]) for name, kind in columns.items()])
    rest = iter(rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(rest, ROWS_AT_A_TIME)):
            cells = zip(*batch, strict=True)
            arrays = [array(column, kind) for column, kind in zip(cells, columns.values(), strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def array(cells: Sequence[str], kind: str) -> Any:
    """Return a column of texts as an array of its type."""
    type_of, read = READ[kind]
    return pa.array([read(cell) if cell or kind == TEXT else None for cell in cells], type=type_of)
