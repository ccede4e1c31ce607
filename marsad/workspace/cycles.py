"""The list of cycles, and the workspace of one: what stands between now and its publication."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.accounts.models import ROLE_NAMES
from marsad.core.lifecycle import CYCLE, Role
from marsad.ratings.access import MAY, SEES_DRAFTS, SEES_EVERYTHING, cycles_for, results_for
from marsad.ratings.fieldwork import PLANNED_IN
from marsad.ratings.models import PUBLISHED, Cycle
from marsad.ratings.readiness import FORECAST_IN
from marsad.ratings.replying import TOLD_IN
from marsad.workspace.confirmation import SHOWN_IN
from marsad.workspace.course import Standing, Step, standing_of, steps_of
from marsad.workspace.desk import Desk
from marsad.workspace.watching import sees_reviews
from marsad.workspace.words import STATES


@dataclass(frozen=True)
class Line:
    """A cycle in the list; `mine`: the next step is up to whoever looks."""

    code: str
    title: str
    href: str
    state: str
    tag: str
    since: datetime
    covered: int
    standard: str
    turn: str
    mine: bool


@dataclass(frozen=True)
class Tab:
    """One page of a cycle's workspace, and the group that it stands in."""

    group: str
    name: str
    title: str
    href: str


@dataclass(frozen=True)
class Course:
    """The workspace of a cycle: one sentence, the states with what each asks for."""

    cycle: Cycle
    sentence: str
    steps: tuple[Step, ...]
    standing: Standing


LEADS = SEES_DRAFTS - {Role.LEADER}
"""The roles that work with cycles as a whole."""
REPLIES_FOR = SEES_EVERYTHING | {Role.COUNCIL, Role.CHAMPION}
CURES_FOR = SEES_DRAFTS | {Role.CHAMPION}
"""Who looks at replies and at cures, each at their part of them."""
IN_ONE_LINE = 7
"""So many pages of a cycle stand in one line of a wide screen."""


def lines_of(desk: Desk) -> tuple[Line, ...]:
    """Return the cycles that whoever looks may see, the newest first."""
    cycles = cycles_for(desk.person, desk.at).annotate(covers=Count("covered")).order_by("-since", "-pk")
    return tuple(line_of(desk, cycle, cycle.covers) for cycle in cycles)


def line_of(desk: Desk, cycle: Cycle, covered: int) -> Line:
    """Return a cycle as the list has it."""
    next_to_it = {role for move in CYCLE.moves if cycle.state in move.sources for role in move.roles}
    pressing = cycle.state not in PUBLISHED
    return Line(
        code=cycle.code,
        title=desk.name(cycle),
        href=reverse("workspace_cycle", args=[cycle.code]),
        state=gettext(STATES[cycle.state]),
        tag="good" if cycle.is_public else "warn" if cycle.state != CYCLE.first else "",
        since=cycle.since,
        covered=covered,
        standard=str(cycle.standard),
        turn=desk.listed(str(ROLE_NAMES[role]) for role in sorted(next_to_it)) if pressing else "",
        mine=pressing and bool(next_to_it & desk.central),
    )


def course_of(desk: Desk, cycle: Cycle) -> Course:
    """Return the workspace of a cycle."""
    standing = standing_of(cycle)
    steps = steps_of(desk, cycle, standing)
    return Course(cycle, sentence_of(cycle, steps), steps, standing)


def sentence_of(cycle: Cycle, steps: tuple[Step, ...]) -> str:
    """Return how far it is to the publication."""
    if cycle.is_public:
        return gettext("The results are published; they change only by a correction.")
    ahead = sum(step.state == "later" for step in steps)
    now = next(step for step in steps if step.state in ("now", "stuck"))
    if now.state == "stuck":
        return ngettext(
            "%(count)s step is left until publication, and something is still missing for the next one.",
            "%(count)s steps are left until publication, and something is still missing for the next one.",
            ahead,
        ) % {"count": ahead}
    return ngettext(
        "%(count)s step is left until publication; the next one can be taken now.",
        "%(count)s steps are left until publication; the next one can be taken now.",
        ahead,
    ) % {"count": ahead}


def tabs_of(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages of a cycle that whoever looks may open, in the order of their groups."""
    for pages in (preparing, gathering, rating, telling, watching):
        yield from pages(desk, cycle)


def preparing(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages on the cycle itself."""
    group = gettext("Cycle")
    yield tab(cycle, group, "workspace_cycle", gettext("Way to publication"))
    if desk.central & MAY["change_scope"] | desk.central & {Role.AUDITOR}:
        yield tab(cycle, group, "workspace_scope", gettext("Scope"))


def gathering(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages on what is known of its channels, and by whom."""
    group = gettext("Evidence")
    if desk.roles & (MAY["take_evidence"] | MAY["see_rows"]) - {Role.INTEGRATOR}:
        yield tab(cycle, group, "workspace_evidence", gettext("Evidence"))
    if cycle.state == PLANNED_IN and desk.central & MAY["plan_visits"]:
        yield tab(cycle, group, "workspace_visits", gettext("Where to go next"))
    if cycle.state in SHOWN_IN and desk.central & MAY["see_round"]:
        yield tab(cycle, group, "workspace_confirmation", gettext("Confirmation"))
    if desk.central & MAY["see_rows"]:
        yield tab(cycle, group, "workspace_raters", gettext("Raters"))
        yield tab(cycle, group, "workspace_integrity", gettext("Integrity"))


def rating(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages on what is made of it."""
    group = gettext("Runs")
    if desk.central & MAY["compare_runs"]:
        yield tab(cycle, group, "workspace_runs", gettext("Runs"))
        yield tab(cycle, group, "workspace_comparison", gettext("Who moved"))
    if desk.central & MAY["ask_what_if"]:
        yield tab(cycle, group, "workspace_what_if", gettext("What if"))
        yield tab(cycle, group, "workspace_sensitivity", gettext("What hangs on choices"))


def telling(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages on what came out, and on what follows from it."""
    group = gettext("Results")
    if results_for(desk.person, cycle, desk.at).exists():
        yield tab(cycle, group, "workspace_results", gettext("Results"))
    if cycle.state in FORECAST_IN and desk.central & MAY["plan_visits"]:
        yield tab(cycle, group, "workspace_readiness", gettext("How ready the lists are"))
    if cycle.state in TOLD_IN and desk.roles & REPLIES_FOR:
        yield tab(cycle, group, "workspace_replies", gettext("Replies"))
    if cycle.is_public and desk.roles & CURES_FOR:
        yield tab(cycle, group, "workspace_cures", gettext("Cures"))
        yield tab(cycle, group, "workspace_rewards", gettext("Rewards"))


def watching(desk: Desk, cycle: Cycle) -> Iterator[Tab]:
    """Yield the pages on what changed between cycles."""
    group = gettext("What stands out")
    if desk.central & MAY["watch"]:
        yield tab(cycle, group, "workspace_watching", gettext("What stands out"))
    if sees_reviews(desk, cycle):
        yield tab(cycle, group, "workspace_reviews", gettext("Re-reviews"))


def tab(cycle: Cycle, group: str, name: str, title: str) -> Tab:
    """Return a page of a cycle."""
    return Tab(group, name, title, reverse(name, args=[cycle.code]))


@dataclass(frozen=True)
class Pages:
    """The way to the pages of a cycle: the groups by their first pages, and those of the group where somebody is.

    Where all of them stand in one line, there are no groups.
    """

    groups: tuple[Tab, ...]
    tabs: tuple[Tab, ...]
    group: str


def pages_of(desk: Desk, cycle: Cycle, here: str) -> Pages:
    """Return the way to the pages of a cycle from the page of this name."""
    tabs = tuple(tabs_of(desk, cycle))
    group = next((one.group for one in tabs if one.name == here), "")
    if len(tabs) <= IN_ONE_LINE:
        return Pages((), tabs, group)
    first = {one.group: one for one in reversed(tabs)}
    return Pages(tuple(reversed(first.values())), tuple(one for one in tabs if one.group == (group or tabs[0].group)), group)
