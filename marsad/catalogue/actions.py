"""Every write to the catalogue: one verb each, with its permission, its transaction and its entries in the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from marsad.accounts.actions import Subject, record
from marsad.accounts.models import Person
from marsad.catalogue.access import require_may, require_may_somewhere
from marsad.catalogue.cards import ChannelCard, difference
from marsad.catalogue.merge import Change, Plan, known_codes, plan, tidied
from marsad.catalogue.models import Channel
from marsad.catalogue.rules import mistakes
from marsad.catalogue.sheets import Mistakes, read_sheets
from marsad.catalogue.write import lock, put
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown

Progress = Callable[[int, int], None]
"""Hears how many of how many rows have been written."""


@dataclass(frozen=True)
class TableReport:
    """What an import did to one table: the codes it added and changed, and how many lines changed nothing."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


Report = Mapping[str, TableReport]


def import_catalogue(
    *,
    by: Person,
    path: Path | Sequence[Path],
    at: datetime,
    progress: Progress = lambda done, total: None,
    why: str = "",
) -> Report:
    """Bring in a folder of the catalogue's files, or some of them, all or nothing; raises Mistakes with all that is wrong.

    What has a code that is there already is changed in the columns the file has. What no file speaks of stays.
    """
    with transaction.atomic():
        planned = allowed_plan(by, path, at)
        write(planned, progress)
        record_import(by, planned.all, at, why)
    return report_of(planned)


def check_catalogue(*, by: Person, path: Path | Sequence[Path], at: datetime) -> Report:
    """Return what an import of these files would do, writing nothing; raises Mistakes with all that is wrong."""
    with transaction.atomic():
        return report_of(allowed_plan(by, path, at))


def allowed_plan(by: Person, path: Path | Sequence[Path], at: datetime) -> Plan:
    """Return what files would change, nobody else changing anything meanwhile; raises Mistakes or Forbidden."""
    require_may_somewhere("import_catalogue", by, at)
    sheets = read_sheets(path)
    lock()
    planned = plan(sheets)
    if planned.problems:
        raise Mistakes(planned.problems)
    require_may_change(by, planned.all, at)
    return planned


def require_may_change(by: Person, changes: Iterable[Change], at: datetime) -> None:
    """Raise Forbidden unless a person may import into every entity that changes concern."""
    for entity_code in sorted({code for change in changes for code in change.entities}):
        require_may("import_catalogue", by, entity_code, at)


def write(planned: Plan, progress: Progress) -> None:
    """Write all that is planned, saying how far it is."""
    done, total = sum(planned.unchanged.values()), sum(planned.unchanged.values()) + sum(map(len, planned.changes.values()))

    def step(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, total)

    step(0)
    for table, changes in planned.changes.items():
        put(table, [change.after for change in changes], step)


def record_import(by: Person, changes: Sequence[Change], at: datetime, why: str) -> None:
    """Add an entry to the audit for every entity an import concerns, so that its own people see it, and only theirs."""
    for entity_code in sorted({code for change in changes for code in change.entities}):
        mine = [change for change in changes if entity_code in change.entities]
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        for change in mine:
            name = f"{change.table} {change.after.code}"
            before[name], after[name] = difference(change.before, change.after) if change.before else (None, change.after.facts())
        on = Subject("catalogue", entity_code or "all", entity_code)
        record(by=by, verb="import_catalogue", on=on, before=before, after=after, at=at, why=why)


def report_of(planned: Plan) -> Report:
    """Return what is done to every table."""
    return {table: table_report(changes, planned.unchanged[table]) for table, changes in planned.changes.items()}


def table_report(changes: Sequence[Change], unchanged: int) -> TableReport:
    """Return what is done to one table."""
    added = tuple(change.after.code for change in changes if change.before is None)
    changed = tuple(change.after.code for change in changes if change.before is not None)
    return TableReport(added, changed, unchanged)


def add_channel(*, by: Person, card: ChannelCard, at: datetime, why: str = "") -> Channel:
    """Add a channel; raises Mistakes with all that is wrong with its card."""
    require_may("add_channel", by, card.entity, at)
    card = tidied(card)
    with transaction.atomic():
        lock()
        refuse_mistakes(card)
        if Channel.objects.filter(code=card.code).exists():
            raise Problem(
                Sentence("there is a channel {code} already", code=shown(card.code)),
                column="code",
                remedy=Sentence("choose another code"),
            )
        channel = written(card)
        record(by=by, verb="add_channel", on=channel, before=None, after=channel.card().facts(), at=at, why=why)
    return channel


def change_channel(*, by: Person, channel: Channel, at: datetime, why: str = "", **says: Any) -> Channel:
    """Change what a channel's card says in some columns; raises Mistakes. A channel keeps its code, since results name it."""
    return changed(by, "change_channel", channel, says, at, why)


def retire_channel(*, by: Person, channel: Channel, last_day: date, at: datetime, why: str) -> Channel:
    """End a channel after a last day. It stays in the catalogue, since results speak of it."""
    return changed(by, "retire_channel", channel, {"active_to": last_day}, at, why)


def changed(by: Person, verb: str, channel: Channel, says: Mapping[str, Any], at: datetime, why: str) -> Channel:
    """Write what a verb changes of a channel; nothing, where all of it is known already."""
    if says.get("code", channel.code) != channel.code:
        raise Problem(
            Sentence("the code of a channel cannot change"), column="code", remedy=Sentence("retire it and add another")
        )
    with transaction.atomic():
        lock()
        channel = Channel.objects.with_cards().get(pk=channel.pk)
        before: ChannelCard = channel.card()
        card = tidied(replace(before, **says))
        for entity_code in (before.entity, card.entity):
            require_may(verb, by, entity_code, at)
        if card == before:
            return channel
        refuse_mistakes(card)
        channel = written(card)
        old, new = difference(before, card)
        record(by=by, verb=verb, on=channel, before=old, after=new, at=at, why=why)
    return channel


def refuse_mistakes(card: ChannelCard) -> None:
    """Raise Mistakes where anything is wrong with a card."""
    wrong = [Problem(one.what, column=one.column, remedy=one.remedy) for one in mistakes(card, known_codes())]
    if wrong:
        raise Mistakes(wrong)


def written(card: ChannelCard) -> Channel:
    """Return the channel that a card was written to."""
    put("channel", [card])
    channel: Channel = Channel.objects.with_cards().get(code=card.code)
    return channel
