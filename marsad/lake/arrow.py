"""The one door to pyarrow, which has no types: bytes in, columns that only this file looks into, NumPy arrays out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.problem import Sentence
from marsad.lake.numbers import LARGEST, PLAIN, SPACE, NotANumberError, parse_number

Column = Any
"""A pyarrow ChunkedArray."""
Codes = NDArray[np.int64]
"""Places in a list of labels; -1 for a blank."""

CLOCK = pa.timestamp("us", "UTC")
BLOCK = 1 << 22
"""Bytes of CSV parsed at a time."""


class UnreadableError(ValueError):
    """Bytes that pyarrow cannot read, or a column it cannot turn into what was asked."""


class BadCellError(ValueError):
    """The first cell of a column that is no number: its row, counted from 0, and why."""

    def __init__(self, row: int, reason: NotANumberError) -> None:
        self.row, self.reason = row, reason
        super().__init__(str(reason))


def owned(content: bytes | memoryview) -> Any:
    """Return a copy of bytes that is Arrow's own.

    Arrow's threads let go of what they have read when they come to it, even while the process ends: bytes of Python's they could
    not give back then, and the process would abort after all its work (apache/arrow#34314).
    """
    buffer = pa.allocate_buffer(len(content))
    memoryview(buffer).cast("B")[:] = content
    return buffer


def parse_csv(body: memoryview, width: int, delimiter: str, *, quoted: bool) -> list[Column]:
    """Return the columns of CSV without its header, every cell a text, empty ones null; `quoted`: a cell may hold line ends."""
    names = [str(place) for place in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(owned(body)),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableError(str(error)) from error
    return without_blank_rows(table)


def without_blank_rows(table: Any) -> list[Column]:
    """Return the columns without the rows in which every cell is null, which spreadsheets leave behind."""
    if table.num_columns and table.column(0).null_count:
        blank = np.ones(table.num_rows, bool)
        for column in table.columns:
            blank &= column.is_null().to_numpy()
            if not blank.any():
                break
        if blank.any():
            table = table.filter(pa.array(~blank))
    return list(table.columns)


def only(column: Column, rows: Mask) -> Column:
    """Return some cells of a column."""
    return column.filter(pa.array(rows))


def parse_parquet(content: bytes) -> tuple[list[str], list[Column]]:
    """Return the names and columns of a Parquet file."""
    try:
        table = pa.parquet.ParquetFile(pa.BufferReader(owned(content))).read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, NotImplementedError) as error:
        raise UnreadableError(str(error)) from error
    return list(table.column_names), list(table.columns)


def plain(column: Column) -> Column:
    """Return the column without its dictionary."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def as_text(column: Column) -> Column:
    """Return the column as texts; what is missing is null."""
    column = plain(column)
    if column.type == pa.string():
        return column
    if pa.types.is_nested(column.type):
        raise UnreadableError(f"it holds {column.type}, not texts or numbers")
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UnreadableError(f"it holds {column.type}, which is no text") from error


def texts(column: Column) -> Texts:
    """Return the column as trimmed texts `[R]`, '' where missing."""
    trimmed = pc.utf8_trim(as_text(column).fill_null(""), characters=SPACE)
    return np.asarray(trimmed.to_numpy(zero_copy_only=False), dtype=np.str_)


def times(column: Column | list[str]) -> NDArray[np.int64] | None:
    """Return the column as microseconds since 1970, UTC `[R]`; None where any cell is no time with its zone."""
    try:
        cells = as_text(pa.array(column) if isinstance(column, list) else column).cast(CLOCK)
    except (pa.ArrowInvalid, UnreadableError):
        return None
    return None if cells.null_count else np.asarray(cells.cast(pa.int64()).to_numpy())


def numbers(column: Column, rows: Mask | None = None) -> Array:
    """Return the column as numbers `[R]`, NaN where missing and outside `rows`; raises BadCellError and UnreadableError."""
    column = plain(column)
    if rows is not None and not rows.all():
        column = pc.if_else(pa.array(rows), column, pa.scalar(None, column.type))
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind):
        return finite(np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64))
    if pa.types.is_boolean(kind):
        return np.asarray(column.cast(pa.uint8()).cast(pa.float64()).to_numpy(), dtype=np.float64)
    if pa.types.is_temporal(kind) or pa.types.is_nested(kind):
        raise UnreadableError(f"it holds {kind}, not numbers")
    return numbers_of_texts(as_text(column))


def finite(values: Array) -> Array:
    """Return the values, refusing infinity and numbers no measurement has."""
    too_large = np.flatnonzero(np.abs(values) > LARGEST)
    if too_large.size:
        value = values[too_large[0]]
        what = (
            Sentence("infinity is not a value")
            if np.isinf(value)
            else Sentence("the number {value} is too large", value=f"{value:g}")
        )
        raise BadCellError(int(too_large[0]), NotANumberError(what))
    return values


def numbers_of_texts(column: Column) -> Array:
    """Return texts as numbers: all at once where they are plain, cell by cell where they are not."""
    try:
        values = np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
        if (np.abs(values) <= LARGEST).sum() + column.null_count == values.size:
            return values
    except pa.ArrowInvalid:
        pass
    easy = pc.match_substring_regex(column, pattern=PLAIN)
    values = np.array(pc.if_else(easy, column, None).cast(pa.float64()).to_numpy(), dtype=np.float64)
    hard = np.flatnonzero((np.isnan(values) & column.is_valid().to_numpy()) | (np.abs(values) > LARGEST))
    values[hard] = carefully(column.take(pa.array(hard)), hard)
    return values


def carefully(column: Column, rows: Places) -> Array:
    """Return texts as numbers, each different text parsed once; `rows` are their places in the whole column."""
    codes, labels = encode([column])
    parsed = np.empty(labels.size)
    for place, label in enumerate(labels):
        try:
            parsed[place] = parse_number(label)
        except NotANumberError as reason:
            raise BadCellError(int(rows[np.argmax(codes[0] == place)]), reason) from reason
    return np.asarray(np.where(codes[0] < 0, np.nan, parsed[codes[0]] if labels.size else np.nan), dtype=np.float64)


def encode(columns: Sequence[Column]) -> tuple[list[Codes], Texts]:
    """Return columns as codes `[R]` into shared labels, trimmed texts in the order of their first appearance; -1 for a blank."""
    ready = [as_text(column) for column in columns]
    whole = pa.chunked_array([chunk for column in ready for chunk in column.chunks], pa.string()).dictionary_encode()
    if not whole.num_chunks:
        return [np.empty(0, np.int64) for _ in columns], np.empty(0, np.str_)
    encoded = whole.combine_chunks()
    codes = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    trimmed = pc.utf8_trim(encoded.dictionary, characters=SPACE)
    merged = pc.if_else(pc.equal(trimmed, ""), None, trimmed).dictionary_encode()
    again = np.asarray(merged.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)
    codes = np.append(again, -1)[codes]
    labels = np.asarray(merged.dictionary.to_numpy(zero_copy_only=False), dtype=np.str_)
    return np.split(codes, np.cumsum([len(column) for column in ready])[:-1]), labels


def csv_bytes(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Return columns of one length as CSV rows with LF ends, without a header; at most 2 GB of them at a time."""
    cells = [cells_of(values, alone=len(columns) == 1) for values in columns.values()]
    cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "")
    return body_of(pc.binary_join_element_wise(*cells, ",") if len(cells) > 1 else cells[0])


def cells_of(values: NDArray[Any], *, alone: bool) -> Any:
    """Return values as they are written: '' where missing, quoted where needed; `alone`: a cell is its whole row."""
    writer: Callable[[NDArray[Any]], Any] = written_texts if values.dtype.kind in "UO" else written_numbers
    cells = writer(values)
    return pc.if_else(pc.equal(cells, ""), '""', cells) if alone else cells


def written_numbers(values: NDArray[Any]) -> Any:
    """Return numbers and truth values as texts that read back as the same number; whole ones without a point."""
    if values.dtype.kind == "f":
        if np.isinf(values).any():
            raise ValueError("infinity cannot be written")
        values = values + 0.0  # turns -0.0 into 0.0
    return pa.array(values, from_pandas=True).cast(pa.string()).fill_null("")


def written_texts(values: NDArray[Any]) -> Any:
    """Return texts, in quotation marks where they hold a comma, a quotation mark or a line end; None becomes ''."""
    cells = pa.array(values.tolist(), pa.string()).fill_null("")
    asking = pc.match_substring_regex(cells, pattern='[",\r\n]')
    if not pc.any(asking).as_py():
        return cells
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(cells, pattern='"', replacement='""'), '"', "")
    return pc.if_else(asking, quoted, cells)


def body_of(rows: Any) -> bytes:
    """Return all texts of an array joined, straight from its buffer."""
    if not len(rows):
        return b""
    offsets = np.frombuffer(rows.buffers()[1], np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return bytes(rows.buffers()[2][int(offsets[0]) : int(offsets[-1])])
