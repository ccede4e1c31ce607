"""What may be published of the evidence, so that stars can be recomputed and no small cell can be computed back.

A cell of 1 to 4 answers is never shown. Where it counts in a score it is pooled with the next-lowest of its siblings, and further
up the tree where that is not safe. Where no pool is safe the channel's star alone is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from marsad.core.arrays import Array, Mask, Texts
from marsad.core.estimate import Estimate
from marsad.core.evidence import Evidence
from marsad.core.pools import Pool, Search, Shares, is_fixed
from marsad.core.posterior import Progress, Settings
from marsad.core.rating import Rating, league_ranks, rate
from marsad.core.scheme import Indicator, Node, Scheme

EXACT, POOLED, WITHHELD = "exact", "pooled", "withheld"
"""What a cell shows: itself, the value of its pool, or nothing."""
BY_EVIDENCE, BY_SCORE, STAR_ONLY = "evidence", "score", "star"
"""How far the public can follow a channel: from its evidence on, from its score on, or not at all, its star alone being said."""
FEW = 2
"""The answers that the error of a small cell in a pool supposes, so that the error tells nothing of them."""
SAME = 1e-6
"""Scores no further apart are the same."""


@dataclass(frozen=True)
class Policy:
    """What is small: fewer answers than `least`, unless an indicator's source is among `open_sources`.

    What officials find in their duty is open: no person answered. A hidden value stays open over a `margin` of its scale.
    """

    least: int = 5
    open_sources: tuple[str, ...] = ("assessment", "operation", "self")
    margin: float = 0.2

    def is_open(self, scheme: Scheme) -> Mask:
        """Return the indicators no person answered, `[I]`."""
        return np.array([indicator.source in self.open_sources for indicator in scheme.indicators])

    def small(self, scheme: Scheme, evidence: Evidence) -> Mask:
        """Return the cells on fewer answers than may be shown, `[C, I]`; a value given without a count is none of them."""
        with np.errstate(invalid="ignore"):
            return np.asarray(~self.is_open(scheme) & (evidence.n > 0) & (evidence.n < self.least))


@dataclass(frozen=True)
class Disclosed:
    """What may be published of `C` channels on `I` indicators.

    `evidence` is to be rated in place of the real one. `state` `[C, I]` is '' where nothing is known; `pool` `[C, I]` names the
    node whose score a pooled cell keeps; `hidden` `[C, I]` says whose count is not shown: it stands as the largest small one.
    `masked` `[C]` by code says whose score a node may not show; `follows` `[C]` how far the public can follow a channel.
    """

    evidence: Evidence
    state: Texts
    pool: Texts
    hidden: Mask
    masked: Mapping[str, Mask]
    follows: Texts

    @property
    def changed(self) -> bool:
        """Whether anything differs from the evidence itself."""
        return bool(np.isin(self.state, (POOLED, WITHHELD)).any())


def disclose(rating: Rating, policy: Policy) -> Disclosed:
    """Return what may be published of the evidence behind a rating."""
    draft = Draft(rating, policy)
    draft.withhold(draft.small)
    draft.seal_populations()
    for channel in np.flatnonzero((draft.weighty & (draft.follows == BY_EVIDENCE)[:, None]).any(axis=1)):
        draft.protect(int(channel))
    return draft.disclosed()


@dataclass
class Draft:
    """The evidence of a rating while it is made fit to be published; `weighty` small cells count in some score."""

    rating: Rating
    policy: Policy
    values: Array = field(init=False)
    se: Array = field(init=False)
    n: Array = field(init=False)
    small: Mask = field(init=False)
    counted: Mask = field(init=False)
    weighty: Mask = field(init=False)
    state: Texts = field(init=False)
    pool: Texts = field(init=False)
    follows: Texts = field(init=False)
    masked: dict[str, Mask] = field(init=False)
    shares: Shares = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the evidence as it is."""
        evidence, prepared, nodes = self.rating.evidence, self.rating.tree.prepared, self.scheme.nodes
        self.values, self.se, self.n = evidence.values.copy(), evidence.se.copy(), evidence.n.copy()
        self.small = self.policy.small(self.scheme, evidence)
        self.counted = ~np.isnan(prepared.scores) & ~np.isnan(prepared.denominated)
        self.weighty = self.small & self.counted
        nothing = np.isnan([evidence.values, evidence.se, evidence.n, evidence.raters]).all(axis=0)
        self.state = np.where(nothing, "", EXACT).astype("<U8")
        self.pool = np.full(self.values.shape, "", f"<U{max(len(node.code) for node in nodes)}")
        self.follows = np.full(len(self.values), BY_EVIDENCE, "<U8")
        self.masked = {node.code: np.zeros(len(self.values), bool) for node in nodes}
        self.shares = Shares(self.rating.tree)

    @property
    def scheme(self) -> Scheme:
        """Return the scheme the rating follows."""
        return self.rating.tree.scheme

    def withhold(self, cells: Mask) -> None:
        """Show nothing of some known cells `[C, I]`."""
        self.values[cells], self.se[cells], self.n[cells] = np.nan, np.nan, self.policy.least - 1
        self.state[cells] = WITHHELD

    def seal_populations(self) -> None:
        """Withhold the evidence of populations with a scale found in values that may not be shown: it would give them away."""
        moved = np.array([not is_fixed(self.scheme, indicator) for indicator in self.scheme.indicators])
        touched = (self.weighty & moved).any(axis=1)
        sealed = np.isin(self.rating.leagues, self.rating.leagues[touched])
        self.withhold(sealed[:, None] & (self.state != ""))
        self.follows[sealed] = BY_SCORE
        self.follows[sealed & self.weighty.any(axis=1)] = STAR_ONLY

    def protect(self, channel: int) -> None:
        """Pool the small cells that count in a channel's score, or leave it its star alone; mask the scores that would tell."""
        weighty = np.flatnonzero(self.weighty[channel]).tolist()
        whole = self.shares.of(self.scheme.root, channel)
        bearing = [place for place in weighty if self.rating.rated[channel] and whole[place] > 0]
        pools = self.search(channel).pools(bearing)
        if pools is None:
            self.follows[channel] = STAR_ONLY
        for pool in pools or ():
            self.fill(channel, pool)
        pooled = {place for pool in pools or () for place in pool.cells}
        for place in weighty:
            if place not in pooled:
                self.mask(channel, place, None)

    def search(self, channel: int) -> Search:
        """Return the search for safe pools of one channel."""
        return Search(
            shares=self.shares,
            channel=channel,
            counted=self.counted[channel],
            small=self.small[channel],
            open=self.policy.is_open(self.scheme),
            n=self.rating.evidence.n[channel],
            least=self.policy.least,
            margin=self.policy.margin,
        )

    def fill(self, channel: int, pool: Pool) -> None:
        """Give the cells of a pool its value, each with an error that nothing hidden went into."""
        evidence = self.rating.evidence
        for place, value in zip(pool.cells, pool.values, strict=True):
            self.values[channel, place] = value
            if not np.isnan(evidence.se[channel, place]):
                answers = FEW if self.small[channel, place] else evidence.n[channel, place]
                self.se[channel, place] = nominal_sd(self.scheme.indicators[place]) / np.sqrt(answers)
            self.state[channel, place], self.pool[channel, place] = POOLED, pool.node.code
            self.mask(channel, place, pool.node)

    def mask(self, channel: int, place: int, below: Node | None) -> None:
        """Mask the scores that a cell counts in: all of them, or those below a node."""
        for node in self.shares.above[place]:
            if node is below or self.shares.matrices[node.code][channel, self.shares.columns[node.code][place]] == 0:
                return
            self.masked[node.code][channel] = True

    def disclosed(self) -> Disclosed:
        """Return what was made."""
        hidden = self.small | (self.state == WITHHELD)
        raters = np.where(hidden, np.nan, self.rating.evidence.raters)
        n = np.where(hidden, float(self.policy.least - 1), self.n)
        doubt = self.rating.evidence.doubt
        shown = None if doubt is None else np.where(self.state == EXACT, doubt, np.nan)
        evidence = replace(self.rating.evidence, values=self.values, se=self.se, n=n, raters=raters, doubt=shown)
        return Disclosed(evidence, self.state, self.pool, hidden, self.masked, self.follows)


def nominal_sd(indicator: Indicator) -> float:
    """Return a spread of single answers that is known without them: the standard's, else a part of the scale."""
    low, high = indicator.scale or (0.0, 1.0 if indicator.share else 100.0)
    return (high - low) / 2 if indicator.share else indicator.sd or (high - low) / 4


@dataclass(frozen=True)
class Published:
    """A rating as the public sees it, what is disclosed of its evidence, and how far its chances and rank intervals are off."""

    rating: Rating
    disclosed: Disclosed
    chances_off: float = 0.0
    ranks_off: float = 0.0


def publish(official: Rating, policy: Policy, settings: Settings, progress: Progress | None = None) -> Published:
    """Return what may be published of a rating; it is rated again only where something must be hidden.

    Scores, stars and ranks are the official ones. Intervals and chances are those of the disclosed evidence: the real ones would
    tell how few answered, and with shares what they said. So are the scores of channels that the joint model draws, where every
    cell tells of every channel: as far as their stars are the official ones.
    """
    disclosed = disclose(official, policy)
    if not disclosed.changed:
        return Published(official, disclosed)
    public = rate(official.tree.scheme, disclosed.evidence, settings, progress)
    disclosed = replace(disclosed, follows=followed(official, public, disclosed))
    shown = merged(official, public, disclosed)
    chances, ranks = ("p_top", "p_bottom", "p_star"), ("rank_low", "rank_high")
    return Published(shown, disclosed, apart(official, shown, chances, 0.05), apart(official, shown, ranks, 5.0))


def followed(official: Rating, public: Rating, disclosed: Disclosed) -> Texts:
    """Return how far each channel can be followed `[C]`, now that the disclosed evidence has been rated."""
    scored = np.isclose(public.score, official.score, rtol=0, atol=SAME, equal_nan=True) | drawn_together(official, public)
    starred = np.isclose(public.star, official.star, rtol=0, atol=SAME, equal_nan=True) & (public.reason == official.reason)
    touched = np.isin(disclosed.state, (POOLED, WITHHELD)).any(axis=1)
    before = disclosed.follows == BY_EVIDENCE
    return np.select([before & touched & ~scored, before & ~(scored & starred)], [STAR_ONLY, BY_SCORE], disclosed.follows)


def drawn_together(official: Rating, public: Rating) -> Mask:
    """Return the channels whose score the joint model drew both times, `[C]`."""
    return modelled_together(official, public) & scored_both_times(official, public)


def scored_both_times(official: Rating, public: Rating) -> Mask:
    """Return the channels with a score both times, `[C]`."""
    return np.asarray(~np.isnan([official.score, public.score]).any(axis=0))


def modelled_together(official: Rating, public: Rating) -> Mask:
    """Return the channels whose composite the joint model drew both times `[C]`, rated or not."""
    root = official.tree.scheme.root.code
    if root not in official.together or root not in public.together:
        return np.zeros(official.score.size, bool)
    return np.asarray(~np.isnan([one.together[root].own.value for one in (official, public)]).any(axis=0))


def merged(official: Rating, public: Rating, disclosed: Disclosed) -> Rating:
    """Return the rating to be shown: results of the official one, chances and intervals of the public one, nothing masked."""
    proved, scored = disclosed.follows == BY_EVIDENCE, disclosed.follows != STAR_ONLY
    nodes = {code: shown_estimate(public, disclosed, code) for code in public.nodes}
    root, drawn = official.tree.scheme.root.code, proved & modelled_together(official, public)
    theirs = drawn & scored_both_times(official, public)
    whole = np.where(drawn, public.nodes[root].value, official.nodes[root].value)
    nodes[root] = replace(nodes[root], value=rows_of(whole, scored & ~disclosed.masked[root]))
    score = rows_of(np.where(theirs, public.score, official.score), scored)
    return replace(
        official,
        evidence=public.evidence,
        prepared=public.prepared,
        tree=public.tree,
        nodes=nodes,
        score=score,
        rank=shown_ranks(official, score, scored, theirs),
        low=rows_of(public.low, proved),
        high=rows_of(public.high, proved),
        p_star=rows_of(public.p_star, proved),
        rank_low=rows_of(public.rank_low, proved),
        rank_high=rows_of(public.rank_high, proved),
        p_top=rows_of(public.p_top, proved),
        p_bottom=rows_of(public.p_bottom, proved),
        drawn=public.drawn & proved,
        together=public.together,
        entities=public.entities,
    )


def shown_ranks(official: Rating, score: Array, scored: Mask, theirs: Mask) -> Array:
    """Return the ranks of shown scores `[C]`: the official ones, but for leagues all of whose scores show and some are drawn."""
    open_leagues = np.setdiff1d(official.leagues[theirs], official.leagues[official.rated & ~scored])
    again = np.isin(official.leagues, open_leagues)
    return rows_of(np.where(again, league_ranks(score, official.leagues), official.rank), scored)


def rows_of(values: Array, rows: Mask) -> Array:
    """Return the values of some rows, NaN in the others."""
    return np.asarray(np.where(rows if values.ndim == 1 else rows[:, None], values, np.nan))


def shown_estimate(public: Rating, disclosed: Disclosed, code: str) -> Estimate:
    """Return the estimates `[C]` of a node or indicator, NaN where they may not be shown."""
    scheme, estimate = public.tree.scheme, public.nodes[code]
    below = list(scheme.leaves[code])
    if code in scheme.position:
        shown = disclosed.state[:, below[0]] == EXACT
    else:
        shown = ~disclosed.masked[code] & (disclosed.follows == BY_EVIDENCE)
    told = np.nan_to_num(np.where(disclosed.hidden[:, below], 0.0, public.evidence.n[:, below])).max(axis=1)
    counted = shown & ~(disclosed.hidden[:, below].any(axis=1) & (estimate.n > told))
    value, low, high = (rows_of(end, shown) for end in (estimate.value, estimate.low, estimate.high))
    return Estimate(value, low, high, rows_of(estimate.n, counted))


def apart(official: Rating, shown: Rating, names: tuple[str, ...], step: float) -> float:
    """Return the largest distance between what is shown and what is real, rounded up to whole steps: exactly it would tell."""
    gaps = [np.abs(getattr(official, name) - getattr(shown, name)).ravel() for name in names]
    return float(round(np.ceil(np.nan_to_num(np.concatenate(gaps)).max(initial=0.0) / step) * step, 9))
