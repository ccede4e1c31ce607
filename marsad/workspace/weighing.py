"""How the answers of a cycle were weighed to known totals, channel by channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext, ngettext

from marsad.catalogue.models import Channel
from marsad.ratings.actions import Weighed
from marsad.ratings.models import Cycle
from marsad.ratings.releases import source_of
from marsad.web.texts import grouped, percent
from marsad.workspace.desk import Desk
from marsad.workspace.evidence import source_name

KEPT = "weighed"
"""Where a session keeps what was weighed in it last, so that its page can be opened again."""


@dataclass(frozen=True)
class Line:
    """A channel of the list, as ready cells."""

    name: str
    answers: str
    effective: str
    share: str
    converged: bool
    raking: str


@dataclass(frozen=True)
class WeighingPage:
    """Weighing as one page shows it: what is done by it, or what was weighed last."""

    desk: Desk
    cycle: Cycle

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Return the sources of the standard, with their names."""
        indicators = source_of(self.cycle.standard).standard.scheme.indicators
        return tuple((source, source_name(source)) for source in dict.fromkeys(one.source for one in indicators))

    @cached_property
    def channels(self) -> Sequence[Mapping[str, Any]]:
        """Return what was weighed last on this cycle, none where nothing was."""
        kept = self.desk.request.session.get(KEPT, {})
        return kept["channels"] if kept.get("cycle") == self.cycle.code else ()

    @cached_property
    def lines(self) -> list[Line]:
        """Return how each channel was weighed."""
        return lines_of(self.desk, self.channels)

    @property
    def sentence(self) -> str:
        """Return how many channels were weighed and how many of them did not converge, or what weighing does."""
        if not self.channels:
            return gettext("Each group of customers comes to count for as many as there truly are, channel by channel.")
        open_ones = sum(not one["converged"] for one in self.channels)
        said = ngettext(
            "The answers on %(count)s channel are weighed.", "The answers on %(count)s channels are weighed.", len(self.channels)
        ) % {"count": grouped(len(self.channels))}
        if not open_ones:
            return f"{said} {gettext('Raking converged everywhere.')}"
        more = ngettext(
            "On %(count)s of them raking did not converge.", "On %(count)s of them raking did not converge.", open_ones
        ) % {"count": grouped(open_ones)}
        return f"{said} {more}"


def keep(desk: Desk, cycle: Cycle, found: Weighed) -> None:
    """Keep what was weighed for the page that follows."""
    desk.request.session[KEPT] = {"cycle": cycle.code, "channels": [asdict(one) for one in found.channels]}


def lines_of(desk: Desk, channels: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Return how channels were weighed: those where raking did not converge first, then those that lost most."""
    codes = [one["channel"] for one in channels]
    names = {channel.code: desk.name(channel) for channel in Channel.objects.filter(code__in=codes)}
    ordered = sorted(channels, key=lambda one: (one["converged"], one["effective"] / one["answers"], one["channel"]))
    return [line_of(names.get(one["channel"], one["channel"]), one) for one in ordered]


def line_of(name: str, one: Mapping[str, Any]) -> Line:
    """Return how a channel was weighed, in words."""
    rounds = ngettext("in %(count)s round", "in %(count)s rounds", one["rounds"]) % {"count": grouped(one["rounds"])}
    gap = gettext("totals are missed by up to %(gap)s") % {"gap": percent(one["gap"])}
    share = percent(one["effective"] / one["answers"])
    converged = one["converged"]
    answers, effective = grouped(one["answers"]), grouped(one["effective"], 1)
    return Line(name, answers, effective, share, converged, rounds if converged else gap)
