"""What stands out in a cycle's run: the funnel of each league, changes since the last publication, and re-reviews, as pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from math import sqrt

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from marsad.core.lifecycle import REVIEW, REVIEWING
from marsad.ratings.access import MAY
from marsad.ratings.drifting import Drifted, drifts_for
from marsad.ratings.models import Cycle
from marsad.ratings.reviewing import reviews_for
from marsad.ratings.watched import Review
from marsad.ratings.watching import Change, Spot, Watch, watch_for
from marsad.standards import Text
from marsad.web.charts import scatter
from marsad.web.charts.cycle import signed
from marsad.web.charts.funnel import Limit, funnel
from marsad.web.charts.picture import Figure
from marsad.web.texts import counted, grouped, noop
from marsad.workspace.desk import Desk
from marsad.workspace.results import DIGITS
from marsad.workspace.runs import written

SHOWN = 50
"""So many drifts are listed."""
CURVE = 60
"""Points of a curve of limits."""
BEYOND = 0.8, 1.1
"""How far the curve reaches below the fewest answers of a league, and beyond the most."""
STATES: Mapping[str, str] = {
    "open": noop("To be looked into"),
    "looked-into": noop("Being looked into"),
    "confirmed": noop("Confirmed: the change is real"),
    "explained": noop("Explained: something else was at work"),
}
"""The states of a re-review."""
VERBS: Mapping[str, str] = {
    "look-into": noop("Look into it"),
    "confirm": noop("Confirm it: the change is real"),
    "explain": noop("Explain it: something else was at work"),
}
"""What may be done with a re-review."""
TAGS: Mapping[str, str] = {"open": "bad", "looked-into": "warn", "confirmed": "good", "explained": "good"}


@dataclass(frozen=True)
class Line:
    """A channel that changed, as ready cells; `review` is the page of its re-review, '' where there is none."""

    name: str
    href: str
    kind: str
    before: str
    after: str
    change: str
    z: str
    review: str
    state: str


@dataclass(frozen=True)
class DriftLine:
    """A question on which a channel drifts, as ready cells."""

    name: str
    href: str
    kind: str
    question: str
    points: str
    z: str


@dataclass(frozen=True)
class ReviewLine:
    """A re-review as ready cells."""

    name: str
    href: str
    entity: str
    state: str
    tag: str
    change: str
    z: str
    opened: str


@dataclass(frozen=True)
class WatchingPage:
    """What stands out, as the page of those who lead and check shows it."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def watch(self) -> Watch | None:
        """Return what stands out, None before the first run."""
        return watch_for(self.desk.person, self.cycle, self.desk.at)

    @property
    def sentence(self) -> str:
        """Return how many channels changed more than chance explains."""
        watch = self.watch
        if watch is None or watch.before is None:
            return gettext("Which channels are off the funnel of their kind, and which changed more than chance explains.")
        if not watch.comparable:
            return gettext("The last publication was rated by another standard: changes since then are not told.")
        return ngettext(
            "Since %(before)s %(marked)s of %(count)s channel changed more than chance and its kind's own change explain.",
            "Since %(before)s %(marked)s of %(count)s channels changed more than chance and their kind's own change explain.",
            len(watch.changes),
        ) % {
            "before": self.desk.name(watch.before.cycle),
            "marked": grouped(len(watch.marked)),
            "count": grouped(len(watch.changes)),
        }

    @property
    def leagues(self) -> tuple[tuple[str, str], ...]:
        """Return the leagues that have a funnel."""
        names = self.watch.board.standard.kinds if self.watch else {}
        found = self.watch.funnels if self.watch else {}
        return tuple((code, names[code][self.desk.language] if code in names else code) for code in found)

    @property
    def league(self) -> str:
        """Return the league whose funnel is shown."""
        asked, known = self.desk.request.GET.get("league", ""), [code for code, _ in self.leagues]
        return asked if asked in known else known[0] if known else ""

    @cached_property
    def picture(self) -> Figure | None:
        """Return the funnel of one league."""
        if self.watch is None or not self.league:
            return None
        here = [one for one in self.watch.spots if one.entry.league == self.league]
        spots = [scatter.Spot(one.entry.name[self.desk.language], one.entry.n, one.score, one.marked) for one in here]
        of = self.watch.funnels[self.league]
        return Figure(partial(funnel, spots, self.limits(here), of.target, language=self.desk.language))

    def limits(self, spots: list[Spot]) -> list[Limit]:
        """Return the limits along the answers that a league's channels have; one answer has the error most of them share."""
        counts = [one.entry.n for one in spots if one.entry.n > 0]
        if not counts or self.watch is None:
            return []
        each = float(np.median([one.error * sqrt(one.entry.n) for one in spots if one.entry.n > 0]))
        along = np.geomspace(BEYOND[0] * min(counts), BEYOND[1] * max(counts), CURVE)
        low, high = self.watch.funnels[self.league].limits(each / np.sqrt(along))
        return [Limit(*row) for row in zip(along.tolist(), low.tolist(), high.tolist(), strict=True)]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the channels that changed more than chance explains."""
        return tuple(self.line(one) for one in self.watch.marked) if self.watch else ()

    @cached_property
    def drifts(self) -> tuple[DriftLine, ...]:
        """Return the questions on which channels drift within the cycle, the farthest first."""
        return tuple(self.drift_line(one) for one in drifts_for(self.desk.person, self.cycle, self.desk.at)[:SHOWN])

    def drift_line(self, one: Drifted) -> DriftLine:
        """Return a question on which a channel drifts as the table has it."""
        standard = self.watch.board.standard if self.watch else None
        labels, names = (standard.labels, standard.kinds) if standard else ({}, {})
        language, entry = self.desk.language, one.entry
        return DriftLine(
            name=entry.name[language],
            href=reverse("workspace_trail", args=[self.cycle.code, entry.code, one.indicator]),
            kind=names[entry.kind][language] if entry.kind in names else entry.kind,
            question=labels[one.indicator][language] if one.indicator in labels else one.indicator,
            points=signed(one.points, DIGITS),
            z=signed(one.z, DIGITS),
        )

    @cached_property
    def reviews(self) -> dict[str, Review]:
        """Return the re-reviews of the cycle by channel."""
        return {one.channel.code: one for one in reviews_for(self.desk.person, self.desk.at).filter(cycle=self.cycle)}

    def line(self, one: Change) -> Line:
        """Return a channel that changed as the table has it."""
        review = self.reviews.get(one.entry.code)
        names = self.watch.board.standard.kinds if self.watch else {}
        return Line(
            name=one.entry.name[self.desk.language],
            href=reverse("workspace_channel", args=[self.cycle.code, one.entry.code]),
            kind=names[one.entry.kind][self.desk.language] if one.entry.kind in names else one.entry.kind,
            before=written(one.before, DIGITS),
            after=written(one.after, DIGITS),
            change=signed(one.change, DIGITS),
            z=signed(one.z, DIGITS),
            review=reverse("workspace_review", args=[self.cycle.code, one.entry.code]) if review else "",
            state=gettext(STATES[review.state]) if review else "",
        )


@dataclass(frozen=True)
class ReviewsPage:
    """The re-reviews of a cycle that whoever looks may see."""

    desk: Desk
    cycle: Cycle

    @cached_property
    def lines(self) -> tuple[ReviewLine, ...]:
        """Return them, those without an end first."""
        found = reviews_for(self.desk.person, self.desk.at).filter(cycle=self.cycle)
        ordered = sorted(found, key=lambda one: (REVIEW.states.index(one.state), one.channel.code))
        return tuple(line_of(self.desk, one) for one in ordered)

    @property
    def sentence(self) -> str:
        """Return how many have no end yet."""
        waiting = reviews_for(self.desk.person, self.desk.at).filter(cycle=self.cycle).unfinished().count()
        said = {"all": grouped(len(self.lines)), "count": grouped(waiting)}
        return gettext("Channels looked at again: %(all)s; of these, nothing is said yet of %(count)s.") % said

    @property
    def opens(self) -> bool:
        """Whether whoever looks may open one."""
        return self.desk.may("review")


def line_of(desk: Desk, review: Review) -> ReviewLine:
    """Return a re-review as a row."""
    return ReviewLine(
        name=desk.name(review.channel),
        href=reverse("workspace_review", args=[review.cycle.code, review.channel.code]),
        entity=desk.name(review.channel.entity),
        state=gettext(STATES[review.state]),
        tag=TAGS[review.state],
        change=signed(review.found["change"], DIGITS) if review.found else "–",
        z=signed(review.found["z"], DIGITS) if review.found else "–",
        opened=review.opened_at.date().isoformat(),
    )


@dataclass(frozen=True)
class ReviewPage:
    """One re-review with what deviated, and what may be done."""

    desk: Desk
    review: Review

    @property
    def line(self) -> ReviewLine:
        """Return it as a row."""
        return line_of(self.desk, self.review)

    @property
    def sentence(self) -> str:
        """Return why it is looked at again."""
        found = self.review.found
        if not found:
            return gettext("Somebody of the programme team opened it: see why below.")
        said = {name: grouped(found[name], DIGITS) for name in ("before", "after")} | {"z": grouped(abs(found["z"]), DIGITS)}
        told = gettext("Its score went from %(before)s to %(after)s, %(z)s errors away from how channels of its kind changed.")
        return told % said

    @property
    def verbs(self) -> tuple[tuple[str, str], ...]:
        """Return what whoever looks may do with it."""
        moves = REVIEW.open_to(self.review.state, self.desk.central & MAY["review"])
        return tuple((move.verb, gettext(VERBS[move.verb])) for move in moves)


@dataclass(frozen=True)
class Waiting:
    """Re-reviews of a cycle that have no end yet: a sentence, and where they are."""

    says: SafeString
    href: str


def waiting(desk: Desk) -> tuple[Waiting, ...]:
    """Return the re-reviews that wait, cycle by cycle, of those that whoever looks may see."""
    found: dict[int, list[Review]] = {}
    for review in reviews_for(desk.person, desk.at).filter(state__in=REVIEWING).order_by("cycle", "channel__code"):
        found.setdefault(review.cycle.pk, []).append(review)
    return tuple(wait_of(desk, reviews) for reviews in found.values())


def wait_of(desk: Desk, reviews: list[Review]) -> Waiting:
    """Return the re-reviews of one cycle in a sentence."""
    cycle = reviews[0].cycle
    said = counted(
        "{cycle}: {n} channel changed more than chance explains and is looked at again.",
        "{cycle}: {n} channels changed more than chance explains and are looked at again.",
        len(reviews),
        cycle=Text(cycle.title_ar, cycle.title_en),
    )
    return Waiting(desk.say(said), reverse("workspace_reviews", args=[cycle.code]))


def sees_reviews(desk: Desk, cycle: Cycle) -> bool:
    """Whether there is a page of re-reviews of a cycle for whoever looks."""
    if desk.central & MAY["watch"]:
        return True
    return reviews_for(desk.person, desk.at).filter(cycle=cycle).exists()
