"""Cures of channels that a correction has cleared: they go on until the programme withdraws them, and are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from marsad.core.lifecycle import CURE
from marsad.core.naming import Verdict
from marsad.ratings.aftermath import Cure
from marsad.ratings.curing import curable
from marsad.ratings.looks import verdicts_in
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
