"""The values of all files, brought into one table of channels and indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.scheme import Indicator, Scheme
from marsad.lake.answers import Answers, reduce_answers, se_from_n
from marsad.lake.numbers import shown
from marsad.lake.sources import VALUE, Source, Sources
from marsad.lake.tables import first, repeated, shared_codes
from marsad.lake.ways import OPEN, RUNNING, by_way, left_out

N, SE, RATERS, RATER, WEIGHT, INSTRUMENT = "n", "se", "raters", "rater", "weight", "instrument"
DOUBT = "doubt"
COMPANIONS = (N, SE, RATERS)
"""What may go with a value: in wide files in columns `X__n`, `X__se`, `X__raters`, in long files in columns of these names."""


@dataclass(frozen=True, eq=False)
class Cells:
    """What is known so far, arrays `[C, I]` by quantity; `found`: the indicators any file speaks of; notes on what is not."""

    indicators: tuple[Indicator, ...]
    known: dict[str, Array]
    found: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def value(self) -> Array:
        """Return the values."""
        return self.known[VALUE]


@dataclass(frozen=True, eq=False)
class LongRows:
    """Those rows `[L]` of a long file that have a value for the standard: their places in the file, cells and values."""

    source: Source
    rows: Places
    cells: Places
    values: Array

    def numbers(self, name: str) -> Array | None:
        """Return another column's numbers at these rows `[L]`, refusing those below 0; None where the file has no such column."""
        column = self.source.column(name)
        if column is None:
            return None
        wanted = np.zeros(self.source.table.rows, bool)
        wanted[self.rows] = True
        numbers = self.source.table.numbers(column, wanted)
        refuse_negative(self.source, numbers, column)
        return numbers[self.rows]

    def chosen(self, mask: Mask) -> LongRows:
        """Return the chosen ones of these rows."""
        return LongRows(self.source, self.rows[mask], self.cells[mask], self.values[mask])


def read_cells(sources: Sources, scheme: Scheme) -> Cells:
    """Return all values of all files: wide ones joined, then aggregates and raw answers of the long ones; raises Problem."""
    shape = (sources.channels.size, len(scheme.indicators))
    cells = Cells(scheme.indicators, {name: np.full(shape, np.nan) for name in (VALUE, *COMPANIONS, DOUBT)})
    for source in sources.files:
        if not source.long:
            join_wide(source, cells, sources)
    answers = [read_long(source, cells, sources) for source in sources.files if source.long]
    put_answers(answers, cells, sources, scheme)
    return cells


def join_wide(source: Source, cells: Cells, sources: Sources) -> None:
    """Add the values of a wide file."""
    for place, indicator in enumerate(cells.indicators):
        for quantity in (VALUE, *COMPANIONS):
            column = source.column(indicator.code if quantity == VALUE else f"{indicator.code}__{quantity}")
            if column is None:
                continue
            numbers = source.table.numbers(column)
            if quantity == VALUE:
                cells.found.add(indicator.code)
                refuse_off_scale(source, np.zeros(numbers.size, np.intp), numbers, [indicator], column)
            else:
                refuse_negative(source, numbers, column)
            before = cells.known[quantity][source.rows, place]
            refuse_contradiction(source, before, numbers, column, sources)
            cells.known[quantity][source.rows, place] = np.where(np.isnan(numbers), before, numbers)


def refuse_contradiction(source: Source, before: Array, numbers: Array, column: str, sources: Sources) -> None:
    """Raise Problem where another file gave another number for the same channel."""
    if (row := first(~np.isnan(before) & ~np.isnan(numbers) & (before != numbers))) is not None:
        channel = shown(sources.channels[source.rows[row]])
        what = f"channel {channel} has {numbers[row]:.12g} here and {before[row]:.12g} in another file"
        raise source.table.problem(what, row=row, column=column, remedy="keep one of them")


def refuse_negative(source: Source, numbers: Array, column: str) -> None:
    """Raise Problem where a number is below 0."""
    if (row := first(numbers < 0)) is not None:
        remedy = "correct it or leave the cell blank"
        raise source.table.problem(f"{numbers[row]:.12g} is below 0", row=row, column=column, remedy=remedy)


def refuse_off_scale(source: Source, places: Places, values: Array, indicators: Sequence[Indicator], column: str) -> None:
    """Raise Problem at the first value `[R]` that is not on the scale of its indicator, given by its place `[R]`."""
    low, high = np.array([indicator.ends for indicator in indicators])[places].T
    if (row := first((values < low) | (values > high))) is not None:
        code = indicators[places[row]].code
        what = f"the value {values[row]:.12g} is outside the scale of {code}, {low[row]:.12g} to {high[row]:.12g}"
        raise source.table.problem(what, row=row, column=column, remedy="correct it or leave the cell blank")


def indicator_places(source: Source, indicators: Sequence[Indicator]) -> Places:
    """Return which indicator every row of a long file speaks of `[R]`, -1 where it is none of the standard's."""
    codes, labels = source.indicators
    known = {indicator.code.casefold(): place for place, indicator in enumerate(indicators)}
    return np.array([known.get(label.casefold(), -1) for label in labels], dtype=np.int64)[codes]


def read_long(source: Source, cells: Cells, sources: Sources) -> LongRows:
    """Add the aggregates of a long file and return its raw answers."""
    places = indicator_places(source, cells.indicators)
    column = source.column(VALUE) or VALUE
    values = source.table.numbers(column, places >= 0)
    named = np.bincount(places[places >= 0], minlength=len(cells.indicators))
    cells.found.update(indicator.code for indicator, rows in zip(cells.indicators, named, strict=True) if rows)
    refuse_off_scale(source, places, values, cells.indicators, column)
    rows = np.flatnonzero(~np.isnan(values))
    cell = source.rows[rows] * len(cells.indicators) + places[rows]
    filled = LongRows(source, rows, cell, values[rows])
    aggregate = is_aggregate(filled)
    put_aggregates(filled.chosen(aggregate), cells, sources)
    return filled.chosen(~aggregate)


def is_aggregate(rows: LongRows) -> Mask:
    """Return which rows are aggregates: those that carry n or se, and all of a file that has such a column and no raters."""
    counts = [numbers for name in (N, SE) if (numbers := rows.numbers(name)) is not None]
    if not counts:
        return np.zeros(rows.rows.size, bool)
    if rows.source.column(RATER) is None:
        return np.ones(rows.rows.size, bool)
    return np.asarray(~np.isnan(counts).all(axis=0))


def put_aggregates(rows: LongRows, cells: Cells, sources: Sources) -> None:
    """Add aggregates, one row to a cell."""
    taken = ~np.isnan(cells.value).ravel()[rows.cells]
    refuse_filled(rows, repeated(rows.cells) | taken, cells, sources, "is given twice")
    for quantity in (VALUE, *COMPANIONS):
        numbers = rows.values if quantity == VALUE else rows.numbers(quantity)
        if numbers is not None:
            cells.known[quantity].ravel()[rows.cells] = numbers


def refuse_filled(rows: LongRows, filled: Mask, cells: Cells, sources: Sources, how: str) -> None:
    """Raise Problem at the first row whose cell is filled already."""
    if (place := first(filled)) is not None:
        channel, indicator = divmod(int(rows.cells[place]), len(cells.indicators))
        what = f"{cells.indicators[indicator].code} of channel {shown(sources.channels[channel])} {how}"
        raise rows.source.table.problem(what, row=int(rows.rows[place]), column=VALUE, remedy="keep one of them")


def put_answers(files: Sequence[LongRows], cells: Cells, sources: Sources, scheme: Scheme) -> None:
    """Add the raw answers of all long files together."""
    files = [rows for rows in files if rows.rows.size]
    if not files:
        return
    taken = ~np.isnan(cells.value).ravel()
    for rows in files:
        refuse_filled(rows, taken[rows.cells], cells, sources, "has raw answers and an aggregate")
    weights = np.concatenate([weights_of(rows) for rows in files])
    counted, running = weights > 0, np.concatenate([by_instrument(rows, RUNNING) for rows in files])
    if scheme.invited_only:
        anybody = counted & np.concatenate([by_instrument(rows, OPEN) for rows in files])
        cells.notes.extend(left_out(int(anybody.sum())))
        counted &= ~anybody
    answers = Answers(
        np.concatenate([rows.cells for rows in files])[counted],
        np.concatenate([rows.values for rows in files])[counted],
        weights[counted],
        np.concatenate(raters_of(files))[counted],
    )
    reduced = reduce_answers(answers, scheme, sources.channels.size, running[counted])
    for quantity in (VALUE, *COMPANIONS, DOUBT):
        cells.known[quantity][:] = np.where(np.isnan(reduced.value), cells.known[quantity], getattr(reduced, quantity))


def weights_of(rows: LongRows) -> Array:
    """Return the weights of raw answers `[L]`, 1 where the file has none; raises Problem where one is missing."""
    weights = rows.numbers(WEIGHT)
    if weights is None:
        return np.ones(rows.rows.size)
    if (place := first(np.isnan(weights))) is not None:
        row, remedy = int(rows.rows[place]), "write one, 1 for an ordinary answer"
        raise rows.source.table.problem("the answer has no weight", row=row, column=rows.source.column(WEIGHT), remedy=remedy)
    return weights


def by_instrument(rows: LongRows, way: str) -> Mask:
    """Return which raw answers came in this way `[L]`; none of a file that does not tell."""
    column = rows.source.column(INSTRUMENT)
    if column is None:
        return np.zeros(rows.rows.size, bool)
    return by_way(rows.source.table, column, way)[rows.rows]


def raters_of(files: Sequence[LongRows]) -> list[Places]:
    """Return who gave the raw answers of every file `[L]`, as numbers shared by all files; -1 where nobody is named."""
    named = [rows for rows in files if rows.source.column(RATER) is not None]
    codes, _ = shared_codes([rows.source.table for rows in named], [rows.source.column(RATER) or RATER for rows in named])
    by_file = {id(rows): code[rows.rows] for rows, code in zip(named, codes, strict=True)}
    return [by_file.get(id(rows), np.full(rows.rows.size, -1)) for rows in files]


def fill_standard_errors(cells: Cells) -> None:
    """Find the standard error of every value that came with its n alone."""
    for place, indicator in enumerate(cells.indicators):
        value, n, se = (cells.known[name][:, place] for name in (VALUE, N, SE))
        cells.known[SE][:, place] = np.where(np.isnan(se), se_from_n(indicator, value, n, indicator.sd), se)


def leave_out(cells: Cells, mask: Mask) -> None:
    """Make the cells of a mask `[C, I]` missing, with all that goes with them."""
    for numbers in cells.known.values():
        numbers[mask] = np.nan
