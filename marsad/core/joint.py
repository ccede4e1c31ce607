"""The joint model: all indicators of all channels of one kind at once, what belongs to the entity apart from the channel's own.

One indicator at a time, each channel would be drawn towards the mean eight times over as if the eight told nothing of each other.
Jointly, what a channel shows on one indicator tells of the others, of those that are missing too; raters who saw several channels
share their severity among all of them. `C` channels, `I` indicators, `E` entities, `R` raters, `D` draws, `T` sweeps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.convergence import Convergence, judge
from marsad.core.gibbs import Effects, Layout, Spread, begin, inverse_of_known, sweep
from marsad.core.posterior import Progress, Settings
from marsad.core.problem import Problem

CHAINS, WARM_UP, LEAST, SETS = 4, 80, 100, 3
"""Chains, sweeps of each that are thrown away, the fewest that are kept, and mirrored pairs of effects that a sweep gives."""
LISTENING = 64
"""Sweeps after which whoever waits is told, and may call the whole off."""
NEGLIGIBLE = 1e-8
"""Errors may be correlated a last bit beyond what is possible."""


@dataclass(frozen=True)
class Seen:
    """Whose scores are in which values, `N` entries: the share of a channel's value on an indicator that a rater gave.

    A rater who is severe by one point lowers the value by the share; where indicators have other units than points, shares carry
    them.
    """

    channel: Places
    indicator: Places
    rater: Places
    share: Array
    raters: int


@dataclass(frozen=True)
class Panel:
    """What was measured of `C` channels of one kind: values `[C, I]`, NaN where missing.

    `errors` `[C, I, I]` are the covariances of their errors; `entities` `[C]` names who runs each channel, '' where nobody says;
    `scale` `[I]` is of what order spreads are beforehand, by default that of the values; without `tails` own parts are normal.
    """

    values: Array
    errors: Array
    entities: Texts | None = None
    seen: Seen | None = None
    scale: Array | None = None
    tails: bool = True


@dataclass(frozen=True)
class JointPosterior:
    """Draws: effects `[C, I, D]` of channels, raters apart; `mean` `[I, D]`; `entity` `[E, I, D]`; `severity` `[R, D]`.

    `entity_of` `[C]` is each channel's entity, of those in `names`. Of every sweep: covariances `[T, I, I]` `between` entities
    and of channels' `own` parts, the spread of severities `[T]`, and the degrees of freedom `[T]` of the own parts (inf: normal).
    `convergence` is that of the effects; `spreads` that of covariances and tails, which travel more slowly.
    """

    effect: Array
    mean: Array
    entity: Array
    severity: Array
    entity_of: Places
    names: Texts
    between: Array
    own: Array
    severity_sd: Array
    tail: Array
    convergence: Convergence
    spreads: Convergence

    @property
    def entity_part(self) -> Array:
        """Return the distance `[C, I, D]` of each channel's entity from the mean."""
        return self.entity[self.entity_of]

    @property
    def own_part(self) -> Array:
        """Return the distance `[C, I, D]` of each channel from its entity: what its manager answers for."""
        return self.effect - self.mean - self.entity_part

    def intraclass(self, weights: Array) -> Array:
        """Return the share `[T]` of the variance of a weighted mean over the indicators `[I]` that lies between entities.

        The variance of own parts is that with their tails, ν / (ν − 2) times their covariance.
        """
        between = np.einsum("i,tij,j->t", weights, self.between, weights)
        wider = np.divide(self.tail, self.tail - 2, out=np.ones_like(self.tail), where=np.isfinite(self.tail))
        own = np.einsum("i,tij,j->t", weights, self.own, weights) * wider
        return np.asarray(between / (between + own))


def fit_joint(panel: Panel, settings: Settings, progress: Progress | None = None, *, every: int = 1) -> JointPosterior:
    """Return draws from the joint posterior, the same for the same seed; whether they settled is for the caller to ask.

    Gibbs' sampler in `CHAINS` chains from different starts; of `every` so many sweeps one is kept. Raises Problem where the model
    has nothing to go by.
    """
    layout, first_guess, names = laid_out(panel)
    each = max(-(-settings.draws // (2 * SETS * CHAINS)), LEAST)
    kept = Kept.room_for(layout, CHAINS * each)
    for chain, generator in enumerate(np.random.default_rng(settings.seed).spawn(CHAINS)):
        spread, effects = begin(layout, generator), None
        for number in range(-WARM_UP * every, each * every):
            swept = sweep(layout, spread, effects, SETS, generator)
            spread, effects = swept.following, swept.effects.only(0)
            if number >= 0 and number % every == 0:
                kept.take(chain * each + number // every, layout, swept.effects, swept.spread)
            if progress and number % LISTENING == 0:
                progress(0)
    return kept.posterior(layout, first_guess, names, settings.draws)


@dataclass(frozen=True)
class Kept:
    """What is kept of every sweep; draws of one sweep stand side by side."""

    effect: Array
    mean: Array
    entity: Array
    severity: Array
    between: Array
    own: Array
    severity_sd: Array
    tail: Array

    @classmethod
    def room_for(cls, layout: Layout, sweeps: int) -> Kept:
        """Return room for what so many sweeps give."""
        channels, size = layout.values.shape
        shapes = [(channels, size), (size,), (layout.entities, size), (layout.raters,)]
        draws = [np.empty((*shape, sweeps, 2 * SETS)) for shape in shapes]
        return cls(*draws, *np.empty((2, sweeps, size, size)), *np.empty((2, sweeps)))

    def take(self, number: int, layout: Layout, effects: Effects, spread: Spread) -> None:
        """Keep what one sweep gave, and the spread it was drawn with."""
        self.effect[..., number, :] = effects.total(layout)
        self.mean[..., number, :] = effects.mean
        self.entity[..., number, :] = effects.entity
        self.severity[..., number, :] = effects.severity
        self.between[number], self.own[number] = spread.entity, spread.channel
        self.severity_sd[number] = np.sqrt(spread.severity)
        self.tail[number] = spread.tail if layout.tails else np.inf

    def posterior(self, layout: Layout, first_guess: Array, names: Texts, draws: int) -> JointPosterior:
        """Return so many draws, and how far they have settled."""
        convergence, spreads = (
            judge({name: by_chain(series) for name, series in watched.items()})
            for watched in (self.effects(layout), self.spreads(layout))
        )
        self.effect[...] += first_guess[:, None, None]
        self.mean[...] += first_guess[:, None, None]
        every = [
            drawn.reshape(*drawn.shape[:-2], 2 * SETS * drawn.shape[-2])
            for drawn in (self.effect, self.mean, self.entity, self.severity)
        ]
        asked = np.arange(draws) * every[0].shape[-1] // draws
        effect, mean, entity, severity = (drawn if draws == drawn.shape[-1] else drawn[..., asked] for drawn in every)
        return JointPosterior(
            effect=effect,
            mean=mean,
            entity=entity,
            severity=severity,
            entity_of=layout.entity,
            names=names,
            between=self.between,
            own=self.own,
            severity_sd=self.severity_sd,
            tail=self.tail,
            convergence=convergence,
            spreads=spreads,
        )

    def effects(self, layout: Layout) -> dict[str, Array]:
        """Return the series `[..., T]` that must settle: of every sweep's effects the first set."""
        drawn = {"effect": self.effect, "mean": self.mean}
        drawn |= {"entity": self.entity} if layout.grouped else {}
        drawn |= {"severity": self.severity} if layout.raters else {}
        return {name: series[..., 0] for name, series in drawn.items()}

    def spreads(self, layout: Layout) -> dict[str, Array]:
        """Return the series `[..., T]` of the spreads, standard deviations by their logarithm."""
        spreads = {"own": log_sd(self.own)}
        spreads |= {"entity": log_sd(self.between)} if layout.grouped else {}
        spreads |= {"severity": np.log(self.severity_sd)} if layout.raters else {}
        spreads |= {"tail": 1 / self.tail} if layout.tails else {}
        return spreads


def log_sd(covariances: Array) -> Array:
    """Return the logarithms of standard deviations `[I, T]` of covariances `[T, I, I]`."""
    return np.asarray(0.5 * np.log(np.diagonal(covariances, axis1=1, axis2=2).T))


def by_chain(series: Array) -> Array:
    """Return series `[..., T]` of all chains one after the other as `[..., K, T / K]`."""
    return series.reshape(*series.shape[:-1], CHAINS, -1)


# ---- from what was measured to what is swept over


def laid_out(panel: Panel) -> tuple[Layout, Array, Texts]:
    """Return the layout of a panel, the first guess `[I]` of its means, and the names of its entities; raises Problem."""
    known = ~np.isnan(panel.values)
    refuse_nothing(panel, known)
    first_guess = np.nanmean(panel.values, axis=0)
    scale = spread_of(panel.values) if panel.scale is None else panel.scale
    entity, names, grouped = entities_of(panel)
    rater, shares, raters = seats_of(panel.seen, known)
    exposed = np.abs(shares).sum(axis=(0, 2)) > 0
    both = known[:, :, None] & known[:, None, :]
    errors = np.where(both, panel.errors, 0.0)
    turn, back = turns(scale)
    exact = NEGLIGIBLE * float(scale.min()) ** 2
    layout = Layout(
        values=np.where(known, panel.values - first_guess, 0.0),
        known=known,
        errors=errors,
        root=root_of(errors),
        precision=back.T @ inverse_of_known(errors, known) @ back if least_error(errors, known) > exact else None,
        entity=entity,
        entities=names.size,
        grouped=grouped,
        rater=rater,
        shares=shares,
        raters=raters,
        scale=scale,
        severity_scale=float(scale[exposed].mean()) if exposed.any() else 1.0,
        tails=panel.tails,
        turn=turn,
        back=back,
        turned_scale=np.append(np.sqrt(scale.size), np.ones(scale.size - 1)),
    )
    return layout, first_guess, names


def refuse_nothing(panel: Panel, known: Mask) -> None:
    """Raise Problem where an indicator has no two values, or a known value no error that is a number."""
    if (known.sum(axis=0) < 2).any():
        place = int(np.argmax(known.sum(axis=0) < 2)) + 1
        raise Problem(f"the joint model has fewer than two values on indicator {place}", remedy="leave it out of the model")
    if not np.isfinite(np.diagonal(panel.errors, axis1=1, axis2=2)[known]).all():
        raise Problem("a value of the joint model has no standard error", remedy="give one, 0 where it is exact")


def spread_of(values: Array) -> Array:
    """Return how far the values of every indicator spread `[I]`; that of all of them where its own do not differ."""
    own = np.nanstd(values, axis=0, ddof=1)
    return np.where(own > 0, own, own.max() if own.max() > 0 else 1.0)


def turns(scale: Array) -> tuple[Array, Array]:
    """Return what makes of effects `[I]`, in units of their scale, √I times their mean and how they differ; and its inverse.

    Each difference is that of an indicator from the mean of those before it, of unit length (Helmert).
    """
    size = scale.size
    steps = np.tril(-np.ones((size, size)), -1) + np.diag(np.arange(size, dtype=np.float64))
    steps[0] = 1.0
    steps /= np.sqrt((steps**2).sum(axis=1, keepdims=True))
    return steps / scale, scale[:, None] * steps.T


def root_of(covariances: Array) -> Array:
    """Return roots `[C, I, I]` of covariances, singular ones too; raises Problem where one is none."""
    lengths, directions = np.linalg.eigh(covariances)
    if (lengths < -NEGLIGIBLE * np.maximum(lengths.max(axis=1, keepdims=True), 1.0)).any():
        raise Problem("errors of the joint model are correlated beyond what is possible", remedy="mend their correlations")
    return np.asarray(directions * np.sqrt(np.maximum(lengths, 0.0))[:, None, :])


def least_error(errors: Array, known: Mask) -> float:
    """Return the least variance that errors `[C, I, I]` of known values have in any direction."""
    alone = np.eye(known.shape[1]) * errors.max(initial=1.0)
    return float(np.linalg.eigvalsh(np.where(known[:, :, None] & known[:, None, :], errors, alone)).min())


def entities_of(panel: Panel) -> tuple[Places, Texts, bool]:
    """Return the entity `[C]` of every channel, their names, and whether any has two channels: else nothing tells them apart.

    A channel of which nobody says the entity is an entity of its own.
    """
    channels = len(panel.values)
    if panel.entities is not None:
        named = panel.entities != ""
        known, place = np.unique(panel.entities[named], return_inverse=True)
        if known.size < named.sum():
            entity = np.empty(channels, np.intp)
            entity[named], entity[~named] = place, known.size + np.arange((~named).sum())
            return entity, np.concatenate([known, np.full((~named).sum(), "", known.dtype)]), True
    return np.zeros(channels, np.intp), np.array([""]), False


def seats_of(seen: Seen | None, known: Mask) -> tuple[Places, Array, int]:
    """Return the raters `[C, M]` of every channel, their number standing for nobody, and their shares `[C, I, M]`."""
    channels, size = known.shape
    if seen is None or not seen.raters:
        return np.zeros((channels, 1), np.intp), np.zeros((channels, size, 1)), 0
    pairs, pair = np.unique(seen.channel * seen.raters + seen.rater, return_inverse=True)
    channel = pairs // seen.raters
    seat = np.arange(pairs.size) - np.searchsorted(channel, channel)
    most = int(seat.max(initial=0)) + 1
    rater, shares = np.full((channels, most), seen.raters, np.intp), np.zeros((channels, size, most))
    rater[channel, seat] = pairs % seen.raters
    np.add.at(shares, (seen.channel, seen.indicator, seat[pair]), -seen.share)
    return rater, np.where(known[:, :, None], shares, 0.0), seen.raters


# ---- what is read from draws


@dataclass(frozen=True)
class Parts:
    """How far channels are from the mean, as draws `[C, D]`: their entities' part and their own; `share` `[C]` is the first's."""

    entity: Array
    own: Array
    share: Array


def parts_of(posterior: JointPosterior, weights: Array) -> Parts:
    """Return the parts of a weighted mean over the indicators `[I]`.

    The entity's share is that of the sizes of the mean parts, |entity| / (|entity| + |own|): where both point the same way, the
    share of the distance.
    """
    entity = (weights @ posterior.entity)[posterior.entity_of]
    own = np.einsum("i,cid->cd", weights, posterior.effect) - weights @ posterior.mean - entity
    theirs, its = np.abs(entity.mean(axis=1)), np.abs(own.mean(axis=1))
    share = np.divide(theirs, theirs + its, out=np.zeros_like(its), where=theirs + its > 0)
    return Parts(entity, own, share)


def reliability(draws: Array) -> tuple[float, Array]:
    """Return the reliability of a node from its draws `[C, D]`: of the whole, and of every channel `[C]`.

    The share of the true differences between channels that is known: the variance of the channels' means, over it and the mean
    variance of their draws; for a channel, what its own draws leave of both together.

    >>> whole, each = reliability(np.array([[1.0, 3.0], [5.0, 7.0]]))
    >>> round(whole, 4), each.round(4).tolist()
    (0.8889, [0.8889, 0.8889])
    """
    return reliability_of(draws.mean(axis=1), draws.var(axis=1))


def reliability_of(mean: Array, variance: Array) -> tuple[float, Array]:
    """Return the same from the mean and variance of every channel's draws `[C]`; NaN where nothing differs or one is alone."""
    between = float(mean.var(ddof=1)) if mean.size > 1 else 0.0
    total = between + float(variance.mean())
    if total == 0 or mean.size < 2:
        return float("nan"), np.full(mean.size, np.nan)
    return between / total, 1 - variance / total
