"""The second wave: who was visited again stands by new evidence alone, rated by the same standard among all the others.

`C` channels in the order of a rating's evidence, `D` draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.estimate import Estimate, normal_quantile
from marsad.core.evidence import Evidence
from marsad.core.facts import gather, largest
from marsad.core.jointly import model_together
from marsad.core.lists import List
from marsad.core.naming import Second, Verdict, chance_on_new_evidence, decide, own_places, screened
from marsad.core.posterior import CHUNK, Posterior, Progress, Sampler, Settings
from marsad.core.prepare import prepare
from marsad.core.problem import Problem, Sentence
from marsad.core.ranking import normal_draws
from marsad.core.rating import RATED, Rating, reasons, reckon
from marsad.core.scheme import Naming, Scheme

WAVES = 2
"""How many waves of evidence there are of a channel that was visited again."""
SPARE = 1
"""Decoys of a league beside those that the standard asks for, so that one visit that fails does not cost everybody the naming."""


# ---- who is visited again


@dataclass(frozen=True)
class Lot:
    """Channels `[C]` that are visited to stand for their entities, chosen by lot; those of entities that are `decoys`."""

    visited: Mask
    decoys: Mask


@dataclass(frozen=True)
class Round:
    """Who is to be visited again `[C]`: the candidates of both ends of every league, and the decoys drawn by lot.

    `lot` are those who stand for their entities, None where entities are not named; a channel may be there for both.
    """

    candidates: Mask
    decoys: Mask
    lot: Lot | None = None

    @property
    def themselves(self) -> Mask:
        """Return who is visited for its own sake, decoys among them, `[C]`."""
        return self.candidates | self.decoys

    @property
    def drawn(self) -> Mask:
        """Return all of them, `[C]`."""
        return self.themselves if self.lot is None else self.themselves | self.lot.visited


def draw_round(lists: Sequence[List], rule: Naming, channels: int, seed: int, eligible: Mask | None = None) -> Round:
    """Return who of so many channels is visited again, by the lists of the first wave; only `eligible` `[C]`, where given.

    Decoys are drawn, league by league, from the channels that screening found at neither end: the share of all visited again that
    the rule asks for, and one to spare, or as many as there are.
    """
    candidates, looked, known, decoys = (np.zeros(channels, bool) for _ in range(4))
    for one in lists:
        first = one.decision.first
        candidates[one.channels[one.decision.of(Verdict.CANDIDATE)]] = True
        looked[one.channels[screened(rule, first.chance, first.tail)]] = True
        known[one.channels[~np.isnan(first.chance)]] = True
    if eligible is not None:
        candidates, known = candidates & eligible, known & eligible
    for league, rows in {one.league: one.channels for one in lists}.items():
        quiet = rows[known[rows] & ~looked[rows]]
        chance = np.random.default_rng([seed, *league.encode()])
        decoys[chance.permutation(quiet)[: decoys_for(rule, int(candidates[rows].sum()), quiet.size)]] = True
    return Round(candidates, decoys)


def decoys_for(rule: Naming, candidates: int, there: int) -> int:
    """Return how many decoys go with so many candidates of a league, of those that are there.

    >>> [decoys_for(Naming(decoys=0.3), candidates, 9) for candidates in (0, 1, 7, 20, 50)]
    [0, 2, 4, 9, 9]
    """
    if not candidates or rule.decoys >= 1:
        return there if candidates else 0
    return min(ceil(rule.decoys * candidates / (1 - rule.decoys) - 1e-9) + SPARE, there)


# ---- what new evidence says


@dataclass(frozen=True)
class Wave:
    """A second wave: `evidence` of the channels of the first in their order, NaN where nothing is new, and who was drawn."""

    evidence: Evidence
    round: Round

    @property
    def anew(self) -> Mask:
        """Return the channels of which there is anything new, `[C]`."""
        return np.asarray(~np.isnan(self.evidence.values).all(axis=1))

    @property
    def visited(self) -> Mask:
        """Return the drawn channels of which there is anything new, `[C]`."""
        return self.round.drawn & self.anew


@dataclass(frozen=True)
class Parts:
    """Draws `[C, D]` of what channels are now, by new evidence where they were visited again, and of what they were before."""

    now: Array
    before: Array


@dataclass(frozen=True)
class Again:
    """What the second wave says of the channels `again` `[C]`, of which all that the standard requires is there anew.

    `own` are the parts of channels apart from their entities', None where the standard does not tell them apart. `n` and `raters`
    `[C]` are answers of both waves and assessors of the larger one, since nothing tells whether the other's were the same people;
    `width` `[C]` that of the interval on new evidence, in points.
    """

    again: Mask
    decoys: Mask
    whole: Parts
    own: Parts | None
    n: Array
    raters: Array
    width: Array

    def second(self, rule: Naming, rows: Places, k: int, *, best: bool) -> Second:
        """Return what the rule of naming asks of the channels of a league at one of its ends."""
        there = self.again[rows]
        unknown = np.full(rows.size, np.nan)
        return Second(
            chance=self.chance(self.whole, rows, k, best=best),
            decoys=self.decoys[rows] & there,
            waves=np.where(there, WAVES, np.nan),
            n=np.where(there, self.n[rows], np.nan),
            raters=np.where(there, self.raters[rows], np.nan),
            width=np.where(there, self.width[rows], np.nan),
            own=unknown if self.own is None else self.chance(self.own, rows, own_places(rule, k, rows.size), best=best),
        )

    def chance(self, parts: Parts, rows: Places, k: int, *, best: bool) -> Array:
        """Return the chance of being among the first or last k by new evidence alone, NaN for who was not visited again."""
        there, now, before = self.again[rows], parts.now[rows], parts.before[rows]
        known = there & ~np.isnan(now).any(axis=1)
        quiet = self.decoys[rows] & known & ~np.isnan(before).any(axis=1)
        # Only what decoys were is asked of the first wave; whoever else was visited again stands by the new one.
        first = np.where(quiet[:, None] | np.isnan(now), before, now)
        return chance_on_new_evidence(first, np.where(known[:, None], now, np.nan), quiet, k, best=best)


def confirmed_lists(
    rating: Rating, firsts: list[List], wave: Wave, settings: Settings, progress: Progress | None = None
) -> list[List]:
    """Return the lists of the first wave as the second one decides them; the same where nothing new suffices for any channel.

    Raises Problem where the wave is not one of the rating's channels.
    """
    found = rated_again(rating, wave, settings, progress)
    if found is None:
        return firsts
    scheme = rating.tree.scheme
    decided = []
    for one in firsts:
        k, best = one.decision.k, one.decision.best
        second = found.second(scheme.naming, one.channels, k, best=best)
        decided.append(replace(one, decision=decide(scheme.naming, k, one.decision.first, second, best=best)))
    return decided


def rated_again(rating: Rating, wave: Wave, settings: Settings, progress: Progress | None = None) -> Again | None:
    """Return what new evidence says, rated by the same standard; None where it suffices for nobody.

    A channel of which less is there than the standard requires stays where the first wave put it. Raises Problem where the wave
    is not one of the rating's channels.
    """
    if wave.evidence.channels.tolist() != rating.evidence.channels.tolist() or wave.round.drawn.shape != rating.rated.shape:
        raise Problem(
            Sentence("the second wave is not one of the same channels"), remedy=Sentence("give a row for every channel, in order")
        )
    # Another seed: the errors of the two waves have nothing to do with each other.
    other = replace(settings, seed=settings.seed + 1)
    again = wave.round.themselves & wave.anew & rating.rated
    while again.any():
        seen = Seen.of(rating, replaced(rating.evidence, wave.evidence, again), other, progress)
        enough = again & seen.rated
        if (enough == again).all():
            return seen.told(rating, wave, again, settings)
        again = enough
    return None


def replaced(first: Evidence, new: Evidence, again: Mask, silent: Mask | None = None) -> Evidence:
    """Return the evidence with that of some channels `[C]` replaced by the new one, and of the `silent` `[C]` none at all.

    What they are stays.
    """
    rows, none = again[:, None], np.zeros((again.size, 1), bool) if silent is None else silent[:, None]

    def those(old: Array, anew: Array) -> Array:
        return np.where(none, np.nan, np.where(rows, anew, old))

    doubts = [np.zeros_like(one.se) if one.doubt is None else one.doubt for one in (first, new)]

    return replace(
        first,
        values=those(first.values, new.values),
        se=those(first.se, new.se),
        n=those(first.n, new.n),
        raters=those(first.raters, new.raters),
        doubt=None if first.doubt is None and new.doubt is None else those(doubts[0], doubts[1]),
    )


def known_of(first: Evidence, new: Evidence) -> tuple[Array, Array]:
    """Return how much is known of channels `[C]` by both waves: answers of both, and assessors of the larger one."""
    n, raters = (np.array([getattr(one, name) for one in (first, new)]) for name in ("n", "raters"))
    both = np.where(np.isnan(n).all(axis=0), np.nan, np.nansum(n, axis=0))
    return largest(both), largest(np.concatenate(list(raters), axis=1))


@dataclass(frozen=True)
class Seen:
    """A nation in which some channels stand by new evidence: draws `[C, D]` of composites and, by the joint model, of own parts.

    Drawn as a rating is, but for all that only stars and nodes need.
    """

    scheme: Scheme
    draws: Array
    own: Array | None
    rated: Mask

    @classmethod
    def of(cls, rating: Rating, evidence: Evidence, settings: Settings, progress: Progress | None) -> Seen:
        """Draw it by the standard of the rating, in the same leagues."""
        scheme = rating.tree.scheme
        tree = reckon(scheme, evidence, prepare(scheme, evidence, rating.leagues))
        facts = gather(scheme, evidence, tree.prepared, tree)
        together = model_together(tree, facts, settings, progress)
        sampler = Sampler.of(tree, facts, together)
        value = tree.score(scheme.root.code)
        inside = together.inside & tree.root.drawable if together else np.zeros(value.size, bool)
        uncertain = (tree.has_error().any(axis=1) & ~np.isnan(value)) | inside
        draws = drawn_by(sampler, np.flatnonzero(uncertain), settings)
        own = own_parts(sampler, np.flatnonzero(inside), draws) if together else None
        centre = np.where(inside, np.median(draws, axis=1), value)
        reason = reasons(tree, facts, Posterior(centre, uncertain, draws, None, {}, {}, inside))
        return cls(scheme, draws, own, (reason == RATED) & uncertain)

    def told(self, rating: Rating, wave: Wave, again: Mask, settings: Settings) -> Again:
        """Return what it says, beside what the first wave said."""
        whole = Parts(
            np.where(self.rated[:, None], self.draws, np.nan), drawn_from(rating.score, rating.low, rating.high, settings)
        )
        own, root = None, self.scheme.root.code
        if self.own is not None and root in rating.together:
            part: Estimate = rating.together[root].own
            own = Parts(self.own, drawn_from(part.value, part.low, part.high, settings))
        low, high = np.quantile(self.draws, [(1 - settings.level) / 2, (1 + settings.level) / 2], axis=1)
        n, raters = known_of(rating.evidence, wave.evidence)
        return Again(
            again=again,
            decoys=wave.round.decoys & again,
            whole=whole,
            own=own,
            n=n,
            raters=raters,
            width=high - low,
        )


def drawn_by(sampler: Sampler, rows: Places, settings: Settings) -> Array:
    """Return draws `[C, D]` of the composite of some channels, NaN of the others."""
    root, generator = sampler.tree.scheme.root.code, np.random.default_rng(settings.seed)
    draws = np.full((sampler.tree.root.scores.size, settings.draws // 2 * 2), np.nan)
    for first in range(0, rows.size, CHUNK):
        here = rows[first : first + CHUNK]
        draws[here] = sampler.scores(here, settings.draws // 2, generator)[root]
    return draws


def own_parts(sampler: Sampler, rows: Places, draws: Array) -> Array:
    """Return draws `[C, D]` of how far some channels are from a middling one of their entity, NaN of the others."""
    own = np.full(draws.shape, np.nan)
    for first in range(0, rows.size, CHUNK):
        here = rows[first : first + CHUNK]
        middling = sampler.climbed(sampler.middling(here, "entity"), here)[sampler.tree.scheme.root.code]
        own[here] = draws[here] - middling
    return own


def drawn_from(value: Array, low: Array, high: Array, settings: Settings) -> Array:
    """Return draws `[C, D]` of what the first wave found, from values and intervals; NaN where one is not known."""
    spread = (high - low) / (2 * normal_quantile(settings.level))
    return normal_draws(value, spread, settings)
