"""What a job does for somebody, as its page shows it: how far it is, how it ended, and line by line why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from marsad.ratings.access import cycles_for
from marsad.ratings.models import Cycle, Job
from marsad.ratings.orders import DRAW, INTEGRITY, PUBLISH, REPUBLISH, SENSITIVITY, WEIGH
from marsad.web.texts import grouped, percent
from marsad.workspace.desk import Desk
from marsad.workspace.weighing import Line, lines_of
from marsad.workspace.words import JOBS, RUN_STATES, STATE_TAGS

BACK = {
    PUBLISH: "workspace_cycle",
    REPUBLISH: "workspace_cycle",
    SENSITIVITY: "workspace_sensitivity",
    INTEGRITY: "workspace_integrity",
    DRAW: "workspace_confirmation",
}
"""The pages that jobs lead back to; all others came from the evidence."""
BY_CHANNEL = frozenset({"channels", PUBLISH, REPUBLISH})
"""The kinds of jobs that go from channel to channel; others count in units of their own."""


@dataclass(frozen=True)
class JobPage:
    """A job as its page shows it."""

    desk: Desk
    job: Job

    @property
    def title(self) -> str:
        """Return what it does."""
        return gettext(JOBS[self.job.kind]) if self.job.kind in JOBS else self.job.kind

    @property
    def state(self) -> str:
        """Return its state in words."""
        return gettext(RUN_STATES[self.job.state])

    @property
    def tag(self) -> str:
        """Return the kind of mark that its state bears."""
        return STATE_TAGS.get(self.job.state, "warn")

    @property
    def is_live(self) -> bool:
        """Whether it waits or is under way."""
        return self.job.state in Job.LIVE

    @property
    def is_publication(self) -> bool:
        """Whether it publishes results."""
        return self.job.kind in (PUBLISH, REPUBLISH)

    @property
    def label(self) -> str:
        """Return how far it is, in words."""
        if self.job.state == Job.WAITING:
            return gettext("It waits for a free worker.")
        if not self.job.total:
            return gettext("It has begun.")
        done = min(self.job.done, self.job.total)
        if self.job.kind not in BY_CHANNEL:
            return gettext("%(share)s of it is done.") % {"share": percent(done / self.job.total)}
        return gettext("%(done)s of %(total)s channels are done.") % {"done": grouped(done), "total": grouped(self.job.total)}

    @property
    def sentence(self) -> str:
        """Return what becomes of it."""
        return {
            Job.DONE: gettext("It is done."),
            Job.FAILED: gettext("It failed, and nothing of it is kept."),
            Job.CANCELLED: gettext("It was cancelled, and nothing of it is kept."),
        }.get(self.job.state, gettext("It is on its way; you may leave this page and come back."))

    @property
    def cycle(self) -> Cycle | None:
        """Return the cycle it is about, as far as whoever looks may see it."""
        return cycles_for(self.desk.person, self.desk.at).filter(code=self.job.said.get("cycle", "")).first()

    @property
    def back(self) -> tuple[str, str]:
        """Return where it came from: what that is called, and its address."""
        cycle = self.cycle
        if cycle is None:
            return gettext("My work"), reverse("workspace")
        name = BACK.get(self.job.kind, "workspace_evidence")
        return self.desk.name(cycle), reverse(name, args=[cycle.code])

    @property
    def rows(self) -> str:
        """Return how many rows were taken in, '' where that is not what it did."""
        return grouped(self.job.result["rows"]) if self.job.result and "rows" in self.job.result else ""

    @property
    def weighed(self) -> list[Line]:
        """Return how each channel was weighed, none where that is not what it did."""
        found = self.job.result.get("channels") if self.job.kind == WEIGH and self.job.result else None
        return lines_of(self.desk, found or [])

    @property
    def refusal(self) -> Mapping[str, Any] | None:
        """Return why it failed, with every line that is wrong, in the page's language."""
        found: Mapping[str, Any] | None = self.job.refusal[self.desk.language] if self.job.refusal else None
        return found
