"""How a channel gets to its next star at the least cost: which questions to bring to which level, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from math import nan

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marsad.core.changes import Plan
from marsad.core.problem import Problem
from marsad.core.sensitivity import pillars_of
from marsad.ratings.changes import Step, Way, steps_of, way_up
from marsad.web.texts import Words, chance_words, complaint, counted, grouped, listed, percent, phrase
from marsad.workspace.desk import Desk
from marsad.workspace.results import DIGITS, ChannelPage
from marsad.workspace.standing import ahead, rule_words, star_words

COST = "cost-"
"""How the fields of costs begin."""


@dataclass(frozen=True)
class Line:
    """A question to bring up, as ready cells."""

    question: str
    part: str
    now: str
    then: str
    points: str
    cost: str


@dataclass(frozen=True)
class Set:
    """The cheapest set for a chance: a title, a sentence and its lines under a caption."""

    title: str
    caption: str
    sentence: SafeString
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChangesPage:
    """The way of a channel to its next star."""

    channel: ChannelPage

    @property
    def desk(self) -> Desk:
        """Return who looks."""
        return self.channel.results.desk

    @cached_property
    def said(self) -> Mapping[str, float]:
        """Return the costs that the address names, by code; what is no number is none that can be asked with."""
        fields = self.desk.request.GET.items()
        return {
            name.removeprefix(COST): cost_of(written) for name, written in fields if name.startswith(COST) and written.strip()
        }

    @cached_property
    def tried(self) -> Way | Problem | None:
        """Return the way, what stands in it, or None where there is none to tell."""
        try:
            return way_up(self.channel.results.board, self.channel.entry.code, self.said)
        except Problem as problem:
            return problem

    @property
    def way(self) -> Way | None:
        """Return the way, None where there is none."""
        return self.tried if isinstance(self.tried, Way) else None

    @property
    def problem(self) -> str:
        """Return what stands in the way, in words."""
        return complaint(self.tried, placed=False) if isinstance(self.tried, Problem) else ""

    @property
    def sentence(self) -> SafeString:
        """Return where the next star begins, how likely it is today, and what the first set does."""
        board, way = self.channel.results.board, self.way
        if way is None:
            return self.desk.say(ahead(board, self.channel.entry))
        said = phrase(
            "{star} begin at {edge} points; the channel has {score}, and its chance of them is {chance} today.",
            star=star_words(board, way.star),
            edge=grouped(way.edge, DIGITS),
            score=grouped(way.score, DIGITS),
            chance=chance_words(way.today),
        )
        return self.desk.say(said)

    @property
    def blocked(self) -> SafeString | None:
        """Return the rules that hold it back and that no better answer lifts, None where there are none."""
        if self.way is None or not self.way.blocked:
            return None
        rules = listed([rule_words(self.channel.results.board, code) for code in self.way.blocked])
        return self.desk.say(phrase("No better answer brings more stars while this rule holds it back: {rules}.", rules=rules))

    @property
    def sets(self) -> tuple[Set, ...]:
        """Return the cheapest set for each chance."""
        if self.way is None or self.way.blocked:
            return ()
        return tuple(self.set_for(chance, plan) for chance, plan in self.way.plans.items())

    def set_for(self, chance: float, plan: Plan | None) -> Set:
        """Return the cheapest set for a chance in words."""
        said = {"chance": percent(chance)}
        title, caption = (
            gettext("For a chance of %(chance)s") % said,
            gettext("What to bring up for a chance of %(chance)s") % said,
        )
        steps = steps_of(self.way, plan) if self.way and plan else ()
        return Set(title, caption, self.desk.say(told(plan)), tuple(self.line(step) for step in steps))

    def line(self, step: Step) -> Line:
        """Return a change as the table has it."""
        return Line(
            question=self.label(step.question),
            part=self.label(step.part),
            now=grouped(step.now, DIGITS),
            then=grouped(step.then, DIGITS),
            points=grouped(step.points, 2),
            cost=grouped(step.cost, 2),
        )

    def label(self, code: str) -> str:
        """Return what a part is called."""
        labels = self.channel.results.board.standard.labels
        return labels[code][self.desk.language] if code in labels else code

    @property
    def costs(self) -> tuple[tuple[str, str, str], ...]:
        """Return the fields of costs, one a pillar: name, label and what is written."""
        pillars = [code for code in pillars_of(self.channel.results.board.scheme) if code in self.channel.scores]
        return tuple((f"{COST}{code}", self.label(code), self.desk.request.GET.get(f"{COST}{code}", "1")) for code in pillars)


def told(plan: Plan | None) -> Words:
    """Return what a set brings and costs, in words."""
    if plan is None:
        return phrase("No set of better answers gives it that chance.")
    if not plan.chosen:
        return phrase("It has that chance as it is.")
    return counted(
        "{n} question brought up gains {points} points at a cost of {cost}; the chance is then {chance}.",
        "{n} questions brought up gain {points} points at a cost of {cost}; the chance is then {chance}.",
        len(plan.chosen),
        points=grouped(plan.gain, DIGITS),
        cost=grouped(plan.cost, DIGITS),
        chance=chance_words(plan.chance),
    )


def cost_of(written: str) -> float:
    """Return a cost, one that is refused where it is no number."""
    with suppress(ValueError):
        return float(written)
    return nan
