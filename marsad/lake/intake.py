"""Files of single answers taken into the lake: all rows of all files or none, and every fault with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np

from marsad.core.arrays import Array
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Indicator
from marsad.lake import arrow
from marsad.lake.manifest import INTAKE
from marsad.lake.numbers import NotANumberError, parse_number, shown
from marsad.lake.rows import (
    AT,
    COLUMNS,
    LIMIT,
    NEEDED,
    NUMBERS,
    TEXTS,
    WRITE_IT,
    Coded,
    Draft,
    Fault,
    FaultyRowsError,
    ManyProblems,
    Rows,
    instants,
)
from marsad.lake.sources import CHANNEL, by_lower_case, evidence_files
from marsad.lake.store import Added, Lake, Progress
from marsad.lake.tables import Table, read_table, shared_codes

AGGREGATES = ("n", "se")
WITH_ZONE = Sentence("write it with its zone, such as 2026-11-21T09:30:00+04:00 or 2026-11-21T05:30:00Z")


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
            what = Sentence(
                "the columns {names} are both the {name}", names=" and ".join(shown(column) for column in candidates), name=name
            )
            raise table.problem(what, remedy=Sentence("rename or remove one of them"))
        if candidates:
            found[name] = candidates[0]
    for name in AGGREGATES:
        if name in named:
            what = Sentence(
                "the column {name} says that rows are aggregates, and the lake holds single answers", name=shown(named[name][0])
            )
            raise table.problem(
                what, column=named[name][0], remedy=Sentence("export the answers themselves, or rate the file by itself")
            )
    return found


def aliases(name: str) -> tuple[str, ...]:
    """Return the names under which a file may have a column of the shape."""
    return (name, CHANNEL) if name == "subject" else (name,)


def rows_of(table: Table, columns: Mapping[str, str], order: Order) -> Rows:
    """Return the rows of a file; raises FaultyRowsError with all that is wrong, Problem where a column is missing."""
    for name in NEEDED:
        if name not in columns and name not in order.defaults:
            raise table.problem(
                Sentence("there is no column {name}", name=name), remedy=Sentence("add it, or say it for all rows")
            )
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
        values = number_by_number(draft, table, name, column)
        draft.number(name, values, known=~np.isnan(values))


def number_by_number(draft: Draft, table: Table, name: str, column: str) -> Array:
    """Return a column as numbers, NaN where a cell is none, which is noted."""
    given = coded_column(table, column)
    parsed = np.full(len(given.labels) + 1, np.nan)
    for place, label in enumerate([*given.labels, ""]):
        wrong: str = Sentence("the {name} is missing", name=name)
        remedy: str = WRITE_IT
        try:
            parsed[place] = parse_number(label)
        except NotANumberError as reason:
            wrong, remedy = reason.what, reason.remedy
        if np.isnan(parsed[place]):
            draft.refuse(given.codes == (place if label else -1), name, wrong, remedy)
    return np.asarray(parsed[given.codes])


def add_times(draft: Draft, table: Table, column: str | None, default: object) -> None:
    """Add the times, having noted every cell that is none or has no zone."""
    if column is None:
        assert isinstance(default, datetime)
        draft.times(*instants(default, draft))
        return
    times = table.times(column)
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


def time_of(label: str) -> int | None:
    """Return the microseconds of a time with its zone; None where the text is none."""
    times = arrow.times([label])
    return None if times is None else int(times[0])


def time_refusal(label: str) -> tuple[str, str]:
    """Return what is wrong with a time, and what to write."""
    if not label:
        return Sentence("the time is missing"), WITH_ZONE
    try:
        datetime.fromisoformat(label)
    except ValueError:
        return Sentence("{label} is no time", label=shown(label)), WITH_ZONE
    return Sentence("the time {label} has no time zone", label=shown(label)), WITH_ZONE


def refuse_unknown(draft: Draft, known: Known) -> None:
    """Note rows that speak of unknown subjects or indicators, or have a value off its indicator's scale."""
    if known.subjects is not None:
        refuse_labels(draft, "subject", known.subjects, Sentence("correct its code, or add it to the catalogue first"))
    if known.indicators is not None:
        refuse_labels(draft, "indicator", {one.code for one in known.indicators}, Sentence("write a code of the standard"))
        refuse_off_scale(draft, known.indicators)


def refuse_labels(draft: Draft, name: str, allowed: frozenset[str] | set[str], remedy: str) -> None:
    """Note the rows whose label is not among the allowed ones; blank ones are noted elsewhere."""
    column = draft.columns[name]
    for place, label in enumerate(column.labels.to_pylist()):
        if label and label not in allowed:
            draft.refuse(
                column.codes == place, name, Sentence("the {name} {label} is not known", name=name, label=shown(label)), remedy
            )


def refuse_off_scale(draft: Draft, indicators: Sequence[Indicator]) -> None:
    """Note the rows whose value is not on the scale of their indicator."""
    column, values = draft.columns["indicator"], draft.columns["value"]
    ends = {one.code: one.ends for one in indicators}
    codes = column.labels.to_pylist()
    low, high = np.array([ends.get(code, (-np.inf, np.inf)) for code in codes])[column.codes].T
    off = np.flatnonzero((values < low) | (values > high))
    draft.total += int(off.size)
    for row in off[:LIMIT].tolist():
        what = Sentence(
            "the value {value} is outside the scale of {indicator}, {low} to {high}",
            value=f"{values[row]:.12g}",
            indicator=codes[column.codes[row]],
            low=f"{low[row]:.12g}",
            high=f"{high[row]:.12g}",
        )
        draft.faults.append(Fault(row, "value", what, Sentence("correct it")))


def located(table: Table, columns: Mapping[str, str], faults: Sequence[Fault]) -> Iterator[Problem]:
    """Yield faults as problems with their lines, found in one walk through the file."""
    lines = table.lines({fault.row for fault in faults})
    for fault in faults:
        line = lines.get(fault.row)
        at = None if line else f"row {fault.row + 1}"
        column = columns.get(fault.column, fault.column)
        yield Problem(fault.what, file=table.path, line=line, column=column, at=at, remedy=fault.remedy)
