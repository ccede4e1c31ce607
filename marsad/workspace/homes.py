"""Everybody's home: for each role that somebody holds, what needs them, as a part of one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marsad.core.lifecycle import Role
from marsad.ratings.raters import watched_for
from marsad.workspace.champion import champion_home
from marsad.workspace.cures import cleared_home, own_home
from marsad.workspace.cycles import LEADS, lines_of
from marsad.workspace.desk import Desk
from marsad.workspace.duties import duties_home
from marsad.workspace.leader import leader_home
from marsad.workspace.rewards import lost_home
from marsad.workspace.watching import waiting


@dataclass(frozen=True)
class Home:
    """A part of the home for some roles: its template `workspace/_NAME.html`, and what that shows."""

    name: str
    roles: frozenset[Role]
    present: Callable[[Desk], Mapping[str, Any]]


def cycles(desk: Desk) -> Mapping[str, Any]:
    """Return the cycles, and which of them wait for whoever looks."""
    lines = lines_of(desk)
    mine, reviews = tuple(line for line in lines if line.mine), waiting(desk) if desk.may("review") else ()
    watches = desk.may("review") and watched_for(desk.person, desk.at).exists()
    more = {"reviews": reviews, "watches": watches, "cleared": cleared_home(desk) + lost_home(desk)}
    return {"lines": lines, "mine": mine, "announces": desk.may("announce_cycle")} | more


HOMES = (
    Home("champion", frozenset({Role.CHAMPION}), champion_home),
    Home("owned", frozenset(Role) - {Role.CHAMPION}, own_home),
    Home("leader", frozenset({Role.LEADER}), leader_home),
    Home("cycles", LEADS, cycles),
    Home("duties", frozenset(Role), duties_home),
)
"""The parts of the home in their order; a role's home is added here."""


def parts_of(desk: Desk) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Return the parts of a person's home: the template of each, and what it shows."""
    return tuple((f"workspace/_{home.name}.html", home.present(desk)) for home in HOMES if home.roles & desk.roles)
