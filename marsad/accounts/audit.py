"""The one audit: `record` is the only way into it, `check_audit` finds what was changed or taken out behind our back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marsad.accounts.chain import START, fingerprint, masked, plain
from marsad.accounts.models import Action, AuditEnd, Person
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem, Sentence

LOCK = int.from_bytes(b"marsad.a")
"""The advisory lock that whoever writes the audit holds until their transaction ends."""
PERSONAL_KINDS = frozenset({"person", "membership", "invitation", "token", "address"})
"""Kinds of object whose entries are masked."""


@dataclass(frozen=True)
class Subject:
    """What an action was done to, where that is no row of a table."""

    kind: str
    code: str
    entity_code: str = ""


def record(
    *,
    by: Person | None,
    verb: str,
    on: Any,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    at: datetime,
    why: str = "",
    entity_code: str | None = None,
    sealed: bool = False,
) -> Action:
    """Add an entry; call it last in the transaction of what it records, since from then on others who record wait.

    `on` has a code, and an entity_code unless it belongs to none; `by` is None where no person acted. Personal data are masked.
    """
    kind = on.kind if isinstance(on, Subject) else str(on._meta.model_name)
    personal = kind in PERSONAL_KINDS
    entry = Action(
        at=at,
        by=by,
        verb=verb,
        kind=kind,
        object_code=str(on.code),
        entity_code=getattr(on, "entity_code", "") if entity_code is None else entity_code,
        sealed=sealed or names_a_shopper(by, on),
        before=shown(before, personal),
        after=shown(after, personal),
        why=masked(plain(why)) if personal else plain(why),
    )
    append(entry)
    return entry


def shown(values: Mapping[str, Any] | None, personal: bool) -> Any:
    """Return values as they are kept."""
    if values is None:
        return None
    return masked(plain(values)) if personal else plain(values)


def names_a_shopper(by: Person | None, on: Any) -> bool:
    """Whether who acted, or whom it is about, has ever shopped, or is invited to."""
    people = [one for one in (by, on, getattr(on, "person", None)) if isinstance(one, Person)]
    if getattr(on, "role", None) == Role.SHOPPER:
        return True
    return any(person.memberships.filter(role=Role.SHOPPER).exists() for person in people)


def hold_audit() -> None:
    """Wait until nobody else is recording, and keep them waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def append(entry: Action) -> None:
    """Put an entry behind the last one, in the transaction that is under way or one of its own."""
    with transaction.atomic():
        hold_audit()
        end, _new = AuditEnd.objects.get_or_create(pk=1, defaults={"number": 0, "hash": START})
        entry.number = end.number + 1
        entry.hash = fingerprint(end.hash, entry.content())
        entry.save(force_insert=True)
        end.number, end.hash = entry.number, entry.hash
        end.save(update_fields=["number", "hash"])


def check_audit() -> list[Problem]:
    """Return what is wrong with the audit: entries changed, missing or put in by another way. Nothing, if it is whole."""
    end = AuditEnd.objects.filter(pk=1).first() or AuditEnd(number=0, hash=START)
    found: list[Problem] = []
    number, previous = 0, START
    for entry in Action.objects.filter(number__lte=end.number).order_by("number").iterator(chunk_size=2000):
        found.extend(flaws(entry, number, previous))
        number, previous = entry.number, entry.hash
    return [*found, *flaws_at_the_end(end, number, previous)]


def flaws(entry: Action, number: int, previous: str) -> Iterator[Problem]:
    """Yield what is wrong with an entry that stands behind the one with this number and fingerprint."""
    if entry.number != number + 1:
        yield Problem(missing(number + 1, entry.number - 1))
    elif entry.hash != fingerprint(previous, entry.content()):
        yield Problem(doubted(entry.number, number), remedy=Sentence("compare it with a backup"))


def flaws_at_the_end(end: AuditEnd, number: int, last: str) -> Iterator[Problem]:
    """Yield what is wrong with where the audit ends; entries written meanwhile are none of it."""
    if number < end.number:
        yield Problem(missing(number + 1, end.number))
    elif last != end.hash:
        what = Sentence("the audit does not end with entry {number} as it was written", number=number)
        yield Problem(what, remedy=Sentence("compare it with a backup"))
    newest = Action.objects.order_by("-number").values_list("number", flat=True).first() or 0
    known = AuditEnd.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if newest > known:
        what = Sentence("entries {first} to {last} of the audit came in by another way", first=known + 1, last=newest)
        yield Problem(what, remedy=Sentence("compare them with a backup"))


def doubted(number: int, before: int) -> Sentence:
    """Return the sentence on an entry that does not go with the one before it, if there is one."""
    if not before:
        return Sentence("entry {number} of the audit is not as it was written", number=number)
    return Sentence(
        "entry {number} of the audit, or entry {before} before it, is not as it was written", number=number, before=before
    )


def missing(first: int, last: int) -> Sentence:
    """Return the sentence on entries that are gone."""
    if first == last:
        return Sentence("entry {number} of the audit is missing", number=first)
    return Sentence("entries {first} to {last} of the audit are missing", first=first, last=last)
