"""A channel: how good it is, why, how sure that is, and whether it is improving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from django.utils.safestring import SafeString, mark_safe

from marsad.catalogue.kinds import kinds
from marsad.core.parts import Part, compared_parts, likely_stars, profile_parts
from marsad.core.posterior import Settings
from marsad.public.league import league_address
from marsad.public.marks import bands_of
from marsad.public.measured import Measured
from marsad.public.pages import Page, title_of
from marsad.public.place import Fact, facts_of
from marsad.public.rows import NOTHING, axis_of, best_rank, between, interval_of, next_chance, number, star_row, worst_rank
from marsad.public.words import league_name, plain_star, reason_words, share_words, source_words, star_words, within
from marsad.ratings.access import NotFound
from marsad.ratings.board import Entry, Score
from marsad.ratings.voices import Voice, Voices, voices_for
from marsad.web.charts import Figure, Interval
from marsad.web.charts import history as histories
from marsad.web.charts import profile as profiles
from marsad.web.charts.pieces import bar
from marsad.web.texts import Words, chance_words, grouped, noop, percent, phrase

LEVEL = percent(Settings.level)
VOICES = 5
"""So many comments are shown."""
SHOWN = 3
"""So many strengths and weaknesses are told."""
ABOVE = noop("{part}: {value}, which is {away} above the median of its kind ({middle}).")
BELOW = noop("{part}: {value}, which is {away} below the median of its kind ({middle}).")
HELD = noop("{rule}: by its score alone it would be rated {star}.")
IDLE = noop("{rule}: it changed nothing, since the score alone gives no other star.")
CANDIDATES = {
    "p_top": noop(
        "It is almost certainly among the best {k} of its kind (probability {chance}): a candidate. "
        "Naming needs confirmation by a second wave."
    ),
    "p_bottom": noop(
        "It is almost certainly among the worst {k} of its kind (probability {chance}): a candidate. "
        "Naming needs confirmation by a second wave."
    ),
}


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
            reason = reason_words(board, entry.reason)
            return self.page.say(phrase("This channel is not rated: {reason}.", reason=reason))
        star = within(star_words(board, entry.star))
        if not entry.p_star:
            return self.page.say(phrase("This channel is rated {star}; how sure that is, the evidence does not say.", star=star))
        values = sorted(entry.p_star)
        low, high = likely_stars(values, [entry.p_star[value] for value in values], entry.star)
        if low == high:
            return self.page.say(phrase("This channel is rated {star}, almost certainly.", star=star))
        ends = {"low": within(star_words(board, low)), "high": within(star_words(board, high))}
        return self.page.say(
            phrase("This channel is rated {star}; it is almost certainly between {low} and {high}.", star=star, **ends)
        )

    @property
    def standing(self) -> list[SafeString]:
        """Return its place in its league, in sentences: whether it lies on an edge, whether it is a candidate."""
        entry, page = self.entry, self.page
        if entry.score is None or entry.rank is None:
            return []
        values = {"score": grouped(entry.score, self.digits), "rank": round(entry.rank), "count": self.peers}
        low, high = best_rank(entry), worst_rank(entry)
        if entry.rank_low is None:
            said = phrase("With a score of {score} it stands at rank {rank} of {count} in its kind.", **values)
        elif low < high:
            message = noop(
                "With a score of {score} it stands at rank {rank} of {count} in its kind; "
                "the rank lies between {low} and {high} ({level})."
            )
            said = phrase(message, low=round(low), high=round(high), level=LEVEL, **values)
        else:
            message = noop(
                "With a score of {score} it stands at rank {rank} of {count} in its kind, and keeps that rank ({level})."
            )
            said = phrase(message, level=LEVEL, **values)
        found = [said]
        if entry.near_edge:
            found.append(phrase("Its score lies on the edge between two stars."))
        return [page.say(one) for one in [*found, *self.candidacy]]

    @property
    def candidacy(self) -> list[Words]:
        """Return for what it is a candidate, if for anything."""
        scheme, entry = self.page.board.scheme, self.entry
        if self.peers < scheme.naming.minimum_channels:
            return []
        found = []
        for end, message in CANDIDATES.items():
            chance = getattr(entry, end)
            if chance is not None and chance >= scheme.naming.probability:
                found.append(phrase(message, k=scheme.k_of(entry.league), chance=chance_words(chance)))
        return found

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
        return between(Score(self.entry.score, self.entry.low, self.entry.high, None), self.digits)

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
    def strengths(self) -> list[SafeString]:
        """Return the parts that stand clearly above the median of its league."""
        return self.apart(1, ABOVE)

    @property
    def weaknesses(self) -> list[SafeString]:
        """Return the parts that stand clearly below the median of its league."""
        return self.apart(-1, BELOW)

    def apart(self, side: int, message: str) -> list[SafeString]:
        """Return the parts whose whole interval lies on one side of the median of the league, the farthest first."""
        found = []
        for part in compared_parts(self.page.board.scheme):
            score, peers = self.scores.get(part.code, NOTHING), self.page.board.quartiles.get((self.entry.league, part.code))
            near = score.low if side > 0 else score.high
            if peers and score.value is not None and near is not None and side * (near - peers.median) > 0:
                found.append((side * (score.value - peers.median), self.label(part), score.value, peers.median))
        found.sort(key=lambda one: -one[0])
        return [
            self.page.say(phrase(message, part=name, **{key: grouped(one, self.digits) for key, one in values.items()}))
            for away, name, value, middle in found[:SHOWN]
            for values in ({"away": away, "value": value, "middle": middle},)
        ]

    @property
    def limits(self) -> list[SafeString]:
        """Return the limiters that were applied to its star, and what each did."""
        board, entry = self.page.board, self.entry
        caps = {limiter.code: limiter.cap if limiter.cap is not None else limiter.floor for limiter in board.scheme.limiters}
        found = []
        for code in entry.limits:
            held = entry.star != entry.unlimited and entry.star == caps.get(code)
            star = within(star_words(board, entry.unlimited))
            found.append(self.page.say(phrase(HELD if held else IDLE, rule=board.standard.rules[code], star=star)))
        return found

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
