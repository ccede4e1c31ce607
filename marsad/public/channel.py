"""A channel: how good it is, why, how sure that is, and whether it is improving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from django.utils.safestring import SafeString, mark_safe

from marsad.catalogue.kinds import kinds
from marsad.core.naming import Verdict
from marsad.core.parts import Part, compared_parts, profile_parts
from marsad.ledger import Reply
from marsad.public.aftermath import Given, given_to, reply_of
from marsad.public.league import league_address
from marsad.public.marks import bands_of
from marsad.public.measured import Measured
from marsad.public.pages import Page, title_of
from marsad.public.place import Fact, facts_of
from marsad.public.rows import NOTHING, axis_of, best_rank, interval_of, next_chance, number, star_row, worst_rank
from marsad.public.words import (
    league_name,
    lifted_words,
    plain_star,
    reason_words,
    share_words,
    source_words,
    star_words,
    told_words,
    within,
)
from marsad.ratings.access import NotFound
from marsad.ratings.board import Entry, Score
from marsad.ratings.clearing import CHANNEL, lifted_by
from marsad.ratings.lists import listed
from marsad.ratings.voices import Voice, Voices, voices_for
from marsad.web.charts import Figure, Interval
from marsad.web.charts import history as histories
from marsad.web.charts import profile as profiles
from marsad.web.charts.pieces import bar
from marsad.web.telling import (
    BEST,
    WORST,
    apart_words,
    candidate_words,
    edge_words,
    limit_effect,
    limit_words,
    rank_words,
    rated_words,
    unrated_words,
)
from marsad.web.texts import Words, between, grouped, noop, phrase

VOICES = 5
"""So many comments are shown."""
CHANCES = {BEST: "p_top", WORST: "p_bottom"}
"""Where the chance of each end of a league stands."""
VERDICTS = {
    Verdict.NAMED: {
        True: noop("It is named among the best {k} of its kind: {why}."),
        False: noop("It is named among the worst {k} of its kind: {why}."),
    },
    Verdict.ATTENTION: {
        True: noop("It is not named among the best {k} of its kind: {why}."),
        False: noop("It needs attention and is not named among the worst {k} of its kind: {why}."),
    },
}
"""What a second wave makes of a channel at the best end of its league and at the other."""


@dataclass(frozen=True)
class Chance:
    """The probability of one star."""

    star: str
    bar: SafeString
    share: SafeString
    own: bool


@dataclass(frozen=True)
class ChannelPage:
    """The page of one channel in a published cycle."""

    page: Page
    entry: Entry

    @property
    def name(self) -> str:
        """Return its name."""
        return self.entry.name[self.page.language]

    @property
    def entity(self) -> str:
        """Return the name of its entity."""
        return self.entry.entity_name[self.page.language]

    @property
    def kind(self) -> str:
        """Return what its kind is called."""
        known = kinds().get(self.entry.kind)
        return known.name[self.page.language] if known else self.entry.kind

    @property
    def league(self) -> SafeString:
        """Return what its league is called."""
        return self.page.say(league_name(self.page.board, self.entry.league))

    @property
    def league_href(self) -> str:
        """Return the address of its league."""
        return league_address(self.page, self.entry.league)

    @property
    def entity_href(self) -> str:
        """Return the address of its entity."""
        return self.page.to("entity", entity=self.entry.entity)

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """Return its scores by branch and indicator."""
        return self.page.board.scores(self.entry.code)

    @cached_property
    def peers(self) -> int:
        """Return how many channels of its league are rated."""
        return sum(entry.rated for entry in self.page.board.leagues[self.entry.league])

    @property
    def sentence(self) -> SafeString:
        """Return how it is rated and how sure that is, or why it is not."""
        entry, board = self.entry, self.page.board
        if not entry.rated or entry.star is None:
            return self.page.say(unrated_words(reason_words(board, entry.reason)))
        return self.page.say(rated_words(entry.star, entry.p_star, lambda star: within(star_words(board, star))))

    @property
    def standing(self) -> list[SafeString]:
        """Return its place in its league, in sentences: whether it lies on an edge, whether it is named or a candidate."""
        entry, page = self.entry, self.page
        if entry.score is None or entry.rank is None:
            return []
        ends = None if entry.rank_low is None else (best_rank(entry), worst_rank(entry))
        edge = [edge_words()] if entry.near_edge else []
        said = [rank_words(self.score, entry.rank, ends, self.peers), *edge, *self.candidacy]
        return [*(page.say(one) for one in said), *self.verdicts, *self.lifted]

    @property
    def verdicts(self) -> list[SafeString]:
        """Return what a second wave found of it, if anything."""
        found = []
        for best in (True, False):
            ends = listed(self.page.board, self.page.edition.publication, (self.entry.league, best))
            if ends.decision.second is not None and ends.verdict(self.entry.code) in VERDICTS:
                opening = VERDICTS[ends.verdict(self.entry.code)][best]
                why = told_words(ends.told(self.entry.code))
                found.append(self.page.say(phrase(opening, k=ends.decision.k, why=why)))
        return found

    @property
    def lifted(self) -> list[SafeString]:
        """Return the names that publications before gave it, and that a correction took back."""
        lost = [one for one in lifted_by(self.page.edition.publication, CHANNEL) if one.code == self.entry.code]
        return [self.page.say(lifted_words(one, league_name(self.page.board, one.league))) for one in lost]

    @property
    def candidacy(self) -> list[Words]:
        """Return for what it is a candidate, if for anything."""
        scheme, entry, publication = self.page.board.scheme, self.entry, self.page.edition.publication
        chances = {end: getattr(entry, name) for end, name in CHANCES.items()}
        return [
            candidate_words(end, scheme.k_of(entry.league), chance)
            for end, chance in chances.items()
            if chance is not None
            and chance >= scheme.naming.probability
            and listed(self.page.board, publication, (entry.league, end == BEST)).verdict(entry.code) == Verdict.CANDIDATE
        ]

    @cached_property
    def digits(self) -> int:
        """Return how many decimals tell scores of its league apart."""
        return axis_of(self.page.board.leagues[self.entry.league]).digits

    @property
    def score(self) -> str:
        """Return its score."""
        return "–" if self.entry.score is None else grouped(self.entry.score, self.digits)

    @property
    def margin(self) -> str:
        """Return the interval of its score, '' where there is none."""
        return between(self.entry.low, self.entry.high, self.digits)

    @property
    def rank(self) -> str:
        """Return its rank as a range."""
        if self.entry.rank is None:
            return "–"
        low, high = best_rank(self.entry), worst_rank(self.entry)
        return f"{low:,.0f}–{high:,.0f}" if low < high else f"{self.entry.rank:,.0f}"

    @property
    def star(self) -> SafeString:
        """Return its star in words."""
        return self.page.say(star_words(self.page.board, self.entry.star))

    @property
    def best(self) -> str:
        """Return the chance that it is among the best."""
        return share_words(self.entry.p_top)

    @property
    def worst(self) -> str:
        """Return the chance that it is among the worst."""
        return share_words(self.entry.p_bottom)

    @property
    def k(self) -> int:
        """Return how many of its kind the cycle may name."""
        return self.page.board.scheme.k_of(self.entry.league)

    def evidence(self, what: str) -> str:
        """Return the address of the evidence for a number."""
        return self.page.to("evidence", channel=self.entry.code, what=what)

    @property
    def to_evidence(self) -> dict[str, str]:
        """Return the addresses of the evidence for the numbers every channel has."""
        return {name.replace("-", "_"): self.evidence(name) for name in ("score", "star", "rank", "p-top", "p-bottom", "answers")}

    @property
    def chances(self) -> list[Chance]:
        """Return the probability of every star, the most first."""
        board, language = self.page.board, self.page.language
        return [
            Chance(
                plain_star(board, star, language), mark_safe(bar(chance)), mark_safe(share_words(chance)), star == self.entry.star
            )
            for star, chance in sorted(self.entry.p_star.items(), reverse=True)
        ]

    @cached_property
    def profile(self) -> Figure:
        """Return its parts against those of its league."""
        parts = [self.profiled(part) for part, _depth in profile_parts(self.page.board.scheme)]
        return Figure(partial(profiles.profile, parts, language=self.page.language))

    def profiled(self, part: Part) -> profiles.Part:
        """Return one part as its picture takes it."""
        score = self.scores.get(part.code, NOTHING)
        quartiles = self.page.board.quartiles.get((self.entry.league, part.code))
        middle = {"quartiles": (quartiles.first, quartiles.median, quartiles.third)} if quartiles else {}
        return profiles.Part(self.label(part), interval_of(score), n=round(score.n or 0), href=self.evidence(part.code), **middle)

    def label(self, part: Part) -> str:
        """Return what a part is called."""
        return self.page.board.standard.labels[part.code][self.page.language]

    @cached_property
    def history(self) -> Figure | None:
        """Return its scores over the published cycles of this standard up to this one, None where there is but one."""
        editions = self.page.editions[self.page.editions.index(self.page.edition) :]
        name = self.page.board.standard.name
        met = [one for one in reversed(editions) if one.covers(self.entry.code) and one.board.standard.name == name]
        met = [one for one in met if one.board.by_code[self.entry.code].rated]
        if len(met) < 2:
            return None
        cycles = [self.past(title_of(one.cycle)[self.page.language], one.board.by_code[self.entry.code]) for one in met]
        return Figure(partial(histories.history, cycles, bands_of(self.page), language=self.page.language))

    def past(self, title: str, entry: Entry) -> histories.Cycle:
        """Return a cycle as the history shows it."""
        return histories.Cycle(title, Interval(number(entry.score), number(entry.low), number(entry.high)), number(entry.star))

    @property
    def reply(self) -> Reply | None:
        """Return what its entity says beside the verdict, None where it says nothing."""
        return reply_of(self.page, self.entry.entity, self.entry.code)

    @property
    def given(self) -> list[Given]:
        """Return what it was given for this cycle."""
        return given_to(self.page, channel=self.entry.code)

    @property
    def strengths(self) -> list[SafeString]:
        """Return the parts that stand clearly above the median of its league."""
        return self.apart(1)

    @property
    def weaknesses(self) -> list[SafeString]:
        """Return the parts that stand clearly below the median of its league."""
        return self.apart(-1)

    def apart(self, side: int) -> list[SafeString]:
        """Return the parts whose whole interval lies on one side of the median of the league, the farthest first."""
        board, found = self.page.board, []
        for part in compared_parts(board.scheme):
            score, peers = self.scores.get(part.code, NOTHING), board.quartiles.get((self.entry.league, part.code))
            near = score.low if side > 0 else score.high
            if peers and score.value is not None and near is not None and side * (near - peers.median) > 0:
                away = side * (score.value - peers.median)
                found.append((away, board.standard.labels[part.code], score.value, peers.median))
        return [self.page.say(one) for one in apart_words(found, side, lambda value: grouped(value, self.digits))]

    @property
    def limits(self) -> list[SafeString]:
        """Return the limiters that were applied to its star, and what each did."""
        board, entry = self.page.board, self.entry
        limiters = {limiter.code: limiter for limiter in board.scheme.limiters}
        alone = within(star_words(board, entry.unlimited))
        effects = {code: limit_effect(limiters[code], board.scheme, entry.star, entry.unlimited) for code in entry.limits}
        rules = board.standard.rules
        return [self.page.say(limit_words(effect, rules[code], None, alone)) for code, effect in effects.items()]

    @cached_property
    def measured(self) -> Measured:
        """Return everything that was measured of it."""
        return Measured(self.page, self.entry.code, self.scores)

    @cached_property
    def voices(self) -> Voices:
        """Return the newest of what people had written of it when its cycle was rated for the last time, masked."""
        until = self.page.edition.publication.run.asked_at
        return voices_for(None, self.page.edition.cycle, self.entry.code, self.entry.entity, most=VOICES, until=until)

    @property
    def voices_sentence(self) -> SafeString:
        """Return how many comments there are, and what is done to them."""
        return self.page.say(self.voices.sentence)

    @property
    def voice_lines(self) -> list[Voice]:
        """Return the comments, each with its source in words."""
        return [replace(one, source=self.page.say(source_words(one.source))) for one in self.voices.newest]

    @property
    def stars(self) -> SafeString:
        """Return its row of stars."""
        return mark_safe(star_row(self.page.board).drawn(number(self.entry.star), next_chance(self.entry)))

    @property
    def facts(self) -> list[Fact]:
        """Return what the catalogue says for those who want to go there."""
        return facts_of(self.entry.code, self.page.language)

    @property
    def own_href(self) -> str:
        """Return its address."""
        return self.page.to("channel", channel=self.entry.code)

    @property
    def verify_href(self) -> str:
        """Return where its publication can be verified."""
        return self.page.to("verify")

    @property
    def compare_href(self) -> str:
        """Return the address that begins a comparison with it."""
        return f"{self.page.to('compare')}?channel={self.entry.code}"

    @property
    def report_href(self) -> str:
        """Return the address of its report for print."""
        return self.page.to("channel_report", channel=self.entry.code)

    @property
    def symbols(self) -> SafeString:
        """Return the symbols its stars are drawn with."""
        return mark_safe(star_row(self.page.board).symbols())


def channel_page(page: Page, code: str) -> ChannelPage:
    """Return the page of a channel; raises NotFound where the cycle did not cover it."""
    if code not in page.board.by_code:
        raise NotFound("channel")
    return ChannelPage(page, page.board.by_code[code])
