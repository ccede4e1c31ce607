"""Answers weighed to known totals: each group of customers counts for as many as there truly are, channel by channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from marsad.accounts.models import Person
from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.estimate import effective_n
from marsad.core.problem import Problem, Sentence
from marsad.core.weighting import Margin, rake
from marsad.lake import queries
from marsad.lake.engines import Expression, Found
from marsad.lake.numbers import shown
from marsad.lake.rows import COLUMNS, Coded, make_rows
from marsad.lake.tables import Table, first, read_table
from marsad.ratings.access import require_may
from marsad.ratings.intake import DOING, STATES, Brought, Took, adjust_evidence
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.setup import setup_of, the_engine, the_lake
from marsad.ratings.states import fresh, require_state

NEEDED = ("channel", "group", "total")
PART = "part"
SLASH = "/"
"""What stands between the parts of a stratum: `citizen/young`."""
MOST = 100_000
"""Totals at a time."""
MANY = 1e12
"""No channel has so many customers."""
EXACT = 1e-6
"""Where raking ends: when no cell moves by this share of the channel's customers."""


@dataclass(frozen=True)
class Total:
    """How many customers of a channel are in a group: the whole stratum (part 0), or its first part, its second and so on."""

    channel: str
    group: str
    total: float
    part: int = 0


@dataclass(frozen=True)
class ChannelWeights:
    """How the answers on a channel were weighed: how many, what they are worth after it, and how raking went.

    `gap` is the largest distance from a total that is left, as a share of it.
    """

    channel: str
    answers: int
    effective: float
    rounds: int
    gap: float
    converged: bool


@dataclass(frozen=True)
class Weighed:
    """The rows with their new weights as they were taken in, and how each channel was weighed."""

    took: Took
    channels: tuple[ChannelWeights, ...]


def weigh_evidence(
    *, by: Person, cycle: Cycle, at: datetime, source: str, totals: Sequence[Total], why: str, name: str = "totals"
) -> Weighed:
    """Give the answers of a source the weights that bring each channel's groups to their totals, as an adjustment for a reason.

    Weights begin from those the rows have, and have a mean of 1 on each channel. Raises Problem for a channel or group that is
    not there, for a group that nobody answered from, and where adjusting is not possible.
    """
    require_may("adjust_evidence", by, at)
    require_state(fresh(cycle), STATES[Intake.ADJUSTMENT], DOING[Intake.ADJUSTMENT])
    if not totals:
        raise Problem(Sentence("there is no total"), remedy=Sentence("give how many customers each group has"))
    by_channel: dict[str, list[Total]] = defaultdict(list)
    for total in totals:
        by_channel[total.channel].append(total)
    found = answers_of(cycle, source, sorted(by_channel))
    weights, channels = weights_of(found, by_channel)
    rows = make_rows({**found, "weight": weights})
    took = adjust_evidence(by=by, cycle=cycle, at=at, brought=Brought(rows=rows, file_name=name), why=why)
    return Weighed(took, channels)


def answers_of(cycle: Cycle, source: str, channels: list[str]) -> Found:
    """Return the rows of a source on some channels that count in a cycle."""
    setup = setup_of(fresh(cycle))

    def query(rows: Expression) -> Expression:
        mine = rows.filter((rows.source == source) & rows.subject.isin(channels))
        return queries.counted(mine).select(*COLUMNS)

    return queries.find(the_engine(), the_lake(), setup.version, cycle.code, query)


def weights_of(found: Found, totals: Mapping[str, Sequence[Total]]) -> tuple[Array, tuple[ChannelWeights, ...]]:
    """Return the new weights `[R]` of rows, and how each channel was weighed."""
    place = {str(label): at for at, label in enumerate(found["subject"].labels)}
    weights, channels = found["weight"].astype(np.float64), list[ChannelWeights]()
    order = np.argsort(found["subject"].codes, kind="stable")
    ends = np.searchsorted(found["subject"].codes[order], np.arange(len(place) + 1))
    for channel, wanted in sorted(totals.items()):
        if channel not in place:
            what = Sentence("nobody has answered on the channel {channel} by this source", channel=shown(channel))
            raise Problem(what, column="channel", remedy=Sentence("leave it out, or correct its code"))
        rows = order[ends[place[channel]] : ends[place[channel] + 1]]
        weights[rows], told = on_one(
            channel, chosen(found["stratum"], rows), chosen(found["indicator"], rows), weights[rows], wanted
        )
        channels.append(told)
    return weights, tuple(channels)


def chosen(column: Coded, rows: Places) -> Texts:
    """Return some texts of a column."""
    return Coded(column.codes[rows], column.labels).texts()


def on_one(
    channel: str, strata: Texts, indicators: Texts, weights: Array, wanted: Sequence[Total]
) -> tuple[Array, ChannelWeights]:
    """Return the new weights of one channel's rows; those who answered most of the questions stand for all who answered."""
    asked, question, times = np.unique(indicators, return_inverse=True, return_counts=True)
    of_most: Mask = question == int(np.argmax(times))
    cells, cell = np.unique(strata, return_inverse=True)
    before: Array = np.bincount(cell[of_most], weights[of_most], cells.size).astype(np.float64)
    if (silent := first(before == 0)) is not None:
        what = Sentence(
            "on {channel} the group {group} answered no {question}",
            channel=shown(channel),
            group=shown(cells[silent]),
            question=shown(asked[int(np.argmax(times))]),
        )
        raise Problem(what, remedy=Sentence("weigh where all groups answered the same questions"))
    try:
        population = float(sum(one.total for one in wanted)) / len({one.part for one in wanted})
        if not 0 < population <= MANY:
            what = Sentence("the totals add up to {total}", total=f"{population:g}")
            raise Problem(what, remedy=Sentence("write how many customers there truly are"))
        raked = rake(before, margins_of(cells, wanted), tolerance=max(EXACT * population, np.finfo(float).tiny))
    except Problem as problem:
        what = Sentence("on {channel}: {what}", channel=shown(channel), what=problem.what)
        raise Problem(what, column="group", remedy=problem.remedy) from None
    scale = raked.weights / before
    mean = float((weights[of_most] * scale[cell[of_most]]).sum() / of_most.sum())
    new = weights * scale[cell] / mean
    effective = float(effective_n(new[of_most].sum(), (new[of_most] ** 2).sum()))
    return new, ChannelWeights(channel, int(of_most.sum()), effective, len(raked.moved), raked.gap, raked.converged)


def margins_of(cells: Texts, wanted: Sequence[Total]) -> list[Margin]:
    """Return the margins of a channel: one for each part of the stratum of which totals are given."""
    parts: dict[int, dict[str, float]] = defaultdict(dict)
    for one in wanted:
        if one.group in parts[one.part]:
            raise Problem(Sentence("the group {group} is given twice", group=shown(one.group)), remedy=Sentence("give it once"))
        parts[one.part][one.group] = one.total
    return [Margin(part_of(cells, part), tuple(groups), np.array([*groups.values()])) for part, groups in sorted(parts.items())]


def part_of(cells: Texts, part: int) -> Texts:
    """Return one part of each stratum, counted from 1, blank where it has none; all of it for 0.

    >>> part_of(np.array(["citizen/young", "visitor"]), 2).tolist()
    ['young', '']
    """
    if not part:
        return cells
    split = [cell.split(SLASH) for cell in cells.tolist()]
    return np.array([found[part - 1] if len(found) >= part else "" for found in split], dtype=np.str_)


def read_totals(path: Path) -> list[Total]:
    """Return the totals in a file of `channel, group, total` and, where a stratum has parts, `part`; raises Problem."""
    table = read_table(path)
    for column in NEEDED:
        if column not in table.columns:
            raise table.problem(Sentence("the column {name} is missing", name=column), column=column, remedy=Sentence("add it"))
    if table.rows > MOST:
        raise table.problem(Sentence("this has {n} totals", n=table.rows), remedy=Sentence("bring {most} at most", most=MOST))
    totals = table.numbers("total")
    if (row := first(~(totals >= 0))) is not None:
        raise table.problem(
            Sentence("the total is missing or below 0"), row=row, column="total", remedy=Sentence("write how many")
        )
    parts = parts_in(table)
    columns = (table.texts("channel").tolist(), table.texts("group").tolist(), totals.tolist(), parts.tolist())
    return [Total(channel, group, total, part) for channel, group, total, part in zip(*columns, strict=True)]


def parts_in(table: Table) -> Places:
    """Return of which part of the stratum each total tells, 0 where of all of it; raises Problem."""
    if PART not in table.columns:
        return np.zeros(table.rows, np.intp)
    numbers = np.nan_to_num(table.numbers(PART))
    if (row := first((numbers < 0) | (numbers != np.floor(numbers)))) is not None:
        remedy = Sentence("write 1 for what stands before the first slash, 2 for what follows, or leave it blank")
        raise table.problem(Sentence("this is no part of a stratum"), row=row, column=PART, remedy=remedy)
    return numbers.astype(np.intp)
