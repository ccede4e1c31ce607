"""Files laid beside what is known: what would change, and everything that stands in its way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, TypeVar

from marsad.catalogue.cards import Card
from marsad.catalogue.models import Channel, Entity, Named, Region, Service
from marsad.catalogue.rules import corrected, mistakes
from marsad.catalogue.sheets import TABLES, Row, Sheet
from marsad.core.problem import Problem, Sentence
from marsad.lake.numbers import shown

AnyCard = TypeVar("AnyCard", bound=Card)
MODELS: Mapping[str, type[Named]] = {"region": Region, "entity": Entity, "service": Service, "channel": Channel}
"""The rows behind every table of the files."""


class Anything(Collection[str]):
    """Stands for the codes of a file that could not be read, so that nothing that names one of them is blamed."""

    def __contains__(self, code: object) -> bool:
        """Return that it may be in it."""
        return True

    def __iter__(self) -> Iterator[str]:
        """Yield nothing."""
        return iter(())

    def __len__(self) -> int:
        """Return that nothing of it is known."""
        return 0


@dataclass(frozen=True)
class Change:
    """A card that is new, or says what it did not say before."""

    table: str
    before: Card | None
    after: Card

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the codes of the entities it concerns, before and after; '' for what is the whole government's."""
        if self.table not in ("service", "channel"):
            return ("",)
        return tuple(dict.fromkeys(getattr(card, "entity", "") for card in (self.before, self.after) if card is not None))


@dataclass(frozen=True)
class Plan:
    """What files would change, by table, how many of their lines would change nothing, and what is wrong with them."""

    changes: Mapping[str, tuple[Change, ...]]
    unchanged: Mapping[str, int]
    problems: tuple[Problem, ...]

    @property
    def all(self) -> tuple[Change, ...]:
        """Return the changes of all tables."""
        return tuple(change for table in self.changes.values() for change in table)


def plan(sheets: Sequence[Sheet]) -> Plan:
    """Return what files would change in the catalogue as it is."""
    known = known_codes(sheets)
    changes: dict[str, tuple[Change, ...]] = {}
    unchanged: dict[str, int] = {}
    problems: list[Problem] = []
    for sheet in sheets:
        before = cards_of(sheet.table, [row.says["code"] for row in sheet.rows])
        cards = [merged(sheet.table, row, before) for row in sheet.rows]
        found = [Change(sheet.table, before.get(card.code), card) for card in cards]
        changes[sheet.table] = tuple(change for change in found if change.before != change.after)
        unchanged[sheet.table] = len(found) - len(changes[sheet.table])
        problems += in_order([*sheet.problems, *said_twice(sheet), *wrong_cells(sheet, cards, known)])
    return Plan(changes, unchanged, tuple(problems))


def known_codes(sheets: Sequence[Sheet] = ()) -> dict[str, Collection[str]]:
    """Return the codes that a card may name, by table: those in the catalogue and those that come with the files."""
    known: dict[str, Collection[str]] = {}
    for table in ("region", "entity", "service"):
        known[table] = set(MODELS[table].objects.values_list("code", flat=True))
    for sheet in sheets:
        if sheet.table in known:
            coming = {row.says["code"] for row in sheet.rows}
            known[sheet.table] = {*known[sheet.table], *coming} if sheet.rows else Anything()
    return known


def cards_of(table: str, codes: Collection[str]) -> dict[str, Card]:
    """Return the cards of those that are there already, by code."""
    rows = MODELS[table].objects.filter(code__in=codes).with_cards()
    return {row.code: row.card() for row in rows}


def merged(table: str, row: Row, before: Mapping[str, Card]) -> Card:
    """Return the card after a row has had its say; what it does not speak of stays as it was."""
    card = before.get(row.says["code"])
    said: Card = replace(card, **row.says) if card else blank(TABLES[table][1], row.says)
    return tidied(said)


def tidied(card: AnyCard) -> AnyCard:
    """Return a card with its texts as they are kept."""
    return replace(card, **corrected(card))


def blank(card: type[Card], says: Mapping[str, Any]) -> Card:
    """Return a new card; what a damaged file does not say is blank."""
    return card(**{one.name: "" for one in fields(card) if one.default is MISSING} | dict(says))


def said_twice(sheet: Sheet) -> Iterator[Problem]:
    """Yield a problem for every row whose code stood before."""
    first: dict[str, Row] = {}
    for row in sheet.rows:
        code = row.says["code"]
        before = first.setdefault(code, row)
        if before is not row and code:
            where = Sentence("line {line}", line=before.line) if before.line else str(before.at)
            yield sheet.problem(
                row,
                "code",
                Sentence("{code} stands in {where} already", code=shown(code), where=where),
                Sentence("keep one of the two"),
            )


def wrong_cells(sheet: Sheet, cards: Sequence[Card], known: Mapping[str, Collection[str]]) -> Iterator[Problem]:
    """Yield what is wrong with the cards, but for cells that could not even be read."""
    unread = {(problem.line, problem.at, problem.column) for problem in sheet.problems}
    for row, card in zip(sheet.rows, cards, strict=True):
        for mistake in mistakes(card, known):
            if (row.line, row.at, mistake.column) not in unread:
                yield sheet.problem(row, mistake.column, mistake.what, mistake.remedy)


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems of a file from its top to its bottom."""
    return sorted(problems, key=lambda problem: problem.line or 0)
