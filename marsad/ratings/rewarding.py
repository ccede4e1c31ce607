"""Rewards, recorded as facts: what was given to a channel or an entity for a cycle's result, when, and by whom decided."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.access import found
from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel, Entity
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown
from marsad.ratings.access import require_may
from marsad.ratings.aftermath import Reward
from marsad.ratings.clocks import today
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import PUBLISHED, Cycle
from marsad.ratings.states import held, require_standing, require_state
from marsad.standards import Text


def rewards_of(cycle: Cycle) -> QuerySet[Reward]:
    """Return what was given for a cycle, also what was taken back; everybody may know."""
    return Reward.objects.filter(cycle=cycle).select_related("cycle", "entity", "channel__entity")


def reward_of(cycle: Cycle, code: str) -> Reward:
    """Return one of them; raises NotFound."""
    reward: Reward = found(rewards_of(cycle), code)
    return reward


def record_reward(
    *, by: Person, cycle: Cycle, what: Text, decided: Text, given_on: date, at: datetime, channel: str = "", entity: str = ""
) -> Reward:
    """Record what was given to a channel, or to an entity as a whole, for a published cycle, and by whom that was decided.

    Raises Problem where neither or both are named, a text is missing in a language, or the day is yet to come.
    """
    require_may("record_reward", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, PUBLISHED, Sentence("recording a reward"))
        honoured, at_all = rewarded(cycle, channel, entity)
        refuse_untold(what=what, decided=decided)
        if given_on > today(at):
            raise Problem(
                Sentence("a reward that is yet to be given is no fact"),
                column="given_on",
                remedy=Sentence("record it on the day it is given"),
            )
        reward: Reward = Reward.objects.create(
            code=fresh_code(at),
            cycle=cycle,
            entity=at_all,
            channel=honoured,
            what_ar=what.ar.strip(),
            what_en=what.en.strip(),
            decided_ar=decided.ar.strip(),
            decided_en=decided.en.strip(),
            given_on=given_on,
            by_id=by.pk,
            at=at,
        )
        record(by=by, verb="record_reward", on=reward, before=None, after=told(reward), at=at)
    return reward


def withdraw_reward(*, by: Person, reward: Reward, why: Text, at: datetime) -> Reward:
    """Take back a reward, for a reason that everybody reads: it stays, as withdrawn; raises Problem and OutOfTurn."""
    require_may("withdraw_reward", by, at)
    refuse_untold(why=why)
    with transaction.atomic():
        reward = Reward.objects.select_for_update().get(pk=reward.pk)
        require_standing(reward.withdrawn)
        reward.withdrawn, reward.why_ar, reward.why_en = at, why.ar.strip(), why.en.strip()
        reward.save(update_fields=["withdrawn", "why_ar", "why_en"])
        said = f"{reward.why_ar}\n{reward.why_en}"
        record(by=by, verb="withdraw_reward", on=reward, before={"withdrawn": None}, after={"withdrawn": at}, at=at, why=said)
    return reward


def rewarded(cycle: Cycle, channel: str, entity: str) -> tuple[Channel | None, Entity]:
    """Return the covered channel that is rewarded with its entity, or an entity as a whole; raises Problem."""
    if bool(channel) == bool(entity):
        raise Problem(
            Sentence("a reward is for one channel or for one entity"), column="channel", remedy=Sentence("name one of the two")
        )
    covered = cycle.covered.select_related("channel__entity")
    row = (covered.filter(channel__code=channel) if channel else covered.filter(channel__entity__code=entity)).first()
    if row is None:
        raise Problem(
            Sentence("the cycle does not cover {code}", code=shown(channel or entity)),
            column="channel" if channel else "entity",
            remedy=Sentence("correct its code"),
        )
    return (row.channel if channel else None), row.channel.entity


def refuse_untold(**texts: Text) -> None:
    """Raise Problem where a text is missing in one of the languages, beside its column."""
    for name, text in texts.items():
        for language in ("ar", "en"):
            if not text[language].strip():
                raise Problem(
                    Sentence("this is missing in one of the languages"),
                    column=f"{name}_{language}",
                    remedy=Sentence("write it in Arabic and in English: everybody reads it"),
                )


def told(reward: Reward) -> dict[str, object]:
    """Return what the audit says of a reward."""
    names = ("what_ar", "what_en", "decided_ar", "decided_en", "given_on")
    return {name: getattr(reward, name) for name in names} | {
        "cycle": reward.cycle.code,
        "entity": reward.entity.code,
        "channel": reward.channel.code if reward.channel else None,
    }
