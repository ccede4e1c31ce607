"""The evidence of a cycle as the small table that the core rates, with the same numbers as from a long file of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from marsad.core.allowance import Scores, fair
from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.evidence import Evidence
from marsad.core.prepare import applies
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Scheme
from marsad.lake import queries
from marsad.lake.answers import Sums, different_raters, reduced, timed
from marsad.lake.cells import COMPANIONS, DOUBT, RATERS, SE, Cells, N
from marsad.lake.engines import Engine, Found
from marsad.lake.evidence import leave_out_what_does_not_count, without_error
from marsad.lake.kinds import FACT, KIND, asked_attributes, listed, not_divisible
from marsad.lake.manifest import Version
from marsad.lake.numbers import shown
from marsad.lake.rows import Coded
from marsad.lake.sources import VALUE
from marsad.lake.store import Lake
from marsad.lake.ways import invited, left_out, uninvited

FEW_ROWS, NARROW = 2_000_000, 10_000
"""A tally is taken of so many rows at most, or where each file has so few pairs of value and weight; else sums."""


@dataclass(frozen=True, eq=False)
class CycleEvidence:
    """The evidence of a cycle: the table, what was left out and why, and the indicators that the standard does not know."""

    evidence: Evidence
    notes: tuple[str, ...]
    unused: tuple[str, ...]


def evidence_table(
    engine: Engine,
    lake: Lake,
    scheme: Scheme,
    *,
    version: Version,
    cycle: str,
    channels: Texts,
    attributes: Mapping[str, Texts] | None = None,
    only: queries.Query = queries.counted,
) -> CycleEvidence:
    """Return the evidence on some channels `[C]` as the scheme asks for it; raises Problem where a value is off its scale.

    `attributes` are texts `[C]` by name, as `Evidence` has them: the kind, and what the standard asks for besides. `only` chooses
    among the rows.
    """
    narrow = is_narrow(lake, version, cycle)
    by = ("rater",) if scheme.raters else ()
    ask = queries.tally if narrow else queries.reduction(by, respondents=False)
    wanted: queries.Query = (lambda rows: invited(only(rows))) if scheme.invited_only else only
    found = queries.find(engine, lake, version, cycle, lambda rows: ask(wanted(rows)))
    subjects, indicators = places_in(found["subject"], channels), places_in(found["indicator"], codes_of(scheme))
    known = (subjects >= 0) & (indicators >= 0)
    mine = {name: chosen(column, known) for name, column in found.items()}
    refuse_off_scale(mine, indicators[known], scheme)
    cells = (subjects * len(scheme.indicators) + indicators)[known]
    sums = (sums_of_tally if narrow else sums_of_sums)(mine, cells, channels.size, scheme)
    cells_known = reduced(sums, scheme.indicators, channels.size)
    durations = [one.code for one in scheme.indicators if one.duration]
    if durations:
        cases = queries.find(engine, lake, version, cycle, lambda rows: queries.times(wanted(rows), durations))
        cells_known = timed(cells_known, scheme, *cases_of(cases, channels, scheme))
    facts, notes = facts_for(scheme, channels, attributes or {})
    table = Cells(scheme.indicators, {name: getattr(cells_known, name) for name in (VALUE, *COMPANIONS, DOUBT)})
    notes += leave_out_what_does_not_count(table, scheme, facts[KIND])
    doubt = table.known[DOUBT] if scheme.raters else None
    evidence = Evidence(channels, table.value, table.known[SE], table.known[N], table.known[RATERS], facts, doubt)
    notes += (*not_divisible(scheme, evidence.values, facts), *without_error(evidence, scheme))
    notes += (*strangers(found, subjects), *silent(evidence, scheme))
    if scheme.invited_only:
        notes += left_out(queries.count(engine, lake, version, cycle, lambda rows: uninvited(only(rows))))
    unused = tuple(np.unique(chosen(found["indicator"], indicators < 0).texts()).tolist())
    return CycleEvidence(evidence, notes, unused)


def cases_of(found: Found, channels: Texts, scheme: Scheme) -> tuple[Places, Array, Mask]:
    """Return the cell of every case, its time, and whether it still runs, from counts of equal ones."""
    subjects, indicators = places_in(found["subject"], channels), places_in(found["indicator"], codes_of(scheme))
    times = np.where(subjects < 0, 0, found["n"])
    cells = subjects * len(scheme.indicators) + indicators
    return np.repeat(cells, times), np.repeat(found[VALUE], times), np.repeat(found["running"] == 1, times)


def facts_for(scheme: Scheme, channels: Texts, given: Mapping[str, Texts]) -> tuple[dict[str, Texts], tuple[str, ...]]:
    """Return what the scheme asks of channels besides values, blank where it may be, and a note on what nobody said."""
    facts, blank = {KIND: np.full(channels.size, ""), **given}, np.full(channels.size, "")
    silent = [name for name in asked_attributes(scheme) if name not in facts]
    for name in silent:
        purpose = asked_attributes(scheme)[name]
        if purpose != FACT:
            what = Sentence("nobody says {name}, which the standard needs as {purpose}", name=shown(name), purpose=purpose)
            raise Problem(what, remedy=Sentence("say it for every channel"))
        facts[name] = blank
    return facts, tuple(Sentence("nobody says {name}: taken as blank for every channel", name=name) for name in silent)


def is_narrow(lake: Lake, version: Version, cycle: str) -> bool:
    """Whether a tally of the evidence stays small."""
    files = [file for entry in lake.of(version) for file in entry.files if cycle in file.cycles]
    return sum(file.rows for file in files) <= FEW_ROWS or all(file.spread <= NARROW for file in files)


def chosen(column: Any, rows: Mask | Places) -> Any:
    """Return some rows of a column."""
    return Coded(column.codes[rows], column.labels) if isinstance(column, Coded) else column[rows]


def codes_of(scheme: Scheme) -> Texts:
    """Return the codes of the indicators in their order."""
    return np.array([indicator.code for indicator in scheme.indicators], dtype=np.str_)


def places_in(column: Coded, known: Texts) -> Places:
    """Return where each text of a column stands among known ones, -1 where nowhere."""
    places = {text: place for place, text in enumerate(known.tolist())}
    return np.asarray(np.array([places.get(str(label), -1) for label in column.labels], dtype=np.intp)[column.codes])


def refuse_off_scale(found: Found, indicators: Places, scheme: Scheme) -> None:
    """Raise Problem at the first value that is not on the scale of its indicator."""
    low, high = np.array([indicator.ends for indicator in scheme.indicators])[indicators].T
    least, most = (found[name] if name in found else found[VALUE] for name in ("low", "high"))
    for row in np.flatnonzero((least < low) | (most > high))[:1].tolist():
        code, subject = (str(found[name].labels[found[name].codes[row]]) for name in ("indicator", "subject"))
        value = least[row] if least[row] < low[row] else most[row]
        what = Sentence(
            "{subject} has the value {value} on {code}, outside its scale of {low} to {high}",
            subject=shown(subject),
            value=f"{value:.12g}",
            code=code,
            low=f"{low[row]:.12g}",
            high=f"{high[row]:.12g}",
        )
        raise Problem(what, remedy=Sentence("adjust the row, or withdraw it by a reason"))


def sums_of_tally(found: Found, cells: Places, channels: int, scheme: Scheme) -> Sums:
    """Return the sums of every cell from a tally, added up in one order, in two passes where digits could be lost."""
    raters = raters_in(found["rater"])
    order = np.lexsort((raters, found["weight"], found[VALUE], cells))
    cells, raters, weights = cells[order], raters[order], found["weight"][order]
    times, size = found["n"][order].astype(np.float64), channels * len(scheme.indicators)
    values = found[VALUE][order]
    known = fair(Scores(cells, raters, values, times * weights), scheme, size)
    values = values + known.added

    def added(numbers: Array) -> Array:
        return np.bincount(cells, numbers, size).astype(np.float64)

    n, total = added(times), added(times * weights)
    with np.errstate(invalid="ignore"):
        mean, plain = added(times * weights * values) / total, added(times * values) / n
    within = added(times * (values - plain[cells]) ** 2)
    raters_here = different_raters(cells, raters, size)
    return Sums(n, total, added(times * weights**2), mean, within, raters_here, known.doubt, known.lost)


def raters_in(column: Coded) -> Places:
    """Return who is named as a number, in the order of names, -1 where nobody is."""
    names = np.array([str(label) for label in column.labels], dtype=np.str_)
    return np.asarray(np.where(names == "", -1, np.argsort(np.argsort(names, kind="stable")))[column.codes])


def sums_of_sums(found: Found, cells: Places, channels: int, scheme: Scheme) -> Sums:
    """Return the sums of every cell from sums that the engine made of parts of it: all of it, or what each rater gave."""
    size = channels * len(scheme.indicators)
    order = np.lexsort((raters_in(found["rater"]), cells)) if "rater" in found else np.argsort(cells)
    cells, found = cells[order], {name: chosen(column, order) for name, column in found.items()}
    n, w = found["n"].astype(np.float64), found["w"]
    raters = raters_in(found["rater"]) if "rater" in found else np.full(cells.size, -1)
    known = fair(Scores(cells, raters, found["wx"] / w, w), scheme, size)
    given = known.added

    def added(numbers: Array) -> Array:
        return np.bincount(cells, numbers, size).astype(np.float64)

    with np.errstate(invalid="ignore"):
        mean, plain = added(found["wx"] + w * given) / added(w), added(n * (found["mean"] + given)) / added(n)
    within = added(found["squares"] + n * (found["mean"] + given - plain[cells]) ** 2)
    return Sums(added(n), added(w), added(found["ww"]), mean, within, added(found["raters"]), known.doubt, known.lost)


def strangers(found: Found, subjects: Places) -> tuple[str, ...]:
    """Return a note on rows of subjects that are not rated here."""
    outside = subjects < 0
    if not outside.any():
        return ()
    names = np.unique(chosen(found["subject"], outside).texts()).tolist()
    count = int(found["n"][outside].sum())
    return (Sentence("{count} rows speak of subjects that are not rated here: {names}", count=count, names=listed(names, 5)),)


def silent(evidence: Evidence, scheme: Scheme) -> tuple[str, ...]:
    """Return a note on required indicators that apply to a channel here and of which nothing is known at all."""
    asked: Mask = np.any(applies(scheme, evidence.kinds), axis=0)
    empty: Mask = np.all(np.isnan(evidence.values), axis=0)
    codes = [one.code for one, ask, none in zip(scheme.indicators, asked, empty, strict=True) if one.required and ask and none]
    return (Sentence("there is no evidence yet on {names}", names=listed(codes, 5)),) if codes else ()
