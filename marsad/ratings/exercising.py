"""Calibration exercises of a cycle: a file of what raters gave one recorded case is kept, apart from all evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.access import found
from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.core.arrays import Places, Texts
from marsad.core.exercise import Exercised, exercised
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import POINTS, Indicator
from marsad.lake.numbers import shown
from marsad.lake.tables import Table, read_table
from marsad.ratings.access import require_may
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import Cycle
from marsad.ratings.releases import source_of
from marsad.ratings.states import require_standing
from marsad.ratings.watched import Exercise

COLUMNS = ("rater", "indicator", "value")
MOST = 20_000
"""So many scores an exercise may have."""
PANEL = 2
"""Fewer raters are no panel."""
Score = tuple[str, str, float]
"""Who gave what to which question, on the question's own scale."""


@dataclass(frozen=True)
class Held:
    """An exercise reckoned: raters `[R]`, questions `[Q]`, and what their scores tell."""

    raters: Texts
    indicators: Texts
    told: Exercised

    @property
    def order(self) -> Places:
        """Return the places of raters: the severest first, those of whom nothing is known last."""
        return np.argsort(-self.told.value, kind="stable")

    @property
    def by_spread(self) -> Places:
        """Return the places of questions: those on which the panel differs most first."""
        return np.argsort(-self.told.spread, kind="stable")


def exercises_for(person: Person, cycle: Cycle, at: datetime) -> QuerySet[Exercise]:
    """Return the exercises of a cycle, the latest first, also those taken back; raises Forbidden."""
    require_may("see_rows", person, at)
    return Exercise.objects.filter(cycle=cycle)


def exercise_for(person: Person, cycle: Cycle, code: str, at: datetime) -> Exercise:
    """Return one of them; raises Forbidden and NotFound."""
    exercise: Exercise = found(exercises_for(person, cycle, at), code)
    return exercise


def hold_exercise(*, by: Person, cycle: Cycle, name: str, path: Path, file_name: str, at: datetime) -> Exercise:
    """Keep what raters gave one recorded case, from a file of `rater, indicator, value`; raises Problem."""
    require_may("hold_exercise", by, at)
    scores = list(read_scores(path, source_of(cycle.standard).standard.scheme.indicators))
    with transaction.atomic():
        exercise: Exercise = Exercise.objects.create(
            code=fresh_code(at), cycle=cycle, name=name.strip(), scores=scores, by=by, at=at
        )
        after = {"cycle": cycle.code, "name": exercise.name, "file": file_name, "rows": len(scores)}
        record(by=by, verb="hold_exercise", on=exercise, before=None, after=after, at=at)
    return exercise


def withdraw_exercise(*, by: Person, exercise: Exercise, why: str, at: datetime) -> Exercise:
    """Take back an exercise, for a reason: it stays, as withdrawn; raises Problem and OutOfTurn."""
    require_may("withdraw_exercise", by, at)
    if not why.strip():
        raise Problem(Sentence("this needs a reason"), column="why", remedy=Sentence("say why, for the audit"))
    with transaction.atomic():
        exercise = Exercise.objects.select_for_update().get(pk=exercise.pk)
        require_standing(exercise.withdrawn)
        exercise.withdrawn, exercise.why = at, why.strip()
        exercise.save(update_fields=["withdrawn", "why"])
        told = {"before": {"withdrawn": None}, "after": {"withdrawn": at}, "why": exercise.why}
        record(by=by, verb="withdraw_exercise", on=exercise, at=at, **told)
    return exercise


def read_scores(path: Path, indicators: tuple[Indicator, ...]) -> Iterator[Score]:
    """Yield the scores of a file; raises Problem at the first that no rater can have given, or where there is no panel."""
    table = read_table(path)
    for column in COLUMNS:
        if column not in table.columns:
            raise table.problem(Sentence("the column {name} is missing", name=column), column=column, remedy=Sentence("add it"))
    if table.rows > MOST:
        what = Sentence("this has {n} scores", n=table.rows)
        raise table.problem(what, remedy=Sentence("an exercise is one case: bring {most} at most", most=MOST))
    raters, codes, values = table.texts("rater"), table.texts("indicator"), table.numbers("value")
    ends, seen = {one.code: one.ends for one in indicators}, set[tuple[str, str]]()
    by_question: dict[str, set[str]] = {}
    for row, (rater, code, value) in enumerate(zip(raters.tolist(), codes.tolist(), values.tolist(), strict=True)):
        refuse(table, row, rater, code, value, ends)
        if (rater, code) in seen:
            raise table.problem(
                Sentence("{rater} has scored {code} before", rater=shown(rater), code=shown(code)),
                row=row,
                column="indicator",
                remedy=Sentence("leave one of the two scores"),
            )
        seen.add((rater, code))
        by_question.setdefault(code, set()).add(rater)
        yield rater, code, value
    if not any(len(who) >= PANEL for who in by_question.values()):
        raise table.problem(
            Sentence("no question is scored by two raters"), remedy=Sentence("have all raters score the same recorded case")
        )


def refuse(table: Table, row: int, rater: str, code: str, value: float, ends: dict[str, tuple[float, float]]) -> None:
    """Raise Problem for a score without a rater, of no question of the standard, or beyond the question's scale."""
    if not rater:
        raise table.problem(Sentence("the rater is missing"), row=row, column="rater", remedy=Sentence("say who scored"))
    low, high = ends.get(code, (np.nan, np.nan))
    if code not in ends or not np.isfinite([low, high]).all():
        what = Sentence("the standard has no question {code} with a scale", code=shown(code))
        raise table.problem(what, row=row, column="indicator", remedy=Sentence("write the code of one of its questions"))
    if not low <= value <= high:
        what = Sentence("the value is not on the scale from {low} to {high}", low=f"{low:g}", high=f"{high:g}")
        raise table.problem(what, row=row, column="value", remedy=Sentence("write what the rater gave"))


def held_of(exercise: Exercise) -> Held:
    """Return an exercise reckoned, its scores in points from the worst of each scale to the best."""
    names, codes, values = zip(*exercise.scores, strict=True)
    raters, rater = np.unique(np.array(names, np.str_), return_inverse=True)
    indicators, question = np.unique(np.array(codes, np.str_), return_inverse=True)
    known = {one.code: one for one in source_of(exercise.cycle.standard).standard.scheme.indicators}
    worst, best = np.array([known[code].way for code in indicators.tolist()]).T
    scores = np.full((indicators.size, raters.size), np.nan)
    scores[question, rater] = POINTS * (np.array(values) - worst[question]) / (best - worst)[question]
    return Held(raters, indicators, exercised(scores))
