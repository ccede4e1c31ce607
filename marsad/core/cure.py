"""What became of a channel that was named: its change against that of the decoys, from a baseline free of bad luck.

The baseline of a cure is the second wave, the evidence on which a channel was named. Whoever was named stood low twice, by chance
too, and looks better the next time with nothing changed. So the second wave counts beside what the published result says, each
by how exact it is, and what the decoys moved by is taken off. `D` decoys; scores and standard errors in points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import scipy

from marsad.core.arrays import Array
from marsad.core.evidence import Evidence
from marsad.core.posterior import Settings
from marsad.core.prepare import prepare
from marsad.core.problem import Problem, Sentence
from marsad.core.rating import populations, reckon
from marsad.core.scheme import Scheme

NEAREST, FARTHEST = 1e-6, 1e6
"""No score is more exact, and none is farther from 0, in points."""
LEAST_DECOYS = 3
"""With fewer nothing tells by how much channels change that nobody asked to."""


class Outcome(StrEnum):
    """What a change says."""

    IMPROVED = "improved"
    INSEPARABLE = "not-separable"
    WORSE = "worse"


@dataclass(frozen=True)
class Wave:
    """Scores by one wave of evidence alone with their standard errors, arrays of one shape."""

    value: Array
    se: Array

    @classmethod
    def of(cls, value: float, se: float) -> Wave:
        """Return the wave of one channel."""
        return cls(np.array(value), np.array(se))


@dataclass(frozen=True)
class Waves:
    """What is known of channels: the result as published, the second wave, and the re-evaluation.

    The second and the re-evaluation are plain measurements; the published result is a posterior of the first wave, None where it
    has no interval.
    """

    first: Wave | None
    before: Wave
    after: Wave


@dataclass(frozen=True)
class Part:
    """A change in points with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """How far a channel moved (`own`), how far the decoys did on average, and the difference, with what it says.

    `se` is the standard error of the difference, `freedom` its degrees of freedom, `weight` the share of the second wave in the
    baseline.
    """

    own: Part
    decoys: Part
    difference: Part
    se: float
    freedom: float
    weight: float
    count: int
    level: float

    @property
    def outcome(self) -> Outcome:
        """Return what the interval of the difference says."""
        if self.difference.low > 0:
            return Outcome.IMPROVED
        return Outcome.WORSE if self.difference.high < 0 else Outcome.INSEPARABLE


def measured(scheme: Scheme, evidence: Evidence) -> Wave:
    """Return the composites `[C]` that some evidence gives by itself, with their sampling errors: nothing of other channels.

    NaN where a part is missing or nothing has an error. Raises Problem where the composite is no straight line in the values.
    """
    scheme = replace(scheme, estimates=None)
    tree = reckon(scheme, evidence, prepare(scheme, evidence, populations(scheme, evidence)))
    if not tree.root.linear:
        raise Problem(
            Sentence("the standard's score is no straight line in what is measured, so that its error is not known"),
            remedy=Sentence("bring scores with their standard errors instead"),
        )
    known = tree.has_error().any(axis=1) & (tree.root.variance > 0)
    return Wave(tree.score(scheme.root.code), np.where(known, np.sqrt(tree.root.variance), np.nan))


def change_of(own: Waves, decoys: Waves, level: float = Settings.level) -> Change:
    """Return by how much one channel moved beyond `D` decoys, as a difference in differences.

    The baseline of all is the second wave and the published result in the proportion that is most exact for the channel in
    question. What the decoys' moves vary by beyond their own errors is how far channels drift that nobody asked to change, and
    the channel may have drifted so far as well. Raises Problem on too few decoys or what is no number.
    """
    refuse_unusable(own, decoys)
    weight = weight_of(own)
    moved, error = float(moves(own, weight)), float(errors(own, weight))
    each, squares = moves(decoys, weight), errors(decoys, weight) ** 2
    count = each.size
    # The decoys cannot truly vary by less than they are measured to.
    spread = max(float(each.var(ddof=1)), float(squares.mean()))
    drift = spread - float(squares.mean())
    se = float(np.sqrt(error**2 + spread / count + drift))
    # Satterthwaite's: of the parts of the variance only the spread is itself estimated, and it comes in once and a `count`-th.
    freedom = (count - 1) * (se**2 / (spread * (1 + 1 / count))) ** 2
    mean = float(each.mean())
    return Change(
        own=part(moved, error, np.inf, level),
        decoys=part(mean, float(np.sqrt(spread / count)), count - 1, level),
        difference=part(moved - mean, se, freedom, level),
        se=se,
        freedom=freedom,
        weight=weight,
        count=count,
        level=level,
    )


def refuse_unusable(own: Waves, decoys: Waves) -> None:
    """Raise Problem where there are too few decoys, an error is not positive, or a number is missing."""
    if decoys.after.value.size < LEAST_DECOYS:
        raise Problem(
            Sentence("a change is judged against {least} decoys or more", least=LEAST_DECOYS),
            remedy=Sentence("re-evaluate more channels that were not in question"),
        )
    if (own.first is None) != (decoys.first is None):
        raise Problem(
            Sentence("a published result is known of some and not of others"),
            remedy=Sentence("choose decoys whose published results have intervals, as the channel's own"),
        )
    waves = [wave for one in (own, decoys) for wave in (one.first, one.before, one.after) if wave is not None]
    if not all((np.abs(wave.value) <= FARTHEST).all() and ((wave.se >= NEAREST) & (wave.se <= FARTHEST)).all() for wave in waves):
        raise Problem(
            Sentence("a score or its standard error is missing or not positive"),
            remedy=Sentence("give both of every channel and wave, in points"),
        )


def weight_of(own: Waves) -> float:
    """Return the share of the second wave in the baseline: that which makes the baseline most exact."""
    if own.first is None:
        return 1.0
    return float(own.first.se**2 / (own.first.se**2 + own.before.se**2))


def moves(seen: Waves, weight: float) -> Array:
    """Return how far channels stand from their baselines."""
    first = 0.0 if seen.first is None else seen.first.value
    return np.asarray(seen.after.value - weight * seen.before.value - (1 - weight) * first)


def errors(seen: Waves, weight: float) -> Array:
    """Return the standard errors of these distances; the three waves err independently."""
    first = 0.0 if seen.first is None else seen.first.se
    return np.sqrt(seen.after.se**2 + (weight * seen.before.se) ** 2 + ((1 - weight) * first) ** 2)


def part(value: float, se: float, freedom: float, level: float) -> Part:
    """Return a change with the two-sided interval of a level (Student's t)."""
    reach = float(scipy.special.stdtrit(freedom, (1 + level) / 2)) * se
    return Part(value, value - reach, value + reach)
