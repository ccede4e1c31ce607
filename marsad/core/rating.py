"""The whole way from evidence to stars, ranks and their chances, for one scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from marsad.core.composite import Climb, climb
from marsad.core.conditions import Array, Facts, Mask
from marsad.core.estimate import Estimate, normal_quantile
from marsad.core.evidence import Evidence, Texts
from marsad.core.facts import gather, largest
from marsad.core.posterior import Posterior, Progress, Settings, draw, has_error
from marsad.core.prepare import Prepared, prepare
from marsad.core.problem import Problem
from marsad.core.ranking import ranks, standing
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.stars import PRECISION, Cuts, FirstMatch, Quantiles

NO_EVIDENCE = "no-evidence"
TOO_LITTLE_REPORTED = "too-little-reported"
MISSING_BRANCH = "missing-branch"
REASONS = (NO_EVIDENCE, TOO_LITTLE_REPORTED, MISSING_BRANCH)
"""Why a channel may be left without a star, apart from the requirements of its standard."""
RATED = ""
DEFAULTS = Settings()


@dataclass(frozen=True)
class Limits:
    """What one limiter did: the chance of its condition `[C]` and where it was applied `[C]`."""

    code: str
    probability: Array
    applied: Mask


@dataclass(frozen=True)
class Rating:
    """The result for `C` channels in the order of their identifiers; NaN where a channel is not rated or nothing was drawn.

    `reason` is empty for a rated channel. `p_star` `[C, S]` goes with `star_values` `[S]`; `nodes` holds an estimate per node and
    indicator; `near_edge` marks scores within a millionth of an edge.
    """

    evidence: Evidence
    prepared: Prepared
    score: Array
    low: Array
    high: Array
    star: Array
    rated: Mask
    reason: Texts
    peers: Texts
    leagues: Texts
    rank: Array
    rank_low: Array
    rank_high: Array
    p_top: Array
    p_bottom: Array
    p_star: Array
    star_values: tuple[float, ...]
    near_edge: Mask
    drawn: Mask
    nodes: Mapping[str, Estimate]
    limits: tuple[Limits, ...]
    cuts: Mapping[str, Cuts]
    tree: Climb


def rate(scheme: Scheme, evidence: Evidence, settings: Settings = DEFAULTS, progress: Progress | None = None) -> Rating:
    """Rate every channel of the evidence by the scheme; the order of its rows changes nothing."""
    evidence = evidence.rows(np.argsort(evidence.channels, kind="stable"))
    leagues = populations(scheme, evidence)
    prepared = prepare(scheme, evidence, leagues)
    tree, points, counted = reckon(scheme, evidence, prepared)
    facts = gather(scheme, evidence, counted, with_points(tree, points))
    reason = reasons(scheme, tree, facts, prepared)
    rated = reason == RATED
    peers = peer_groups(scheme, facts, evidence)
    posterior = draw(tree, counted, points, facts, settings, progress)
    score = np.where(rated, np.round(posterior.centre, PRECISION), np.nan)
    cuts = {} if isinstance(scheme.stars, FirstMatch) else fit_cuts(scheme, score, rated, peers)
    limits = decide_limits(scheme, posterior, rated)
    star = stars_of(scheme, score, facts, peers, cuts)
    star = np.where(rated, limited(scheme, star, limits), np.nan)
    rank, chances = league(scheme, leagues, score, rated, posterior, settings)
    p_star = star_chances(scheme, posterior, rated, peers, cuts, limits)
    nodes = estimates(scheme, evidence, counted, tree, posterior, settings)
    whole = nodes[scheme.root.code]
    near = np.zeros(rated.size, bool)
    for group, cut in cuts.items():
        near |= (peers == group) & rated & cut.near_edge(score)
    return Rating(
        evidence=evidence,
        prepared=prepared,
        score=score,
        low=np.where(rated, whole.low, np.nan),
        high=np.where(rated, whole.high, np.nan),
        star=star,
        rated=rated,
        reason=reason,
        peers=peers,
        leagues=leagues,
        rank=rank,
        rank_low=chances[0],
        rank_high=chances[1],
        p_top=chances[2],
        p_bottom=chances[3],
        p_star=p_star,
        star_values=scheme.stars.stars,
        near_edge=near,
        drawn=posterior.drawn & rated,
        nodes=nodes,
        limits=limits,
        cuts=cuts,
        tree=tree,
    )


def populations(scheme: Scheme, evidence: Evidence) -> Texts:
    """Return the population of every channel, its kind or its peer group, in which it is normalised and ranked."""
    if scheme.within == "peers" and scheme.peers is not None and scheme.peers.attribute is not None:
        return evidence.attributes[scheme.peers.attribute]
    return evidence.kinds


def reckon(scheme: Scheme, evidence: Evidence, prepared: Prepared) -> tuple[Climb, Array, Prepared]:
    """Choose among the alternatives; return the tree, the points its adjustments add to the composite `[C]`, and what counted."""
    tree, points = once(scheme, evidence, prepared)
    for alternative in scheme.alternatives:
        without = leave_out(prepared, [scheme.position[code] for code in alternative.leave_out])
        other, other_points = once(scheme, evidence, without)
        other = with_points(other, other_points)
        facts = gather(scheme, evidence, without, other)
        gain = other.branches[scheme.root.code].scores - with_points(tree, points).branches[scheme.root.code].scores
        better = (alternative.when.holds(facts) & (np.round(gain, PRECISION) > 0))[:, None]
        prepared = replace(
            prepared,
            scores=np.where(better, without.scores, prepared.scores),
            applicable=np.where(better, without.applicable, prepared.applicable),
        )
        tree, points = once(scheme, evidence, prepared)
    return tree, points, prepared


def leave_out(prepared: Prepared, columns: list[int]) -> Prepared:
    """Return the evidence as if some indicators did not apply to any channel."""
    scores, applicable = prepared.scores.copy(), prepared.applicable.copy()
    scores[:, columns], applicable[:, columns] = np.nan, False
    return replace(prepared, scores=scores, applicable=applicable)


def once(scheme: Scheme, evidence: Evidence, prepared: Prepared) -> tuple[Climb, Array]:
    """Climb the tree once and add up its adjustments."""
    variances = np.where(np.isnan(prepared.se), 0.0, (prepared.se * prepared.rate) ** 2)
    stepped = tuple(any(scale.slope(np.zeros(1)) is None for _, scale in fitted) for fitted in prepared.scales)
    tree = climb(scheme, prepared, variances, stepped, gather(scheme, evidence, prepared))
    facts = gather(scheme, evidence, prepared, tree)
    points = np.zeros(evidence.channels.size)
    for adjustment in scheme.adjustments:
        added = np.zeros(evidence.channels.size)
        for condition, value in reversed(adjustment.cases):
            added = np.where(condition.holds(facts), value, added)
        points += added
    return tree, points


def with_points(tree: Climb, points: Array) -> Climb:
    """Return the tree with the adjustments added to its composite."""
    root = tree.scheme.root.code
    branch = tree.branches[root]
    return replace(tree, branches={**tree.branches, root: replace(branch, scores=branch.scores + points)})


def reasons(scheme: Scheme, tree: Climb, facts: Facts, prepared: Prepared) -> Texts:
    """Return the first reason against rating each channel, empty where it is rated."""
    root = tree.branches[scheme.root.code]
    against = [(np.isnan(tree.scores).all(axis=1) & prepared.enough, NO_EVIDENCE), (~prepared.enough, TOO_LITTLE_REPORTED)]
    against += [(~requirement.condition.holds(facts), requirement.code) for requirement in scheme.requirements]
    against.append((np.isnan(root.scores), MISSING_BRANCH))
    width = max(len(code) for _, code in against)
    return np.select([where for where, _ in against], [code for _, code in against], default=RATED).astype(f"<U{width}")


def peer_groups(scheme: Scheme, facts: Facts, evidence: Evidence) -> Texts:
    """Return the peer group of every channel: its kind, an attribute, or how many of the conditions hold."""
    if scheme.peers is None:
        return evidence.kinds
    if scheme.peers.attribute is not None:
        return evidence.attributes[scheme.peers.attribute]
    held = np.sum([condition.holds(facts) for condition in scheme.peers.count], axis=0)
    return np.asarray(held.astype(str))


def fit_cuts(scheme: Scheme, score: Array, rated: Mask, peers: Texts) -> dict[str, Cuts]:
    """Return the cuts of every peer group with a rated channel; raises Problem where its scores are too few or too equal."""
    assert not isinstance(scheme.stars, FirstMatch)
    cuts = {}
    for group in np.unique(peers[rated]):
        try:
            cuts[str(group)] = scheme.stars.cuts(score[rated & (peers == group)])
        except ValueError as error:
            what = f"peer group '{group}' cannot be given stars: {error}"
            raise Problem(what, remedy="widen the peer groups, or use fixed bands") from None
    return cuts


def stars_of(scheme: Scheme, score: Array, facts: Facts, peers: Texts, cuts: Mapping[str, Cuts]) -> Array:
    """Return the stars `[C]` before limiters."""
    if isinstance(scheme.stars, FirstMatch):
        return scheme.stars.stars_of(facts)
    stars = np.full(score.size, np.nan)
    for group, cut in cuts.items():
        inside = peers == group
        stars[inside] = cut.stars_of(score[inside])
    return stars


def decide_limits(scheme: Scheme, posterior: Posterior, rated: Mask) -> tuple[Limits, ...]:
    """Decide every limiter once per channel, by the probability of its condition."""
    return tuple(
        Limits(limiter.code, posterior.chance[limiter.code], rated & (posterior.chance[limiter.code] >= limiter.certainty))
        for limiter in scheme.limiters
    )


def limited(scheme: Scheme, stars: Array, limits: tuple[Limits, ...], rows: Mask | None = None) -> Array:
    """Return stars `[C]` or `[C, D]` after caps and floors."""
    for limiter, limit in zip(scheme.limiters, limits, strict=True):
        stars = limiter.limit(stars, limit.applied if rows is None else limit.applied[rows])
    return stars


def league(
    scheme: Scheme, leagues: Texts, score: Array, rated: Mask, posterior: Posterior, settings: Settings
) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """Return ranks within each league and, of channels with an error, rank intervals and the chances of the first and last k."""
    rank = np.full(score.size, np.nan)
    chances = tuple(np.full(score.size, np.nan) for _ in range(4))
    for name in np.unique(leagues[rated]):
        inside = rated & (leagues == name)
        rank[inside] = ranks(score[inside])
        if posterior.draws is None or not posterior.drawn[inside].any():
            continue
        stood = standing(posterior.draws[inside], scheme.naming.k, settings.level)
        known = posterior.drawn[inside]
        for column, values in zip(chances, (stood.low, stood.high, stood.p_top, stood.p_bottom), strict=True):
            column[inside] = np.where(known, values, np.nan)
    return rank, (chances[0], chances[1], chances[2], chances[3])


def star_chances(
    scheme: Scheme, posterior: Posterior, rated: Mask, peers: Texts, cuts: Mapping[str, Cuts], limits: tuple[Limits, ...]
) -> Array:
    """Return the chance of every star `[C, S]`, limiters applied to every draw."""
    values = scheme.stars.stars
    chances = np.full((rated.size, len(values)), np.nan)
    if posterior.draws is None:
        return chances
    if posterior.star_draws is not None:
        groups = [(rated, posterior.star_draws[rated])]
    else:
        inside = {group: rated & (peers == group) for group in cuts}
        groups = [(inside[group], drawn_stars(scheme, posterior.draws[inside[group]], cut)) for group, cut in cuts.items()]
    for rows, stars in groups:
        stars = limited(scheme, stars, limits, rows)
        chances[rows] = np.column_stack([(stars == value).mean(axis=1) for value in values])
    chances[~posterior.drawn] = np.nan
    return chances


def drawn_stars(scheme: Scheme, draws: Array, cut: Cuts) -> Array:
    """Return the stars of the draws `[P, D]` of one peer group; relative bands are found anew in every draw."""
    return scheme.stars.stars_in_draws(draws) if isinstance(scheme.stars, Quantiles) else cut.stars_of(draws)


def estimates(
    scheme: Scheme, evidence: Evidence, prepared: Prepared, tree: Climb, posterior: Posterior, settings: Settings
) -> dict[str, Estimate]:
    """Return an estimate `[C]` for every node and indicator; intervals only where something has a sampling error."""
    reach = normal_quantile(settings.level)
    erring = has_error(tree, prepared)
    found: dict[str, Estimate] = {}
    parts: tuple[Node | Indicator, ...] = (*scheme.nodes, *scheme.indicators)
    for part in parts:
        value, below = tree.column(part), np.array(scheme.leaves[part.code])
        if part.code in posterior.nodes:
            low, high = posterior.nodes[part.code]
        elif tree.is_linear(part):
            error = reach * np.sqrt(tree.column_variance(part))
            low, high = value - error, value + error
        else:
            low = high = np.full_like(value, np.nan)
        if part is scheme.root:
            value, low, high = np.round(posterior.centre, PRECISION), posterior.low, posterior.high
        known = erring[:, below].any(axis=1)
        low, high = (np.where(known, np.clip(end, *scheme.bounds[part.code]), np.nan) for end in (low, high))
        found[part.code] = Estimate(value, low, high, largest(evidence.n[:, below]))
    return found


__all__ = ["MISSING_BRANCH", "NO_EVIDENCE", "RATED", "REASONS", "TOO_LITTLE_REPORTED", "Limits", "Rating", "Settings", "rate"]
