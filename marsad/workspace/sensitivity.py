"""What of a cycle's run hangs on choices: who keeps star and list in other reasonable ratings, and which choice moves most.

Entities too, where the standard names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

from django.urls import reverse
from django.utils.translation import gettext

from marsad.catalogue.models import Entity
from marsad.core.sensitivity import GROUPS
from marsad.ratings.access import counting_run
from marsad.ratings.models import Cycle
from marsad.ratings.robustness import EntityKeeps, EntityTable, Indices, Keeps, Told, robustness_for
from marsad.web.charts.choices import Choice, choices, shown
from marsad.web.charts.picture import Figure
from marsad.web.texts import between, grouped, noop, percent
from marsad.workspace.desk import Desk
from marsad.workspace.runs import written

CHOICES: Mapping[str, str] = {
    "weights": noop("All weights, by up to a quarter"),
    "normalise": noop("The scale of indicators"),
    "aggregate": noop("The mean of pillars"),
    "impute": noop("How gaps are filled"),
    "without": noop("A pillar left out"),
}
"""What each group of choices is called."""
SURE = 0.8
"""The share of ratings from which on a star is called sure."""


@dataclass(frozen=True)
class Line:
    """A channel as ready cells."""

    name: str
    href: str
    kind: str
    star: str
    kept: str
    stars: str
    ranks: str
    best: str
    worst: str


@dataclass(frozen=True)
class EntityLine:
    """An entity as ready cells; no address of one that the catalogue does not know."""

    name: str
    href: str
    rank: str
    mean: str
    ends: str
    ranks: str
    first: str
    last: str


@dataclass(frozen=True)
class EntitySection:
    """The entities of a kind as a table, those that leave a list most often first."""

    kind: str
    k: str
    enough: bool
    """Whether there are enough of them for one to be named."""
    lines: tuple[EntityLine, ...]


@dataclass(frozen=True)
class Row:
    """A league's indices as ready cells: its name, then two for each choice."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class SensitivityPage:
    """What hangs on choices as one page shows it."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def told(self) -> Told | None:
        """Return what was reckoned, None where nothing was yet."""
        return robustness_for(self.desk.person, self.cycle, self.desk.at)

    @cached_property
    def has_run(self) -> bool:
        """Whether there is a run to ask about."""
        return counting_run(self.cycle) is not None

    @property
    def sentence(self) -> str:
        """Return how many channels keep their star in most other ratings."""
        if self.told is None:
            return gettext("Which stars and lists would be others, had other reasonable choices been made.")
        known = [one.star for one in self.told.channels if one.star is not None]
        return gettext(
            "Of %(all)s rated channels %(sure)s keep their star in at least %(share)s of %(tried)s other reasonable ratings."
        ) % {
            "all": grouped(len(self.told.channels)),
            "sure": grouped(sum(star >= SURE for star in known)),
            "share": percent(SURE),
            "tried": grouped(self.told.tried),
        }

    @cached_property
    def picture(self) -> Figure | None:
        """Return on which choices ranks hang, all leagues by their size."""
        if self.told is None:
            return None
        found = [Choice(gettext(CHOICES[group]), *mean_of(self.told.leagues, group)) for group in GROUPS]
        return Figure(partial(choices, found, language=self.desk.language))

    @property
    def groups(self) -> tuple[str, ...]:
        """Return what the choices are called."""
        return tuple(gettext(CHOICES[group]) for group in GROUPS)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the indices of every league."""
        return tuple(self.row(one) for one in self.told.leagues) if self.told else ()

    def row(self, one: Indices) -> Row:
        """Return the indices of a league."""
        pairs = ((one.first[group], one.total[group]) for group in GROUPS)
        cells = tuple(f"{shown(number(first))} / {shown(number(total))}" for first, total in pairs)
        return Row(self.kind(one.league), cells)

    @property
    def channels(self) -> Sequence[Keeps]:
        """Return the channels, those that keep their star least often first."""
        found = self.told.channels if self.told else ()
        return sorted(found, key=lambda one: (1.0 if one.star is None else one.star, one.entry.code))

    def line(self, one: Keeps) -> Line:
        """Return a channel as the table has it."""
        return Line(
            name=one.entry.name[self.desk.language],
            href=reverse("workspace_channel", args=[self.cycle.code, one.entry.code]),
            kind=self.kind(one.entry.kind),
            star=written(one.entry.star, None),
            kept=share(one.star),
            stars=between(one.star_low, one.star_high) or "–",
            ranks=between(one.rank_low, one.rank_high, 0) or "–",
            best=share(one.best),
            worst=share(one.worst),
        )

    @cached_property
    def entities(self) -> tuple[EntitySection, ...]:
        """Return the entities of every kind; none where the standard names none."""
        return tuple(self.section(one) for one in (self.told.entities if self.told else ()))

    @property
    def few(self) -> tuple[EntitySection, ...]:
        """Return the kinds that have too few entities for one to be named."""
        return tuple(one for one in self.entities if not one.enough)

    @property
    def silence(self) -> str:
        """Return why nobody is named there."""
        least = max((one.least for one in self.told.entities if not one.enough), default=0) if self.told else 0
        return gettext("Of fewer than %(least)s entities of a kind none is named.") % {"least": grouped(least)}

    @property
    def entities_sentence(self) -> str:
        """Return how many of the entities that stand among the first and the last few now stand there in most other ratings."""
        if self.told is None:
            return ""
        named = [one for one in self.told.entities if one.enough]
        if not named:
            return gettext("No kind has as many entities as it takes to name some; where each would stand is told all the same.")
        stay = {best: [kept for one in named for kept in staying(one, best=best)] for best in (False, True)}
        return gettext(
            "Of %(worst)s entities among the worst %(k)s of a kind %(stay_worst)s are so in at least %(share)s of %(tried)s "
            "other reasonable ratings too, and of %(best)s among the best %(k)s %(stay_best)s."
        ) % {
            "k": grouped(named[0].k),
            "share": percent(SURE),
            "tried": grouped(self.told.tried),
            "worst": grouped(len(stay[False])),
            "stay_worst": grouped(sum(kept >= SURE for kept in stay[False])),
            "best": grouped(len(stay[True])),
            "stay_best": grouped(sum(kept >= SURE for kept in stay[True])),
        }

    @cached_property
    def entity_names(self) -> Mapping[str, str]:
        """Return what entities are called."""
        codes = {each.entity.code for one in (self.told.entities if self.told else ()) for each in one.entities}
        return {one.code: self.desk.name(one) for one in Entity.objects.filter(code__in=codes)}

    def section(self, one: EntityTable) -> EntitySection:
        """Return the entities of a kind as a table."""
        ordered = sorted(one.entities, key=lambda each: leaves(one, each))
        lines = tuple(self.entity_line(each) for each in ordered)
        return EntitySection(self.kind(one.league), grouped(one.k), one.enough, lines)

    def entity_line(self, one: EntityKeeps) -> EntityLine:
        """Return an entity as its table has it."""
        entity, known = one.entity, one.entity.code in self.entity_names
        return EntityLine(
            name=self.entity_names.get(entity.code, entity.code),
            href=f"{reverse('workspace_results', args=[self.cycle.code])}?entity={entity.code}" if known else "",
            rank=grouped(entity.rank),
            mean=grouped(entity.value, 1),
            ends=between(entity.low, entity.high, 1),
            ranks=between(one.rank_low, one.rank_high, 0) or "–",
            first=share(one.first),
            last=share(one.last),
        )

    def kind(self, code: str) -> str:
        """Return what a kind is called."""
        kinds = self.told.board.standard.kinds if self.told else {}
        return kinds[code][self.desk.language] if code in kinds else code


def stands(table: EntityTable, one: EntityKeeps, *, best: bool) -> bool:
    """Whether an entity is now among the first k of its league, or among the last; equals share the place nearer to the end."""
    ahead = sum(other.entity.rank < one.entity.rank for other in table.entities)
    behind = sum(other.entity.rank > one.entity.rank for other in table.entities)
    return (ahead if best else behind) < table.k


def staying(table: EntityTable, *, best: bool) -> list[float]:
    """Return of each entity at one end the share of other ratings in which it is there too, 0 where it stands in none."""
    there = [one for one in table.entities if stands(table, one, best=best)]
    return [(one.first if best else one.last) or 0.0 for one in there]


def leaves(table: EntityTable, one: EntityKeeps) -> tuple[bool, float, int]:
    """Return what puts entities in order: who leaves a list most often, then who comes on to one most often, then the rank."""
    ends = {True: one.first or 0.0, False: one.last or 0.0}
    now = [kept for best, kept in ends.items() if stands(table, one, best=best)]
    return not now, min(now) if now else -max(ends.values()), one.entity.rank


def mean_of(leagues: Sequence[Indices], group: str) -> tuple[float, float]:
    """Return the indices of a group of choices over all leagues that know them, each by its size."""
    known = [(one.size, one.first[group], one.total[group]) for one in leagues]
    told = [(size, first, total) for size, first, total in known if first is not None and total is not None]
    size = sum(each for each, _first, _total in told)
    if not size:
        return nan, nan
    return sum(each * one for each, one, _ in told) / size, sum(each * two for each, _, two in told) / size


def number(value: float | None) -> float:
    """Return a number, NaN for none."""
    return nan if value is None else value


def share(value: float | None) -> str:
    """Return a share as a cell has it."""
    return "–" if value is None else percent(value)
