"""Best and worst: who may be named in each league, on what evidence, and what would settle it for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, nan

from django.utils.safestring import SafeString

from marsad.core.naming import Verdict
from marsad.core.readiness import answers_to_settle
from marsad.core.text import sort_key
from marsad.ledger import Reply
from marsad.public.aftermath import reply_of
from marsad.public.entities import EntityLeague, entity_leagues
from marsad.public.league import league_address
from marsad.public.marks import marks_of
from marsad.public.pages import Page
from marsad.public.rows import best_rank, worst_rank
from marsad.public.words import league_name, lifted_words, plain, share_words, told_words
from marsad.ratings.board import Entry
from marsad.ratings.clearing import CHANNEL, lifted_by
from marsad.ratings.lists import Listed, listed
from marsad.web.charts.league import named
from marsad.web.charts.picture import Picture
from marsad.web.texts import chance_words, counted, grouped, noop, phrase

WIDTH = 420
"""Of a picture: two stand beside each other on a screen, one fills a phone."""
MOST_TIMES = 20
"""More than so many times the answers are not asked for: the channels are too much alike."""
TOO_MANY = noop("more than {times} times the answers: the channels are too much alike")
TIMES = noop("about {times} times the answers")
NO_MARGIN = noop("evidence with a margin of error")
UNCONFIRMED = noop(
    "These are candidates, not yet the named ones: naming needs confirmation by a second wave of evidence, judged on that "
    "evidence alone. Fewer than announced may be named."
)
CONFIRMED = noop(
    "Only channels that a second wave of evidence, judged on that evidence alone, confirms are named. Fewer than announced may "
    "be named; of all others nothing is settled."
)
CONFIRMED_OWN = noop(
    "Only channels that a second wave of evidence, judged on that evidence alone, confirms for their own part, apart from their "
    "entity's, are named: people answer for what is theirs. Fewer than announced may be named; the page of each of the others "
    "that was looked at says why it is not."
)
"""What a page of lists says of them before a second wave, after it, and where names ask for channels' own parts."""
NO_CANDIDATE = noop("Nobody is named without a second wave of evidence, judged on that evidence alone.")
"""What it says before a second wave where there is no candidate."""
NAMED = (
    noop("No channel is named: a second wave of evidence, judged alone, confirms none."),
    noop("{n} channel is named: a second wave of evidence, judged alone, confirms it."),
    noop("{n} channels are named: a second wave of evidence, judged alone, confirms them."),
)
REACHED = (
    noop("No channel reaches the probability from which it is a candidate for being named: {threshold}."),
    noop("{n} channel reaches the probability from which it is a candidate for being named: {threshold}."),
    noop("{n} channels reach the probability from which they are candidates for being named: {threshold}."),
)
"""How many are named, or are candidates: none, one, or more."""


@dataclass(frozen=True)
class Doubt:
    """A channel that may be among the best or the last few and does not pass: its chance, and what would settle it."""

    name: str
    entity: str
    href: str
    chance: str
    evidence: str
    ranks: str
    settle: SafeString
    reply: Reply | None = None


@dataclass(frozen=True)
class Candidate:
    """A channel that passes the threshold by the first wave, or is named by a second: its chance, and what a name rests on."""

    name: str
    entity: str
    href: str
    chance: str
    evidence: str
    why: str = ""
    reply: Reply | None = None


@dataclass(frozen=True)
class End:
    """One end of the league of this name: its first `k` or (not `best`) its last `k`."""

    page: Page
    name: str
    rated: tuple[Entry, ...]
    k: int
    best: bool

    def chance(self, entry: Entry) -> float:
        """Return the chance that a channel is one of them."""
        return (entry.p_top if self.best else entry.p_bottom) or 0.0

    @property
    def threshold(self) -> float:
        """Return the probability that new evidence alone must reach; who reaches it now stands first."""
        return self.page.board.scheme.naming.probability

    @cached_property
    def listed(self) -> Listed:
        """Return what the rule of naming says of the channels."""
        league = self.rated[0].league if self.rated else ""
        return listed(self.page.board, self.page.edition.publication, (league, self.best))

    @property
    def is_confirmed(self) -> bool:
        """Whether a second wave decided."""
        return self.listed.decision.second is not None

    @cached_property
    def named(self) -> tuple[Entry, ...]:
        """Return the channels that new evidence names, by the alphabet."""
        return self.sorted(Verdict.NAMED)

    def sorted(self, *verdicts: Verdict) -> tuple[Entry, ...]:
        """Return the channels with some verdicts, by the alphabet."""
        language = self.page.language
        found = (entry for entry in self.rated if self.listed.verdict(entry.code) in verdicts)
        return tuple(sorted(found, key=lambda one: sort_key(one.name[language])))

    @cached_property
    def passing(self) -> tuple[Entry, ...]:
        """Return the candidates that reach the threshold already; none once a second wave has decided."""
        if self.is_confirmed:
            return ()
        candidates = (entry for entry in self.rated if self.listed.verdict(entry.code) == Verdict.CANDIDATE)
        return tuple(entry for entry in candidates if self.chance(entry) >= self.threshold)

    @cached_property
    def doubtful(self) -> tuple[Entry, ...]:
        """Return all others of whom the rule says something, by the alphabet."""
        spoken = self.sorted(Verdict.CANDIDATE, Verdict.ATTENTION, Verdict.INSEPARABLE)
        return tuple(one for one in spoken if one not in self.passing)

    @property
    def drawing(self) -> SafeString:
        """Return the picture for the page."""
        return self.picture.page(f"{self.name}-{'best' if self.best else 'worst'}")

    @cached_property
    def picture(self) -> Picture:
        """Return the chances as bars beside the threshold: those of new evidence alone, once there is any."""
        marks = marks_of(self.page, self.rated)
        if self.is_confirmed:
            chances = [self.listed.again(mark.code) if self.speaks_of(mark.code) else nan for mark in marks]
            marks = [replace(mark, top=chance, bottom=chance) for mark, chance in zip(marks, chances, strict=True)]
        return named(
            marks,
            language=self.page.language,
            k=self.k,
            threshold=self.threshold,
            best=self.best,
            again=frozenset(one.code for one in self.named) if self.is_confirmed else None,
            width=WIDTH,
        )

    def speaks_of(self, code: str) -> bool:
        """Whether the rule says something of a channel."""
        return self.listed.verdict(code) != Verdict.NONE

    @property
    def lifted(self) -> list[SafeString]:
        """Return whose names publications before gave at this end, and a correction took back."""
        board, league = self.page.board, self.rated[0].league
        lost = [one for one in lifted_by(self.page.edition.publication, CHANNEL) if (one.league, one.best) == (league, self.best)]
        return [self.page.say(lifted_words(one, board.by_code[one.code].name)) for one in lost]

    @property
    def rest(self) -> str:
        """Return what the unordered rest is called."""
        one, many = noop("Needs attention: {n} channel"), noop("Needs attention: {n} channels")
        if self.best:
            one, many = noop("Still open: {n} channel"), noop("Still open: {n} channels")
        if self.best and self.is_confirmed:
            one, many = noop("Not named: {n} channel"), noop("Not named: {n} channels")
        return plain(self.page.say(counted(one, many, len(self.doubtful))))

    @property
    def candidates(self) -> list[Candidate]:
        """Return the channels that pass, as words."""
        return [Candidate(*self.words(entry), reply=self.reply(entry)) for entry in self.passing]

    @property
    def names(self) -> list[Candidate]:
        """Return the channels that are named, as words, each with its chance on new evidence and what the name rests on."""
        return [
            replace(
                Candidate(*self.words(entry), reply=self.reply(entry)),
                chance=share_words(self.listed.again(entry.code)),
                why=self.why(entry),
            )
            for entry in self.named
        ]

    def reply(self, entry: Entry) -> Reply | None:
        """Return what the entity of a channel says, at the end at which it is a reproach."""
        return None if self.best else reply_of(self.page, entry.entity, entry.code)

    def why(self, entry: Entry) -> SafeString:
        """Return what the verdict on a channel rests on."""
        return self.page.say(told_words(self.listed.told(entry.code)))

    @property
    def doubts(self) -> list[Doubt]:
        """Return the channels that need attention, as words."""
        return [
            Doubt(*self.words(entry), f"{best_rank(entry):,.0f}–{worst_rank(entry):,.0f}", self.settle(entry), self.reply(entry))
            for entry in self.doubtful
        ]

    def words(self, entry: Entry) -> tuple[str, str, str, str, str]:
        """Return the names of a channel and its entity, its address, its chance, and the address of the evidence for that."""
        page, what = self.page, "p-top" if self.best else "p-bottom"
        names = entry.name[page.language], entry.entity_name[page.language]
        chance = share_words(entry.p_top if self.best else entry.p_bottom)
        address = page.to("channel", channel=entry.code)
        return *names, address, chance, f"{address}evidence/{what}/"

    @cached_property
    def edge(self) -> float | None:
        """Return the score midway between the last channel inside and the first outside, None where there is none outside."""
        scores = sorted((entry.score for entry in self.rated if entry.score is not None), reverse=self.best)
        return (scores[self.k - 1] + scores[self.k]) / 2 if 0 < self.k < len(scores) else None

    def settle(self, entry: Entry) -> SafeString:
        """Return what would settle whether a channel is inside or outside, or what stands against it once that was tried."""
        if self.is_confirmed or self.listed.verdict(entry.code) == Verdict.INSEPARABLE:
            return self.why(entry)
        if entry.score is None or entry.low is None or entry.high is None or self.edge is None:
            return self.page.say(phrase(NO_MARGIN))
        times = answers_to_settle((entry.high - entry.low) / 2, entry.score - self.edge, self.threshold)
        if not isfinite(times) or times > MOST_TIMES:
            return self.page.say(phrase(TOO_MANY, times=MOST_TIMES))
        return self.page.say(phrase(TIMES, times=grouped(max(times, 1.1), 1)))


@dataclass(frozen=True)
class Ends:
    """The best and the last few of one league, or why there are none."""

    page: Page
    anchor: str
    code: str
    name: SafeString
    href: str
    rated: tuple[Entry, ...]
    entities: EntityLeague | None = None

    @property
    def k(self) -> int:
        """Return how many the cycle announced."""
        return self.page.board.scheme.k_of(self.code)

    @property
    def silence(self) -> SafeString | None:
        """Return why nobody can be a candidate, None where somebody can."""
        least = max(self.page.board.scheme.naming.minimum_channels, 1)
        if not self.rated:
            return self.page.say(phrase("No channel of this kind could be rated."))
        if all(entry.p_top is None for entry in self.rated):
            return self.page.say(phrase("Ranks carry no margin of error, because the evidence gave none."))
        if len(self.rated) < least:
            return self.page.say(
                phrase("Of fewer than {least} rated channels with a margin of error no best and worst are listed.", least=least)
            )
        return None

    @property
    def best(self) -> End:
        """Return its first k."""
        return End(self.page, self.anchor, self.rated, self.k, best=True)

    @property
    def worst(self) -> End:
        """Return its last k."""
        return End(self.page, self.anchor, self.rated, self.k, best=False)

    @property
    def sentence(self) -> SafeString:
        """Return how many are named, or candidates."""
        values = {"rated": len(self.rated), "k": self.k}
        if self.best.is_confirmed or self.worst.is_confirmed:
            message = noop("Of {rated} rated channels {best} are named among the best {k}, and {worst} among the worst {k}.")
            return self.page.say(phrase(message, best=len(self.best.named), worst=len(self.worst.named), **values))
        message = noop("Of {rated} rated channels {best} are candidates for the best {k}, and {worst} for the worst {k}.")
        return self.page.say(phrase(message, best=len(self.best.passing), worst=len(self.worst.passing), **values))


@dataclass(frozen=True)
class BestAndWorst:
    """The page: every league's ends."""

    page: Page
    leagues: Sequence[Ends]

    @cached_property
    def ends(self) -> list[End]:
        """Return the ends of all leagues that have any."""
        return [end for league in self.leagues if league.silence is None for end in (league.best, league.worst)]

    @property
    def is_confirmed(self) -> bool:
        """Whether a second wave decided."""
        return any(end.is_confirmed for end in self.ends)

    @property
    def notice(self) -> SafeString:
        """Return what the lists are, and what they are not; nothing where there are none."""
        if not self.ends:
            return SafeString("")
        if not self.is_confirmed:
            return self.page.say(phrase(UNCONFIRMED if self.count else NO_CANDIDATE))
        return self.page.say(phrase(CONFIRMED if self.page.board.scheme.naming.own_part is None else CONFIRMED_OWN))

    @cached_property
    def count(self) -> int:
        """Return how many are named, or candidates, in all."""
        return sum(len(end.named if self.is_confirmed else end.passing) for end in self.ends)

    @property
    def sentence(self) -> SafeString:
        """Return how many are named, or candidates, in all, or that there are no lists."""
        if not self.ends:
            return self.page.say(phrase("No kind has enough rated channels for lists of the best and the worst."))
        if self.is_confirmed:
            none, one, many = NAMED
            return self.page.say(counted(one, many, self.count) if self.count else phrase(none))
        none, one, many = REACHED
        threshold = chance_words(self.page.board.scheme.naming.probability, drawn=False)
        said = counted(one, many, self.count, threshold=threshold) if self.count else phrase(none, threshold=threshold)
        return self.page.say(said)


def best_and_worst_page(page: Page) -> BestAndWorst:
    """Return the best and the last few of every league."""
    leagues, entities = page.board.leagues.items(), entity_leagues(page)
    found = [ends_of(page, place, code, entries) for place, (code, entries) in enumerate(leagues, 1)]
    return BestAndWorst(page, tuple(replace(one, entities=entities.get(one.code)) for one in found))


def ends_of(page: Page, place: int, code: str, entries: Sequence[Entry]) -> Ends:
    """Return the ends of one league, the `place`-th of the page."""
    rated = tuple(entry for entry in entries if entry.rated)
    return Ends(page, f"league-{place}", code, page.say(league_name(page.board, code)), league_address(page, code), rated)
