"""From files to evidence: one table of channels and indicators, whatever the shape of the files, or a problem that says where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from marsad.core.arrays import Mask, Texts
from marsad.core.evidence import Evidence
from marsad.core.prepare import applies
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Scheme
from marsad.lake.cells import COMPANIONS, DOUBT, INSTRUMENT, RATER, WEIGHT, Cells, N, fill_standard_errors, leave_out, read_cells
from marsad.lake.kinds import (
    KIND,
    asked_attributes,
    attributes_of,
    facts_not_said,
    kinds_of,
    listed,
    names_of,
    not_divisible,
    refuse_kind_unknown_to,
)
from marsad.lake.numbers import shown
from marsad.lake.sources import CHANNEL, INDICATOR, VALUE, Source, Sources, read_sources

NAMES = ("name_ar", "name_en", "entity", "entity_ar", "entity_en")
"""Columns shown to people and never reckoned with."""
LONG_COLUMNS = (INDICATOR, VALUE, *COMPANIONS, RATER, WEIGHT, INSTRUMENT, "at")


@dataclass(frozen=True, eq=False)
class Reading:
    """Evidence read from files; `names` are texts `[C]` by column.

    `unused` are the columns and indicators the standard does not ask for, `notes` say what was left out, `files` were read.
    """

    evidence: Evidence
    names: Mapping[str, Texts]
    unused: tuple[str, ...]
    notes: tuple[str, ...]
    files: tuple[Path, ...]


def read_evidence(path: Path | str, scheme: Scheme, *, id_column: str = CHANNEL, kind: str | None = None) -> Reading:
    """Return the evidence in a wide or long CSV or Parquet file, or in a folder of them, as the scheme asks for it.

    `kind` is that of every channel, where no column says it. Raises Problem with file, line, column and remedy.
    """
    path = Path(path)
    refuse_kind_unknown_to(scheme, kind)
    if id_column.casefold() in scheme.position:
        what = f"the column '{id_column}' is an indicator of the standard and cannot name the channels"
        raise Problem(what, file=path, remedy="say with --id which column names them")
    return evidence_in(read_sources(path, id_column), path, scheme, kind)


def evidence_in(sources: Sources, path: Path, scheme: Scheme, kind: str | None) -> Reading:
    """Return the evidence in files that are read already; raises Problem."""
    cells = read_cells(sources, scheme)
    refuse_without_indicators(cells, sources, scheme, path)
    kinds = kinds_of(sources, scheme, kind, path)
    refuse_without_required(cells, scheme, kinds, path)
    notes = (*cells.notes, *leave_out_what_does_not_count(cells, scheme, kinds))
    if np.isnan(cells.value).all():
        raise Problem("no channel has a value", file=path, remedy="; ".join(notes) or "fill in the values")
    fill_standard_errors(cells)
    attributes = {KIND: kinds, **attributes_of(sources, scheme, path)}
    known = cells.known
    doubt = known[DOUBT] if scheme.raters else None
    evidence = Evidence(sources.channels, known[VALUE], known["se"], known[N], known["raters"], attributes, doubt)
    notes += tuple(f"there is no column {name}: taken as blank for every channel" for name in facts_not_said(sources, scheme))
    notes += (*not_divisible(scheme, evidence.values, attributes), *without_error(evidence, scheme))
    unused = unused_names(sources, scheme)
    return Reading(evidence, names_of(sources, NAMES), unused, notes, tuple(source.table.path for source in sources.files))


@dataclass(frozen=True, eq=False)
class Again:
    """New evidence on channels of a first wave, in their order, NaN where nothing is new; notes and files as in `Reading`."""

    evidence: Evidence
    notes: tuple[str, ...]
    files: tuple[Path, ...]


def read_again(path: Path | str, first: Evidence, scheme: Scheme, *, id_column: str = CHANNEL) -> Again:
    """Return the evidence of a second wave from files of the same shapes; kinds and facts are those of the first.

    Raises Problem with file, line, column and remedy, also for a channel that the first wave does not have.
    """
    path = Path(path)
    sources = read_sources(path, id_column)
    cells = read_cells(sources, scheme)
    refuse_without_indicators(cells, sources, scheme, path)
    place = {channel: at for at, channel in enumerate(first.channels.tolist())}
    for channel in [one for one in sources.channels.tolist() if one not in place][:1]:
        what = f"the first wave has no channel {shown(channel)}"
        raise Problem(what, file=path, remedy="correct its identifier, or leave it out")
    rows = np.array([place[channel] for channel in sources.channels.tolist()], np.intp)
    notes = (*cells.notes, *leave_out_what_does_not_count(cells, scheme, first.kinds[rows]))
    fill_standard_errors(cells)
    columns = {name: np.full(first.values.shape, np.nan) for name in (VALUE, "se", N, "raters", DOUBT)}
    for name, column in columns.items():
        column[rows] = cells.known[name]
    value, se, n, raters, doubt = columns.values()
    evidence = Evidence(first.channels, value, se, n, raters, first.attributes, doubt if scheme.raters else None)
    return Again(evidence, notes, tuple(source.table.path for source in sources.files))


def without_error(evidence: Evidence, scheme: Scheme) -> tuple[str, ...]:
    """Return a note on values that count as exact beside others that have a standard error: they make intervals too narrow."""
    bare = np.isnan(evidence.se) & ~np.isnan(evidence.values)
    if np.isnan(evidence.se).all() or not bare.any():
        return ()
    codes = [indicator.code for place, indicator in enumerate(scheme.indicators) if bare[:, place].any()]
    note = Sentence(
        "{count} values have neither answers nor a standard error and count as exact: {names}",
        count=bare.sum(),
        names=listed(codes, 5),
    )
    return (note,)


def refuse_without_indicators(cells: Cells, sources: Sources, scheme: Scheme, path: Path) -> None:
    """Raise Problem where the files speak of none of the standard's indicators."""
    if cells.found:
        return
    long = any(source.long for source in sources.files)
    what = f"no {'indicator' if long else 'column'} of this file is an indicator of the standard"
    first = listed([indicator.code for indicator in scheme.indicators], 5)
    theirs = listed(list(unused_names(sources, scheme)), 5) or "none"
    raise Problem(
        f"{what}: the standard's first are {first}, the file's first are {theirs}", file=path, remedy="is it the right standard?"
    )


def refuse_without_required(cells: Cells, scheme: Scheme, kinds: Texts, path: Path) -> None:
    """Raise Problem where a required indicator that applies to a kind at hand is in no file."""
    applicable: Mask = np.any(applies(scheme, kinds), axis=0)
    absent = [
        indicator.code
        for place, indicator in enumerate(scheme.indicators)
        if indicator.required and applicable[place] and indicator.code not in cells.found
    ]
    if absent:
        what = f"{len(absent)} required {'indicators are' if len(absent) > 1 else 'indicator is'} absent: {', '.join(absent[:5])}"
        raise Problem(
            what + (" …" if len(absent) > 5 else ""), file=path, remedy="add them, with blank cells where nothing is known"
        )


def leave_out_what_does_not_count(cells: Cells, scheme: Scheme, kinds: Texts) -> tuple[str, ...]:
    """Make values missing that do not apply to their channel's kind or have no answers behind them; return notes on them."""
    notes: list[str] = []
    foreign = ~applies(scheme, kinds) & ~np.isnan(cells.value)
    if foreign.any():
        count = np.any(foreign, axis=1).sum()
        notes.append(
            Sentence("values of questions that do not apply to the kind of {count} channels were left out", count=count)
            if count > 1
            else Sentence("values of questions that do not apply to the kind of 1 channel were left out")
        )
    empty = ~foreign & ~np.isnan(cells.value) & (cells.known[N] == 0)
    if empty.any():
        count = empty.sum()
        notes.append(Sentence("{count} of the values had an n of 0, no answers behind them, and were left out", count=count))
    leave_out(cells, foreign | empty | np.isnan(cells.value))
    return tuple(notes)


def unused_names(sources: Sources, scheme: Scheme) -> tuple[str, ...]:
    """Return the columns, then the indicators of long files, that the standard does not ask for, each once."""
    asked = {name.casefold() for name in (*asked_attributes(scheme), *NAMES, *([KIND] if scheme.kinds else []))}
    columns = [name for source in sources.files for name in unused_columns(source, scheme, asked)]
    known = {indicator.code.casefold() for indicator in scheme.indicators}
    labels = [label for source in sources.files if source.long for label in source.indicators[1] if label.casefold() not in known]
    return tuple(dict.fromkeys([*columns, *labels]))


def unused_columns(source: Source, scheme: Scheme, asked: set[str]) -> list[str]:
    """Return the columns of a file that nobody asks for."""
    values = LONG_COLUMNS if source.long else [f"{code}{ending}" for code in scheme.position for ending in ENDINGS]
    used = asked | {name.casefold() for name in values} | {source.id_column.casefold()}
    return [name for name in source.table.columns if name.casefold() not in used]


ENDINGS = ("", *(f"__{name}" for name in COMPANIONS))
