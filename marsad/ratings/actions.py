"""Every write to cycles: one verb each, with its permission, its transaction and its entry in the audit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.catalogue.rules import CODE, LONGEST_CODE
from marsad.core.lifecycle import CYCLE, TAKES_ADJUSTMENTS
from marsad.core.posterior import Settings
from marsad.core.prepare import as_number
from marsad.core.problem import Problem
from marsad.core.scheme import Scheme
from marsad.lake.kinds import asked_attributes, listed
from marsad.lake.numbers import shown
from marsad.ratings.access import require_may
from marsad.ratings.intake import Took, adjust_evidence, correct_evidence, link_evidence, take_evidence
from marsad.ratings.models import PUBLISHED, Covered, Cycle
from marsad.ratings.publishing import approve, correct_publication, publish_cycle
from marsad.ratings.releases import keep, source_of
from marsad.ratings.running import ask_for_run, cancel_run
from marsad.ratings.states import bring, held, require_move, require_state

__all__ = [
    "Took",
    "adjust_evidence",
    "announce_cycle",
    "approve",
    "ask_for_run",
    "cancel_run",
    "correct_evidence",
    "correct_publication",
    "cover",
    "link_evidence",
    "move_cycle",
    "publish_cycle",
    "state_facts",
    "take_evidence",
    "uncover",
]

SCOPED = ("draft", "open")
"""The states in which the scope may change."""
LARGEST_SEED = 2**53
"""Seeds stay whole in JSON."""

Facts = Mapping[str, Mapping[str, str]]
"""What is said of channels: texts by name, by the channel's code."""


def announce_cycle(
    *,
    by: Person,
    code: str,
    title_ar: str,
    title_en: str,
    standard: str,
    at: datetime,
    announced_on: date | None = None,
    opens_on: date | None = None,
    closes_on: date | None = None,
    names: Mapping[str, int] | None = None,
    seed: int = 0,
    draws: int = Settings.draws,
    least: int = 5,
) -> Cycle:
    """Announce a cycle by a standard, shipped or in a file, which is kept byte for byte from now on.

    `names`: how many of each kind may be named; `least`: fewer answers than this are hidden in what is published.
    """
    require_may("announce_cycle", by, at)
    refuse_announcement(code, title_ar, title_en, opens_on, closes_on)
    refuse_settings(seed, draws, least)
    with transaction.atomic():
        release = keep(standard, at)
        refuse_names(names or {}, source_of(release).standard.scheme)
        if Cycle.objects.filter(code=code).exists():
            raise Problem(f"there is a cycle {shown(code)} already", column="code", remedy="choose another code")
        cycle: Cycle = Cycle.objects.create(
            code=code,
            title_ar=title_ar.strip(),
            title_en=title_en.strip(),
            standard=release,
            since=at,
            announced_on=announced_on or at.date(),
            opens_on=opens_on,
            closes_on=closes_on,
            names=dict(names or {}),
            seed=seed,
            draws=draws,
            least=least,
        )
        record(by=by, verb="announce_cycle", on=cycle, before=None, after=described(cycle), at=at)
    return cycle


def refuse_announcement(code: str, title_ar: str, title_en: str, opens_on: date | None, closes_on: date | None) -> None:
    """Raise Problem where the code, a title or the dates will not do."""
    if not re.fullmatch(CODE, code) or len(code) > LONGEST_CODE:
        raise Problem(
            f"{shown(code)} is no code", column="code", remedy="write lower-case words joined by hyphens, such as 2026-1"
        )
    for column, title in (("title_ar", title_ar), ("title_en", title_en)):
        if not title.strip():
            raise Problem("the title is missing in one language", column=column, remedy="write it in Arabic and in English")
    if opens_on and closes_on and closes_on < opens_on:
        raise Problem("the cycle closes before it opens", column="closes_on", remedy="write a later day")


def refuse_settings(seed: int, draws: int, least: int) -> None:
    """Raise Problem where chance or disclosure cannot work so."""
    Settings(draws=draws)
    if not 0 <= seed <= LARGEST_SEED:
        raise Problem(f"{seed} is no seed", column="seed", remedy="write a whole number of 0 or more")
    if least < 1:
        raise Problem("fewer than 1 answer cannot be shown", column="least", remedy="write 1 or more")


def refuse_names(names: Mapping[str, int], scheme: Scheme) -> None:
    """Raise Problem where a number to be named is said of a kind that the standard does not rate, or is none."""
    leagues = scheme.kinds or ("",)
    for kind, k in names.items():
        if scheme.within == "kind" and kind not in leagues:
            raise Problem(f"the standard does not rate the kind {shown(kind)}", column="names", remedy=f"name {listed(leagues)}")
        if k < 1:
            raise Problem(f"{k} of {shown(kind)} cannot be named", column="names", remedy="write a number of at least 1")


def described(cycle: Cycle) -> dict[str, Any]:
    """Return what the audit says of a cycle."""
    columns = ("code", "title_ar", "title_en", "announced_on", "opens_on", "closes_on", "names", "seed", "draws", "least")
    return {name: getattr(cycle, name) for name in columns} | {"standard": str(cycle.standard), "digest": cycle.standard.digest}


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
        require_state(cycle, SCOPED, "changing the scope")
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
            raise Problem(f"the standard does not rate the kind {shown(kind)}", remedy=f"name {listed(scheme.kinds)}")
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
            raise Problem(f"there is no channel {shown(code)}", remedy="correct its code, or add it to the catalogue first")
        if scheme.kinds and found[code].kind not in scheme.kinds:
            what = f"the standard does not rate the kind {shown(found[code].kind)} of {shown(code)}"
            raise Problem(what, remedy="leave it out, or choose the standard made for it")
    return found.values()


def uncover(*, by: Person, cycle: Cycle, at: datetime, channels: Collection[str], why: str = "") -> int:
    """Have a cycle cover some channels no longer; return how many. Evidence on them stays, and counts nowhere."""
    require_may("change_scope", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, SCOPED, "changing the scope")
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
        require_state(cycle, {*SCOPED, *TAKES_ADJUSTMENTS, *PUBLISHED}, "stating facts")
        if cycle.state not in SCOPED and not why.strip():
            raise Problem("stating facts needs a reason once the cycle is locked", remedy="say why, for those who read the audit")
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
            raise Problem(f"the cycle does not cover {shown(code)}", remedy="correct its code, or cover it first")
        for name, text in texts.items():
            refuse_fact(code, name, text, asked)
        said = {**covered[code].facts, **texts}
        covered[code].facts = {name: text for name, text in said.items() if text}
    Covered.objects.bulk_update(covered.values(), ["facts"], batch_size=500)
    return {code: row.facts for code, row in covered.items()}


def refuse_fact(code: str, name: str, text: str, asked: Mapping[str, str]) -> None:
    """Raise Problem where a standard does not ask for a fact, or asks for a number and is told another text."""
    if name not in asked:
        remedy = f"it asks for {listed(list(asked))}" if asked else "it asks for nothing besides evidence"
        raise Problem(f"the standard does not ask for {shown(name)}", column=name, remedy=remedy)
    if asked[name].startswith("the denominator"):
        as_number(text, name, code)


def move_cycle(*, by: Person, cycle: Cycle, verb: str, at: datetime, why: str = "") -> Cycle:
    """Move a cycle on by a verb of its table. To approve asks for a run; publishing has an action of its own."""
    if verb == "approve":
        return approve(by=by, cycle=cycle, at=at, why=why)
    if verb == "publish":
        raise Problem("publishing is more than a move", remedy="use the action that freezes and signs")
    with transaction.atomic():
        cycle = held(cycle)
        before, state = cycle.state, require_move(cycle, verb, by, at)
        if before == CYCLE.first and not cycle.covered.exists():
            raise Problem("the cycle covers no channel yet", remedy="cover some first")
        bring(cycle, state, at)
        record(by=by, verb=f"{verb}_cycle", on=cycle, before={"state": before}, after={"state": state}, at=at, why=why)
    return cycle
