"""A nation whose truth is known: channels with a true score on every indicator, and the evidence a field period would bring in.

The truth is written apart from the evidence, so that a test can ask how near a rating came to it and no rating can see it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.core.arrays import Array, Places
from marsad.core.evidence import Evidence
from marsad.core.normalise import Goalposts, Levels
from marsad.core.posterior import Settings
from marsad.core.prepare import applies
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Scheme

PLAN = files("marsad.demo") / "nation.toml"
Table = dict[str, NDArray[Any]]


def plan() -> dict[str, Any]:
    """Return what the nation is made of: its shares, spreads and names."""
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))


def plan_digest() -> str:
    """Return the SHA-256 of the plan."""
    return sha256(PLAN.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Nation:
    """`C` made-up channels: their register, their true scores `[C, I]` in points, and tables of evidence by file name."""

    register: Table
    truth: Array
    evidence: Mapping[str, Table]


@dataclass(frozen=True)
class World:
    """What is observed and by whom: the scheme, the plan, the register, the true scores `[C, I]` and the dice."""

    scheme: Scheme
    made: Mapping[str, Any]
    register: Table
    truth: Array
    generator: np.random.Generator

    def value(self, place: int) -> Array:
        """Return the true values `[C]` of an indicator on its own scale."""
        return on_scale(self.scheme.indicators[place], self.truth[:, place])

    def counts(self, median: float) -> Array:
        """Return how many people answered in each channel: skewed, as real counts are."""
        return np.ceil(median * self.generator.lognormal(0.0, 0.8, self.truth.shape[0]))


def make_nation(scheme: Scheme, channels: int, seed: int) -> Nation:
    """Make a nation of some channels, the same for the same seed."""
    made = plan()
    generator = np.random.default_rng(seed)
    register, entity = make_register(made, channels, generator)
    truth = true_scores(scheme, made["quality"], entity, generator)
    world = World(scheme, made, register, truth, generator)
    tables: dict[str, Table] = {"channels.csv": register}
    for source, observe in OBSERVERS.items():
        places = np.array([place for place, one in enumerate(scheme.indicators) if one.source == source], np.intp)
        if places.size:
            tables[f"{source}.csv"] = observe(world, places)
    return Nation(register, truth, tables)


def make_register(made: Mapping[str, Any], channels: int, generator: np.random.Generator) -> tuple[Table, Places]:
    """Return the register of channels and which entity each belongs to."""
    kinds = made["kind"]
    shares = np.array([kind["share"] for kind in kinds])
    ends = np.floor(np.cumsum([0, *shares]) / shares.sum() * channels + 0.5).astype(int)
    kind = np.repeat(np.arange(len(kinds)), np.diff(ends))
    entity = generator.integers(0, made["entity_count"], channels)
    place = generator.integers(0, len(made["place"]), channels)
    breaches = {code: generator.random(channels) < share for code, share in made["breaches"].items()}

    def name(row: int, language: str) -> str:
        parts = {"entity": made["entity"][entity[row]][language], "place": made["place"][place[row]][language]}
        return str(kinds[kind[row]]["name"][language]).format(**parts)

    register = {
        "channel": np.array([f"ch-{row + 1:04d}" for row in range(channels)]),
        "kind": np.array([kinds[one]["code"] for one in kind]),
        "name_ar": np.array([name(row, "ar") for row in range(channels)]),
        "name_en": np.array([name(row, "en") for row in range(channels)]),
        "entity_ar": np.array([made["entity"][one]["ar"] for one in entity]),
        "entity_en": np.array([made["entity"][one]["en"] for one in entity]),
    } | {code: np.where(breached, "yes", "no") for code, breached in breaches.items()}
    return register, entity


def true_scores(scheme: Scheme, quality: Mapping[str, float], entity: Places, generator: np.random.Generator) -> Array:
    """Return true scores `[C, I]`: entity, channel, node and indicator effects, within 2 and 98 points."""
    channels, indicators = entity.size, len(scheme.indicators)
    entities = generator.normal(0, quality["entity"], entity.max() + 1)[entity]
    whole = quality["mean"] + entities + generator.normal(0, quality["channel"], channels)
    nodes = {node.code: generator.normal(0, quality["node"], channels) for node in scheme.nodes}
    parents = {node.code: node.parent for node in scheme.nodes}

    def chain(indicator: Indicator) -> Array:
        effect, here = np.zeros(channels), indicator.parent
        while parents[here] is not None:
            effect, here = effect + nodes[here], parents[here] or ""
        return effect

    parts = np.column_stack([chain(indicator) for indicator in scheme.indicators])
    own = generator.normal(0, quality["indicator"], (channels, indicators))
    return np.clip(whole[:, None] + parts + own, 2.0, 98.0)


def on_scale(indicator: Indicator, points: Array) -> Array:
    """Return values on the indicator's own scale that are worth the given points."""
    how = indicator.normalise
    if isinstance(how, Levels):
        return np.interp(points, how.points, np.arange(1.0, len(how.points) + 1))
    if isinstance(how, Goalposts):
        return how.worst + (points - how.low) / (how.high - how.low) * (how.best - how.worst)
    raise TypeError(f"no way back from points for {type(how).__name__}")


def observe_survey(world: World, places: Places) -> Table:
    """Return one row per channel: mean, standard error and count of every survey question."""
    answers = world.counts(world.made["survey_answers"])
    table: Table = {"channel": world.register["channel"]}
    shared, together = world.generator.standard_normal(answers.size), world.made["quality"]["respondent"]
    for place in places:
        indicator = world.scheme.indicators[place]
        error = (indicator.sd or 1.0) / np.sqrt(answers)
        low, high = indicator.scale or (-np.inf, np.inf)
        noise = np.sqrt(together) * shared + np.sqrt(1 - together) * world.generator.standard_normal(answers.size)
        mean = np.clip(world.value(place) + error * noise, low, high)
        applies = indicator.applies_to(world.register["kind"])
        for suffix, column in (("", mean), ("__se", error), ("__n", answers)):
            table[f"{indicator.code}{suffix}"] = np.where(applies, np.round(column, 4), np.nan)
    return table


def observe_meter(world: World, places: Places) -> Table:
    """Return one row per channel: the share of happy faces and the count of invited answers."""
    pressed = world.counts(world.made["meter_answers"])
    table: Table = {"channel": world.register["channel"]}
    for place in places:
        happy = world.generator.binomial(pressed.astype(int), world.value(place))
        code = world.scheme.indicators[place].code
        table |= {code: np.round(happy / pressed, 6), f"{code}__n": pressed}
    return table


def observe_visits(world: World, places: Places) -> Table:
    """Return one row per visit and checklist item: a whole score by a shopper, mild or harsh, on a good or a bad day."""
    made, generator = world.made, world.generator
    seen = (world.truth.shape[0], made["visits_per_channel"])
    severity = generator.normal(0, made["quality"]["shopper"], made["shoppers"])
    shopper = generator.integers(0, made["shoppers"], seen)
    shift = generator.normal(0, made["quality"]["day"], seen) - severity[shopper]
    return raw_rows(world, places, "shopper", shopper, shift, made["quality"]["visit"])


def observe_assessments(world: World, places: Places) -> Table:
    """Return one row per assessor and question: a maturity level."""
    made, channels = world.made, world.truth.shape[0]
    each, assessors = made["assessors_per_channel"], max(4, channels // 8)
    severity = world.generator.normal(0, made["quality"]["assessor"], assessors)
    assessor = np.column_stack([(np.arange(channels) * each + seat) % assessors for seat in range(each)])
    return raw_rows(world, places, "assessor", assessor, -severity[assessor], made["quality"]["assessment"])


def raw_rows(world: World, places: Places, role: str, raters: Places, shift: Array, noise: float) -> Table:
    """Return rows `channel, indicator, value, rater`: a whole score by each rater `[C, R]` for every item that applies."""
    names = np.array([f"{role}-{number + 1:03d}" for number in range(int(raters.max()) + 1)])
    parts: dict[str, list[NDArray[Any]]] = {"channel": [], "indicator": [], "value": [], "rater": []}
    for place in places:
        indicator = world.scheme.indicators[place]
        low, high = indicator.scale or (-np.inf, np.inf)
        inside = np.flatnonzero(indicator.applies_to(world.register["kind"]))
        seen = world.value(place)[:, None] + shift + world.generator.normal(0, noise, raters.shape)
        given = np.clip(np.rint(seen), low, high)[inside]
        parts["channel"].append(np.repeat(world.register["channel"][inside], raters.shape[1]))
        parts["indicator"].append(np.full(given.size, indicator.code))
        parts["value"].append(given.ravel())
        parts["rater"].append(names[raters[inside]].ravel())
    return {name: np.concatenate(columns) for name, columns in parts.items()}


OBSERVERS = {"survey": observe_survey, "meter": observe_meter, "visit": observe_visits, "assessment": observe_assessments}


def true_rating(scheme: Scheme, nation: Nation) -> Table:
    """Return `channel, kind, score, star, rank` as they would be if everything were known without error."""
    values = np.column_stack([on_scale(one, nation.truth[:, place]) for place, one in enumerate(scheme.indicators)])
    many = np.full(values.shape, 1e6)
    nothing = np.full(values.shape, np.nan)
    values = np.where(applies(scheme, nation.register["kind"]), values, np.nan)
    evidence = Evidence(nation.register["channel"], values, nothing, many, many, nation.register)
    rating = rate(scheme, evidence, Settings())
    return {
        "channel": rating.evidence.channels,
        "kind": rating.evidence.kinds,
        "score": rating.score,
        "star": rating.star,
        "rank": rating.rank,
    }
