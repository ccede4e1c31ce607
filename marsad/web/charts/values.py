"""What pictures are drawn from: plain values, with every name already in the picture's language and NaN for what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan


@dataclass(frozen=True)
class Interval:
    """A value on the scale of a picture, with the ends of its interval."""

    value: float = nan
    low: float = nan
    high: float = nan

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return not isnan(self.value)

    @property
    def bounded(self) -> bool:
        """Whether the value has an interval."""
        return self.known and not (isnan(self.low) or isnan(self.high))

    @property
    def parts(self) -> tuple[float, ...]:
        """Return the value and both ends."""
        return self.value, self.low, self.high


@dataclass(frozen=True)
class Band:
    """The scores of one star: from `low` (minus infinity for the lowest) up to the next band."""

    star: float
    low: float
    name: str


@dataclass(frozen=True)
class Channel:
    """A channel as pictures of many show it.

    `star` is NaN where there is none, `voices` counts the answers, `top` and `bottom` are the probabilities of being among the
    best and the last few; channels with the same `tie` cannot be told apart; `href` is its page.
    """

    code: str
    name: str
    score: Interval = Interval()
    kind: str = ""
    star: float = nan
    voices: int = 0
    rank: tuple[float, float] = (nan, nan)
    top: float = nan
    bottom: float = nan
    tie: str = ""
    href: str = ""
