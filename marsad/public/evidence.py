"""What stands behind a number of a channel: what it is, on how many answers, from which sources, when, by which method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from marsad.core.scheme import Indicator
from marsad.public.channel import ChannelPage, channel_page
from marsad.public.pages import Page
from marsad.public.rows import between, number
from marsad.public.words import source_words
from marsad.ratings.access import NotFound
from marsad.ratings.board import Score
from marsad.web.telling import LEVEL
from marsad.web.texts import Words, counted, grouped, listed, noop, phrase, text

WHOLE = ("score", "star", "rank", "p-top", "p-bottom", "answers")
"""The numbers that every channel has besides those of its branches and indicators."""


@dataclass(frozen=True)
class Evidence:
    """The evidence for one number: its title, its value and interval, a sentence on what it is, and facts as pairs."""

    channel: ChannelPage
    title: SafeString
    value: str
    margin: str
    sentence: SafeString
    facts: tuple[tuple[SafeString, SafeString], ...]
    method: str


def evidence_page(page: Page, code: str, what: str) -> Evidence:
    """Return what stands behind a number of a channel; raises NotFound where it has no such number."""
    channel = channel_page(page, code)
    if what not in WHOLE and what not in channel.scores:
        raise NotFound("evidence")
    title, value, margin, words = told(channel, what) if what in WHOLE else told_of_part(channel, what)
    anchor = what if what in channel.scores else page.board.scheme.root.code
    return Evidence(
        channel,
        page.say(title),
        value,
        margin,
        page.say(words),
        facts(channel, anchor),
        f"{page.to('method')}#{anchor}",
    )


Told = tuple[Words, str, str, Words]
SCORE = noop("All parts of the standard, each weighed as it says, in points from {low} to {high}. {interval}")
HOLDS = noop("The truth lies within the interval with a probability of {level}.")
NO_INTERVAL = noop("The evidence gave no margin of error.")


def told(channel: ChannelPage, what: str) -> Told:
    """Return title, value, interval and meaning of a number that every channel has."""
    return TOLD[what](channel)


def of_score(channel: ChannelPage) -> Told:
    """Return what is told of the score."""
    low, high = channel.page.board.scheme.bounds[channel.page.board.scheme.root.code]
    interval = phrase(HOLDS, level=LEVEL) if channel.margin else phrase(NO_INTERVAL)
    words = phrase(SCORE, low=grouped(low), high=grouped(high), interval=interval)
    return phrase("Score"), channel.score, channel.margin, words


def of_star(channel: ChannelPage) -> Told:
    """Return what is told of the star."""
    words = phrase("The star is the band in which the score lies, unless a rule of the standard limits it.")
    return phrase("Stars"), str(channel.star), "", words


def of_rank(channel: ChannelPage) -> Told:
    """Return what is told of the rank."""
    one, many = noop("Its place among {n} rated channel of its kind."), noop("Its place among {n} rated channels of its kind.")
    words = counted(one, many, channel.peers)
    if channel.entry.rank_low is None:
        return phrase("Rank in its kind"), channel.rank, "", words
    holds = phrase("The true rank lies in the range with a probability of {level}.", level=LEVEL)
    return phrase("Rank in its kind"), channel.rank, "", joined(words, holds)


def of_best(channel: ChannelPage) -> Told:
    """Return what is told of the chance to be among the best."""
    words = phrase("In this share of the draws from the evidence it is among the best {k} of its kind.", k=channel.k)
    return phrase("Among the best {k}", k=channel.k), channel.best, "", words


def of_worst(channel: ChannelPage) -> Told:
    """Return what is told of the chance to be among the worst."""
    words = phrase("In this share of the draws from the evidence it is among the worst {k} of its kind.", k=channel.k)
    return phrase("Among the worst {k}", k=channel.k), channel.worst, "", words


def of_answers(channel: ChannelPage) -> Told:
    """Return what is told of the number of answers."""
    words = phrase("All answers, observations and records on all indicators together; one person may have given several.")
    return phrase("Answers"), grouped(channel.entry.n, 0), "", words


TOLD: Mapping[str, Callable[[ChannelPage], Told]] = {
    "score": of_score,
    "star": of_star,
    "rank": of_rank,
    "p-top": of_best,
    "p-bottom": of_worst,
    "answers": of_answers,
}


def told_of_part(channel: ChannelPage, code: str) -> Told:
    """Return title, value, interval and meaning of a branch or an indicator."""
    score, digits = channel.scores[code], channel.measured.axis.digits
    label = channel.page.board.standard.labels[code]
    value = "–" if score.value is None else grouped(number(score.value), digits)
    ask = channel.page.board.standard.items.get(code)
    below = len(channel.page.board.scheme.leaves[code])
    one, many = noop("It is made of {n} indicator."), noop("It is made of {n} indicators.")
    words = phrase("Asked or looked for: {question}", question=ask.ask) if ask else counted(one, many, below)
    margin = between(score.low, score.high, digits)
    holds = phrase(HOLDS, level=LEVEL) if margin else phrase(NO_INTERVAL)
    return text(label), value, margin, joined(words, holds)


def same(written: str) -> Words:
    """Return what is written alike in every language."""
    return Words(escape(written), escape(written))


def joined(*sentences: Words) -> Words:
    """Return sentences as a paragraph."""
    return Words(" ".join(one.ar for one in sentences), " ".join(one.en for one in sentences))


def facts(channel: ChannelPage, code: str) -> tuple[tuple[SafeString, SafeString], ...]:
    """Return answers, sources, period, standard and fingerprints."""
    page, cycle = channel.page, channel.page.edition.cycle
    score: Score = channel.scores[code]
    opened, closed = (day.isoformat() if day else "–" for day in (cycle.opens_on, cycle.closes_on))
    said = [
        (phrase("Answers"), same(grouped(score.n, 0)) if score.n is not None else phrase("not known")),
        (phrase("Sources"), sources(channel, code)),
        (phrase("Period"), phrase("{opened} to {closed}", opened=opened, closed=closed)),
        (phrase("Standard"), same(page.board.standard.identity)),
    ]
    return tuple((page.say(name), page.say(value)) for name, value in said)


def sources(channel: ChannelPage, code: str) -> Words:
    """Return the sources of the indicators of a part that have a score here."""
    indicators: list[Indicator] = [
        channel.page.board.scheme.indicators[place] for place in channel.page.board.scheme.leaves[code]
    ]
    found = dict.fromkeys(
        one.source for one in indicators if one.code in channel.scores and channel.scores[one.code].value is not None
    )
    words = [source_words(one) for one in found if one]
    return listed(words) if words else phrase("as given in the evidence")
