"""Every question that is put to evidence in the lake, once, in words that all engines understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marsad.core.arrays import Places
from marsad.core.problem import Sentence
from marsad.core.traces import CLOSE, EQUAL, FLAT, PRAISE, QUICK
from marsad.lake.engines import Answer, Engine, Expression, Found, Session, evidence, found_in, plain
from marsad.lake.manifest import ADJUSTMENT, Import, Version, damaged
from marsad.lake.parts import IMPORT
from marsad.lake.rows import KEY, Coded
from marsad.lake.store import Lake
from marsad.lake.ways import RUNNING, in_way

CELL = ("subject", "indicator")
DAY = 86_400
WEEK, THURSDAY = 7, 3
"""Days of a week, and how many of them had passed from Monday on when the days began to be counted."""
Query = Callable[[Expression], Expression]


def ask(engine: Engine, lake: Lake, version: Version, cycle: str, query: Query) -> Answer:
    """Return what a query finds among the rows of a cycle that stand in this version of the evidence, invalid ones too."""
    return plain(find(engine, lake, version, cycle, query))


def parts(lake: Lake, version: Version, cycle: str) -> list[tuple[str, str]]:
    """Return every source with every month (`2026-11`, UTC) in which a cycle has rows, in order."""
    files = [file for entry in lake.of(version) for file in entry.files if cycle in file.cycles]
    return sorted({(file.source, file.month) for file in files})


def find(engine: Engine, lake: Lake, version: Version, cycle: str, query: Query, *, part: tuple[str, str] | None = None) -> Found:
    """Return what a query finds among the rows of a cycle that stand in this version of the evidence, texts as codes.

    `part`: of one source and month alone; what takes the place of a row is of the same.
    """
    chosen = [entry for entry in lake.of(version) if any(cycle in file.cycles for file in entry.files)]
    if not chosen:
        schema = query(evidence()).schema()
        return found_in(schema.to_pyarrow().empty_table())
    held = [file for entry in chosen for file in entry.files if cycle in file.cycles]
    files = [lake.root / file.path for file in held if part in (None, (file.source, file.month))]
    with engine.reading(existing(files)) as session:
        return session.run(query(standing(session, chosen, cycle)))


def existing(files: Sequence[Path]) -> Sequence[Path]:
    """Return the files; raises Problem where one is missing."""
    for path in files:
        if not path.is_file():
            raise damaged(path, Sentence("the file is missing"))
    return files


def standing(session: Session, entries: Sequence[Import], cycle: str) -> Expression:
    """Return the rows of a cycle without those that a later adjustment put others in the place of."""
    rows = session.evidence.filter(session.evidence.cycle == cycle)
    adjustments = [entry.id for entry in entries if entry.kind == ADJUSTMENT]
    if not adjustments:
        return rows
    from ibis import memtable

    order = memtable(pa.table({IMPORT: [entry.id for entry in entries], "number": [entry.number for entry in entries]}))
    placed = rows.join(order, IMPORT)
    latest = placed.filter(placed[IMPORT].isin(adjustments)).group_by(list(KEY)).aggregate(replaced=placed.number.max())
    judged = placed.left_join(latest, list(KEY))
    return judged.filter(judged.replaced.isnull() | (judged.number >= judged.replaced)).select(rows.columns)


def counted(rows: Expression) -> Expression:
    """Return the rows that count: valid ones with a weight."""
    return rows.filter((rows.valid == "") & (rows.weight > 0))


def numbers(rows: Expression, keys: list[str]) -> Expression:
    """Return how many rows (`n`) there are of each combination of keys."""
    return rows.group_by(keys).aggregate(n=rows.count())


def count(engine: Engine, lake: Lake, version: Version, cycle: str, chosen: Query) -> int:
    """Return how many rows a query chooses."""

    def query(rows: Expression) -> Expression:
        found = chosen(rows)
        return found.aggregate(n=found.count())

    return int(ask(engine, lake, version, cycle, query)["n"].sum())


def dated(rows: Expression, east: int) -> Expression:
    """Return the rows with their day since 1970, in a zone so many seconds east of UTC."""
    return rows.mutate(day=(rows["at"].epoch_seconds() + east) // DAY)


def reduce(
    engine: Engine, lake: Lake, version: Version, cycle: str, *, by: Sequence[str] = (), respondents: bool = True
) -> Answer:
    """Return one row per subject and indicator, and per each of `by` (rater, stratum, source, stage, instrument).

    `n` rows, `w` Σw, `ww` Σw², `wx` Σwx, `wxx` Σwx², `mean` and `squares` Σ(x − mean)² without weights, `raters` and
    `respondents` how many different ones are named, `low` and `high` the ends of the values, `first` and `last` those of the
    times. Counting respondents costs more than all the rest.
    """
    return ask(engine, lake, version, cycle, reduction(by, respondents=respondents))


def reduction(by: Sequence[str] = (), *, respondents: bool) -> Query:
    """Return the query behind `reduce`."""
    keys = [*CELL, *by]

    def query(rows: Expression) -> Expression:
        valid = counted(rows)
        people = {"respondents": valid.respondent.nullif("").nunique()} if respondents else {}
        sums = {"w": valid.weight.sum(), "ww": (valid.weight * valid.weight).sum(), "wx": (valid.weight * valid.value).sum()}
        sums |= {"wxx": (valid.weight * valid.value * valid.value).sum(), "squares": valid.value.var(how="pop") * valid.count()}
        sums |= {"mean": valid.value.mean()}
        ends = {"low": valid.value.min(), "high": valid.value.max(), "first": valid["at"].min(), "last": valid["at"].max()}
        raters = valid.rater.nullif("").nunique()
        return valid.group_by(keys).aggregate(n=valid.count(), **sums, raters=raters, **people, **ends).order_by(keys)

    return query


def tally(rows: Expression) -> Expression:
    """Return, in no order, how often (`n`) each subject got each value with each weight from each rater on each indicator.

    The counts are whole numbers, so what is reckoned from them is the same to the last digit on every engine and any number of
    cores. The answer is small wherever values are steps on a scale and weights belong to strata.
    """
    return numbers(counted(rows), [*CELL, "rater", "value", "weight"])


def times(rows: Expression, indicators: Sequence[str]) -> Expression:
    """Return, in no order, how often (`n`) each subject took each time on some indicators, and whether the case is `running`."""
    of = counted(rows)
    of = of.filter(of.indicator.isin(list(indicators)))
    return numbers(of.mutate(running=in_way(of, RUNNING).cast("int64")), [*CELL, "value", "running"])


def histogram(engine: Engine, lake: Lake, version: Version, cycle: str, *, by: Sequence[str] = ()) -> Answer:
    """Return how many rows (`n`) and how much weight (`w`) there is at each value, per subject, indicator and each of `by`."""
    keys = [*CELL, *by, "value"]

    def query(rows: Expression) -> Expression:
        valid = counted(rows)
        return valid.group_by(keys).aggregate(n=valid.count(), w=valid.weight.sum()).order_by(keys)

    return ask(engine, lake, version, cycle, query)


def daily(engine: Engine, lake: Lake, version: Version, cycle: str, *, east: int = 0) -> Answer:
    """Return `n`, `w` and `wx` per subject, indicator and day, days of a zone so many seconds east of UTC."""
    keys = [*CELL, "day"]

    def query(rows: Expression) -> Expression:
        of = dated(counted(rows), east)
        return of.group_by(keys).aggregate(n=of.count(), w=of.weight.sum(), wx=(of.weight * of.value).sum()).order_by(keys)

    answer = ask(engine, lake, version, cycle, query)
    return answer | {"day": answer["day"].astype("datetime64[D]")}


def weekly(engine: Engine, lake: Lake, version: Version, cycle: str, *, east: int = 0) -> Found:
    """Return `n`, `w`, `wx` and `wxx` per subject, indicator and week from Monday on, as whole weeks since one in December 1969.

    Texts are codes. Days are those of a zone so many seconds east of UTC.
    """
    keys = [*CELL, "week"]

    def query(rows: Expression) -> Expression:
        days = dated(counted(rows), east)
        of = days.mutate(week=(days.day + THURSDAY) // WEEK)
        sums = {"w": of.weight.sum(), "wx": (of.weight * of.value).sum(), "wxx": (of.weight * of.value * of.value).sum()}
        return of.group_by(keys).aggregate(n=of.count(), **sums)

    return in_order(find(engine, lake, version, cycle, query), keys)


def counts(engine: Engine, lake: Lake, version: Version, cycle: str) -> Answer:
    """Return how many rows (`n`) count of each subject and indicator, in no order."""
    return ask(engine, lake, version, cycle, lambda rows: numbers(counted(rows), list(CELL)))


def arrivals(engine: Engine, lake: Lake, version: Version, cycle: str, *, east: int = 0) -> Answer:
    """Return how many rows (`n`) count of each day, in order, days of a zone so many seconds east of UTC."""
    answer = ask(engine, lake, version, cycle, lambda rows: numbers(dated(counted(rows), east), ["day"]).order_by("day"))
    return answer | {"day": answer["day"].astype("datetime64[D]")}


def seasons(engine: Engine, lake: Lake, version: Version, cycle: str, *, east: int = 0) -> Answer:
    """Return the `first` and the `last` day of the rows of each source that count, days of a zone so many seconds east of UTC."""

    def query(rows: Expression) -> Expression:
        of = dated(counted(rows), east)
        return of.group_by(["source"]).aggregate(first=of.day.min(), last=of.day.max()).order_by("source")

    answer = ask(engine, lake, version, cycle, query)
    return answer | {name: answer[name].astype("datetime64[D]") for name in ("first", "last")}


def by_rater(engine: Engine, lake: Lake, version: Version, cycle: str, *, east: int = 0) -> Found:
    """Return `n` and the mean `value` per source, subject, indicator, rater and day, where a rater is named; texts as codes.

    Days are those of a zone so many seconds east of UTC, as whole numbers since 1970.
    """
    keys = ["source", *CELL, "rater", "day"]

    def query(rows: Expression) -> Expression:
        return dated(counted(rows).filter(rows.rater != ""), east).select(*keys, "value")

    # Hardly two rows are of one group: to bring them all and to group codes is quicker than to group texts.
    found = in_order(find(engine, lake, version, cycle, query), [*keys, "value"])
    begins = beginnings(found, keys)
    values = found.pop("value")
    n = np.diff(begins, append=values.size)
    return chosen(found, begins) | {"n": n, "value": np.add.reduceat(values, begins) / n if n.size else values}


def by_hand(engine: Engine, lake: Lake, version: Version, cycle: str) -> Found:
    """Return `n`, `w` and `wx` per subject, indicator, source, rater and instrument, in this order, texts as codes."""
    keys = [*CELL, "source", "rater", "instrument"]

    def query(rows: Expression) -> Expression:
        of = counted(rows)
        return of.group_by(keys).aggregate(n=of.count(), w=of.weight.sum(), wx=(of.weight * of.value).sum())

    return in_order(find(engine, lake, version, cycle, query), keys)


def in_order(found: Found, keys: Sequence[str]) -> Found:
    """Return what was found in the order of some columns: codes are quicker to sort here than texts are for an engine."""
    return chosen(found, np.lexsort([numbers_of(found[key]) for key in reversed(keys)]))


def chosen(found: Found, rows: Places) -> Found:
    """Return some rows of what was found."""
    return {name: Coded(one.codes[rows], one.labels) if isinstance(one, Coded) else one[rows] for name, one in found.items()}


def numbers_of(column: Any) -> NDArray[Any]:
    """Return a column as numbers: the codes of texts."""
    return column.codes if isinstance(column, Coded) else np.asarray(column)


def beginnings(found: Found, keys: Sequence[str]) -> Places:
    """Return the first row of each group of rows that are equal in some columns, of rows in the order of these."""
    columns = [numbers_of(found[key]) for key in keys]
    fresh = np.ones(columns[0].size, bool)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(fresh)


SHEET = ("source", "subject", "instrument", "respondent", "at")
"""What names an answer sheet: all that one customer answered at one time."""


def sheets(
    engine: Engine, lake: Lake, version: Version, cycle: str, ends: Mapping[str, tuple[float, float]], *, east: int = 0
) -> Answer:
    """Return answer sheets summed per source, subject, instrument and day, where no rater is named.

    `ends` are the worst and the best value of every indicator that counts. What is summed is told by `marsad.core.traces.Days`:
    `n`, `points`, `full`, `praise`, `blame`, `rest`, `flat`, `quick`, `close`, `again`. Days are those of a zone so many seconds
    east of UTC, as whole numbers since 1970.
    """
    return ask(engine, lake, version, cycle, lambda rows: summed(seen_in_order(told(rows, ends)), east))


def told(rows: Expression, ends: Mapping[str, tuple[float, float]]) -> Expression:
    """Return answer sheets, each with its number of answers and their mean and ends, in shares of the way to the best."""
    from ibis import memtable

    worst, best = ([float(pair[place]) for pair in ends.values()] for place in (0, 1))
    columns = {"indicator": list(ends), "worst": worst, "best": best}
    schema = pa.schema({"indicator": pa.string(), "worst": pa.float64(), "best": pa.float64()})
    scaled = counted(rows).filter(rows.rater == "").join(memtable(pa.table(columns, schema=schema)), "indicator")
    scaled = scaled.mutate(share=(scaled.value - scaled.worst) / (scaled.best - scaled.worst))
    return scaled.group_by(list(SHEET)).aggregate(
        answers=scaled.count(), mean=scaled.share.mean(), low=scaled.share.min(), high=scaled.share.max()
    )


def seen_in_order(sheets: Expression) -> Expression:
    """Return answer sheets with how long after the one before them they came, and what that one said."""
    from ibis import row_number, window

    device = window(group_by=["source", "subject", "instrument"], order_by=["at", "respondent"])
    person = window(group_by=["source", "subject", "respondent"], order_by=["at", "instrument"])
    return sheets.mutate(
        since=sheets["at"].epoch_seconds() - sheets["at"].epoch_seconds().lag().over(device),
        before=sheets["mean"].lag().over(device),
        time=row_number().over(person),
    )


def summed(sheets: Expression, east: int) -> Expression:
    """Return answer sheets summed by day."""
    keys, one = ["source", "subject", "instrument", "day"], dated(sheets, east)
    full, praise = one.low > 1 - EQUAL, one["mean"] > PRAISE - EQUAL
    marks = {
        "full": full,
        "praise": praise,
        "blame": one["mean"] < 1 - PRAISE + EQUAL,
        "flat": (one.answers >= FLAT) & (one.high - one.low < EQUAL) & ~full,
        "quick": (one.since <= QUICK) & ((one["mean"] - one.before).abs() < EQUAL),
        "close": (one.since <= CLOSE) & praise & (one.before > PRAISE - EQUAL),
        "again": (one.time > 0) & (one.respondent != ""),
    }
    found = {name: mark.fill_null(False).cast("float64").sum() for name, mark in marks.items()}
    rest = praise.ifelse(0.0, one["mean"]).sum()
    return one.group_by(keys).aggregate(n=one.count(), points=one["mean"].sum(), rest=rest, **found).order_by(keys)


def invalid(engine: Engine, lake: Lake, version: Version, cycle: str) -> Answer:
    """Return how many rows (`n`) of each subject and indicator do not count, by the code of the reason."""
    keys = [*CELL, "valid"]
    return ask(engine, lake, version, cycle, lambda rows: numbers(rows.filter(rows.valid != ""), keys).order_by(keys))


def trail(engine: Engine, lake: Lake, version: Version, cycle: str, subject: str, indicator: str) -> Answer:
    """Return the rows behind one subject's value on an indicator, with the import each came by; those that do not count too."""

    def query(rows: Expression) -> Expression:
        return rows.filter((rows.subject == subject) & (rows.indicator == indicator)).order_by(
            ["at", IMPORT, "rater", "respondent"]
        )

    return ask(engine, lake, version, cycle, query)
