"""How long a cycle of the demo's nation takes from raw evidence to a ranked table: 600 channels, 10 million responses, visits.

`cycle_s`: the small table from the lake, then the whole rating with its draws; `scan_s`: the same group-by, by channel,
indicator, rater and stratum, in bare DuckDB over the same files; `cycle_over_scan`. We aim at `cycle_s` ≤ 2 · `scan_s` + 1.
`--rows` says how many responses there are; one response is the answer to one question.
"""

import argparse
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from machine import describe, figure, seconds

from marsad.core.rating import Rating, Settings, rate
from marsad.demo.evidence import Field, answered, assessed, visited
from marsad.demo.nation import make_nation
from marsad.demo.plan import Size
from marsad.lake.cycle import CycleEvidence, evidence_table
from marsad.lake.engines import DuckDB
from marsad.lake.store import Lake

CYCLE, AT = "2025", datetime(2026, 7, 1, tzinfo=UTC)
CHANNELS, PEOPLE, TIMES = 600, 125_000, 3
SHARES = {"survey": 0.25, "meter": 0.75}
"""How many of the people answer what."""
SCAN = """
SELECT subject, indicator, rater, stratum, count(*), sum(weight), sum(weight * value), sum(weight * value * value)
FROM read_parquet('{}/**/*.parquet', hive_partitioning = false) WHERE valid = '' AND cycle = '{}' GROUP BY ALL
"""


def field_of_nation() -> Field:
    """Return a past cycle of the demo's nation in the field, with as many visits as all its cycles together have."""
    field = make_nation(Size(channels=CHANNELS, responses=CHANNELS, seed=1)).fields[CYCLE]
    visits = field.made["visits_per_channel"] / field.cycle["visits"]
    return replace(field, made={**field.made, "visits_per_channel": round(visits)})


def fill(lake: Lake, field: Field, rows: int) -> int:
    """Fill the lake with people until there are so many responses, and return how many rows it holds."""
    told, batch = 0, 0
    while told < rows:
        others = replace(field, size=replace(field.size, seed=field.size.seed + batch))
        for source, share in SHARES.items():
            _who, body, _content = answered(others, source, int(PEOPLE * share))
            told += lake.add(body, at=AT).entry.rows
        batch += 1
    lake.add([visited(field), assessed(field)], at=AT)
    return sum(entry.rows for entry in lake.imports())


def evidence(lake: Lake, field: Field) -> CycleEvidence:
    """Return the small table of the cycle."""
    scheme, facts = field.standard.scheme, {"kind": field.kinds}
    version = lake.version()
    return evidence_table(DuckDB(), lake, scheme, version=version, cycle=CYCLE, channels=field.channels, attributes=facts)


def ranked(lake: Lake, field: Field) -> Rating:
    """Return the rating of the cycle."""
    return rate(field.standard.scheme, evidence(lake, field).evidence, Settings())


def scan(lake: Lake) -> int:
    """Group the same files in bare DuckDB and return how many groups there are."""
    with duckdb.connect() as connection:
        return connection.execute(SCAN.format(lake.root / "evidence", CYCLE)).to_arrow_table().num_rows


def main() -> None:
    """Print the table and the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10_000_000, help="how many responses there are")
    field = field_of_nation()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        total = fill(lake, field, options.parse_args().rows)
        rating = ranked(lake, field)
        print(f"{total} rows, {field.channels.size} channels, {int(rating.rated.sum())} of them rated")
        print(f"{scan(lake)} groups in bare DuckDB")
        table_s = seconds(lambda: evidence(lake, field), TIMES)
        cycle_s = seconds(lambda: ranked(lake, field), TIMES)
        scan_s = seconds(lambda: scan(lake), TIMES)
    print(f"{'what':<36}{'seconds':>9}{'aim':>8}")
    print(f"{'raw evidence to ranked table':<36}{cycle_s:>9.2f}{2 * scan_s + 1:>8.2f}")
    print(f"{'  of it, raw evidence to small table':<36}{table_s:>9.2f}")
    print(f"{'bare DuckDB, the same group-by':<36}{scan_s:>9.2f}")
    figure("cycle_s", cycle_s, "s")
    figure("scan_s", scan_s, "s")
    figure("cycle_over_scan", cycle_s / scan_s, "ratio")


if __name__ == "__main__":
    main()
