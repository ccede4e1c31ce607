"""Cycles held while something is done to them, and their moves from state to state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from marsad.accounts.access import require
from marsad.accounts.models import Person
from marsad.core.lifecycle import CYCLE, OutOfTurn
from marsad.core.problem import Sentence
from marsad.ratings.models import Cycle


def held(cycle: Cycle) -> Cycle:
    """Return a cycle as it is now, held until this transaction ends, so that nothing moves it meanwhile."""
    return Cycle.objects.select_for_update(of=("self",)).select_related("standard").get(pk=cycle.pk)


def fresh(cycle: Cycle) -> Cycle:
    """Return a cycle as it is now."""
    return Cycle.objects.select_related("standard").get(pk=cycle.pk)


def require_state(cycle: Cycle, states: Collection[str], doing: str) -> None:
    """Raise OutOfTurn unless a cycle is in one of some states; `doing` begins the sentence."""
    CYCLE.require(cycle.state, states, doing)


def require_standing(withdrawn: datetime | None) -> None:
    """Raise OutOfTurn where something was taken back before."""
    if withdrawn is not None:
        raise OutOfTurn(Sentence("this was withdrawn before"), remedy=Sentence("record it anew if it was right after all"))


def require_move(cycle: Cycle, verb: str, by: Person, at: datetime) -> str:
    """Return the state that a verb leads a cycle to; raises Forbidden or OutOfTurn where it may not."""
    move = next((move for move in CYCLE.moves if move.verb == verb), None)
    if move is not None:
        require(by, *move.roles, at=at, kind="cycle")
    return CYCLE.after(cycle.state, verb, by.roles_in("", at))


def bring(cycle: Cycle, state: str, at: datetime) -> None:
    """Bring a held cycle into a state."""
    cycle.state, cycle.since = state, at
    cycle.save(update_fields=["state", "since"])
