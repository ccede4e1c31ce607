"""Rewards for a published cycle, as facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from marsad.accounts.models import Scope
from marsad.api.aftermath import SinceOut, asking, since_out, told
from marsad.api.leading import Body, body_of
from marsad.api.paging import PageIn, PageOut, page_of
from marsad.api.schema import TextOut
from marsad.ratings import actions
from marsad.ratings.access import require_may
from marsad.ratings.aftermath import Reward
from marsad.ratings.clearing import name_lost
from marsad.ratings.rewarding import reward_of, rewards_of
from marsad.standards import Text

router = Router(tags=["rewards"])
Said = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]


class RewardIn(Body):
    """What was given to a channel, or to an entity as a whole."""

    channel: Annotated[str, StringConstraints(max_length=100)] = ""
    entity: Annotated[str, StringConstraints(max_length=100)] = ""
    what_ar: Said
    what_en: Said
    decided_ar: Said = Field(description="By whom it was decided.")
    decided_en: Said
    given_on: date


class BackIn(Body):
    """Why a reward is taken back, for everybody to read."""

    why_ar: Said
    why_en: Said


class BackOut(Schema):
    """When a reward was taken back, and why."""

    at: datetime
    why: TextOut


class RewardOut(Schema):
    """A reward, as a fact."""

    code: str
    channel: str | None
    entity: str
    what: TextOut
    decided: TextOut
    given_on: date
    withdrawn: BackOut | None = Field(description="null while it stands.")
    name_lost: SinceOut | None = Field(description="Where a correction no longer names among the best whom it was given to.")


@router.get("/cycles/{code}/rewards", response=PageOut[RewardOut], operation_id="list_rewards", summary="Rewards of a cycle")
def list_rewards(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PageIn]) -> Any:
    """What was given for a published cycle, by whom that was decided, and what was taken back."""
    _who, cycle, _when = asking(request, code, Scope.READ)
    return page_of(rewards_of(cycle), asked, reward_out, request, response)


@router.post(
    "/cycles/{code}/rewards",
    response={201: RewardOut},
    operation_id="record_reward",
    summary="Record a reward",
    openapi_extra=body_of(RewardIn),
)
def record_reward(request: HttpRequest, code: str) -> Any:
    """As a fact that everybody sees. Needs a token for cycles:write."""
    person, cycle, now = asking(request, code, Scope.CYCLES_WRITE)
    require_may("record_reward", person, now)
    asked = told(request, RewardIn)
    what, decided = Text(asked.what_ar, asked.what_en), Text(asked.decided_ar, asked.decided_en)
    whom = {"channel": asked.channel, "entity": asked.entity, "given_on": asked.given_on}
    return Status(201, reward_out(actions.record_reward(by=person, cycle=cycle, what=what, decided=decided, at=now, **whom)))


@router.post(
    "/cycles/{code}/rewards/{reward}/withdrawal",
    response=RewardOut,
    operation_id="withdraw_reward",
    summary="Withdraw a reward",
    openapi_extra=body_of(BackIn),
)
def withdraw_reward(request: HttpRequest, code: str, reward: str) -> Any:
    """It stays, as withdrawn, with the reason that everybody reads. Needs a token for cycles:write."""
    person, cycle, now = asking(request, code, Scope.CYCLES_WRITE)
    require_may("withdraw_reward", person, now)
    given, asked = reward_of(cycle, reward), told(request, BackIn)
    return reward_out(actions.withdraw_reward(by=person, reward=given, why=Text(asked.why_ar, asked.why_en), at=now))


def reward_out(reward: Reward) -> dict[str, Any]:
    """Return a reward as it is shown."""
    why, lost = {"ar": reward.why_ar, "en": reward.why_en}, name_lost(reward)
    return {
        "code": reward.code,
        "channel": reward.channel.code if reward.channel else None,
        "entity": reward.entity.code,
        "what": {"ar": reward.what_ar, "en": reward.what_en},
        "decided": {"ar": reward.decided_ar, "en": reward.decided_en},
        "given_on": reward.given_on,
        "withdrawn": {"at": reward.withdrawn, "why": why} if reward.withdrawn else None,
        "name_lost": since_out(lost) if lost else None,
    }
