"""Files of single answers taken into the lake: all rows of all files or none, and every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from marsad.core.arrays import Array
from marsad.core.problem import Problem
from marsad.core.scheme import Indicator
from marsad.lake import arrow
from marsad.lake.damage import records
from marsad.lake.manifest import INTAKE
from marsad.lake.numbers import NotANumberError, parse_number, shown
from marsad.lake.rows import (
    AT,
    COLUMNS,
    LIMIT,
    NEEDED,
    NUMBERS,
    TEXTS,
    Coded,
    Draft,
    Fault,
    FaultyRowsError,
    ManyProblems,
    Rows,
    Times,
    instants,
)
from marsad.lake.sources import CHANNEL, by_lower_case, evidence_files
from marsad.lake.store import Added, Lake, Progress
from marsad.lake.tables import Table, read_table, shared_codes

AGGREGATES = ("n", "se")
WITH_ZONE = "write it with its zone, such as 2026-11-21T09:30:00+04:00 or 2026-11-21T05:30:00Z"
CLOCK = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Known:
    """What rows may speak of: these subjects and indicators, with values on the indicators' scales; None: anything."""

    subjects: frozenset[str] | None = None
    indicators: Sequence[Indicator] | None = None


@dataclass(frozen=True)
class Taken:
    """What was taken in, and the columns that nobody asked for."""

    added: Added
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """What is said of all rows of all files: `defaults` for columns that a file does not have, and what the rows may speak of."""

    defaults: Mapping[str, object] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


def import_files(
    lake: Lake,
    path: Path | str,
    *,
    at: datetime,
    order: Order | None = None,
    kind: str = INTAKE,
    about: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Take in a CSV or Parquet file of single answers, or a folder of them, as one import.

    Its columns are those of the shape (`rows.COLUMNS`) or of the long files of `marsad rate`, where `channel` is the subject;
    what a file has no column for is taken from the order's defaults. Raises ManyProblems with file, line, column and remedy of
    all that is wrong, and then nothing was taken in. Progress is told as a part of a whole, in units that may change on the way.
    """
    files = evidence_files(Path(path))
    bodies, problems, total, unused = [], list[Problem](), 0, dict[str, None]()
    for number, file in enumerate(files):
        table = read_table(file)
        columns = columns_of(table)
        unused |= dict.fromkeys(name for name in table.columns if name not in columns.values())
        try:
            bodies.append(rows_of(table, columns, order or Order()))
        except FaultyRowsError as error:
            problems += located(table, columns, error.faults)
            total += error.total
        if progress:
            progress(number + 1, 2 * len(files))
    if problems:
        raise ManyProblems(problems[:LIMIT], total)
    added = lake.add(bodies, at=at, kind=kind, about=about, progress=second_half(progress))
    return Taken(added, tuple(unused))


def second_half(progress: Progress | None) -> Progress | None:
    """Return a progress of which the first half is over."""
    return None if progress is None else lambda done, total: progress(total + done, 2 * total)


def columns_of(table: Table) -> dict[str, str]:
    """Return the table's own names for columns of the shape; raises Problem where two are the same, or rows are aggregates."""
    named, found = by_lower_case(table.columns), dict[str, str]()
    for name in COLUMNS:
        candidates = [column for alias in aliases(name) for column in named.get(alias, ())]
        if len(candidates) > 1:
            what = f"the columns {' and '.join(shown(column) for column in candidates)} are both the {name}"
            raise table.problem(what, remedy="rename or remove one of them")
        if candidates:
            found[name] = candidates[0]
    for name in AGGREGATES:
        if name in named:
            what = f"the column {shown(named[name][0])} says that rows are aggregates, and the lake holds single answers"
            raise table.problem(what, column=named[name][0], remedy="export the answers themselves, or rate the file by itself")
    return found


def aliases(name: str) -> tuple[str, ...]:
    """Return the names under which a file may have a column of the shape."""
    return (name, CHANNEL) if name == "subject" else (name,)


def rows_of(table: Table, columns: Mapping[str, str], order: Order) -> Rows:
    """Return the rows of a file; raises FaultyRowsError with all that is wrong, Problem where a column is missing."""
    for name in NEEDED:
        if name not in columns and name not in order.defaults:
            raise table.problem(f"there is no column {name}", remedy="add it, or say it for all rows")
    draft = Draft(table.rows)
    for name in TEXTS:
        draft.text(name, coded_column(table, columns[name]) if name in columns else str(order.defaults.get(name, "")))
    for name in NUMBERS:
        add_numbers(draft, table, name, columns.get(name), order.defaults.get(name, 1.0))
    add_times(draft, table, columns.get(AT), order.defaults.get(AT))
    refuse_unknown(draft, order.known)
    return draft.rows()


def coded_column(table: Table, column: str) -> Coded:
    """Return a column as codes and labels."""
    [codes], labels = shared_codes([table], [column])
    return Coded(codes, labels)


def add_numbers(draft: Draft, table: Table, name: str, column: str | None, default: object) -> None:
    """Add a column of numbers, having noted every cell that is none."""
    if column is None:
        draft.number(name, np.full(draft.size, default, dtype=np.float64))
        return
    try:
        draft.number(name, table.numbers(column))
    except Problem:
        draft.number(name, np.where(np.isnan(values := number_by_number(draft, table, name, column)), 0.0, values))


def number_by_number(draft: Draft, table: Table, name: str, column: str) -> Array:
    """Return a column as numbers, NaN where a cell is none, which is noted."""
    given = coded_column(table, column)
    parsed = np.full(len(given.labels) + 1, np.nan)
    for place, label in enumerate([*given.labels, ""]):
        wrong, remedy = f"the {name} is missing", "write a number"
        try:
            parsed[place] = parse_number(label)
        except NotANumberError as reason:
            wrong, remedy = str(reason), reason.remedy
        if np.isnan(parsed[place]):
            draft.refuse(given.codes == (place if label else -1), name, wrong, remedy)
    return np.asarray(parsed[given.codes])


def add_times(draft: Draft, table: Table, column: str | None, default: object) -> None:
    """Add the times, having noted every cell that is none or has no zone."""
    if column is None:
        assert isinstance(default, datetime)
        draft.times(*instants(default, draft))
        return
    times = all_times(table, column)
    if times is not None:
        draft.times(times)
        return
    given = coded_column(table, column)
    labels = [*np.asarray(given.labels).tolist(), ""]
    found = [time_of(label) for label in labels]
    for place, label in enumerate(labels):
        if found[place] is None:
            draft.refuse(given.codes == (place if label else -1), AT, *time_refusal(label))
    readable = np.array([time is not None for time in found])
    draft.times(np.array([time or 0 for time in found], dtype=np.int64)[given.codes], readable[given.codes])


def all_times(table: Table, column: str) -> Times | None:
    """Return a column as times where every cell is one with its zone, None where any is not."""
    try:
        times = arrow.as_text(table._cells[column]).cast(CLOCK)
    except (pa.ArrowInvalid, arrow.UnreadableError):
        return None
    return None if times.null_count else np.asarray(times.cast(pa.int64()).to_numpy())


def time_of(label: str) -> int | None:
    """Return the microseconds of a time with its zone; None where the text is none."""
    try:
        return int(pa.array([label]).cast(CLOCK).cast(pa.int64())[0].as_py())
    except pa.ArrowInvalid:
        return None


def time_refusal(label: str) -> tuple[str, str]:
    """Return what is wrong with a time, and what to write."""
    if not label:
        return "the time is missing", WITH_ZONE
    try:
        datetime.fromisoformat(label)
    except ValueError:
        return f"{shown(label)} is no time", WITH_ZONE
    return f"the time {shown(label)} has no time zone", WITH_ZONE


def refuse_unknown(draft: Draft, known: Known) -> None:
    """Note rows that speak of unknown subjects or indicators, or have a value off its indicator's scale."""
    if known.subjects is not None:
        refuse_labels(draft, "subject", known.subjects, "correct its code, or add it to the catalogue first")
    if known.indicators is not None:
        refuse_labels(draft, "indicator", {one.code for one in known.indicators}, "write a code of the standard")
        refuse_off_scale(draft, known.indicators)


def refuse_labels(draft: Draft, name: str, allowed: frozenset[str] | set[str], remedy: str) -> None:
    """Note the rows whose label is not among the allowed ones; blank ones are noted elsewhere."""
    column = draft.columns[name]
    for place, label in enumerate(column.labels.to_pylist()):
        if label and label not in allowed:
            draft.refuse(column.codes == place, name, f"the {name} {shown(label)} is not known", remedy)


def refuse_off_scale(draft: Draft, indicators: Sequence[Indicator]) -> None:
    """Note the rows whose value is not on the scale of their indicator."""
    column, values = draft.columns["indicator"], draft.columns["value"]
    ends = {one.code: one.ends for one in indicators}
    codes = column.labels.to_pylist()
    low, high = np.array([ends.get(code, (-np.inf, np.inf)) for code in codes])[column.codes].T
    off = np.flatnonzero((values < low) | (values > high))
    draft.total += int(off.size)
    for row in off[:LIMIT].tolist():
        scale = f"the scale of {codes[column.codes[row]]}, {low[row]:.12g} to {high[row]:.12g}"
        draft.faults.append(Fault(row, "value", f"the value {values[row]:.12g} is outside {scale}", "correct it"))


def located(table: Table, columns: Mapping[str, str], faults: Sequence[Fault]) -> Iterator[Problem]:
    """Yield faults as problems with their lines, found in one walk through the file."""
    lines = lines_of(table, {fault.row for fault in faults})
    for fault in faults:
        line = lines.get(fault.row)
        at = None if line else f"row {fault.row + 1}"
        column = columns.get(fault.column, fault.column)
        yield Problem(fault.what, file=table.path, line=line, column=column, at=at, remedy=fault.remedy)


def lines_of(table: Table, rows: set[int]) -> dict[int, int]:
    """Return the lines at which some rows of a CSV file start; none for a Parquet file."""
    if not table._content:
        return {}
    walk = records(table._content, table._delimiter, table.path)
    next(walk)
    filled = (line for line, cells in walk if any(cells))
    return {row: line for row, line in zip(range(max(rows) + 1), filled, strict=False) if row in rows}
