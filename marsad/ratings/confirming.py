"""The confirmation round: who is visited again after the lock, and who of them is there only so that nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel
from marsad.core.arrays import Mask, Texts
from marsad.core.entity_lists import draw_entities
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
class Assigned:
    """Who is drawn, by codes: whether as a decoy, for themselves or, by lot, for their entities."""

    themselves: Mapping[str, bool]
    entities: Mapping[str, bool]


def ask_for_round(*, by: Person, cycle: Cycle, at: datetime) -> Job:
    """Have the worker draw who is visited again, which takes a rating and a hundred others; raises what drawing would."""
    require_may("draw_round", by, at)
    require_state(cycle, TAKES_CONFIRMATION, DRAWING)
    present_run(cycle)
    return promise(by=by, order=Order(DRAW, {"cycle": cycle.code}), at=at)


def draw_round(*, by: Person, cycle: Cycle, at: datetime) -> Round:
    """Draw who is visited again after the lock: all candidates of both ends, and decoys by the seed of the cycle.

    Of entities that may be named, and of decoys among them, channels are drawn that stand for them. What is drawn stays. Drawn
    once more, after an adjustment, it adds the candidates that were none before, with decoys of their own. Raises Problem where
    there is nobody new to visit again.
    """
    require_may("draw_round", by, at)
    require_state(cycle, TAKES_CONFIRMATION, DRAWING)
    screened(setup_of_run(present_run(cycle)))  # it takes long, and is kept: the cycle is held only for what is left
    with transaction.atomic():
        cycle = held(cycle)
        require_state(cycle, TAKES_CONFIRMATION, DRAWING)
        run = present_run(cycle)
        before, seed = assigned_in(cycle), cycle.seed + cycle.rounds.count()
        new = newly_assigned(run, before, seed)
        if False not in (*new.themselves.values(), *new.entities.values()):
            raise NobodyError(
                Sentence("screening finds nobody to visit again that is not drawn yet"),
                remedy=Sentence("there is nothing to confirm; go on with the cycle"),
            )
        found: Round = Round.objects.create(code=fresh_code(at), cycle=cycle, run=run, seed=seed, by=by, at=at)
        ids = dict(Channel.objects.filter(code__in=[*new.themselves, *new.entities]).values_list("code", "pk"))
        Drawn.objects.bulk_create(
            Drawn(round=found, channel_id=pk, decoy=new.themselves.get(code), entity_decoy=new.entities.get(code))
            for code, pk in ids.items()
        )
        # Others than the programme team read the audit: which of them are decoys stands in the table alone.
        decoys = sum(new.themselves.values())
        after = {"cycle": cycle.code, "run": run.code, "channels": sorted(ids), "decoys": decoys}
        record(by=by, verb="draw_round", on=found, before=None, after=after, at=at)
    return found


def newly_assigned(run: Run, before: Assigned, seed: int) -> Assigned:
    """Return who is drawn by what a run found, apart from who was drawn before."""
    first = screened(setup_of_run(run))
    rule, channels = first.rating.tree.scheme.naming, first.rating.evidence.channels
    known = [np.isin(channels, list(codes)) for codes in (before.themselves, before.entities)]
    found = drawn_by_lot(first.lists, rule, channels.size, seed, ~known[0])
    lot = draw_entities(first.entities, first.rating, seed, known[1])
    return Assigned(roles(channels, found.themselves, found.decoys), roles(channels, lot.visited, lot.decoys))


def roles(channels: Texts, drawn: Mask, decoys: Mask) -> dict[str, bool]:
    """Return whether each of the drawn channels is a decoy, by its code."""
    return dict(zip(channels[drawn].tolist(), decoys[drawn].tolist(), strict=True))


def assigned_in(cycle: Cycle) -> Assigned:
    """Return who is drawn in all rounds of a cycle."""
    rows = list(drawn_for(cycle).values_list("channel__code", "decoy", "entity_decoy"))
    return Assigned(
        {code: decoy for code, decoy, _ in rows if decoy is not None},
        {code: decoy for code, _, decoy in rows if decoy is not None},
    )


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
    return list(rows.distinct())


def drawn_for(cycle: Cycle) -> QuerySet[Drawn]:
    """Return who is drawn for the confirmation of a cycle."""
    return Drawn.objects.filter(round__cycle=cycle)
