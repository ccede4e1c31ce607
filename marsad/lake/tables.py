"""Tables read from CSV and Parquet files; what is wrong with one is said with its file, line and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.problem import Problem, Sentence
from marsad.lake import arrow
from marsad.lake.damage import (
    CLOSE_IT,
    content_of,
    decoded,
    first_damage,
    lines_of,
    misquoted,
    refuse_names,
    refuse_what_is_no_table,
)
from marsad.lake.numbers import SPACE

DELIMITERS = (",", ";", "\t")
PARQUET = b"PAR1"
BEFORE_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
LINE_END = re.compile(rb"\r\n|\r|\n|\Z")
SAMPLE = 1 << 16
"""Bytes looked at before all of them are."""


@dataclass(frozen=True, eq=False)
class Table:
    """A file's columns by name and its `rows` counted; cells become texts or numbers only when asked for."""

    path: Path
    columns: tuple[str, ...]
    rows: int
    _cells: dict[str, arrow.Column] = field(repr=False)
    _content: bytes = field(repr=False, default=b"")
    _delimiter: str = field(repr=False, default="")

    def texts(self, column: str) -> Texts:
        """Return a column as trimmed texts `[R]`, '' where missing; raises Problem where it holds no texts."""
        try:
            return arrow.texts(self._cells[column])
        except arrow.UnreadableError as error:
            raise self.problem(
                Sentence("the column cannot be read: {error}", error=error),
                column=column,
                remedy=Sentence("export it as text or numbers"),
            ) from error

    def numbers(self, column: str, rows: Mask | None = None) -> Array:
        """Return a column as numbers `[R]`, NaN where missing and outside `rows`; raises Problem at the first that is none."""
        try:
            return arrow.numbers(self._cells[column], rows)
        except arrow.BadCellError as bad:
            raise self.problem(bad.reason.what, row=bad.row, column=column, remedy=bad.reason.remedy) from bad
        except arrow.UnreadableError as error:
            raise self.problem(
                Sentence("the column cannot be read: {error}", error=error),
                column=column,
                remedy=Sentence("export it as numbers"),
            ) from error

    def times(self, column: str) -> NDArray[np.int64] | None:
        """Return a column as microseconds since 1970, UTC `[R]`; None where any cell is no time with its zone."""
        return arrow.times(self._cells[column])

    def only(self, rows: Mask) -> Table:
        """Return the table with some of its rows; their lines in the file are no longer known."""
        return Table(self.path, self.columns, int(rows.sum()), {name: arrow.only(one, rows) for name, one in self._cells.items()})

    def line(self, row: int) -> int | None:
        """Return the line of the file at which a row starts, rows counted from 0; None in a Parquet file."""
        return self.lines({row}).get(row)

    def lines(self, rows: Collection[int]) -> dict[int, int]:
        """Return the lines of the file at which some rows start, found in one walk; none in a Parquet file."""
        return lines_of(self._content, self._delimiter, rows, self.path) if self._content else {}

    def place(self, row: int) -> str:
        """Return where a row is, in words: its line, or its number in a Parquet file."""
        line = self.line(row)
        return f"row {row + 1}" if line is None else f"line {line}"

    def problem(self, what: str, *, row: int | None = None, column: str | None = None, remedy: str = "") -> Problem:
        """Return a problem of this file, at a row counted from 0."""
        line = None if row is None else self.line(row)
        at = f"row {row + 1}" if row is not None and line is None else None
        return Problem(what, file=self.path, line=line, column=column, at=at, remedy=remedy)


def first(mask: Mask) -> int | None:
    """Return the first place where a mask is true, None where it never is."""
    place = int(mask.argmax()) if mask.size else 0
    return place if mask.size and mask[place] else None


def repeated(codes: arrow.Codes) -> Mask:
    """Return where a code stands that stood before."""
    again = np.ones(codes.size, bool)
    again[np.unique(codes, return_index=True)[1]] = False
    return again


def shared_codes(tables: Sequence[Table], columns: Sequence[str]) -> tuple[list[arrow.Codes], Texts]:
    """Return a column of each table as codes `[R]` into labels shared by all, -1 where blank; raises Problem as `texts` does."""
    try:
        return arrow.encode([table._cells[column] for table, column in zip(tables, columns, strict=True)])
    except arrow.UnreadableError:
        for table, column in zip(tables, columns, strict=True):
            table.texts(column)
        raise


def read_table(path: Path | str) -> Table:
    """Return the table in a CSV, gzipped CSV or Parquet file, told apart by how they begin; raises Problem."""
    path = Path(path)
    content = content_of(path)
    if content.startswith(PARQUET) or path.suffix.lower() == ".parquet":
        return read_parquet(path, content)
    return read_csv(path, content)


def read_parquet(path: Path, content: bytes) -> Table:
    """Return the table in the bytes of a Parquet file."""
    try:
        names, columns = arrow.parse_parquet(content)
    except arrow.UnreadableError as error:
        what = Sentence("the Parquet file is damaged") if content.startswith(PARQUET) else Sentence("this is not a Parquet file")
        raise Problem(what, file=path, remedy=Sentence("export it again")) from error
    names = [name.strip(SPACE) for name in names]
    refuse_names(names, path, None)
    if not columns or not len(columns[0]):
        raise Problem(Sentence("the table has no rows"), file=path, remedy=Sentence("export it again"))
    return Table(path, tuple(names), len(columns[0]), dict(zip(names, columns, strict=True)))


def read_csv(path: Path, content: bytes) -> Table:
    """Return the table in the bytes of a CSV file."""
    refuse_what_is_no_table(content, path)
    before = BEFORE_HEADER.match(content)
    start = before.end() if before else 0
    delimiter = delimiter_of(content[start : start + SAMPLE].decode(errors="replace"))
    names, end = read_header(path, content, start, delimiter)
    refuse_names(names, path, content.count(b"\n", 0, start) + 1)
    blank = not content[end : end + SAMPLE].strip() and not content[end:].strip()
    columns = [] if blank else parse_body(path, content, end, delimiter, len(names))
    if not columns or not len(columns[0]):
        raise Problem(Sentence("the file has a header and no rows"), file=path, remedy=Sentence("export it again"))
    return Table(path, tuple(names), len(columns[0]), dict(zip(names, columns, strict=True)), content, delimiter)


def delimiter_of(text: str) -> str:
    """Return the delimiter that stands most often in the first line outside quotation marks; a comma where none does.

    >>> delimiter_of('channel;"wait,\\nminutes";clarity\\nA;1,5;2')
    ';'
    """
    header = re.split(r"[\r\n]", re.sub('"[^"]*"', "", text), maxsplit=1)[0]
    return max(DELIMITERS, key=header.count)


def read_header(path: Path, content: bytes, start: int, delimiter: str) -> tuple[list[str], int]:
    """Return the names in the header that starts there, and where the row after it does; raises Problem."""
    end = start

    def lines() -> Iterator[str]:
        nonlocal end
        for line_end in LINE_END.finditer(content, start):
            line, end = content[end : line_end.end()], line_end.end()
            yield decoded(line, path)

    try:
        names = next(csv.reader(lines(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Problem(misquoted(error), file=path, line=1, remedy=CLOSE_IT) from error
    return [name.strip(SPACE) for name in names], end


def parse_body(path: Path, content: bytes, start: int, delimiter: str, width: int) -> list[arrow.Column]:
    """Return the columns of what follows the header; raises Problem."""
    quotes = content.count(b'"')
    try:
        columns = arrow.parse_csv(memoryview(content)[start:], width, delimiter, quoted=quotes > 0)
    except arrow.UnreadableError as error:
        damage = first_damage(content, delimiter, width, path)
        raise damage or Problem(
            Sentence("the table cannot be read: {error}", error=error), file=path, remedy=Sentence("export it again")
        ) from error
    if quotes and suspicious(content, start, quotes, len(columns[0])):
        damage = first_damage(content, delimiter, width, path)
        if damage:
            raise damage
    return columns


def suspicious(content: bytes, start: int, quotes: int, rows: int) -> bool:
    """Whether an open quotation mark may have swallowed rows: their marks are odd, or there are more lines than rows."""
    lines = max(content.count(b"\n", start), content.count(b"\r", start))
    return quotes % 2 == 1 or lines > rows
