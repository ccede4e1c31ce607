"""Calibration exercises of a cycle as pages: those there were, and what one says of its raters and questions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.exercise import Exercised
from marsad.ratings.exercising import Held, exercises_for, held_of
from marsad.ratings.models import Cycle
from marsad.ratings.releases import source_of
from marsad.ratings.watched import Exercise
from marsad.web.charts.picture import Figure
from marsad.web.charts.values import Channel, Interval
from marsad.web.charts.words import number
from marsad.web.texts import between, grouped
from marsad.workspace.desk import Desk
from marsad.workspace.raters import DIGITS, SHOWN, pictured
from marsad.workspace.twice import DIGITS as FINE
from marsad.workspace.twice import margin


@dataclass(frozen=True)
class Line:
    """An exercise of the list, as ready cells."""

    name: str
    href: str
    day: str
    scores: str
    withdrawn: bool


@dataclass(frozen=True)
class RaterLine:
    """What an exercise says of a rater, as ready cells; `said` is a tag, '' where nothing is beyond chance."""

    name: str
    answers: str
    severity: str
    margin: str
    said: str


@dataclass(frozen=True)
class QuestionLine:
    """What an exercise says of a question, as ready cells."""

    name: str
    scored: str
    mean: str
    spread: str


@dataclass(frozen=True)
class ExercisesPage:
    """The exercises of a cycle."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return them, the latest first, also those taken back."""
        return tuple(self.line(one) for one in exercises_for(self.desk.person, self.cycle, self.desk.at))

    def line(self, one: Exercise) -> Line:
        """Return one as the list has it."""
        href = reverse("workspace_exercise", args=[self.cycle.code, one.code])
        return Line(one.name, href, one.at.date().isoformat(), grouped(len(one.scores)), one.withdrawn is not None)


@dataclass(frozen=True)
class ExercisePage:
    """One exercise: each rater's distance from the panel, and on which questions the panel differs."""

    desk: Desk
    cycle: Cycle
    exercise: Exercise

    @cached_property
    def held(self) -> Held:
        """Return it reckoned."""
        return held_of(self.exercise)

    @property
    def told(self) -> Exercised:
        """Return what it tells."""
        return self.held.told

    @property
    def sentence(self) -> str:
        """Return how many are far from the panel."""
        return ngettext(
            "%(count)s of %(total)s raters is severer or milder than the panel by more than chance explains.",
            "%(count)s of %(total)s raters are severer or milder than the panel by more than chance explains.",
            int(self.told.apart.sum()),
        ) % {"count": grouped(self.told.apart.sum()), "total": grouped(self.held.raters.size)}

    @property
    def stats(self) -> tuple[tuple[str, str, str], ...]:
        """Return the panel in numbers."""
        told = self.told
        return (
            (gettext("Agreement on answers (α)"), number(told.agreement.value, FINE), margin(told.agreement)),
            (gettext("Spread of raters on a question, points"), number(told.typical, DIGITS), ""),
            (gettext("Raters"), grouped(self.held.raters.size), ""),
            (gettext("Questions"), grouped(self.held.indicators.size), ""),
        )

    @property
    def raters(self) -> tuple[RaterLine, ...]:
        """Return the raters as the list has them."""
        return tuple(self.rater(place) for place in self.held.order.tolist())

    def rater(self, place: int) -> RaterLine:
        """Return a rater as the list has it."""
        told, severer = self.told, self.told.value[place] > 0
        said = (gettext("severer") if severer else gettext("milder")) if told.apart[place] else ""
        return RaterLine(
            name=str(self.held.raters[place]),
            answers=grouped(told.answers[place]),
            severity=number(told.value[place], DIGITS),
            margin=between(told.low[place], told.high[place], DIGITS) or "–",
            said=said,
        )

    @cached_property
    def questions(self) -> tuple[QuestionLine, ...]:
        """Return the questions as the list has them, those on which the panel differs most first."""
        return tuple(self.question(place) for place in self.held.by_spread.tolist())

    def question(self, place: int) -> QuestionLine:
        """Return a question as the list has it."""
        told, code = self.told, str(self.held.indicators[place])
        return QuestionLine(
            name=source_of(self.cycle.standard).standard.labels[code][self.desk.language],
            scored=grouped(told.scored[place]),
            mean=number(told.mean[place], DIGITS),
            spread=number(told.spread[place], DIGITS),
        )

    @cached_property
    def picture(self) -> Figure:
        """Return the picture of how far raters are from the panel."""
        told, names = self.told, self.held.raters.tolist()
        known = [place for place in self.held.order.tolist() if not np.isnan(told.value[place])]
        shown = known if len(known) <= 2 * SHOWN else [*known[:SHOWN], *known[-SHOWN:]]
        dots = [
            Channel(names[at], names[at], Interval(float(told.value[at]), float(told.low[at]), float(told.high[at])))
            for at in shown
        ]
        caption = gettext("By how many points of 100 each rater gives less than those who are not far off; below 0, more.")
        return Figure(partial(pictured, dots, caption, self.desk.language))
