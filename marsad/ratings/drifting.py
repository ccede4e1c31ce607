"""Who drifts within a cycle: what customers answer week by week, beside what their kind's channels do together.

From the evidence of a run, each question of each channel is a series of weeks with `LEAST` answers or more; in points, 0 at the
worst end of the question's scale and 100 at the best. The lake is asked once a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.core.cache import cache

from marsad import __version__
from marsad.accounts.models import Person
from marsad.core.arrays import Array, Texts, occurring
from marsad.core.scheme import POINTS, Scheme
from marsad.core.watching import drift, marked
from marsad.lake import queries
from marsad.lake.engines import Found
from marsad.ratings.access import counting_run, require_may
from marsad.ratings.board import Entry, board_of
from marsad.ratings.models import Cycle, Run
from marsad.ratings.setup import KEPT, east_now, setup_of_run, the_engine, the_lake

LEAST = 5
"""With fewer answers a week says nothing."""


@dataclass(frozen=True)
class Drifted:
    """A question on which a channel has moved from its own mean by more than chance: by how many points, how many errors."""

    entry: Entry
    indicator: str
    points: float
    z: float


@dataclass(frozen=True)
class Weeks:
    """Series `[S, T]` of weekly means with their errors, in points, NaN for weeks without enough answers; whose each is `[S]`."""

    channels: Texts
    indicators: Texts
    values: Array
    error: Array


def drifts_for(person: Person, cycle: Cycle, at: datetime) -> tuple[Drifted, ...]:
    """Return who drifts in the evidence of the run that counts in a cycle, the farthest first; raises Forbidden."""
    require_may("watch", person, at)
    run = counting_run(cycle)
    return kept_drifts(run.pk) if run else ()


@lru_cache(maxsize=16)
def kept_drifts(run: int) -> tuple[Drifted, ...]:
    """Return the same, reckoned once, for all processes: what a run rests on never changes."""
    found = Run.objects.select_related("cycle", "standard").get(pk=run)
    entries = board_of(found, disclosed=False).by_code
    rows = cache.get_or_set(f"drifts:{__version__}:{found.code}", lambda: drifts_in(found, entries), KEPT.total_seconds())
    return tuple(Drifted(entries[code], *told) for code, *told in rows)


def drifts_in(run: Run, entries: Mapping[str, Entry]) -> list[tuple[str, str, float, float]]:
    """Return who drifts in the evidence of a run, by the code of the channel, the farthest first."""
    setup = setup_of_run(run)
    found_by_week = queries.weekly(the_engine(), the_lake(), setup.version, setup.cycle, east=east_now())
    weeks = weeks_of(found_by_week, setup.scheme, entries)
    kinds = [entries[code].league for code in weeks.channels.tolist()]
    groups = np.array([f"{one}\n{kind}" for one, kind in zip(weeks.indicators.tolist(), kinds, strict=True)], dtype=np.str_)
    told = drift(weeks.values, weeks.error, groups)
    rows = sorted(np.flatnonzero(marked(told.z)).tolist(), key=lambda row: (-abs(told.z[row]), row))
    return [(str(weeks.channels[row]), str(weeks.indicators[row]), float(told.points[row]), float(told.z[row])) for row in rows]


def weeks_of(found: Found, scheme: Scheme, entries: Mapping[str, Entry]) -> Weeks:
    """Return what the lake found as series; the spread of single answers is that of the whole series, within its weeks."""
    ends, subjects, indicators = {one.code: one.way for one in scheme.indicators}, found["subject"], found["indicator"]
    ways = np.array([ends.get(code, (np.nan, np.nan)) for code in indicators.labels.tolist()], np.float64).reshape(-1, 2)
    rated, finite = np.asarray(np.isin(subjects.labels, sorted(entries))), np.asarray(np.isfinite(ways).all(axis=1))
    told = (found["n"] >= LEAST) & rated[subjects.codes] & finite[indicators.codes]
    n, w, wx, wxx = (found[name][told].astype(np.float64) for name in ("n", "w", "wx", "wxx"))
    width = len(indicators.labels)
    cells = subjects.codes[told].astype(np.intp) * width + indicators.codes[told]
    kept, series = occurring(cells, len(subjects.labels) * width)
    week = found["week"][told] - found["week"][told].min(initial=np.iinfo(np.int64).max)
    channels, codes = subjects.labels[kept // width], indicators.labels[kept % width]
    worst, best = ways[kept % width].T
    mean = wx / w
    within = np.bincount(series, np.maximum(wxx - w * mean**2, 0.0) * n / w, kept.size)
    spread = np.sqrt(within / np.maximum(np.bincount(series, n - 1, kept.size), 1.0))
    shape = (kept.size, int(week.max(initial=-1)) + 1)
    values, error = np.full(shape, np.nan), np.full(shape, np.nan)
    rate = POINTS / (best - worst)
    values[series, week] = (mean - worst[series]) * rate[series]
    error[series, week] = spread[series] * np.abs(rate[series]) / np.sqrt(n)
    return Weeks(channels, codes, values, error)
