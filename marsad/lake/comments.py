"""Comments beside the evidence: what people wrote, one row each, in files that are named by the hash of their bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from marsad.core.problem import Problem, Sentence
from marsad.lake.engines import Answer, found_in, plain
from marsad.lake.manifest import damaged
from marsad.lake.rows import CODE, SOURCES
from marsad.lake.store import Lake, digest_of, flush

FOLDER = "comments"
LANGUAGES = ("ar", "en")
CLOCK = pa.timestamp("us", "UTC")
SHAPE = pa.schema(
    {
        "cycle": pa.string(),
        "subject": pa.string(),
        "at": CLOCK,
        "source": pa.string(),
        "language": pa.string(),
        "text": pa.string(),
        "respondent": pa.string(),
    }
)
"""A comment: the cycle it belongs to, the channel it speaks of, when, by which source, in which language, by whose pseudonym."""
ROW_GROUP = 1 << 12
"""Rows that are read at once; they are sorted by subject, so few groups are read for one of them."""


def add_comments(lake: Lake, columns: Mapping[str, Any]) -> tuple[Path, ...]:
    """Add comments, columns of one length by the names of SHAPE, times as datetime64 in UTC; return their files, one per cycle.

    The same comments give the same files. Raises Problem at a comment without text, or of no known source or language.
    """
    table = pa.table({name: pa.array(columns[name]).cast(SHAPE.field(name).type) for name in SHAPE.names}, schema=SHAPE)
    refuse_faulty(table)
    table = table.sort_by([("subject", "ascending"), ("at", "descending"), ("respondent", "ascending")])
    return tuple(write(lake, cycle, table.filter(pc.field("cycle") == cycle)) for cycle in cycles_of(table))


def cycles_of(table: Any) -> list[str]:
    """Return the cycles that comments belong to, in order."""
    return sorted(table.column("cycle").unique().to_pylist())


def refuse_faulty(table: Any) -> None:
    """Raise Problem at the first column that holds what it may not."""
    if any(column.null_count for column in table.columns):
        raise Problem("a comment has gaps", remedy="say all of it")
    if pc.any(pc.equal(pc.utf8_trim_whitespace(table.column("text")), "")).as_py():
        raise Problem("a comment has no text", column="text", remedy="leave it out")
    for name, known in (("source", SOURCES), ("language", LANGUAGES)):
        strange = sorted(set(table.column(name).unique().to_pylist()) - set(known))
        if strange:
            raise Problem(f"'{strange[0]}' is no {name} of a comment", column=name, remedy=f"write one of {', '.join(known)}")
    for cycle in cycles_of(table):
        if not CODE.fullmatch(cycle):
            raise Problem(f"'{cycle}' is no code", column="cycle", remedy="write lower-case Latin letters, digits and hyphens")


def write(lake: Lake, cycle: str, table: Any) -> Path:
    """Write the comments of a cycle into a file, whole or not at all."""
    folder = folder_of(lake, cycle)
    with lake.unfinished() as place:
        unfinished = place / "comments.parquet"
        pq.write_table(table, unfinished, compression="zstd", row_group_size=ROW_GROUP, store_schema=False)
        unfinished.chmod(0o444)
        flush(unfinished)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{digest_of(unfinished)}.parquet"
        os.replace(unfinished, path)
        flush(folder)
    return path


def folder_of(lake: Lake, cycle: str) -> Path:
    """Return where the comments of a cycle lie."""
    return lake.root / FOLDER / f"cycle={cycle}"


class Comments(NamedTuple):
    """The newest comments on a channel as columns by the names of SHAPE, and how many there are in all."""

    newest: Answer
    n: int


def newest_comments(lake: Lake, *, cycle: str, subject: str, most: int, until: datetime | None = None) -> Comments:
    """Return the newest comments on a channel in a cycle, `most` of them at most, of those written until a moment.

    Raises Problem where a file is damaged.
    """
    files = sorted(folder_of(lake, cycle).glob("*.parquet")) if CODE.fullmatch(cycle) else []
    for path in files:
        seen = path.stat()
        refuse_changed(path, seen.st_size, seen.st_mtime_ns)
    mine = pc.field("subject") == subject
    if until is not None:
        mine &= pc.field("at") <= pa.scalar(until, CLOCK)
    tables = [pq.ParquetDataset(path, filters=mine, partitioning=None).read() for path in files]
    found = pa.concat_tables([SHAPE.empty_table(), *(table.cast(SHAPE) for table in tables)])
    newest = found.sort_by([("at", "descending"), ("respondent", "ascending")]).slice(0, most)
    return Comments(plain(found_in(newest)), found.num_rows)


@lru_cache(maxsize=64)
def refuse_changed(path: Path, size: int, changed_at: int) -> None:
    """Raise Problem where a file is not the one that was added; looked at once for each time it changed."""
    if digest_of(path) != path.stem:
        raise damaged(path, Sentence("the comments are not those that were added"))
