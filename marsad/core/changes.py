"""The cheapest changes with which a channel is expected to reach a star: which questions to bring to which level.

A change of a question moves the composite by its effective weight, and every node on the way by its share there, as in a tree of
weighted means. What chance adds to the composite stays as it is, so that how likely a star becomes follows from the sum of gains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, prod
from statistics import NormalDist

import numpy as np
import scipy

from marsad.core.arrays import Array
from marsad.core.conditions import Check, Condition, Count

MARGINS = tuple(step / 2 for step in range(7))
"""How many errors beyond a threshold the nodes of a limiter are tried to be brought, in turn, until it applies no longer."""
CLOSE = 1e-9
GAP = 0.005
"""By how much of its cost a set may miss the cheapest: to prove the last of it takes seconds where hundreds are alike."""
PATIENCE = 2.0
"""Seconds after which the cheapest set found so far counts."""


@dataclass(frozen=True)
class Choice:
    """A level a question may be brought to: how many of its points more, and at what cost from where it is."""

    level: float
    gain: float
    cost: float


@dataclass(frozen=True)
class Question:
    """A question with the levels it may be brought to; `shares` are the points that one of its points gives each node above."""

    code: str
    shares: Mapping[str, float]
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Floor:
    """Nodes, by score and standard error, any of which under `number` makes a limiter apply at the probability `certainty`."""

    nodes: Mapping[str, tuple[float, float]]
    number: float
    certainty: float

    def applies(self, gains: Mapping[str, float]) -> bool:
        """Whether it would still apply after gains of its nodes, their errors taken as independent."""
        return 1 - prod(1 - self.chance(*self.nodes[code], gains.get(code, 0.0)) for code in self.nodes) >= self.certainty

    def chance(self, score: float, error: float, gain: float) -> float:
        """Return the chance that one of the nodes is under the number."""
        away = score + gain - self.number
        return float(away < 0) if error <= 0 else NormalDist().cdf(-away / error)


@dataclass(frozen=True)
class Plan:
    """A set of changes: what each question is brought to, the composite's gain, the cost, and how likely the star is then."""

    chosen: Mapping[str, Choice] = field(default_factory=dict)
    gain: float = 0.0
    cost: float = 0.0
    chance: float = 0.0


def floors_in(condition: Condition) -> list[tuple[str, float]] | None:
    """Return the nodes and numbers of a condition that holds where any of them is lower, None for any other condition.

    >>> floors_in(Check("score", "people", "below", 60.0)), floors_in(Check("raters", "people", "below", 2.0))
    ([('people', 60.0)], None)
    """
    if isinstance(condition, Check):
        low = condition.quantity == "score" and condition.comparison in ("below", "at_most")
        return [(condition.of, condition.number)] if low else None
    if not isinstance(condition, Count) or (condition.comparison, condition.number) != ("at_least", 1):
        return None
    found = [floors_in(part) for part in condition.of]
    return None if None in found else [pair for part in found if part for pair in part]


def shift_needed(draws: Array, edge: float, probability: float) -> float:
    """Return by how much draws `[D]` of a composite must rise for such a share of them to reach an edge; never under 0.

    >>> shift_needed(np.array([50.0, 60.0, 70.0, 80.0]), 75.0, 0.5)
    5.0
    """
    ordered = np.sort(draws)[::-1]
    place = max(ceil(round(probability * ordered.size, 9)), 1) - 1
    return max(edge - float(ordered[place]), 0.0)


def cheapest_changes(
    questions: Sequence[Question],
    draws: Array,
    edge: float,
    probability: float,
    *,
    root: str,
    floors: Sequence[Floor] = (),
) -> Plan | None:
    """Return the cheapest set after which draws `[D]` of the composite `root` reach an edge with a probability and no floor caps.

    None where even all changes together do not. It is a knapsack with one choice a question, solved by branch and bound (HiGHS;
    Q. Huangfu, J. A. J. Hall, Mathematical Programming Computation 10, 2018, 119-142), to within the share `GAP` of the cost.
    """
    need = {root: shift_needed(draws, edge, probability)}
    for margin in MARGINS:
        needs = need | raised(floors, margin)
        chosen = covering(questions, needs)
        if chosen is None:
            return None
        gains = {code: gain_of(chosen, questions, code) for code in {root, *(code for floor in floors for code in floor.nodes)}}
        if not any(floor.applies(gains) for floor in floors):
            chance = float((draws + gains[root] >= edge - CLOSE).mean())
            return Plan(chosen, gains[root], sum(choice.cost for choice in chosen.values()), chance)
    return None


def raised(floors: Sequence[Floor], margin: float) -> dict[str, float]:
    """Return how many points the nodes of limiters are short of their number and so many errors more."""
    found: dict[str, float] = {}
    for floor in floors:
        for code, (score, error) in floor.nodes.items():
            short = floor.number + margin * error - score
            if short > 0:
                found[code] = max(found.get(code, 0.0), short)
    return found


def gain_of(chosen: Mapping[str, Choice], questions: Sequence[Question], node: str) -> float:
    """Return by how many points the chosen changes raise a node."""
    return sum(chosen[one.code].gain * one.shares.get(node, 0.0) for one in questions if one.code in chosen)


def covering(questions: Sequence[Question], needs: Mapping[str, float]) -> dict[str, Choice] | None:
    """Return the cheapest choices that raise every node by what it needs, None where all of them do not."""
    options = [*every_choice(questions)]
    if max(needs.values()) <= 0:
        return {}
    if not options:
        return None
    gains = np.array([[choice.gain * one.shares.get(node, 0.0) for one, choice in options] for node in needs])
    cost = np.array([choice.cost for _, choice in options])
    places = {one.code: place for place, one in enumerate(questions)}
    once = np.zeros((len(questions), len(options)))
    once[[places[one.code] for one, _ in options], np.arange(len(options))] = 1
    found = scipy.optimize.milp(
        cost,
        constraints=[
            scipy.optimize.LinearConstraint(gains, lb=[need - CLOSE for need in needs.values()]),
            scipy.optimize.LinearConstraint(once, ub=np.ones(len(questions))),
        ],
        integrality=np.ones(len(options)),
        bounds=scipy.optimize.Bounds(0, 1),
        options={"time_limit": PATIENCE, "mip_rel_gap": GAP},
    )
    if found.x is None:
        return None
    return {one.code: choice for (one, choice), taken in zip(options, found.x, strict=True) if taken > 0.5}


def every_choice(questions: Sequence[Question]) -> Iterator[tuple[Question, Choice]]:
    """Yield every question with each of its choices."""
    for one in questions:
        for choice in one.choices:
            yield one, choice
