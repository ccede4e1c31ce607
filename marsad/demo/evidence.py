"""What a field period brings in: people's answers, mystery visits, assessments and operational measures, as rows of the lake.

Every score is a step of its scale: what is felt is the truth, shifted by who scores, by the occasion and by everything else, and
rounded to a step within the scale. The shift is such that the mean of many scores is the true value, edges of the scale included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from marsad.catalogue.cards import ChannelCard
from marsad.core.arrays import Array, Places
from marsad.core.scheme import Indicator
from marsad.demo.kiosks import Coming, Kiosks, all_invited, some_on_kiosks
from marsad.demo.plan import Size, apportioned, dice
from marsad.demo.truth import on_scale
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.standards import Standard

EAST = 4
"""Hours that the nation's clocks are ahead of UTC."""
DAY_BEGINS, DAY_PEAKS, DAY_ENDS = 7.5, 11.0, 20.0
SECOND = 1_000_000
STAGE = "after"
GRID = 2001


@dataclass(frozen=True)
class Field:
    """A cycle in the field: its plan, who is observed, and their true scores `[C, I]` in points."""

    standard: Standard
    made: Mapping[str, Any]
    cycle: Mapping[str, Any]
    cards: Sequence[ChannelCard]
    truth: Array
    size: Size

    @property
    def code(self) -> str:
        """Return the code of the cycle."""
        return str(self.cycle["code"])

    @property
    def tag(self) -> str:
        """Return what begins the pseudonyms of whoever answers."""
        return self.code

    @cached_property
    def channels(self) -> NDArray[np.str_]:
        """Return the codes of the channels `[C]`."""
        return np.array([card.code for card in self.cards])

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """Return the kinds of the channels `[C]`."""
        return np.array([card.kind for card in self.cards])

    def dice(self, *words: str) -> np.random.Generator:
        """Return the dice for one thing of this cycle."""
        return dice(self.size.seed, self.code, *words)

    def share(self, name: str, total: int) -> int:
        """Return how many of all there are in this cycle."""
        cycles = self.made["cycle"]
        counts = apportioned(total, [cycle[name] for cycle in cycles])
        return int(counts[[cycle["code"] for cycle in cycles].index(self.code)])

    def popularity(self) -> Array:
        """Return how much of what is answered falls on each channel `[C]`: some have many customers, some few."""
        return dice(self.size.seed, "popularity").lognormal(0.0, self.made["popularity"], self.channels.size)

    def asked(self, source: str) -> list[int]:
        """Return the places of the indicators of a source."""
        return [place for place, one in enumerate(self.standard.scheme.indicators) if one.source == source]

    def moments(self, size: int, chance: np.random.Generator) -> NDArray[np.datetime64]:
        """Return times within the field period, as far as it has come, when people are about."""
        first: date = self.cycle["opens"]
        days = (self.cycle["until"] - first) // timedelta(days=1) + 1
        seconds = (chance.triangular(DAY_BEGINS, DAY_PEAKS, DAY_ENDS, size) - EAST) * 3600
        whole = chance.integers(0, days, size) * 86_400 + seconds.astype(np.int64)
        return np.datetime64(first, "us") + whole * SECOND

    def rows(self, source: str, subject: Places, indicator: Places, **more: Any) -> Rows:
        """Return rows about channels and indicators by their places."""
        codes = [one.code for one in self.standard.scheme.indicators]
        columns = {"cycle": self.code, "source": source, "stage": STAGE, "instrument": self.instrument(source)}
        return make_rows(columns | {"subject": Coded(subject, self.channels), "indicator": Coded(indicator, codes)} | more)

    def instrument(self, source: str) -> str:
        """Return the questionnaire of a source with its version."""
        return f"{self.standard.name}-{source}@{self.standard.version}"


@dataclass(frozen=True)
class Answers:
    """Who answered, `P` people: the channel of each, when, the pseudonym's number, and whether the answer counts."""

    source: str
    subject: Places
    at: NDArray[np.datetime64]
    labels: list[str]
    valid: Coded
    stratum: Coded


def felt(indicator: Indicator, values: Array, spread: float) -> Array:
    """Return where feelings must lie, given their spread, for the steps they are rounded to to have these means."""
    low, high = indicator.ends
    around = np.linspace(low - 6 * spread, high + 6 * spread, GRID)
    edges = np.arange(low, high) + 0.5
    means = low + scipy.special.ndtr((around[:, None] - edges) / spread).sum(axis=1)
    return np.asarray(np.interp(values, means, around))


def feelings(field: Field, places: Sequence[int], source: str) -> Array:
    """Return what is felt on the whole about every channel on some indicators `[C, len(places)]`."""
    spread = float(np.sqrt(sum(part**2 for part in field.made["spread"][source].values())))
    indicators = [field.standard.scheme.indicators[place] for place in places]
    columns = [felt(one, on_scale(one, field.truth[:, place]), spread) for one, place in zip(indicators, places, strict=True)]
    return np.column_stack(columns)


def steps(field: Field, place: int, values: Array) -> Array:
    """Return feelings as steps of an indicator's scale."""
    low, high = field.standard.scheme.indicators[place].ends
    return np.clip(np.rint(values), low, high)


def people(field: Field, source: str, number: int) -> Answers:
    """Return who answers in a cycle."""
    made, chance, popularity = field.made, field.dice(source, "people"), field.popularity()
    subject = np.repeat(np.arange(popularity.size), chance.multinomial(number, popularity / popularity.sum()))
    drawn = chance.permutation(number)
    invalid = np.where(chance.random(number) < made["invalid"], chance.integers(0, len(made["reasons"]), number), -1)
    groups = list(made["strata"])
    return Answers(
        source=source,
        subject=subject,
        at=field.moments(number, chance),
        labels=[f"{field.tag}-{source[0]}{one:07d}" for one in drawn.tolist()],
        valid=Coded(invalid, made["reasons"]),
        stratum=Coded(chance.choice(len(groups), number, p=list(made["strata"].values())), groups),
    )


def answered(field: Field, source: str, number: int) -> tuple[Answers, Rows, Array]:
    """Return who answered, their rows, and how content each was: the mean of their answers, from 0 to 1."""
    asked, spread = field.asked(source), field.made["spread"][source]
    who, about, chance = people(field, source, number), feelings(field, asked, source), field.dice(source)
    kiosks = brought_in(field, who)
    mood = spread["occasion"] * chance.standard_normal(number)
    parts, content, count = [], np.zeros(number), np.zeros(number)
    for column, place in enumerate(asked):
        indicator = field.standard.scheme.indicators[place]
        person = np.flatnonzero(indicator.applies_to(field.kinds)[who.subject])
        seen = about[who.subject[person], column] + mood[person] + spread["answer"] * chance.standard_normal(person.size)
        low, high = indicator.ends
        given = np.where(kiosks.pressed[person], high, steps(field, place, seen))
        content[person] += (given - low) / (high - low)
        count[person] += 1
        parts.append((person, np.full(person.size, place), given))
    person, indicators, values = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    rows = answer_rows(field, replace(who, at=kiosks.at), person, indicators, values, kiosks.way)
    return who, rows, content / np.maximum(count, 1)


def brought_in(field: Field, who: Answers) -> Kiosks:
    """Return on which kiosks, if any, people answer: the plan of the cycle says what share of which source."""
    coming = Coming(field.kinds, who.subject, who.at, field.instrument(who.source), field.dice(who.source, "kiosks"))
    told = field.cycle.get("kiosks", {})
    return some_on_kiosks(coming, told["share"], told["pressed"]) if told.get("source") == who.source else all_invited(coming)


def answer_rows(field: Field, who: Answers, person: Places, indicators: Places, values: Array, way: Coded) -> Rows:
    """Return the rows of people's answers, and by which way they came in."""
    return field.rows(
        who.source,
        who.subject[person],
        indicators,
        value=values,
        at=who.at[person],
        respondent=Coded(person, who.labels),
        valid=Coded(who.valid.codes[person], who.valid.labels),
        stratum=Coded(who.stratum.codes[person], who.stratum.labels),
        instrument=Coded(way.codes[person], way.labels),
    )


def visited(field: Field) -> Rows:
    """Return what mystery shoppers found: every channel about as often as any other, all items at each visit."""
    made, chance = field.made, field.dice("visit")
    visits = field.share("visits", made["visits_per_channel"] * field.size.channels)
    subject = chance.permutation(np.resize(chance.permutation(field.channels.size), visits))
    return scored(field, "visit", "shopper", subject, chance.integers(0, made["shoppers"], visits), made["shoppers"])


def assessed(field: Field) -> Rows:
    """Return what assessors found, two of them at each channel that has been assessed so far."""
    made, chance = field.made, field.dice("assessment")
    assessors = max(4, field.size.channels // made["channels_per_assessor"])
    seen = np.sort(chance.permutation(field.channels.size)[: round(field.channels.size * field.cycle["assessed"])])
    each = made["assessors_per_channel"]
    subject = np.repeat(seen, each)
    rater = (np.arange(subject.size) + int(chance.integers(assessors))) % assessors
    return scored(field, "assessment", "assessor", subject, rater, assessors)


def scored(field: Field, source: str, role: str, subject: Places, rater: Places, raters: int) -> Rows:
    """Return rows of visits `[V]`, each by a rater who is severe or mild in every cycle, on a good or a bad day."""
    asked, spread, chance = field.asked(source), field.made["spread"][source], field.dice(source, "scores")
    shift = spread["occasion"] * chance.standard_normal(subject.size) - spread["rater"] * severities(field, role, raters)[rater]
    about, at, parts = feelings(field, asked, source), field.moments(subject.size, chance), []
    for column, place in enumerate(asked):
        visit = np.flatnonzero(field.standard.scheme.indicators[place].applies_to(field.kinds)[subject])
        seen = about[subject[visit], column] + shift[visit] + spread["answer"] * chance.standard_normal(visit.size)
        parts.append((visit, np.full(visit.size, place), steps(field, place, seen)))
    visit, indicators, values = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    names = Coded(rater[visit], [f"{role}-{number + 1:03d}" for number in range(raters)])
    return field.rows(source, subject[visit], indicators, value=values, at=at[visit], rater=names)


def severities(field: Field, role: str, raters: int) -> Array:
    """Return how severe raters are, the same in every cycle: on the whole not at all, with a spread of 1."""
    drawn = dice(field.size.seed, role).standard_normal(raters)
    return (drawn - drawn.mean()) / drawn.std()


def measured(field: Field) -> Rows:
    """Return operational measures month by month, which follow the channel's quality as a whole."""
    chance, measures = field.dice("operation"), field.made["operation"]
    months = np.arange(np.datetime64(field.cycle["opens"], "M"), np.datetime64(field.cycle["until"], "M") + 1)
    shape = (field.channels.size, len(measures), months.size)
    subject, measure, month = (column.ravel() for column in np.indices(shape))
    low, high, noise = (np.array([one[name] for one in measures]) for name in ("low", "high", "noise"))
    quality = (field.truth.mean(axis=1) / 100)[subject]
    seen = low[measure] + quality * (high - low)[measure] + noise[measure] * chance.standard_normal(subject.size)
    ends = np.sort(np.column_stack([low, high]), axis=1)[measure].T
    columns = {"cycle": field.code, "source": "operation", "stage": "during", "at": months[month].astype("datetime64[us]")}
    columns |= {"subject": Coded(subject, field.channels), "indicator": Coded(measure, [one["code"] for one in measures])}
    return make_rows(columns | {"value": np.round(np.clip(seen, *ends), 3)})


OBSERVERS: Mapping[str, Callable[[Field], Rows]] = {"visit": visited, "assessment": assessed, "operation": measured}
"""How what is not told by people comes about."""
