"""The confirmation round of a cycle, for the programme team alone: who is visited again, what came in, and what that names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from marsad.catalogue.kinds import kinds
from marsad.catalogue.models import Entity
from marsad.core.lifecycle import TAKES_CONFIRMATION
from marsad.core.naming import Verdict
from marsad.ratings.confirming import answers_again, drawn_for
from marsad.ratings.entity_lists import Ranking, rankings
from marsad.ratings.models import PUBLISHED, Cycle, Intake
from marsad.ratings.releases import scheme_of
from marsad.ratings.rounds import Drawn
from marsad.web.charts.picture import Table
from marsad.web.texts import grouped, noop
from marsad.workspace.desk import Desk

SHOWN_IN = ("locked", "moderation", "appeal", "approved", "published", "cure", "closed")
"""The states of a cycle in which there may be a round."""
VERDICTS = {
    (Verdict.NAMED, True): noop("Named among the best"),
    (Verdict.NAMED, False): noop("Named among the worst"),
    (Verdict.ATTENTION, True): noop("Not named among the best"),
    (Verdict.ATTENTION, False): noop("Needs attention"),
    (Verdict.CANDIDATE, True): noop("Awaits new evidence"),
    (Verdict.CANDIDATE, False): noop("Awaits new evidence"),
}
"""What a run's lists say of who was visited again, at the best end of a league and at the other."""


@dataclass(frozen=True)
class Role:
    """What a channel was drawn as: in words, and how they are marked."""

    words: str
    kind: str = ""


@dataclass(frozen=True)
class Line:
    """A channel of the list, as ready cells."""

    name: str
    entity: str
    kind: str
    href: str
    roles: list[Role]
    answers: str
    verdict: str


def roles_of(drawn: Drawn) -> list[Role]:
    """Return what a channel was drawn as."""
    decoy, candidate = Role(gettext("Decoy")), Role(gettext("Candidate"), "warn")
    found = [] if drawn.decoy is None else [decoy if drawn.decoy else candidate]
    if drawn.entity_decoy is None:
        return found
    quiet, asked = Role(gettext("For its entity, a decoy")), Role(gettext("For its entity, a candidate"), "warn")
    return [*found, quiet if drawn.entity_decoy else asked]


@dataclass(frozen=True)
class EntityLine:
    """An entity visited again: its mean, its rank, and what new evidence says of it at both ends."""

    name: str
    mean: str
    rank: str
    verdict: str


@dataclass(frozen=True)
class EntityTable:
    """The entities of one kind that were visited again."""

    desk: Desk
    ranking: Ranking

    @property
    def kind(self) -> str:
        """Return what the kind is called."""
        league = self.ranking.league
        return kinds()[league].name[self.desk.language] if league in kinds() else league

    @cached_property
    def names(self) -> dict[str, str]:
        """Return what entities are called."""
        codes = [one.code for one in self.ranking.entities]
        return {one.code: self.desk.name(one) for one in Entity.objects.filter(code__in=codes)}

    @cached_property
    def lines(self) -> list[EntityLine]:
        """Return them, best first."""
        return [
            EntityLine(self.names.get(one.code, one.code), grouped(one.value, 1), grouped(one.rank), self.verdict(one.code))
            for one in self.ranking.entities
            if self.ranking.is_again(one.code)
        ]

    def verdict(self, code: str) -> str:
        """Return what new evidence says of an entity at both ends."""
        said = [VERDICTS.get((verdict, best)) for best, verdict, _ in self.ranking.told(code)]
        return self.desk.listed(gettext(words) for words in said if words) or "–"


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
    def may_correct(self) -> bool:
        """Whether whoever looks may put rows in the place of those of a published second wave."""
        came = self.cycle.intakes.filter(kind=Intake.CONFIRMATION).exists()
        return came and self.desk.may("correct_confirmation") and self.cycle.state in PUBLISHED

    @property
    def sentence(self) -> str:
        """Return how many are drawn, and how many of them are decoys."""
        count = self.drawn.count()
        if not count:
            return gettext("After the lock all candidates are visited again, and decoys with them, that nobody may tell which.")
        decoys = self.drawn.filter(decoy=True).count()
        said = ngettext(
            "%(count)s channel is visited again; %(decoys)s of them as a decoy, which nobody but the programme team knows.",
            "%(count)s channels are visited again; %(decoys)s of them as decoys, which nobody but the programme team knows.",
            count,
        ) % {"count": grouped(count), "decoys": grouped(decoys)}
        standing = self.drawn.exclude(entity_decoy=None)
        if not standing:
            return said
        entities = standing.values("channel__entity").distinct().count()
        more = gettext("%(standing)s of them stand for %(entities)s entities that may be named, or are decoys for those.")
        return f"{said} {more % {'standing': grouped(standing.count()), 'entities': grouped(entities)}}"

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
            roles=roles_of(drawn),
            answers=grouped(self.answers.get(channel.code, 0)),
            verdict=self.desk.listed(self.verdicts.get(channel.code, [])) or "–",
        )

    @cached_property
    def rankings(self) -> list[EntityTable]:
        """Return what the current run says of the entities visited again, kind by kind; nothing before a second wave."""
        run = self.cycle.current_run
        found = rankings(run.entity_lists, scheme_of(run.standard, run.names)) if run else ()
        return [EntityTable(self.desk, one) for one in found]

    def csv(self) -> str:
        """Return the assignments as CSV: who is visited again, and nothing that tells why."""
        lines = ((drawn.channel.code, self.line(drawn)) for drawn in self.drawn)
        rows = tuple((code, line.name, line.entity, line.kind) for code, line in lines)
        return Table(("channel", "name", "entity", "kind"), rows).csv()
