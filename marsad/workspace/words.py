"""What working pages call states, moves, sources, roles and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marsad.core.lifecycle import CYCLE
from marsad.ratings.models import Job, Run
from marsad.web.texts import noop

STATES: Mapping[str, str] = {
    "draft": noop("Draft"),
    "open": noop("Open for evidence"),
    "locked": noop("Locked"),
    "moderation": noop("In moderation"),
    "appeal": noop("Hearing appeals"),
    "approved": noop("Approved"),
    "published": noop("Published"),
    "cure": noop("In cure"),
    "closed": noop("Closed for good"),
}
"""The states of a cycle as titles."""
MEANINGS: Mapping[str, str] = {
    "draft": noop("The programme team alone prepares what is announced and which channels are covered."),
    "open": noop("Evidence comes in from all sources; the announcement stands."),
    "locked": noop("No more evidence is taken in; what is wrong is put right only with a reason."),
    "moderation": noop("The programme team examines the results and adjusts evidence, never a star, with a reason."),
    "appeal": noop("Entities have been told; what their appeals prove is adjusted with a reason."),
    "approved": noop("The council has approved the results; nothing changes any more."),
    "published": noop("The results are frozen, signed and open to everybody."),
    "cure": noop("Entities mend what the results have shown."),
    "closed": noop("The cycle is over."),
}
"""What each state of a cycle means."""
RUN_STATES: Mapping[str, str] = {
    Run.QUEUED: noop("Waiting"),
    Run.RUNNING: noop("Under way"),
    Run.DONE: noop("Completed"),
    Run.FAILED: noop("Failed"),
    Run.CANCELLED: noop("Cancelled"),
    Job.WAITING: noop("Waiting"),
}
"""The states of runs and jobs."""
STATE_TAGS: Mapping[str, str] = {Run.DONE: "good", Run.FAILED: "bad", Run.CANCELLED: "past"}
INTAKES: Mapping[str, str] = {
    "ordinary": noop("Evidence"),
    "adjustment": noop("Adjustment"),
    "correction": noop("Correction"),
    "confirmation": noop("Second wave"),
    "second-correction": noop("Correction of the second wave"),
}
JOBS: Mapping[str, str] = {
    "evidence": noop("Taking in evidence"),
    "adjustment": noop("Adjusting evidence"),
    "correction": noop("Correcting evidence"),
    "confirmation": noop("Taking in a second wave"),
    "weights": noop("Weighing answers to known totals"),
    "draw": noop("Drawing who is visited again"),
    "publication": noop("Publishing the results"),
    "republication": noop("Publishing a correction"),
    "channels": noop("Taking in channels"),
    "sensitivity": noop("Trying other reasonable ratings"),
    "integrity": noop("Looking into the integrity of the results"),
}
"""What each kind of job does."""
PARTS: Mapping[str, str] = {
    "evidence": noop("evidence"),
    "scope": noop("scope"),
    "facts": noop("facts about channels"),
    "standard": noop("standard"),
    "settings": noop("settings"),
    "program": noop("program"),
    "confirmation": noop("second wave"),
    "others": noop("what is known of others"),
    "several": noop("several at once"),
}
"""What two runs may differ in, and why a channel moved."""


@dataclass(frozen=True)
class Verb:
    """A move as people read it: the button, what it asks, and what follows from it; `final` ones cannot be taken back."""

    button: str
    title: str
    follows: str
    final: bool = False


VERBS: Mapping[str, Verb] = {
    "open": Verb(
        noop("Open the cycle"),
        noop("Open {cycle}?"),
        noop("Everybody sees the cycle from now on, and evidence is taken in. The announcement no longer changes."),
        final=True,
    ),
    "lock": Verb(
        noop("Lock the evidence"),
        noop("Lock {cycle}?"),
        noop("No more evidence is taken in. From now on evidence is adjusted only with a reason that the audit keeps."),
        final=True,
    ),
    "moderate": Verb(
        noop("Begin moderation"),
        noop("Begin the moderation of {cycle}?"),
        noop("The programme team examines the results; evidence is adjusted with a reason, a star never."),
        final=True,
    ),
    "hear": Verb(
        noop("Hear appeals"),
        noop("Hear the appeals of {cycle}?"),
        noop("The council now sees the results it is to decide on; entities may appeal."),
        final=True,
    ),
    "approve": Verb(
        noop("Approve the results"),
        noop("Approve the results of {cycle}?"),
        noop("Evidence, scope and facts are frozen as the last run rated them. The programme team may then publish."),
    ),
    "return": Verb(
        noop("Return to moderation"),
        noop("Return {cycle} to moderation?"),
        noop("The approval is taken back. Evidence may be adjusted again with a reason."),
    ),
    "publish": Verb(
        noop("Publish the results"),
        noop("Publish the results of {cycle}?"),
        noop("The results are reckoned once more, frozen, signed and shown to everybody for good."),
        final=True,
    ),
    "cure": Verb(
        noop("Begin the cure"),
        noop("Begin the cure of {cycle}?"),
        noop("Entities mend what the results have shown; the results stand as they are."),
        final=True,
    ),
    "close": Verb(
        noop("Close the cycle"),
        noop("Close {cycle}?"),
        noop("The cycle is over. Its results stay public; they change only by a correction."),
        final=True,
    ),
    "correct": Verb(
        noop("Publish a correction"),
        noop("Publish a correction of {cycle}?"),
        noop("A new publication takes the place of the one that counts and names it; both stay public, with your reason."),
        final=True,
    ),
}
"""The moves of a cycle, and the correction of what is published."""

COURSE = tuple(state for state in CYCLE.states if state not in ("cure", "closed"))
"""The states from the announcement to the publication."""
