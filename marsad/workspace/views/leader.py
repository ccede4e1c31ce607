"""The page of a leader."""

from __future__ import annotations

from django.http import HttpResponse

from marsad.core.lifecycle import Role
from marsad.workspace.desk import Desk, working
from marsad.workspace.leader import leader_page
from marsad.workspace.views.people import opened_to

READS = frozenset({Role.LEADER, Role.PROGRAMME, Role.COUNCIL, Role.AUDITOR})


@working
def leader(desk: Desk) -> HttpResponse:
    """Show what to ask about, in five pictures."""
    opened_to(desk, READS)
    return desk.show("leader", leader=leader_page(desk))
