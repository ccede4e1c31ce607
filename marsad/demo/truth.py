"""What is true of the nation and no rating may see: the quality of every channel on every indicator in every cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from marsad.catalogue.cards import ChannelCard
from marsad.core.arrays import Array
from marsad.core.evidence import Evidence
from marsad.core.normalise import Goalposts, Levels
from marsad.core.posterior import Settings
from marsad.core.prepare import applies
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Indicator, Scheme
from marsad.demo.plan import dice
from marsad.lake.kinds import KIND, asked_attributes

LOWEST, HIGHEST = 2.0, 98.0
Facts = Mapping[str, Mapping[str, str]]


def true_scores(scheme: Scheme, made: Mapping[str, Any], cards: Sequence[ChannelCard], seed: int) -> dict[str, Array]:
    """Return the true scores `[C, I]` in points by cycle: effects of entity, channel, node and indicator, and of time."""
    quality, chance = made["quality"], dice(seed, "quality")
    _codes, entity = np.unique([card.entity for card in cards], return_inverse=True)
    strengths = profile(scheme, quality, len(cards), chance)
    entities = chance.normal(0, quality["entity"], entity.max() + 1)
    channels = chance.normal(0, quality["channel"], len(cards))
    found = {}
    for number, cycle in enumerate(made["cycle"]):
        whole = quality["mean"] + number * quality["progress"] + entities[entity] + channels
        found[cycle["code"]] = np.clip(whole[:, None] + strengths, LOWEST, HIGHEST)
        entities = entities + chance.normal(0, quality["entity_drift"], entities.size)
        channels = channels + chance.normal(0, quality["channel_drift"], channels.size)
    return found


def profile(scheme: Scheme, quality: Mapping[str, float], channels: int, chance: np.random.Generator) -> Array:
    """Return the strengths and weaknesses `[C, I]` of channels: those of the nodes above an indicator, and its own."""
    nodes = {node.code: chance.normal(0, quality["node"], channels) for node in scheme.nodes}
    parents = {node.code: node.parent for node in scheme.nodes}

    def chain(indicator: Indicator) -> Array:
        effect, here = np.zeros(channels), indicator.parent
        while parents[here] is not None:
            effect, here = effect + nodes[here], parents[here] or ""
        return effect

    parts = np.column_stack([chain(indicator) for indicator in scheme.indicators])
    return parts + chance.normal(0, quality["indicator"], parts.shape)


def on_scale(indicator: Indicator, points: Array) -> Array:
    """Return values on the indicator's own scale that are worth the given points."""
    how = indicator.normalise
    if isinstance(how, Levels):
        return np.interp(points, how.points, np.arange(1.0, len(how.points) + 1))
    if isinstance(how, Goalposts):
        return how.worst + (points - how.low) / (how.high - how.low) * (how.best - how.worst)
    raise TypeError(f"no way back from points for {type(how).__name__}")


def breaches(made: Mapping[str, Any], cards: Sequence[ChannelCard], cycle: str, seed: int) -> dict[str, dict[str, str]]:
    """Return the facts of a cycle that count against channels, by channel."""
    chance = dice(seed, "breaches", cycle)
    found: dict[str, dict[str, str]] = {}
    for name, share in made["breaches"].items():
        for place in np.flatnonzero(chance.random(len(cards)) < share).tolist():
            found.setdefault(cards[place].code, {})[name] = "yes"
    return found


def true_rating(scheme: Scheme, cards: Sequence[ChannelCard], truth: Array, facts: Facts) -> Rating:
    """Return the rating as it would be if everything about the channels `[C]` were known without error."""
    kinds = np.array([card.kind for card in cards])
    values = np.column_stack([on_scale(one, truth[:, place]) for place, one in enumerate(scheme.indicators)])
    values = np.where(applies(scheme, kinds), values, np.nan)
    many, nothing = np.full(values.shape, 1e6), np.full(values.shape, np.nan)
    asked = asked_attributes(scheme)
    attributes = {name: np.array([facts.get(card.code, {}).get(name, "") for card in cards]) for name in asked}
    evidence = Evidence(np.array([card.code for card in cards]), values, nothing, many, many, {**attributes, KIND: kinds})
    return rate(scheme, evidence, Settings())
