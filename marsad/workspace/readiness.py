"""How ready the lists of a cycle are: places sure today, what more visits are expected to settle and by when, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.naming import Answers
from marsad.core.problem import Problem
from marsad.ratings.fieldwork import FIRST_ASKED
from marsad.ratings.models import Cycle
from marsad.ratings.readiness import Listed, Readiness, Sure, readiness_for
from marsad.web.charts.picture import Figure
from marsad.web.charts.ready import Places, ready
from marsad.web.charts.words import isolated
from marsad.web.texts import complaint, drawn_percent, grouped, noop
from marsad.workspace.desk import Desk, whole
from marsad.workspace.visits import sources_for

WHO: Mapping[Answers, str] = {
    Answers.MANAGER: noop("Its manager: the channel's own part passes too"),
    Answers.ENTITY: noop("Its entity: the channel's own part does not pass"),
    Answers.UNKNOWN: noop("Not told apart"),
}
"""Who would answer for a place."""


@dataclass(frozen=True)
class Line:
    """A list as ready cells."""

    name: str
    places: str
    sure: str
    settled: str
    later: str
    next_name: str
    next_on: str


@dataclass(frozen=True)
class SureLine:
    """A channel that is sure today, as ready cells."""

    name: str
    href: str
    entity: str
    list_name: str
    chance: str
    answers: str


@dataclass(frozen=True)
class ReadinessPage:
    """The readiness of a cycle's lists as one page shows it."""

    desk: Desk
    cycle: Cycle

    @property
    def source(self) -> str:
        """Return the source whose visits are asked about."""
        return self.desk.request.GET.get("source") or (self.sources[0][0] if self.sources else FIRST_ASKED)

    @cached_property
    def tried(self) -> Readiness | Problem | None:
        """Return the forecast, what stands in its way, or None where the cycle has no results yet."""
        written = self.desk.request.GET.get("visits")
        visits = whole(written, 0) if written else None
        try:
            return readiness_for(self.desk.person, self.cycle, self.desk.at, source=self.source, visits=visits)
        except Problem as problem:
            return problem

    @property
    def found(self) -> Readiness | None:
        """Return the forecast, None where there is none."""
        return self.tried if isinstance(self.tried, Readiness) else None

    @property
    def problem(self) -> str:
        """Return what stands in the way, in words."""
        return complaint(self.tried, placed=False) if isinstance(self.tried, Problem) else ""

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources that visits may be of."""
        return sources_for(self.cycle)

    @property
    def sentence(self) -> str:
        """Return how many places are sure today, and how many more visits are expected to make so by when."""
        if self.found is None:
            return gettext("How many places of the lists are sure today, and what more visits would settle.")
        today = ngettext(
            "Of %(places)s place on the lists of the best and the worst %(named)s is sure today.",
            "Of %(places)s places on the lists of the best and the worst %(named)s are sure today.",
            self.found.places,
        ) % {"places": grouped(self.found.places), "named": grouped(self.found.named)}
        return " ".join(part for part in (today, self.nameable, self.promise) if part)

    @property
    def nameable(self) -> str:
        """Return how many of the sure places could be named, where names ask for channels' own parts."""
        if self.found is None or not self.found.named or self.found.board.scheme.naming.own_part is None:
            return ""
        return ngettext(
            "In %(nameable)s of them the channel's own part passes too, as a name asks.",
            "In %(nameable)s of them the channel's own part passes too, as a name asks.",
            self.found.nameable,
        ) % {"nameable": grouped(self.found.nameable)}

    @property
    def promise(self) -> str:
        """Return what the visits that are looked ahead are expected to settle, with the day where the pace tells it."""
        found = self.found
        if found is None:
            return ""
        said = {"visits": grouped(found.visits), "more": grouped(max(found.later - found.named, 0.0), 1)}
        if found.on is None:
            return gettext("%(visits)s more visits are expected to settle %(more)s more.") % said
        said |= {"day": isolated(found.on.isoformat()), "pace": grouped(found.pace.a_day, 1)}
        message = gettext(
            "%(visits)s more visits, made by %(day)s at the pace so far of %(pace)s a day, are expected to settle %(more)s more."
        )
        return message % said

    @cached_property
    def picture(self) -> Figure | None:
        """Return the places of every list, today and later."""
        if self.found is None:
            return None
        lists = [Places(self.name(one), one.k, len(one.sure), one.ahead.named) for one in self.found.lists]
        return Figure(partial(ready, lists, visits=self.found.visits, language=self.desk.language))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return every list."""
        return tuple(self.line(one) for one in self.found.lists) if self.found else ()

    def line(self, listed: Listed) -> Line:
        """Return a list as the table has it."""
        never = gettext("all places are sure") if len(listed.sure) >= listed.k else gettext("visits alone do not")
        return Line(
            name=self.name(listed),
            places=grouped(listed.k),
            sure=grouped(len(listed.sure)),
            settled=gettext("%(settled)s of %(all)s") % {"settled": grouped(listed.settled), "all": grouped(listed.size)},
            later=grouped(listed.ahead.named, 1),
            next_name=never if listed.next_name == inf else grouped(listed.next_name),
            next_on=listed.next_on.isoformat() if listed.next_on else "–",
        )

    def name(self, listed: Listed) -> str:
        """Return what a list is called."""
        kinds = self.found.board.standard.kinds if self.found else {}
        league = kinds[listed.league][self.desk.language] if listed.league in kinds else listed.league
        return (gettext("%(kind)s: the best") if listed.best else gettext("%(kind)s: the worst")) % {"kind": league}

    @property
    def sure(self) -> tuple[SureLine, ...]:
        """Return the channels that are sure of a place today."""
        if self.found is None:
            return ()
        return tuple(self.sure_line(listed, one) for listed in self.found.lists for one in listed.sure)

    def sure_line(self, listed: Listed, sure: Sure) -> SureLine:
        """Return a channel that is sure of a place."""
        return SureLine(
            name=sure.entry.name[self.desk.language],
            href=reverse("workspace_channel", args=[self.cycle.code, sure.entry.code]),
            entity=sure.entry.entity_name[self.desk.language],
            list_name=self.name(listed),
            chance=drawn_percent(sure.chance),
            answers=gettext(WHO[sure.answers]),
        )

    @property
    def asked(self) -> int | None:
        """Return the number of visits that the form shows."""
        return self.found.visits if self.found else None
