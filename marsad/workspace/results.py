"""Provisional results: the channels somebody may see, one of them with all its parts, and the evidence behind a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from marsad.core.scheme import Indicator
from marsad.ledger.rating_tables import REASONS
from marsad.ratings.access import MAY, NotFound, board_for, roles_of
from marsad.ratings.board import Board, Entry, Score
from marsad.ratings.models import Cycle, Intake
from marsad.ratings.trail import Trail, trail_for
from marsad.ratings.voices import Voice, Voices, voices_for
from marsad.standards import Text
from marsad.web.texts import Words, between, counted, grouped, phrase
from marsad.workspace.desk import Desk
from marsad.workspace.evidence import source_name
from marsad.workspace.runs import written

ROWS_SHOWN, VOICES = 200, 20
DIGITS = 1
"""Of scores."""


@dataclass(frozen=True)
class Row:
    """A channel of a list of results, as ready cells."""

    code: str
    name: str
    entity: str
    href: str
    star: str
    score: str
    margin: str
    rank: str
    voices: str


@dataclass(frozen=True)
class Part:
    """A part of a channel's result: `depth` in the tree; `href` leads to its evidence where it is an indicator."""

    name: str
    depth: int
    is_indicator: bool
    score: str
    margin: str
    n: str
    source: str
    href: str


@dataclass(frozen=True)
class ResultsPage:
    """The results of a cycle that somebody may see."""

    desk: Desk
    cycle: Cycle
    board: Board

    @property
    def is_provisional(self) -> bool:
        """Whether nothing of it is decided yet."""
        return not self.cycle.is_public

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return the channels that are asked for by kind, entity and name."""
        query = self.desk.request.GET
        text = query.get("q", "").strip().casefold()
        return tuple(
            entry
            for entry in self.board.entries
            if query.get("kind", "") in ("", entry.kind)
            and query.get("entity", "") in ("", entry.entity)
            and text in f"{entry.code} {entry.name.ar} {entry.name.en}".casefold()
        )

    @property
    def sentence(self) -> str:
        """Return how many channels are rated."""
        rated, count = sum(entry.rated for entry in self.board.entries), len(self.board.entries)
        return ngettext("%(rated)s of %(count)s channel is rated.", "%(rated)s of %(count)s channels are rated.", count) % {
            "rated": grouped(rated),
            "count": grouped(count),
        }

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Return the kinds to filter by."""
        names = self.board.standard.kinds
        found = dict.fromkeys(entry.kind for entry in self.board.entries)
        return tuple((kind, names[kind][self.desk.language] if kind in names else kind) for kind in found)

    @property
    def entities(self) -> tuple[tuple[str, str], ...]:
        """Return the entities to filter by."""
        found = {entry.entity: entry.entity_name[self.desk.language] for entry in self.board.entries}
        return tuple(sorted(found.items(), key=lambda one: one[1]))

    def row(self, entry: Entry) -> Row:
        """Return a channel as a row."""
        language = self.desk.language
        ranked = entry.rank_low is not None and entry.rank_low != entry.rank_high
        ranks = between(entry.rank_low, entry.rank_high, 0) if ranked else written(entry.rank, 0)
        star = star_words(self.board, entry)
        return Row(
            code=entry.code,
            name=entry.name[language],
            entity=entry.entity_name[language],
            href=reverse("workspace_channel", args=[self.cycle.code, entry.code]),
            star=self.desk.say(star),
            score=written(entry.score, DIGITS),
            margin=margin(entry),
            rank=ranks if entry.rated else "–",
            voices=grouped(entry.n, 0),
        )


def results_page(desk: Desk, cycle: Cycle) -> ResultsPage:
    """Return the results of a cycle that whoever looks may see; raises NotFound where that is nothing."""
    return ResultsPage(desk, cycle, board_for(desk.person, cycle, desk.at))


def star_words(board: Board, entry: Entry) -> Words | Text:
    """Return the star of a channel as the standard calls it, or why it has none."""
    if entry.star is None:
        reason = REASONS.get(entry.reason) or board.standard.rules.get(entry.reason)
        return reason or phrase("Not rated")
    found = board.standard.bands.get(entry.star)
    if found or not entry.star.is_integer():
        return found or Words(escape(grouped(entry.star)), escape(grouped(entry.star)))
    return counted("{n} star", "{n} stars", entry.star)


def margin(one: Entry | Score) -> str:
    """Return the interval of a score as a cell has it."""
    return between(one.low, one.high, DIGITS)


@dataclass(frozen=True)
class ChannelPage:
    """One channel's provisional result with all its parts."""

    results: ResultsPage
    entry: Entry

    @property
    def row(self) -> Row:
        """Return it as a row."""
        return self.results.row(self.entry)

    @property
    def name(self) -> str:
        """Return the channel's name."""
        return self.entry.name[self.results.desk.language]

    @property
    def limits(self) -> tuple[str, ...]:
        """Return what limits its star, in words."""
        rules = self.results.board.standard.rules
        return tuple(rules[code][self.results.desk.language] if code in rules else code for code in self.entry.limits)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Return the parts of the standard that apply to it, each below the one it belongs to."""
        return tuple(self.walk(None, 0))

    def walk(self, parent: str | None, depth: int) -> Iterator[Part]:
        """Yield the parts below a branch."""
        scheme, scores = self.results.board.scheme, self.scores
        for node in scheme.nodes:
            if node.parent == parent and node.code in scores:
                yield self.part(node.code, depth, None)
                yield from self.walk(node.code, depth + 1)
        for indicator in scheme.indicators:
            if indicator.parent == parent and indicator.code in scores:
                yield self.part(indicator.code, depth, indicator)

    @cached_property
    def voices(self) -> Voices:
        """Return the newest of what people wrote of it, whole for the champions of its entity."""
        desk, cycle = self.results.desk, self.results.cycle
        return voices_for(desk.person, cycle, self.entry.code, self.entry.entity, most=VOICES, at=desk.at)

    @property
    def voices_sentence(self) -> SafeString:
        """Return how many comments there are, and who reads them whole."""
        return self.results.desk.say(self.voices.sentence)

    @property
    def voice_lines(self) -> list[Voice]:
        """Return the comments, each with its source in words."""
        return [replace(one, source=source_name(one.source)) for one in self.voices.newest]

    @cached_property
    def scores(self) -> dict[str, Score]:
        """Return its scores by part."""
        return dict(self.results.board.scores(self.entry.code))

    def part(self, code: str, depth: int, indicator: Indicator | None) -> Part:
        """Return a part with its score."""
        score, labels = self.scores[code], self.results.board.standard.labels
        address = [self.results.cycle.code, self.entry.code, code]
        return Part(
            name=labels[code][self.results.desk.language] if code in labels else code,
            depth=depth,
            is_indicator=indicator is not None,
            score=written(score.value, DIGITS),
            margin=margin(score),
            n=written(score.n, 0),
            source=source_name(indicator.source) if indicator else "",
            href=reverse("workspace_trail", args=address) if indicator else "",
        )


def channel_page(desk: Desk, cycle: Cycle, code: str) -> ChannelPage:
    """Return a channel's result; raises NotFound where whoever looks may not see it."""
    results = results_page(desk, cycle)
    if code not in results.board.by_code:
        raise NotFound("channel")
    return ChannelPage(results, results.board.by_code[code])


@dataclass(frozen=True)
class TrailPage:
    """What stands behind a number: its score, how many rows count, by which imports they came, and their fingerprint."""

    channel: ChannelPage
    part: Part
    trail: Trail
    intakes: tuple[Intake, ...]

    @property
    def sentence(self) -> str:
        """Return how many answers count."""
        return ngettext("%(n)s answer counts for this number.", "%(n)s answers count for this number.", self.trail.n) % {
            "n": grouped(self.trail.n)
        }

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the first rows, for those who check."""
        found = self.trail.rows
        if found is None:
            return ()
        columns = [found[name][:ROWS_SHOWN].tolist() for name in ("at", "value", "weight", "source", "rater", "valid")]
        return tuple(
            (f"{at:%Y-%m-%d %H:%M}", written(value, None), written(weight, None), source_name(source), rater or "–", valid)
            for at, value, weight, source, rater, valid in zip(*columns, strict=True)
        )


def trail_page(desk: Desk, cycle: Cycle, channel: str, indicator: str) -> TrailPage:
    """Return what stands behind a channel's value on an indicator; raises NotFound."""
    page = channel_page(desk, cycle, channel)
    part = next((part for part in page.parts if part.href and part.href.endswith(f"/{indicator}/")), None)
    if part is None:
        raise NotFound("evidence")
    trail = trail_for(desk.person, page.results.board.run, channel, indicator, desk.at)
    checks = bool(roles_of(desk.person, desk.at) & MAY["see_rows"])
    came = cycle.intakes.filter(lake_import__in=trail.imports) if checks else Intake.objects.none()
    return TrailPage(page, part, trail, tuple(came))
