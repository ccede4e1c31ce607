"""One sweep of the joint model's sampler: effects drawn together given the covariances, then the covariances given the effects.

`C` channels, `I` indicators, `E` entities, `R` raters, `J` independent sets of effects. The model:

    value[c]  = effect[c] − Σ share · severity[rater] + error[c],    error[c] ~ N(0, known)
    effect[c] = mean + entity[e(c)] + own[c],                        entity ~ N(0, A),  own[c] ~ N(0, B / weight[c])
    weight[c] ~ Gamma(ν/2, ν/2),                                     severity ~ N(0, τ²)

so that a channel's own part is Student's t with ν degrees of freedom. Covariances have Huang and Wand's prior (2013): standard
deviations half-t with `FREEDOM` degrees, any correlation as likely as any other. It is a prior of the mean of all indicators and
of what sets them apart, not of single indicators: those would be taken for unrelated until shown otherwise, and the spread of
their mean for small.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import scipy

from marsad.core.arrays import Array, Mask, Places
from marsad.core.interweave import FREEDOM, TAILS, inverse_of, moved_tail, redrawn_root, stretch

WIDE = 10.0
"""How far from its first guess a mean may lie, in prior scales."""
FLOOR = 1e-8
"""The least variance in any direction, in squares of prior scales: of indicators that move as one there would be no root."""


@dataclass(frozen=True)
class Layout:
    """What stays the same from sweep to sweep: values less the first guess of their mean, and where everything hangs together.

    `values` and `known` `[C, I]`; `errors` `[C, I, I]`, a root of them and their `precision`, None where some are exact; `entity`
    `[C]`, `grouped`: whether there are entities at all; `rater` `[C, M]` and `shares` `[C, I, M]`, their sign turned, of up to M
    raters each, with `R` for nobody; `scale` `[I]` of the means' prior and `severity_scale`; `tails`: whether own parts may have
    heavy ones. `turn` `[I, I]` makes of effects what the priors of covariances are of, with scales `turned_scale` `[I]`, and
    `back` effects again; `precision` is of what is turned.
    """

    values: Array
    known: Mask
    errors: Array
    root: Array
    precision: Array | None
    entity: Places
    entities: int
    grouped: bool
    rater: Places
    shares: Array
    raters: int
    scale: Array
    severity_scale: float
    tails: bool
    turn: Array
    back: Array
    turned_scale: Array
    by_entity: scipy.sparse.csr_matrix = field(init=False)
    by_rater: scipy.sparse.csr_matrix = field(init=False)
    by_both: scipy.sparse.csr_matrix = field(init=False)
    both: Array = field(init=False)
    absent: Array = field(init=False)
    pairs: Places = field(init=False)

    def __post_init__(self) -> None:
        """Make the sums over channels that every sweep takes."""
        seats, people = self.rater.ravel(), self.raters + 1
        both = np.repeat(self.entity, self.rater.shape[1]) * people + seats
        pairs = self.rater[:, :, None] * people + self.rater[:, None, :]
        made = {
            "by_entity": summing(self.entity, self.entities),
            "by_rater": summing(seats, people),
            "by_both": summing(both, self.entities * people),
            "pairs": pairs.ravel(),
            "both": (self.known[:, :, None] & self.known[:, None, :]).astype(np.float64),
            "absent": np.eye(self.known.shape[1]) * ~self.known[:, :, None],
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)


def summing(group: Places, groups: int) -> scipy.sparse.csr_matrix:
    """Return the matrix `[G, N]` that adds up rows by their group."""
    return scipy.sparse.csr_matrix((np.ones(group.size), (group, np.arange(group.size))), shape=(groups, group.size))


@dataclass(frozen=True)
class Spread:
    """How far everything spreads: covariances `[I, I]` of entities and of channels, the variance of severities, ν, weights `[C]`.

    Those that end in `_prior` are the auxiliary scales of the priors, of what effects are turned to.
    """

    entity: Array
    channel: Array
    severity: float
    tail: float
    weight: Array
    entity_prior: Array
    channel_prior: Array
    severity_prior: float


@dataclass(frozen=True)
class Effects:
    """Sets of effects: `mean` `[I, J]`, `severity` `[R, J]`, `entity` `[E, I, J]` and each channel's `own` `[C, I, J]`."""

    mean: Array
    severity: Array
    entity: Array
    own: Array

    def plus(self, other: Effects, sign: float = 1.0) -> Effects:
        """Return the sum of two, the other's sign as given."""
        return Effects(*(mine + sign * theirs for mine, theirs in zip(self.parts, other.parts, strict=True)))

    def only(self, place: int) -> Effects:
        """Return one of the sets."""
        return Effects(*(part[..., [place]] for part in self.parts))

    @property
    def parts(self) -> tuple[Array, Array, Array, Array]:
        """Return the arrays one after the other."""
        return self.mean, self.severity, self.entity, self.own

    def total(self, layout: Layout) -> Array:
        """Return the effect of every channel `[C, I, J]`, raters apart."""
        return np.asarray(self.mean + self.entity[layout.entity] + self.own)


def begin(layout: Layout, generator: np.random.Generator) -> Spread:
    """Return a first guess, every chain's another."""
    size, (channels, _) = layout.scale.size, layout.values.shape
    luck = np.exp(0.5 * generator.standard_normal(3))
    return Spread(
        entity=np.diag(0.25 * luck[0] * layout.scale**2) if layout.grouped else np.zeros((size, size)),
        channel=np.diag(0.5 * luck[1] * layout.scale**2),
        severity=0.1 * luck[2] * layout.severity_scale**2,
        tail=float(generator.choice(TAILS[3:])),
        weight=np.ones(channels),
        entity_prior=layout.turned_scale**2,
        channel_prior=layout.turned_scale**2,
        severity_prior=layout.severity_scale**2,
    )


@dataclass(frozen=True)
class Swept:
    """What a sweep gives: mirrored pairs of effects, the spread they were drawn with, and the spread drawn given the first."""

    effects: Effects
    spread: Spread
    following: Spread


def sweep(layout: Layout, spread: Spread, last: Effects | None, sets: int, generator: np.random.Generator) -> Swept:
    """Return what follows from a spread and the `last` effects (J = 2 · sets, a set and its mirror image side by side).

    Given the spread, effects are normal: a set is their mean plus an error, and the mean minus it is as likely. The error is that
    of effects drawn from the prior, less what their own values would have us believe (Matheron's rule).
    """
    precision = inverse_where_known(layout, spread)
    if last is not None:
        spread = moved_spread(layout, spread, precision, last, generator)
    made, values = from_prior(layout, spread, sets, generator)
    asked = np.concatenate([layout.values[:, :, None], values], axis=2)
    found = expected(layout, spread, precision, asked)
    middle = found.only(0)
    error = made.plus(Effects(*(part[..., 1:] for part in found.parts)), -1.0)
    both = (middle.plus(error), middle.plus(error, -1.0))
    pairs = Effects(*(np.stack(sides, axis=-1).reshape(*sides[0].shape[:-1], 2 * sets) for sides in parts_of(both)))
    return Swept(pairs, spread, next_spread(layout, spread, pairs.only(0), generator))


def parts_of(sides: tuple[Effects, Effects]) -> list[tuple[Array, Array]]:
    """Return the arrays of two sets of effects, pair by pair."""
    return list(zip(sides[0].parts, sides[1].parts, strict=True))


def from_prior(layout: Layout, spread: Spread, sets: int, generator: np.random.Generator) -> tuple[Effects, Array]:
    """Return effects as they would be had nothing been measured, and values `[C, I, J]` that they would give."""
    (channels, size), normal = layout.values.shape, generator.standard_normal
    own = np.linalg.cholesky(spread.channel) @ normal((channels, size, sets)) / np.sqrt(spread.weight)[:, None, None]
    entity = normal((layout.entities, size, sets))
    made = Effects(
        mean=WIDE * layout.scale[:, None] * normal((size, sets)),
        severity=np.sqrt(spread.severity) * normal((layout.raters, sets)),
        entity=np.linalg.cholesky(spread.entity) @ entity if layout.grouped else 0.0 * entity,
        own=own,
    )
    values = made.total(layout) + layout.shares @ seated(layout, made.severity) + layout.root @ normal((channels, size, sets))
    return made, np.where(layout.known[:, :, None], values, 0.0)


def seated(layout: Layout, severity: Array) -> Array:
    """Return the severities `[C, M, J]` of the raters of every channel, 0 for nobody."""
    return np.asarray(np.concatenate([severity, np.zeros((1, severity.shape[1]))])[layout.rater])


def expected(layout: Layout, spread: Spread, precision: Array, values: Array) -> Effects:
    """Return the mean of the effects given values `[C, I, J]`, their precision `[C, I, I]` and the spread.

    Channels' own parts are taken out first, then entities; what is left are means and severities, solved for together.
    """
    (channels, size), sets, people = layout.values.shape, values.shape[2], layout.raters + 1
    seen = precision @ layout.shares
    pull = precision @ values
    whole = (layout.by_entity @ precision.reshape(channels, -1)).reshape(-1, size, size)
    seats = layout.by_both @ seen.transpose(0, 2, 1).reshape(-1, size)
    design = np.concatenate([whole, seats.reshape(-1, people, size)[:, : layout.raters].transpose(0, 2, 1)], axis=2)
    pulled = (layout.by_entity @ pull.reshape(channels, -1)).reshape(-1, size, sets)
    room = inverse(inverse_of(spread.entity) + whole) if layout.grouped else np.zeros_like(whole)
    held = room @ design
    system = np.diag(np.concatenate([(WIDE * layout.scale) ** -2.0, np.full(layout.raters, 1 / spread.severity)]))
    system -= (design.transpose(0, 2, 1) @ held).sum(axis=0)
    system[:size] += design.sum(axis=0)
    system[size:, :size] += design.sum(axis=0)[:, size:].T
    crossed = np.bincount(layout.pairs, (layout.shares.transpose(0, 2, 1) @ seen).ravel(), people**2).reshape(people, people)
    system[size:, size:] += crossed[: layout.raters, : layout.raters]
    rated = layout.by_rater @ (seen.transpose(0, 2, 1) @ values).reshape(-1, sets)
    side = np.concatenate([pulled.sum(axis=0), rated[: layout.raters]])
    side -= (held.transpose(0, 2, 1) @ pulled).sum(axis=0)
    fixed = np.linalg.solve(system, side)
    mean, severity = fixed[:size], fixed[size:]
    entity = room @ pulled - held @ fixed
    left = pull - precision @ (mean + entity[layout.entity]) - seen @ seated(layout, severity)
    return Effects(mean, severity, entity, spread.channel @ left / spread.weight[:, None, None])


def inverse_where_known(layout: Layout, spread: Spread) -> Array:
    """Return the inverse covariance `[C, I, I]` of known values around their entity's mean, 0 where a value is missing."""
    covariance = np.multiply(spread.channel, layout.both / spread.weight[:, None, None])
    covariance += layout.errors
    covariance += layout.absent
    return inverse(covariance) - layout.absent


def inverse_of_known(covariances: Array, known: Mask) -> Array:
    """Return the inverse `[C, I, I]` of the known part `[C, I]` of every covariance, 0 elsewhere."""
    both = known[:, :, None] & known[:, None, :]
    return np.where(both, inverse(np.where(both, covariances, np.eye(known.shape[1]))), 0.0)


def inverse(covariances: Array) -> Array:
    """Return the inverses of covariances `[C, I, I]` by halves (Schur's complement): for small ones quicker than LAPACK's."""
    size = covariances.shape[-1]
    if size == 1:
        return 1 / covariances
    out = np.empty(covariances.shape)
    if size == 2:
        first, both, second = covariances[:, 0, 0], covariances[:, 0, 1], covariances[:, 1, 1]
        scale = 1 / (first * second - both**2)
        out[:, 0, 0], out[:, 1, 1], out[:, 0, 1], out[:, 1, 0] = second * scale, first * scale, -both * scale, -both * scale
        return out
    half = size // 2
    corner, side = inverse(np.ascontiguousarray(covariances[:, :half, :half])), np.ascontiguousarray(covariances[:, :half, half:])
    across = corner @ side
    rest = inverse(covariances[:, half:, half:] - side.transpose(0, 2, 1) @ across)
    away = across @ rest
    out[:, :half, :half] = corner + away @ across.transpose(0, 2, 1)
    out[:, :half, half:] = -away
    out[:, half:, :half] = -away.transpose(0, 2, 1)
    out[:, half:, half:] = rest
    return out


def next_spread(layout: Layout, spread: Spread, effects: Effects, generator: np.random.Generator) -> Spread:
    """Return the spread drawn anew, given one set of effects."""
    own, entity, severity = (part[..., 0] for part in (effects.own, effects.entity, effects.severity))
    if layout.tails:
        spread = with_tails(layout, spread, own, generator)
    channel, prior = redrawn(layout, own * np.sqrt(spread.weight)[:, None], spread.channel_prior, generator)
    spread = replace(spread, channel=channel, channel_prior=prior)
    if layout.grouped:
        between, prior = redrawn(layout, entity, spread.entity_prior, generator)
        spread = replace(spread, entity=between, entity_prior=prior)
    if layout.raters:
        variance = covariance(severity[:, None], np.array([spread.severity_prior]), generator)
        prior = prior_scale(variance, np.array([layout.severity_scale]), generator)
        spread = replace(spread, severity=float(variance[0, 0]), severity_prior=float(prior[0]))
    if layout.precision is not None:
        spread = replace(spread, channel=moved_channels(layout, spread, effects, generator))
    return spread


def redrawn(layout: Layout, effects: Array, prior: Array, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return the covariance of effects `[N, I]` drawn given them, and the auxiliary scales of its prior."""
    turned = covariance(effects @ layout.turn.T, prior, generator)
    return turned_back(layout, turned), prior_scale(turned, layout.turned_scale, generator)


def turned_back(layout: Layout, turned: Array) -> Array:
    """Return the covariance of effects, given that of what they are turned to for its prior."""
    return np.asarray(layout.back @ (turned + FLOOR * np.eye(len(turned))) @ layout.back.T)


def turned_root(layout: Layout, covariance: Array) -> Array:
    """Return the root of a covariance of effects, as they are turned for its prior."""
    turned = layout.turn @ covariance @ layout.turn.T
    return np.asarray(np.linalg.cholesky((turned + turned.T) / 2))


def moved_spread(layout: Layout, spread: Spread, precision: Array, last: Effects, generator: np.random.Generator) -> Spread:
    """Return the spread of entities and severities drawn with values held fixed and own parts summed out; effects move along."""
    severe = (layout.shares @ seated(layout, last.severity))[..., 0]
    left, entity = layout.values - last.mean[:, 0], last.entity[..., 0]
    if layout.grouped:
        spread, entity = moved_entities(layout, spread, precision, (left - severe, entity), generator)
    if layout.raters:
        left = left - entity[layout.entity]
        pulled, seen = ((precision @ side[:, :, None])[..., 0] for side in (left, severe))
        square, linear = float((severe * seen).sum()), float((severe * pulled).sum())
        times = stretch(square, linear, spread.severity_prior, layout.severity_scale, generator)
        spread = replace(spread, severity=spread.severity * times**2, severity_prior=spread.severity_prior / times**2)
    return spread


def moved_entities(
    layout: Layout, spread: Spread, precision: Array, sides: tuple[Array, Array], generator: np.random.Generator
) -> tuple[Spread, Array]:
    """Return the spread of entities drawn anew, and them: from them `[E, I]` and what of values `[C, I]` is theirs or own."""
    left, entity = sides
    root, size, back = turned_root(layout, spread.entity), layout.scale.size, layout.back
    turned = entity @ layout.turn.T
    units = turned @ scipy.linalg.lapack.dtrtri(root, lower=True)[0].T
    free = layout.by_entity @ (precision @ left[..., None])[..., 0] @ back
    whole = back.T @ (layout.by_entity @ precision.reshape(len(precision), -1)).reshape(-1, size, size) @ back
    root = redrawn_root(root, units, whole, free - (whole @ turned[..., None])[..., 0], spread.entity_prior, generator)
    moved, times = units @ root.T, np.ones(size)
    for place in range(size):
        own = moved[:, place] * whole[:, place, place]
        others = (whole[:, place] * moved).sum(axis=1) - own
        square, linear = float(own @ moved[:, place]), float((free[:, place] - others) @ moved[:, place])
        scale = float(layout.turned_scale[place])
        times[place] = stretch(square, linear, float(spread.entity_prior[place]), scale, generator)
        moved[:, place] *= times[place]
    root = root * times[:, None]
    between = turned_back(layout, root @ root.T)
    return replace(spread, entity=between, entity_prior=spread.entity_prior / times**2), moved @ back.T


def moved_channels(layout: Layout, spread: Spread, effects: Effects, generator: np.random.Generator) -> Array:
    """Return the covariance of channels' own parts drawn with the values held fixed, where own parts move along."""
    assert layout.precision is not None
    root = turned_root(layout, spread.channel)
    units = effects.own[..., 0] @ layout.turn.T @ scipy.linalg.lapack.dtrtri(root, lower=True)[0].T
    given = effects.total(layout) + layout.shares @ seated(layout, effects.severity)
    left = np.where(layout.known, layout.values - given[..., 0], 0.0) @ layout.turn.T
    pull = (layout.precision @ left[..., None])[..., 0]
    root = redrawn_root(root, units, layout.precision, pull, spread.channel_prior, generator)
    return turned_back(layout, root @ root.T)


def with_tails(layout: Layout, spread: Spread, own: Array, generator: np.random.Generator) -> Spread:
    """Return ν with the covariance, weights summed out, and then the weights, drawn given the channels' own parts `[C, I]`."""
    channels, size = own.shape
    root = turned_root(layout, spread.channel)
    distance = ((own @ layout.turn.T @ scipy.linalg.lapack.dtrtri(root, lower=True)[0].T) ** 2).sum(axis=1)
    tail, times, distance = moved_tail(spread.tail, root @ root.T, distance, spread.channel_prior, generator)
    weight = generator.gamma((tail + size) / 2, size=channels) / ((tail + distance) / 2)
    return replace(spread, tail=tail, channel=spread.channel * times, weight=weight)


def covariance(effects: Array, prior: Array, generator: np.random.Generator) -> Array:
    """Return a covariance `[I, I]` drawn given effects `[N, I]` that have it: inverse Wishart, by Bartlett's decomposition."""
    count, size = effects.shape
    root = np.linalg.cholesky(effects.T @ effects + np.diag(2 * FREEDOM / prior))
    freedom = FREEDOM + size - 1 + count
    triangle = np.tril(generator.standard_normal((size, size)), -1)
    triangle[np.diag_indices(size)] = np.sqrt(2 * generator.standard_gamma((freedom - np.arange(size)) / 2))
    half = scipy.linalg.lapack.dtrtri(triangle, lower=True)[0] @ root.T
    return np.asarray(half.T @ half)


def prior_scale(covariance: Array, scale: Array, generator: np.random.Generator) -> Array:
    """Return the auxiliary scales `[I]` of the prior, drawn given a covariance."""
    rate = FREEDOM * np.diag(inverse_of(covariance)) + scale**-2.0
    return np.asarray(rate / generator.standard_gamma((FREEDOM + scale.size) / 2, size=scale.size))
