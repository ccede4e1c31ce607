"""Evidence whose truth nobody knows, dealt into two halves: what the one promises is looked up in the other.

Every channel's measures are dealt by lot within the nodes they hang on; where its answers are at hand, those are. `C` channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marsad.core.arrays import Array, Mask
from marsad.core.estimate import normal_quantile
from marsad.core.evidence import Evidence
from marsad.core.posterior import Progress, Settings
from marsad.core.prepare import prepare
from marsad.core.problem import Problem
from marsad.core.ranking import normal_draws, ranks, standing
from marsad.core.rating import Rating, populations, rate
from marsad.core.scheme import Joint, Scheme
from marsad.core.stars import Bands

FEWEST = 20
"""Channels of a league that both halves must rate for anything to be said of it."""


@dataclass(frozen=True)
class Halves:
    """What one half showed of the other: of every channel `[C]` that both rate, in the leagues that are large enough.

    `rank` is the one by the second half's own scores, `low` and `high` the ends promised for it by the first; `place` is its
    place from the worst in the second half, `raw_place` and `shrunk_place` in the first by its scores and by what the model makes
    of them; `size` how many its league has, `k` how many of them may be named, `alike` the correlation of both halves' scores.
    """

    rank: Array
    low: Array
    high: Array
    place: Array
    raw_place: Array
    shrunk_place: Array
    size: Array
    k: Array
    alike: Array

    @property
    def inside(self) -> Mask:
        """Return where the promised interval holds the rank of the other half."""
        return np.asarray((self.low <= self.rank) & (self.rank <= self.high))

    @property
    def width(self) -> float:
        """Return how many of all places an interval holds, on the whole, as a share."""
        return float(((self.high - self.low + 1) / self.size).mean())


def compare(
    scheme: Scheme, first: Evidence, second: Evidence, settings: Settings, *, joint: bool, progress: Progress | None = None
) -> Halves:
    """Return what the first half promises of the second, by the standard's own scores or modelled jointly.

    A score of the second half is what is true and its own error: the first half's draws with that error added tell where its rank
    should lie. Raises Problem where too few channels are rated by both, or nothing tells how sure their scores are.
    """
    plain, modelled = bare(scheme, joint=False), bare(scheme, joint=True)
    raw, other = (rate(plain, half, settings, progress) for half in (first, second))
    known = rate(modelled, first, settings, progress) if joint else raw
    both = known.drawn & raw.rated & other.drawn
    refuse_too_few(both, other)
    draws = normal_draws(known.score, spread_of(known, settings), replace(settings, seed=settings.seed + 1))
    draws += normal_draws(np.zeros(both.size), spread_of(other, settings), replace(settings, seed=settings.seed + 2))
    found = []
    for league in np.unique(other.leagues):
        rows = np.flatnonzero(both & (other.leagues == league))
        if rows.size < FEWEST:
            continue
        stood = standing(draws[rows], 1, settings.level)
        found.append(
            {
                "rank": ranks(other.score[rows]).astype(np.float64),
                "low": stood.low,
                "high": stood.high,
                "place": ranks(-other.score[rows]).astype(np.float64),
                "raw_place": ranks(-raw.score[rows]).astype(np.float64),
                "shrunk_place": ranks(-known.score[rows]).astype(np.float64),
                "size": np.full(rows.size, float(rows.size)),
                "k": np.full(rows.size, float(scheme.k_of(str(league)))),
                "alike": np.full(rows.size, np.corrcoef(raw.score[rows], other.score[rows])[0, 1]),
            }
        )
    return Halves(**{name: np.concatenate([part[name] for part in found]) for name in found[0]})


def refuse_too_few(both: Mask, rating: Rating) -> None:
    """Raise Problem where no league has enough channels that both halves know with their errors."""
    sizes = np.unique(rating.leagues[both], return_counts=True)[1]
    if not sizes.size or sizes.max() < FEWEST:
        raise Problem(
            f"two halves of this evidence rate fewer than {FEWEST} channels of one kind with an error",
            remedy="give answers, or several measures under every node",
        )


def spread_of(rating: Rating, settings: Settings) -> Array:
    """Return the standard deviations `[C]` that the intervals of scores tell, 0 where there is none."""
    return np.nan_to_num((rating.high - rating.low) / (2 * normal_quantile(settings.level)))


def bare(scheme: Scheme, *, joint: bool) -> Scheme:
    """Return a standard by which half of its evidence can be judged: for scores alone, with half of what it asks for."""
    return replace(
        scheme,
        indicators=tuple(
            replace(one, minimum_n=one.minimum_n / 2, reported_by=one.reported_by // 2) for one in scheme.indicators
        ),
        nodes=tuple(replace(one, missing="reweight", minimum=1) for one in scheme.nodes),
        stars=Bands((0.0,), (1.0, 2.0)),
        minimum_share=scheme.minimum_share / 2,
        peers=scheme.peers if scheme.within == "peers" else None,
        alternatives=(),
        adjustments=(),
        requirements=(),
        limiters=(),
        joint=(scheme.joint or Joint()) if joint else None,
        estimates=None,
    )


# ---- dealing


def halved(scheme: Scheme, evidence: Evidence, generator: np.random.Generator) -> tuple[Scheme, Evidence, Evidence]:
    """Return two halves of the measures, and the standard to judge them by.

    Where nobody states an error it is found in each half, and errors so found have nothing to do with each other.
    """
    first, second = dealt(scheme, evidence, generator)
    if not np.isnan(evidence.se).all():
        return scheme, first, second
    apart = replace(scheme, nodes=tuple(replace(node, error_correlation=0.0) for node in scheme.nodes))
    return apart, with_errors(scheme, first), with_errors(scheme, second)


def dealt(scheme: Scheme, evidence: Evidence, generator: np.random.Generator) -> tuple[Evidence, Evidence]:
    """Return two halves of evidence: of every channel, each node's measures dealt by lot, one to the one and one to the other."""
    chosen = np.zeros(evidence.values.shape, bool)
    for columns in measures(scheme):
        known = ~np.isnan(evidence.values[:, columns])
        order = np.argsort(np.where(known, generator.random(known.shape), 2.0), axis=1)
        place = np.argsort(order, axis=1)
        begins = generator.integers(2, size=(len(known), 1))
        chosen[:, columns] = (place + begins) % 2 == 0
    return only(evidence, chosen), only(evidence, ~chosen)


def measures(scheme: Scheme) -> list[list[int]]:
    """Return the columns of the indicators that hang on every node which has any."""
    found: dict[str, list[int]] = {}
    for place, indicator in enumerate(scheme.indicators):
        found.setdefault(indicator.parent, []).append(place)
    return list(found.values())


def only(evidence: Evidence, chosen: Mask) -> Evidence:
    """Return the evidence with some of its cells `[C, I]` alone."""
    values, se, n, raters = (
        np.where(chosen, table, np.nan) for table in (evidence.values, evidence.se, evidence.n, evidence.raters)
    )
    return replace(evidence, values=values, se=se, n=n, raters=raters)


def with_errors(scheme: Scheme, evidence: Evidence) -> Evidence:
    """Return evidence in which nobody states an error with that which its measures' disagreement tells.

    Measures of one node of one channel are taken for so many witnesses of it: the variance among them, pooled over channels, is
    that of each. Raises Problem as scoring does.
    """
    ones = replace(evidence, se=np.ones(evidence.values.shape))
    prepared = prepare(scheme, ones, populations(scheme, evidence))
    se = np.full(evidence.values.shape, np.nan)
    for columns in measures(scheme):
        scores = prepared.scores[:, columns]
        count = (~np.isnan(scores)).sum(axis=1)
        several = count > 1
        if not several.any():
            continue
        apart = scores[several] - np.nanmean(scores[several], axis=1)[:, None]
        spread = np.sqrt(np.nansum(apart**2) / (count[several] - 1).sum())
        with np.errstate(divide="ignore"):
            se[:, columns] = np.where(prepared.score_se[:, columns] > 0, spread / prepared.score_se[:, columns], np.nan)
    return replace(evidence, se=np.where(np.isnan(evidence.values), np.nan, se))


# ---- many deals together


@dataclass(frozen=True)
class Agreement:
    """What many deals showed together: of `channels` that both halves rate.

    `coverage`: promised intervals that hold the rank of the other half, give or take `coverage_se` from deal to deal; `width`: of
    an interval, as a share of all places; `alike`: correlation of the halves' scores, `reliability` of the whole by Spearman and
    Brown; `worst_again`: of the last k of the first half by its scores, those among the last k of the second; `raw_place`,
    `shrunk_place`: mean place from the worst in the second half of the last k by the first half's scores, and by what the model
    makes of them; `regret` by how many places raw scores do worse.
    """

    deals: int
    channels: int
    coverage: float
    coverage_se: float
    width: float
    alike: float
    reliability: float
    worst_again: float
    raw_place: float
    shrunk_place: float
    regret: float


def agreement(halves: Sequence[Halves]) -> Agreement:
    """Return what some deals showed together."""
    covered = np.array([one.inside.mean() for one in halves])
    alike = float(np.mean([one.alike.mean() for one in halves]))
    raw, shrunk = (
        np.concatenate([one.place[getattr(one, name) <= one.k] for one in halves]) for name in ("raw_place", "shrunk_place")
    )
    return Agreement(
        deals=len(halves),
        channels=round(float(np.mean([one.rank.size for one in halves]))),
        coverage=float(covered.mean()),
        coverage_se=float(covered.std(ddof=1) / np.sqrt(covered.size)) if covered.size > 1 else float("nan"),
        width=float(np.mean([one.width for one in halves])),
        alike=alike,
        reliability=2 * alike / (1 + alike),
        worst_again=float(np.concatenate([(one.place <= one.k)[one.raw_place <= one.k] for one in halves]).mean()),
        raw_place=float(raw.mean()),
        shrunk_place=float(shrunk.mean()),
        regret=float(raw.mean() - shrunk.mean()),
    )
