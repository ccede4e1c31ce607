"""The cheapest changes with which a channel is expected to reach its next star, from what a run found of it.

Told where stars have fixed edges and the tree is one of weighted means: there a point of a question is worth the same number of
points of the composite, whatever the others are. What a point of a question is worth follows from the weights of the parts that
count for this channel. The composite's error stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from django.db.models import Max

from marsad.core.arrays import Array
from marsad.core.changes import Choice, Floor, Plan, Question, cheapest_changes, floors_in
from marsad.core.estimate import normal_quantile
from marsad.core.normalise import Levels
from marsad.core.posterior import Settings
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Indicator, Node, Scheme, StarRules
from marsad.core.stars import Bands, RoundTo
from marsad.lake.numbers import shown
from marsad.ratings.board import Board, Entry, Score, board_of, nodes_on
from marsad.ratings.models import Run

CHANCES = (0.5, 0.8)
"""How likely the next star is to be, in the sets that are told."""
STEP = 5.0
"""Scores between which a question without levels is brought, in points of a hundred."""
LEVEL = 100 / 3
"""So many points of a hundred cost what a level does, where a question has no levels."""
DRAWS = 2000
REACH = 2 * normal_quantile(Settings.level)
Scores = Mapping[str, Score]


@dataclass(frozen=True)
class Way:
    """The way of a channel to its next star: the edge, the chance of that star today, and the cheapest set for each chance.

    `plans` are None where no set of answers does; `blocked` are the codes of limiters that no better answer lifts.
    """

    star: float
    edge: float
    score: float
    today: float
    blocked: tuple[str, ...]
    plans: Mapping[float, Plan | None]
    questions: Mapping[str, Question]
    scores: Scores


@dataclass(frozen=True)
class Step:
    """A question to bring up: the part right above it, from which score to which, the points of the composite, and the cost."""

    question: str
    part: str
    now: float
    then: float
    points: float
    cost: float


def next_star(rule: StarRules, star: float) -> float | None:
    """Return the star above another, None above the highest.

    >>> next_star(Bands(edges=(50.0, 80.0), stars=(1.0, 2.0, 3.0)), 2.0)
    3.0
    """
    return next((one for one in sorted(rule.stars) if one > star), None)


def edge_of(rule: StarRules, star: float) -> float | None:
    """Return from which score on a channel has a star, None where that hangs on the others or there is no such star."""
    if isinstance(rule, Bands):
        return dict(zip(rule.stars[1:], rule.edges, strict=True)).get(star)
    return star - rule.step / 2 if isinstance(rule, RoundTo) else None


def way_up(board: Board, channel: str, costs: Mapping[str, float]) -> Way | None:
    """Return the way of a rated channel to its next star, None where it has the highest or its edges hang on others.

    `costs` are those of a level by the code of a question or of a node above it; without one it is 1. Raises Problem where a
    standard is no tree of weighted means, and for a cost that is not above 0 or of what it does not have.
    """
    wrong = next((code for code, cost in costs.items() if not 0 < cost < np.inf), None)
    if wrong is not None:
        raise Problem(Sentence("a cost is not above 0"), column=f"cost-{wrong}", remedy=Sentence("write a number above 0"))
    unknown = next((code for code in costs if code not in parts_of(board.scheme)), None)
    if unknown is not None:
        what = Sentence("the standard has no part {code}", code=shown(unknown))
        raise Problem(what, column=f"cost-{unknown}", remedy=Sentence("write the code of a part or question of it"))
    if not is_linear(board.scheme):
        raise Problem(
            Sentence("the standard puts scores together otherwise than by weighted means"),
            remedy=Sentence("look at the parts with the lowest scores instead"),
        )
    return kept_way(board.run.pk, board.disclosed, channel, tuple(sorted(costs.items())))


def steps_of(way: Way, plan: Plan) -> list[Step]:
    """Return what a plan brings up, what gains most first."""
    steps = (step_of(way.questions[code], choice) for code, choice in plan.chosen.items())
    return sorted(steps, key=lambda step: (-step.points, step.question))


def step_of(question: Question, choice: Choice) -> Step:
    """Return a change of a question."""
    above = [*question.shares]
    points = choice.gain * question.shares[above[0]]
    return Step(question.code, above[-1], choice.level - choice.gain, choice.level, points, choice.cost)


def parts_of(scheme: Scheme) -> frozenset[str]:
    """Return the codes of what costs may be told of."""
    return frozenset([*(node.code for node in scheme.nodes), *scheme.position])


def is_linear(scheme: Scheme) -> bool:
    """Whether a point of a question is always worth the same number of points of the composite."""
    plain = all(node.aggregate == "arithmetic" and not node.rescale and not node.zero_when for node in scheme.nodes)
    return plain and not scheme.alternatives and not scheme.adjustments


@lru_cache(maxsize=256)
def kept_way(run: int, disclosed: bool, channel: str, costs: tuple[tuple[str, float], ...]) -> Way | None:
    """Return the same, found once: what a run found never changes."""
    board = board_of(Run.objects.select_related("standard").get(pk=run), disclosed=disclosed)
    entry, scores, scheme = board.by_code[channel], board.scores(channel), board.scheme
    star = next_star(scheme.stars, entry.star) if entry.star is not None else None
    edge = edge_of(scheme.stars, star) if star is not None else None
    if star is None or edge is None or entry.score is None:
        return None
    draws = drawn(entry)
    blocked, floors = caps_of(scheme, entry, star, scores)
    questions = tuple(questions_of(board, entry, scores, dict(costs)))
    plans = {
        chance: None if blocked else cheapest_changes(questions, draws, edge, chance, root=scheme.root.code, floors=floors)
        for chance in CHANCES
    }
    today = sum(chance for one, chance in entry.p_star.items() if one >= star)
    return Way(star, edge, entry.score, today, blocked, plans, {one.code: one for one in questions}, scores)


def drawn(entry: Entry) -> Array:
    """Return evenly spread draws `[D]` of a channel's composite, normal and as wide as its interval."""
    error = (entry.high - entry.low) / REACH if entry.high is not None and entry.low is not None else 0.0
    even = scipy.special.ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    return np.asarray((entry.score or 0.0) + error * even)


def caps_of(scheme: Scheme, entry: Entry, star: float, scores: Scores) -> tuple[tuple[str, ...], tuple[Floor, ...]]:
    """Return the limiters that keep a star from a channel: the codes of those that no answer lifts, and the others as floors."""
    blocked, floors = [], []
    for limiter in scheme.limiters:
        if limiter.cap is None or limiter.cap >= star or limiter.code not in entry.limits:
            continue
        found = floors_in(limiter.when)
        known = [(code, number) for code, number in found or () if code in scores and scores[code].value is not None]
        if not known:
            blocked.append(limiter.code)
        floors += [
            Floor({code: known_score(scores[code]) for code, at in known if at == number}, number, limiter.certainty)
            for number in dict.fromkeys(number for _, number in known)
        ]
    return tuple(blocked), tuple(floors)


def known_score(score: Score) -> tuple[float, float]:
    """Return a score and its standard error."""
    error = (score.high - score.low) / REACH if score.high is not None and score.low is not None else 0.0
    return score.value or 0.0, error


def questions_of(board: Board, entry: Entry, scores: Scores, costs: Mapping[str, float]) -> Iterator[Question]:
    """Yield every question of a channel with a score, and the levels it may be brought to."""
    best = best_of(board, entry.league)
    for indicator, shares in weighed(board.scheme, board.scheme.root, scores, {}):
        score = scores[indicator.code].value
        if score is not None:
            unit = next((costs[code] for code in (indicator.code, *reversed(shares)) if code in costs), 1.0)
            choices = tuple(choices_of(board.scheme, indicator, score, best.get(indicator.code, score), unit))
            yield Question(indicator.code, shares, choices)


def weighed(
    scheme: Scheme, node: Node, scores: Scores, above: Mapping[str, float]
) -> Iterator[tuple[Indicator, dict[str, float]]]:
    """Yield the indicators that count for a channel, with the points that one of theirs gives each node above, the root first."""
    meant = [child for child in scheme.children[node.code] if child.code in scores]
    counted = meant if node.missing == "drawn" else [child for child in meant if scores[child.code].value is not None]
    total = sum(child.weight for child in counted)
    for child in counted:
        share = child.weight / total if total else 0.0
        shares = {code: points * share for code, points in above.items()} | {node.code: share}
        if isinstance(child, Indicator):
            yield child, shares
        else:
            yield from weighed(scheme, child, scores, shares)


def choices_of(scheme: Scheme, indicator: Indicator, score: float, best: float, unit: float) -> Iterator[Choice]:
    """Yield the levels above a score; a question without levels may be brought to steps up to the best of its league."""
    if isinstance(indicator.normalise, Levels):
        points = np.array(indicator.normalise.points)
        today = float(np.interp(score, points, np.arange(points.size)))
        for level, point in enumerate(points.tolist()):
            if level > today + 1e-9:
                yield Choice(point, point - score, unit * (level - today))
        return
    low, high = scheme.bounds[indicator.code]
    if not np.isfinite(high - low):
        return
    scale = (high - low) / 100
    for point in np.arange(low, high + STEP * scale / 2, STEP * scale).tolist():
        if score + 1e-9 < point <= best + 1e-9:
            yield Choice(point, point - score, unit * (point - score) / (LEVEL * scale))


@lru_cache(maxsize=32)
def kept_best(run: int, disclosed: bool, league: str) -> Mapping[str, float]:
    """Return the highest score of a league on each branch and indicator."""
    found = Run.objects.get(pk=run)
    channels = found.results.filter(disclosed=disclosed, league=league).values("channel")
    rows = nodes_on(found, disclosed).filter(channel__in=channels).exclude(score=None).order_by()
    return dict(rows.values("node").annotate(best=Max("score")).values_list("node", "best"))


def best_of(board: Board, league: str) -> Mapping[str, float]:
    """Return the same of a board's run."""
    return kept_best(board.run.pk, board.disclosed, league)
