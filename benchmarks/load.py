"""How fast a file of 1 million responses goes into the lake, checked and hashed, beside a bare COPY of the same rows by DuckDB.

`load_rows_per_s`: from CSV to an import with every code, number, time and scale checked; `copy_rows_per_s`: from the same CSV to
one Parquet file, typed by DuckDB and otherwise unchecked; `load_over_copy`: how many times as long the first takes.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
from machine import describe, figure, seconds

from marsad.lake.intake import Known, Order, import_files
from marsad.lake.store import Lake
from marsad.standards import load

STANDARD, CHANNELS, TIMES, AT = "msr-1", 600, 3, datetime(2026, 12, 1, tzinfo=UTC)
COPY = "COPY (SELECT * FROM read_csv('{}')) TO '{}' (FORMAT parquet, COMPRESSION zstd)"


def write_answers(path: Path, rows: int) -> Order:
    """Write answers to a survey over half a year, and return what may be in them."""
    dice = np.random.default_rng(1)
    asked = [indicator for indicator in load(STANDARD).scheme.indicators if indicator.source == "survey"]
    names = [f"ch-{number:04d}" for number in range(CHANNELS)]
    seen = np.datetime64("2026-06-01", "ms") + np.sort(dice.integers(0, 181 * 86_400 * 1000, rows))
    columns = {
        "channel": np.array(names)[dice.integers(0, CHANNELS, rows)],
        "indicator": np.array([indicator.code for indicator in asked])[dice.integers(0, len(asked), rows)],
        "value": dice.integers(1, 6, rows),
        "at": np.char.add(np.datetime_as_string(seen), "Z"),
        "respondent": np.char.add("p-", (np.arange(rows) // 8).astype(str)),
        "stratum": np.array(["young", "middle", "old"])[dice.integers(0, 3, rows)],
    }
    pa.csv.write_csv(pa.table({name: values.tolist() for name, values in columns.items()}), path)
    return Order({"cycle": "2026", "source": "survey"}, Known(frozenset(names), asked))


def main() -> None:
    """Print the table and the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000, help="how many responses the file holds")
    rows = options.parse_args().rows
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        home, number = Path(folder), count()
        order = write_answers(home / "answers.csv", rows)

        def take_in() -> None:
            import_files(Lake(home / f"lake-{next(number)}"), home / "answers.csv", at=AT, order=order)

        def copy() -> None:
            with duckdb.connect() as connection:
                connection.execute(COPY.format(home / "answers.csv", home / "answers.parquet"))

        load_s, copy_s = seconds(take_in, TIMES), seconds(copy, TIMES)
    print(f"{'what':<28}{'seconds':>9}{'rows/s':>12}")
    print(f"{'import into the lake':<28}{load_s:>9.2f}{rows / load_s:>12.0f}")
    print(f"{'bare COPY by DuckDB':<28}{copy_s:>9.2f}{rows / copy_s:>12.0f}")
    figure("load_rows_per_s", rows / load_s, "rows/s")
    figure("copy_rows_per_s", rows / copy_s, "rows/s")
    figure("load_over_copy", load_s / copy_s, "ratio")


if __name__ == "__main__":
    main()
