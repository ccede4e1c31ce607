"""How long a cycle takes from raw evidence to a ranked table: 600 channels, 10 million responses, visits and assessments.

`cycle_s`: the small table from the lake, then the whole rating with its draws; `scan_s`: the same group-by, by channel,
indicator, rater and stratum, in bare DuckDB over the same files; `cycle_over_scan`. We aim at `cycle_s` ≤ 2 · `scan_s` + 1.
`--rows` says how many responses there are; one response is the answer to one question.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
from machine import describe, figure, seconds

from marsad.core.rating import Rating, Settings, rate
from marsad.core.scheme import Indicator
from marsad.lake.cycle import CycleEvidence, evidence_table
from marsad.lake.engines import DuckDB
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.lake.store import Lake
from marsad.standards import load

STANDARD, CYCLE, AT = "msr-1", "2026", datetime(2026, 7, 1, tzinfo=UTC)
CHANNELS, VISITS, SHOPPERS, ASSESSORS, STRATA, BATCH, TIMES = 600, 20, 80, 75, 6, 1_000_000, 3
NAMES = np.array([f"ch-{number:04d}" for number in range(CHANNELS)])
SCAN = """
SELECT subject, indicator, rater, stratum, count(*), sum(weight), sum(weight * value), sum(weight * value * value)
FROM read_parquet('{}/**/*.parquet', hive_partitioning = false) WHERE valid = '' AND cycle = '{}' GROUP BY ALL
"""


class Nation:
    """Channels with a true quality, and what people say of them."""

    def __init__(self) -> None:
        self.scheme = load(STANDARD).scheme
        self.generator = np.random.default_rng(1)
        self.kinds = np.array(self.scheme.kinds)[np.arange(CHANNELS) % len(self.scheme.kinds)]
        self.quality = self.generator.normal(0.72, 0.06, CHANNELS)

    def of(self, *sources: str) -> list[Indicator]:
        """Return the indicators of some sources."""
        return [indicator for indicator in self.scheme.indicators if indicator.source in sources]

    def said(self, subject: np.ndarray, indicators: list[Indicator], place: np.ndarray, noise: float) -> np.ndarray:
        """Return a step on the indicator's scale for every row, near the channel's quality."""
        low, high = np.array([indicator.ends for indicator in indicators])[place].T
        share = np.array([indicator.share for indicator in indicators])[place]
        level = self.quality[subject] + self.generator.normal(0, noise, subject.size)
        level = np.where(share, self.generator.random(subject.size) < self.quality[subject], level)
        return np.clip(np.rint(low + level * (high - low)), low, high)

    def rows(self, source: str, subject: np.ndarray, indicators: list[Indicator], place: np.ndarray, **more: object) -> Rows:
        """Return rows of the first half of a year."""
        size = subject.size
        seen = np.datetime64("2026-01-01", "us") + self.generator.integers(0, 181 * 86_400 * 10**6, size)
        columns = {"cycle": CYCLE, "source": source, "at": seen, "instrument": f"{source}@1", "stage": "after"}
        columns |= {"subject": Coded(subject, NAMES), "indicator": Coded(place, [one.code for one in indicators])}
        columns["value"] = self.said(subject, indicators, place, 0.25 if source == "survey" else 0.15)
        return make_rows(columns | more)

    def responses(self, rows: int) -> Iterator[Rows]:
        """Yield the responses to survey and meter in batches."""
        indicators, people = self.of("survey", "meter"), rows // 10 + 1
        for start in range(0, rows, BATCH):
            size = min(BATCH, rows - start)
            subject, place = self.generator.integers(0, CHANNELS, size), self.generator.integers(0, len(indicators), size)
            respondent = (start + np.arange(size)) // 10
            first = respondent[0]
            names = [f"p-{number:07d}" for number in range(first, min(respondent[-1] + 1, people))]
            stratum = Coded(respondent % STRATA, [f"group-{number}" for number in range(STRATA)])
            late = Coded((self.generator.random(size) < 0.01).astype(int), ["", "late"])
            more = {"respondent": Coded(respondent - first, names), "stratum": stratum, "valid": late}
            yield self.rows("survey", subject, indicators, place, **more)

    def scored(self, source: str, each: int, raters: int) -> Rows:
        """Return the scores that raters gave: every channel some times, on all that applies to its kind."""
        indicators = self.of(source)
        applies = np.column_stack([indicator.applies_to(self.kinds) for indicator in indicators])
        subject, place = (np.repeat(column, each) for column in np.nonzero(applies))
        visit = np.tile(np.arange(each), subject.size // each)
        rater = Coded((subject * each + visit) % raters, [f"{source}-{number:03d}" for number in range(raters)])
        return self.rows(source, subject, indicators, place, rater=rater)


def fill(lake: Lake, nation: Nation, rows: int) -> int:
    """Fill the lake and return how many rows it holds."""
    for body in nation.responses(rows):
        lake.add(body, at=AT)
    lake.add([nation.scored("visit", VISITS, SHOPPERS), nation.scored("assessment", 2, ASSESSORS)], at=AT)
    return sum(entry.rows for entry in lake.imports())


def evidence(lake: Lake, nation: Nation) -> CycleEvidence:
    """Return the small table of the cycle."""
    facts = {"kind": nation.kinds}
    version = lake.version()
    return evidence_table(DuckDB(), lake, nation.scheme, version=version, cycle=CYCLE, channels=NAMES, attributes=facts)


def ranked(lake: Lake, nation: Nation) -> Rating:
    """Return the rating of the cycle."""
    return rate(nation.scheme, evidence(lake, nation).evidence, Settings())


def scan(lake: Lake) -> int:
    """Group the same files in bare DuckDB and return how many groups there are."""
    with duckdb.connect() as connection:
        return connection.execute(SCAN.format(lake.root / "evidence", CYCLE)).to_arrow_table().num_rows


def main() -> None:
    """Print the table and the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=10_000_000, help="how many responses there are")
    nation = Nation()
    print(describe())
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        total = fill(lake, nation, options.parse_args().rows)
        rating = ranked(lake, nation)
        print(f"{total} rows, {CHANNELS} channels, {int(rating.rated.sum())} of them rated; {scan(lake)} groups in bare DuckDB")
        table_s = seconds(lambda: evidence(lake, nation), TIMES)
        cycle_s = seconds(lambda: ranked(lake, nation), TIMES)
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
