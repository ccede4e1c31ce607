"""Evidence on its way into a cycle: taken in while open, adjusted with a reason until approved, corrected once published."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from marsad.accounts.audit import record
from marsad.accounts.codes import CHANCE_BYTES, new_code
from marsad.accounts.models import Person
from marsad.core.lifecycle import TAKES_ADJUSTMENTS, TAKES_CONFIRMATION, TAKES_EVIDENCE, OutOfTurn, Role
from marsad.core.problem import Problem, Sentence
from marsad.lake import queries
from marsad.lake.intake import Known, Order, import_files, refuse_unknown
from marsad.lake.manifest import ADJUSTMENT, INTAKE, Import, Version
from marsad.lake.rows import AT, NUMBERS, Draft, FaultyRowsError, Rows
from marsad.lake.store import Added, Progress
from marsad.ratings.access import require_may
from marsad.ratings.models import PUBLISHED, Cycle, Intake
from marsad.ratings.releases import source_of
from marsad.ratings.rounds import Drawn
from marsad.ratings.setup import the_engine, the_lake
from marsad.ratings.states import fresh, held, require_state

OWN_SOURCES = frozenset({"survey", "meter", "operation", "self"})
"""What an entity may bring of itself; visits and assessments are the programme's, since nobody assesses themselves."""
STATES: Mapping[str, frozenset[str]] = {
    Intake.ORDINARY: TAKES_EVIDENCE,
    Intake.ADJUSTMENT: TAKES_ADJUSTMENTS,
    Intake.CORRECTION: frozenset(PUBLISHED),
    Intake.CONFIRMATION: TAKES_CONFIRMATION,
    Intake.SECOND_CORRECTION: frozenset(PUBLISHED),
}
"""The states of a cycle in which each kind of intake is possible."""
DOING = {
    Intake.ORDINARY: Sentence("taking evidence"),
    Intake.ADJUSTMENT: Sentence("adjusting evidence"),
    Intake.CORRECTION: Sentence("correcting evidence"),
    Intake.CONFIRMATION: Sentence("confirming"),
    Intake.SECOND_CORRECTION: Sentence("correcting the second wave"),
}
VERBS = {
    Intake.ORDINARY: "take_evidence",
    Intake.ADJUSTMENT: "adjust_evidence",
    Intake.CORRECTION: "correct_evidence",
    Intake.CONFIRMATION: "confirm_evidence",
    Intake.SECOND_CORRECTION: "correct_confirmation",
}
NEEDS_REASON = frozenset({Intake.ADJUSTMENT, Intake.CORRECTION, Intake.SECOND_CORRECTION})
"""What takes the place of evidence that counts already."""


@dataclass(frozen=True)
class Brought:
    """What somebody brings: a file or folder, or rows; `source` and `seen` are for columns that a file does not have."""

    path: Path | None = None
    rows: Rows | Iterable[Rows] | None = None
    source: str = ""
    seen: datetime | None = None
    file_name: str = ""

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.file_name or (self.path.name if self.path else "")

    @property
    def defaults(self) -> dict[str, object]:
        """Return what is said of all rows of a file, by the columns it stands for."""
        return ({"source": self.source} if self.source else {}) | ({AT: self.seen} if self.seen else {})


@dataclass(frozen=True)
class Bringing:
    """Who brings something into a cycle, when, as what kind of intake, for what reason, and for which entity."""

    by: Person
    cycle: Cycle
    at: datetime
    kind: str
    why: str = ""
    entity_code: str = ""


@dataclass(frozen=True)
class Took:
    """What was taken in; not `new` where the cycle had it already. `unused` are columns that nobody asked for."""

    intake: Intake
    new: bool
    unused: tuple[str, ...] = ()


def take_evidence(
    *, by: Person, cycle: Cycle, at: datetime, brought: Brought, entity_code: str = "", progress: Progress | None = None
) -> Took:
    """Take a file, a folder or rows into an open cycle: all or nothing; raises ManyProblems with all that is wrong.

    Who acts for an entity (`entity_code`) brings evidence on its own channels alone, and none that others are to collect.
    """
    require_may("take_evidence", by, at, entity_code=entity_code)
    entity_code = "" if by.has(Role.PROGRAMME, at=at) else entity_code
    return bring_in(Bringing(by, cycle, at, Intake.ORDINARY, entity_code=entity_code), brought, progress)


def adjust_evidence(
    *, by: Person, cycle: Cycle, at: datetime, brought: Brought, why: str, progress: Progress | None = None
) -> Took:
    """Put rows in the place of earlier ones, or beside them, for a reason, after the lock and before the approval.

    A result changes by this alone, never by a star.
    """
    require_may("adjust_evidence", by, at)
    return bring_in(Bringing(by, cycle, at, Intake.ADJUSTMENT, why), brought, progress)


def correct_evidence(
    *, by: Person, cycle: Cycle, at: datetime, brought: Brought, why: str, progress: Progress | None = None
) -> Took:
    """Put rows in the place of published ones, for a reason; what is published stays until `correct_publication`."""
    require_may("correct_evidence", by, at)
    return bring_in(Bringing(by, cycle, at, Intake.CORRECTION, why), brought, progress)


def confirm_evidence(*, by: Person, cycle: Cycle, at: datetime, brought: Brought, progress: Progress | None = None) -> Took:
    """Take in rows of a second wave after the lock, on channels drawn for it alone; they name, and never rate.

    A row takes the place of an earlier one of the wave with the same key.
    """
    require_may("confirm_evidence", by, at)
    return bring_in(Bringing(by, cycle, at, Intake.CONFIRMATION), brought, progress)


def correct_confirmation(
    *, by: Person, cycle: Cycle, at: datetime, brought: Brought, why: str, progress: Progress | None = None
) -> Took:
    """Put rows in the place of those of a published second wave, for a reason; verdicts change by `correct_publication` alone.

    Raises OutOfTurn where the cycle took in no second wave: nobody is named after the publication on evidence that is new.
    """
    require_may("correct_confirmation", by, at)
    if not cycle.intakes.filter(kind=Intake.CONFIRMATION).exists():
        what = Sentence("the cycle took in no second wave, so that there is nothing to correct in it")
        raise OutOfTurn(what, remedy=Sentence("correct the first wave, or leave it"))
    return bring_in(Bringing(by, cycle, at, Intake.SECOND_CORRECTION, why), brought, progress)


def link_evidence(*, by: Person, cycle: Cycle, at: datetime, lake_import: str) -> Took:
    """Take into an open cycle what the lake already holds; raises Problem where it speaks of anything else."""
    require_may("take_evidence", by, at)
    found = next((entry for entry in the_lake().imports() if entry.id == lake_import), None)
    if found is None or found.kind != INTAKE:
        raise Problem(
            Sentence("the lake has no intake {name}", name=lake_import),
            remedy=Sentence("name one that `marsad` imported"),
        )
    refuse_strangers(cycle, found)
    return taken(Bringing(by, cycle, at, Intake.ORDINARY), found, "")


def bring_in(bringing: Bringing, brought: Brought, progress: Progress | None) -> Took:
    """Put what somebody brings into the lake, then into the cycle; what the cycle refuses counts nowhere."""
    cycle, kind = fresh(bringing.cycle), bringing.kind
    require_state(cycle, STATES[kind], DOING[kind])
    if kind in NEEDS_REASON and not bringing.why.strip():
        raise Problem(
            Sentence("{doing} needs a reason", doing=DOING[kind]), remedy=Sentence("say why, for those who read the audit")
        )
    known = drawn_in(cycle) if kind in Intake.SECOND_WAVE else known_to(cycle, bringing.entity_code)
    added, unused = into_lake(bringing, brought, known, progress)
    refuse_other_cycles(cycle, added.entry)
    if bringing.entity_code:
        refuse_sources(added.entry)
    return replace(taken(bringing, added.entry, brought.name), unused=unused)


def known_to(cycle: Cycle, entity_code: str) -> Known:
    """Return what rows may speak of: the covered channels, or those of an entity, and the indicators of the standard."""
    covered = cycle.covered.filter(channel__entity__code=entity_code) if entity_code else cycle.covered
    indicators = source_of(cycle.standard).standard.scheme.indicators
    if entity_code:
        indicators = tuple(indicator for indicator in indicators if indicator.source in OWN_SOURCES)
    return Known(frozenset(covered.values_list("channel__code", flat=True)), indicators)


def drawn_in(cycle: Cycle) -> Known:
    """Return what rows of a second wave may speak of: the channels drawn for it; raises OutOfTurn where none is."""
    codes = frozenset(Drawn.objects.filter(round__cycle=cycle).values_list("channel__code", flat=True))
    if not codes:
        raise OutOfTurn(Sentence("nobody is drawn for confirmation yet"), remedy=Sentence("draw the confirmation round first"))
    return Known(codes, source_of(cycle.standard).standard.scheme.indicators)


def into_lake(bringing: Bringing, brought: Brought, known: Known, progress: Progress | None) -> tuple[Added, tuple[str, ...]]:
    """Add what is brought to the lake; return what became of it, and the columns that nobody asked for."""
    at, kind = bringing.at, INTAKE if bringing.kind == Intake.ORDINARY else ADJUSTMENT
    about = {} if kind == INTAKE else {"adjustment": fresh_code(at)}
    if bringing.kind == Intake.CONFIRMATION:
        about = {"confirmation": bringing.cycle.code}  # the same rows twice are one import
    if brought.path is not None:
        order = Order({"cycle": bringing.cycle.code, **brought.defaults}, known)
        took = import_files(the_lake(), brought.path, at=at, order=order, kind=kind, about=about, progress=progress)
        return took.added, took.unused
    if brought.rows is None:
        raise Problem(Sentence("there is no evidence"), remedy=Sentence("bring a file or rows"))
    rows = checked(brought.rows, known)
    return the_lake().add(rows, at=at, kind=kind, about=about, progress=progress), ()


def checked(rows: Rows | Iterable[Rows], known: Known) -> Iterator[Rows]:
    """Yield rows that speak of nothing unknown; raises FaultyRowsError."""
    for some in [rows] if isinstance(rows, Rows) else rows:
        columns = {**some.texts, **{name: some.numbers[name] for name in NUMBERS}}
        draft = Draft(len(some), columns)
        refuse_unknown(draft, known)
        if draft.faults:
            raise FaultyRowsError(sorted(draft.faults, key=lambda fault: fault.row), draft.total)
        yield some


def refuse_other_cycles(cycle: Cycle, entry: Import) -> None:
    """Raise Problem where rows say that they belong to another cycle."""
    others = sorted({code for file in entry.files for code in file.cycles} - {cycle.code})
    if others:
        raise Problem(
            Sentence("there are rows of the cycle '{cycle}'", cycle=others[0]),
            column="cycle",
            remedy=Sentence("write {code}, or leave it out", code=cycle.code),
        )


def refuse_sources(entry: Import) -> None:
    """Raise Problem where an entity brings what others are to collect."""
    others = sorted({file.source for file in entry.files} - OWN_SOURCES)
    if others:
        what = Sentence("an entity does not bring evidence from {source} on itself", source=others[0])
        raise Problem(what, column="source", remedy=Sentence("leave it to the programme team"))


def refuse_strangers(cycle: Cycle, entry: Import) -> None:
    """Raise Problem where an import of the lake speaks of other cycles, channels or indicators."""
    refuse_other_cycles(cycle, entry)
    known = known_to(cycle, "")
    codes = {indicator.code for indicator in known.indicators or ()}
    for code in sorted({code for file in entry.files for code in file.indicators} - codes):
        raise Problem(
            Sentence("the indicator '{code}' is not known", code=code),
            remedy=Sentence("import evidence on the standard of the cycle"),
        )
    alone = Version((entry.id,), the_lake().version([entry.id]).sha256)
    subjects = queries.ask(the_engine(), the_lake(), alone, cycle.code, lambda rows: rows.select("subject").distinct())["subject"]
    for code in sorted(set(subjects.tolist()) - (known.subjects or frozenset())):
        raise Problem(Sentence("the channel '{code}' is not covered by the cycle", code=code), remedy=Sentence("cover it first"))


def taken(bringing: Bringing, entry: Import, file_name: str) -> Took:
    """Link an import of the lake to a cycle, unless it is already."""
    by, at, kind, why = bringing.by, bringing.at, bringing.kind, bringing.why
    with transaction.atomic():
        cycle = held(bringing.cycle)
        require_state(cycle, STATES[kind], DOING[kind])
        before = cycle.intakes.filter(lake_import=entry.id).first()
        if before is not None:
            return Took(before, new=False)
        intake = Intake.objects.create(
            code=fresh_code(at),
            cycle=cycle,
            lake_import=entry.id,
            sources=sources_of(entry),
            file_name=file_name[:300],
            rows=entry.rows,
            kind=kind,
            reason=why,
            entity_code=bringing.entity_code,
            by=by,
            at=at,
        )
        after = {"cycle": cycle.code, "import": entry.id, "content": entry.content, "rows": entry.rows, "file": file_name}
        record(by=by, verb=VERBS[kind], on=intake, before=None, after=after, at=at, why=why)
    return Took(intake, new=True)


def sources_of(entry: Import) -> dict[str, int]:
    """Return how many rows there are of each source."""
    found: dict[str, int] = {}
    for file in entry.files:
        found[file.source] = found.get(file.source, 0) + file.rows
    return found


def fresh_code(at: datetime) -> str:
    """Return a new public identifier."""
    return new_code(at, secrets.token_bytes(CHANCE_BYTES))
