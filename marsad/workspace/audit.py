"""The audit as people read it: who did what to what, when, what it was before and after, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from html import escape
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext, ngettext

from marsad.accounts.access import audit_for, people_for
from marsad.accounts.models import ROLE_NAMES, Action, ActionQuerySet
from marsad.catalogue.models import Entity
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem
from marsad.web.charts.picture import Table
from marsad.web.texts import complaint, grouped
from marsad.workspace.audit_words import FIELDS, KINDS, VERBS
from marsad.workspace.desk import Desk
from marsad.workspace.forms import language
from marsad.workspace.words import STATES

READS_ALL = frozenset({Role.PROGRAMME, Role.AUDITOR})
"""Who sees more of the audit than their own and their entity's part, and whether its chain is whole."""
EACH = 50
"""So many entries stand on a page."""
AT_A_GLANCE, LISTED, LONGEST = 3, 8, 160
"""So many changes are shown in the list, so many parts of a value, so many characters of a text."""
VALUES: Mapping[str, Mapping[str, Any]] = {"state": STATES, "role": {str(role): name for role, name in ROLE_NAMES.items()}}
"""Fields whose values have words."""
COLUMNS = ("number", "at", "by", "verb", "kind", "object", "entity", "before", "after", "why", "hash")


@dataclass(frozen=True)
class Change:
    """One thing that an entry changed, in words; '' stands where there was nothing."""

    name: SafeString
    before: SafeString
    after: SafeString


@dataclass(frozen=True)
class Line:
    """An entry of the audit in words."""

    entry: Action
    who: str
    did: str
    kind: str
    object: str
    entity: str
    changes: tuple[Change, ...]

    @property
    def first(self) -> tuple[Change, ...]:
        """Return the changes that the list shows."""
        return self.changes[:AT_A_GLANCE]

    @property
    def more(self) -> int:
        """Return how many changes the list leaves out."""
        return len(self.changes) - len(self.first)


@dataclass(frozen=True)
class Audit:
    """The entries that whoever looks may see, as far as the address asks for them, the newest first."""

    desk: Desk

    @cached_property
    def visible(self) -> ActionQuerySet:
        """Return all entries that whoever looks may see."""
        return audit_for(self.desk.person, self.desk.at).order_by("-number")

    @property
    def found(self) -> ActionQuerySet:
        """Return those that are asked for by person, verb, kind, object, entity and days."""
        query = {name: value.strip().replace("\0", "") for name, value in self.desk.request.GET.items()}
        rows = self.visible.select_related("by")
        if who := query.get("by"):
            rows = rows.filter(Q(by__name_ar__icontains=who) | Q(by__name_en__icontains=who) | Q(by__code=who))
        columns = {"verb": "verb", "kind": "kind", "object": "object_code__icontains", "entity": "entity_code"}
        rows = rows.filter(**{column: query[name] for name, column in columns.items() if query.get(name)})
        if first := day(query.get("from", "")):
            rows = rows.filter(at__gte=first)
        if last := day(query.get("to", "")):
            rows = rows.filter(at__lt=last + timedelta(days=1))
        return rows

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.visible.exists()

    @property
    def sentence(self) -> str:
        """Return how much of the audit whoever looks sees."""
        count = self.visible.count()
        said = {"count": grouped(count)}
        if self.reads_all:
            return (
                ngettext(
                    "The audit holds %(count)s entry that you may see.",
                    "The audit holds %(count)s entries that you may see.",
                    count,
                )
                % said
            )
        return (
            ngettext(
                "You see %(count)s entry: what you did, and what was done in your entity.",
                "You see %(count)s entries: what you did, and what was done in your entity.",
                count,
            )
            % said
        )

    @property
    def reads_all(self) -> bool:
        """Whether whoever looks sees whether the chain is whole."""
        return bool(self.desk.central & READS_ALL)

    @property
    def verbs(self) -> list[tuple[str, str]]:
        """Return the verbs to filter by."""
        return self.offered("verb", VERBS)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Return the kinds of object to filter by."""
        return self.offered("kind", KINDS)

    @property
    def entities(self) -> list[tuple[str, str]]:
        """Return the entities to filter by."""
        codes = self.visible.exclude(entity_code="").order_by().values_list("entity_code", flat=True).distinct()
        return sorted(((code, self.names.get(code, code)) for code in codes), key=lambda one: one[1])

    def offered(self, column: str, words: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return what a column holds, in words."""
        found = self.visible.order_by().values_list(column, flat=True).distinct()
        return sorted(((one, worded(words, one)) for one in found), key=lambda one: one[1])

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return the names of the entities."""
        return {entity.code: self.desk.name(entity) for entity in Entity.objects.all()}

    @cached_property
    def people(self) -> Mapping[str, str]:
        """Return the names of the people whom whoever looks may see."""
        return {person.code: self.desk.name(person) for person in people_for(self.desk.person, self.desk.at)}

    def line(self, entry: Action) -> Line:
        """Return an entry in words."""
        return Line(
            entry=entry,
            who=self.desk.name(entry.by) if entry.by else gettext("Nobody signed in"),
            did=worded(VERBS, entry.verb),
            kind=worded(KINDS, entry.kind),
            object=self.people.get(entry.object_code, "") if entry.kind == "person" else "",
            entity=self.names.get(entry.entity_code, entry.entity_code),
            changes=tuple(changes_of(entry.before, entry.after)),
        )

    def csv(self) -> Iterator[str]:
        """Yield the entries that are asked for as CSV, line by line, as the audit has them."""
        yield Table(COLUMNS, ()).csv()
        for entry in self.found.iterator(chunk_size=1000):
            by = str(entry.by.code) if entry.by else ""
            kept = [json.dumps(one, ensure_ascii=False) if one is not None else "" for one in (entry.before, entry.after)]
            what = (entry.verb, entry.kind, entry.object_code, entry.entity_code)
            row = (str(entry.number), entry.at.isoformat(), by, *what, *kept, entry.why, entry.hash)
            yield Table(row, ()).csv()


def chain_words(problems: list[Problem]) -> tuple[bool, str, tuple[str, ...]]:
    """Return whether the chain is whole, that as a sentence, and what is wrong with it."""
    if not problems:
        return True, gettext("The chain is whole: no entry was changed, taken out or put in from elsewhere."), ()
    count = len(problems)
    said = ngettext("The chain is broken in %(count)s place.", "The chain is broken in %(count)s places.", count) % {
        "count": grouped(count)
    }
    return False, said, tuple(complaint(problem) for problem in problems)


def worded(words: Mapping[str, str], code: str) -> str:
    """Return a word of the audit, or its code where there is none."""
    return gettext(words[code]) if code in words else code


def field(name: str) -> SafeString:
    """Return a field of the audit in words, or marked as the code it is where there are none."""
    return mark_safe(escape(gettext(FIELDS[name])) if name in FIELDS else f"<code>{escape(name)}</code>")


def day(written: str) -> datetime | None:
    """Return the beginning of a day, None where none is written."""
    try:
        found = parse_date(written)
    except ValueError:
        return None
    return make_aware(datetime.combine(found, time())) if found else None


def changes_of(before: Any, after: Any) -> Iterator[Change]:
    """Yield what an entry changed, one named thing after the other; what stayed as it was is left out."""
    old, new = (one if isinstance(one, dict) else ({} if one is None else {"": one}) for one in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name) or (name in old and name not in new):
            change = Change(field(name), shown(old.get(name), name), shown(new.get(name), name))
            if change.before or change.after:
                yield change


def shown(value: Any, name: str = "") -> SafeString:
    """Return the value of a field as HTML: states and roles in words, moments as people write them, long texts cut short."""
    if value is None or value == "" or value == [] or value == {}:
        return mark_safe("")
    if isinstance(value, bool):
        return mark_safe(escape(gettext("yes") if value else gettext("no")))
    if isinstance(value, dict):
        parts = [mark_safe(f"{field(name)}: {shown(part) or '–'}") for name, part in value.items()]
        return joined(parts, len(value))
    if isinstance(value, list):
        return joined([shown(part) or mark_safe("–") for part in value[:LISTED]], len(value))
    if isinstance(value, str) and value in VALUES.get(name, {}):
        return mark_safe(escape(gettext(str(VALUES[name][value]))))
    if isinstance(value, int | float):
        return mark_safe(f"<bdi>{grouped(value)}</bdi>")
    return shown_text(str(value))


def joined(parts: list[SafeString], total: int) -> SafeString:
    """Return the first parts of a value, and how many there are besides."""
    left = total - len(parts[:LISTED])
    more = [gettext("and %(count)s more") % {"count": grouped(left)}] if left else []
    return mark_safe(("، " if language() == "ar" else ", ").join([*parts[:LISTED], *map(escape, more)]))


def shown_text(written: str) -> SafeString:
    """Return a text as HTML: a moment in local time, what people do not read as code, all else as it is."""
    try:
        moment = datetime.fromisoformat(written) if "T" in written and len(written) < 40 else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo:
        return mark_safe(f"<bdi>{localtime(moment):%Y-%m-%d %H:%M}</bdi>")
    if len(written) >= 26 and written.isalnum() and written.isascii():
        return mark_safe(f"<code>{written[:12]}…</code>")
    cut = written if len(written) <= LONGEST else f"{written[:LONGEST]}…"
    return mark_safe(f"<bdi>{escape(cut)}</bdi>")
