"""The confirmation round: who is visited again after the lock, and who of them is there only so that nobody can tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.lifecycle import TAKES_CONFIRMATION
from marsad.core.problem import Problem, Sentence
from marsad.core.second import draw_round as drawn_by_lot
from marsad.lake import queries
from marsad.ratings.access import require_may
from marsad.ratings.intake import fresh_code
from marsad.ratings.models import Cycle, Job, Run
from marsad.ratings.orders import DRAW, Order, promise
from marsad.ratings.rounds import Drawn, Round
from marsad.ratings.running import present_run
from marsad.ratings.screening import screened
from marsad.ratings.setup import setup_of, setup_of_run, the_engine, the_lake
from marsad.ratings.states import held, require_state

DRAWING = Sentence("drawing who is visited again")


class NobodyError(Problem):
    """Screening finds nobody to visit again."""


@dataclass(frozen=True)
class Lot:
    """Who is drawn, by codes."""

    candidates: tuple[str, ...]
    decoys: tuple[str, ...]


def ask_for_round(*, by: Person, cycle: Cycle, at: datetime) -> Job:
    """Have the worker draw who is visited again, which takes a rating and a hundred others; raises what drawing would."""
    require_may("draw_round", by, at)
    require_state(cycle, TAKES_CONFIRMATION, DRAWING)
    present_run(cycle)
    return promise(by=by, order=Order(DRAW, {"cycle": cycle.code}), at=at)


def draw_round(*, by: Person, cycle: Cycle, at: datetime) -> Round:
    """Draw who is visited again after the lock: all candidates of both ends, and decoys by the seed of the cycle.

    What is drawn stays. Drawn once more, after an adjustment, it adds the candidates that were none before, with decoys of their
    own. Raises Problem where there is nobody new to visit again.
    """
    require_may("draw_round", by, at)
    require_state(cycle, TAKES_CONFIRMATION, DRAWING)
    screened(setup_of_run(present_run(cycle)))  # it takes long, and is kept: the cycle is held only for what is left
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, TAKES_CONFIRMATION, DRAWING)
        run = present_run(cycle)
        before = frozenset(drawn_for(cycle).values_list("channel__code", flat=True))
        seed = cycle.seed + cycle.rounds.count()
        lot = lot_of(run, before, seed)
        if not lot.candidates:
            raise NobodyError(
                Sentence("screening finds nobody to visit again that is not drawn yet"),
                remedy=Sentence("there is nothing to confirm; go on with the cycle"),
            )
        found: Round = Round.objects.create(code=fresh_code(at), cycle=cycle, run=run, seed=seed, by=by, at=at)
        ids = dict(Channel.objects.filter(code__in=[*lot.candidates, *lot.decoys]).values_list("code", "pk"))
        rows = [(code, False) for code in lot.candidates] + [(code, True) for code in lot.decoys]
        Drawn.objects.bulk_create(Drawn(round=found, channel_id=ids[code], decoy=decoy) for code, decoy in rows)
        # Others than the programme team read the audit: which of them are decoys stands in the table alone.
        after = {"cycle": cycle.code, "run": run.code, "channels": sorted(ids), "decoys": len(lot.decoys)}
        record(by=by, verb="draw_round", on=found, before=None, after=after, at=at)
    return found


def lot_of(run: Run, before: Collection[str], seed: int) -> Lot:
    """Return who is drawn by what a run found, apart from who was drawn before."""
    first = screened(setup_of_run(run))
    rule, channels = first.rating.tree.scheme.naming, first.rating.evidence.channels
    found = drawn_by_lot(first.lists, rule, channels.size, seed, ~np.isin(channels, list(before)))
    return Lot(tuple(channels[found.candidates].tolist()), tuple(channels[found.decoys].tolist()))


def answers_again(cycle: Cycle) -> dict[str, int]:
    """Return how many answers and findings of the second wave count, by the channel's code."""
    setup = setup_of(cycle)
    if setup.second is None:
        return {}
    found = queries.counts(the_engine(), the_lake(), setup.second, cycle.code)
    total: dict[str, int] = {}
    for code, n in zip(found["subject"].tolist(), found["n"].tolist(), strict=True):
        total[code] = total.get(code, 0) + int(n)
    return total


def assignments(*, by: Person, cycle: Cycle, at: datetime) -> list[tuple[str, str, str]]:
    """Return who is visited again by code, entity and kind, in the order of the codes: nothing tells why; raises Forbidden."""
    require_may("see_round", by, at)
    rows = drawn_for(cycle).order_by("channel__code").values_list("channel__code", "channel__entity__code", "channel__kind")
    return list(rows)


def drawn_for(cycle: Cycle) -> QuerySet[Drawn]:
    """Return who is drawn for the confirmation of a cycle."""
    return Drawn.objects.filter(round__cycle=cycle)
