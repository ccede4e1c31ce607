"""Engines that scan evidence: DuckDB in this process, sealed off from all but the files it is given, or Spark over Connect."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marsad.core.problem import Problem
from marsad.lake import labels as lists
from marsad.lake.parts import IMPORT
from marsad.lake.rows import AT, COLUMNS, TEXTS, Coded

Answer = dict[str, NDArray[Any]]
"""What a query found: columns of one length by name; times are datetime64 in UTC."""
Found = dict[str, Any]
"""The same with every column of texts as `Coded`."""
SPARK = "sc://"
EVIDENCE = "evidence"
SCHEMA = {name: "string" if name in TEXTS else "timestamp('UTC', 6)" if name == AT else "float64" for name in COLUMNS} | {
    IMPORT: "string"
}
"""What queries are put to: the table of evidence and the types of its columns, as every engine knows them."""
PATIENCE = 5
"""Seconds to wait for a server."""
Expression = Any
"""An Ibis table expression."""


def evidence() -> Expression:
    """Return the table of evidence that queries are put to."""
    import ibis  # here and below: it takes most of a second to load, and most processes never ask the lake

    return ibis.table(SCHEMA, EVIDENCE)


@dataclass(frozen=True, eq=False)
class Session:
    """One look at some files: their rows as an Ibis table, and the way to an answer."""

    evidence: Expression
    run: Callable[[Expression], Found]


class Engine(Protocol):
    """Whatever can scan files of evidence."""

    def reading(self, files: Sequence[Path]) -> AbstractContextManager[Session]:
        """Open files of evidence for queries."""
        ...


@dataclass(frozen=True)
class DuckDB:
    """DuckDB in this process. Every look is a connection of its own that can read its files and nothing else on the machine.

    `memory` is as DuckDB writes it; `threads` None takes all cores; `spill` is the folder for what does not fit into memory, none
    unless said.
    """

    memory: str = "2GB"
    threads: int | None = None
    spill: Path | None = None

    @contextmanager
    def reading(self, files: Sequence[Path]) -> Iterator[Session]:
        """Open files of evidence for queries."""
        backend = self.sealed(files)
        try:
            yield Session(evidence(), lambda expression: found_in(backend.to_pyarrow(expression)))
        finally:
            backend.disconnect()

    def sealed(self, files: Sequence[Path]) -> Any:
        """Return a connection with a view of the files, closed to every other file, to the network and to extensions."""
        import ibis

        paths = [str(path.absolute()) for path in files]
        backend = ibis.duckdb.connect(memory_limit=self.memory, **({} if self.threads is None else {"threads": self.threads}))
        backend.con.read_parquet(paths, hive_partitioning=False).create_view(EVIDENCE)
        settings: dict[str, bool | str | list[str]] = {
            "allowed_paths": paths,
            "temp_directory": "" if self.spill is None else str(self.spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "enable_external_access": False,
            "lock_configuration": True,
        }
        for setting, value in settings.items():
            backend.con.execute(f"SET {setting} = {literal(value)}")
        return backend


def literal(value: bool | str | list[str]) -> str:
    """Return a setting as SQL writes it.

    >>> literal(["a'b"]), literal(False)
    ("['a''b']", 'false')
    """
    if isinstance(value, list):
        return "[" + ", ".join(literal(part) for part in value) + "]"
    return str(value).lower() if isinstance(value, bool) else "'" + value.replace("'", "''") + "'"


@dataclass
class Spark:
    """Apache Spark, or what speaks as it does, behind an address such as `sc://host:15002`; it must see the lake's folder too."""

    address: str

    @cached_property
    def session(self) -> Any:
        """Return a session of the server, made on first use; raises Problem where there is none."""
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise Problem(
                "there is no Spark client here", remedy="install pyspark-client, or leave MARSAD_ENGINE empty"
            ) from error
        where = urlsplit(self.address)
        try:
            # The client would try again for ten minutes.
            socket.create_connection((where.hostname or "", where.port or 15002), PATIENCE).close()
            return SparkSession.builder.remote(self.address).create()
        except (PySparkException, OSError, ValueError) as error:
            what = f"no Spark Connect server answers at {self.address}"
            raise Problem(what, remedy="start it, or leave MARSAD_ENGINE empty") from error

    @cached_property
    def backend(self) -> Any:
        """Return the session as Ibis knows it."""
        import ibis

        return ibis.pyspark.connect(self.session)

    @contextmanager
    def reading(self, files: Sequence[Path]) -> Iterator[Session]:
        """Open files of evidence for queries."""
        name, backend = f"evidence_{secrets.token_hex(8)}", self.backend
        rows = self.session.read.parquet(*(str(path.absolute()) for path in files))
        rows.createOrReplaceTempView(name)
        try:
            yield Session(backend.table(name), lambda expression: found_in(backend.to_pyarrow(expression)))
        finally:
            self.session.catalog.dropTempView(name)


def engine_at(address: str, *, memory: str = "2GB", threads: int | None = None) -> Engine:
    """Return the engine that MARSAD_ENGINE names: DuckDB for nothing, Spark for `sc://host:port`; raises Problem otherwise."""
    if not address:
        return DuckDB(memory=memory, threads=threads)
    if not address.startswith(SPARK) or len(address) == len(SPARK):
        raise Problem(
            f"'{address}' is no engine", remedy="leave MARSAD_ENGINE empty for DuckDB, or write sc://host:port for Spark"
        )
    return Spark(address)


def found_in(table: Any) -> Found:
    """Return an Arrow table as columns, the same whichever engine made it."""
    return {name: as_column(table.column(name)) for name in table.column_names}


def as_column(column: Any) -> Any:
    """Return an Arrow column as coded texts, whole numbers, numbers or times."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return np.asarray(column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64()).to_numpy()).view("datetime64[us]")
    if pa.types.is_integer(kind):
        return np.asarray(column.to_numpy(), dtype=np.int64)
    if pa.types.is_floating(kind):
        return np.asarray(column.to_numpy(), dtype=np.float64)
    whole = column.combine_chunks().dictionary_encode()
    whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    ranks, labels = lists.ranked(whole.dictionary)
    return Coded(ranks[whole.indices.to_numpy(zero_copy_only=False)], lists.as_texts(labels))


def plain(found: Found) -> Answer:
    """Return what was found with its texts written out."""
    return {name: column.texts() if isinstance(column, Coded) else column for name, column in found.items()}
