"""The re-evaluation of a cure: scores of three waves, of the channel and of decoys, and the change that follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from marsad.accounts.audit import record
from marsad.accounts.models import Person
from marsad.core.cure import Change, Wave, Waves, change_of, measured
from marsad.core.estimate import normal_quantile
from marsad.core.lifecycle import OutOfTurn
from marsad.core.naming import Verdict
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence
from marsad.core.shrinkage import shrunk_means
from marsad.lake.numbers import shown
from marsad.ratings.access import require_may
from marsad.ratings.aftermath import Cure
from marsad.ratings.board import Entry, board_of
from marsad.ratings.clearing import newest
from marsad.ratings.curing import bring, moving
from marsad.ratings.intake import Bringing, Brought, drawn_in, into_lake, refuse_other_cycles
from marsad.ratings.looks import verdicts_in
from marsad.ratings.models import Intake, Publication
from marsad.ratings.setup import evidence_of, setup_of_run, the_lake

MOST = 1000
"""Channels in one re-evaluation."""
REACH = 2 * normal_quantile(Settings.level)
"""How many standard errors the intervals of results are wide."""
Firsts = Mapping[str, tuple[float, float]]
"""Published scores with their standard errors, by the codes of channels."""


@dataclass(frozen=True)
class Measured:
    """The score of a channel in points and its standard error: by the second wave alone, and on re-evaluation."""

    channel: str
    before: float
    before_se: float
    after: float
    after_se: float


def re_evaluate_evidence(*, by: Person, cure: Cure, brought: Brought, at: datetime) -> Cure:
    """Re-evaluate a cure under way by new evidence on channels of its second wave, measured as that was; raises ManyProblems.

    Decoys are all of them that are on no list, of whom both waves tell the whole score. Raises Problem and OutOfTurn.
    """
    require_may("judge_cure", by, at)
    setup = setup_of_run(newest(cure.publication).run)
    if setup.second is None:
        raise OutOfTurn(
            Sentence("the publication rests on no second wave, so that there is no baseline"),
            remedy=Sentence("bring scores with their standard errors instead"),
        )
    bringing = Bringing(by, cure.cycle, at, Intake.CONFIRMATION)
    added, _unused = into_lake(bringing, brought, drawn_in(cure.cycle), None)
    refuse_other_cycles(cure.cycle, added.entry)
    both = [measured(setup.scheme, evidence_of(setup, one)[0]) for one in (setup.second, the_lake().version([added.entry.id]))]
    found = np.column_stack([part for wave in both for part in (wave.value, wave.se)])
    told = {code: row for code, row in zip(sorted(setup.scope), found.tolist(), strict=True) if not np.isnan(row).any()}
    fit = {cure.channel.code, *decoys_of(cure)} & set(told)
    scores = [Measured(code, *told[code]) for code in sorted(fit)]
    return re_evaluate(by=by, cure=cure, scores=scores, at=at, lake_import=added.entry.id)


def re_evaluate(*, by: Person, cure: Cure, scores: Sequence[Measured], at: datetime, lake_import: str = "") -> Cure:
    """Re-evaluate a cure under way by the scores of its channel and of decoys: rated channels of its league, on no list.

    The published results of all of them go into the baseline, where all have intervals. Raises Problem and OutOfTurn.
    """
    with transaction.atomic():
        cure, state = moving(by, cure, "re-evaluate", at)
        rows = {one.channel: one for one in scores}
        refuse_unfit(cure, rows, len(scores))
        firsts = firsts_of(cure)
        change = change_of(*parted(cure.channel.code, rows, firsts))
        before = {"state": cure.state, "change": cure.change}
        cure.scores = [asdict(one) | {"first": firsts.get(one.channel)} for one in scores]
        cure.change = told(change, cure.channel.code) | ({"import": lake_import} if lake_import else {})
        bring(cure, state, at, "scores", "change")
        after = {"state": state, "change": cure.change, "scores": cure.scores}
        record(by=by, verb="re_evaluate_cure", on=cure, before=before, after=after, at=at)
    return cure


def refuse_unfit(cure: Cure, rows: Mapping[str, Measured], count: int) -> None:
    """Raise Problem where the channels that were measured do not go together."""
    own = cure.channel.code
    if own not in rows:
        raise Problem(
            Sentence("the scores of {channel} are missing", channel=own), column="scores", remedy=Sentence("add its line")
        )
    if len(rows) != count:
        raise Problem(Sentence("a channel is there twice"), column="scores", remedy=Sentence("write one line for each"))
    decoys = decoys_of(cure)
    for code in set(rows) - {own}:
        if code not in decoys:
            raise Problem(
                Sentence("{channel} is no decoy of this cure", channel=shown(code)),
                column="scores",
                remedy=Sentence("choose rated channels of its own kind that were not in question"),
            )


def decoys_of(cure: Cure) -> set[str]:
    """Return the channels that may be decoys of a cure, by the last correction of its publication."""
    return decoys_in(newest(cure.publication), cure.channel.code)


def decoys_in(publication: Publication, channel: str) -> set[str]:
    """Return the channels that may be decoys of a channel: those of its league that are rated and were never in question.

    A candidate that the second wave cleared is none: it was cleared because it did well in what would be its baseline.
    """
    run = publication.run
    board = board_of(run, disclosed=True)
    ends = (verdicts_in(publication, best=best) for best in (True, False))
    asked = {code for end in ends for code, verdict in end.items() if verdict != Verdict.NONE}
    asked |= {code for code, decoy in run.drawn.items() if not decoy}
    league = board.leagues[board.by_code[channel].league]
    return {entry.code for entry in league if entry.rated} - asked - {channel}


def parted(own: str, rows: Mapping[str, Measured], firsts: Firsts) -> tuple[Waves, Waves]:
    """Return what is known of the channel, and of the decoys; published results only where all have one."""
    decoys = sorted(set(rows) - {own})
    known = firsts if set(rows) <= set(firsts) else None
    return waves([own], rows, known, single=True), waves(decoys, rows, known)


def waves(codes: Sequence[str], rows: Mapping[str, Measured], firsts: Firsts | None, *, single: bool = False) -> Waves:
    """Return the waves of some channels, as arrays; of a `single` one as numbers."""
    after = [(rows[code].after, rows[code].after_se) for code in codes]
    before = [(rows[code].before, rows[code].before_se) for code in codes]
    first = None if firsts is None else wave([firsts[code] for code in codes], single)
    return Waves(first, wave(before, single), wave(after, single))


def wave(pairs: Sequence[tuple[float, float]], single: bool) -> Wave:
    """Return scores with their standard errors as arrays; of a `single` channel as numbers."""
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return Wave.of(*table[0]) if single else Wave(table[:, 0], table[:, 1])


def firsts_of(cure: Cure) -> Firsts:
    """Return what the publication knows of every channel of a cure's league that has an interval: score and standard error.

    The joint model has allowed for chance already; results of each channel alone are drawn towards those of the league first.
    """
    board = board_of(newest(cure.publication).run, disclosed=True)
    found = {one.code: first for one in board.leagues[board.by_code[cure.channel.code].league] if (first := first_of(one))}
    joint = board.scheme.joint
    if not found or (joint is not None and len(found) >= joint.minimum_channels):
        return found
    value, se = np.array(list(found.values())).T
    drawn = shrunk_means(value, se, np.full(value.size, np.nan), Settings.level).estimate
    errors = (drawn.high - drawn.low) / REACH
    return dict(zip(found, zip(drawn.value.tolist(), errors.tolist(), strict=True), strict=True))


def first_of(entry: Entry) -> tuple[float, float] | None:
    """Return the published score of a channel with the standard error of its interval, None where it has none."""
    if entry.score is None or entry.low is None or entry.high is None or entry.high <= entry.low:
        return None
    return entry.score, (entry.high - entry.low) / REACH


def told(change: Change, channel: str) -> dict[str, Any]:
    """Return a change as it is kept."""
    parts = {name: asdict(getattr(change, name)) for name in ("own", "decoys", "difference")}
    numbers = {name: getattr(change, name) for name in ("se", "freedom", "weight", "level")}
    return {"channel": channel, "outcome": str(change.outcome), "count": change.count, **parts, **numbers}
