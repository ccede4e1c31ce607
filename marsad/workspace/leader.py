"""What a leader should ask about: five pictures of what was published last, each with its sentence and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan, nan
from statistics import median

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from marsad.core.naming import Verdict
from marsad.ratings.access import newest_publications
from marsad.ratings.board import Board, Entry, board_of
from marsad.ratings.lists import listed
from marsad.ratings.models import Cycle, Publication
from marsad.standards import Text
from marsad.web.charts import Channel, Interval, Picture, Table
from marsad.web.charts.cycle import Move, movers
from marsad.web.charts.distribution import stars_by_kind
from marsad.web.charts.league import intervals
from marsad.web.charts.picture import Figure
from marsad.web.charts.scatter import Spot, scatter
from marsad.web.charts.words import say, say_count
from marsad.web.texts import noop, percent
from marsad.workspace.cures import leader_line
from marsad.workspace.desk import Desk
from marsad.workspace.runs import known
from marsad.workspace.standing import DOUBTFUL, doubt

MOVED, NAMED = 12, 4
"""So many channels that moved are drawn; so many of the least certain are named."""
LOOKED_AT = frozenset({Verdict.NAMED, Verdict.CANDIDATE, Verdict.ATTENTION})
LEAST = 3
"""From so many rated channels on an entity is laid beside others."""


@dataclass(frozen=True)
class Question:
    """One question with its picture, and the page that leads on."""

    key: str
    title: str
    picture: Figure
    href: str
    leads: str


@dataclass(frozen=True)
class Leader:
    """The page of a leader on a published cycle, beside the one before it by the same standard where there is one."""

    desk: Desk
    publication: Publication
    board: Board
    before: Board | None

    @property
    def cycle(self) -> Cycle:
        """Return the cycle."""
        return self.publication.cycle

    @property
    def language(self) -> str:
        """Return the language of the pictures."""
        return self.desk.language

    @cached_property
    def rated(self) -> tuple[Entry, ...]:
        """Return the rated channels."""
        return tuple(entry for entry in self.board.entries if entry.score is not None)

    @property
    def title(self) -> SafeString:
        """Return the title of the cycle."""
        return self.desk.say(Text(self.cycle.title_ar, self.cycle.title_en))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Return the five questions."""
        league, ends = reverse("league"), reverse("best_and_worst")
        whole, named = gettext("See the league table"), gettext("See best and worst")
        return (
            Question("stars", gettext("How good are the services, kind by kind?"), Figure(self.stars), league, whole),
            Question("moved", gettext("Who rose and who fell since the last cycle?"), Figure(self.moved), league, whole),
            Question("entities", gettext("Which entities are ahead, and which behind?"), Figure(self.entities), league, whole),
            Question(
                "sure", gettext("How sure are we?"), Figure(self.sure), reverse("method"), gettext("See how it is measured")
            ),
            Question("attention", gettext("Who needs attention?"), Figure(self.attention), ends, named),
        )

    @property
    def cures(self) -> tuple[SafeString, str] | None:
        """Return how the cures stand, and where that leads; None where there is none."""
        return leader_line(self.desk)

    def page_of(self, code: str) -> str:
        """Return the public page of a channel."""
        return reverse("channel", kwargs={"channel": code})

    def stars(self, *, width: float) -> Picture:
        """Return how the stars of every kind are shared out."""
        kinds, counts = self.board.standard.kinds, dict[str, dict[float, int]]()
        for entry in self.rated:
            if entry.star is not None:
                held = counts.setdefault(kinds[entry.kind][self.language] if entry.kind in kinds else entry.kind, {})
                held[entry.star] = held.get(entry.star, 0) + 1
        return stars_by_kind(
            counts, sorted({star for held in counts.values() for star in held}), language=self.language, width=width
        )

    def moved(self, *, width: float) -> Picture:
        """Return who moved most since the cycle before."""
        then = self.before.by_code if self.before else {}
        pairs = [(then[entry.code], entry) for entry in self.rated if entry.code in then]
        moves = [self.move(old, new) for old, new in pairs]
        picture = movers(moves, language=self.language, first=MOVED, width=width)
        return replace(
            picture, title=say("Moved since the last cycle", self.language), sentence=moved_sentence(pairs, self.language)
        )

    def move(self, old: Entry, new: Entry) -> Move:
        """Return a channel in both cycles."""
        scores, stars = (known(old.score), known(new.score)), (known(old.star), known(new.star))
        return Move(new.name[self.language], *scores, *stars, href=self.page_of(new.code))

    def entities(self, *, width: float) -> Picture:
        """Return the median channel of every entity, on the reach of the medians of the ends of its channels' intervals."""
        found: dict[str, list[Entry]] = {}
        for entry in self.rated:
            found.setdefault(entry.entity, []).append(entry)
        rows = [self.middle(entries) for entries in found.values() if len(entries) >= LEAST]
        ordered = sorted(rows, key=lambda row: (-row.score.value, row.code))
        sentence = entities_sentence(ordered, self.language)
        picture = intervals(ordered, language=self.language, width=width)
        return replace(
            picture,
            title=say("The median channel of every entity", self.language),
            sentence=sentence,
            table=entities_table(picture, self.language),
        )

    def middle(self, entries: list[Entry]) -> Channel:
        """Return an entity as one row: the medians of its channels' scores and of the ends of their intervals.

        A median moves no farther than what it is the median of, so that interval is rather too wide than too narrow.
        """
        first = entries[0]
        parts = ([known(getattr(entry, name)) for entry in entries] for name in ("score", "low", "high"))
        ends = (median(part) if not any(map(isnan, part)) else nan for part in parts)
        href = reverse("entity", kwargs={"entity": first.entity})
        return Channel(first.entity, first.entity_name[self.language], Interval(*ends), href=href)

    def sure(self, *, width: float) -> Picture:
        """Return how wide the intervals are against how many voices were heard; the widest are named."""
        drawn = [entry for entry in self.rated if entry.low is not None and entry.high is not None]
        widest = set(apart(drawn))
        spots = [Spot(entry.name[self.language], entry.n, breadth(entry), entry.code in widest) for entry in drawn]
        across, up = gettext("answers"), gettext("width of the interval")
        picture = scatter(spots, across=across, up=up, language=self.language, width=width)
        return replace(picture, sentence=sure_sentence(self.rated, self.language)) if drawn else picture

    def attention(self, *, width: float) -> Picture:
        """Return the channels that the lists of the last look at, named or not, and those that a rule holds back."""
        ordered = sorted(self.rated, key=lambda entry: (-known_or(entry.p_bottom), known_or(entry.score), entry.code))
        shown = [self.mark(entry) for entry in ordered if entry.limits or entry.code in self.last]
        picture = intervals(shown, language=self.language, first=MOVED, width=width)
        title = say("Low in their kind, or held back by a rule", self.language)
        held = sum(bool(entry.limits) for entry in self.rated)
        return replace(picture, name="attention", title=title, sentence=attention_sentence(len(self.last), held, self.language))

    @cached_property
    def last(self) -> frozenset[str]:
        """Return the channels that the decision on the last of any kind names, or looks at."""
        ends = [listed(self.board, self.publication, (league, False)) for league in self.board.leagues]
        return frozenset(code for end in ends for code in end.places if end.verdict(code) in LOOKED_AT)

    def mark(self, entry: Entry) -> Channel:
        """Return a channel as the picture shows it."""
        score = Interval(known(entry.score), known(entry.low), known(entry.high))
        ranks = known(entry.rank_low), known(entry.rank_high)
        return Channel(
            entry.code, entry.name[self.language], score, star=known(entry.star), rank=ranks, href=self.page_of(entry.code)
        )


def leader_page(desk: Desk) -> Leader | None:
    """Return the page of a leader, None before the first publication."""
    found = newest_publications().select_related("cycle", "run", "run__standard")
    published = sorted(found, key=when, reverse=True)
    if not published:
        return None
    newest, *older = published
    alike = next((one for one in older if one.run.standard.name == newest.run.standard.name), None)
    return Leader(desk, newest, shown(newest), shown(alike) if alike else None)


def leader_home(desk: Desk) -> Mapping[str, Leader | None]:
    """Return what the home of a leader shows."""
    return {"leader": leader_page(desk)}


def when(publication: Publication) -> tuple[str, int]:
    """Return what publications are in order by: the day their cycle opened, then their number."""
    opened = publication.cycle.opens_on
    return opened.isoformat() if opened else "", publication.number


def shown(publication: Publication) -> Board:
    """Return the results of a publication as everybody sees them."""
    return board_of(publication.run, disclosed=True)


def breadth(entry: Entry) -> float:
    """Return how wide the interval of a channel is, in points."""
    return known(entry.high) - known(entry.low)


def apart(drawn: list[Entry]) -> list[str]:
    """Return the codes of the channels with the widest intervals, leaving out whose name would stand on another's."""
    found: list[Entry] = []
    reach = max(map(breadth, drawn), default=0.0) - min(map(breadth, drawn), default=0.0)
    for entry in sorted(drawn, key=lambda entry: (-breadth(entry), entry.code)):
        if len(found) < NAMED and all(breadth(one) - breadth(entry) > reach / 12 for one in found):
            found.append(entry)
    return [entry.code for entry in found]


def known_or(value: float | None) -> float:
    """Return a number, nought where there is none."""
    return value or 0.0


def moved_sentence(pairs: Iterable[tuple[Entry, Entry]], language: str) -> str:
    """Return how many channels rose and fell beyond what chance explains: their intervals do not touch."""
    both = [(old, new) for old, new in pairs if None not in (old.low, old.high, new.low, new.high)]
    if not both:
        return say("There is no earlier cycle by this standard to compare with.", language)
    risen = sum(known(new.low) > known(old.high) for old, new in both)
    fallen = sum(known(new.high) < known(old.low) for old, new in both)
    one = noop("Of {n} channel rated in both cycles, {risen} rose and {fallen} fell clearly: the two intervals do not touch.")
    many = noop("Of {n} channels rated in both cycles, {risen} rose and {fallen} fell clearly: the two intervals do not touch.")
    return say_count(one, many, len(both), language, risen=risen, fallen=fallen)


def entities_sentence(rows: list[Channel], language: str) -> str:
    """Return which entity's median channel is highest and which lowest, and whether chance alone may explain it."""
    if len(rows) < 2:
        return say("Too few entities have at least {n} rated channels to be laid side by side.", language, n=LEAST)
    best, last = rows[0], rows[-1]
    apart = best.score.low > last.score.high
    clear = noop("The median channel is highest at {best} and lowest at {last}; the difference is clear.")
    open_ = noop(
        "The median channel is highest at {best} and lowest at {last}; their intervals touch, so that chance may explain it."
    )
    return say(clear if apart else open_, language, best=best.name, last=last.name)


def entities_table(picture: Picture, language: str) -> Table:
    """Return the table of the entities: what a channel has besides, an entity has not."""
    rows = tuple((name, score, interval) for _rank, name, score, interval, _star in picture.table.rows)
    columns = (say("Entity", language), say("Median score", language), say("Interval", language))
    return replace(picture.table, columns=columns, rows=rows, figures=(1, 2))


def sure_sentence(rated: tuple[Entry, ...], language: str) -> str:
    """Return of how many channels the star is all but certain."""
    told = [entry for entry in rated if entry.p_star and entry.star is not None]
    sure = sum(doubt(entry) < DOUBTFUL for entry in told)
    one = noop("The star of {sure} of {n} rated channel is sure to at least {share}; those named here have the widest intervals.")
    many = noop(
        "The stars of {sure} of {n} rated channels are sure to at least {share}; those named here have the widest intervals."
    )
    return say_count(one, many, len(told), language, sure=sure, share=percent(1 - DOUBTFUL))


def attention_sentence(looked_at: int, held: int, language: str) -> str:
    """Return how many channels the lists of the last look at, and how many a rule holds back."""
    one = noop("The list of the last of its kind looks at {n} channel, named or not; a rule holds back: {held}.")
    many = noop("The lists of the last of their kinds look at {n} channels, named or not; a rule holds back: {held}.")
    return say_count(one, many, looked_at, language, held=held)
