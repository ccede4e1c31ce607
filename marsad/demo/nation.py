"""A nation whose truth is known, and its way into a lake; the truth is written apart, so that no rating can see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad import __version__
from marsad.catalogue.cards import ChannelCard
from marsad.core.arrays import Array
from marsad.core.problem import Problem
from marsad.demo.evidence import OBSERVERS, Field, answered
from marsad.demo.plan import Size, plan, plan_digest
from marsad.demo.register import Register, make_register
from marsad.demo.truth import breaches, true_rating, true_scores
from marsad.demo.voices import comments
from marsad.lake.comments import add_comments
from marsad.lake.output import write_csv
from marsad.lake.rows import Rows
from marsad.lake.store import Lake
from marsad.standards import Standard, load

FEWEST = 20
SURVEY, OPERATION = "survey", "operation"
Heard = Callable[[str], object]
"""Told what is about to be made."""


@dataclass(frozen=True)
class Nation:
    """Made-up channels, with their true scores `[C, I]` in points by cycle; `cards` are those that the standard rates."""

    size: Size
    standard: Standard
    made: Mapping[str, Any]
    register: Register
    cards: Sequence[ChannelCard]
    truth: Mapping[str, Array]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Return the cycles in the field, by their codes."""
        return {
            cycle["code"]: Field(self.standard, self.made, cycle, self.cards, self.truth[cycle["code"]], self.size)
            for cycle in self.made["cycle"]
        }

    def facts(self, cycle: str) -> dict[str, dict[str, str]]:
        """Return what is stated of channels in a cycle besides evidence."""
        return breaches(self.made, self.cards, cycle, self.size.seed)

    @property
    def recipe(self) -> str:
        """Return the hash of what makes a nation of a size: this release, the standard and the plan."""
        return sha256(f"{__version__} {self.standard.digest} {plan_digest()}".encode()).hexdigest()

    @property
    def sources(self) -> tuple[str, ...]:
        """Return what is collected, in order: what the standard asks for, and operational measures besides."""
        asked = dict.fromkeys(indicator.source for indicator in self.standard.scheme.indicators)
        return (*asked, OPERATION)


def make_nation(size: Size) -> Nation:
    """Make a nation, the same for the same size and seed; raises Problem where it would be too small to rate."""
    made = plan()
    if size.channels < FEWEST:
        raise Problem(f"--channels: a nation has at least {FEWEST} channels", remedy="ask for more")
    if size.responses < size.channels:
        raise Problem("--responses: there are fewer responses than channels", remedy="ask for more")
    standard = load(made["standard"])
    register = make_register(made, size.channels, size.seed)
    cards = register.of_kinds(standard.scheme.kinds)
    return Nation(size, standard, made, register, cards, true_scores(standard.scheme, made, cards, size.seed))


def observed(nation: Nation, cycle: str, source: str) -> tuple[Rows, dict[str, Any] | None]:
    """Return what a source brings in a cycle, and the comments that come with it where people answer."""
    field = nation.fields[cycle]
    if source in OBSERVERS:
        return OBSERVERS[source](field), None
    everybody = field.share("responses", nation.size.responses)
    surveyed = round(everybody * nation.made["surveyed"])
    who, rows, content = answered(field, source, surveyed if source == SURVEY else everybody - surveyed)
    return rows, comments(field, who, content)


def fill_lake(lake: Lake, nation: Nation, heard: Heard = lambda words: None) -> dict[str, list[str]]:
    """Write all evidence and comments into a lake; return the imports that the standard asks for, by cycle."""
    imports: dict[str, list[str]] = {}
    about = {"synthetic": "yes", "seed": str(nation.size.seed)}
    for cycle, field in nation.fields.items():
        written: list[dict[str, Any]] = []
        for source in nation.sources:
            heard(f"{cycle}: {source}")
            rows, said = observed(nation, cycle, source)
            entry = lake.add(rows, at=moment(field.cycle["until"], 18), about=about).entry
            imports.setdefault(cycle, []).extend([entry.id] if source != OPERATION else [])
            written += [said] if said else []
        add_comments(lake, {name: np.concatenate([some[name] for some in written]) for name in written[0]})
    return imports


def moment(day: Any, hour: int) -> datetime:
    """Return an hour of a day."""
    return datetime.combine(day, time(hour), UTC)


def truths(nation: Nation) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield the table of each cycle: what the results would be if everything were known without error."""
    for cycle in nation.fields:
        rating = true_rating(nation.standard.scheme, nation.cards, nation.truth[cycle], nation.facts(cycle))
        yield {
            "cycle": np.full(len(nation.cards), cycle),
            "channel": rating.evidence.channels,
            "entity": np.array([card.entity for card in nation.cards]),
            "kind": rating.evidence.kinds,
            "score": rating.score,
            "star": rating.star,
            "rank": rating.rank,
        }


def write_truth(path: Path, nation: Nation) -> None:
    """Write the truth, which no rating reads: cycle, channel, entity, kind, score, star and rank."""
    tables = list(truths(nation))
    write_csv(path, {name: np.concatenate([table[name] for table in tables]) for name in tables[0]})
