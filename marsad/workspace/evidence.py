"""The evidence of a cycle: what there is of every source, what is missing where, when it came in, and what was brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from marsad.catalogue.kinds import kinds
from marsad.catalogue.models import Entity
from marsad.core.lifecycle import CYCLE, Role
from marsad.ratings.access import MAY, entities_of
from marsad.ratings.coverage import Coverage, Missing, coverage_for
from marsad.ratings.intake import NEEDS_REASON, VERBS
from marsad.ratings.intake import STATES as TAKES
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.releases import source_of
from marsad.web.charts.cycle import Source, coverage
from marsad.web.charts.history import Day, progress
from marsad.web.charts.picture import Figure, Table
from marsad.web.sources import SOURCES
from marsad.web.texts import grouped
from marsad.workspace.desk import Desk
from marsad.workspace.words import INTAKES

MOST_SHOWN = 200
"""So many of the intakes stand on the page."""


@dataclass(frozen=True)
class Gap:
    """A channel that lacks evidence of a source, in words: how much in `short`, which indicators in `lacks`."""

    code: str
    name: str
    entity: str
    kind: str
    source: str
    short: str
    lacks: str


@dataclass(frozen=True)
class EvidencePage:
    """The evidence of a cycle as one page shows it."""

    desk: Desk
    cycle: Cycle
    found: Coverage

    @cached_property
    def picture(self) -> Figure:
        """Return the picture of what there is of every source."""
        held = [Source(source_name(one.source), one.enough, one.some, one.total) for one in self.found.sources]
        return Figure(partial(coverage, held, language=self.desk.language))

    @cached_property
    def days(self) -> Figure | None:
        """Return the picture of answers by day, None for whoever sees a part alone."""
        if not self.found.days:
            return None
        total, points = 0, []
        for day, n in self.found.days:
            total += n
            points.append(Day(day.isoformat(), total, nan))
        return Figure(partial(progress, points, language=self.desk.language))

    @cached_property
    def sentence(self) -> str:
        """Return how many channels lack something."""
        if not self.is_asked:
            return gettext("No channel that you see is covered yet, so no evidence is asked for.")
        lacking = len({gap.channel for gap in self.found.missing})
        if not lacking:
            return gettext("Every channel has enough evidence of every source.")
        return ngettext(
            "%(count)s channel still lacks evidence of at least one source.",
            "%(count)s channels still lack evidence of at least one source.",
            lacking,
        ) % {"count": grouped(lacking)}

    @property
    def is_asked(self) -> bool:
        """Whether evidence is asked for of any channel that whoever looks sees."""
        return any(one.total for one in self.found.sources)

    @property
    def scopes(self) -> bool:
        """Whether whoever looks may say which channels are covered."""
        return self.cycle.state == CYCLE.first and self.desk.may("change_scope")

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return who lacks what, as far as it is asked for by source, entity, kind and name."""
        labels = {code: text[self.desk.language] for code, text in source_of(self.cycle.standard).standard.labels.items()}
        return tuple(gap_of(self.desk, gap, labels) for gap in self.found.missing if asked(gap, self.desk.request.GET))

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources to filter by."""
        return tuple((one.source, source_name(one.source)) for one in self.found.sources)

    @property
    def entities(self) -> tuple[tuple[str, str], ...]:
        """Return the entities to filter by: those that lack something."""
        found = {gap.entity: gap.entity_name[self.desk.language] for gap in self.found.missing}
        return tuple(sorted(found.items(), key=lambda one: one[1]))

    @property
    def intakes(self) -> QuerySet[Intake]:
        """Return what was brought, the newest first: all of it, or what was brought for one's own entities."""
        rows = self.cycle.intakes.select_related("by").order_by("-at", "-pk")
        if self.desk.roles & MAY["see_rows"]:
            return rows
        return rows.filter(entity_code__in=entities_of(self.desk.person, self.desk.at))

    @property
    def brought(self) -> list[tuple[Intake, str]]:
        """Return the newest of them, each with what it is called."""
        return [(intake, gettext(INTAKES[intake.kind])) for intake in self.intakes[:MOST_SHOWN]]

    @property
    def kind(self) -> str | None:
        """Return as what whoever looks may bring evidence now, None where they may not."""
        return kind_for(self.desk, self.cycle)


def evidence_page(desk: Desk, cycle: Cycle) -> EvidencePage:
    """Return the evidence of a cycle; raises Forbidden."""
    return EvidencePage(desk, cycle, coverage_for(desk.person, cycle, desk.at))


def kind_for(desk: Desk, cycle: Cycle) -> str | None:
    """Return as what kind of intake somebody may bring evidence into a cycle as it is, None where they may not."""
    asked = desk.request.GET.get("kind")
    if asked in Intake.SECOND_WAVE and cycle.state in TAKES[asked] and desk.may(VERBS[asked]):
        return str(asked)
    kind = next((kind for kind, states in TAKES.items() if cycle.state in states), None)
    if kind == Intake.ORDINARY:
        return kind if desk.may("take_evidence") or desk.roles & {Role.CHAMPION} else None
    return kind if kind in NEEDS_REASON and desk.may(VERBS[kind]) else None


def source_name(source: str) -> str:
    """Return what a source is called."""
    return gettext(SOURCES[source]) if source in SOURCES else source


def asked(gap: Missing, query: QueryDict) -> bool:
    """Whether a gap is among those that are asked for."""
    wanted = {name: query.get(name, "") for name in ("source", "entity", "kind")}
    text = query.get("q", "").strip().casefold()
    here = f"{gap.channel} {gap.name.ar} {gap.name.en}".casefold()
    return text in here and all(not value or getattr(gap, name) == value for name, value in wanted.items())


def gap_of(desk: Desk, gap: Missing, labels: dict[str, str]) -> Gap:
    """Return a gap in words."""
    none = [gettext("%(what)s: none") % {"what": labels.get(code, code)} for code in gap.none]
    few = [gettext("%(what)s: only %(n)s") % {"what": labels.get(code, code), "n": n} for code, n in gap.few]
    kind = kinds()[gap.kind].name[desk.language] if gap.kind in kinds() else gap.kind
    language = desk.language
    return Gap(
        code=gap.channel,
        name=gap.name[language],
        entity=gap.entity_name[language],
        kind=kind,
        source=source_name(gap.source),
        short=short(gap),
        lacks=desk.listed([*none, *few]),
    )


def short(gap: Missing) -> str:
    """Return how much a channel lacks, in few words."""
    said = []
    if none := len(gap.none):
        said.append(
            ngettext("%(count)s indicator has no answers.", "%(count)s indicators have no answers.", none) % {"count": none}
        )
    if few := len(gap.few):
        least = min(n for _code, n in gap.few)
        words = ngettext(
            "%(count)s indicator has too few, the fewest %(n)s.", "%(count)s indicators have too few, the fewest %(n)s.", few
        )
        said.append(words % {"count": few, "n": least})
    return " ".join(said)


def file_of(gaps: tuple[Gap, ...]) -> str:
    """Return who lacks what, as CSV."""
    rows = tuple((gap.code, gap.name, gap.entity, gap.kind, gap.source, gap.lacks) for gap in gaps)
    return Table(("channel", "name", "entity", "kind", "source", "lacks"), rows).csv()


def entities_for(desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield the entities that somebody brings evidence for: none for the programme, which brings it for all."""
    if desk.may("take_evidence"):
        return
    for entity in Entity.objects.filter(code__in=desk.person.entities(desk.at, role=Role.CHAMPION)).order_by("code"):
        yield entity.code, desk.name(entity)
