"""The files of one body of evidence: which channels are in them, and what each file says of a channel as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from marsad.core.arrays import Texts
from marsad.core.problem import Problem
from marsad.lake import arrow
from marsad.lake.numbers import shown
from marsad.lake.tables import Table, first, read_table, repeated, shared_codes

SUFFIXES = (".csv", ".csv.gz", ".parquet")
CHANNEL = "channel"
INDICATOR = "indicator"
VALUE = "value"


@dataclass(frozen=True, eq=False)
class Source:
    """One file: its table and the channel `[R]` of every row, as a place among the channels of all files."""

    table: Table
    rows: arrow.Codes
    id_column: str

    @cached_property
    def named(self) -> Mapping[str, tuple[str, ...]]:
        """Return the columns by their names in lower case."""
        return by_lower_case(self.table.columns)

    @cached_property
    def long(self) -> bool:
        """Whether a row is a value of one indicator, not all values of a channel."""
        return is_long(self.table)

    @cached_property
    def indicators(self) -> tuple[arrow.Codes, tuple[str, ...]]:
        """Return which indicator every row of a long file names `[R]`, as a place among the names; raises Problem at a blank."""
        column = self.column(INDICATOR) or INDICATOR
        [codes], labels = shared_codes([self.table], [column])
        if (row := first(codes < 0)) is not None:
            raise self.table.problem("the row does not say its indicator", row=row, column=column, remedy="write its code")
        return codes, tuple(labels.tolist())

    def column(self, name: str) -> str | None:
        """Return the column of this name in any case, or None; raises Problem where there are two."""
        found = self.named.get(name.casefold(), ())
        if len(found) > 1:
            what = f"the columns {' and '.join(shown(column) for column in found)} are both {shown(name)}"
            raise self.table.problem(what, remedy="rename or remove one of them")
        return found[0] if found else None


@dataclass(frozen=True, eq=False)
class Sources:
    """All files and the identifiers of their channels `[C]`, in the order of their first appearance."""

    files: tuple[Source, ...]
    channels: Texts

    def texts(self, name: str) -> Texts | None:
        """Return what the files say of every channel under a column's name `[C]`, '' where nothing; None where no file has it.

        Raises Problem where they say two different things of one channel.
        """
        having = [(source, column) for source in self.files if (column := source.column(name)) is not None]
        if not having:
            return None
        codes, labels = shared_codes([source.table for source, _ in having], [column for _, column in having])
        said = np.full(self.channels.size, -1)
        for (source, column), code in zip(having, codes, strict=True):
            known = code >= 0
            earliest = said.copy()
            earliest[source.rows[known][::-1]] = code[known][::-1]
            said = np.where(said < 0, earliest, said)
            if (row := first(known & (code != said[source.rows]))) is not None:
                channel = int(source.rows[row])
                here, elsewhere = shown(labels[code[row]]), shown(labels[said[channel]])
                what = f"channel {shown(self.channels[channel])} is {here} here and {elsewhere} elsewhere"
                raise source.table.problem(what, row=row, column=column, remedy="write the same everywhere")
        return np.asarray(np.append(labels, "")[said])

    def row_of(self, channel: int, name: str) -> tuple[Source, int, str | None]:
        """Return the first file, row and column that may say something of a channel, preferring files with such a column."""
        holding = [source for source in self.files if (source.rows == channel).any()]
        source = next((source for source in holding if source.column(name) is not None), holding[0])
        return source, int(np.argmax(source.rows == channel)), source.column(name)

    def problem(self, what: str, *, channel: int, name: str, remedy: str) -> Problem:
        """Return a problem at what is said, or not said, of a channel under a column's name."""
        source, row, column = self.row_of(channel, name)
        return source.table.problem(what, row=row, column=column or name, remedy=remedy)


def by_lower_case(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return names grouped by their lower case."""
    grouped: dict[str, tuple[str, ...]] = {}
    for name in names:
        grouped[name.casefold()] = (*grouped.get(name.casefold(), ()), name)
    return grouped


def is_long(table: Table) -> bool:
    """Whether a table has a column for indicators and one for values."""
    return {INDICATOR, VALUE} <= {name.casefold() for name in table.columns}


def read_sources(path: Path, id_column: str) -> Sources:
    """Return all files of a body of evidence, with their channels told apart; raises Problem."""
    tables = [read_table(file) for file in evidence_files(path)]
    ids = [id_column_of(table, id_column) for table in tables]
    codes, channels = shared_codes(tables, ids)
    files = tuple(Source(table, rows, name) for table, rows, name in zip(tables, codes, ids, strict=True))
    for source in files:
        refuse_blank_ids(source)
        if not source.long:
            refuse_repeated_ids(source, channels)
    return Sources(files, channels)


def evidence_files(path: Path) -> Sequence[Path]:
    """Return the file itself, or the tables directly in a folder, sorted by name; raises Problem where there are none."""
    if not os.path.isdir(path):
        return [path]
    try:
        files = sorted(file for file in path.iterdir() if is_evidence(file))
    except OSError as error:
        raise Problem("the folder cannot be read", file=path, remedy="ask for permission to read it") from error
    if not files:
        raise Problem("the folder has no table in it", file=path, remedy=f"put evidence there as {', '.join(SUFFIXES)}")
    return files


def is_evidence(file: Path) -> bool:
    """Whether an entry of a folder is a table to read; what spreadsheets and systems hide there is not."""
    return file.name.lower().endswith(SUFFIXES) and not file.name.startswith((".", "~")) and os.path.isfile(file)


def id_column_of(table: Table, id_column: str) -> str:
    """Return the column of identifiers: the one asked for, in long files else `channel`."""
    named = by_lower_case(table.columns)
    asked = [id_column, CHANNEL] if is_long(table) else [id_column]
    for name in asked:
        if name in table.columns:
            return name
        if len(named.get(name.casefold(), ())) == 1:
            return named[name.casefold()][0]
    columns = ", ".join(table.columns[:10]) + (" …" if len(table.columns) > 10 else "")
    what = f"there is no column {shown(id_column)}; the columns are {columns}"
    raise table.problem(what, remedy="say with --id which of them names the channel")


def refuse_blank_ids(source: Source) -> None:
    """Raise Problem where a row does not say its channel."""
    if (row := first(source.rows < 0)) is not None:
        what, remedy = "the row does not say its channel", "write its identifier or remove the row"
        raise source.table.problem(what, row=row, column=source.id_column, remedy=remedy)


def refuse_repeated_ids(source: Source, channels: Texts) -> None:
    """Raise Problem where a channel has two rows of a wide file."""
    if (row := first(repeated(source.rows))) is not None:
        channel = source.rows[row]
        before = source.table.place(int(np.argmax(source.rows == channel)))
        what = f"channel {shown(channels[channel])} is already in {before}"
        raise source.table.problem(what, row=row, column=source.id_column, remedy="keep one row for each channel")
