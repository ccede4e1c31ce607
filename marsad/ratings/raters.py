"""The raters of a cycle by the evidence so far, once for each state of it: how severe each is, and how far they agree.

All of it is closed-form: a nation's visits take a second or three, so that it is no job. It is reckoned when first asked for, or
by the worker once a run counts, and kept for all processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from django.core.cache import cache

from marsad.accounts.access import NotFound
from marsad.accounts.models import Person
from marsad.core.arrays import Places
from marsad.core.scheme import POINTS, Scheme
from marsad.core.severity import Marks, Severities, Visits, severities
from marsad.core.twice import Beside, Twice, beside_others, scored_twice
from marsad.lake import queries
from marsad.lake.engines import Found
from marsad.ratings.access import cycles_for, require_may
from marsad.ratings.models import Cycle, CycleQuerySet
from marsad.ratings.setup import KEPT, east_now, setup_of, the_engine, the_lake

WATCHED_IN = ("open", "locked", "moderation", "appeal")
"""The states of a cycle in which evidence still comes in or is adjusted, so that something can be done about a rater."""
FIRST_SHOWN = "visit"
EPOCH = date(1970, 1, 1)
COLUMNS = ("subject", "rater", "indicator")
"""Who and what is named, as marks have them."""


@dataclass(frozen=True)
class Panel:
    """The raters of one source: how severe each is, how far they agree, the visits behind it, and the mean of marks in points."""

    severities: Severities
    twice: Twice
    visits: Visits
    level: float

    @classmethod
    def of(cls, marks: Marks) -> Panel:
        """Return what the marks of a source tell of its raters."""
        visits = Visits.of(marks)
        return cls(severities(visits), scored_twice(marks), visits, float(marks.points.mean()))

    @property
    def order(self) -> Places:
        """Return the places of raters: the severest first, those who cannot be compared last."""
        return np.argsort(-self.severities.value, kind="stable")

    @property
    def turn(self) -> date:
        """Return the first day of the later half."""
        return EPOCH + timedelta(days=self.severities.turn)

    @property
    def strangers(self) -> tuple[str, ...]:
        """Return whom no chain of channels joins to those who are compared, none where nobody is."""
        found = self.severities
        return tuple(name for group in found.groups[1:] for name in group) if found.compared.any() else ()

    def beside(self, place: int) -> Beside:
        """Return the channels that a rater, given by place, and others scored, in points, those who differ most first."""
        found = beside_others(self.visits, place)
        order = np.argsort(-np.abs(found.own - found.others), kind="stable")
        return Beside(
            channel=found.channel[order],
            own=self.level + found.own[order],
            others=self.level + found.others[order],
            own_visits=found.own_visits[order],
            other_visits=found.other_visits[order],
        )


@dataclass(frozen=True)
class Changed:
    """A rater, by place among those of a source, who changed within a cycle by more than chance explains."""

    cycle: Cycle
    source: str
    found: Severities
    place: int


def panels_for(person: Person, cycle: Cycle, at: datetime) -> Mapping[str, Panel]:
    """Return the raters of every source that names raters; raises Forbidden."""
    require_may("see_rows", person, at)
    return kept_panels(cycle.pk, setup_of(cycle).inputs)


def panels_of(person: Person, cycle: Cycle, rater: str, at: datetime) -> Mapping[str, Panel]:
    """Return those of the sources for which a rater scored; raises Forbidden, and NotFound where nobody is called so."""
    found = panels_for(person, cycle, at)
    panels = {source: panel for source, panel in found.items() if rater in panel.severities.names.tolist()}
    if not panels:
        raise NotFound("rater")
    return panels


def in_order(sources: Iterable[str]) -> list[str]:
    """Return sources as they are shown: what shoppers found first."""
    return sorted(sources, key=lambda source: (source != FIRST_SHOWN, source))


@lru_cache(maxsize=16)
def kept_panels(cycle: int, inputs: str) -> Mapping[str, Panel]:
    """Return the same, reckoned once for as long as nothing changes that decides a result of the cycle."""
    known: Mapping[str, Panel] | None = cache.get(key_of(inputs))
    if known is not None:
        return known
    setup = setup_of(Cycle.objects.select_related("standard").get(pk=cycle))
    found = queries.by_rater(the_engine(), the_lake(), setup.version, setup.cycle, east=east_now())
    return keep_panels(setup.inputs, marks_of(found, setup.scheme))


def keep_panels(inputs: str, marks: Mapping[str, Marks]) -> Mapping[str, Panel]:
    """Return what the marks of every source tell of its raters, and keep it for all processes."""
    found = {source: Panel.of(one) for source, one in marks.items()}
    cache.set(key_of(inputs), found, KEPT.total_seconds())
    return found


def key_of(inputs: str) -> str:
    """Return what the raters are kept under, as long as nothing changes that decides a result, the program neither."""
    return f"raters:{inputs}"


def watched_for(person: Person, at: datetime) -> CycleQuerySet:
    """Return the cycles whose raters are still watched."""
    return cycles_for(person, at).filter(state__in=WATCHED_IN)


def changed_for(person: Person, at: datetime) -> tuple[Changed, ...]:
    """Return the raters who changed in cycles that are watched, those who changed most first; raises Forbidden."""
    require_may("see_rows", person, at)
    found = [
        Changed(cycle, source, panel.severities, int(place))
        for cycle in watched_for(person, at)
        for source, panel in panels_for(person, cycle, at).items()
        for place in np.flatnonzero(panel.severities.drifted)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.found.drift[one.place])))


def marks_of(found: Found, scheme: Scheme) -> dict[str, Marks]:
    """Return what raters wrote by source, in points from the worst of a scale to its best; what has no ends is left out."""
    ends = {one.code: one.way for one in scheme.indicators}
    channels, raters, items = (found[name] for name in COLUMNS)
    worst, best = np.array([ends.get(code, (np.inf, np.inf)) for code in items.labels.tolist()]).reshape(-1, 2).T
    known, at = np.isfinite(worst) & np.isfinite(best), items.codes
    points = POINTS * (found["value"] - worst[at]) / np.where(known, best - worst, np.nan)[at]
    names = channels.labels, raters.labels, items.labels
    marks = Marks(*names, channels.codes, raters.codes, at, found["day"], points)
    sources = {
        source: known[at] & (found["source"].codes == place) for place, source in enumerate(found["source"].labels.tolist())
    }
    return {source: marks.rows(rows) for source, rows in sources.items() if rows.any()}
