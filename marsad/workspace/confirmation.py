"""The confirmation round of a cycle, for the programme team alone: who is visited again, what came in, and what that names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.catalogue.kinds import kinds
from marsad.core.lifecycle import TAKES_CONFIRMATION
from marsad.core.naming import Verdict
from marsad.ratings.confirming import answers_again, drawn_for
from marsad.ratings.models import Cycle
from marsad.ratings.rounds import Drawn
from marsad.web.charts.picture import Table
from marsad.web.texts import grouped, noop
from marsad.workspace.desk import Desk

SHOWN_IN = ("locked", "moderation", "appeal", "approved", "published", "cure", "closed")
"""The states of a cycle in which there may be a round."""
VERDICTS = {
    (Verdict.NAMED, True): noop("Named among the best"),
    (Verdict.NAMED, False): noop("Named among the worst"),
    (Verdict.ATTENTION, True): noop("Still open whether among the best"),
    (Verdict.ATTENTION, False): noop("Needs attention"),
    (Verdict.CANDIDATE, True): noop("Awaits new evidence"),
    (Verdict.CANDIDATE, False): noop("Awaits new evidence"),
}
"""What a run's lists say of who was visited again, at the best end of a league and at the other."""


@dataclass(frozen=True)
class Line:
    """A channel of the list, as ready cells."""

    name: str
    entity: str
    kind: str
    href: str
    decoy: bool
    answers: str
    verdict: str


@dataclass(frozen=True)
class ConfirmationPage:
    """The confirmation round of a cycle as one page shows it."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def drawn(self) -> QuerySet[Drawn]:
        """Return who is drawn, in the order of their codes."""
        return drawn_for(self.cycle).select_related("channel__entity").order_by("channel__code")

    @property
    def may_draw(self) -> bool:
        """Whether whoever looks may draw now."""
        return self.desk.may("draw_round") and self.cycle.state in TAKES_CONFIRMATION

    @property
    def may_bring(self) -> bool:
        """Whether whoever looks may bring evidence of the second wave now."""
        return self.desk.may("confirm_evidence") and self.cycle.state in TAKES_CONFIRMATION and self.drawn.exists()

    @property
    def sentence(self) -> str:
        """Return how many are drawn, and how many of them are decoys."""
        count = self.drawn.count()
        if not count:
            return gettext("After the lock all candidates are visited again, and decoys with them, that nobody may tell which.")
        decoys = self.drawn.filter(decoy=True).count()
        return ngettext(
            "%(count)s channel is visited again; %(decoys)s of them as a decoy, which nobody but the programme team knows.",
            "%(count)s channels are visited again; %(decoys)s of them as decoys, which nobody but the programme team knows.",
            count,
        ) % {"count": grouped(count), "decoys": grouped(decoys)}

    @cached_property
    def answers(self) -> dict[str, int]:
        """Return how many answers and findings of the second wave there are, by the channel's code."""
        return answers_again(self.cycle)

    @cached_property
    def verdicts(self) -> dict[str, list[str]]:
        """Return what the lists of the current run say of channels, in words."""
        run, found = self.cycle.current_run, dict[str, list[str]]()
        for one in run.lists if run else []:
            for channel in one["channels"]:
                words = VERDICTS.get((Verdict(channel["verdict"]), one["end"] == "first"))
                if words:
                    found.setdefault(channel["channel"], []).append(gettext(words))
        return found

    def line(self, drawn: Drawn) -> Line:
        """Return a channel as the list has it."""
        channel, language = drawn.channel, self.desk.language
        return Line(
            name=self.desk.name(channel),
            entity=self.desk.name(channel.entity),
            kind=kinds()[channel.kind].name[language] if channel.kind in kinds() else channel.kind,
            href=reverse("workspace_channel", args=[self.cycle.code, channel.code]),
            decoy=drawn.decoy,
            answers=grouped(self.answers.get(channel.code, 0)),
            verdict=self.desk.listed(self.verdicts.get(channel.code, [])) or "–",
        )

    def csv(self) -> str:
        """Return the assignments as CSV: who is visited again, and nothing that tells why."""
        lines = ((drawn.channel.code, self.line(drawn)) for drawn in self.drawn)
        rows = tuple((code, line.name, line.entity, line.kind) for code, line in lines)
        return Table(("channel", "name", "entity", "kind"), rows).csv()
