"""What stands between a cycle and its publication: every state with what it asks for, who may do the next step, and the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext

from marsad.accounts.models import ROLE_NAMES
from marsad.core.lifecycle import CYCLE, TAKES_ADJUSTMENTS, Move
from marsad.ratings.models import PUBLISHED, Cycle, Publication, Run
from marsad.ratings.setup import setup_of
from marsad.workspace.desk import Desk
from marsad.workspace.words import COURSE, MEANINGS, STATES, VERBS


@dataclass(frozen=True)
class Check:
    """One thing that must be, or should be, before the next step; `href` is where to see to it."""

    text: str
    holds: bool
    href: str = ""


@dataclass(frozen=True)
class Way:
    """A step that may be taken: what its button says, where it is asked, and whether it is open to whoever looks."""

    verb: str
    button: str
    href: str


@dataclass(frozen=True)
class Step:
    """One state on the way: `state` is done, now, stuck or later."""

    title: str
    meaning: str
    state: str
    checks: tuple[Check, ...] = ()
    who: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What is known of a cycle for its next step: what it covers and holds, and whether a finished run rates just that."""

    covered: int
    intakes: int
    fresh: bool
    run: Run | None
    live: Run | None
    publication: Publication | None

    @property
    def ready(self) -> bool:
        """Whether it may be approved as far as its evidence goes."""
        return self.fresh


def standing_of(cycle: Cycle) -> Standing:
    """Return how a cycle stands."""
    run = cycle.current_run
    return Standing(
        covered=cycle.covered.count(),
        intakes=cycle.intakes.count(),
        fresh=run is not None and run.inputs == setup_of(cycle).inputs,
        run=run,
        live=cycle.runs.unfinished().first(),
        publication=cycle.publication,
    )


def steps_of(desk: Desk, cycle: Cycle, standing: Standing) -> tuple[Step, ...]:
    """Return every state on the way to publication, and those after it once it is there."""
    states = CYCLE.states if cycle.state in PUBLISHED else COURSE
    now = states.index(cycle.state)
    return tuple(step_of(desk, cycle, standing, state, place - now) for place, state in enumerate(states))


def step_of(desk: Desk, cycle: Cycle, standing: Standing, state: str, ahead: int) -> Step:
    """Return a state on the way, so many places ahead of where the cycle is."""
    title, meaning = gettext(STATES[state]), gettext(MEANINGS[state])
    if ahead:
        return Step(title, meaning, "later" if ahead > 0 else "done")
    checks = tuple(CHECKS.get(state, nothing)(cycle, standing))
    stuck = any(not check.holds for check in checks)
    step = Step(title, meaning, "stuck" if stuck else "now", checks, who_of(desk, cycle.state))
    return replace(step, ways=tuple(ways_of(desk, cycle, standing)))


def who_of(desk: Desk, state: str) -> str:
    """Return whose turn it is in a state."""
    roles = sorted({role for move in CYCLE.moves if state in move.sources for role in move.roles})
    return desk.listed(str(ROLE_NAMES[role]) for role in roles)


def ways_of(desk: Desk, cycle: Cycle, standing: Standing) -> Iterator[Way]:
    """Yield the steps that whoever looks may take now."""
    for move in CYCLE.open_to(cycle.state, desk.central):
        if may_go(move, standing):
            yield way(cycle, move.verb)
    if may_correct(desk, cycle, standing):
        yield way(cycle, "correct")


def may_go(move: Move, standing: Standing) -> bool:
    """Whether what a move needs is there."""
    if move.verb == "open":
        return standing.covered > 0
    return standing.ready if move.verb in ("approve", "publish") else True


def may_correct(desk: Desk, cycle: Cycle, standing: Standing) -> bool:
    """Whether a correction may be published: by who may, from a finished run over other evidence than was published."""
    published = standing.publication
    changed = published is not None and standing.run is not None and standing.run.inputs != published.run.inputs
    return cycle.state in PUBLISHED and desk.may("correct_publication") and changed and standing.fresh


def way(cycle: Cycle, verb: str) -> Way:
    """Return the way to a step."""
    return Way(verb, gettext(VERBS[verb].button), reverse("workspace_move", args=[cycle.code, verb]))


def nothing(cycle: Cycle, standing: Standing) -> Iterator[Check]:
    """Yield nothing: the state asks for nothing."""
    yield from ()


def of_draft(cycle: Cycle, standing: Standing) -> Iterator[Check]:
    """Yield what a draft needs."""
    scope = reverse("workspace_scope", args=[cycle.code])
    yield Check(gettext("It covers at least one channel"), standing.covered > 0, scope)
    yield Check(
        gettext("It says on which day it opens and closes"),
        bool(cycle.opens_on and cycle.closes_on),
        reverse("workspace_edit", args=[cycle.code]),
    )


def of_open(cycle: Cycle, standing: Standing) -> Iterator[Check]:
    """Yield what an open cycle needs."""
    yield Check(gettext("Evidence has come in"), standing.intakes > 0, reverse("workspace_evidence", args=[cycle.code]))


def of_judged(cycle: Cycle, standing: Standing) -> Iterator[Check]:
    """Yield what a cycle needs from the lock to the approval."""
    runs = reverse("workspace_runs", args=[cycle.code])
    yield Check(gettext("A finished run rates the evidence exactly as it is now"), standing.fresh, runs)


CHECKS: dict[str, Callable[[Cycle, Standing], Iterator[Check]]] = {
    "draft": of_draft,
    "open": of_open,
    **dict.fromkeys(TAKES_ADJUSTMENTS, of_judged),
    "approved": of_judged,
}
"""What each state asks for."""
