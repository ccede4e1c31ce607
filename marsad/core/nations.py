"""Made nations whose truth is known, each with something in it that the model which rates them does not know of.

A nation has `C` channels of one kind, run by entities, and three pillars of two indicators each: what customers answer
(`voice`), what raters write on visits (`visit`), and what is counted (`meter`). Nothing here is drawn by the joint model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts
from marsad.core.estimate import pooled_sd
from marsad.core.evidence import Evidence
from marsad.core.scheme import Entities, Indicator, Joint, Naming, Node, Scheme
from marsad.core.stars import Bands

PILLARS, ITEMS = ("voice", "visit", "meter"), 2
MEAN, SPREAD, CORRELATION, SPECIFIC = 70.0, 6.0, 0.6, 2.0
"""Mean of all channels, standard deviation of their pillars, how pillars go together, and what each indicator has of its own."""
ANSWERS, ANSWER_SPREAD, COUNT_SPREAD = 60.0, 22.0, 15.0
"""Median of answers in a wave, and the spread of single answers and of single counts, of which there are twice as many."""
VISITS, VISIT_SPREAD, RATERS = 4, 10.0, 40
SURE = 0.9
"""How likely the own part of whoever is named must be in the far end."""
TOGETHER = 0.4
"""The correlation of the errors of two indicators of a pillar: the same people answered both."""
STARS = Bands((61.0, 66.0, 71.0, 76.0), (1.0, 2.0, 3.0, 4.0, 5.0))


@dataclass(frozen=True)
class Recipe:
    """What a nation is made of; as it stands, just what the joint model assumes.

    `intraclass`: the share of variance between entities; `lopsided`: a few entities are large and a few are far below the others;
    `own_tail`, `noise_tail`: degrees of freedom of Student's t for own parts and errors; `n_spread`: the standard deviation of
    log n; `small_are_worse`: the correlation of log n with the own part; `severity`, `drift`: standard deviations in points of
    raters' severities and of their change from wave to wave; `stricter`: the change of all of them; `missing`: the share of
    channels without meter, most often those that are bad at it; `mode`: points by which answers at a kiosk are better.
    """

    channels: int = 300
    entities: int = 25
    intraclass: float = 0.3
    lopsided: bool = False
    own_tail: float = np.inf
    noise_tail: float = np.inf
    n_spread: float = 0.3
    small_are_worse: float = 0.0
    severity: float = 0.0
    drift: float = 0.0
    stricter: float = 0.0
    missing: float = 0.0
    mode: float = 0.0


OWN = "own"
NATIONS: Mapping[str, Recipe] = MappingProxyType(
    {
        OWN: Recipe(),
        "heavy-tails": Recipe(own_tail=3.0, noise_tail=4.0),
        "skewed-n": Recipe(n_spread=1.2, small_are_worse=0.3),
        "raters": Recipe(severity=5.0, drift=3.0, stricter=2.0),
        "clusters": Recipe(entities=12, intraclass=0.6, lopsided=True),
        "missing-pillars": Recipe(missing=0.25),
        "modes": Recipe(mode=8.0),
    }
)
"""The model's own nation, and those it did not expect."""


def scheme_of(*, joint: bool) -> Scheme:
    """Return the standard by which every nation is rated; jointly, pillars are modelled together and names ask for own parts."""
    return Scheme(
        indicators=tuple(Indicator(f"{pillar}-{item}", pillar) for pillar in PILLARS for item in range(1, ITEMS + 1)),
        nodes=(
            Node("whole", missing="drawn" if joint else "reweight"),
            *(Node(pillar, "whole", error_correlation=TOGETHER) for pillar in PILLARS),
        ),
        stars=STARS,
        naming=Naming(own_part=SURE if joint else None, entities=Entities(minimum_entities=8)),
        joint=Joint(over=PILLARS) if joint else None,
    )


@dataclass(frozen=True)
class Nation:
    """What is true: of every channel its indicators `[C, I]`, its entity, and its own part of the composite `[C]`.

    `n` `[C]` are its answers in a wave, `kiosk` the share of them given at a kiosk, `lacking` whether it has no meter; `severity`
    and `drift` `[R]` are of the raters, in points.
    """

    recipe: Recipe
    truth: Array
    entity: Places
    own: Array
    n: Array
    kiosk: Array
    lacking: Mask
    severity: Array
    drift: Array
    channels: Texts

    @property
    def composite(self) -> Array:
        """Return the true composites `[C]`."""
        return np.asarray(self.truth.mean(axis=1))

    def wave(self, number: int, generator: np.random.Generator, visited: Mask | None = None, more: int = 1) -> Evidence:
        """Return the evidence of a wave, counted from 0, all NaN of who is not visited in it; `more` times as much of the others.

        Standard errors are those anybody would state: the spread within channels, pooled over all, by the root of n.
        """
        n = np.maximum(np.round(self.n * more), 2.0)
        voice, voice_se = self.means(0, ANSWER_SPREAD, n, generator)
        visit, visit_se = self.visits(number, VISITS * more, generator)
        meter, meter_se = self.means(2, COUNT_SPREAD, 2 * n, generator)
        voice = voice + (self.recipe.mode * self.kiosk)[:, None]
        counts = [np.repeat(count[:, None], ITEMS, axis=1) for count in (n, np.full(n.size, float(VISITS * more)), 2 * n)]
        raters = np.full(self.truth.shape, np.nan)
        raters[:, ITEMS : 2 * ITEMS] = VISITS * more
        gone = np.zeros(self.truth.shape, bool)
        gone[:, 2 * ITEMS :] = self.lacking[:, None]
        gone |= False if visited is None else ~visited[:, None]
        return Evidence(
            channels=self.channels,
            values=np.where(gone, np.nan, np.hstack([voice, visit, meter])),
            se=np.where(gone, np.nan, np.hstack([voice_se, visit_se, meter_se])),
            n=np.where(gone, np.nan, np.hstack(counts)),
            raters=np.where(gone, np.nan, raters),
            attributes={"entity": np.array([f"entity-{place:02}" for place in self.entity])},
        )

    def means(self, pillar: int, spread: float, n: Array, generator: np.random.Generator) -> tuple[Array, Array]:
        """Return the means `[C, 2]` of so many answers to the indicators of a pillar, and their standard errors."""
        se = np.repeat((spread / np.sqrt(n))[:, None], ITEMS, axis=1)
        return self.pillar(pillar) + se * noise(generator, self.recipe.noise_tail, (n.size,)), se

    def visits(self, wave: int, each: int, generator: np.random.Generator) -> tuple[Array, Array]:
        """Return the means `[C, 2]` of the visits of so many raters, sent at random, and their standard errors."""
        size = len(self.truth)
        rater = np.argsort(generator.random((size, RATERS)), axis=1)[:, np.arange(each) % RATERS]
        harsh = self.severity + wave * self.drift
        scores = VISIT_SPREAD * noise(generator, self.recipe.noise_tail, (size, each)) - harsh[rater][:, :, None]
        scores = scores + self.pillar(1)[:, None]
        counts = np.full(size, float(each))
        sd = [pooled_sd(item.sum(axis=1), (item**2).sum(axis=1), counts) for item in np.moveaxis(scores, 2, 0)]
        return scores.mean(axis=1), np.tile(np.array(sd) / np.sqrt(each), (size, 1))

    def pillar(self, place: int) -> Array:
        """Return what is true of the indicators `[C, 2]` of a pillar."""
        return self.truth[:, ITEMS * place : ITEMS * (place + 1)]


def noise(generator: np.random.Generator, tail: float, shape: tuple[int, ...]) -> Array:
    """Return errors `[…, 2]` of variance 1 for the indicators of a pillar."""
    shared, alone = (student(generator, tail, (*shape, width)) for width in (1, ITEMS))
    return np.asarray(np.sqrt(TOGETHER) * shared + np.sqrt(1 - TOGETHER) * alone)


def student(generator: np.random.Generator, tail: float, shape: tuple[int, ...]) -> Array:
    """Return draws of Student's t with variance 1; normal ones where its degrees of freedom have no end."""
    if np.isinf(tail):
        return np.asarray(generator.standard_normal(shape))
    return np.asarray(generator.standard_t(tail, shape) * np.sqrt((tail - 2) / tail))


def make(recipe: Recipe, generator: np.random.Generator) -> Nation:
    """Return a nation by its recipe."""
    alike = SPREAD * np.linalg.cholesky(np.full((3, 3), CORRELATION) + (1 - CORRELATION) * np.eye(3))
    entity = entities(recipe, generator)
    apart = fates(recipe, generator) @ alike.T
    own = np.sqrt(1 - recipe.intraclass) * student(generator, recipe.own_tail, (recipe.channels, 3)) @ alike.T
    items = own.repeat(ITEMS, axis=1) + SPECIFIC * generator.standard_normal((recipe.channels, 3 * ITEMS))
    own_part = items.mean(axis=1)
    tied = recipe.small_are_worse
    standing = (own_part - own_part.mean()) / own_part.std()
    size = tied * standing + np.sqrt(1 - tied**2) * generator.standard_normal(recipe.channels)
    truth = MEAN + apart[entity].repeat(ITEMS, axis=1) + items
    return Nation(
        recipe=recipe,
        truth=truth,
        entity=entity,
        own=own_part,
        n=ANSWERS * np.exp(recipe.n_spread * size),
        kiosk=generator.random(recipe.channels),
        lacking=lacking(recipe, truth[:, 2 * ITEMS :].mean(axis=1), generator),
        severity=recipe.severity * generator.standard_normal(RATERS),
        drift=recipe.stricter + recipe.drift * generator.standard_normal(RATERS),
        channels=np.array([f"c{place:04}" for place in range(recipe.channels)]),
    )


def entities(recipe: Recipe, generator: np.random.Generator) -> Places:
    """Return the entity `[C]` of every channel; where lopsided, one in so many is the larger the earlier it comes."""
    if not recipe.lopsided:
        return generator.permutation(np.arange(recipe.channels) % recipe.entities)
    share = 1 / np.arange(1, recipe.entities + 1)
    return generator.choice(recipe.entities, size=recipe.channels, p=share / share.sum())


def fates(recipe: Recipe, generator: np.random.Generator) -> Array:
    """Return what entities are worth `[E, 3]`, of the variance they have; where lopsided, most are alike and a few far below."""
    root = np.sqrt(recipe.intraclass)
    if not recipe.lopsided:
        return np.asarray(root * generator.standard_normal((recipe.entities, 3)))
    return np.asarray(root * (1 - generator.exponential(size=(recipe.entities, 1))).repeat(3, axis=1))


def lacking(recipe: Recipe, meter: Array, generator: np.random.Generator) -> Mask:
    """Return who has no meter `[C]`: who is bad at it lacks it more often, by a logit of one for a standard deviation."""
    worse = np.exp(-(meter - meter.mean()) / meter.std())
    chance = recipe.missing * worse / worse.mean()
    return np.asarray(generator.random(meter.size) < chance)


def larger(recipe: Recipe, channels: int) -> Recipe:
    """Return the recipe for another number of channels, with as many to an entity."""
    return replace(recipe, channels=channels, entities=max(recipe.entities * channels // recipe.channels, 2))
