"""Entities among those of a kind: where each stands by the mean of its channels, and what the rule of naming says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from django.utils.safestring import SafeString

from marsad.core.naming import Verdict
from marsad.core.problem import Sentence
from marsad.ledger import Reply
from marsad.public.aftermath import reply_of
from marsad.public.marks import bands_of
from marsad.public.pages import Page
from marsad.public.words import league_name, lifted_words, plain, told_words
from marsad.ratings.clearing import ENTITY, lifted_by
from marsad.ratings.entity_lists import Entity, Ranking, rankings_of
from marsad.web.charts import Figure, Interval
from marsad.web.charts.entities import Standing, entities
from marsad.web.texts import grouped, noop, phrase

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.NAMED: (noop("Named among the worst {k}"), noop("Named among the best {k}")),
    Verdict.CANDIDATE: (noop("May be among the worst {k}"), noop("May be among the best {k}")),
    Verdict.ATTENTION: (noop("Still open whether among the worst {k}"), noop("Still open whether among the best {k}")),
    Verdict.INSEPARABLE: (noop("Still open whether among the worst {k}"), noop("Still open whether among the best {k}")),
}
"""What is said of an entity at the worst end of a league and at the best."""
PLACE = noop("{kind}: rank {rank} of {total} entities, by the mean of its {channels} rated channels: {mean} ({ends}).")


@dataclass(frozen=True)
class Finding:
    """A verdict on an entity, and what it rests on."""

    verdict: SafeString
    why: SafeString
    is_named: bool


@dataclass(frozen=True)
class Line:
    """An entity of a league, as words."""

    code: str
    name: str
    href: str
    rank: int
    mean: str
    ends: str
    channels: int
    said: list[Finding]
    reply: Reply | None

    @property
    def is_named(self) -> bool:
        """Whether it is named at either end."""
        return any(one.is_named for one in self.said)


@dataclass(frozen=True)
class EntityLeague:
    """The entities of one league as a page shows them."""

    page: Page
    ranking: Ranking

    @property
    def title(self) -> SafeString:
        """Return what the league is called."""
        return self.page.say(league_name(self.page.board, self.ranking.league))

    @property
    def anchor(self) -> str:
        """Return where it stands on its page."""
        return f"entities-{[*self.page.board.leagues].index(self.ranking.league) + 1}"

    @property
    def href(self) -> str:
        """Return its address."""
        return f"{self.page.to('best_and_worst')}#{self.anchor}"

    @property
    def silence(self) -> SafeString | None:
        """Return why none of them can be named, None where some can."""
        rule = self.page.board.scheme.naming.entities
        if rule is None or len(self.ranking.entities) >= rule.minimum_entities:
            return None
        asked = {"least": rule.minimum_entities, "channels": rule.minimum_channels}
        return self.page.say(phrase("Of fewer than {least} entities with {channels} rated channels each none is named.", **asked))

    @property
    def spoken(self) -> list[Line]:
        """Return those of whom the rule says something, best first."""
        return [line for line in self.lines if line.said]

    @cached_property
    def lines(self) -> list[Line]:
        """Return its entities, best first."""
        return [self.line(one) for one in self.ranking.entities]

    def line(self, one: Entity) -> Line:
        """Return an entity as words."""
        told = [] if self.silence else self.ranking.told(one.code)
        accused = any(not best for best, _, _ in told)
        return Line(
            code=one.code,
            name=self.names.get(one.code, one.code),
            href=self.page.to("entity", entity=one.code),
            rank=one.rank,
            mean=grouped(one.value, 1),
            ends=f"{grouped(one.low, 1)}–{grouped(one.high, 1)}",
            channels=one.channels,
            said=[self.said(*said) for said in told],
            reply=reply_of(self.page, one.code) if accused else None,
        )

    def said(self, best: bool, verdict: Verdict, why: list[Sentence]) -> Finding:
        """Return one verdict as words."""
        opening = self.page.say(phrase(VERDICTS[verdict][best], k=self.ranking.k))
        return Finding(opening, self.page.say(told_words(why)), verdict == Verdict.NAMED)

    def place(self, line: Line) -> SafeString:
        """Return where an entity stands, in a sentence."""
        values = {"rank": line.rank, "total": len(self.ranking.entities), "channels": line.channels}
        return self.page.say(
            phrase(PLACE, kind=league_name(self.page.board, self.ranking.league), mean=line.mean, ends=line.ends, **values)
        )

    @property
    def lifted(self) -> list[SafeString]:
        """Return whose names publications before gave here, and a correction took back."""
        lost = [one for one in lifted_by(self.page.edition.publication, ENTITY) if one.league == self.ranking.league]
        return [self.page.say(lifted_words(one, self.names.get(one.code, one.code))) for one in lost]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Return what entities are called."""
        return {entry.entity: entry.entity_name[self.page.language] for entry in self.page.board.entries}

    @property
    def sentence(self) -> SafeString:
        """Return how many are named, or may be."""
        ranking = self.ranking
        values = {"entities": len(ranking.entities), "k": ranking.k}
        if ranking.is_confirmed:
            counts = {"best": len(ranking.named(best=True)), "worst": len(ranking.named(best=False))}
            message = noop("Of {entities} entities {best} are named among the best {k}, and {worst} among the worst {k}.")
            return self.page.say(phrase(message, **values, **counts))
        may = {name: int(one.of(Verdict.CANDIDATE).sum()) for name, one in (("best", ranking.best), ("worst", ranking.worst))}
        message = noop("Of {entities} entities {best} may be among the best {k}, and {worst} among the worst {k}.")
        return self.page.say(phrase(message, **values, **may))

    @cached_property
    def picture(self) -> Figure:
        """Return them as dots on their intervals."""
        standings = [self.standing(line, one) for line, one in zip(self.lines, self.ranking.entities, strict=True)]
        return Figure(partial(entities, standings, bands_of(self.page), language=self.page.language))

    def standing(self, line: Line, one: Entity) -> Standing:
        """Return an entity as the picture shows it."""
        mean, verdict = Interval(one.value, one.low, one.high), "; ".join(plain(said.verdict) for said in line.said)
        return Standing(line.name, one.rank, mean, one.channels, verdict, line.is_named, line.href)


def entity_leagues(page: Page) -> dict[str, EntityLeague]:
    """Return the entities of every league of a publication, in the order of the leagues; none where none are named."""
    found = {one.league: one for one in rankings_of(page.edition.publication, page.board.scheme)}
    return {league: EntityLeague(page, found[league]) for league in page.board.leagues if league in found}


def standings_of(page: Page, entity: str) -> list[tuple[EntityLeague, Line]]:
    """Return where one entity stands in every league in which it does."""
    leagues = [league for league in entity_leagues(page).values() if entity in league.ranking.places]
    return [(league, league.line(league.ranking.entities[league.ranking.places[entity]])) for league in leagues]
