"""Where the next visits of a cycle go: how many, to which channels, why, and what they are expected to settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.problem import Problem
from marsad.ratings.fieldwork import Asked, Plan, Stop, plan_for, sources_of
from marsad.ratings.models import Cycle
from marsad.ratings.releases import source_of
from marsad.web.charts.picture import Figure, Table
from marsad.web.charts.places import Place, places
from marsad.web.texts import between, complaint, grouped, percent
from marsad.workspace.desk import Desk, whole
from marsad.workspace.evidence import source_name
from marsad.workspace.results import DIGITS
from marsad.workspace.runs import written

HARDLY = 0.01
"""A chance below this is no reason to go anywhere."""


@dataclass(frozen=True)
class Line:
    """A channel of the list, as ready cells."""

    name: str
    entity: str
    kind: str
    href: str
    visits: str
    had: str
    score: str
    margin: str
    why: str


def sources_for(cycle: Cycle) -> tuple[tuple[str, str], ...]:
    """Return the sources that visits of a cycle may be of, with their names."""
    return tuple((source, source_name(source)) for source in sources_of(source_of(cycle.standard).standard.scheme))


@dataclass(frozen=True)
class VisitsPage:
    """The plan of a batch of visits as one page shows it."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def said(self) -> Asked | Problem:
        """Return what the address asks for, or what is wrong with it."""
        query, usual = self.desk.request.GET, Asked(source=self.sources[0][0] if self.sources else "")
        try:
            return Asked(
                query.get("source") or usual.source,
                whole(query.get("budget"), usual.budget),
                whole(query.get("minimum"), usual.minimum),
            )
        except Problem as problem:
            return problem

    @cached_property
    def tried(self) -> Plan | Problem | None:
        """Return the plan, what stands in its way, or None where the cycle has no results yet."""
        if isinstance(self.said, Problem):
            return self.said
        try:
            return plan_for(self.desk.person, self.cycle, self.said, self.desk.at)
        except Problem as problem:
            return problem

    @property
    def plan(self) -> Plan | None:
        """Return the plan, None where there is none."""
        return self.tried if isinstance(self.tried, Plan) else None

    @property
    def problem(self) -> str:
        """Return what stands in the way of a plan, in words."""
        return complaint(self.tried, placed=False) if isinstance(self.tried, Problem) else ""

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources that visits may be of."""
        return sources_for(self.cycle)

    @property
    def asked(self) -> Asked:
        """Return what the form shows."""
        return self.said if isinstance(self.said, Asked) else Asked()

    @property
    def sentence(self) -> str:
        """Return what the visits are expected to settle."""
        if self.plan is None:
            return gettext("Where the next visits settle most who is among the best and the worst.")
        found = self.plan.found
        return ngettext(
            "Of %(places)s place on the lists of the best and the worst %(before)s are expected to be right today,"
            " %(after)s after these visits, and %(uniform)s if as many went everywhere alike.",
            "Of %(places)s places on the lists of the best and the worst %(before)s are expected to be right today,"
            " %(after)s after these visits, and %(uniform)s if as many went everywhere alike.",
            self.plan.places,
        ) % {
            "places": grouped(self.plan.places),
            "before": grouped(found.before, 1),
            "after": grouped(found.after, 1),
            "uniform": grouped(self.plan.uniform, 1),
        }

    @cached_property
    def picture(self) -> Figure | None:
        """Return the map of the visits."""
        if self.plan is None:
            return None
        spots = [Place(stop.entry.name[self.desk.language], *(stop.place or (nan, nan)), stop.visits) for stop in self.plan.stops]
        return Figure(partial(places, spots, language=self.desk.language))

    @property
    def stops(self) -> Sequence[Stop]:
        """Return the channels that are visited, those with most visits first."""
        return [stop for stop in self.plan.stops if stop.visits] if self.plan else []

    def line(self, stop: Stop) -> Line:
        """Return a channel as the list has it."""
        entry, language = stop.entry, self.desk.language
        kinds = self.plan.board.standard.kinds if self.plan else {}
        return Line(
            name=entry.name[language],
            entity=entry.entity_name[language],
            kind=kinds[entry.kind][language] if entry.kind in kinds else entry.kind,
            href=reverse("workspace_channel", args=[self.cycle.code, entry.code]),
            visits=grouped(stop.visits),
            had=grouped(stop.had),
            score=written(entry.score, DIGITS),
            margin=between(entry.low, entry.high, DIGITS),
            why=self.why(stop),
        )

    def why(self, stop: Stop) -> str:
        """Return why a channel is visited."""
        top, bottom = stop.p_top or 0.0, stop.p_bottom or 0.0
        if not stop.had:
            return gettext("It has not been visited yet.")
        if max(top, bottom) < HARDLY:
            return gettext("It is hardly on a list; it gets what every channel gets, or what is left.")
        k = self.plan.board.scheme.k_of(stop.entry.league) if self.plan else 0
        best, worst = (
            gettext("It may be among the best %(k)s: %(chance)s."),
            gettext("It may be among the worst %(k)s: %(chance)s."),
        )
        return (best if top >= bottom else worst) % {"k": k, "chance": percent(max(top, bottom))}

    def csv(self) -> str:
        """Return the assignments as CSV: who gets how many visits, and what is known today."""
        columns = ("channel", "name", "entity", "kind", "visits", "visits_so_far", "score", "low", "high", "p_top", "p_bottom")
        rows = tuple(self.cells(stop) for stop in self.stops)
        return Table(columns, rows).csv()

    def cells(self, stop: Stop) -> tuple[str, ...]:
        """Return a channel as a row of the file."""
        entry = stop.entry
        known = (entry.score, entry.low, entry.high, stop.p_top, stop.p_bottom)
        numbers = ("" if value is None else f"{value:.6g}" for value in known)
        return (entry.code, entry.name[self.desk.language], entry.entity, entry.kind, str(stop.visits), f"{stop.had:g}", *numbers)
