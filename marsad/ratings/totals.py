"""Known totals in a file: answers weighed to them, and the line of the total that stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from marsad.accounts.models import Person
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown
from marsad.lake.tables import read_table
from marsad.ratings.models import Cycle
from marsad.ratings.weighing import Total, Weighed, read_totals, weigh_evidence


def weigh_file(*, by: Person, cycle: Cycle, at: datetime, source: str, path: Path, why: str, name: str) -> Weighed:
    """Weigh answers to the totals in a file, as `weigh_evidence` does; raises Problem, with the line of a total that is wrong."""
    totals = read_totals(path)
    try:
        return weigh_evidence(by=by, cycle=cycle, at=at, source=source, totals=totals, why=why, name=name)
    except Problem as problem:
        place = blamed(problem, totals)
        if place is None:
            raise
        raise read_table(path).problem(problem.what, row=place, column=problem.column, remedy=problem.remedy) from None


def blamed(problem: Problem, totals: Sequence[Total]) -> int | None:
    """Return the place of the total that a refusal to weigh is about: the last of its group, else the first of its channel.

    None where it names no channel.

    >>> totals = [Total("a", "old", 5), Total("b", "old", 5), Total("b", "young", 5)]
    >>> blamed(Problem(Sentence("on {channel}: {what}", channel="'b'", what="x")), totals)
    1
    """
    said = {**values_of(problem.what), **values_of(values_of(problem.what).get("what"))}
    channel, group = said.get("channel"), said.get("group")
    of_channel = [place for place, total in enumerate(totals) if shown(total.channel) == channel]
    of_group = [place for place in of_channel if group in (totals[place].group, shown(totals[place].group))]
    return of_group[-1] if of_group else next(iter(of_channel), None)


def values_of(said: object) -> dict[str, object]:
    """Return what fills a sentence; nothing where a text is none."""
    return said.values if isinstance(said, Sentence) else {}
