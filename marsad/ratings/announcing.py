"""A cycle announced by a standard, and edited while it is a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import transaction

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.rules import CODE, LONGEST_CODE
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Scheme
from marsad.lake.kinds import listed
from marsad.lake.numbers import shown
from marsad.ratings.access import require_may
from marsad.ratings.models import Cycle
from marsad.ratings.releases import keep, source_of
from marsad.ratings.states import held, require_state

LARGEST_SEED = 2**53
"""Seeds stay whole in JSON."""


class Changes(TypedDict, total=False):
    """What of an announcement is to be other than it was; a day of None is taken back, `names` are all that is announced."""

    title_ar: str
    title_en: str
    standard: str
    announced_on: date
    opens_on: date | None
    closes_on: date | None
    names: dict[str, int]
    seed: int
    draws: int
    least: int


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
            raise Problem(
                Sentence("there is a cycle {code} already", code=shown(code)),
                column="code",
                remedy=Sentence("choose another code"),
            )
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


def edit_cycle(*, by: Person, cycle: Cycle, at: datetime, changes: Changes) -> Cycle:
    """Change what was announced of a cycle while it is a draft; what it covers must fit a new standard. Raises Problem."""
    require_may("edit_cycle", by, at)
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, ("draft",), Sentence("changing the announcement"))
        before = described(cycle)
        said: dict[str, Any] = {**changes}
        if "standard" in changes:
            said["standard"] = keep(changes["standard"], at)
        for name, value in said.items():
            setattr(cycle, name, value)
        cycle.title_ar, cycle.title_en = cycle.title_ar.strip(), cycle.title_en.strip()
        refuse_announcement(cycle.code, cycle.title_ar, cycle.title_en, cycle.opens_on, cycle.closes_on)
        refuse_settings(cycle.seed, cycle.draws, cycle.least)
        scheme = source_of(cycle.standard).standard.scheme
        refuse_names(cycle.names, scheme)
        refuse_strange_kinds(cycle, scheme)
        changed = {name: value for name, value in described(cycle).items() if value != before[name]}
        if changed:
            cycle.save(update_fields=list(changes))
            record(by=by, verb="edit_cycle", on=cycle, before={name: before[name] for name in changed}, after=changed, at=at)
    return cycle


def refuse_strange_kinds(cycle: Cycle, scheme: Scheme) -> None:
    """Raise Problem where a cycle covers a channel of a kind that its standard does not rate."""
    if not scheme.kinds:
        return
    strange = cycle.covered.exclude(channel__kind__in=scheme.kinds).order_by("channel__code").select_related("channel").first()
    if strange is not None:
        kind, code = shown(strange.channel.kind), shown(strange.channel.code)
        what = Sentence("the standard does not rate the kind {kind} of {code}", kind=kind, code=code)
        raise Problem(what, column="standard", remedy=Sentence("have the cycle cover it no longer, or keep the standard"))


def refuse_announcement(code: str, title_ar: str, title_en: str, opens_on: date | None, closes_on: date | None) -> None:
    """Raise Problem where the code, a title or the dates will not do."""
    if not re.fullmatch(CODE, code) or len(code) > LONGEST_CODE:
        raise Problem(
            Sentence("{code} is no code", code=shown(code)),
            column="code",
            remedy=Sentence("write lower-case words joined by hyphens, such as 2026-1"),
        )
    for column, title in (("title_ar", title_ar), ("title_en", title_en)):
        if not title.strip():
            raise Problem(
                Sentence("the title is missing in one language"),
                column=column,
                remedy=Sentence("write it in Arabic and in English"),
            )
    if opens_on and closes_on and closes_on < opens_on:
        raise Problem(Sentence("the cycle closes before it opens"), column="closes_on", remedy=Sentence("write a later day"))


def refuse_settings(seed: int, draws: int, least: int) -> None:
    """Raise Problem where chance or disclosure cannot work so."""
    Settings(draws=draws)
    if not 0 <= seed <= LARGEST_SEED:
        raise Problem(
            Sentence("{seed} is no seed", seed=seed), column="seed", remedy=Sentence("write a whole number of 0 or more")
        )
    if least < 1:
        raise Problem(Sentence("fewer than 1 answer cannot be shown"), column="least", remedy=Sentence("write 1 or more"))


def refuse_names(names: Mapping[str, int], scheme: Scheme) -> None:
    """Raise Problem where a number to be named is said of a kind that the standard does not rate, or is none."""
    leagues = scheme.kinds or ("",)
    for kind, k in names.items():
        if scheme.within == "kind" and kind not in leagues:
            raise Problem(
                Sentence("the standard does not rate the kind {kind}", kind=shown(kind)),
                column="names",
                remedy=Sentence("name {names}", names=listed(leagues)),
            )
        if k < 1:
            raise Problem(
                Sentence("{k} of {kind} cannot be named", k=k, kind=shown(kind)),
                column="names",
                remedy=Sentence("write a number of at least 1"),
            )


def described(cycle: Cycle) -> dict[str, Any]:
    """Return what the audit says of a cycle."""
    columns = ("code", "title_ar", "title_en", "announced_on", "opens_on", "closes_on", "names", "seed", "draws", "least")
    return {name: getattr(cycle, name) for name in columns} | {"standard": str(cycle.standard), "digest": cycle.standard.digest}
