"""The catalogue's files: regions.csv, entities.csv, services.csv and channels.csv, their columns as data, read cell by cell.

A blank cell says that nothing is known. A column that is not there says nothing at all: what is known stays.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from marsad.catalogue.cards import Card, ChannelCard, EntityCard, RegionCard, ServiceCard
from marsad.core.problem import Problem, Sentence
from marsad.core.text import normalise, tidy
from marsad.lake.numbers import NotANumberError, parse_number, shown
from marsad.lake.tables import Table, read_table

TABLES: Mapping[str, tuple[str, type[Card]]] = {
    "region": ("regions.csv", RegionCard),
    "entity": ("entities.csv", EntityCard),
    "service": ("services.csv", ServiceCard),
    "channel": ("channels.csv", ChannelCard),
}
"""Every table with its file and card, in the order in which one may name another."""

YES = frozenset({"yes", "true", "1", "نعم"})
NO = frozenset({"no", "false", "0", "لا"})
BETWEEN_CODES = re.compile(r"[\s,;،؛]+")


class Mistakes(Problem):
    """Everything that is wrong with some files, each mistake with its file, line, column and remedy."""

    def __init__(self, all_of_them: Sequence[Problem]) -> None:
        self.all = tuple(all_of_them)
        one = self.all[0]
        super().__init__(one.what, remedy=one.remedy, file=one.file, line=one.line, column=one.column, at=one.at)

    def __str__(self) -> str:
        """Return a sentence for each."""
        return "\n".join(map(str, self.all))


@dataclass(frozen=True)
class Row:
    """What one line of a file says, by column."""

    says: Mapping[str, Any]
    line: int | None = None
    at: str | None = None


@dataclass(frozen=True)
class Sheet:
    """One file of the catalogue, and what is wrong with its cells."""

    table: str
    path: Path
    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()

    def problem(self, row: Row, column: str, what: str, remedy: str) -> Problem:
        """Return a problem of one of its cells."""
        return Problem(what, file=self.path, line=row.line, at=row.at, column=column, remedy=remedy)


def text(cell: str) -> str:
    """Return a text as it is kept."""
    return tidy(cell)


def codes(cell: str) -> tuple[str, ...]:
    """Return codes divided by spaces, commas or semicolons."""
    return tuple(filter(None, BETWEEN_CODES.split(cell)))


def number(cell: str) -> float | None:
    """Return a number in any digits, None where there is none."""
    value = parse_number(cell)
    return None if math.isnan(value) else value


def whole(cell: str) -> int | None:
    """Return a whole number."""
    value = number(cell)
    if value is not None and value != int(value):
        raise Problem(
            Sentence("{value} is not a whole number", value=f"{value:.12g}"),
            remedy=Sentence("write it without decimals, or in a smaller unit"),
        )
    return None if value is None else int(value)


def amount(cell: str) -> Decimal | None:
    """Return an amount of money, to the cent."""
    value = number(cell)
    return None if value is None else Decimal(f"{value:.12g}")


def flag(cell: str) -> bool:
    """Return whether the cell says yes."""
    said = cell.casefold()
    if said not in YES | NO:
        raise Problem(Sentence("{cell} is neither yes nor no", cell=shown(cell)), remedy=Sentence("write yes or no"))
    return said in YES


def day(cell: str) -> date:
    """Return a day."""
    try:
        return date.fromisoformat("".join(normalise(one) if one.isdecimal() else one for one in cell))
    except ValueError as error:
        raise Problem(
            Sentence("{cell} is no day", cell=shown(cell)), remedy=Sentence("write year-month-day: 2027-01-31")
        ) from error


READ: Mapping[str, Callable[[str], Any]] = {
    "services": codes,
    "fee": amount,
    "promised_time": whole,
    "latitude": number,
    "longitude": number,
    "accessible": flag,
    "partner_run": flag,
    "active_from": day,
    "active_to": day,
}
"""How the cells of a column are read where they are not plain text."""


@dataclass
class Reader:
    """One file while it is read: what its rows say so far, and what is wrong."""

    table: str
    path: Path
    problems: list[Problem] = field(default_factory=list)

    def sheet(self) -> Sheet:
        """Return the file, read as far as it can be."""
        try:
            found = read_table(self.path)
        except Problem as problem:
            return Sheet(self.table, self.path, problems=(problem,))
        columns = self.columns(found)
        rows = self.rows(found, columns) if not self.problems else ()
        return Sheet(self.table, self.path, rows, tuple(self.problems))

    def columns(self, found: Table) -> tuple[str, ...]:
        """Return the columns of the file; those that are unknown or lacking are problems of its header."""
        card = TABLES[self.table][1]
        for name in found.columns:
            if name not in card.columns():
                meant = difflib.get_close_matches(name.casefold(), card.columns(), n=1)
                remedy = (
                    Sentence("write {name}", name=meant[0])
                    if meant
                    else Sentence("remove it; columns are {names}", names=", ".join(card.columns()))
                )
                self.problems.append(
                    Problem(Sentence("there is no column {name}", name=shown(name)), file=self.path, line=1, remedy=remedy)
                )
        for name in required(card):
            if name not in found.columns:
                self.problems.append(
                    Problem(
                        Sentence("the column {name} is missing", name=name), file=self.path, line=1, remedy=Sentence("add it")
                    )
                )
        return found.columns

    def rows(self, found: Table, columns: tuple[str, ...]) -> tuple[Row, ...]:
        """Return what each row says; cells that cannot be read are problems and say nothing."""
        cells = {name: found.texts(name).tolist() for name in columns}
        blanks = blank_cells(TABLES[self.table][1])
        rows = []
        for place, line in enumerate(line_numbers(found)):
            row = Row({}, line, None if line else f"row {place + 1}")
            says = {name: self.cell(row, name, cells[name][place], blanks[name]) for name in columns}
            rows.append(Row(says, row.line, row.at))
        return tuple(rows)

    def cell(self, row: Row, column: str, cell: str, blank: Any) -> Any:
        """Return what one cell says, as a blank one where it cannot be read."""
        if not cell:
            return blank
        try:
            return READ.get(column, text)(cell)
        except (Problem, NotANumberError) as error:
            place = {"file": self.path, "line": row.line, "at": row.at, "column": column}
            self.problems.append(Problem(error.what, remedy=error.remedy, **place))  # type: ignore[arg-type]
            return blank


def required(card: type[Card]) -> list[str]:
    """Return the columns without which a card says too little."""
    return [one.name for one in fields(card) if one.default is MISSING]


def blank_cells(card: type[Card]) -> dict[str, Any]:
    """Return what a blank cell says, by column."""
    return {one.name: "" if one.default is MISSING else one.default for one in fields(card)}


def line_numbers(table: Table) -> list[int | None]:
    """Return the line of every row; lines are asked for one by one only where cells hold line ends or lines are left blank."""
    lines: list[int | None] = [None] * table.rows
    for place, line in lines_between(table, 0, table.rows - 1, table.line(0), table.line(table.rows - 1)):
        lines[place] = line
    return lines


def lines_between(table: Table, low: int, high: int, first: int | None, last: int | None) -> Iterator[tuple[int, int]]:
    """Yield rows with their lines: counted on where there are as many lines as rows, else by halves."""
    if first is None or last is None:
        return
    if last - first == high - low:
        yield from ((low + step, first + step) for step in range(high - low + 1))
    elif high - low < 2:
        yield from ((low, first), (high, last))
    else:
        middle = (low + high) // 2
        line = table.line(middle)
        yield from lines_between(table, low, middle, first, line)
        yield from lines_between(table, middle, high, line, last)


def read_sheets(path: Path | Sequence[Path]) -> list[Sheet]:
    """Return the files of a folder, or those that are named, in the order in which one may name another; raises Problem."""
    files: dict[str, Path] = {}
    for one in [path] if isinstance(path, Path) else path:
        for name, file in files_at(one).items():
            if name in files:
                what = Sentence("a file {name} was named before", name=TABLES[name][0])
                raise Problem(what, file=file, remedy=Sentence("keep one of the two"))
            files[name] = file
    return [Reader(name, files[name]).sheet() for name in TABLES if name in files]


def files_at(path: Path) -> dict[str, Path]:
    """Return the files of a folder by table, or the one that is named; raises Problem where there is none."""
    folder = path if path.is_dir() else path.parent
    files = {name: folder / file for name, (file, _) in TABLES.items()}
    found = {name: file for name, file in files.items() if file.is_file() and path in (folder, file)}
    if not found:
        names = ", ".join(file for file, _ in TABLES.values())
        raise Problem(
            Sentence("there is no file of a catalogue here"),
            file=path,
            remedy=Sentence("name a folder with one or more of {names}", names=names),
        )
    return found
