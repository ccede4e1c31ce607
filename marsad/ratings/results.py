"""A rating becomes rows of PostgreSQL, by COPY, and can be laid beside them again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from django.db import connection, models

from marsad.catalogue.models import Channel
from marsad.core.arrays import Array
from marsad.core.evidence import Evidence
from marsad.core.rating import Rating
from marsad.core.scheme import Indicator, Node
from marsad.ratings.models import NodeResult, Result, Run

NUMBERS = ("score", "star", "unlimited", "low", "high", "rank", "rank_low", "rank_high", "p_top", "p_bottom")
"""Columns of a result that are columns of a rating."""
COMPUTED = ("p_star", "limits", "apart", "near_edge", "n", "trail")
RESULT = ("run_id", "channel_id", "disclosed", "league", "rated", "reason", *NUMBERS, *COMPUTED)
PARTS = ("entity", "own")
NODE = ("run_id", "channel_id", "disclosed", "node", "score", "low", "high", "n")
SAME = 1e-9


def store(run: Run, rating: Rating, *, disclosed: bool = False) -> None:
    """Store what a run found, or what is published of it, in the transaction that is under way."""
    ids = dict(Channel.objects.filter(code__in=rating.evidence.channels.tolist()).values_list("code", "pk"))
    places = [ids[code] for code in rating.evidence.channels.tolist()]
    copy(Result, RESULT, result_rows(run, rating, places, disclosed))
    copy(NodeResult, NODE, node_rows(run, rating, places, disclosed))


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a table."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
        for row in rows:
            stream.write_row(row)


def result_rows(run: Run, rating: Rating, places: Sequence[int], disclosed: bool) -> Iterator[Sequence[Any]]:
    """Yield the row of every channel."""
    numbers = [plain(getattr(rating, name)) for name in NUMBERS]
    answers = np.nansum(rating.evidence.n, axis=1).tolist()
    near = (rating.near_edge & ~np.isnan(rating.score)).tolist()
    rated, reasons, leagues = rating.rated.tolist(), rating.reason.tolist(), rating.leagues.tolist()
    chances, limits, apart = chances_of(rating), limits_of(rating, disclosed), apart_of(rating, disclosed)
    trails = trails_of(rating.evidence)
    for row, place in enumerate(places):
        known = (run.pk, place, disclosed, leagues[row], rated[row], reasons[row], *(column[row] for column in numbers))
        yield (*known, chances[row], limits[row], apart[row], near[row], answers[row], trails[row])


def node_rows(run: Run, rating: Rating, places: Sequence[int], disclosed: bool) -> Iterator[Sequence[Any]]:
    """Yield a row for every node and indicator that applies to a channel."""
    scheme = rating.tree.scheme
    parts: list[Node | Indicator] = [*scheme.nodes, *scheme.indicators]
    for part in parts:
        indicator = scheme.position.get(part.code)
        branch = rating.tree.branches[part.code].applicable if indicator is None else rating.prepared.applicable[:, indicator]
        estimate = rating.nodes[part.code]
        columns = [plain(column) for column in (estimate.value, estimate.low, estimate.high, estimate.n)]
        for row in np.flatnonzero(branch).tolist():
            yield (run.pk, places[row], disclosed, part.code, *(column[row] for column in columns))


def plain(values: Array) -> list[float | None]:
    """Return numbers as a list, None where there is none."""
    return [None if value != value else value for value in np.asarray(values, dtype=np.float64).tolist()]


def chances_of(rating: Rating) -> list[str]:
    """Return the chance of every star of each channel, as JSON."""
    names = [f"{star:g}" for star in rating.star_values]
    return [
        json.dumps({} if any(np.isnan(row)) else dict(zip(names, row.tolist(), strict=True))) for row in np.asarray(rating.p_star)
    ]


def limits_of(rating: Rating, disclosed: bool) -> list[str]:
    """Return the limiters that were applied to each channel, as JSON; published without their probability."""
    return [
        json.dumps(
            {limit.code: None if disclosed else float(limit.probability[row]) for limit in rating.limits if limit.applied[row]}
        )
        for row in range(rating.rated.size)
    ]


def apart_of(rating: Rating, disclosed: bool) -> list[str]:
    """Return the part of the entity and that of the channel itself, of each channel that the joint model covers, as JSON."""
    found = rating.together.get(rating.tree.scheme.root.code)
    if found is None or disclosed:
        return ["{}"] * rating.rated.size
    parts = {name: np.column_stack([part.value, part.low, part.high]) for name, part in vars(found).items() if name in PARTS}
    rows = ({name: values[row].tolist() for name, values in parts.items()} for row in range(rating.rated.size))
    return [json.dumps({} if np.isnan([*said.values()]).any() else said) for said in rows]


def trails_of(evidence: Evidence) -> list[str]:
    """Return the SHA-256 of what is known of each channel; errors are left out, since the answers on others go into them."""
    tables = [np.ascontiguousarray(table, dtype="<f8") for table in (evidence.values, evidence.n, evidence.raters)]
    found = []
    for row, channel in enumerate(evidence.channels.tolist()):
        facts = {name: str(texts[row]) for name, texts in sorted(evidence.attributes.items())}
        digest = sha256(json.dumps([channel, facts], ensure_ascii=False, sort_keys=True).encode())
        for table in tables:
            digest.update(table[row].tobytes())
        found.append(digest.hexdigest())
    return found


def first_difference(run: Run, rating: Rating) -> str | None:
    """Return the first channel whose stored result is not that of a rating, None where all are the same."""
    stored = {
        code: (star, score, rank)
        for code, star, score, rank in run.results.in_full().values_list("channel__code", "star", "score", "rank")
    }
    columns = [plain(column) for column in (rating.star, rating.score, rating.rank)]
    for row, code in enumerate(rating.evidence.channels.tolist()):
        if code not in stored or not all(alike(a, column[row]) for a, column in zip(stored[code], columns, strict=True)):
            return str(code)
    return next(iter(set(stored) - set(rating.evidence.channels.tolist())), None)


def alike(one: float | None, other: float | None) -> bool:
    """Whether two numbers are the same, or both are missing."""
    return one is other if one is None or other is None else abs(one - other) <= SAME
