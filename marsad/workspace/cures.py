"""Cures as pages show them: clocks and states of a cycle's cures, one with its plan and its change, and whose turn it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from marsad.catalogue.models import Channel
from marsad.core.lifecycle import CURE, CURING
from marsad.core.naming import Verdict
from marsad.ratings.aftermath import Cure, CureStep
from marsad.ratings.clearing import WITHDRAWN_FROM, Cleared, cleared_by
from marsad.ratings.clocks import today
from marsad.ratings.curing import JUDGED, OPENS_IN, curable, cures_for, verbs_open_to, works_on
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.releases import scheme_of
from marsad.standards import Text
from marsad.web.charts import Interval
from marsad.web.charts.change import Moved, change
from marsad.web.charts.picture import Figure
from marsad.web.texts import Words, apart, between, counted, grouped, noop, percent, phrase, stored, unbroken
from marsad.workspace.cure_words import OUTCOMES, STATES, TAGS, VERDICTS
from marsad.workspace.desk import Desk

DIGITS = 1
"""Of points."""


@dataclass(frozen=True)
class Line:
    """A cure as a list has it: `late` in words where it missed a day, '' where it did not.

    `cleared` where a correction cleared its channel, with the reason for which it may be `withdrawn` by whoever looks.
    """

    cure: Cure
    name: str
    entity: str
    verdict: str
    state: str
    tag: str
    href: str
    late: str
    left: str
    outcome: str
    cleared: str
    withdrawn: str


@dataclass(frozen=True)
class CuresPage:
    """The cures of a cycle that whoever looks may see, and what may be opened."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def cures(self) -> list[Cure]:
        """Return the cures, what is due first at the top, and those that have ended last."""
        found = cures_for(self.desk.person, self.desk.at).filter(cycle=self.cycle)
        return sorted(found, key=lambda cure: (cure.state not in CURING | {"re-evaluated"}, cure.due_on, cure.channel.code))

    @property
    def lines(self) -> list[Line]:
        """Return them as lines."""
        return [line_of(self.desk, cure) for cure in self.cures]

    @property
    def sentence(self) -> str:
        """Return how many cures there are, how many are late, and what became of the others."""
        day = today(self.desk.at)
        late = sum(cure.missed(day) for cure in self.cures)
        ended = sum(cure.state == "cured" for cure in self.cures)
        return ngettext(
            "%(count)s channel has something to mend; late: %(late)s, cured: %(cured)s.",
            "%(count)s channels have something to mend; late: %(late)s, cured: %(cured)s.",
            len(self.cures),
        ) % {"count": grouped(len(self.cures)), "late": grouped(late), "cured": grouped(ended)}

    @cached_property
    def left(self) -> Mapping[str, Verdict]:
        """Return the verdicts on the channels whose cure may be opened and is not, by code."""
        publication = self.cycle.publication
        there = set(Cure.objects.filter(cycle=self.cycle).values_list("channel__code", flat=True))
        return {code: verdict for code, verdict in (curable(publication) if publication else {}).items() if code not in there}

    @property
    def opens(self) -> bool:
        """Whether whoever looks may open cures now, and there is one to open."""
        return self.cycle.state in OPENS_IN and self.desk.may("open_cures") and bool(self.left)

    @property
    def named(self) -> int:
        """Return how many of them are named."""
        return sum(verdict == Verdict.NAMED for verdict in self.left.values())

    @property
    def offered(self) -> list[tuple[str, str]]:
        """Return the channels that may be chosen, with their names."""
        codes = [code for code, verdict in self.left.items() if verdict != Verdict.NAMED]
        found = Channel.objects.filter(code__in=codes).order_by(f"name_{self.desk.language}")
        return [(one.code, self.desk.name(one)) for one in found]

    @property
    def days(self) -> int:
        """Return the clock of the standard."""
        return scheme_of(self.cycle.standard, self.cycle.names).cure.days


def line_of(desk: Desk, cure: Cure) -> Line:
    """Return a cure as a line."""
    outcome, cleared = cure.change.get("outcome", ""), cleared_by(cure)
    return Line(
        cure=cure,
        name=desk.name(cure.channel),
        entity=desk.name(cure.channel.entity),
        verdict=gettext(VERDICTS.get(cure.verdict, cure.verdict)),
        state=gettext(STATES[cure.state]),
        tag=TAGS.get(cure.state, "warn"),
        href=reverse("workspace_cure", args=[cure.cycle.code, cure.channel.code]),
        late=late_words(cure, today(desk.at)),
        left=left_words(cure, today(desk.at)),
        outcome=gettext(OUTCOMES[outcome]) if outcome else "",
        cleared=cleared_words(cure) if cleared else "",
        withdrawn=stored(clearing_words(cure, cleared)) if cleared and desk.may("judge_cure") else "",
    )


def cleared_words(cure: Cure) -> str:
    """Return what a cleared channel no longer is."""
    return gettext("No longer named") if cure.is_named else gettext("No longer listed")


def clearing_words(cure: Cure, cleared: Cleared) -> str:
    """Return since which correction a channel is no longer what its cure was opened for."""
    said = (
        gettext("Since the correction %(publication)s of %(day)s the channel is no longer named among the worst.")
        if cure.is_named
        else gettext("Since the correction %(publication)s of %(day)s the channel is no longer listed among the worst.")
    )
    return said % correction_words(cleared.since)


def correction_words(publication: Publication) -> Mapping[str, str]:
    """Return which correction it is and of which day, for a sentence of the present language that is no HTML."""
    return {"publication": apart(publication.identity), "day": apart(today(publication.at).isoformat())}


def late_words(cure: Cure, day: date) -> str:
    """Return which day a cure has missed, '' where it has missed none."""
    if not cure.missed(day):
        return ""
    return gettext("The time is over") if day > cure.due_on else gettext("The plan is overdue")


def left_words(cure: Cure, day: date) -> str:
    """Return how many days are left of what runs now, '' where nothing does."""
    due = cure.plan_due_on if cure.state == CURE.first else cure.due_on if cure.state in CURING else None
    if due is None or due < day:
        return ""
    days = (due - day).days
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": grouped(days)}


@dataclass(frozen=True)
class CurePage:
    """One cure: its clock, plan, steps and change."""

    desk: Desk
    cure: Cure

    @cached_property
    def line(self) -> Line:
        """Return it as its list has it."""
        return line_of(self.desk, self.cure)

    @cached_property
    def steps(self) -> list[CureStep]:
        """Return the steps of its plan."""
        return list(self.cure.steps.all())

    @cached_property
    def cleared(self) -> Cleared | None:
        """Return what cleared its channel, None where nothing did."""
        return cleared_by(self.cure)

    @property
    def clearing(self) -> str:
        """Return that in words, with what the newest publication says; '' where nothing did."""
        if self.cleared is None:
            return ""
        now = VERDICTS.get(self.cleared.verdict)
        still = gettext("The publication now says: %(verdict)s.") % {"verdict": gettext(now)} if now else ""
        return f"{clearing_words(self.cure, self.cleared)} {still}".strip()

    @property
    def owner(self) -> str:
        """Return who answers for it, '' before the plan."""
        return self.desk.name(self.cure.owner) if self.cure.owner else ""

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """Return the moves that are open to whoever looks."""
        return verbs_open_to(self.desk.person, self.cure, self.desk.at)

    @property
    def judges(self) -> tuple[str, ...]:
        """Return what whoever looks may say becomes of it; that it is cured only where it improved."""
        improved = self.cure.change.get("outcome") == "improved"
        return tuple(verb for verb in self.verbs if verb in JUDGED and (verb != "confirm" or improved))

    @property
    def proves(self) -> bool:
        """Whether whoever looks may say which steps were done."""
        return self.cure.state == "under-way" and works_on(self.desk.person, self.cure, self.desk.at)

    @property
    def sentence(self) -> SafeString:
        """Return where it stands, in one sentence."""
        said = LATE if self.cure.missed(today(self.desk.at)) else SAID
        done = sum(step.done_on is not None for step in self.steps)
        days = {"plan": isolated_day(self.cure.plan_due_on), "due": isolated_day(self.cure.due_on)}
        return self.desk.say(phrase(said[self.cure.state], steps=len(self.steps), done=done, **days))

    @property
    def follows(self) -> str:
        """Return the change with its interval and what it was judged against, '' before the re-evaluation."""
        said = self.cure.change
        if not said:
            return ""
        part = said["difference"]
        values = {
            "change": grouped(part["value"], DIGITS),
            "interval": between(part["low"], part["high"], DIGITS),
            "level": percent(said["level"]),
            "count": grouped(said["count"]),
        }
        whole = (
            gettext("Beyond %(count)s decoys it moved by %(change)s points; the interval of %(level)s is %(interval)s.") % values
        )
        alone = gettext("No published result with an interval is known of all of them: chance may look like improvement.")
        return whole if said["weight"] < 1 else f"{whole} {alone}"

    @cached_property
    def picture(self) -> Figure | None:
        """Return the picture of the change, None before the re-evaluation."""
        said = self.cure.change
        if not said:
            return None
        names = {"own": gettext("This channel"), "decoys": gettext("Decoys, on average"), "difference": gettext("The difference")}
        parts = [Moved(name, Interval(said[key]["value"], said[key]["low"], said[key]["high"])) for key, name in names.items()]
        return Figure(partial(change, parts, said["outcome"], language=self.desk.language))


LATE = {
    "open": noop("The plan was due on {plan} and is missing; the cure ends on {due}."),
    "planned": noop("The plan is there and was not begun; all of it was due by {due}."),
    "under-way": noop("Of {steps} steps {done} are done; all of it was due by {due}."),
}
"""Where a cure stands that missed a day, by its state."""
SAID = {
    "open": noop("The plan is due on {plan}, and all of it by {due}."),
    "planned": noop("The plan is there and has not been begun; all of it is due by {due}."),
    "under-way": noop("Of {steps} steps {done} are done; all of it is due by {due}."),
    "re-evaluated": noop("It was evaluated again; the programme team says what becomes of it."),
    "cured": noop("It is cured: it improved by more than chance and the decoys explain."),
    "not-cured": noop("It is not cured."),
    "escalated": noop("It was escalated."),
    "withdrawn": noop("It was withdrawn."),
}
"""Where a cure stands, by its state."""


def isolated_day(day: date) -> Words:
    """Return a day apart from the direction of its sentence."""
    written = unbroken(day.isoformat())
    return Words(written, written)


# ---- whose turn it is


@dataclass(frozen=True)
class Turn:
    """Something a cure needs of somebody: a sentence, and where it is done."""

    says: SafeString
    href: str
    pressing: bool


def turns_of(desk: Desk) -> Iterator[Turn]:
    """Yield what unfinished cures need of whoever looks: those they own, and those of entities they champion."""
    day = today(desk.at)
    for cure in cures_for(desk.person, desk.at).filter(state__in=CURING):
        if works_on(desk.person, cure, desk.at):
            yield turn_of(desk, cure, day)


def turn_of(desk: Desk, cure: Cure, day: date) -> Turn:
    """Return what a cure needs, which is nothing where a correction has cleared its channel."""
    href = reverse("workspace_cure", args=[cure.cycle.code, cure.channel.code])
    if cleared_by(cure):
        said = noop("{channel}: a correction has cleared it; the programme team decides on its cure.")
        return Turn(desk.say(phrase(said, channel=desk.name(cure.channel))), href, pressing=False)
    return Turn(desk.say(turn_words(desk, cure, day)), href, pressing=cure.state == CURE.first or cure.missed(day))


TURNS = {
    ("open", False): noop("{channel}: hand in the plan of its cure by {plan}."),
    ("open", True): noop("{channel}: the plan of its cure was due on {plan}."),
    ("planned", False): noop("{channel}: begin its cure, which ends on {due}."),
    ("planned", True): noop("{channel}: its cure was to end on {due}, and has not been begun."),
    ("under-way", False): noop("{channel}: say what is done of its cure, which ends on {due}."),
    ("under-way", True): noop("{channel}: its cure was to end on {due}."),
}
"""What a cure needs, by its state and whether it is late."""


def turn_words(desk: Desk, cure: Cure, day: date) -> Words:
    """Return what a cure needs now."""
    name = desk.name(cure.channel)
    days = {"plan": isolated_day(cure.plan_due_on), "due": isolated_day(cure.due_on)}
    return phrase(TURNS[cure.state, cure.missed(day)], channel=name, **days)


def cleared_home(desk: Desk) -> tuple[Turn, ...]:
    """Return the cycles with cures of channels that a correction cleared, for whoever may withdraw them."""
    if not desk.may("judge_cure"):
        return ()
    corrected = cures_for(desk.person, desk.at).filter(publication__correction__isnull=False, state__in=WITHDRAWN_FROM)
    found = Counter(cure.cycle for cure in corrected.order_by("cycle") if cleared_by(cure))
    return tuple(cleared_turn(desk, cycle, count) for cycle, count in found.items())


def cleared_turn(desk: Desk, cycle: Cycle, count: int) -> Turn:
    """Return how many cures of a cycle a correction has made needless."""
    one = noop("{cycle}: a correction has cleared {n} channel that has a cure; withdraw it, or let it go on.")
    many = noop("{cycle}: a correction has cleared {n} channels that have cures; withdraw them, or let them go on.")
    said = counted(one, many, count, cycle=Text(cycle.title_ar, cycle.title_en))
    return Turn(desk.say(said), reverse("workspace_cures", args=[cycle.code]), pressing=True)


def own_home(desk: Desk) -> Mapping[str, Any]:
    """Return what the cures of which somebody is the owner need, apart from those of entities they champion."""
    owned = cures_for(desk.person, desk.at).filter(owner_id=desk.person.pk, state__in=CURING)
    return {"owned": [line_of(desk, cure) for cure in owned]}


def leader_line(desk: Desk) -> tuple[SafeString, str] | None:
    """Return how the cures stand, with the page of the cycle that has the newest; None where there is none."""
    cures = cures_for(desk.person, desk.at)
    newest = cures.order_by("-opened_on", "-pk").first()
    if newest is None:
        return None
    states = dict(cures.order_by().values_list("state").annotate(Count("pk")))
    unfinished, late = cures.unfinished().count(), cures.late(today(desk.at)).count()
    one = noop("{n} channel has something to mend; late: {late}, cured so far: {cured}, not cured or escalated: {failed}.")
    many = noop("{n} channels have something to mend; late: {late}, cured so far: {cured}, not cured or escalated: {failed}.")
    failed = states.get("not-cured", 0) + states.get("escalated", 0)
    said = counted(one, many, unfinished, late=late, cured=states.get("cured", 0), failed=failed)
    return desk.say(said), reverse("workspace_cures", args=[newest.cycle.code])
