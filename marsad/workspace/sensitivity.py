"""What of a cycle's run hangs on choices: who keeps star and list in other reasonable ratings, and which choice moves most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

from django.urls import reverse
from django.utils.translation import gettext

from marsad.core.sensitivity import GROUPS
from marsad.ratings.access import counting_run
from marsad.ratings.models import Cycle
from marsad.ratings.robustness import Indices, Keeps, Told, robustness_for
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

    def kind(self, code: str) -> str:
        """Return what a kind is called."""
        kinds = self.told.board.standard.kinds if self.told else {}
        return kinds[code][self.desk.language] if code in kinds else code


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
