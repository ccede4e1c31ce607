"""The sufficient statistics a rating rests on, as tables: what is disclosed of every cell, and every channel's attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from marsad.core.arrays import Array, Mask
from marsad.core.disclosure import EXACT, POOLED, WITHHELD, Disclosed
from marsad.core.evidence import Evidence
from marsad.core.problem import Problem
from marsad.core.scheme import Scheme
from marsad.lake import arrow
from marsad.lake.kinds import KIND, asked_attributes
from marsad.lake.tables import Table, read_csv

EVIDENCE, ATTRIBUTES, RATINGS, NODES = "evidence.csv", "attributes.csv", "ratings.csv", "nodes.csv"
CHANNEL, INDICATOR, STATE, POOL = "channel", "indicator", "state", "pool"
QUANTITIES, DOUBT = ("value", "n", "se", "raters"), "doubt"
COLUMNS = (CHANNEL, INDICATOR, *QUANTITIES, STATE, POOL)
"""What every table of evidence has; one of a standard that takes severities out says besides what they leave in doubt."""
QUOTED_ROWS = re.compile(rb'(?:[^"\n]|"[^"]*")*\n')

Columns = Mapping[str, ArrayLike]


def csv_of(columns: Columns) -> bytes:
    """Return columns of one length as CSV, the same bytes for the same values."""
    arrays: dict[str, NDArray[Any]] = {name: np.asarray(values) for name, values in columns.items()}
    head = arrow.csv_bytes({name: np.array([name], dtype=object) for name in arrays})
    return head + (arrow.csv_bytes(arrays) if next(iter(arrays.values())).size else b"")


def rows_of(content: bytes) -> list[bytes]:
    """Return the rows of a CSV as they stand, without header and line ends: the leaves of its tree."""
    if b'"' in content:
        return [row[:-1] for row in QUOTED_ROWS.findall(content)[1:]]
    return content.split(b"\n")[1:-1]


def evidence_table(scheme: Scheme, disclosed: Disclosed) -> dict[str, NDArray[Any]]:
    """Return a row for every cell something is known of, by channel and in the standard's order of indicators."""
    evidence = disclosed.evidence
    rows, places = np.nonzero(disclosed.state != "")
    codes = np.array([indicator.code for indicator in scheme.indicators], dtype=object)
    shown = {
        "value": evidence.values,
        "n": np.where(disclosed.hidden, np.nan, evidence.n),
        "se": evidence.se,
        "raters": evidence.raters,
    }
    if evidence.doubt is not None:
        shown[DOUBT] = np.where(evidence.doubt > 0, evidence.doubt, np.nan)
    cells = {name: values[rows, places] for name, values in shown.items()}
    states = {STATE: shared(disclosed.state[rows, places]), POOL: shared(disclosed.pool[rows, places])}
    return {CHANNEL: evidence.channels.astype(object)[rows], INDICATOR: codes[places], **cells, **states}


def shared(texts: NDArray[np.str_]) -> NDArray[np.object_]:
    """Return texts as objects, equal ones one object: they are written many times faster."""
    labels, codes = np.unique(texts, return_inverse=True)
    return labels.astype(object)[codes]


def whole(evidence: Evidence) -> Disclosed:
    """Return evidence with nothing hidden."""
    known = np.asarray(~np.isnan([evidence.values, evidence.se, evidence.n, evidence.raters]).all(axis=0))
    nothing = np.zeros(known.shape, bool)
    return Disclosed(
        evidence=evidence,
        state=np.where(known, EXACT, ""),
        pool=np.full(known.shape, ""),
        hidden=nothing,
        masked={},
        follows=np.full(known.shape[0], ""),
    )


def attributes_table(evidence: Evidence) -> dict[str, NDArray[Any]]:
    """Return a row for every channel with what it is."""
    return {CHANNEL: evidence.channels, **{name: evidence.attributes[name] for name in sorted(evidence.attributes)}}


def read_statistics(scheme: Scheme, evidence: bytes, attributes: bytes, *, least: int, name: str = EVIDENCE) -> Evidence:
    """Return the evidence that its two tables hold, hidden counts as the largest below `least`; raises Problem."""
    about = read_csv(Path(ATTRIBUTES), attributes)
    channels = ordered_channels(about)
    cells = read_csv(Path(name), evidence) if evidence.count(b"\n") > 1 else None
    told = (*QUANTITIES, DOUBT) if cells is not None and DOUBT in cells.columns else QUANTITIES
    grids = {quantity: np.full((channels.size, len(scheme.indicators)), np.nan) for quantity in told}
    if cells is not None:
        refuse_other_columns(cells, COLUMNS)
        at = places_of(cells, channels, list(scheme.position))
        hidden = hidden_counts(cells)
        for quantity in told:
            grids[quantity][at] = cells.numbers(quantity)
        grids["n"][at] = np.where(hidden, float(least - 1), grids["n"][at])
    refuse_other_columns(about, [*asked_attributes(scheme), *([KIND] if scheme.kinds else [])])
    attributes_by_name = {column: about.texts(column) for column in about.columns if column != CHANNEL}
    return Evidence(
        channels=channels,
        values=grids["value"],
        se=grids["se"],
        n=grids["n"],
        raters=grids["raters"],
        attributes=attributes_by_name,
        doubt=grids.get(DOUBT),
    )


def hidden_counts(cells: Table) -> Mask:
    """Return the rows whose count is not shown; raises Problem where a row has a state that is none."""
    states = cells.texts(STATE)
    for row in np.flatnonzero(~np.isin(states, (EXACT, POOLED, WITHHELD)))[:1].tolist():
        raise cells.problem(f"'{states[row]}' is no state of a cell", row=row, column=STATE)
    return np.asarray((states != EXACT) & np.isnan(cells.numbers("n")))


def ordered_channels(about: Table) -> NDArray[np.str_]:
    """Return the channels of the table of attributes; raises Problem where they are not in order, each once."""
    refuse_other_columns(about, (CHANNEL,))
    channels = about.texts(CHANNEL)
    for row in np.flatnonzero(channels[1:] <= channels[:-1])[:1].tolist():
        what = (
            f"channel '{channels[row + 1]}' stands after '{channels[row]}'; rows stand in the order of their channels, each once"
        )
        raise about.problem(what, row=row + 1)
    return channels


def refuse_other_columns(table: Table, needed: Sequence[str]) -> None:
    """Raise Problem where a column is absent."""
    for column in needed:
        if column not in table.columns:
            raise table.problem(f"there is no column '{column}'")


def places_of(cells: Table, channels: NDArray[np.str_], codes: list[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return row and column of every cell; raises Problem where one is unknown, twice there, or out of order."""
    rows = known_places(cells, CHANNEL, channels)
    order = np.argsort(np.array(codes))
    columns = order[known_places(cells, INDICATOR, np.array(codes)[order])]
    flat = rows * len(codes) + columns
    for row in np.flatnonzero(np.diff(flat) <= 0)[:1].tolist():
        first, second = (f"'{codes[columns[at]]}' of channel '{channels[rows[at]]}'" for at in (row, row + 1))
        raise cells.problem(f"{second} stands after {first}; rows stand in order, each once", row=row + 1)
    return rows, columns


def known_places(cells: Table, column: str, labels: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return the places of a column's texts among sorted labels; raises Problem at one that is not among them."""
    refuse_other_columns(cells, [column])
    texts = cells.texts(column)
    found = np.minimum(np.searchsorted(labels, texts), labels.size - 1)
    for row in np.flatnonzero(labels[found] != texts)[:1].tolist():
        raise cells.problem(f"there is no {column} '{texts[row]}'", row=row, column=column)
    return found


def numbers_by_channel(table: Table, name: str, channels: NDArray[np.str_]) -> Array:
    """Return a column's numbers in the order of sorted channels `[C]`; raises Problem where a channel is absent or unknown."""
    rows = known_places(table, CHANNEL, channels)
    if np.unique(rows).size != channels.size or rows.size != channels.size:
        raise Problem("a channel is absent or stands twice", file=table.path)
    refuse_other_columns(table, [name])
    values = np.empty(channels.size)
    values[rows] = table.numbers(name)
    return values
