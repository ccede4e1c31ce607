"""Conditions as values: what a standard says of a channel's scores, counts and attributes, answered for all channels at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType

import numpy as np

from marsad.core.arrays import Array, Mask, Places, Texts

COMPARISONS: Mapping[str, Callable[[Array, float], Mask]] = MappingProxyType(
    {"below": np.less, "at_most": np.less_equal, "above": np.greater, "at_least": np.greater_equal, "equals": np.equal}
)
"""The words a standard may use to compare a quantity with a number."""

NODE_QUANTITIES = ("score", "answers", "coverage", "variance")
INDICATOR_QUANTITIES = ("value",)
SHARED_QUANTITIES = ("n", "raters", "present")
QUANTITIES = NODE_QUANTITIES + INDICATOR_QUANTITIES + SHARED_QUANTITIES
"""What a check may ask: of a node, of an indicator, or of either."""


@dataclass(frozen=True)
class Facts:
    """What is known of `C` channels, by quantity and code: arrays `[C]`, or `[C, D]` for scores drawn `D` times.

    `score` is a node's score, `answers` how many of its indicators have a value, `coverage` their share of the applicable
    ones, `variance` the weighted variance of their scores, `value` an indicator's own value, `n` answers behind a node or
    indicator, `raters` how many people scored it, `present` 1 where there is a score or value. `attribute` holds texts.
    """

    quantities: Mapping[str, Mapping[str, Array]]
    attributes: Mapping[str, Texts] = field(default_factory=dict)
    channels: int = 0

    def of(self, quantity: str, code: str) -> Array:
        """Return one quantity of one code, `[C]` or `[C, D]`."""
        return self.quantities[quantity][code]

    def rows(self, chosen: Places) -> Facts:
        """Return the facts of the chosen channels, in that order."""
        quantities = {name: {code: values[chosen] for code, values in of.items()} for name, of in self.quantities.items()}
        return Facts(quantities, {name: texts[chosen] for name, texts in self.attributes.items()}, chosen.size)


@dataclass(frozen=True)
class Check:
    """One quantity compared with a number: `score` of `people` `below` 60. A missing quantity meets no comparison."""

    quantity: str
    of: str
    comparison: str
    number: float

    def holds(self, facts: Facts) -> Mask:
        """Return where the check holds, `[C]` or `[C, D]`."""
        with np.errstate(invalid="ignore"):
            return COMPARISONS[self.comparison](facts.of(self.quantity, self.of), self.number)


@dataclass(frozen=True)
class Attribute:
    """An attribute of the channel is one of the given texts."""

    name: str
    one_of: tuple[str, ...]

    def holds(self, facts: Facts) -> Mask:
        """Return where the attribute has one of the values, `[C]`."""
        return np.isin(facts.attributes[self.name], self.one_of)


@dataclass(frozen=True)
class Count:
    """How many of several conditions hold, compared with a number; `all`, `any` and `not` are its special cases."""

    of: tuple[Condition, ...]
    comparison: str
    number: float

    def holds(self, facts: Facts) -> Mask:
        """Return where the count holds, `[C]` or `[C, D]`."""
        held = [part.holds(facts).astype(np.float64) for part in self.of]
        return COMPARISONS[self.comparison](self.total(held, facts), self.number)

    @staticmethod
    def total(held: list[Array], facts: Facts) -> Array:
        """Add up masks of `[C]` and `[C, D]`."""
        deep = any(mask.ndim == 2 for mask in held)
        shaped = [mask[:, None] if deep and mask.ndim == 1 else mask for mask in held]
        return reduce(np.add, shaped, np.zeros((facts.channels, 1) if deep else facts.channels))


Condition = Check | Attribute | Count


def every(*parts: Condition) -> Count:
    """All of the conditions hold."""
    return Count(parts, "at_least", len(parts))


def either(*parts: Condition) -> Count:
    """At least one of the conditions holds."""
    return Count(parts, "at_least", 1)


def none_of(*parts: Condition) -> Count:
    """None of the conditions holds."""
    return Count(parts, "at_most", 0)
