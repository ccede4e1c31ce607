"""What people write beside their answers: sentences combined by how content they are and how they met the channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marsad.catalogue.kinds import kinds
from marsad.core.arrays import Array, Places
from marsad.demo.evidence import Answers, Field
from marsad.demo.plan import voices

GOOD, POOR = "good", "poor"
OTHER = {GOOD: POOR, POOR: GOOD}
EVERYWHERE = "any"
CONTENT = 0.6
"""From here on, of 0 to 1, somebody who answers is content."""
Columns = dict[str, Any]


def comments(field: Field, who: Answers, content: Array) -> Columns:
    """Return the comments of some of those who answered, as columns for the lake."""
    chance, said = field.dice(who.source, "comments"), voices()
    chosen = np.flatnonzero((chance.random(who.subject.size) < field.made["commented"]) & (who.valid.codes < 0))
    pleased = (content[chosen] >= CONTENT) ^ (chance.random(chosen.size) < said["astray"])
    languages = np.where(chance.random(chosen.size) < field.made["arabic"], "ar", "en")
    met = [kinds()[kind].met for kind in field.kinds[who.subject[chosen]].tolist()]
    dices = chance.random((chosen.size, 8)).tolist()
    texts = [
        sentence(said, place, GOOD if good else POOR, language, thrown)
        for place, good, language, thrown in zip(met, pleased.tolist(), languages.tolist(), dices, strict=True)
    ]
    return {
        "cycle": np.full(chosen.size, field.code),
        "subject": field.channels[who.subject[chosen]],
        "at": who.at[chosen],
        "source": np.full(chosen.size, who.source),
        "language": languages,
        "text": texts,
        "respondent": labels_at(who.labels, chosen),
    }


def labels_at(labels: Sequence[str], places: Places) -> list[str]:
    """Return some labels."""
    return [labels[place] for place in places.tolist()]


def sentence(said: Mapping[str, Any], met: str, tone: str, language: str, thrown: Sequence[float]) -> str:
    """Return one comment; `thrown` are eight numbers from 0 to 1, each of which decides one thing."""
    opens, ends, two, mixes, opening, ending, first, second = thrown
    points = [pick(points_of(said, met, tone, language), first)]
    if two < said["twofold"]:
        points += another(said, met, tone, language, points[0], mixes < said["mixed"], second)
    parts = [pick(said["opening"][tone][language], opening)] if opens < said["opened"] else []
    parts += points
    parts += [pick(said["ending"][tone][language], ending)] if ends < said["ended"] else []
    return " ".join(parts)


def another(said: Mapping[str, Any], met: str, tone: str, language: str, first: str, mixed: bool, thrown: float) -> list[str]:
    """Return a second point, the other way round where it is mixed; none where it would be the first again."""
    point = pick(points_of(said, met, OTHER[tone] if mixed else tone, language), thrown)
    if mixed:
        return [f"{said['joining'][language]} {point if point.startswith('I ') else point[0].lower() + point[1:]}"]
    return [] if point == first else [point]


def points_of(said: Mapping[str, Any], met: str, tone: str, language: str) -> list[str]:
    """Return what can be said of a channel that is met in this way."""
    found: list[str] = said[met][tone][language] + said[EVERYWHERE][tone][language]
    return found


def pick(things: Sequence[str], thrown: float) -> str:
    """Return one of some things."""
    return things[int(thrown * len(things))]
