"""Every write to cycles: one verb each, with its permission, its transaction and its entry in the audit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import CYCLE, TAKES_ADJUSTMENTS, OutOfTurn
from marsad.core.prepare import as_number
from marsad.core.problem import Problem, Sentence
from marsad.lake.kinds import asked_attributes, listed
from marsad.lake.numbers import shown
from marsad.ratings.access import require_may
from marsad.ratings.announcing import LARGEST_SEED, Changes, announce_cycle, edit_cycle
from marsad.ratings.confirming import draw_round
from marsad.ratings.curing import JUDGED, Planned, begin_cure, conclude_cure, do_step, open_cures, opened, plan_cure
from marsad.ratings.exercising import hold_exercise, withdraw_exercise
from marsad.ratings.intake import (
    Brought,
    Took,
    adjust_evidence,
    confirm_evidence,
    correct_confirmation,
    correct_evidence,
    link_evidence,
    take_evidence,
)
from marsad.ratings.models import PUBLISHED, Covered, Cycle
from marsad.ratings.publishing import approve, correct_publication, publish_cycle
from marsad.ratings.re_evaluating import Measured, re_evaluate, re_evaluate_evidence
from marsad.ratings.releases import source_of
from marsad.ratings.replying import reply
from marsad.ratings.reviewing import move_review, open_review
from marsad.ratings.rewarding import record_reward, withdraw_reward
from marsad.ratings.running import ask_for_run, cancel_run
from marsad.ratings.states import bring, held, require_move, require_state
from marsad.ratings.totals import weigh_file
from marsad.ratings.weighing import Total, Weighed, weigh_evidence

__all__ = [
    "JUDGED",
    "LARGEST_SEED",
    "Brought",
    "Changes",
    "Measured",
    "Planned",
    "Took",
    "Total",
    "Weighed",
    "adjust_evidence",
    "announce_cycle",
    "approve",
    "ask_for_run",
    "begin_cure",
    "cancel_run",
    "conclude_cure",
    "confirm_evidence",
    "correct_confirmation",
    "correct_evidence",
    "correct_publication",
    "cover",
    "do_step",
    "draw_round",
    "edit_cycle",
    "hold_exercise",
    "link_evidence",
    "move_cycle",
    "move_review",
    "open_cures",
    "open_review",
    "plan_cure",
    "publish_cycle",
    "re_evaluate",
    "re_evaluate_evidence",
    "record_reward",
    "reply",
    "state_facts",
    "take_evidence",
    "uncover",
    "weigh_evidence",
    "weigh_file",
    "withdraw_exercise",
    "withdraw_reward",
]

SCOPED = ("draft", "open")
"""The states in which the scope may change."""
Facts = Mapping[str, Mapping[str, str]]
"""What is said of channels: texts by name, by the channel's code."""


def cover(
    *,
    by: Person,
    cycle: Cycle,
    at: datetime,
    kinds: Collection[str] = (),
    entities: Collection[str] = (),
    channels: Collection[str] = (),
    facts: Facts | None = None,
) -> int:
    """Have a cycle cover channels: those listed, and those of kinds, of entities or of both; return how many are new.

    Of kinds and entities only channels that exist on the day it opens, of a kind that the standard rates.
    """
    require_may("change_scope", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, SCOPED, Sentence("changing the scope"))
        found = [*chosen(cycle, kinds, entities, at), *called(cycle, channels)]
        known = set(cycle.covered.values_list("channel", flat=True))
        new = {channel.pk: channel for channel in found if channel.pk not in known}
        Covered.objects.bulk_create(Covered(cycle=cycle, channel=channel) for channel in new.values())
        said = put_facts(cycle, facts or {})
        codes = sorted(channel.code for channel in new.values())
        record(by=by, verb="cover", on=cycle, before=None, after={"channels": codes, "facts": said}, at=at)
    return len(new)


def chosen(cycle: Cycle, kinds: Collection[str], entities: Collection[str], at: datetime) -> Iterable[Channel]:
    """Return the channels of some kinds and entities that exist when a cycle opens."""
    scheme = source_of(cycle.standard).standard.scheme
    for kind in kinds:
        if scheme.kinds and kind not in scheme.kinds:
            raise Problem(
                Sentence("the standard does not rate the kind {kind}", kind=shown(kind)),
                remedy=Sentence("name {names}", names=listed(scheme.kinds)),
            )
    if not kinds and not entities:
        return []
    where = Q(kind__in=kinds) if kinds else Q(kind__in=scheme.kinds) if scheme.kinds else Q()
    where &= Q(entity__code__in=entities) if entities else Q()
    found: Iterable[Channel] = Channel.objects.active_on(cycle.opens_on or at.date()).filter(where).order_by("code")
    return found


def called(cycle: Cycle, codes: Collection[str]) -> Iterable[Channel]:
    """Return the channels with these codes; raises Problem where there is none, or the standard does not rate its kind."""
    scheme = source_of(cycle.standard).standard.scheme
    found = {channel.code: channel for channel in Channel.objects.filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise Problem(
                Sentence("there is no channel {code}", code=shown(code)),
                remedy=Sentence("correct its code, or add it to the catalogue first"),
            )
        if scheme.kinds and found[code].kind not in scheme.kinds:
            what = Sentence(
                "the standard does not rate the kind {kind} of {code}", kind=shown(found[code].kind), code=shown(code)
            )
            raise Problem(what, remedy=Sentence("leave it out, or choose the standard made for it"))
    return found.values()


def uncover(*, by: Person, cycle: Cycle, at: datetime, channels: Collection[str], why: str = "") -> int:
    """Have a cycle cover some channels no longer; return how many. Evidence on them stays, and counts nowhere."""
    require_may("change_scope", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, SCOPED, Sentence("changing the scope"))
        gone = cycle.covered.filter(channel__code__in=channels)
        codes = sorted(gone.values_list("channel__code", flat=True))
        gone.delete()
        record(by=by, verb="uncover", on=cycle, before={"channels": codes}, after=None, at=at, why=why)
    return len(codes)


def state_facts(*, by: Person, cycle: Cycle, at: datetime, facts: Facts, why: str = "") -> Facts:
    """State facts about covered channels that the standard asks for, such as a breach; '' takes one back.

    Once the cycle is locked this needs a reason, as every adjustment does; once published it waits for a correction.
    """
    require_may("state_facts", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, {*SCOPED, *TAKES_ADJUSTMENTS, *PUBLISHED}, Sentence("stating facts"))
        if cycle.state not in SCOPED and not why.strip():
            raise Problem(
                Sentence("stating facts needs a reason once the cycle is locked"),
                remedy=Sentence("say why, for those who read the audit"),
            )
        before = {code: texts for code, texts in cycle.covered.values_list("channel__code", "facts") if code in facts}
        said = put_facts(cycle, facts)
        record(by=by, verb="state_facts", on=cycle, before=before, after=said, at=at, why=why)
    return said


def put_facts(cycle: Cycle, facts: Facts) -> dict[str, dict[str, str]]:
    """Write facts about covered channels; return all that is said of these channels now."""
    asked = asked_attributes(source_of(cycle.standard).standard.scheme)
    covered = {row.channel.code: row for row in cycle.covered.filter(channel__code__in=facts).select_related("channel")}
    for code, texts in facts.items():
        if code not in covered:
            raise Problem(
                Sentence("the cycle does not cover {code}", code=shown(code)),
                remedy=Sentence("correct its code, or cover it first"),
            )
        for name, text in texts.items():
            refuse_fact(code, name, text, asked)
        said = {**covered[code].facts, **texts}
        covered[code].facts = {name: text for name, text in said.items() if text}
    Covered.objects.bulk_update(covered.values(), ["facts"], batch_size=500)
    return {code: row.facts for code, row in covered.items()}


def refuse_fact(code: str, name: str, text: str, asked: Mapping[str, str]) -> None:
    """Raise Problem where a standard does not ask for a fact, or asks for a number and is told another text."""
    if name not in asked:
        remedy = (
            Sentence("it asks for {names}", names=listed(list(asked)))
            if asked
            else Sentence("it asks for nothing besides evidence")
        )
        raise Problem(Sentence("the standard does not ask for {name}", name=shown(name)), column=name, remedy=remedy)
    if asked[name].startswith("the denominator"):
        as_number(text, name, code)


def move_cycle(*, by: Person, cycle: Cycle, verb: str, at: datetime, why: str = "") -> Cycle:
    """Move a cycle on by a verb of its table. To approve asks for a run; publishing has an action of its own."""
    if verb == "approve":
        return approve(by=by, cycle=cycle, at=at, why=why)
    if verb == "publish":
        raise Problem(Sentence("publishing is more than a move"), remedy=Sentence("use the action that freezes and signs"))
    with transaction.atomic():
        cycle = held(cycle)
        before, state = cycle.state, require_move(cycle, verb, by, at)
        if before == CYCLE.first and not cycle.covered.exists():
            raise OutOfTurn(Sentence("the cycle covers no channel yet"), remedy=Sentence("cover some first"))
        bring(cycle, state, at)
        if verb == "cure":
            opened(by, cycle, at, (), None, why)
        record(by=by, verb=f"{verb}_cycle", on=cycle, before={"state": before}, after={"state": state}, at=at, why=why)
    return cycle
