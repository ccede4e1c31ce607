"""The tables of the open data and their columns, as data: `tables.toml` is the whole of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from marsad.standards import Text

CATALOGUE, PUBLICATION = "catalogue", "publication"


@dataclass(frozen=True)
class Column:
    """One column: its name (`*` at the end stands for a number), its type and its meaning."""

    name: str
    type: str
    meaning: Text

    def is_called(self, name: str) -> bool:
        """Whether a file's column is this one."""
        pattern = re.escape(self.name.removesuffix("*")) + (r"\d+(\.\d+)?" if self.name.endswith("*") else "")
        return re.fullmatch(pattern, name) is not None


@dataclass(frozen=True)
class Table:
    """One table: `of` the catalogue as it is, or of a publication."""

    name: str
    of: str
    meaning: Text
    columns: tuple[Column, ...]

    def type_of(self, name: str) -> str:
        """Return the type of a file's column."""
        return next(column.type for column in self.columns if column.is_called(name))


@cache
def tables() -> Mapping[str, Table]:
    """Return every table by its name."""
    raw = tomllib.loads((files("marsad.ratings") / "tables.toml").read_text(encoding="utf-8"))
    found = {}
    for one in raw["table"]:
        columns = tuple(Column(column["name"], column["type"], Text(column["ar"], column["en"])) for column in one["column"])
        found[one["name"]] = Table(one["name"], one["of"], Text(one["ar"], one["en"]), columns)
    return MappingProxyType(found)


def dictionary() -> Iterator[list[str]]:
    """Yield the rows of the data dictionary."""
    for table in tables().values():
        for column in table.columns:
            yield [table.name, column.name, column.type, column.meaning.ar, column.meaning.en]
