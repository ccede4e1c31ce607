"""Calibration exercises of a cycle: how far each rater is from the panel, and on which questions the panel differs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from marsad.accounts.models import Scope
from marsad.api.aftermath import asking, told
from marsad.api.auth import somebody
from marsad.api.evidence import Reason
from marsad.api.leading import Body, body_of
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.raters import AgreementOut, SpanOut, agreement_out, known, span_out
from marsad.ratings import actions
from marsad.ratings.access import cycle_for, require_may
from marsad.ratings.exercising import Held, exercise_for, exercises_for, held_of
from marsad.ratings.watched import Exercise

router = Router(tags=["raters"])


class TakeBackIn(Body):
    """Why an exercise is taken back."""

    why: Reason = Field(description="For those who see it, and the audit.")


class TakenBackOut(Schema):
    """When an exercise was taken back, and why."""

    at: datetime
    why: str


class ExerciseOut(Schema):
    """An exercise: raters score one recorded case, and no result hangs on it."""

    code: str
    name: str = Field(description="What was shown to the raters.")
    at: datetime
    scores: int
    withdrawn: TakenBackOut | None = Field(description="null while it stands.")


class ExercisedOut(Schema):
    """A rater in an exercise."""

    rater: str
    questions: int = Field(description="How many they scored.")
    severity: SpanOut = Field(description="By how many points of 100 less is given than by those who are not far off.")
    stands_out: bool = Field(description="Farther off than chance explains.")


class QuestionOut(Schema):
    """A question in an exercise."""

    indicator: str
    raters: int = Field(description="How many scored it.")
    mean: float | None = Field(description="In points of 100.")
    spread: float | None = Field(description="The standard deviation of raters, in points.")


class ExerciseInFullOut(ExerciseOut):
    """An exercise with what it tells."""

    agreement: AgreementOut = Field(description="Krippendorff's α of answers.")
    spread: float | None = Field(description="The standard deviation of raters on a question, in points.")
    raters: list[ExercisedOut] = Field(description="The severest first.")
    questions: list[QuestionOut] = Field(description="Those on which the panel differs most first.")


@router.get(
    "/cycles/{code}/exercises", response=PageOut[ExerciseOut], operation_id="list_exercises", summary="Calibration exercises"
)
def list_exercises(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """Those of a cycle, the latest first, also those taken back. For the programme and auditors."""
    person, now = somebody(request, Scope.READ), timezone.now()
    return page_of(exercises_for(person, cycle_for(person, code, now), now), asked, exercise_out, request, response)


@router.get(
    "/cycles/{code}/exercises/{exercise}",
    response=ExerciseInFullOut,
    operation_id="read_exercise",
    summary="A calibration exercise",
)
def read_exercise(request: HttpRequest, code: str, exercise: str) -> Any:
    """Each rater's distance from the panel, and on which questions the panel differs. For the programme and auditors."""
    person, now = somebody(request, Scope.READ), timezone.now()
    found = exercise_for(person, cycle_for(person, code, now), exercise, now)
    return exercise_out(found) | held_out(held_of(found))


@router.post(
    "/cycles/{code}/exercises/{exercise}/withdrawal",
    response=ExerciseOut,
    operation_id="withdraw_exercise",
    summary="Withdraw a calibration exercise",
    openapi_extra=body_of(TakeBackIn),
)
def withdraw_exercise(request: HttpRequest, code: str, exercise: str) -> Any:
    """It stays, as withdrawn, with the reason. Needs a token for cycles:write."""
    person, cycle, now = asking(request, code, Scope.CYCLES_WRITE)
    require_may("withdraw_exercise", person, now)
    found, asked = exercise_for(person, cycle, exercise, now), told(request, TakeBackIn)
    return exercise_out(actions.withdraw_exercise(by=person, exercise=found, why=asked.why, at=now))


def exercise_out(exercise: Exercise) -> dict[str, Any]:
    """Return an exercise as it is shown."""
    withdrawn = {"at": exercise.withdrawn, "why": exercise.why} if exercise.withdrawn else None
    said = {"code": exercise.code, "name": exercise.name, "at": exercise.at, "scores": len(exercise.scores)}
    return said | {"withdrawn": withdrawn}


def held_out(held: Held) -> dict[str, Any]:
    """Return what an exercise tells as it is shown."""
    return {
        "agreement": agreement_out(held.told.agreement),
        "spread": known(held.told.typical),
        "raters": [rater_out(held, place) for place in held.order.tolist()],
        "questions": [question_out(held, place) for place in held.by_spread.tolist()],
    }


def rater_out(held: Held, place: int) -> dict[str, Any]:
    """Return a rater of an exercise as they are shown."""
    told = held.told
    return {
        "rater": str(held.raters[place]),
        "questions": int(told.answers[place]),
        "severity": span_out(told.value[place], told.low[place], told.high[place]),
        "stands_out": bool(told.apart[place]),
    }


def question_out(held: Held, place: int) -> dict[str, Any]:
    """Return a question of an exercise as it is shown."""
    told = held.told
    numbers = {"raters": int(told.scored[place]), "mean": known(told.mean[place]), "spread": known(told.spread[place])}
    return {"indicator": str(held.indicators[place]), **numbers}
