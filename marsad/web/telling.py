"""What is told of one channel in sentences, the same on its page and in a report: its star, its place, what sets it apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from marsad.core.parts import likely_stars
from marsad.core.posterior import Settings
from marsad.core.scheme import Scheme
from marsad.core.stars import FirstMatch, Limiter
from marsad.standards import Text
from marsad.web.texts import Words, chance_words, noop, percent, phrase

LEVEL = percent(Settings.level)
"""What every interval holds."""
APART_SHOWN = 3
"""So many strengths and weaknesses are told."""
BEST, WORST = "best", "worst"
CANDIDATES = {
    BEST: noop(
        "It is almost certainly among the best {k} of its kind (probability {chance}): a candidate. "
        "Naming needs confirmation by a second wave."
    ),
    WORST: noop(
        "It is almost certainly among the worst {k} of its kind (probability {chance}): a candidate. "
        "Naming needs confirmation by a second wave."
    ),
}
APART = {
    1: noop("{part}: {value}, which is {away} above the median of its kind ({middle})."),
    -1: noop("{part}: {value}, which is {away} below the median of its kind ({middle})."),
}
HELD, IDLE, APPLIED, OPEN = "held", "idle", "applied", "open"
"""What a limiter did to a star: lowered or raised it, nothing, what no score alone tells, or that it was not applied."""
LIMITS = {
    HELD: noop("{rule} (probability {chance}). By its score alone it would be rated {star}."),
    IDLE: noop("{rule} (probability {chance}). It changed nothing: the score alone gives no other star."),
    APPLIED: noop("{rule} (probability {chance}). It was applied."),
    OPEN: noop("{rule}: the probability is {chance}, which is too little to apply it."),
}
LIMITS_ALONE = {
    HELD: noop("{rule}: by its score alone it would be rated {star}."),
    IDLE: noop("{rule}: it changed nothing, since the score alone gives no other star."),
    APPLIED: noop("{rule}: it was applied."),
}
"""The same where the probability is not told."""


def rated_words(star: float, chances: Mapping[float, float], said: Callable[[float], Words]) -> Words:
    """Return how a channel is rated and how sure that is; `chances` of stars are empty where the evidence does not say."""
    if not chances:
        return phrase("This channel is rated {star}; how sure that is, the evidence does not say.", star=said(star))
    values = sorted(chances)
    low, high = likely_stars(values, [chances[value] for value in values], star)
    if low == high:
        return phrase("This channel is rated {star}, almost certainly.", star=said(star))
    ends = {"low": said(low), "high": said(high)}
    return phrase("This channel is rated {star}; it is almost certainly between {low} and {high}.", star=said(star), **ends)


def unrated_words(reason: Text | Words) -> Words:
    """Return why a channel is not rated."""
    return phrase("This channel is not rated: {reason}.", reason=reason)


def rank_words(score: str, rank: float, ends: tuple[float, float] | None, count: int) -> Words:
    """Return the place of a channel among `count` of its kind; `ends` are those of its rank, None where none are known."""
    values = {"score": score, "rank": round(rank), "count": count}
    if ends is None:
        return phrase("With a score of {score} it stands at rank {rank} of {count} in its kind.", **values)
    low, high = (round(end) for end in ends)
    if low < high:
        return phrase(
            "With a score of {score} it stands at rank {rank} of {count} in its kind; "
            "the rank lies between {low} and {high} ({level}).",
            low=low,
            high=high,
            level=LEVEL,
            **values,
        )
    return phrase(
        "With a score of {score} it stands at rank {rank} of {count} in its kind, and keeps that rank ({level}).",
        level=LEVEL,
        **values,
    )


def edge_words() -> Words:
    """Return that a score lies on an edge."""
    return phrase("Its score lies on the edge between two stars.")


def candidate_words(end: str, k: int, chance: float) -> Words:
    """Return that a channel is a candidate for the `BEST` or the `WORST` k of its kind."""
    return phrase(CANDIDATES[end], k=k, chance=chance_words(chance))


def apart_words(found: Sequence[tuple[float, Text, float, float]], side: int, written: Callable[[float], str]) -> list[Words]:
    """Return the parts farthest above (side 1) or below (-1) the median of a kind, of how far, name, value and median of each."""
    return [
        phrase(APART[side], part=part, value=written(value), away=written(away), middle=written(middle))
        for away, part, value, middle in sorted(found, key=lambda one: -one[0])[:APART_SHOWN]
    ]


def limit_effect(limiter: Limiter, scheme: Scheme, star: float | None, unlimited: float | None) -> str:
    """Return what an applied limiter did to the star that the score alone gives; where conditions give stars, no score does."""
    if isinstance(scheme.stars, FirstMatch):
        return APPLIED
    bound = limiter.cap if limiter.cap is not None else limiter.floor
    return HELD if star != unlimited and star == bound else IDLE


def limit_words(effect: str, rule: Text, chance: float | None, star: Words) -> Words:
    """Return what a limiter did; `star` is that of the score alone, `chance` None where the probability is not told."""
    if chance is None:
        return phrase(LIMITS_ALONE[effect], rule=rule, star=star)
    return phrase(LIMITS[effect], rule=rule, chance=chance_words(chance, drawn=False), star=star)
