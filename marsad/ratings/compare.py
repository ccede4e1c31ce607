"""Two runs beside each other: who moved, whether beyond what chance explains, and why: data, facts, standard or method.

Where only one part of the inputs differs, it is the cause. Where several do, each is put alone into the first run and
rated in the mind; a move that more than one part makes, or none alone, is said to have several causes. An older program
cannot be run again: where today's gives the first run's evidence another result than is stored, the program is a cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection

from marsad.core.problem import Problem
from marsad.core.rating import Rating
from marsad.ratings.models import NodeResult, Result, Run
from marsad.ratings.results import alike, plain, trails_of
from marsad.ratings.setup import CONFIRMATION, PARTS, Setup, reckon, setup_of_run

OTHERS, SEVERAL = "others", "several"
"""Causes that are no part of the inputs: what is known of others changed, not of this channel; more than one."""
TAKEN: Mapping[str, tuple[str, ...]] = {
    "evidence": ("version",),
    "scope": ("scope",),
    "facts": ("facts",),
    "standard": ("release",),
    "settings": ("draw", "names"),
    CONFIRMATION: ("second", "drawn"),
}
"""What of a setup makes up each part; a program cannot be exchanged."""
Found = tuple[float | None, float | None, float | None]
"""Score, star and rank."""


@dataclass(frozen=True)
class Mover:
    """One channel that moved: score, star and rank before and after.

    `within`: the new score lies in the old one's interval; None where there is none. `why` is a part of the inputs, `others` or
    `several`; `indicators` are those whose score or count changed, `sources` theirs.
    """

    channel: str
    before: Found
    after: Found
    within: bool | None
    why: str
    indicators: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two runs: the parts of their inputs that differ, who moved, who came and who left."""

    changed: tuple[str, ...]
    movers: tuple[Mover, ...]
    came: tuple[str, ...]
    left: tuple[str, ...]


def compare(before: Run, after: Run, *, deeply: bool = True) -> Comparison:
    """Return what changed between two finished runs; rating in the mind, where that is needed, only if `deeply`."""
    changed = tuple(part for part in PARTS if before.parts.get(part) != after.parts.get(part))
    old, new = stored(before), stored(after)
    causes = Causes(before, after, changed, deeply)
    indicators = changed_indicators(before, after)
    sources = {one.code: one.source for one in (*causes.old.scheme.indicators, *causes.new.scheme.indicators)}
    movers = []
    for code in sorted(old.keys() & new.keys(), key=lambda code: (new[code].rank is None, new[code].rank or 0, code)):
        if same(found_in(old[code]), found_in(new[code])):
            continue
        codes = tuple(indicators.get(code, ()))
        movers.append(
            Mover(
                code,
                found_in(old[code]),
                found_in(new[code]),
                inside(old[code], new[code].score),
                causes.of(code, old[code].trail == new[code].trail),
                codes,
                tuple(sorted({sources.get(one, "") for one in codes} - {""})),
            )
        )
    return Comparison(changed, tuple(movers), tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys())))


def stored(run: Run) -> dict[str, Result]:
    """Return the results of a finished run by channel; raises Problem where it is not finished."""
    if run.state != Run.DONE:
        raise Problem(f"the run is {run.state}", remedy="compare runs that are done")
    return {result.channel.code: result for result in run.results.in_full().select_related("channel")}


def found_in(result: Result) -> Found:
    """Return score, star and rank."""
    return result.score, result.star, result.rank


def same(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    """Whether nothing moved."""
    return all(alike(a, b) for a, b in zip(one, other, strict=True))


def inside(result: Result, score: float | None) -> bool | None:
    """Whether a score lies within the interval of a result; None where there is no interval or no score."""
    if result.low is None or result.high is None or score is None:
        return None
    return bool(result.low <= score <= result.high)


def changed_indicators(before: Run, after: Run) -> dict[str, list[str]]:
    """Return the indicators whose score or count differs between two runs, by channel."""
    table, channels = NodeResult._meta.db_table, Result.channel.field.related_model._meta.db_table
    codes = sorted({*setup_of_run(before).scheme.position, *setup_of_run(after).scheme.position})
    one = f"(SELECT * FROM {table} WHERE run_id = %s AND NOT disclosed AND node = ANY(%s))"
    query = f"""
        SELECT channel.code, coalesce(a.node, b.node) FROM {one} a FULL JOIN {one} b USING (channel_id, node)
        JOIN {channels} channel ON channel.id = channel_id
        WHERE abs(a.score - b.score) > 1e-9 OR (a.score IS NULL) <> (b.score IS NULL) OR a.n IS DISTINCT FROM b.n
        ORDER BY 1, 2
    """
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, [before.pk, codes, after.pk, codes])
        for code, node in cursor.fetchall():
            found.setdefault(code, []).append(node)
    return found


@dataclass(frozen=True)
class Reckoning:
    """A rating in the mind: score, star and rank, and the trail, by channel."""

    found: Mapping[str, Found]
    trails: Mapping[str, str]


class Causes:
    """Why channels moved between two runs."""

    def __init__(self, before: Run, after: Run, changed: Sequence[str], deeply: bool) -> None:
        self.before, self.changed, self.deeply = before, changed, deeply
        self.old, self.new = setup_of_run(before), setup_of_run(after)

    def of(self, channel: str, same_trail: bool) -> str:
        """Return why a channel moved; `same_trail`: nothing that is known of it changed."""
        if len(self.changed) == 1:
            return OTHERS if same_trail and self.changed[0] in ("evidence", "facts") else self.changed[0]
        if not self.deeply:
            return SEVERAL
        makers = list(self.makers(channel))
        if len(makers) != 1:
            return SEVERAL
        if makers[0] in ("evidence", "facts") and self.alone[makers[0]].trails.get(channel) == self.again.trails.get(channel):
            return OTHERS
        return makers[0]

    def makers(self, channel: str) -> Iterator[str]:
        """Yield the parts that move a channel, each put alone into the first run."""
        start = self.again.found.get(channel)
        kept = self.kept.get(channel)
        if "program" in self.changed and (start is None or kept is None or not same(kept, start)):
            yield "program"
        for part, reckoning in self.alone.items():
            found = reckoning.found.get(channel)
            if start is None or found is None or not same(start, found):
                yield part

    @cached_property
    def kept(self) -> dict[str, Found]:
        """Return what is stored of the first run."""
        return {code: found_in(result) for code, result in stored(self.before).items()}

    @cached_property
    def again(self) -> Reckoning:
        """Return the first run reckoned by today's program."""
        return reckoned(self.old)

    @cached_property
    def alone(self) -> dict[str, Reckoning]:
        """Return the first run reckoned with each part of the second, alone."""
        parts = [part for part in self.changed if part in TAKEN]
        return {part: reckoned(exchanged(self.old, self.new, part)) for part in parts}


def exchanged(old: Setup, new: Setup, part: str) -> Setup:
    """Return a setup with one part of another."""
    taken: dict[str, Any] = {name: getattr(new, name) for name in TAKEN[part]}
    return replace(old, **taken)


def reckoned(setup: Setup) -> Reckoning:
    """Rate a setup in the mind; nothing is found where it cannot be rated."""
    try:
        rating: Rating = reckon(setup).rating
    except Problem:
        return Reckoning({}, {})
    codes = rating.evidence.channels.tolist()
    columns = [plain(column) for column in (rating.score, rating.star, rating.rank)]
    found: dict[str, Found] = {code: (columns[0][row], columns[1][row], columns[2][row]) for row, code in enumerate(codes)}
    return Reckoning(found, dict(zip(codes, trails_of(rating.evidence), strict=True)))
