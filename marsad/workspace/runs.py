"""Runs of a cycle: how far each is, what it rested on, what it left out; and two of them beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from math import nan

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.core.problem import Problem, in_words
from marsad.ratings.access import comparison_for, runs_for
from marsad.ratings.board import Entry, board_of
from marsad.ratings.compare import Comparison, Found, Mover
from marsad.ratings.models import Cycle, Run
from marsad.standards import Text
from marsad.web.charts.cycle import Move, movers
from marsad.web.charts.picture import Figure, Table
from marsad.web.texts import grouped
from marsad.workspace.desk import Desk
from marsad.workspace.words import PARTS, RUN_STATES, STATE_TAGS

SHOWN = 200
"""So many channels that moved are listed; the file has all."""
PAIRS = tuple(f"{what} {when}" for what in ("score", "star", "rank") for when in ("before", "after"))
COLUMNS = ("channel", *PAIRS, "interval", "why", "indicators")
"""Of the file of who moved."""
DIGITS = (2, None, 0)
"""Of score, star and rank."""


@dataclass(frozen=True)
class RunPage:
    """A run: its state in words, how far it is, what it rested on."""

    desk: Desk
    run: Run

    @property
    def state(self) -> str:
        """Return its state in words."""
        return gettext(RUN_STATES[self.run.state])

    @property
    def tag(self) -> str:
        """Return the kind of mark that its state bears."""
        return STATE_TAGS.get(self.run.state, "warn")

    @property
    def is_live(self) -> bool:
        """Whether it waits or is under way."""
        return self.run.state in Run.LIVE

    @property
    def may_cancel(self) -> bool:
        """Whether whoever looks may cancel it now."""
        return self.is_live and self.desk.may("cancel_run")

    @property
    def label(self) -> str:
        """Return how far it is, in words."""
        if self.run.state == Run.QUEUED:
            return gettext("The run waits for a free worker.")
        done, total = grouped(min(self.run.done, self.run.total)), grouped(self.run.total)
        return gettext("%(done)s of %(total)s channels are rated.") % {"done": done, "total": total}

    @property
    def href(self) -> str:
        """Return its address."""
        return reverse("workspace_run", args=[self.run.cycle.code, self.run.code])

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Return the fingerprint of each part of what it rested on."""
        return tuple((gettext(PARTS[part]), digest) for part, digest in self.run.parts.items() if part in PARTS)

    @property
    def message(self) -> str:
        """Return why it failed, blank where it did not."""
        return self.run.message and Problem(self.run.message).say(gettext)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was left out of the evidence, and why."""
        return tuple(in_words(note, gettext) for note in self.run.notes)

    @property
    def sentence(self) -> str:
        """Return what became of it."""
        if self.run.state == Run.DONE and self.run.is_current:
            return gettext("This run is done, and its results count for now.")
        return {
            Run.DONE: gettext("This run is done; another one counts."),
            Run.FAILED: gettext("This run failed, and nothing of it is kept."),
            Run.CANCELLED: gettext("This run was cancelled, and nothing of it is kept."),
        }.get(self.run.state, gettext("This run is on its way; you may leave this page and come back."))


def runs_of(desk: Desk, cycle: Cycle) -> tuple[RunPage, ...]:
    """Return the runs of a cycle that whoever looks may see, the newest first."""
    return tuple(RunPage(desk, run) for run in runs_for(desk.person, desk.at).filter(cycle=cycle).distinct())


@dataclass(frozen=True)
class Moved:
    """A channel that moved: scores, stars and ranks before and after, and why."""

    name: str
    href: str
    score: tuple[str, str]
    star: tuple[str, str]
    rank: tuple[str, str]
    beyond: str
    why: str
    where: str


@dataclass(frozen=True)
class ComparisonPage:
    """Two runs of a cycle beside each other."""

    desk: Desk
    cycle: Cycle
    before: Run
    after: Run
    found: Comparison
    deeply: bool

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Return the channels of both runs, by their codes."""
        return {**board_of(self.before, disclosed=False).by_code, **board_of(self.after, disclosed=False).by_code}

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """Return the names of the indicators."""
        return board_of(self.after, disclosed=False).standard.labels

    @property
    def sentence(self) -> str:
        """Return how many moved."""
        count = len(self.found.movers)
        if not count:
            return gettext("No channel moved between these two runs.")
        return ngettext(
            "%(count)s channel moved between these two runs.", "%(count)s channels moved between these two runs.", count
        ) % {"count": grouped(count)}

    @property
    def changed(self) -> str:
        """Return what differs between the runs."""
        return self.desk.listed([gettext(PARTS[part]) for part in self.found.changed])

    @cached_property
    def picture(self) -> Figure:
        """Return the picture of who moved most."""
        moves = [
            Move(
                self.entries[one.channel].name[self.desk.language],
                known(one.before[0]),
                known(one.after[0]),
                known(one.before[1]),
                known(one.after[1]),
                self.href(one.channel),
            )
            for one in self.found.movers
        ]
        return Figure(partial(movers, moves, language=self.desk.language))

    @cached_property
    def rows(self) -> tuple[Moved, ...]:
        """Return every channel that moved, those whose star changed and those that moved farthest first."""
        return tuple(self.row(one) for one in sorted(self.found.movers, key=weight))

    @property
    def shown(self) -> tuple[Moved, ...]:
        """Return the first of them."""
        return self.rows[:SHOWN]

    @property
    def undecided(self) -> bool:
        """Whether causes were left open that could be found."""
        return not self.deeply and any(one.why == "several" for one in self.found.movers)

    def href(self, channel: str) -> str:
        """Return the address of a channel's provisional result."""
        return reverse("workspace_channel", args=[self.cycle.code, channel])

    def row(self, one: Mover) -> Moved:
        """Return a channel that moved."""
        before, after = cells(one.before), cells(one.after)
        labels = [self.labels[code][self.desk.language] if code in self.labels else code for code in one.indicators]
        beyond = {True: gettext("within its interval"), False: gettext("beyond its interval"), None: "–"}[one.within]
        return Moved(
            name=self.entries[one.channel].name[self.desk.language],
            href=self.href(one.channel),
            score=(before[0], after[0]),
            star=(before[1], after[1]),
            rank=(before[2], after[2]),
            beyond=beyond,
            why=gettext(PARTS[one.why]),
            where=self.desk.listed(labels),
        )

    def csv(self) -> str:
        """Return all of it as CSV."""
        rows = ((row.name, *row.score, *row.star, *row.rank, row.beyond, row.why, row.where) for row in self.rows)
        return Table(COLUMNS, tuple(rows)).csv()


def comparison_page(desk: Desk, cycle: Cycle) -> ComparisonPage | None:
    """Return the two runs an address names, else the last two that are done; None where there are no two."""
    query = desk.request.GET
    done = runs_for(desk.person, desk.at).filter(cycle=cycle, state=Run.DONE).distinct()
    after = done.filter(code=query["after"]).first() if "after" in query else done.first()
    earlier = done.filter(pk__lt=after.pk) if after else done
    before = done.filter(code=query["before"]).first() if "before" in query else earlier.first()
    if before is None or after is None or before == after:
        return None
    deeply = query.get("causes") == "all"
    return ComparisonPage(desk, cycle, before, after, comparison_for(desk.person, before, after, desk.at, deeply=deeply), deeply)


def weight(one: Mover) -> tuple[bool, float]:
    """Return what puts movers in order."""
    before, after = (nan if found[0] is None else found[0] for found in (one.before, one.after))
    return one.before[1] == one.after[1], -abs(after - before) if after == after and before == before else 0.0


def cells(found: Found) -> list[str]:
    """Return score, star and rank as cells."""
    return [written(value, digits) for value, digits in zip(found, DIGITS, strict=True)]


def known(value: float | None) -> float:
    """Return a number, NaN where there is none."""
    return nan if value is None else value


def written(value: float | None, digits: int | None) -> str:
    """Return a number as a cell has it."""
    return "–" if value is None else grouped(value, digits)
