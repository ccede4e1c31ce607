"""What corrections take back: cures of channels they cleared, which go on until the programme withdraws them, and names.

That the name of a channel or an entity no longer holds is said, and a reward given for it is offered for withdrawal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marsad.core.lifecycle import CURE
from marsad.core.naming import Verdict
from marsad.ratings.aftermath import Cure, Reward
from marsad.ratings.curing import curable
from marsad.ratings.decisions import decision_of
from marsad.ratings.looks import FIRST, verdicts_in
from marsad.ratings.models import Publication

WITHDRAWN_FROM = next(move.sources for move in CURE.moves if move.verb == "withdraw")
"""The states in which a cure may be withdrawn."""


@dataclass(frozen=True)
class Cleared:
    """Since which correction a channel is no longer what its cure was opened for, and what the newest one says of it."""

    since: Publication
    verdict: Verdict


def corrections_of(publication: Publication) -> Iterator[Publication]:
    """Yield the corrections of a publication, each of the one before."""
    correction: Publication | None = getattr(publication, "correction", None)
    if correction is not None:
        yield correction
        yield from corrections_of(correction)


def newest(publication: Publication) -> Publication:
    """Return the last correction of a publication, itself where there is none."""
    return [publication, *corrections_of(publication)][-1]


def cleared_by(cure: Cure) -> Cleared | None:
    """Return what cleared the channel of a cure that has not ended, None where it is still listed or nothing was corrected."""
    if cure.state not in WITHDRAWN_FROM:
        return None
    since = None
    for correction in corrections_of(cure.publication):
        since = (since or correction) if clears(correction, cure) else None
        newest = correction
    return Cleared(since, verdicts_in(newest, best=False).get(cure.channel.code, Verdict.NONE)) if since else None


def clears(publication: Publication, cure: Cure) -> bool:
    """Whether a publication no longer says what a cure was opened for: that its channel is named, or that it is listed."""
    verdict = curable(publication).get(cure.channel.code)
    return verdict != Verdict.NAMED if cure.is_named else verdict is None


# ---- names


CHANNEL, ENTITY = "channel", "entity"
HOLDS = {CHANNEL: ("lists", "channels"), ENTITY: ("entities", "entities")}
"""Of what a name is: where a decision holds the ends of leagues, and in each those of whom it speaks."""


@dataclass(frozen=True)
class Lifted:
    """A name among the best or the worst `k` of a league that a channel or an entity has lost, and since which correction."""

    code: str
    league: str
    best: bool
    k: int
    since: Publication


def named_in(publication: Publication, of: str) -> Mapping[tuple[str, str, bool], int]:
    """Return which channels or entities a publication names, in which league and at which end, with the k of that."""
    ends, inside = HOLDS[of]
    return {
        (said[of], one["league"], one["end"] == FIRST): one["k"]
        for one in decision_of(publication.code).get(ends, ())
        for said in one[inside]
        if said["verdict"] == Verdict.NAMED
    }


def before_it(publication: Publication) -> Iterator[tuple[Publication, Publication]]:
    """Yield the publications that led to a correction, the last first, each with the one that corrects it."""
    if publication.corrects is not None:
        yield publication.corrects, publication
        yield from before_it(publication.corrects)


def lifted_by(publication: Publication, of: str) -> tuple[Lifted, ...]:
    """Return the names of channels or of entities that publications before it gave, and it does not."""
    found = dict[tuple[str, str, bool], Lifted]()
    standing = named_in(publication, of) if publication.corrects else {}
    for old, since in before_it(publication):
        lost = {key: k for key, k in named_in(old, of).items() if key not in standing and key not in found}
        found |= {key: Lifted(*key, k, since) for key, k in lost.items()}
    return tuple(found.values())


def name_lost(reward: Reward) -> Publication | None:
    """Return since which correction whoever was rewarded is named among the best no longer, None where they are or never were."""
    newest = reward.cycle.publication
    if reward.withdrawn is not None or newest is None or is_best(reward, newest):
        return None
    return next((since for old, since in before_it(newest) if is_best(reward, old)), None)


def is_best(reward: Reward, publication: Publication) -> bool:
    """Whether a publication names whoever was rewarded among the best."""
    of, code = (CHANNEL, reward.channel.code) if reward.channel else (ENTITY, reward.entity_code)
    return any(best and named == code for named, _league, best in named_in(publication, of))
