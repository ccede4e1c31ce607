"""A rating scheme as values: what a standard declares, without its words.

`marsad.standards` reads these from TOML and adds titles, labels and questions in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marsad.core.arrays import Mask, Texts
from marsad.core.clusters import Ward
from marsad.core.conditions import Check, Condition, Count
from marsad.core.normalise import UNBOUNDED, AsIs, Goalposts, Impute, Levels, Normaliser, Treat
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo

AS_IS = AsIs()
POINTS = 100.0
"""How many points the whole of an indicator's scale is, where raters' or channels' values are compared across indicators."""
StarRules = Bands | RoundTo | Quantiles | KMeans | Ward | FirstMatch


@dataclass(frozen=True)
class Indicator:
    """One measured quantity and the way it becomes a score.

    `scale`: the values it can take; `share`: it is a proportion of its n answers; `duration`: answers are times, and their median
    counts, cases that still run being longer than so far; `sd`: the spread of single answers, used where only n is given;
    `minimum_n`: fewer answers count as missing; `reported_by`: left out of the whole run unless so many channels have it;
    `denominator`: the attribute it is divided by; `kinds`: the channel kinds it applies to (None: all).
    """

    code: str
    parent: str
    weight: float = 1.0
    lower_is_better: bool = False
    source: str = ""
    stage: str = ""
    kinds: frozenset[str] | None = None
    required: bool = True
    scale: tuple[float, float] | None = None
    share: bool = False
    duration: bool = False
    sd: float | None = None
    minimum_n: float = 0
    reported_by: int = 0
    denominator: str | None = None
    impute: Impute | None = None
    treat: Treat | None = None
    normalise: Normaliser = AS_IS

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and the most a value can be; without a scale a share lies in 0 to 1, a level on its levels."""
        if isinstance(self.normalise, Levels):
            return self.scale or (1.0, float(len(self.normalise.points)))
        return self.scale or ((0.0, 1.0) if self.share else UNBOUNDED)

    @property
    def way(self) -> tuple[float, float]:
        """Return the worst and the best a value can be; goalposts tell the way by themselves.

        >>> Indicator("wait", "root", scale=(0.0, 60.0), normalise=Goalposts(45.0, 5.0)).way
        (60.0, 0.0)
        """
        low, high = self.ends
        turned = self.normalise.best < self.normalise.worst if isinstance(self.normalise, Goalposts) else self.lower_is_better
        return (high, low) if turned else (low, high)

    def applies_to(self, kinds: Texts) -> Mask:
        """Return which channels of these kinds it applies to."""
        return np.ones(kinds.size, bool) if self.kinds is None else np.isin(kinds, sorted(self.kinds))


@dataclass(frozen=True)
class Node:
    """A branch of the tree: how the scores below it become one.

    `missing`: `reweight` shares a missing child's weight among the others, `not-rated` gives no score then, `drawn` draws it from
    the joint model; `minimum`: how many
    children must have a score; `rescale`: the node's scores are normalised again over the population; `zero_when`: a condition on
    values, counts or attributes that sets the score to 0; `error_correlation`: that of the sampling errors of two indicators that
    meet in this node, because the same people answered both (None: as in its parent; 0 at the root).
    """

    code: str
    parent: str | None = None
    weight: float = 1.0
    aggregate: str = "arithmetic"
    missing: str = "reweight"
    minimum: int = 1
    rescale: Normaliser | None = None
    zero_when: Condition | None = None
    error_correlation: float | None = None


@dataclass(frozen=True)
class Peers:
    """The groups within which stars are found: the values of an attribute, or how many of some conditions hold."""

    attribute: str | None = None
    count: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """Points added to the composite: those of the first case that holds for the channel, else none."""

    code: str
    cases: tuple[tuple[Condition, float], ...]


@dataclass(frozen=True)
class Alternative:
    """A second reckoning with some indicators left out, used where the condition holds for it and it is higher."""

    leave_out: tuple[str, ...]
    when: Condition


@dataclass(frozen=True)
class Requirement:
    """What must hold for a channel to be rated; its code names the reason when it does not."""

    code: str
    condition: Condition


@dataclass(frozen=True)
class Entities:
    """That entities are named by the same rule, each by the mean of its channels of a kind, and at most the first and last `k`.

    `attribute`: the one that tells who runs a channel. An entity stands in a kind with `minimum_channels` rated channels or more,
    and nobody is named among fewer than `minimum_entities`. The second wave visits so many channels of each, drawn by lot
    (`visited`), or all of an entity that has no more.
    """

    attribute: str = "entity"
    k: int = 3
    minimum_entities: int = 12
    minimum_channels: int = 3
    visited: int = 6


@dataclass(frozen=True)
class Naming:
    """How many of the best and worst of a kind may be named, and what that takes.

    Screening: a chance of `screen` of being among the k, or of `tail_probability` of being in the far end, the share `tail` of
    the kind; it must hold in the share `sensitivity` of other reasonable ratings. Confirmation: `probability` on new evidence
    alone, the share `decoys` of it from channels not in question; so many `waves`, answers and raters; an interval of at most
    `widest` points (None: of any width). `own_part`: how likely the channel's own part, apart from its entity's, must be in the
    far end too, or among the k where those are more (None: a name takes none; its manager answers where the own part is among
    the k with `probability`). In a kind of fewer than `minimum_channels` nobody is named. `entities`: whether and how entities
    are named too (None: they are not).
    """

    k: int = 5
    probability: float = 0.9
    minimum_channels: int = 20
    screen: float = 0.05
    tail: float = 0.05
    tail_probability: float = 0.5
    sensitivity: float = 0.8
    decoys: float = 0.3
    waves: int = 2
    minimum_n: float = 30
    minimum_raters: int = 2
    widest: float | None = None
    own_part: float | None = None
    entities: Entities | None = None


@dataclass(frozen=True)
class Cure:
    """What follows for a channel that is named among the last: so many `days` to mend it, a plan within `plan_days`.

    A day on which nobody works is no last day: those of the `weekend`, Monday being 1, and `holidays` such as 2026-12-02.
    """

    days: int = 60
    plan_days: int = 14
    weekend: tuple[int, ...] = (6, 7)
    holidays: tuple[str, ...] = ()


@dataclass(frozen=True)
class Joint:
    """That the parts of the tree are estimated together, within each population of at least `minimum_channels` channels.

    `entity`: the attribute that names who runs a channel; `over`: the nodes and indicators that are modelled (none named: the
    highest that draws can start from); `tails`: whether a channel may be extraordinary.
    """

    entity: str = "entity"
    over: tuple[str, ...] = ()
    minimum_channels: int = 20
    tails: bool = True


@dataclass(frozen=True)
class Floors:
    """How closely a score must be known to be one, in points of the width of its 90 % interval.

    None is wider than `widest`. Where less than `reliability` of what sets a channel apart from its kind is known, none is wider
    than `tight` either: in a kind whose channels are alike reliability is low however closely all are known.
    """

    widest: float
    reliability: float = 0.7
    tight: float = 0.0


@dataclass(frozen=True)
class Raters:
    """That scores enter without the severity of who gave them: `adjusted` are the sources of which that holds."""

    adjusted: tuple[str, ...]


@dataclass(frozen=True)
class Estimates:
    """That indicators are drawn, each by itself, towards the channels of their population: the codes `one_at_a_time`."""

    one_at_a_time: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A whole rating scheme. The first node is the root.

    `kinds`: the channel kinds it rates; `within`: the population of every normalisation and imputation, `kind` or `peers`;
    `minimum_share`: the share of applicable indicators a channel must report before imputation; `invited_only`: whether
    answers of whoever came by count for nothing; `k_by_kind`: what a cycle announced in place of the naming rule's k.
    """

    indicators: tuple[Indicator, ...]
    nodes: tuple[Node, ...]
    stars: StarRules
    kinds: tuple[str, ...] = ()
    within: str = "kind"
    minimum_share: float = 0.0
    invited_only: bool = False
    peers: Peers | None = None
    alternatives: tuple[Alternative, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    limiters: tuple[Limiter, ...] = ()
    naming: Naming = Naming()
    cure: Cure = Cure()
    joint: Joint | None = None
    raters: Raters | None = None
    estimates: Estimates | None = None
    floors: Floors | None = None
    k_by_kind: tuple[tuple[str, int], ...] = ()

    def k_of(self, kind: str) -> int:
        """Return how many of the best and worst of a kind may be named."""
        return dict(self.k_by_kind).get(kind, self.naming.k)

    @cached_property
    def named(self) -> dict[int, tuple[str, ...]]:
        """Return the kinds of which equally many may be named, by that number; '' stands for every league that has no name."""
        kinds = self.kinds if self.within == "kind" and self.kinds else ("",)
        found: dict[int, tuple[str, ...]] = {}
        for kind in dict.fromkeys([*kinds, *dict(self.k_by_kind)]):
            found[self.k_of(kind)] = (*found.get(self.k_of(kind), ()), kind)
        return found

    @property
    def run_by(self) -> frozenset[str]:
        """Return the attributes that tell of every channel who runs it."""
        joint, entities = self.joint, self.naming.entities
        return frozenset(([joint.entity] if joint else []) + ([entities.attribute] if entities else []))

    @property
    def one_at_a_time(self) -> tuple[Indicator, ...]:
        """Return the indicators that are drawn towards the channels of their population, each by itself."""
        codes = self.estimates.one_at_a_time if self.estimates else ()
        return tuple(one for one in self.indicators if one.code in codes)

    @property
    def root(self) -> Node:
        """Return the node without a parent."""
        return self.nodes[0]

    @cached_property
    def position(self) -> dict[str, int]:
        """Return the column of every indicator."""
        return {indicator.code: place for place, indicator in enumerate(self.indicators)}

    @cached_property
    def children(self) -> dict[str, tuple[Node | Indicator, ...]]:
        """Return what lies directly under every node, nodes first."""
        under: dict[str, list[Node | Indicator]] = {node.code: [] for node in self.nodes}
        parts: tuple[Node | Indicator, ...] = (*self.nodes[1:], *self.indicators)
        for child in parts:
            under[child.parent or ""].append(child)
        return {code: tuple(children) for code, children in under.items()}

    @cached_property
    def upward(self) -> tuple[Node, ...]:
        """Return the nodes so that every node comes after all below it."""
        order: list[Node] = []

        def visit(node: Node) -> None:
            for child in self.children[node.code]:
                if isinstance(child, Node):
                    visit(child)
            order.append(node)

        visit(self.root)
        return tuple(order)

    @cached_property
    def error_correlation(self) -> dict[str, float]:
        """Return the correlation of sampling errors that meet in every node, inherited where the node says nothing."""
        found: dict[str, float] = {}
        for node in reversed(self.upward):
            inherited = found[node.parent] if node.parent is not None else 0.0
            found[node.code] = inherited if node.error_correlation is None else node.error_correlation
        return found

    @cached_property
    def leaves(self) -> dict[str, tuple[int, ...]]:
        """Return the columns of all indicators under every node, at any depth; an indicator is its own leaf."""
        below: dict[str, tuple[int, ...]] = {code: (place,) for code, place in self.position.items()}
        for node in self.upward:
            below[node.code] = tuple(place for child in self.children[node.code] for place in below[child.code])
        return below

    @cached_property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """Return the least and the most that every node and indicator can score; infinite where nothing bounds it."""
        found = {indicator.code: indicator.normalise.bounds for indicator in self.indicators}
        for node in self.upward:
            ends = [found[child.code] for child in self.children[node.code]]
            found[node.code] = (min(low for low, _ in ends), max(high for _, high in ends)) if node.rescale is None else UNBOUNDED
            if node.zero_when is not None:
                found[node.code] = (min(found[node.code][0], 0.0), max(found[node.code][1], 0.0))
        if self.adjustments:
            found[self.root.code] = UNBOUNDED
        return found

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition of the scheme."""
        yield from (node.zero_when for node in self.nodes if node.zero_when)
        yield from (self.peers.count if self.peers else ())
        yield from (alternative.when for alternative in self.alternatives)
        yield from (case for adjustment in self.adjustments for case, _ in adjustment.cases)
        yield from (requirement.condition for requirement in self.requirements)
        yield from self.star_conditions()

    def star_conditions(self) -> Iterator[Condition]:
        """Yield the conditions that are asked of every draw: those of the star rule and of the limiters."""
        if isinstance(self.stars, FirstMatch):
            yield from (case for case, _ in self.stars.cases)
        yield from (limiter.when for limiter in self.limiters)

    @cached_property
    def asked(self) -> frozenset[tuple[str, str]]:
        """Return every (quantity, code) that a condition asks for."""
        return frozenset((check.quantity, check.of) for condition in self.conditions() for check in checks_in(condition))


def checks_in(condition: Condition) -> Iterator[Check]:
    """Yield every check inside a condition."""
    if isinstance(condition, Check):
        yield condition
    elif isinstance(condition, Count):
        for part in condition.of:
            yield from checks_in(part)
