"""Many-facet Rasch: how good a channel is, how severe a rater and how hard an item, each with its error, over waves too.

Severities, difficulties and steps are found from what is left to chance once a channel's total is known (conditional maximum
likelihood), so that it matters neither how good channels are nor which rater was sent where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy

from marsad.core.arrays import Array, Places, Texts
from marsad.core.problem import Problem, Sentence
from marsad.core.rasch import (
    FARTHEST,
    ROUNDS,
    SETTLED,
    Model,
    Moments,
    Scores,
    by_channel,
    conditional,
    connected_raters,
    information,
    loads_of,
    measures,
    pull,
)

WHOLE = 1e-9
"""The part of the best known direction that must be known of every other."""


@dataclass(frozen=True)
class Held:
    """What an earlier wave found and this one holds to, by name: severities of raters and difficulties of items, in logits."""

    severity: Mapping[str, float] = field(default_factory=dict)
    difficulty: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Facet:
    """Measures in logits of all channels, raters or items, in the order of their `names`, with their standard errors.

    `infit` and `outfit` are mean squares of what the model did not foresee, weighted by information and not, about 1 where it
    holds; `n` are the scores behind each. `covariance` is that of the errors, empty for channels.
    """

    names: Texts
    value: Array
    se: Array
    infit: Array
    outfit: Array
    n: Array
    covariance: Array

    def place(self, names: Texts) -> Places:
        """Return where these names stand; all of them must be known."""
        return np.asarray(np.searchsorted(self.names, names))


@dataclass(frozen=True)
class Facets:
    """What scores tell of channels, raters and items.

    `steps` `[G, K]` are in logits, a row for all items or one for each; a step that no score of an item reached is NaN.
    """

    channels: Facet
    raters: Facet
    items: Facet
    steps: Array


# ---- the fit


def fit(scores: Scores, *, partial_credit: bool = False, held: Held | None = None) -> Facets:
    """Return the measures of channels, raters and items: one row of steps for all items or, with partial credit, each its own.

    Severities sum to 0, unless some are held; difficulties likewise, and steps always. Raises Problem where raters and channels
    fall apart into groups that cannot be compared, or where scores do not settle a severity or a difficulty.
    """
    refuse_unconnected(scores)
    model = Model.of(scores, partial_credit=partial_credit)
    start, free = directions(model, held or Held())
    parameters, told = settle(model, start, free)
    covariance = free @ np.linalg.inv(free.T @ told @ free) @ free.T
    ability, moments = measures(model, model.hardness(parameters))
    raters, items = model.names[1].size, model.names[2].size
    ends = np.cumsum([raters, items])
    parts = [slice(0, ends[0]), slice(ends[0], ends[1])]
    error = np.sqrt(channel_variance(model, moments, covariance))
    severity, difficulty = (
        facet(model, moments, place + 1, parameters[part], np.sqrt(np.diag(covariance)[part]), covariance[part, part])
        for place, part in enumerate(parts)
    )
    steps = parameters[ends[1] :].reshape(model.top.size, model.levels).copy()
    steps[np.arange(1, model.levels + 1) > model.top[:, None]] = np.nan
    return Facets(facet(model, moments, 0, ability, error, np.empty((0, 0))), severity, difficulty, steps)


def refuse_unconnected(scores: Scores) -> None:
    """Raise Problem, naming the groups, where no chain of channels seen by several raters joins all raters."""
    groups = connected_raters(scores)
    if len(groups) > 1:
        named = "; ".join(", ".join(group) for group in groups)
        what = Sentence("no channel joins these groups of raters, so that they cannot be compared: {groups}", groups=named)
        raise Problem(what, remedy=Sentence("let a rater of each group score a channel of another"))


def directions(model: Model, held: Held) -> tuple[Array, Array]:
    """Return where to start, `[P]`, and the directions `[P, F]` in which parameters may move: along nothing held, sums kept."""
    start = np.zeros(model.size)
    bound: list[Array] = []
    first = 0
    for names, known in ((model.names[1], held.severity), (model.names[2], held.difficulty)):
        kept = [place for place, name in enumerate(names) if name in known]
        start[[first + place for place in kept]] = [known[names[place]] for place in kept]
        every = np.eye(model.size)[first : first + names.size]
        bound += list(every[kept]) if kept else [every.sum(axis=0)]
        first += names.size
    for row, top in enumerate(model.top):
        steps = np.eye(model.size)[first + row * model.levels : first + (row + 1) * model.levels]
        bound += [steps[:top].sum(axis=0), *steps[top:]]
    return start, np.asarray(scipy.linalg.null_space(np.array(bound)))


def settle(model: Model, start: Array, free: Array) -> tuple[Array, Array]:
    """Return the parameters `[P]` of the greatest likelihood, and the information on them `[P, P]`; raises Problem."""
    parameters = start
    ability, moments = measures(model, model.hardness(parameters))
    expected, likelihood = conditional(model, moments)
    for _ in range(ROUNDS):
        told = information(model, moments, expected)
        step = free @ np.linalg.solve(telling(model, free.T @ told @ free, free), free.T @ pull(model, expected))
        if np.abs(step).max() < SETTLED:
            return parameters, told
        for part in 0.5 ** np.arange(30):
            tried = parameters + part * step
            ability, moments = measures(model, model.hardness(tried), ability)
            expected, reached = conditional(model, moments)
            if reached >= likelihood - WHOLE * abs(likelihood):
                break
        parameters, likelihood = tried, reached
        if np.abs(parameters).max() > FARTHEST:
            break
    raise unsettled(model, np.abs(parameters))


def telling(model: Model, told: Array, free: Array) -> Array:
    """Return the information on the free directions; raises Problem for what it says nothing about."""
    values, vectors = np.linalg.eigh(told)
    if not values.size or values[0] > WHOLE * max(values[-1], 1.0):
        return told
    raise unsettled(model, np.abs(free @ vectors[:, 0]))


def unsettled(model: Model, size: Array) -> Problem:
    """Return the problem with the parameter that runs away farthest, of sizes `[P]`."""
    place = int(size.argmax())
    names = np.concatenate(model.names[1:])
    what = Sentence("the scores do not settle how hard the steps of the scale are")
    if place < model.names[1].size:
        what = Sentence("the scores do not settle how severe rater '{name}' is", name=names[place])
    elif place < names.size:
        what = Sentence("the scores do not settle how hard item '{name}' is", name=names[place])
    return Problem(what, remedy=Sentence("leave it out, or add scores by several raters on the same channels and items"))


def channel_variance(model: Model, moments: Moments, covariance: Array) -> Array:
    """Return the variance of every channel's measure `[C]`: of its own scores, and of what else had to be estimated."""
    known = np.bincount(model.channel, moments.variance)
    loads = by_channel(model, loads_of(model, moments)[0]) / known[:, None]
    return np.asarray(1 / known + ((loads @ covariance) * loads).sum(axis=1))


def facet(model: Model, moments: Moments, which: int, value: Array, se: Array, covariance: Array) -> Facet:
    """Return a facet with how well the model foresaw its scores."""
    of = (model.channel, model.rater, model.item)[which]
    n = np.bincount(of).astype(np.float64)
    square = (model.scores.level - moments.mean) ** 2
    infit = np.bincount(of, square) / np.bincount(of, moments.variance)
    outfit = np.bincount(of, square / moments.variance) / n
    return Facet(model.names[which], value, se, infit, outfit, n, covariance)


# ---- over waves


@dataclass(frozen=True)
class Drift:
    """By how much the severities of raters changed between two waves, `[R]` in logits, with standard errors, by `names`."""

    names: Texts
    value: Array
    se: Array


def drift(first: Facet, then: Facet) -> Drift:
    """Return how the severity of everybody who rated in two separately fitted waves moved beside the others who did.

    Moves are taken from their mean, so that all drifting alike does not show; raises Problem for fewer than two raters.
    """
    names = np.intersect1d(first.names, then.names)
    if names.size < 2:
        raise Problem(
            Sentence("fewer than two raters scored in both waves"), remedy=Sentence("compare waves that share two raters or more")
        )
    places = [wave.place(names) for wave in (first, then)]
    centred = np.eye(names.size) - 1 / names.size
    moved = centred @ (then.value[places[1]] - first.value[places[0]])
    error = sum(wave.covariance[np.ix_(at, at)] for wave, at in zip((first, then), places, strict=True))
    return Drift(names, moved, np.sqrt(np.diag(centred @ error @ centred)))
