"""Cures: what the entity of a channel listed last does about it, by when, and what became of it. One verb per write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import CURE, CURING, OutOfTurn, Role, named
from marsad.core.naming import Verdict
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown
from marsad.ratings.access import SEES_DRAFTS, NotFound, entities_of, require_may, roles_of
from marsad.ratings.aftermath import Cure, CureQuerySet, CureStep
from marsad.ratings.clocks import due_on, today
from marsad.ratings.intake import fresh_code
from marsad.ratings.looks import verdicts_in
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.releases import scheme_of
from marsad.ratings.replying import refuse_length
from marsad.ratings.states import held, require_state

OPENS_IN = ("published", "cure")
"""The states of a cycle in which cures are opened."""
CHOSEN = frozenset({Verdict.ATTENTION, Verdict.CANDIDATE})
"""The verdicts whose channels the programme may choose to have cured; who is named is cured in any case."""
JUDGED = ("confirm", "refuse", "escalate", "withdraw")
"""What the programme may say becomes of a cure."""
MOST_STEPS = 50


@dataclass(frozen=True)
class Planned:
    """One step of a plan, and its day, if it has one."""

    text: str
    due_on: date | None = None


def cures_for(person: Person, at: datetime | None = None) -> CureQuerySet:
    """Return the cures a person may see: all, who leads, checks or decides; their entity's, a champion; their own, an owner."""
    rows = Cure.objects.select_related("cycle", "channel__entity", "owner", "publication__correction")
    if roles_of(person, at) & SEES_DRAFTS:
        return rows
    place = getattr(person, "place", "")
    own = Q(owner_id=person.pk, channel__entity__code__in=[place] if place else person.entities(at))
    return rows.filter(own | Q(channel__entity__code__in=entities_of(person, at)))


def cure_for(person: Person, cycle: str, channel: str, at: datetime | None = None) -> Cure:
    """Return the cure of a channel in a cycle; raises NotFound."""
    known = "\0" not in cycle + channel
    cure: Cure | None = cures_for(person, at).filter(cycle__code=cycle, channel__code=channel).first() if known else None
    if cure is None:
        raise NotFound("cure")
    return cure


def curable(publication: Publication) -> Mapping[str, Verdict]:
    """Return the channels of a publication's last ends that are named, or may be chosen, by code."""
    found = verdicts_in(publication, best=False)
    return {code: verdict for code, verdict in found.items() if verdict == Verdict.NAMED or verdict in CHOSEN}


def open_cures(
    *, by: Person, cycle: Cycle, at: datetime, chosen: Collection[str] = (), days: int | None = None, why: str = ""
) -> list[Cure]:
    """Open the cure of every channel that is named among the last, and of others that need attention, by choice and for a reason.

    The clock is the standard's unless `days` says another of 30, 60 and 90. Those open already stay as they are.
    """
    require_may("open_cures", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, OPENS_IN, Sentence("opening a cure"))
        return opened(by, cycle, at, chosen, days, why)


def opened(by: Person, cycle: Cycle, at: datetime, chosen: Collection[str], days: int | None, why: str) -> list[Cure]:
    """Open cures in a cycle that is held; raises Problem."""
    publication, rule = cycle.publication, scheme_of(cycle.standard, cycle.names).cure
    if publication is None:
        return []
    listed = curable(publication)
    refuse_choice(listed, chosen, why)
    clock = rule.days if days is None else days
    if clock not in (30, 60, 90):
        raise Problem(
            Sentence("a cure of {days} days is not known", days=clock), column="days", remedy=Sentence("say 30, 60 or 90")
        )
    wanted = {code for code, verdict in listed.items() if verdict == Verdict.NAMED} | set(chosen)
    there = set(Cure.objects.filter(cycle=cycle).values_list("channel__code", flat=True))
    begun = today(at)
    ends = [due_on(begun, length, rule.weekend, rule.holidays) for length in (min(rule.plan_days, clock), clock)]
    made = []
    for channel in Channel.objects.filter(code__in=wanted - there).select_related("entity").order_by("code"):
        cure: Cure = Cure.objects.create(
            code=fresh_code(at),
            cycle=cycle,
            publication=publication,
            channel=channel,
            verdict=str(listed[channel.code]),
            since=at,
            opened_on=begun,
            days=clock,
            plan_due_on=ends[0],
            due_on=ends[1],
        )
        after = {"cycle": cycle.code, "channel": channel.code, "verdict": cure.verdict, "days": clock, "due_on": cure.due_on}
        record(by=by, verb="open_cure", on=cure, before=None, after=after, at=at, why=why)
        made.append(cure)
    return made


def refuse_choice(listed: Mapping[str, Verdict], chosen: Collection[str], why: str) -> None:
    """Raise Problem where a chosen channel is on no last list, or none of the named is and no reason is given."""
    for code in chosen:
        if code not in listed:
            raise Problem(
                Sentence("{channel} is not listed at the last end of its kind", channel=shown(code)),
                column="channels",
                remedy=Sentence("choose channels that the publication says need attention"),
            )
    if any(listed[code] in CHOSEN for code in chosen) and not why.strip():
        raise Problem(
            Sentence("a cure of a channel that is not named needs a reason"),
            column="why",
            remedy=Sentence("say why, for its entity and for those who read the audit"),
        )


def plan_cure(*, by: Person, cure: Cure, owner: str, plan: str, steps: Sequence[Planned], at: datetime) -> Cure:
    """Hand in the plan of a cure, with its steps and the person of the entity who answers for it, by e-mail address.

    Until it is begun it may be handed in anew. Raises Problem where something is missing, or the owner is nobody of the entity.
    """
    with transaction.atomic():
        cure, state = moving(by, cure, "plan", at)
        who = owner_of(cure, owner, at)
        texts = [Planned(step.text.strip(), step.due_on) for step in steps if step.text.strip()]
        refuse_plan(plan, texts, cure)
        before = {"state": cure.state, "plan": cure.plan, "owner": cure.owner.code if cure.owner else None}
        cure.plan, cure.owner = plan.strip(), who
        bring(cure, state, at, "plan", "owner")
        cure.steps.all().delete()
        CureStep.objects.bulk_create(
            CureStep(cure=cure, number=number, text=step.text, due_on=step.due_on) for number, step in enumerate(texts, start=1)
        )
        said = [{"text": step.text, "due_on": step.due_on} for step in texts]
        after = {"state": state, "plan": cure.plan, "owner": who.code, "steps": said}
        record(by=by, verb="plan_cure", on=cure, before=before, after=after, at=at)
    return cure


def owner_of(cure: Cure, email: str, at: datetime) -> Person:
    """Return the person of a cure's entity with an e-mail address; raises Problem."""
    person: Person | None = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None or cure.entity_code not in person.entities(at):
        raise Problem(
            Sentence("nobody of this entity has this e-mail address"),
            column="owner",
            remedy=Sentence("name somebody who holds a role in the entity, or invite them first"),
        )
    return person


def refuse_plan(plan: str, steps: Sequence[Planned], cure: Cure) -> None:
    """Raise Problem where a plan says nothing, has no step or too many, or a step that ends after the clock."""
    if not plan.strip():
        raise Problem(Sentence("the plan says nothing"), column="plan", remedy=Sentence("say what is done about what was found"))
    refuse_length(plan, "plan")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Problem(
            Sentence("a plan has 1 to {most} steps", most=MOST_STEPS),
            column="steps",
            remedy=Sentence("write one line for each step"),
        )
    for step in steps:
        if step.due_on is not None and step.due_on > cure.due_on:
            raise Problem(
                Sentence("a step ends on {day}, after the cure", day=step.due_on.isoformat()),
                column="steps",
                remedy=Sentence("end it by {day}", day=cure.due_on.isoformat()),
            )
        if len(step.text) > CureStep._meta.get_field("text").max_length:
            raise Problem(Sentence("a step is longer than a line"), column="steps", remedy=Sentence("shorten or part it"))


def begin_cure(*, by: Person, cure: Cure, at: datetime) -> Cure:
    """Begin what is planned; from now on the plan stands."""
    with transaction.atomic():
        cure, state = moving(by, cure, "begin", at)
        before = cure.state
        bring(cure, state, at)
        record(by=by, verb="begin_cure", on=cure, before={"state": before}, after={"state": state}, at=at)
    return cure


def do_step(*, by: Person, cure: Cure, number: int, done_on: date, evidence: str, at: datetime) -> CureStep:
    """Say that a step of a cure under way was done, when, and what proves it; said again, it is corrected."""
    with transaction.atomic():
        cure = kept(cure)
        require_own(by, cure, at)
        if cure.state not in CURING - {CURE.first, "planned"}:
            what = Sentence("saying what was done is not possible while the cure is {state}", state=named([cure.state])[0])
            raise OutOfTurn(what, remedy=Sentence("begin what is planned first"))
        step = cure.steps.filter(number=number).first()
        if step is None:
            raise NotFound("step")
        refuse_proof(done_on, evidence, cure, at)
        before = {"done_on": step.done_on, "evidence": step.evidence}
        step.done_on, step.evidence = done_on, evidence.strip()
        step.save(update_fields=["done_on", "evidence"])
        after = {"number": number, "done_on": done_on, "evidence": step.evidence}
        record(by=by, verb="do_step", on=cure, before=before, after=after, at=at)
    return step


def refuse_proof(done_on: date, evidence: str, cure: Cure, at: datetime) -> None:
    """Raise Problem where a step was done at no possible time, or nothing proves it."""
    if not cure.opened_on <= done_on <= today(at):
        raise Problem(
            Sentence("a step is done between the opening of the cure and today"),
            column="done_on",
            remedy=Sentence("correct the day"),
        )
    if not evidence.strip():
        raise Problem(
            Sentence("nothing proves that it was done"),
            column="evidence",
            remedy=Sentence("say what shows it and where that lies"),
        )
    refuse_length(evidence, "evidence")


def conclude_cure(*, by: Person, cure: Cure, verb: str, at: datetime, why: str = "") -> Cure:
    """Say what becomes of a cure: confirmed as cured, refused, escalated or withdrawn.

    Only a change that is an improvement is confirmed; all else needs a reason. Raises Problem and OutOfTurn.
    """
    require_may("judge_cure", by, at)
    if verb not in JUDGED:
        raise Problem(
            Sentence("'{verb}' is not a move", verb=verb), remedy=Sentence("use one of {names}", names=", ".join(JUDGED))
        )
    with transaction.atomic():
        cure, state = moving(by, cure, verb, at)
        if verb == "confirm" and cure.change.get("outcome") != "improved":
            raise OutOfTurn(
                Sentence("the change is not separable from no change, so that nothing shows a cure"),
                remedy=Sentence("re-evaluate with more evidence, or refuse it"),
            )
        if verb != "confirm" and not why.strip():
            raise Problem(Sentence("this needs a reason"), column="why", remedy=Sentence("say why, for the entity and the audit"))
        before = cure.state
        bring(cure, state, at)
        record(by=by, verb=f"{verb}_cure", on=cure, before={"state": before}, after={"state": state}, at=at, why=why)
    return cure


# ---- held while something is done to them


def kept(cure: Cure) -> Cure:
    """Return a cure as it is now, held until this transaction ends."""
    return Cure.objects.select_for_update(of=("self",)).select_related("cycle", "channel__entity", "owner").get(pk=cure.pk)


def moving(by: Person, cure: Cure, verb: str, at: datetime) -> tuple[Cure, str]:
    """Return a held cure and the state that a verb leads it to; raises Forbidden and OutOfTurn."""
    cure = kept(cure)
    move = next(move for move in CURE.moves if move.verb == verb)
    if Role.CHAMPION in move.roles:
        require_own(by, cure, at)
    else:
        require_may("judge_cure", by, at)
    return cure, CURE.after(cure.state, verb, move.roles)


def require_own(by: Person, cure: Cure, at: datetime) -> None:
    """Raise Forbidden unless somebody champions the entity of a cure, or owns it and still is of the entity."""
    if not owns(by, cure, at):
        require_may("plan_cure", by, at, entity_code=cure.entity_code)


def owns(person: Person, cure: Cure, at: datetime) -> bool:
    """Whether somebody is the owner of a cure and still of its entity; a token only where it reaches the entity."""
    reaches = getattr(person, "place", "") in ("", cure.entity_code)
    return cure.owner_id == person.pk and reaches and cure.entity_code in person.entities(at)


def works_on(person: Person, cure: Cure, at: datetime) -> bool:
    """Whether somebody may plan a cure and say what was done."""
    return owns(person, cure, at) or Role.CHAMPION in person.roles_in(cure.entity_code, at)


def bring(cure: Cure, state: str, at: datetime, *more: str) -> None:
    """Bring a held cure into a state, and save what else was changed."""
    cure.state, cure.since = state, at
    cure.save(update_fields=["state", "since", *more])


def verbs_open_to(person: Person, cure: Cure, at: datetime) -> tuple[str, ...]:
    """Return the verbs of the table that are open to a person now."""
    roles: set[Any] = set(person.roles_in("", at)) - {Role.CHAMPION}
    roles |= {Role.CHAMPION} if works_on(person, cure, at) else set()
    return tuple(move.verb for move in CURE.open_to(cure.state, roles))
