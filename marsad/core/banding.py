"""From scores to stars: cuts found within each peer group, limiters decided once per channel, and the chance of every star."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.conditions import Facts
from marsad.core.posterior import Posterior
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Scheme
from marsad.core.stars import Cuts, FirstMatch, Quantiles


@dataclass(frozen=True)
class Limits:
    """What one limiter did: the chance of its condition `[C]` and where it was applied `[C]`."""

    code: str
    probability: Array
    applied: Mask


@dataclass(frozen=True)
class Banding:
    """What gives stars to the rated channels `[C]`: their peer groups `[C]`, the cuts of each group, and the limiters."""

    scheme: Scheme
    rated: Mask
    peers: Texts
    cuts: Mapping[str, Cuts]
    limits: tuple[Limits, ...]

    def inside(self, group: str) -> Mask:
        """Return the rated channels of a peer group."""
        return np.asarray(self.rated & (self.peers == group))

    def unlimited(self, score: Array, facts: Facts) -> Array:
        """Return the stars `[C]` before limiters, NaN where not rated."""
        if isinstance(self.scheme.stars, FirstMatch):
            return np.where(self.rated, self.scheme.stars.stars_of(facts), np.nan)
        stars = np.full(score.size, np.nan)
        for group, cut in self.cuts.items():
            stars[self.inside(group)] = cut.stars_of(score[self.inside(group)])
        return stars

    def limited(self, stars: Array, rows: Mask | slice = slice(None)) -> Array:
        """Return the stars of some rows, `[R]` or `[R, D]`, after floors and then caps: no floor lifts a star over a cap."""
        paired = list(zip(self.scheme.limiters, self.limits, strict=True))
        for limiter, limit in sorted(paired, key=lambda pair: pair[0].floor is None):
            stars = limiter.limit(stars, limit.applied[rows])
        return stars

    def near_edge(self, score: Array) -> Mask:
        """Return where the score of a rated channel lies within a millionth of an edge."""
        near = np.zeros(score.size, bool)
        for group, cut in self.cuts.items():
            near |= self.inside(group) & cut.near_edge(score)
        return near

    def chances(self, posterior: Posterior) -> Array:
        """Return the chance of every star `[C, S]`, limiters applied to every draw."""
        values = self.scheme.stars.stars
        chances = np.full((self.rated.size, len(values)), np.nan)
        if posterior.draws is None:
            return chances
        if posterior.star_draws is not None:
            groups = [(self.rated, posterior.star_draws[self.rated])]
        else:
            inside = {group: self.inside(group) for group in self.cuts}
            groups = [(inside[group], self.drawn(posterior.draws[inside[group]], cut)) for group, cut in self.cuts.items()]
        for rows, stars in groups:
            stars = self.limited(stars, rows)
            chances[rows] = np.column_stack([(stars == value).mean(axis=1) for value in values])
        chances[~posterior.drawn] = np.nan
        return chances

    def drawn(self, draws: Array, cut: Cuts) -> Array:
        """Return the stars of the draws `[P, D]` of one peer group; relative bands are found anew in every draw."""
        rule = self.scheme.stars
        return rule.stars_in_draws(draws) if isinstance(rule, Quantiles) else cut.stars_of(draws)


def fit_banding(scheme: Scheme, score: Array, rated: Mask, peers: Texts, posterior: Posterior) -> Banding:
    """Return what gives stars to these scores; raises Problem where those of a peer group are too few or too equal."""
    limits = tuple(
        Limits(limiter.code, posterior.chance[limiter.code], rated & (posterior.chance[limiter.code] >= limiter.certainty))
        for limiter in scheme.limiters
    )
    return Banding(scheme, rated, peers, fit_cuts(scheme, score, rated, peers), limits)


def fit_cuts(scheme: Scheme, score: Array, rated: Mask, peers: Texts) -> dict[str, Cuts]:
    """Return the cuts of every peer group with a rated channel; none where stars are given by conditions."""
    cuts: dict[str, Cuts] = {}
    if isinstance(scheme.stars, FirstMatch):
        return cuts
    for group in np.unique(peers[rated]):
        try:
            cuts[str(group)] = scheme.stars.cuts(score[rated & (peers == group)])
        except ValueError as error:
            who = Sentence("peer group '{group}'", group=group) if group else Sentence("these channels")
            what = Sentence("{who} cannot be given stars: {error}", who=who, error=error.args[0])
            raise Problem(what, remedy=Sentence("widen the peer groups, or use fixed bands")) from None
    return cuts
