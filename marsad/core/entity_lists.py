"""Entities among the best and the last few of a kind: looked at, visited again by lot and named, by the rule for channels.

`E` entities of a league, `C` channels of the rating, `D` draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marsad.core.arrays import Array, Mask, Places
from marsad.core.entities import EntityLeague, means
from marsad.core.lists import any_screened, others
from marsad.core.naming import Answers, Decision, First, Second, Verdict, chance_on_new_evidence, decide, screened, share_screened
from marsad.core.posterior import Progress, Settings
from marsad.core.rating import Rating
from marsad.core.scheme import Entities, Naming
from marsad.core.second import WAVES, Lot, Seen, Wave, decoys_for, known_of, replaced
from marsad.core.sensitivity import DRAWS, Bench, Runs, lists


@dataclass(frozen=True)
class EntityList:
    """One end of the entities of one league, and what was decided on each."""

    league: EntityLeague
    decision: Decision


# ---- the first wave


def first_entity_lists(rating: Rating, settings: Settings, progress: Progress | None = None) -> list[EntityList]:
    """Return both ends of the entities of every league by the first wave alone; nobody is named yet.

    Other ratings, the same as for channels, are tried where some entity would be looked at.
    """
    ends = ends_of(rating)
    firsts = [first_of(rating, league, best) for league, best in ends]
    rule, least = rating.tree.scheme.naming, entity_rule(rating).minimum_entities if ends else 0
    large = [league.names.size >= least for league, _ in ends]
    if any_screened(rule, firsts, large):
        runs = others(Bench.of(rating.tree.scheme, rating, settings), settings, progress)
        firsts = [with_others(rating, runs, *end, first) for end, first in zip(ends, firsts, strict=True)]
    return [first_list(rating, *end, first) for end, first in zip(ends, firsts, strict=True)]


def screened_entity_lists(rating: Rating) -> list[EntityList]:
    """Return the same, no other rating being tried: whoever may be looked at, and some more."""
    return [first_list(rating, league, best, first_of(rating, league, best)) for league, best in ends_of(rating)]


def first_list(rating: Rating, league: EntityLeague, best: bool, first: First) -> EntityList:
    """Return one end of the entities of a league as the first wave decides it."""
    return EntityList(league, decide_entities(rating.tree.scheme.naming, first, best=best))


def ends_of(rating: Rating) -> list[tuple[EntityLeague, bool]]:
    """Return both ends of every league in which entities stand, and whether it is the best one."""
    return [(league, best) for league in rating.entities for best in (True, False)]


def entity_rule(rating: Rating) -> Entities:
    """Return what is asked of entities, where some stand in a league."""
    rule = rating.tree.scheme.naming.entities
    assert rule is not None
    return rule


def first_of(rating: Rating, league: EntityLeague, best: bool) -> First:
    """Return what the first wave says of entities; other ratings are not tried yet."""
    _, _, first, last = lists(league.draws, entity_rule(rating).k, rating.tree.scheme.naming.tail)
    chance, tail = (league.stood.p_top, first) if best else (league.stood.p_bottom, last)
    return First(chance, tail, np.full(chance.size, np.nan))


def with_others(rating: Rating, runs: Runs, league: EntityLeague, best: bool, first: First) -> First:
    """Return the same with the share of other ratings in which an entity would be looked at; errors stay as they are."""
    rule, scheme = entity_rule(rating), rating.tree.scheme
    noise = (league.draws - league.draws.mean(axis=1, keepdims=True))[:, :DRAWS]
    shape = len(runs.score), league.names.size
    chance, tail = np.full(shape, np.nan), np.full(shape, np.nan)
    for run, score in enumerate(means(runs.score, league.members)):
        known = ~np.isnan(score)
        if known.any():
            found = lists(score[known, None] + noise[known], rule.k, scheme.naming.tail)
            chance[run, known], tail[run, known] = found[[0, 2] if best else [1, 3]]
    return replace(first, kept=share_screened(scheme.naming, chance, tail))


def decide_entities(rule: Naming, first: First, second: Second | None = None, *, best: bool) -> Decision:
    """Return who of the entities of a league is named, as `decide`, by a rule that names entities; nobody answers for them."""
    assert rule.entities is not None
    asked = replace(rule, minimum_channels=rule.entities.minimum_entities, own_part=None)
    decision = decide(asked, rule.entities.k, first, second, best=best)
    return replace(decision, answers=np.full(decision.verdict.size, Answers.NOBODY, dtype=np.str_), entities=True)


# ---- who is visited again


def draw_entities(found: Sequence[EntityList], rating: Rating, seed: int, before: Mask | None = None) -> Lot:
    """Return the lot of channels that stand for entities: of all candidates of both ends, and of decoys, league by league.

    `before` `[C]` are channels of former lots: their entities are not drawn again.
    """
    visited, decoys = (np.zeros(rating.rated.size, bool) for _ in range(2))
    for league in {one.league.league: one.league for one in found}.values():
        decisions = [one.decision for one in found if one.league is league]
        chance = np.random.default_rng([seed, *b"entities", *league.league.encode()])
        for place, decoy in entities_to_visit(rating, league, decisions, chance, before):
            rows = chance.permutation(league.members[place])[: entity_rule(rating).visited]
            visited[rows], decoys[rows] = True, decoy
    return Lot(visited, decoys)


def entities_to_visit(
    rating: Rating, league: EntityLeague, decisions: Sequence[Decision], chance: np.random.Generator, before: Mask | None
) -> Iterator[tuple[int, bool]]:
    """Yield the entities of a league that are visited, and whether as decoys."""
    rule = rating.tree.scheme.naming
    candidates, looked = (np.zeros(league.names.size, bool) for _ in range(2))
    for decision in decisions:
        candidates |= decision.of(Verdict.CANDIDATE)
        looked |= screened(rule, decision.first.chance, decision.first.tail)
    fresh = np.array([before is None or not before[rows].any() for rows in league.members])
    candidates &= fresh
    quiet = np.flatnonzero(fresh & ~looked)
    yield from ((place, False) for place in np.flatnonzero(candidates).tolist())
    drawn = chance.permutation(quiet)[: decoys_for(rule, int(candidates.sum()), quiet.size)]
    yield from ((place, True) for place in np.sort(drawn).tolist())


# ---- what new evidence says


def confirmed_entity_lists(
    rating: Rating, firsts: list[EntityList], wave: Wave, settings: Settings, progress: Progress | None = None
) -> list[EntityList]:
    """Return the lists of the first wave as the second one decides them; the same where nothing new suffices for any entity."""
    found = entities_again(rating, wave, settings, progress)
    if found is None:
        return firsts
    rule, fresh = rating.tree.scheme.naming, {one.league.league: found.fresh(one.league) for one in firsts}
    decided = []
    for one in firsts:
        second = found.second(rating, one.league, fresh[one.league.league], best=one.decision.best)
        decided.append(replace(one, decision=decide_entities(rule, one.decision.first, second, best=one.decision.best)))
    return decided


@dataclass(frozen=True)
class EntitiesAgain:
    """What new evidence alone says of entities, by the channels `again` `[C]` that stand for them: draws `[C, D]`.

    Of an entity nothing else is known there: its other channels have no evidence in that rating.
    """

    again: Mask
    draws: Array
    wave: Wave
    lot: Lot
    settings: Settings

    def second(self, rating: Rating, league: EntityLeague, fresh: Array, *, best: bool) -> Second:
        """Return what the rule of naming asks of the entities of a league at one of its ends, by the `fresh` draws of them."""
        rows = self.stand_in(league)
        visited = np.array([found.size > 0 for found in rows])
        decoys = np.array([self.lot.decoys[found].any() for found in rows])
        n, raters = known_of(rating.evidence, self.wave.evidence)
        tail = (1 - self.settings.level) / 2
        low, high = np.quantile(fresh, [tail, 1 - tail], axis=1)
        return Second(
            chance=chance_on_new_evidence(league.draws, fresh, decoys, entity_rule(rating).k, best=best),
            decoys=decoys,
            waves=np.where(visited, WAVES, np.nan),
            n=np.array([n[found].sum() if found.size else np.nan for found in rows]),
            raters=np.array([raters[found].max() if found.size else np.nan for found in rows]),
            width=high - low,
            own=np.full(visited.size, np.nan),
        )

    def stand_in(self, league: EntityLeague) -> list[Places]:
        """Return the visited channels of every entity of a league, `[E]`."""
        return [members[self.again[members]] for members in league.members]

    def fresh(self, league: EntityLeague) -> Array:
        """Return draws `[E, D]` of the means of all channels of entities by those visited, NaN of who was not.

        Channels drawn by lot without putting any back tell of the others up to the root of (1 - m/N) s² / m (Cochran, 1977, 2.5).
        """
        noise = np.random.default_rng([self.settings.seed, *league.league.encode()])
        found = np.full(league.draws.shape, np.nan)
        for place, visited in enumerate(self.stand_in(league)):
            if visited.size:
                unseen = 1 - visited.size / league.members[place].size
                error = league.spread * np.sqrt(unseen / visited.size)
                found[place] = self.draws[visited].mean(axis=0) + error * noise.standard_normal(league.draws.shape[1])
        return found


def entities_again(rating: Rating, wave: Wave, settings: Settings, progress: Progress | None = None) -> EntitiesAgain | None:
    """Return what new evidence says of entities; None where nobody was drawn for one, or it suffices for none.

    An entity of which fewer channels have new evidence than it takes to stand in a league stays where the first wave put it.
    """
    lot = wave.round.lot
    if lot is None or not rating.entities:
        return None
    other = replace(settings, seed=settings.seed + 1)  # as in the second wave of channels, so that what is alike is drawn once
    again = judged(rating, lot.visited & wave.anew & rating.rated)
    while again.any():
        seen = Seen.of(rating, replaced(rating.evidence, wave.evidence, again, silent(rating, again)), other, progress)
        enough = judged(rating, again & seen.rated)
        if (enough == again).all():
            return EntitiesAgain(again, seen.draws, wave, lot, settings)
        again = enough
    return None


def judged(rating: Rating, again: Mask) -> Mask:
    """Return those of some channels `[C]` whose entities have enough of them to stand in a league."""
    found, least = np.zeros(again.size, bool), entity_rule(rating).minimum_channels
    for league in rating.entities:
        for rows in league.members:
            found[rows] = again[rows] & (again[rows].sum() >= least)
    return found


def silent(rating: Rating, again: Mask) -> Mask:
    """Return the other channels `[C]` of the entities for which some stand."""
    found = np.zeros(again.size, bool)
    for league in rating.entities:
        stands = league.of >= 0
        found |= stands & ~again & np.isin(league.of, league.of[stands & again])
    return found
