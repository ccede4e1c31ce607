"""A table of scores: one row per unit with its identifier, its value and the standard error of that value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.lake.numbers import shown
from marsad.lake.sources import by_lower_case
from marsad.lake.tables import Table, first, read_table, repeated, shared_codes


@dataclass(frozen=True, eq=False)
class Scores:
    """Identifiers, values and standard errors `[C]` in the order of the file; `notes` say which rows were left out."""

    ids: Texts
    value: Array
    se: Array
    notes: tuple[str, ...]


def read_scores(path: Path, *, id_column: str, value_column: str, se_column: str) -> Scores:
    """Return the scores in a CSV or Parquet file; a row without value and error counts as not measured. Raises Problem."""
    table = read_table(path)
    name, values, errors = (
        column_of(table, column, option)
        for column, option in ((id_column, "--id"), (value_column, "--value"), (se_column, "--se"))
    )
    ids = ids_of(table, name)
    value, se = table.numbers(values), table.numbers(errors)
    unmeasured = np.isnan(value) & np.isnan(se)
    for column, numbers, what in ((values, value, "value"), (errors, se, "standard error")):
        if (row := first(np.isnan(numbers) & ~unmeasured)) is not None:
            missing = f"the {what} of {shown(ids[row])} is missing"
            raise table.problem(missing, row=row, column=column, remedy="write it, or leave the whole row out")
    if (row := first(se <= 0)) is not None:
        what = f"the standard error of {shown(ids[row])} is {se[row]:g}, as if chance had no part"
        raise table.problem(what, row=row, column=errors, remedy="write one above 0, or leave the whole row out")
    if unmeasured.all():
        raise table.problem("no row has a value", column=values, remedy="fill in values and standard errors")
    notes = (left_out(ids[unmeasured]),) if unmeasured.any() else ()
    return Scores(ids[~unmeasured], value[~unmeasured], se[~unmeasured], notes)


def column_of(table: Table, asked: str, option: str) -> str:
    """Return the column of this name, in any case where only one is; raises Problem, naming the option that asks for it."""
    found = by_lower_case(table.columns).get(asked.casefold(), ())
    if asked in table.columns:
        return asked
    if len(found) == 1:
        return found[0]
    columns = ", ".join(table.columns[:10]) + (" …" if len(table.columns) > 10 else "")
    what = f"there is no column {shown(asked)}; the columns are {columns}"
    raise table.problem(what, remedy=f"name one of them with {option}")


def ids_of(table: Table, column: str) -> Texts:
    """Return the identifiers `[R]`, each once and none blank; raises Problem."""
    [codes], labels = shared_codes([table], [column])
    if (row := first(codes < 0)) is not None:
        raise table.problem("the row has no identifier", row=row, column=column, remedy="write it or remove the row")
    if (row := first(repeated(codes))) is not None:
        before = table.place(int(np.argmax(codes == codes[row])))
        what = f"{shown(labels[codes[row]])} is already in {before}"
        raise table.problem(what, row=row, column=column, remedy="keep one row for each")
    return np.asarray(labels[codes])


def left_out(ids: Texts) -> str:
    """Return the note on rows without a value."""
    some = ", ".join(ids[:3].tolist()) + (" …" if ids.size > 3 else "")
    return f"{ids.size} row{'s' if ids.size > 1 else ''} without value and standard error left out: {some}"
