"""The decision in a publication: who the rule of naming looks at, why, by which numbers, and who approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TypeGuard

import numpy as np

from marsad.core.entity_lists import EntityList, confirmed_entity_lists, first_entity_lists
from marsad.core.lists import RUNS, List, first_lists
from marsad.core.memory import remembering
from marsad.core.naming import Decision, Second, Verdict
from marsad.core.posterior import Settings
from marsad.core.rating import Rating
from marsad.core.second import Wave, confirmed_lists
from marsad.ledger.canonical import Json
from marsad.ledger.seals import Said, said
from marsad.standards import Standard, Text

DECISION = "decision.json"
SCHEMA, WITH_SECOND, WITH_ENTITIES = 1, 2, 3
"""The form of a decision by the first wave alone, of one that rests on a second, and of one on entities too."""
DIGITS = 6
"""Decimals of a chance."""
CHANCES = (".chance", ".far", ".kept", ".own", ".width", ".value", ".low", ".high")
"""Where numbers stand that hang on draws."""


@dataclass(frozen=True)
class Approval:
    """Who approved the results, by the name they are known by, and when, in UTC."""

    by: Text
    at: str


@dataclass(frozen=True)
class Confirmation:
    """A second wave, and the SHA-256 of each of the two tables that tell of it: the new evidence, and who was drawn."""

    wave: Wave
    evidence: str
    round: str


def decision_of(
    rating: Rating,
    standard: Standard,
    evidence: str,
    settings: Settings,
    approval: Approval,
    confirmation: Confirmation | None = None,
) -> dict[str, Json]:
    """Return the decision on a rating; `evidence` is the SHA-256 of the statistics that were rated."""
    channels, wave = rating.evidence.channels, confirmation.wave if confirmation else None
    with remembering():  # what both waves and both sorts of lists have in common is drawn once
        lists, entities = lists_of(rating, settings, wave), entity_lists_of(rating, settings, wave)
    about: dict[str, Json] = {"schema": SCHEMA}
    if confirmation is not None:
        about = {"schema": WITH_SECOND, "second": {"evidence": confirmation.evidence, "round": confirmation.round}}
    if rating.tree.scheme.naming.entities is not None:
        about |= {"schema": WITH_ENTITIES, "entities": [entities_told(one) for one in entities]}
    return about | {
        "standard": {"identity": standard.identity, "sha256": standard.digest},
        "evidence": evidence,
        "settings": {"seed": settings.seed, "draws": settings.draws, "level": float(settings.level)},
        "rule": {
            name: float(value) if isinstance(value, float) else value for name, value in asdict(rating.tree.scheme.naming).items()
        },
        "tried": RUNS,
        "lists": [told(one, channels.tolist()) for one in lists],
        "approved": {"by": {"ar": approval.by.ar, "en": approval.by.en}, "at": approval.at},
    }


def lists_of(rating: Rating, settings: Settings, wave: Wave | None) -> list[List]:
    """Return both ends of every league, by new evidence where there is any."""
    firsts = first_lists(rating, settings)
    return firsts if wave is None else confirmed_lists(rating, firsts, wave, settings)


def entity_lists_of(rating: Rating, settings: Settings, wave: Wave | None) -> list[EntityList]:
    """Return both ends of the entities of every league, by new evidence where there is any."""
    firsts = first_entity_lists(rating, settings)
    return firsts if wave is None else confirmed_entity_lists(rating, firsts, wave, settings)


def told(one: List, channels: list[str]) -> dict[str, Json]:
    """Return one end of a league: every channel of which the rule says something, in the order of their identifiers.

    With a second wave also everybody who was visited again, decoys among them.
    """
    decision = one.decision
    return end_told(one.league, decision, "rated", one.channels.size) | {
        "channels": [
            {"channel": channels[one.channels[place]]}
            | verdict_told(decision, place)
            | (again_of(decision.second, place, str(decision.answers[place])) if is_again(decision.second, place) else {})
            for place in spoken_of(decision)
        ]
    }


def entities_told(one: EntityList) -> dict[str, Json]:
    """Return one end of the entities of a league, all of them in the order of their names: score, rank, verdict."""
    decision, league = one.decision, one.league
    return end_told(league.league, decision, "standing", league.names.size) | {
        "entities": [
            {
                "entity": str(league.names[place]),
                "channels": int(league.sizes[place]),
                **{name: number(getattr(league, name)[place]) for name in ("value", "low", "high")},
                "rank": int(league.rank[place]),
            }
            | verdict_told(decision, place)
            | (again_of(decision.second, place) if is_again(decision.second, place) else {})
            for place in range(league.names.size)
        ]
    }


def end_told(league: str, decision: Decision, counted: str, count: int) -> dict[str, Json]:
    """Return which end of which league it is, and how many stand in it."""
    return {"league": league, "end": "first" if decision.best else "last", "k": decision.k, counted: int(count)}


def spoken_of(decision: Decision) -> list[int]:
    """Return the places of all of whom the rule says something, and of everybody who was visited again."""
    again = False if decision.second is None else ~np.isnan(decision.second.chance)
    found: list[int] = np.flatnonzero((decision.verdict != Verdict.NONE) | again).tolist()
    return found


def is_again(second: Second | None, place: int) -> TypeGuard[Second]:
    """Whether new evidence tells of one of a list."""
    return second is not None and not np.isnan(second.chance[place])


def verdict_told(decision: Decision, place: int) -> dict[str, Json]:
    """Return the verdict on one of a list, what it rests on, and what the first wave says."""
    return {
        "verdict": str(decision.verdict[place]),
        "why": [str(why) for why in decision.why[place]],
        "chance": number(decision.first.chance[place]),
        "far": number(decision.first.tail[place]),
        "kept": number(decision.first.kept[place]),
    }


def again_of(second: Second, place: int, answers: str | None = None) -> dict[str, Json]:
    """Return what new evidence says of one of a list, and who answers for its name; of entities nobody asks that."""
    names = ("chance", "waves", "n", "raters", "width") if answers is None else ("chance", "own", "waves", "n", "raters", "width")
    again = {name: number(getattr(second, name)[place]) for name in names} | {"decoy": bool(second.decoys[place])}
    return {"again": again} if answers is None else {"again": again, "answers": answers}


def number(value: float) -> float | None:
    """Return a number as it is written, None where it is not known."""
    return None if np.isnan(value) else round(float(value), DIGITS)


def approval_of(decision: Json) -> Approval:
    """Return who approved, as a decision says it; raises ValueError where it does not."""
    try:
        approved = decision["approved"]
        by, at = Text(ar=approved["by"]["ar"], en=approved["by"]["en"]), approved["at"]
    except (KeyError, TypeError):
        raise ValueError("nobody approved") from None
    if not (isinstance(at, str) and at and all(isinstance(name, str) and name.strip() for name in (by.ar, by.en))):
        raise ValueError("nobody approved")
    return Approval(by, at)


def differing(expected: Json, found: Json, tolerance: float, at: str = "") -> Iterator[Said]:
    """Yield where a decision is not what the evidence and the standard give; numbers may be off by a tolerance."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted(set(expected) | set(found)):
            yield from differing(expected.get(name), found.get(name), tolerance, f"{at}.{name}".lstrip("."))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differing(one, other, tolerance, f"{at}[{named(one, place)}]")
    elif expected != found and not (at.endswith(CHANCES) and near(expected, found, tolerance)):
        yield said("%(part)s is %(found)s, and by the rule %(expected)s", part=at, found=short(found), expected=short(expected))


def near(expected: Json, found: Json, tolerance: float) -> bool:
    """Whether two values are numbers that differ by no more than a tolerance."""
    numbers = all(isinstance(one, float | int) and not isinstance(one, bool) for one in (expected, found))
    return numbers and abs(expected - found) <= tolerance


def named(one: Json, place: int) -> str:
    """Return what an entry of a list is called: its channel or entity, its league and end, or its place."""
    for name in ("channel", "entity"):
        if isinstance(one, dict) and name in one:
            return str(one[name])
    return f"{one['league']} {one['end']}".strip() if isinstance(one, dict) and "league" in one else str(place + 1)


def short(value: Json) -> str:
    """Return a value as a clause shows it: lists of channels by their names."""
    if isinstance(value, list):
        return ", ".join(named(one, place) if isinstance(one, dict) else str(one) for place, one in enumerate(value)) or "–"
    return "–" if value is None else str(value)
