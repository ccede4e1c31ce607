"""What working pages call verdicts, the states of a cure, its moves, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from marsad.core.naming import Verdict
from marsad.web.texts import noop

VERDICTS: Mapping[str, str] = {
    Verdict.NAMED: noop("Named"),
    Verdict.ATTENTION: noop("Needs attention"),
    Verdict.CANDIDATE: noop("Candidate"),
}
"""What lists say of a channel they look at."""
STATES: Mapping[str, str] = {
    "open": noop("Awaits its plan"),
    "planned": noop("Planned"),
    "under-way": noop("Under way"),
    "re-evaluated": noop("Evaluated again"),
    "cured": noop("Cured"),
    "not-cured": noop("Not cured"),
    "escalated": noop("Escalated"),
    "withdrawn": noop("Taken back"),
}
"""The states of a cure as titles."""
TAGS: Mapping[str, str] = {"cured": "good", "not-cured": "bad", "escalated": "bad", "withdrawn": "past"}
VERBS: Mapping[str, str] = {
    "confirm": noop("Cured: the change is an improvement"),
    "refuse": noop("Not cured"),
    "escalate": noop("Escalate it"),
    "withdraw": noop("Withdraw it: the publication was corrected, or it was opened by mistake"),
}
"""What the programme may say becomes of a cure."""
OUTCOMES: Mapping[str, str] = {
    "improved": noop("Improved"),
    "not-separable": noop("Not separable from no change"),
    "worse": noop("Worse"),
}
"""What a change says."""
