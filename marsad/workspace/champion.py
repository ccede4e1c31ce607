"""A champion's home: what needs them today, how their channels stand, and where evidence on them is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from marsad.accounts.access import invitations_for
from marsad.catalogue.models import Entity
from marsad.ratings.access import NotFound, cycles_for, entities_of, jobs_for, newest_publications
from marsad.ratings.board import Board, board_of
from marsad.ratings.clearing import CHANNEL, ENTITY, lifted_by
from marsad.ratings.coverage import Coverage, Missing, coverage_for
from marsad.ratings.intake import OWN_SOURCES
from marsad.ratings.models import PUBLISHED, Cycle, Job, Publication
from marsad.ratings.orders import TAKE
from marsad.ratings.replying import waiting
from marsad.standards import Text
from marsad.web.charts.cycle import Source, coverage
from marsad.web.charts.picture import Figure, Picture
from marsad.web.texts import Words, counted, listed, noop, phrase, text, unbroken
from marsad.workspace.cures import turns_of
from marsad.workspace.desk import Desk
from marsad.workspace.evidence import source_name
from marsad.workspace.results import results_page
from marsad.workspace.standing import DOUBTFUL, Standing, standing_of
from marsad.workspace.watching import waiting as waiting_reviews

RECENT = timedelta(days=14)
"""So long an import that failed stays among what needs somebody."""
SHOWN = 12
"""So many gaps are listed; the page of the evidence has all."""
LIFTED = {
    True: noop("Since the correction {publication} {name} is no longer named among the best {k} of its kind."),
    False: noop("Since the correction {publication} {name} is no longer named among the worst {k} of its kind."),
}
"""That a name no longer holds, by whether it was one of the best."""
NAMED = 3
"""So many channels are named in a sentence."""


@dataclass(frozen=True)
class Need:
    """One thing to do: a sentence, and where it is done; `pressing` ones stand out."""

    says: SafeString
    href: str
    pressing: bool = False


@dataclass(frozen=True)
class Gap:
    """What a channel lacks of a source, in words; `is_own`: its entity brings it, not the programme team."""

    name: str
    source: str
    lacks: SafeString
    href: str
    is_own: bool


@dataclass(frozen=True)
class Duty:
    """A cycle on its way that covers channels of one's own: how they stand, and what is missing."""

    desk: Desk
    cycle: Cycle
    published: frozenset[str]

    @cached_property
    def held(self) -> Coverage:
        """Return the evidence on one's own channels."""
        return coverage_for(self.desk.person, self.cycle, self.desk.at)

    @cached_property
    def own(self) -> tuple[Missing, ...]:
        """Return what is missing of evidence that an entity brings itself."""
        return tuple(gap for gap in self.held.missing if gap.source in OWN_SOURCES)

    @cached_property
    def picture(self) -> Figure:
        """Return the picture of what there is of every source."""
        return Figure(self.drawn)

    def drawn(self, *, width: float) -> Picture:
        """Return that picture so wide, apart from those of other cycles by its name."""
        sources = [Source(source_name(one.source), one.enough, one.some, one.total) for one in self.held.sources]
        return replace(coverage(sources, language=self.desk.language, width=width), name=f"coverage-{self.cycle.code}")

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the first gaps in words, one's own to close before others."""
        ordered = sorted(self.held.missing, key=lambda gap: (gap.source not in OWN_SOURCES, gap.channel))
        return tuple(self.gap(missing) for missing in ordered[:SHOWN])

    @property
    def more(self) -> SafeString | None:
        """Return how many gaps are not listed, None where all are."""
        left = len(self.held.missing) - SHOWN
        return self.desk.say(counted("And {n} gap more.", "And {n} gaps more.", left)) if left > 0 else None

    def gap(self, missing: Missing) -> Gap:
        """Return what a channel lacks of a source, in words."""
        query = urlencode({"q": missing.channel, "source": missing.source})
        return Gap(
            name=missing.name[self.desk.language],
            source=source_name(missing.source),
            lacks=self.desk.say(lacks(missing)),
            href=f"{reverse('workspace_evidence', args=[self.cycle.code])}?{query}",
            is_own=missing.source in OWN_SOURCES,
        )

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Return how one's own channels stand, none before the first run."""
        try:
            results = results_page(self.desk, self.cycle)
        except NotFound:
            return ()
        mine = results.board.of(entities_of(self.desk.person, self.desk.at))
        return tuple(standing_of(self.desk, results, entry, self.page_of(entry.code)) for entry in mine.entries)

    @property
    def near(self) -> tuple[Standing, ...]:
        """Return the channels near a threshold, the most doubtful first."""
        found = (one for one in self.standings if one.doubt >= DOUBTFUL)
        return tuple(sorted(found, key=lambda one: (-one.doubt, one.row.code)))

    @property
    def title(self) -> str:
        """Return the title of the cycle."""
        return self.desk.name(self.cycle)

    @property
    def intro(self) -> SafeString:
        """Return how many channels are rated for now."""
        rated, total = sum(one.star is not None for one in self.standings), len(self.standings)
        one = noop(
            "{rated} of your {n} channel is rated for now. Only your entity and the programme see it, and it may still change."
        )
        many = noop(
            "{rated} of your {n} channels are rated for now. Only your entity and the programme see it, and it may still change."
        )
        return self.desk.say(counted(one, many, total, rated=rated))

    def page_of(self, channel: str) -> str:
        """Return the public page of a channel, '' where nothing of it is published."""
        return reverse("channel", kwargs={"channel": channel}) if channel in self.published else ""


@dataclass(frozen=True)
class Champion:
    """The home of a champion."""

    desk: Desk

    @cached_property
    def entities(self) -> frozenset[str]:
        """Return the codes of the entities they champion."""
        return entities_of(self.desk.person, self.desk.at)

    @cached_property
    def newest(self) -> Publication | None:
        """Return the last publication, None before the first."""
        return newest_publications().select_related("run").order_by("-cycle__opens_on", "-number").first()

    @cached_property
    def last(self) -> Board | None:
        """Return what was published last of their entities, None before the first publication."""
        return board_of(self.newest.run, disclosed=True).of(self.entities) if self.newest else None

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Return the cycles on their way that cover a channel of theirs, the newest first."""
        mine = cycles_for(self.desk.person, self.desk.at).announced().exclude(state__in=PUBLISHED)
        mine = mine.filter(covered__channel__entity__code__in=self.entities).distinct()
        published = frozenset(self.last.by_code) if self.last else frozenset()
        return tuple(Duty(self.desk, cycle, published) for cycle in mine)

    @property
    def published(self) -> tuple[tuple[str, str, float | None], ...]:
        """Return name, page and star of the channels in what was published last."""
        entries = self.last.entries if self.last else ()
        return tuple(
            (one.name[self.desk.language], reverse("channel", kwargs={"channel": one.code}), one.star) for one in entries
        )

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Return what needs them today, what fails first."""
        turns = (Need(turn.says, turn.href, pressing=turn.pressing) for turn in turns_of(self.desk))
        again = (Need(one.says, one.href) for one in waiting_reviews(self.desk))
        found = [*self.failed(), *(need for duty in self.duties for need in needs_of(duty)), *turns, *again, *self.invited()]
        found += self.lifted()
        return tuple(sorted(found, key=lambda need: not need.pressing))

    def lifted(self) -> Iterator[Need]:
        """Yield the names that a correction of what was published last has taken back from their entities and channels."""
        if self.newest is None or self.last is None:
            return
        entities = {one.code: Text(one.name_ar, one.name_en) for one in Entity.objects.filter(code__in=self.entities)}
        channels = {code: one.name for code, one in self.last.by_code.items()}
        for of, names in ((ENTITY, entities), (CHANNEL, channels)):
            for one in lifted_by(self.newest, of):
                if one.code in names:
                    values = {"publication": unbroken(one.since.identity), "name": names[one.code], "k": one.k}
                    said = self.desk.say(phrase(LIFTED[one.best], **values))
                    yield Need(said, reverse(of, kwargs={of: one.code}) + ("#standing" if of == ENTITY else ""))

    def failed(self) -> Iterator[Need]:
        """Yield the imports of evidence that failed of late."""
        jobs = jobs_for(self.desk.person, self.desk.at).filter(kind=TAKE, state=Job.FAILED, ended__gte=self.desk.at - RECENT)
        for job in jobs:
            said = phrase("The file {file} was not taken in. See why, and send it again.", file=job.file or job.code)
            yield Need(self.desk.say(said), reverse("workspace_job", args=[job.code]), pressing=True)

    def invited(self) -> Iterator[Need]:
        """Yield the invitations nobody has accepted yet."""
        waiting = invitations_for(self.desk.person, self.desk.at).filter(accepted=None, withdrawn=None).count()
        if waiting:
            said = counted("{n} invitation waits for an answer.", "{n} invitations wait for an answer.", waiting)
            yield Need(self.desk.say(said), f"{reverse('workspace_people')}#invitations")


def needs_of(duty: Duty) -> Iterator[Need]:
    """Yield what a cycle needs of a champion."""
    cycle, say = duty.cycle, duty.desk.say
    title = Text(cycle.title_ar, cycle.title_en)
    if cycle.state == "open" and duty.own:
        names = {gap.channel: gap.name for gap in duty.own}
        one = noop("{cycle}: evidence that you bring is missing for {n} channel: {names}.")
        many = noop("{cycle}: evidence that you bring is missing for {n} channels, such as {names}.")
        said = counted(one, many, len(names), cycle=title, names=some(list(names.values())))
        yield Need(say(said), reverse("workspace_evidence", args=[cycle.code]), pressing=True)
    if cycle.state == "appeal":
        said = phrase(
            "{cycle}: appeals are being heard. Look at your results, and tell the programme team what you can prove.", cycle=title
        )
        yield Need(say(said), reverse("workspace_results", args=[cycle.code]), pressing=True)
    if unanswered := waiting(duty.desk.person, cycle, duty.desk.at):
        asked = [Text(one.about.name_ar, one.about.name_en) for one in unanswered if one.channel]
        own = [Text(one.about.name_ar, one.about.name_en) for one in unanswered if not one.channel]
        one = noop("{cycle}: the lists look at {n} channel of yours: {names}. Answer before the results are approved.")
        many = noop("{cycle}: the lists look at {n} channels of yours, such as {names}. Answer before the results are approved.")
        itself = noop("{cycle}: the lists look at {names} as a whole. Answer before the results are approved.")
        found = [counted(one, many, len(asked), cycle=title, names=some(asked))] if asked else []
        found += [phrase(itself, cycle=title, names=some(own))] if own else []
        yield from (Need(say(each), reverse("workspace_replies", args=[cycle.code]), pressing=True) for each in found)
    if near := duty.near:
        nearest = [Text(one.row.name, one.row.name) for one in near]
        one = noop("{cycle}: {n} channel stands near a threshold: {names}.")
        many = noop("{cycle}: {n} channels stand near a threshold, the nearest being {names}.")
        said = counted(one, many, len(near), cycle=title, names=some(nearest))
        yield Need(say(said), f"#standing-{cycle.code}")


def lacks(missing: Missing) -> Words:
    """Return of how many questions a channel has no answer, and of how many too few."""
    none, few = len(missing.none), len(missing.few)
    if not few:
        return counted("{n} question without any answer", "{n} questions without any answer", none)
    least = min(n for _indicator, n in missing.few)
    too_few = counted(
        "{n} question with too few answers, the fewest being {least}",
        "{n} questions with too few answers, the fewest being {least}",
        few,
        least=least,
    )
    if not none:
        return too_few
    return listed([counted("{n} question without any answer", "{n} questions without any answer", none), too_few])


def some(names: list[Text]) -> Words:
    """Return the first of some names."""
    return listed([isolated(text(name)) for name in names[:NAMED]])


def isolated(words: Words) -> Words:
    """Return a name apart from the direction of its sentence."""
    return Words(f"<bdi>{words.ar}</bdi>", f"<bdi>{words.en}</bdi>")


def champion_home(desk: Desk) -> dict[str, Champion]:
    """Return what the home of a champion shows."""
    return {"champion": Champion(desk)}
