"""The whole way from evidence to stars, ranks and their chances, for one scheme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from marsad.core.alone import share_ends
from marsad.core.arrays import Array, Mask, Texts
from marsad.core.banding import Limits, fit_banding
from marsad.core.composite import Climb, climb
from marsad.core.conditions import Facts
from marsad.core.entities import EntityLeague, entity_leagues
from marsad.core.estimate import Estimate, normal_quantile
from marsad.core.evidence import Evidence
from marsad.core.facts import gather, largest
from marsad.core.joint import reliability_of
from marsad.core.jointly import model_together
from marsad.core.posterior import Posterior, Progress, Settings, draw
from marsad.core.prepare import Prepared, prepare
from marsad.core.ranking import Standing, ranks, standing
from marsad.core.scheme import Indicator, Scheme
from marsad.core.stars import PRECISION, Cuts

NO_EVIDENCE = "no-evidence"
TOO_LITTLE_REPORTED = "too-little-reported"
MISSING_BRANCH = "missing-branch"
UNSURE = "not-sure-enough"
"""Why a channel may be left without a star, apart from the requirements of its standard."""
RATED = ""
FLOOR_LEVEL = 0.9
"""The level of the intervals whose width the floors are of."""
DEFAULTS = Settings()


@dataclass(frozen=True)
class Apart:
    """What the joint model tells of a node, arrays `[C]`: how far it is from its kind by its entity and by itself, in points.

    `share` is that of the entity, |entity| / (|entity| + |own|); `reliability` how much of the differences within the population
    is known, for each channel. NaN where a channel is not modelled.
    """

    entity: Estimate
    own: Estimate
    share: Array
    reliability: Array


@dataclass(frozen=True)
class Rating:
    """The result for `C` channels in the order of their identifiers; NaN where a channel is not rated or nothing was drawn.

    `prepared` is the evidence before alternatives left anything out, `tree` what counted in the end; `nodes` holds an estimate
    per node and indicator. `unlimited` is the star before limiters; `p_star` `[C, S]` goes with `star_values` `[S]`; `near_edge`
    marks scores within a millionth of an edge. `reason` is empty for a rated channel. Stars are found among `peers`, ranks within
    `leagues`. `entities` is where those who run the channels stand, where the scheme names them.
    """

    evidence: Evidence
    prepared: Prepared
    tree: Climb
    nodes: Mapping[str, Estimate]
    score: Array
    low: Array
    high: Array
    unlimited: Array
    star: Array
    p_star: Array
    star_values: tuple[float, ...]
    near_edge: Mask
    rated: Mask
    reason: Texts
    peers: Texts
    cuts: Mapping[str, Cuts]
    limits: tuple[Limits, ...]
    leagues: Texts
    rank: Array
    rank_low: Array
    rank_high: Array
    p_top: Array
    p_bottom: Array
    drawn: Mask
    together: Mapping[str, Apart] = field(default_factory=dict)
    entities: tuple[EntityLeague, ...] = ()


def rate(scheme: Scheme, evidence: Evidence, settings: Settings = DEFAULTS, progress: Progress | None = None) -> Rating:
    """Rate every channel of the evidence by the scheme; the order of its rows changes nothing."""
    evidence = evidence.rows(np.argsort(evidence.channels, kind="stable"))
    leagues = populations(scheme, evidence)
    prepared = prepare(scheme, evidence, leagues)
    tree = reckon(scheme, evidence, prepared)
    facts = gather(scheme, evidence, tree.prepared, tree)
    posterior = draw(tree, facts, settings, progress, model_together(tree, facts, settings, progress))
    reason = reasons(tree, facts, posterior)
    rated = reason == RATED
    score = np.where(rated, np.round(posterior.centre, PRECISION), np.nan)
    banding = fit_banding(scheme, score, rated, peer_groups(scheme, facts, evidence), posterior)
    unlimited = banding.unlimited(score, facts)
    stood = league_standing(scheme, score, leagues, posterior, settings.level)
    nodes = estimates(tree, evidence.n, posterior, settings.level)
    return Rating(
        evidence=evidence,
        prepared=prepared,
        tree=tree,
        nodes=nodes,
        score=score,
        low=np.where(rated, nodes[scheme.root.code].low, np.nan),
        high=np.where(rated, nodes[scheme.root.code].high, np.nan),
        unlimited=unlimited,
        star=banding.limited(unlimited),
        p_star=banding.chances(posterior),
        star_values=scheme.stars.stars,
        near_edge=banding.near_edge(score),
        rated=rated,
        reason=reason,
        peers=banding.peers,
        cuts=banding.cuts,
        limits=banding.limits,
        leagues=leagues,
        rank=league_ranks(score, leagues),
        rank_low=stood.low,
        rank_high=stood.high,
        p_top=stood.p_top,
        p_bottom=stood.p_bottom,
        drawn=posterior.drawn & rated,
        together=apart(tree, posterior),
        entities=entity_leagues(scheme, evidence, leagues, score, posterior.draws, settings.level),
    )


def populations(scheme: Scheme, evidence: Evidence) -> Texts:
    """Return the population of every channel, its kind or its peer group, in which it is normalised and ranked."""
    if scheme.within == "peers" and scheme.peers is not None and scheme.peers.attribute is not None:
        return evidence.attributes[scheme.peers.attribute]
    return evidence.kinds


def reckon(scheme: Scheme, evidence: Evidence, prepared: Prepared, like: Climb | None = None) -> Climb:
    """Return the tree that counts: with every alternative that is better for a channel, and with its adjustments.

    `like` is one by the same scheme, of scores with the same errors: what is not reached by other scores is taken from it.
    """
    tree = once(scheme, evidence, prepared, like)
    for alternative in scheme.alternatives:
        without = leave_out(tree.prepared, [scheme.position[code] for code in alternative.leave_out])
        other = once(scheme, evidence, without)
        allowed = alternative.when.holds(gather(scheme, evidence, without, other))
        gain = other.score(scheme.root.code) - tree.score(scheme.root.code)
        better = (allowed & (np.round(gain, PRECISION) > 0))[:, None]
        counted = replace(
            tree.prepared,
            scores=np.where(better, without.scores, tree.prepared.scores),
            applicable=np.where(better, without.applicable, tree.prepared.applicable),
        )
        tree = once(scheme, evidence, counted)
    return tree


def leave_out(prepared: Prepared, columns: list[int]) -> Prepared:
    """Return the evidence as if some indicators did not apply to any channel."""
    scores, applicable = prepared.scores.copy(), prepared.applicable.copy()
    scores[:, columns], applicable[:, columns] = np.nan, False
    return replace(prepared, scores=scores, applicable=applicable)


def once(scheme: Scheme, evidence: Evidence, prepared: Prepared, like: Climb | None = None) -> Climb:
    """Climb the tree once and add up its adjustments."""
    zeroing = any(node.zero_when is not None for node in scheme.nodes)
    tree = climb(scheme, prepared, gather(scheme, evidence, prepared) if zeroing else Facts({}), like)
    if not scheme.adjustments:
        return tree
    facts = gather(scheme, evidence, prepared, tree)
    points = np.zeros(evidence.channels.size)
    for adjustment in scheme.adjustments:
        held = [condition.holds(facts) for condition, _ in adjustment.cases]
        points += np.select(held, [value for _, value in adjustment.cases], 0.0)
    return replace(tree, points=points)


def reasons(tree: Climb, facts: Facts, posterior: Posterior) -> Texts:
    """Return the first reason against rating each channel, empty where it is rated."""
    prepared = tree.prepared
    against = [(np.isnan(prepared.scores).all(axis=1) & prepared.enough, NO_EVIDENCE), (~prepared.enough, TOO_LITTLE_REPORTED)]
    against += [(~requirement.condition.holds(facts), requirement.code) for requirement in tree.scheme.requirements]
    against.append((np.isnan(posterior.centre), MISSING_BRANCH))
    against.append((unsure(tree, posterior), UNSURE))
    width = max(len(code) for _, code in against)
    return np.select([where for where, _ in against], [code for _, code in against], default=RATED).astype(f"<U{width}")


def unsure(tree: Climb, posterior: Posterior) -> Mask:
    """Return the channels `[C]` whose composites are not known closely enough for the scheme's floors."""
    floors, draws = tree.scheme.floors, posterior.draws
    found = np.zeros(posterior.centre.size, bool)
    if floors is None or draws is None:
        return found
    known = posterior.drawn & ~np.isnan(posterior.centre)
    spread = np.where(known, draws.std(axis=1), 0.0)
    width = 2 * normal_quantile(FLOOR_LEVEL) * spread
    for members in tree.prepared.populations:
        rows = members & known
        if rows.any():
            little = reliability_of(posterior.centre[rows], spread[rows] ** 2)[1] < floors.reliability
            found[rows] = (width[rows] > floors.widest) | (little & (width[rows] > floors.tight))
    return found


def peer_groups(scheme: Scheme, facts: Facts, evidence: Evidence) -> Texts:
    """Return the peer group of every channel: its kind, an attribute, or how many of the conditions hold."""
    if scheme.peers is None:
        return evidence.kinds
    if scheme.peers.attribute is not None:
        return evidence.attributes[scheme.peers.attribute]
    held = np.sum([condition.holds(facts) for condition in scheme.peers.count], axis=0)
    return np.asarray(held.astype(str))


def league_standing(scheme: Scheme, score: Array, leagues: Texts, posterior: Posterior, level: float) -> Standing:
    """Return where channels stand within their leagues, NaN where they have no score or no error."""
    stood = Standing(*(np.full(score.size, np.nan) for _ in fields(Standing)))
    if posterior.draws is None:
        return stood
    for name in np.unique(leagues):
        inside = ~np.isnan(score) & (leagues == name)
        if not posterior.drawn[inside].any():
            continue
        here = standing(posterior.draws[inside], scheme.k_of(str(name)), level)
        for column, values in zip(vars(stood).values(), vars(here).values(), strict=True):
            column[inside] = np.where(posterior.drawn[inside], values, np.nan)
    return stood


def league_ranks(score: Array, leagues: Texts) -> Array:
    """Return ranks within each league, NaN without a score."""
    rank = np.full(score.size, np.nan)
    for name in np.unique(leagues):
        inside = ~np.isnan(score) & (leagues == name)
        rank[inside] = ranks(score[inside])
    return rank


def apart(tree: Climb, posterior: Posterior) -> dict[str, Apart]:
    """Return what the joint model tells of every node it draws."""
    found = {}
    for code, summary in posterior.summaries.items():
        nobody = np.full(summary.mean.size, np.nan)
        entity, own = (Estimate(part[:, 1], part[:, 0], part[:, 2], nobody) for part in (summary.entity, summary.own))
        theirs, its = np.abs(entity.value), np.abs(own.value)
        share = np.divide(theirs, theirs + its, out=np.full(its.size, np.nan), where=theirs + its > 0)
        reliability = nobody.copy()
        for members in tree.prepared.populations:
            rows = members & posterior.inside & ~np.isnan(summary.mean)
            if rows.any():
                reliability[rows] = reliability_of(summary.mean[rows], summary.variance[rows])[1]
        found[code] = Apart(entity, own, share, reliability)
    return found


def estimates(tree: Climb, n: Array, posterior: Posterior, level: float) -> dict[str, Estimate]:
    """Return an estimate `[C]` for every node and indicator; intervals only where something has a sampling error."""
    scheme, erring = tree.scheme, tree.has_error()
    found: dict[str, Estimate] = {}
    for code, branch in tree.branches.items():
        below = np.array(scheme.leaves[code])
        value = branch.scores if code != scheme.root.code else np.round(posterior.centre, PRECISION)
        known = erring[:, below].any(axis=1)
        if code in posterior.summaries:
            modelled = posterior.inside & ~np.isnan(posterior.summaries[code].median)
            value, known = np.where(modelled, np.round(posterior.summaries[code].median, PRECISION), value), known | modelled
        low, high = (
            np.where(known, np.clip(end, *scheme.bounds[code]), np.nan) for end in interval(tree, code, posterior, level)
        )
        found[code] = Estimate(value, low, high, largest(n[:, below]))
    return found


def share_interval(tree: Climb, indicator: Indicator, level: float) -> tuple[Array, Array]:
    """Return the ends of the interval of a share that is estimated by itself `[C]`, in points of its scale."""
    place, prepared = tree.scheme.position[indicator.code], tree.prepared
    ends = np.stack(share_ends(indicator, prepared.treated[:, place], prepared.treated_se[:, place], level))
    scored = np.full(ends.shape, np.nan)
    for rows, scale in prepared.scales[place]:
        scored[:, rows] = scale.score(ends[:, rows])
    return scored.min(axis=0), scored.max(axis=0)


def interval(tree: Climb, code: str, posterior: Posterior, level: float) -> tuple[Array, Array]:
    """Return the ends of the interval of a node or indicator: drawn, of a share's beta, or of a linear one's normal error."""
    branch = tree.branches[code]
    if code in posterior.nodes:
        return posterior.nodes[code]
    share = next((one for one in tree.scheme.one_at_a_time if one.code == code and one.share and one.treat is None), None)
    if share is not None:
        return share_interval(tree, share, level)
    if not branch.linear:
        return np.full_like(branch.scores, np.nan), np.full_like(branch.scores, np.nan)
    error = normal_quantile(level) * np.sqrt(branch.variance)
    return branch.scores - error, branch.scores + error
