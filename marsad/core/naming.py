"""Who may be named among the best or the last few: looked at by the first wave, named by new evidence alone.

All that is asked stands in the standard (`marsad.core.scheme.Naming`). `C` channels of one league, one end of it: its first k
where `best`, else its last k. What verdicts rest on is said by `marsad.core.verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.problem import Problem
from marsad.core.ranking import far_end, standing
from marsad.core.scheme import Naming


class Verdict(StrEnum):
    """What a list says of a channel."""

    NAMED = "named"
    CANDIDATE = "candidate"
    ATTENTION = "needs-attention"
    INSEPARABLE = "not-separable"
    NONE = "none"


class Why(StrEnum):
    """What a verdict rests on."""

    TOO_FEW_CHANNELS = "too-few-channels"
    NO_MARGIN = "no-margin"
    FAR = "far"
    HANGS_ON_CHOICES = "hangs-on-choices"
    AWAITS = "awaits-new-evidence"
    CLEARED = "cleared"
    NOT_CONFIRMED = "not-confirmed"
    FEW_WAVES = "few-waves"
    FEW_ANSWERS = "few-answers"
    FEW_RATERS = "few-raters"
    WIDE = "wide-interval"
    FEW_DECOYS = "few-decoys"
    UNTRIED = "untried"
    NOT_OWN = "not-own"
    PLACES_TAKEN = "places-taken"
    CONFIRMED = "confirmed"


class Answers(StrEnum):
    """Who answers for a name: the channel's manager, only its entity, or nobody that the evidence can tell."""

    MANAGER = "manager"
    ENTITY = "entity"
    UNKNOWN = "unknown"
    NOBODY = ""


@dataclass(frozen=True)
class First:
    """What the first, uniform wave says: the chance `[C]` of being among the k, that of the far end, NaN where not rated.

    `kept` `[C]` is the share of other reasonable ratings in which screening holds, NaN where none were tried: enough to be looked
    at again, not to be named.
    """

    chance: Array
    tail: Array
    kept: Array


@dataclass(frozen=True)
class Second:
    """What the new evidence says: `chance` `[C]` on it alone, NaN where a channel was not visited again; `decoys` `[C]`.

    `waves`, `n` and `raters` `[C]` are those of all evidence: waves, answers, assessors; `width` is that of the interval on new
    evidence, in points; NaN counts as none known. `own` `[C]` is the chance that the channel's own part, apart from its entity's,
    is among the first or last of its league, as many as `own_places` says.
    """

    chance: Array
    decoys: Mask
    waves: Array
    n: Array
    raters: Array
    width: Array
    own: Array


@dataclass(frozen=True)
class Decision:
    """Verdicts `[C]`, what each rests on, who answers for a name `[C]`, and what they were found from.

    Where they are on `entities`, those stand in the place of channels.
    """

    rule: Naming
    k: int
    best: bool
    first: First
    second: Second | None
    verdict: Texts
    why: tuple[tuple[Why, ...], ...]
    answers: Texts
    entities: bool = False

    def of(self, verdict: Verdict) -> Mask:
        """Return which channels have a verdict."""
        return np.asarray(self.verdict == verdict)


def screened(rule: Naming, chance: Array, tail: Array) -> Mask:
    """Return who would be looked at again by these chances of any shape; nobody whose chance is not known."""
    return np.asarray((chance >= rule.screen) | (tail >= rule.tail_probability))


def share_screened(rule: Naming, chance: Array, tail: Array) -> Array:
    """Return in what share of the runs that rate it, `[V, C]` to `[C]`, a channel would be looked at again; NaN without any."""
    times = (~np.isnan(chance)).sum(axis=0)
    held = screened(rule, chance, tail).sum(axis=0)
    return np.asarray(np.divide(held, times, out=np.full(times.size, np.nan), where=times > 0))


def decide(rule: Naming, k: int, first: First, second: Second | None = None, *, best: bool = False) -> Decision:
    """Return who of a league is named, who is a candidate, who needs attention, and of whom nothing can be said.

    Fewer than k may be named, and never more: where more pass, the surest are, and none of those that tie for the last place.
    Raises Problem where arrays are not of one length.
    """
    refuse_uneven(first, second)
    rated = ~np.isnan(first.chance)
    looked = screened(rule, first.chance, first.tail)
    holds = ~(first.kept < rule.sensitivity)
    why: tuple[tuple[Why, ...], ...]
    if 0 < rated.sum() < rule.minimum_channels:
        why = tuple((Why.TOO_FEW_CHANNELS,) if known else (Why.NO_MARGIN,) for known in rated)
    else:
        fits = surest(rule, k, looked & holds, second)
        stages = zip(looked.tolist(), holds.tolist(), fits.tolist(), strict=True)
        why = tuple(reasons(rule, first, second, channel, stage) for channel, stage in enumerate(stages))
    verdict = np.array([VERDICT[found[0]] for found in why], dtype=np.str_)
    return Decision(rule, k, best, first, second, verdict, why, who_answers(rule, verdict, second))


def refuse_uneven(first: First, second: Second | None) -> None:
    """Raise Problem where not every array tells of the same channels."""
    arrays = [*vars(first).values(), *(vars(second).values() if second else ())]
    if len({array.shape for array in arrays}) != 1:
        raise Problem("what is known of the channels is not of the same channels", remedy="give arrays of one length")


def surest(rule: Naming, k: int, candidates: Mask, second: Second | None) -> Mask:
    """Return who of those that new evidence confirms fits into k places."""
    if second is None:
        return np.zeros(candidates.size, bool)
    confirmed = candidates & (second.chance >= rule.probability)
    ahead = np.array([(second.chance[confirmed] >= chance).sum() for chance in second.chance])
    return np.asarray(confirmed & (ahead <= k))


def reasons(rule: Naming, first: First, second: Second | None, channel: int, stage: tuple[bool, bool, bool]) -> tuple[Why, ...]:
    """Return what the verdict on one channel rests on: was it looked at, does that hold elsewhere, does it fit into k places."""
    looked, holds, fits = stage
    if np.isnan(first.chance[channel]):
        return (Why.NO_MARGIN,)
    if not looked:
        return (Why.FAR,)
    if not holds:
        return (Why.HANGS_ON_CHOICES,)
    if second is None or np.isnan(second.chance[channel]):
        return (Why.AWAITS,)
    if second.chance[channel] < rule.screen:
        return (Why.CLEARED,)
    if second.chance[channel] < rule.probability:
        return (Why.NOT_CONFIRMED,)
    found = lacking(rule, first, second, channel)
    return found or ((Why.CONFIRMED,) if fits else (Why.PLACES_TAKEN,))


def lacking(rule: Naming, first: First, second: Second, channel: int) -> tuple[Why, ...]:
    """Return which evidence a confirmed channel lacks for being named."""
    widest = np.inf if rule.widest is None else rule.widest
    enough = {
        Why.FEW_WAVES: second.waves[channel] >= rule.waves,
        Why.FEW_ANSWERS: second.n[channel] >= rule.minimum_n,
        Why.FEW_RATERS: second.raters[channel] >= rule.minimum_raters,
        Why.WIDE: rule.widest is None or second.width[channel] <= widest,
        Why.FEW_DECOYS: decoy_share(rule, first, second) >= rule.decoys,
        Why.UNTRIED: not np.isnan(first.kept[channel]),
        Why.NOT_OWN: rule.own_part is None or second.own[channel] >= rule.own_part,
    }
    return tuple(why for why, there in enough.items() if not there)


def decoy_share(rule: Naming, first: First, second: Second) -> float:
    """Return the share of the channels visited again that were decoys; one that screening found is none, whoever calls it so."""
    again, looked = ~np.isnan(second.chance), screened(rule, first.chance, first.tail)
    return float((second.decoys & ~looked)[again].mean()) if again.any() else 0.0


def own_places(rule: Naming, k: int, size: int) -> int:
    """Return among how many of a league of some size a channel's own part must be for its manager to answer.

    >>> own_places(Naming(), 5, 240), own_places(Naming(own_part=0.9), 5, 240), own_places(Naming(own_part=0.9), 5, 48)
    (5, 12, 5)
    """
    return k if rule.own_part is None else max(k, far_end(rule.tail, size))


def answers_by(rule: Naming, own: Array) -> Texts:
    """Return who would answer for names, by the chances `[C]` that channels' own parts pass; NaN where none is known."""
    least = rule.probability if rule.own_part is None else rule.own_part
    return np.asarray(np.select([np.isnan(own), own >= least], [Answers.UNKNOWN, Answers.MANAGER], Answers.ENTITY), dtype=np.str_)


def who_answers(rule: Naming, verdict: Texts, second: Second | None) -> Texts:
    """Return who answers for every name: its manager only where the channel's own part passes too."""
    if second is None:
        return np.full(verdict.size, Answers.NOBODY, dtype=np.str_)
    return np.where(verdict == Verdict.NAMED, answers_by(rule, second.own), Answers.NOBODY)


VERDICT: Mapping[Why, Verdict] = MappingProxyType(
    {
        **dict.fromkeys((Why.TOO_FEW_CHANNELS, Why.NO_MARGIN, Why.FAR, Why.CLEARED), Verdict.NONE),
        Why.HANGS_ON_CHOICES: Verdict.INSEPARABLE,
        Why.AWAITS: Verdict.CANDIDATE,
        **dict.fromkeys((Why.NOT_CONFIRMED, Why.FEW_WAVES, Why.FEW_ANSWERS, Why.FEW_RATERS), Verdict.ATTENTION),
        **dict.fromkeys((Why.WIDE, Why.FEW_DECOYS, Why.UNTRIED, Why.NOT_OWN, Why.PLACES_TAKEN), Verdict.ATTENTION),
        Why.CONFIRMED: Verdict.NAMED,
    }
)


# ---- new evidence alone


def chance_on_new_evidence(first: Array, fresh: Array, decoys: Mask, k: int, *, best: bool = False) -> Array:
    """Return the chance `[C]` of being among the k by draws `[C, D]` of new evidence alone, NaN for rows nobody visited again.

    All who were visited again stand where the new evidence puts them, the others where the first wave did. What new visits differ
    by on channels not in question, the decoys, is taken off all of them, draw by draw: it is the wave's and not theirs.
    """
    again = np.asarray(~np.isnan(fresh).any(axis=1))
    quiet = again & decoys
    shift = (fresh[quiet] - first[quiet]).mean(axis=0) if quiet.any() else 0.0
    stood = standing(np.where(again[:, None], fresh - shift, first), k)
    return np.where(again, stood.p_top if best else stood.p_bottom, np.nan)
