"""Rows of texts written as CSV, JSON or Parquet, a piece at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from marsad.lake.export import FLAG, NUMBER, TEXT, WHOLE, YES, write_parquet

FORMS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
"""Every form of a table and its type."""
ROWS_AT_A_TIME = 500
BLOCK = 1 << 16


@dataclass(frozen=True)
class Grid:
    """Columns with their types, and rows of texts, blank where nothing is known."""

    columns: Mapping[str, str]
    rows: Iterator[Sequence[str]]


def pieces(grid: Grid, form: str) -> Iterator[bytes]:
    """Yield a table in a form; Parquet by way of a file, since its end comes first."""
    if form == "parquet":
        with TemporaryDirectory(prefix="marsad-open-") as folder:
            path = Path(folder) / "table.parquet"
            write_parquet(path, grid.columns, grid.rows)
            with path.open("rb") as file:
                yield from blocks(file)
    else:
        yield from {"csv": as_csv, "json": as_json}[form](grid)


def as_csv(grid: Grid) -> Iterator[bytes]:
    """Yield a table as CSV with LF line ends."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(grid.columns)
    for number, row in enumerate(grid.rows, 1):
        writer.writerow(row)
        if number % ROWS_AT_A_TIME == 0:
            yield emptied(buffer)
    yield emptied(buffer)


def as_json(grid: Grid) -> Iterator[bytes]:
    """Yield a table as a list of objects, one a line."""
    buffer, start = io.StringIO(), "[\n"
    for number, row in enumerate(grid.rows, 1):
        cells = zip(grid.columns.items(), row, strict=True)
        said = ", ".join(f"{json.dumps(name)}: {cell_of(text, kind)}" for (name, kind), text in cells)
        buffer.write(f"{start}{{{said}}}")
        start = ",\n"
        if number % ROWS_AT_A_TIME == 0:
            yield emptied(buffer)
    buffer.write("\n]\n" if start != "[\n" else "[]\n")
    yield emptied(buffer)


def cell_of(text: str, kind: str) -> str:
    """Return a cell as JSON; numbers as they are written, to the last digit."""
    if kind == TEXT:
        return json.dumps(text, ensure_ascii=False)
    if not text:
        return "null"
    if kind in (NUMBER, WHOLE):
        return text
    return str(text == YES).lower() if kind == FLAG else json.dumps(text)


def text_of(value: Any) -> str:
    """Return a value of a card as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else "no"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def emptied(buffer: io.StringIO) -> bytes:
    """Return what a buffer holds, which is then empty."""
    said = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return said


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file by the block, and close it."""
    with file:
        while block := file.read(BLOCK):
            yield block


def spooled(grid: Grid, form: str) -> tuple[IO[bytes], str, int]:
    """Return a table written to a file that goes when it is closed, the SHA-256 of its bytes, and its size."""
    file: IO[bytes] = TemporaryFile(prefix="marsad-open-")  # noqa: SIM115  whoever sends it closes it
    digest = sha256()
    for piece in pieces(grid, form):
        digest.update(piece)
        file.write(piece)
    size = file.tell()
    file.seek(0)
    return file, digest.hexdigest(), size
