"""The raters of a cycle: how severe each is beside the others, how well that foresees their scores, and who changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

import numpy as np
from django.utils.translation import gettext, ngettext

from marsad.core.arrays import Places
from marsad.core.severity import Severities
from marsad.ratings.models import Cycle
from marsad.ratings.raters import Panel, in_order, panels_for
from marsad.web.charts.league import intervals
from marsad.web.charts.picture import WIDE, Figure, Picture, Table
from marsad.web.charts.values import Channel, Interval
from marsad.web.charts.words import number, span
from marsad.web.texts import between, grouped
from marsad.workspace.desk import Desk
from marsad.workspace.evidence import source_name
from marsad.workspace.twice import sentence_of, stats_of

DIGITS = 1
SHOWN = 20
"""So many of the severest, and of the mildest, are drawn."""


@dataclass(frozen=True)
class Line:
    """A rater of the list, as ready cells; `said` are the marks it bears, each a kind of tag and its words."""

    name: str
    visits: str
    channels: str
    severity: str
    margin: str
    drift: str
    drift_margin: str
    infit: str
    outfit: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RatersPage:
    """The raters of one source of a cycle."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def of_sources(self) -> Mapping[str, Panel]:
        """Return the raters of every source."""
        return panels_for(self.desk.person, self.cycle, self.desk.at)

    @cached_property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources that name raters, what shoppers found first."""
        return named_sources(self.of_sources)

    @cached_property
    def source(self) -> str:
        """Return the source that is shown, '' where none names a rater."""
        asked = self.desk.request.GET.get("source", "")
        return asked if asked in self.of_sources else next((code for code, _name in self.sources), "")

    @property
    def found(self) -> Severities | None:
        """Return how severe the raters are that are shown."""
        return self.panel.severities if self.panel else None

    @property
    def panel(self) -> Panel | None:
        """Return the raters that are shown."""
        return self.of_sources[self.source] if self.source else None

    @property
    def twice(self) -> str:
        """Return whether another rater would have seen the same."""
        return sentence_of(self.panel.twice) if self.panel else ""

    @property
    def twice_stats(self) -> tuple[tuple[str, str, str], ...]:
        """Return how far raters agree."""
        return stats_of(self.panel.twice) if self.panel else ()

    @property
    def sentence(self) -> str:
        """Return how many are severer or milder than the others, and how many changed."""
        found = self.found
        if found is None:
            return gettext("Once raters have scored, you see here how severe each is beside the others.")
        if not found.compared.any():
            return gettext("These raters cannot be compared yet: too few channels were scored by two of them.")
        severer, milder = (int((found.apart & (sign * found.value > 0)).sum()) for sign in (1, -1))
        of_severe = ngettext(
            "%(count)s of %(total)s raters is clearly severer than the rest.",
            "%(count)s of %(total)s raters are clearly severer than the rest.",
            severer,
        ) % {"count": grouped(severer), "total": grouped(found.compared.sum())}
        of_mild = ngettext("%(count)s is clearly milder.", "%(count)s are clearly milder.", milder) % {"count": grouped(milder)}
        return f"{of_severe} {of_mild} {self.changed}"

    @property
    def changed(self) -> str:
        """Return how many changed between the halves."""
        found = self.found
        if found is None or np.isnan(found.drift).all():
            return gettext("Whether anybody changed cannot be told yet.")
        count = int(found.drifted.sum())
        if not count:
            return gettext("None changed between the two halves of the visits by more than chance explains.")
        return ngettext(
            "%(count)s changed between the two halves of the visits by more than chance explains.",
            "%(count)s changed between the two halves of the visits by more than chance explains.",
            count,
        ) % {"count": grouped(count)}

    @property
    def turn(self) -> date | None:
        """Return the first day of the later half."""
        return self.panel.turn if self.panel else None

    @property
    def spread(self) -> str:
        """Return by how much visits to one channel differ by chance, in points."""
        found = self.found
        return grouped(found.spread, DIGITS) if found and found.compared.any() else ""

    @property
    def apart(self) -> str:
        """Return who cannot be compared with the others, '' where everybody can."""
        return self.desk.listed(self.panel.strangers) if self.panel else ""

    @property
    def order(self) -> Places:
        """Return the places of raters: the severest first, those who cannot be compared last."""
        return self.panel.order if self.panel else np.empty(0, np.intp)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the raters as the list has them."""
        return tuple(line_of(self.found, place) for place in self.order.tolist()) if self.found else ()

    @cached_property
    def picture(self) -> Figure | None:
        """Return the picture of severities, None where nobody can be compared."""
        if self.found is None or not self.found.compared.any():
            return None
        return Figure(partial(drawn, self.found, self.shown, self.caption, self.desk.language))

    @property
    def shown(self) -> Places:
        """Return the places of the raters that are drawn."""
        order = self.order[: int(self.found.compared.sum())] if self.found else self.order
        return order if order.size <= 2 * SHOWN else np.concatenate([order[:SHOWN], order[-SHOWN:]])

    @property
    def caption(self) -> str:
        """Return what the picture says."""
        found, order = self.found, self.order
        if found is None:
            return ""
        first, last = order[0], order[int(found.compared.sum()) - 1]
        said = gettext(
            "The severest, %(severest)s, gives %(more)s points less than the mean rater; the mildest, %(mildest)s, %(less)s more."
        ) % {
            "severest": found.names[first],
            "more": grouped(float(found.value[first]), DIGITS),
            "mildest": found.names[last],
            "less": grouped(-float(found.value[last]), DIGITS),
        }
        if self.shown.size == found.compared.sum():
            return said
        more = gettext("Drawn are the %(count)s severest and the %(count)s mildest.") % {"count": SHOWN}
        return f"{said} {more}"


def named_sources(codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return sources with what they are called, what shoppers found first."""
    return tuple((code, source_name(code)) for code in in_order(codes))


def line_of(found: Severities, place: int) -> Line:
    """Return a rater as the list has it."""
    return Line(
        name=str(found.names[place]),
        visits=grouped(found.visits[place]),
        channels=grouped(found.channels[place]),
        severity=number(found.value[place], DIGITS),
        margin=between(found.low[place], found.high[place], DIGITS) or "–",
        drift=number(found.drift[place], DIGITS),
        drift_margin=between(found.drift_low[place], found.drift_high[place], DIGITS) or "–",
        infit=number(found.infit[place], 2),
        outfit=number(found.outfit[place], 2),
        said=tuple(tags(found, place)),
    )


def tags(found: Severities, place: int) -> list[tuple[str, str]]:
    """Return the marks of a rater."""
    if not found.compared[place]:
        return [("", gettext("not comparable"))]
    said = []
    if found.apart[place]:
        said.append(("warn", gettext("severer") if found.value[place] > 0 else gettext("milder")))
    if found.drifted[place]:
        said.append(("bad", gettext("became severer") if found.drift[place] > 0 else gettext("became milder")))
    return said


def drawn(found: Severities, shown: Places, caption: str, language: str, *, width: float = WIDE) -> Picture:
    """Return severities of a field period as dots on their intervals."""
    names = found.names.tolist()
    dots = [
        Channel(names[at], names[at], Interval(float(found.value[at]), float(found.low[at]), float(found.high[at])))
        for at in shown.tolist()
    ]
    return pictured(dots, caption, language, width=width)


def pictured(dots: list[Channel], caption: str, language: str, *, width: float = WIDE) -> Picture:
    """Return severities as dots on their intervals."""
    picture = intervals(dots, language=language, first=2 * SHOWN, scale=gettext("Severity, points of 100"), width=width)
    columns = (gettext("Rater"), gettext("Severity"), gettext("Interval"))
    rows = tuple((dot.name, number(dot.score.value, DIGITS), span(dot.score.low, dot.score.high, DIGITS)) for dot in dots)
    table = Table(columns, rows, (1, 2))
    return replace(picture, title=gettext("Severities on their intervals"), sentence=caption, table=table)
