"""What fieldwork is planned from: what is known of each channel so far, and where scores varied in the past."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marsad.core.arrays import Array, Texts
from marsad.core.generalise import Effect
from marsad.lake.numbers import shown
from marsad.lake.scores import column_of, ids_of
from marsad.lake.tables import Table, first, read_table, shared_codes

EFFECT, VARIANCE = "effect", "variance"
TOGETHER = re.compile(r"\s*[*×]\s*")


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of channels `[C]`, in the order of the file: identifier, kind (blank where none is asked for), mean,
    variance, and the visits so far where they are told.
    """

    ids: Texts
    kinds: Texts
    mean: Array
    variance: Array
    visits: Array | None


@dataclass(frozen=True)
class Components:
    """The facets in the order in which a file names them, and the variance of every effect."""

    facets: tuple[str, ...]
    variances: Mapping[Effect, float]


def read_known(path: Path, columns: Mapping[str, str | None]) -> Known:
    """Return what a CSV or Parquet file knows of channels, a row each; raises Problem.

    `columns` names the column of `id` and `mean`, of `variance` or `se`, and may name those of `visits` and `kind`.
    """
    table = read_table(path)
    named = {what: column_of(table, column, f"--{what}") for what, column in columns.items() if column is not None}
    numbers = {what: filled(table, named[what], what) for what in ("mean", "variance", "se", "visits") if what in named}
    for what in ("variance", "se", "visits"):
        if what in named and (row := first(numbers[what] < 0)) is not None:
            raise table.problem(f"{numbers[what][row]:g} is below 0", row=row, column=named[what], remedy="write 0 or more")
    variance = numbers["variance"] if "variance" in numbers else numbers["se"] ** 2
    kinds = kinds_of(table, named["kind"]) if "kind" in named else np.full(table.rows, "")
    return Known(ids_of(table, named["id"]), kinds, numbers["mean"], variance, numbers.get("visits"))


def filled(table: Table, column: str, what: str) -> Array:
    """Return the numbers of a column, none of them missing; raises Problem."""
    numbers = table.numbers(column)
    if (row := first(np.isnan(numbers))) is not None:
        remedy = "write it; of a channel without visits write the mean and variance of its kind, and 0 visits"
        raise table.problem(f"the {what} is missing", row=row, column=column, remedy=remedy)
    return numbers


def kinds_of(table: Table, column: str) -> Texts:
    """Return the kind of every channel `[C]`, none of them blank; raises Problem."""
    [codes], labels = shared_codes([table], [column])
    if (row := first(codes < 0)) is not None:
        raise table.problem("the row has no kind", row=row, column=column, remedy="write it")
    return np.asarray(labels[codes])


def read_components(path: Path) -> Components:
    """Return variance components from a file with columns `effect` and `variance`, an effect being facets joined by `*`.

    Raises Problem.
    """
    table = read_table(path)
    effect, variance = (named(table, column) for column in (EFFECT, VARIANCE))
    names, numbers = ids_of(table, effect), filled(table, variance, VARIANCE)
    variances: dict[Effect, float] = {}
    facets: dict[str, None] = {}
    for row, name in enumerate(names.tolist()):
        parts = TOGETHER.split(name)
        if "" in parts or len(set(parts)) < len(parts) or frozenset(parts) in variances:
            raise table.problem(
                f"{shown(name)} is no effect, or is there twice",
                row=row,
                column=effect,
                remedy="join different facets by *, once",
            )
        variances[frozenset(parts)] = float(numbers[row])
        facets |= dict.fromkeys(parts)
    return Components(tuple(facets), variances)


def named(table: Table, column: str) -> str:
    """Return the column of this name; raises Problem."""
    if column not in table.columns:
        raise table.problem(f"there is no column {shown(column)}", remedy=f"give the columns {EFFECT} and {VARIANCE}")
    return column
