"""Does it hold what it promises? The whole chain on nations whose truth is known: rated, looked at again, named.

Of every cycle it is kept what came out beside what is true; many cycles together tell how often intervals hold, who is named, and
who of them should not have been. `C` channels that were rated, `k` places at the far end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from marsad.core.arrays import Array, Mask
from marsad.core.entity_lists import EntityList, confirmed_entity_lists, draw_entities, first_entity_lists
from marsad.core.estimate import exact_interval
from marsad.core.lists import List, first_lists
from marsad.core.memory import remembering
from marsad.core.naming import Verdict, Why
from marsad.core.nations import STARS, Nation, Recipe, make, scheme_of
from marsad.core.posterior import Progress, Settings
from marsad.core.ranking import far_end, ranks
from marsad.core.rating import Rating, rate
from marsad.core.second import Wave, confirmed_lists, draw_round

TAIL = 0.05
"""The far end in which whoever is named must truly be, by the part that is their own."""
CONFIRMED = ((Why.CONFIRMED,), (Why.NOT_OWN,))
"""What a verdict rests on where new evidence confirms a place among the k, whosesoever part it is."""
MORE = 3
"""How many times as many visits and answers a channel gets that is visited again."""
BINS = 10


@dataclass(frozen=True)
class Trial:
    """What one cycle showed: of every rated channel `[C]` its true places, and what was promised of it.

    `place` and `own_place` count from the truly worst, 1, by the composite and by the channel's own part; `rank` is the true one
    from the best, `low` and `high` the promised ends; `chance` is that of the published star, `right` whether it is the true
    one; `raw_place` is where raw scores put it, from the worst; `looked` was visited again for its own sake, `confirmed` found
    there by new evidence, `named` named. `entity_place` and `entity_named` `[E]` tell the same of entities, of which the last
    `entity_k` may be named.
    """

    k: int
    place: Array
    own_place: Array
    raw_place: Array
    rank: Array
    low: Array
    high: Array
    chance: Array
    right: Mask
    looked: Mask
    confirmed: Mask
    named: Mask
    entity_k: int = 0
    entity_place: Array = field(default_factory=lambda: np.empty(0))
    entity_named: Mask = field(default_factory=lambda: np.empty(0, bool))

    @property
    def inside(self) -> Mask:
        """Return whose interval holds their true rank."""
        return np.asarray((self.low <= self.rank) & (self.rank <= self.high))

    @property
    def width(self) -> float:
        """Return how many of all places an interval holds, on the whole, as a share."""
        return float((self.high - self.low + 1).mean() / self.rank.size)

    def in_tail(self, place: Array) -> Mask:
        """Return who is in the far end by some places."""
        return np.asarray(place <= far_end(TAIL, place.size))


def trial(recipe: Recipe, settings: Settings, *, joint: bool, progress: Progress | None = None) -> Trial:
    """Return one cycle of a nation made by the settings' seed, rated and named with and without the joint model."""
    # The rating draws from the seed itself: what is true must have nothing to do with that.
    generator = np.random.default_rng([settings.seed, *b"nation"])
    nation = make(recipe, generator)
    first = nation.wave(0, generator)
    rating = rate(scheme_of(joint=joint), first, settings, progress)
    with remembering():  # channels and entities are tried by the same other ratings
        lists, entities = first_lists(rating, settings, progress), first_entity_lists(rating, settings, progress)
    themselves = draw_round(lists, rating.tree.scheme.naming, rating.rated.size, settings.seed)
    drawn = replace(themselves, lot=draw_entities(entities, rating, settings.seed))
    wave = Wave(nation.wave(1, generator, drawn.drawn, more=MORE), drawn)
    final = confirmed_lists(rating, lists, wave, settings, progress)
    [worst] = [place for place, one in enumerate(lists) if not one.decision.best]
    found = told(nation, rating, lists[worst], final[worst])
    last = [one for one in confirmed_entity_lists(rating, entities, wave, settings, progress) if not one.decision.best]
    return replace(found, **entities_told(nation, last[0])) if last else found


def entities_told(nation: Nation, last: EntityList) -> dict[str, Any]:
    """Return what a cycle showed of entities at the last end: how many may be named, their true places, and who is named."""
    means = np.array([nation.composite[rows].mean() for rows in last.league.members])
    named = last.decision.of(Verdict.NAMED)
    return {"entity_k": last.decision.k, "entity_place": ranks(-means).astype(np.float64), "entity_named": named}


def told(nation: Nation, rating: Rating, first: List, final: List) -> Trial:
    """Return what a cycle showed of the channels that were rated, beside what is true of them."""
    rows, decision = final.channels, final.decision
    truth, score, star = nation.composite[rows], rating.score[rows], rating.star[rows]
    raw = rating.tree.score(rating.tree.scheme.root.code)[rows]
    place = np.searchsorted(rating.star_values, star)
    return Trial(
        k=decision.k,
        place=ranks(-truth).astype(np.float64),
        own_place=ranks(-nation.own[rows]).astype(np.float64),
        raw_place=ranks(-np.where(np.isnan(raw), score, raw)).astype(np.float64),
        rank=ranks(truth).astype(np.float64),
        low=rating.rank_low[rows],
        high=rating.rank_high[rows],
        chance=rating.p_star[rows, place],
        right=star == STARS.cuts(truth).stars_of(truth),
        looked=first.decision.of(Verdict.CANDIDATE),
        named=decision.of(Verdict.NAMED),
        confirmed=np.array([why in CONFIRMED for why in decision.why]),
    )


# ---- many cycles together


@dataclass(frozen=True)
class Calibration:
    """What many cycles showed; shares are of all of their channels, or of all who were named, NaN where there are none.

    `coverage`: intervals that hold the true rank, give or take `coverage_se` from cycle to cycle; `width`: of an interval, as a
    share of all places; `looked`, `confirmed`, `named`: a cycle's channels visited again, found there again, and named;
    `recall`: of the true worst k, those named; `truly_worst`, `in_tail`: of those named, those truly among the worst k and in
    the far end; `wrong_dismissals`: those whose own part is not in the far end, `wrong_high` the end of an interval for it;
    `star_error`: expected calibration error of the published stars; `raw_place`, `named_place`: mean true place from the worst
    of the raw last k and of those named, `regret` by how many places raw lists do worse. `entities_named`, `entities_recall`,
    `entities_truly_worst` are the same of entities.
    """

    cycles: int
    channels: int
    coverage: float
    coverage_se: float
    width: float
    looked: float
    confirmed: float
    named: float
    recall: float
    truly_worst: float
    in_tail: float
    wrong_dismissals: float
    wrong_high: float
    star_error: float
    raw_place: float
    named_place: float
    regret: float
    entities_named: float
    entities_recall: float
    entities_truly_worst: float


LEVEL = 0.9
"""Of every interval that is judged, and of the interval for wrong dismissals."""


def summary(trials: Sequence[Trial]) -> Calibration:
    """Return what some cycles showed together."""
    held_true = np.array([one.inside.mean() for one in trials])
    named, worst, tail, own_tail, place = (
        np.concatenate(parts)
        for parts in zip(
            *((one.named, one.place <= one.k, one.in_tail(one.place), one.in_tail(one.own_place), one.place) for one in trials),
            strict=True,
        )
    )
    raw_place, named_place = share(np.concatenate([one.place[one.raw_place <= one.k] for one in trials])), share(place[named])
    entity_named, entity_worst = (
        np.concatenate(parts)
        for parts in zip(*((one.entity_named, one.entity_place <= one.entity_k) for one in trials), strict=True)
    )
    wrong = exact_interval(np.array([(named & ~own_tail).sum()], np.float64), np.array([named.sum()], np.float64), LEVEL)
    return Calibration(
        cycles=len(trials),
        channels=place.size // len(trials),
        coverage=share(np.concatenate([one.inside for one in trials])),
        coverage_se=float(held_true.std(ddof=1) / np.sqrt(len(trials))) if len(trials) > 1 else float("nan"),
        width=float(np.mean([one.width for one in trials])),
        looked=float(np.mean([one.looked.sum() for one in trials])),
        confirmed=float(np.mean([one.confirmed.sum() for one in trials])),
        named=float(named.sum() / len(trials)),
        recall=share(named[worst]),
        truly_worst=share(worst[named]),
        in_tail=share(tail[named]),
        wrong_dismissals=float(wrong.value[0]),
        wrong_high=float(wrong.high[0]) if named.any() else float("nan"),
        star_error=expected_error(*pooled_stars(trials)),
        raw_place=raw_place,
        named_place=named_place,
        regret=raw_place - named_place,
        entities_named=float(entity_named.sum() / len(trials)),
        entities_recall=share(entity_named[entity_worst]),
        entities_truly_worst=share(entity_worst[entity_named]),
    )


def share(values: Array | Mask) -> float:
    """Return a mean, NaN of nothing."""
    return float(values.mean()) if values.size else float("nan")


def pooled_stars(trials: Sequence[Trial]) -> tuple[Array, Mask]:
    """Return the chances of all published stars, and which of them were right."""
    return np.concatenate([one.chance for one in trials]), np.concatenate([one.right for one in trials])


@dataclass(frozen=True)
class Curve:
    """Promised chances in `B` bins of equal width: the mean `promised`, the share that `held`, and how many there are, `[B]`."""

    promised: Array
    held: Array
    count: Array


def curve_of(chance: Array, right: Mask) -> Curve:
    """Return how often what was promised with a chance held, by bins of the chance; NaN in a bin without any."""
    place = np.minimum((chance * BINS).astype(np.intp), BINS - 1)
    count, promised, held = (np.bincount(place, weight, BINS) for weight in (None, chance, right.astype(np.float64)))
    empty = np.full(BINS, np.nan)
    means = [np.divide(part, count, out=empty.copy(), where=count > 0) for part in (promised, held)]
    return Curve(means[0], means[1], count.astype(np.float64))


def expected_error(chance: Array, right: Mask) -> float:
    """Return by how much what was promised differs from what held, on the whole of the bins (Naeini and others, 2015).

    >>> round(expected_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([True, True, False, False])), 4)
    0.4
    """
    curve = curve_of(chance, right)
    filled = curve.count > 0
    gap = np.abs(curve.promised - curve.held)[filled]
    return float(gap @ curve.count[filled] / chance.size)
