"""One rater of a cycle: how severe beside the others, whether steady, and what others gave where both went; and who changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from marsad.core.severity import Severities
from marsad.core.twice import Beside
from marsad.ratings.models import Cycle
from marsad.ratings.raters import Changed, Panel, changed_for, panels_of
from marsad.standards import Text
from marsad.web.charts.cycle import signed
from marsad.web.charts.picture import WIDE, Figure, Picture, Table
from marsad.web.charts.scatter import Spot, scatter
from marsad.web.charts.words import number
from marsad.web.texts import between, grouped, phrase
from marsad.workspace.desk import Desk
from marsad.workspace.raters import DIGITS, drawn, line_of, named_sources
from marsad.workspace.raters import Line as Summary

NEAR = 7
"""So many raters to either side are drawn."""


@dataclass(frozen=True)
class Line:
    """A channel that the rater and others scored: the means of their visits in points, and how many there were, as cells."""

    name: str
    own: str
    own_visits: str
    others: str
    other_visits: str
    difference: str


@dataclass(frozen=True)
class RaterPage:
    """One rater among those of a source."""

    desk: Desk
    cycle: Cycle
    rater: str

    @cached_property
    def panels(self) -> Mapping[str, Panel]:
        """Return the raters of every source for which this one scored; raises NotFound where nobody is called so."""
        return panels_of(self.desk.person, self.cycle, self.rater, self.desk.at)

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources for which the rater scored."""
        return named_sources(self.panels)

    @cached_property
    def source(self) -> str:
        """Return the source that is shown."""
        asked = self.desk.request.GET.get("source", "")
        return asked if asked in self.panels else self.sources[0][0]

    @property
    def panel(self) -> Panel:
        """Return the raters beside whom this one is shown."""
        return self.panels[self.source]

    @property
    def found(self) -> Severities:
        """Return how severe they are."""
        return self.panel.severities

    @cached_property
    def place(self) -> int:
        """Return which of them this one is."""
        return int(self.found.names.tolist().index(self.rater))

    @property
    def line(self) -> Summary:
        """Return what the list of raters has of this one."""
        return line_of(self.found, self.place)

    @property
    def sentence(self) -> str:
        """Return whether the rater is severer or milder than the others, and whether it changed."""
        if not self.found.compared[self.place]:
            return gettext("Cannot be compared with the others: no chain of channels joins this rater to most of them.")
        return f"{self.severity} {self.change}"

    @property
    def severity(self) -> str:
        """Return how severe the rater is, in a sentence."""
        value = float(self.found.value[self.place])
        if not self.found.apart[self.place]:
            return gettext("Scores like the mean rater, as far as chance lets it be told.")
        severer = gettext("Gives %(points)s points of 100 less than the mean rater, by more than chance explains.")
        milder = gettext("Gives %(points)s points of 100 more than the mean rater, by more than chance explains.")
        return (severer if value > 0 else milder) % {"points": grouped(abs(value), DIGITS)}

    @property
    def change(self) -> str:
        """Return whether the rater changed, in a sentence."""
        value = float(self.found.drift[self.place])
        if np.isnan(value):
            return gettext("Whether this rater changed cannot be told yet.")
        if not self.found.drifted[self.place]:
            return gettext("Did not change between the two halves of the visits by more than chance explains.")
        severer = gettext("Became severer by %(points)s points between the halves of the visits, by more than chance explains.")
        milder = gettext("Became milder by %(points)s points between the halves of the visits, by more than chance explains.")
        return (severer if value > 0 else milder) % {"points": grouped(abs(value), DIGITS)}

    @property
    def stats(self) -> tuple[tuple[str, str, str], ...]:
        """Return the rater in numbers, each as what it is called, its value and its interval."""
        line = self.line
        return (
            (gettext("Severity"), line.severity, line.margin),
            (gettext("Change of severity"), line.drift, line.drift_margin),
            (gettext("Infit"), line.infit, ""),
            (gettext("Outfit"), line.outfit, ""),
            (gettext("Visits"), line.visits, ""),
            (gettext("Channels"), line.channels, ""),
        )

    @cached_property
    def picture(self) -> Figure | None:
        """Return the picture of the rater's severity beside the nearest, None where it cannot be compared."""
        if not self.found.compared[self.place]:
            return None
        order = self.panel.order[: int(self.found.compared.sum())]
        rank = int(np.flatnonzero(order == self.place)[0])
        caption = gettext("Number %(place)s of %(count)s by severity, the severest first, beside the nearest.") % {
            "place": grouped(rank + 1),
            "count": grouped(order.size),
        }
        return Figure(partial(drawn, self.found, order[max(rank - NEAR, 0) : rank + NEAR + 1], caption, self.desk.language))

    @cached_property
    def beside(self) -> Beside:
        """Return the channels that others scored too, those with the largest difference first."""
        return self.panel.beside(self.place)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return these channels as the list has them."""
        codes = self.panel.visits.channels[self.beside.channel].tolist()
        names = {one.code: self.desk.name(one) for one in self.cycle.channels.filter(code__in=codes)}
        return tuple(self.line_at(place, names.get(codes[place], codes[place])) for place in range(len(codes)))

    def line_at(self, place: int, name: str) -> Line:
        """Return a channel as the list has it."""
        found = self.beside
        own, others = float(found.own[place]), float(found.others[place])
        return Line(
            name=name,
            own=number(own, DIGITS),
            own_visits=grouped(found.own_visits[place]),
            others=number(others, DIGITS),
            other_visits=grouped(found.other_visits[place]),
            difference=signed(own - others, DIGITS),
        )

    @property
    def both(self) -> str:
        """Return on how many channels the rater gave less, and on how many more, than others did."""
        away = self.beside.own - self.beside.others
        return ngettext(
            "Others scored %(count)s channel of this rater's too: less was given than by them on %(less)s, more on %(more)s.",
            "Others scored %(count)s channels of this rater's too: less was given than by them on %(less)s, more on %(more)s.",
            away.size,
        ) % {"count": grouped(away.size), "less": grouped((away < 0).sum()), "more": grouped((away > 0).sum())}

    @cached_property
    def scattered(self) -> Figure | None:
        """Return the picture of what the rater gave against what others gave, None where others scored none of the channels."""
        if not self.lines:
            return None
        pairs = zip(self.beside.others.tolist(), self.beside.own.tolist(), strict=True)
        spots = [Spot(line.name, *pair) for line, pair in zip(self.lines, pairs, strict=True)]
        return Figure(partial(against, spots, self.lines, self.both, self.desk.language))


def against(spots: list[Spot], lines: tuple[Line, ...], caption: str, language: str, *, width: float = WIDE) -> Picture:
    """Return what a rater gave up, what the others gave across."""
    own, others = gettext("Mean of this rater"), gettext("Mean of the others")
    picture = scatter(spots, across=others, up=own, language=language, width=width)
    columns = (gettext("Channel"), own, others, gettext("Difference"))
    table = Table(columns, tuple((line.name, line.own, line.others, line.difference) for line in lines), (1, 2, 3))
    return replace(picture, sentence=caption, table=table)


@dataclass(frozen=True)
class Alert:
    """A rater who changed: a sentence, and the rater's page."""

    says: SafeString
    href: str


def alerts(desk: Desk) -> tuple[Alert, ...]:
    """Return the raters of all cycles under way who changed by more than chance explains."""
    return tuple(alert_of(desk, one) for one in changed_for(desk.person, desk.at))


def alert_of(desk: Desk, one: Changed) -> Alert:
    """Return a rater who changed in a sentence."""
    found, place, rater = one.found, one.place, str(one.found.names[one.place])
    said = {
        "cycle": Text(one.cycle.title_ar, one.cycle.title_en),
        "rater": rater,
        "points": grouped(abs(float(found.drift[place])), DIGITS),
        "margin": between(found.drift_low[place], found.drift_high[place], DIGITS),
    }
    severer = found.drift[place] > 0
    words = (
        phrase("{cycle}: {rater} became severer by {points} points (interval of the change {margin}).", **said)
        if severer
        else phrase("{cycle}: {rater} became milder by {points} points (interval of the change {margin}).", **said)
    )
    address = reverse("workspace_rater", args=[one.cycle.code, rater])
    return Alert(desk.say(words), f"{address}?{urlencode({'source': one.source})}")
