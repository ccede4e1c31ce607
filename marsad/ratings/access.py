"""Who may see and do what with cycles: the only doors to them, to their runs, results and publications.

A cycle is public from its opening on, its results from its publication on. Until then the programme sees them, an auditor, the
council once it is to decide, and a champion those of their own entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from marsad.accounts.access import NotFound, found, require
from marsad.accounts.models import Person
from marsad.core.lifecycle import OutOfTurn, Role
from marsad.core.problem import Sentence
from marsad.ledger import PUBLIC
from marsad.ratings.board import Board, board_of
from marsad.ratings.compare import Comparison, compare
from marsad.ratings.models import (
    PUBLISHED,
    Cycle,
    CycleQuerySet,
    Job,
    NodeResult,
    Publication,
    Result,
    Run,
    RunQuerySet,
)
from marsad.ratings.outcomes import OutcomeQuerySet
from marsad.ratings.shelf import bundle_of

Guest: TypeAlias = "Person | AnonymousUser | None"
"""Who looks: a person, or anybody."""

MAY: Mapping[str, frozenset[Role]] = {
    "announce_cycle": frozenset({Role.PROGRAMME}),
    "edit_cycle": frozenset({Role.PROGRAMME}),
    "change_scope": frozenset({Role.PROGRAMME}),
    "state_facts": frozenset({Role.PROGRAMME}),
    "take_evidence": frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR}),
    "adjust_evidence": frozenset({Role.PROGRAMME}),
    "correct_evidence": frozenset({Role.PROGRAMME}),
    "correct_confirmation": frozenset({Role.PROGRAMME}),
    "draw_round": frozenset({Role.PROGRAMME}),
    "see_round": frozenset({Role.PROGRAMME}),
    "confirm_evidence": frozenset({Role.PROGRAMME}),
    "ask_for_run": frozenset({Role.PROGRAMME}),
    "cancel_run": frozenset({Role.PROGRAMME}),
    "correct_publication": frozenset({Role.COUNCIL}),
    "reply": frozenset({Role.CHAMPION}),
    "plan_cure": frozenset({Role.CHAMPION}),
    "open_cures": frozenset({Role.PROGRAMME}),
    "judge_cure": frozenset({Role.PROGRAMME}),
    "record_reward": frozenset({Role.PROGRAMME}),
    "withdraw_reward": frozenset({Role.PROGRAMME}),
    "hold_exercise": frozenset({Role.PROGRAMME}),
    "withdraw_exercise": frozenset({Role.PROGRAMME}),
    "see_rows": frozenset({Role.PROGRAMME, Role.AUDITOR}),
    "compare_runs": frozenset({Role.PROGRAMME, Role.AUDITOR, Role.COUNCIL}),
    "plan_visits": frozenset({Role.PROGRAMME, Role.AUDITOR}),
    "ask_what_if": frozenset({Role.PROGRAMME, Role.AUDITOR}),
    "watch": frozenset({Role.PROGRAMME, Role.AUDITOR}),
    "review": frozenset({Role.PROGRAMME}),
}
"""Which roles may do what, besides the moves of a cycle; all are central but those of who brings an entity's own evidence."""

SEES_DRAFTS = frozenset({Role.PROGRAMME, Role.COUNCIL, Role.AUDITOR, Role.LEADER})
SEES_EVERYTHING = frozenset({Role.PROGRAMME, Role.AUDITOR})
DECIDING = ("appeal", "approved")
"""The states in which the council sees what it decides on."""


def require_may(verb: str, person: Person, at: datetime, *, entity_code: str = "") -> None:
    """Raise Forbidden unless a person may do this centrally, or in an entity where one is named."""
    require(person, *MAY[verb], entity_code=entity_code, at=at, kind="cycle")


def roles_of(person: Guest, at: datetime | None = None) -> frozenset[Role]:
    """Return the roles of whoever looks: none, for anybody."""
    return person.roles(at) if isinstance(person, Person) else frozenset()


def entities_of(person: Guest, at: datetime | None = None) -> frozenset[str]:
    """Return the codes of the entities whose results a person sees before they are published."""
    return person.entities(at, role=Role.CHAMPION) if isinstance(person, Person) else frozenset()


def cycles_for(person: Guest, at: datetime | None = None) -> CycleQuerySet:
    """Return the cycles that a person, or anybody, may see."""
    cycles = Cycle.objects.select_related("standard")
    return cycles if roles_of(person, at) & SEES_DRAFTS else cycles.announced()


def cycle_for(person: Guest, code: str, at: datetime | None = None) -> Cycle:
    """Return a cycle that a person may see; raises NotFound."""
    cycle: Cycle = found(cycles_for(person, at), code)
    return cycle


def runs_for(person: Guest, at: datetime | None = None) -> RunQuerySet:
    """Return the runs that a person may see; of a run one sees, one sees the results that `results_of` gives."""
    runs = Run.objects.select_related("cycle", "standard", "asked_by")
    if roles_of(person, at) & SEES_EVERYTHING:
        return runs
    seen = Q(publication__isnull=False)
    if Role.COUNCIL in roles_of(person, at):
        seen |= Q(is_current=True, cycle__state__in=DECIDING)
    if entities := entities_of(person, at):
        theirs = Cycle.objects.announced().exclude(state__in=PUBLISHED).filter(channels__entity__code__in=entities)
        seen |= Q(is_current=True, cycle__in=theirs)
    return runs.filter(seen)


def run_for(person: Guest, code: str, at: datetime | None = None) -> Run:
    """Return a run that a person may see; raises NotFound."""
    run: Run = found(runs_for(person, at), code)
    return run


def counting_run(cycle: Cycle) -> Run | None:
    """Return the run whose results a cycle shows: the one published last, before that the current one."""
    published = cycle.publication
    return published.run if published else cycle.current_run


def require_counting_run(cycle: Cycle) -> Run:
    """Return the same; raises OutOfTurn where there is none yet."""
    run = counting_run(cycle)
    if run is None:
        raise OutOfTurn(Sentence("the cycle has no finished run yet"), remedy=Sentence("ask for one first"))
    return run


def results_for(person: Guest, cycle: Cycle, at: datetime | None = None) -> OutcomeQuerySet:
    """Return the results of a cycle that a person may see: the published ones, before that provisional ones."""
    run = counting_run(cycle)
    return results_of(person, run, at) if run else Result.objects.none()


def results_of(person: Guest, run: Run, at: datetime | None = None) -> OutcomeQuerySet:
    """Return the results of a run that a person may see."""
    return Result.objects.filter(run=run).filter(visible(person, run, at)).select_related("channel__entity")


def nodes_of(person: Guest, run: Run, at: datetime | None = None) -> OutcomeQuerySet:
    """Return the results of nodes and indicators of a run that a person may see."""
    return NodeResult.objects.filter(run=run).filter(visible(person, run, at)).select_related("channel__entity")


@dataclass(frozen=True)
class Sight:
    """What a person sees of a run's results: as published or in full, of some entities alone or (None) of all."""

    disclosed: bool
    entities: frozenset[str] | None = None


def sight_of(person: Guest, run: Run, at: datetime | None = None) -> Sight:
    """Return what a person sees of a run: all, who checks; what is published, everybody; their own before, who champions it."""
    if roles_of(person, at) & SEES_EVERYTHING:
        return Sight(disclosed=False)
    run = Run.objects.select_related("cycle").get(pk=run.pk)
    if Publication.objects.filter(run=run).exists() and run.cycle.is_public:
        return Sight(disclosed=True)
    if Role.COUNCIL in roles_of(person, at) and run.is_current and run.cycle.state in DECIDING:
        return Sight(disclosed=False)
    is_provisional = run.is_current and not run.cycle.is_public
    return Sight(disclosed=False, entities=entities_of(person, at) if is_provisional else frozenset())


def visible(person: Guest, run: Run, at: datetime | None = None) -> Q:
    """Return which of a run's results a person sees."""
    sight = sight_of(person, run, at)
    seen = Q(disclosed=sight.disclosed)
    return seen if sight.entities is None else seen & Q(channel__entity__code__in=sight.entities)


def board_for(person: Guest, cycle: Cycle, at: datetime | None = None) -> Board:
    """Return what a person may see of a cycle's results as one board; raises NotFound where that is nothing."""
    run = counting_run(cycle)
    if run is None:
        raise NotFound("cycle")
    sight = sight_of(person, run, at)
    board = board_of(run, disclosed=sight.disclosed)
    board = board if sight.entities is None else board.of(sight.entities)
    if not board.entries:
        raise NotFound("cycle")
    return board


def publications_for(person: Guest, at: datetime | None = None) -> QuerySet[Publication]:
    """Return the publications a person, or anybody, may see: all."""
    return Publication.objects.select_related("cycle", "run", "previous", "corrects")


def publication_for(person: Guest, code: str, at: datetime | None = None) -> Publication:
    """Return a publication; raises NotFound."""
    publication: Publication = found(publications_for(person, at), code)
    return publication


def bundle_for(person: Guest, publication: Publication, audience: str = PUBLIC, at: datetime | None = None) -> Path:
    """Return the bundle of a publication for an audience: the public one for everybody, the other for those who check."""
    if audience != PUBLIC and not roles_of(person, at) & MAY["see_rows"]:
        raise NotFound("bundle")
    return bundle_of(publication, audience)


def comparison_for(person: Person, before: Run, after: Run, at: datetime | None = None, *, deeply: bool = True) -> Comparison:
    """Return two runs of a cycle beside each other; raises Forbidden or NotFound."""
    require_may("compare_runs", person, at or timezone.now())
    runs = {run.pk for run in runs_for(person, at).filter(pk__in=[before.pk, after.pk])}
    if not {before.pk, after.pk} <= runs:
        raise NotFound("run")
    return compare(before, after, deeply=deeply)


def newest_publications() -> QuerySet[Publication]:
    """Return the publication that counts of every cycle."""
    newest = Publication.objects.filter(cycle=OuterRef("cycle")).order_by("-number").values("pk")[:1]
    return Publication.objects.filter(pk=Subquery(newest), cycle__state__in=PUBLISHED)


def jobs_for(person: Person, at: datetime | None = None) -> QuerySet[Job]:
    """Return the jobs a person may see and call off: all, if of the programme team; their own, otherwise."""
    rows = Job.objects.select_related("by")
    if Role.PROGRAMME in person.roles(at):
        return rows
    place = getattr(person, "place", "")
    return rows.filter(by_id=person.pk, place=place) if place else rows.filter(by_id=person.pk)


def job_for(person: Person, code: str, at: datetime | None = None) -> Job:
    """Return a job that a person may see; raises NotFound."""
    job: Job = found(jobs_for(person, at), code)
    return job
