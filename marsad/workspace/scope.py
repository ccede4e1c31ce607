"""What a cycle covers, with the facts about every channel that the standard asks for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from marsad.lake.kinds import asked_attributes
from marsad.ratings.actions import SCOPED
from marsad.ratings.models import Covered, Cycle
from marsad.ratings.releases import source_of
from marsad.workspace.desk import Desk
from marsad.workspace.forms import kind_name


@dataclass(frozen=True)
class Line:
    """A covered channel."""

    code: str
    name: str
    entity: str
    kind: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ScopePage:
    """The scope of a cycle."""

    desk: Desk
    cycle: Cycle

    @property
    def count(self) -> int:
        """Return how many channels are covered."""
        return self.cycle.covered.count()

    @property
    def changes(self) -> bool:
        """Whether whoever looks may change the scope now."""
        return self.cycle.state in SCOPED and self.desk.may("change_scope")

    @property
    def states(self) -> bool:
        """Whether whoever looks may state facts now: while the standard asks for any and nothing is frozen."""
        asked = asked_attributes(source_of(self.cycle.standard).standard.scheme)
        return bool(asked) and self.cycle.state != "approved" and self.desk.may("state_facts")

    @property
    def kinds(self) -> tuple[tuple[str, str, int], ...]:
        """Return how many channels of each kind are covered."""
        named = source_of(self.cycle.standard).standard.kinds
        found: dict[str, int] = {}
        for kind in self.cycle.covered.values_list("channel__kind", flat=True):
            found[kind] = found.get(kind, 0) + 1
        return tuple((kind, kind_name(kind, named), count) for kind, count in sorted(found.items()))

    def rows(self) -> QuerySet[Covered]:
        """Return the covered channels that are asked for."""
        query = self.desk.request.GET
        rows = self.cycle.covered.select_related("channel__entity").order_by("channel__code")
        if kind := query.get("kind", ""):
            rows = rows.filter(channel__kind=kind)
        if query.get("facts"):
            rows = rows.exclude(facts={})
        if text := query.get("q", "").strip().replace("\0", ""):
            said = Q(channel__code__icontains=text) | Q(channel__name_ar__icontains=text) | Q(channel__name_en__icontains=text)
            rows = rows.filter(said)
        return rows

    def line(self, row: Covered) -> Line:
        """Return a covered channel as a line."""
        named = source_of(self.cycle.standard).standard.kinds
        channel = row.channel
        facts = tuple(sorted(row.facts.items()))
        return Line(channel.code, self.desk.name(channel), self.desk.name(channel.entity), kind_name(channel.kind, named), facts)
