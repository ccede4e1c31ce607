"""Evidence on its way to scores: divided, screened, imputed, treated and normalised, one indicator and population at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.conditions import Array, Mask
from marsad.core.evidence import Evidence, Texts
from marsad.core.normalise import Normaliser, Scale
from marsad.core.problem import Problem
from marsad.core.scheme import Indicator, Scheme


@dataclass(frozen=True)
class Prepared:
    """Evidence on the way to scores, each stage `[C, I]`, and the scale every population of an indicator was fitted on.

    `se` are the standard errors of the original values that count, NaN where a value is missing or imputed; `treatment` is how
    fast the treated value moves with the original one; `rate` is how many points a unit of the original value is worth, NaN
    where the scale has steps; `populations` are the groups every scale is fitted within.
    """

    denominated: Array
    imputed: Array
    treated: Array
    scores: Array
    se: Array
    rate: Array
    treatment: Array
    applicable: Mask
    enough: Mask
    scales: tuple[tuple[tuple[Mask, Scale], ...], ...]
    populations: tuple[Mask, ...]


def prepare(scheme: Scheme, evidence: Evidence, populations: Texts) -> Prepared:
    """Divide, screen, impute, treat and normalise every indicator within each population `[C]`.

    Raises Problem where a denominator is no number or a population has too few different values for its scale.
    """
    applicable = applies(scheme, evidence.kinds)
    divisors = denominators(scheme, evidence)
    denominated = np.where(applicable & enough_answers(scheme, evidence), evidence.values, np.nan) / divisors
    # An indicator too few report is out of the run for everyone, and so no gap in anyone's evidence.
    applicable &= (~np.isnan(denominated)).sum(axis=0) >= [indicator.reported_by for indicator in scheme.indicators]
    denominated = np.where(applicable, denominated, np.nan)
    reported = np.divide((~np.isnan(denominated)).sum(axis=1), np.maximum(applicable.sum(axis=1), 1))
    enough = reported >= scheme.minimum_share
    imputed, treated = denominated.copy(), denominated.copy()
    scores, rate, treatment = (np.full_like(denominated, np.nan) for _ in range(3))
    members = tuple(populations == name for name in np.unique(populations))
    scales = []
    for place, indicator in enumerate(scheme.indicators):
        fitted = []
        for rows in (inside & enough for inside in members):
            values = filled(indicator, denominated[rows, place], evidence, rows) if indicator.impute else denominated[rows, place]
            values = np.where(applicable[rows, place], values, np.nan)
            if np.isnan(values).all():
                continue
            imputed[rows, place] = values
            values, speed = indicator.treat.apply(values) if indicator.treat else (values, np.ones_like(values))
            treated[rows, place] = values
            scale = fit(indicator.code, indicator.normalise, values, lower_is_better=indicator.lower_is_better)
            scores[rows, place] = scale.score(values)
            treatment[rows, place] = speed / np.abs(divisors[rows, place])
            slope = scale.slope(values)
            rate[rows, place] = np.nan if slope is None else np.abs(slope) * treatment[rows, place]
            fitted.append((rows, scale))
        scales.append(tuple(fitted))
    se = np.where(np.isnan(denominated), np.nan, evidence.se)
    return Prepared(denominated, imputed, treated, scores, se, rate, treatment, applicable, enough, tuple(scales), members)


def filled(indicator: Indicator, values: Array, evidence: Evidence, rows: Mask) -> Array:
    """Return the values of some channels with their gaps imputed."""
    assert indicator.impute is not None
    groups = evidence.attributes[indicator.impute.by][rows] if indicator.impute.by else None
    return indicator.impute.fill(values, groups)


def fit(code: str, normalise: Normaliser, values: Array, *, lower_is_better: bool) -> Scale:
    """Return the scale of an indicator or node over one population; raises Problem where its values are too few."""
    try:
        return normalise.fit(values, lower_is_better=lower_is_better)
    except ValueError as error:
        raise Problem(f"'{code}' cannot be scored: {error}", remedy="give it fixed cuts, or widen its population") from None


def denominators(scheme: Scheme, evidence: Evidence) -> Array:
    """Return what every value is divided by, `[C, I]`: 1 where nothing is named, NaN where it is blank or 0."""
    divisors = np.ones(evidence.values.shape)
    for place, indicator in enumerate(scheme.indicators):
        if indicator.denominator is not None:
            divisors[:, place] = [
                as_number(text, indicator.denominator, channel)
                for text, channel in zip(evidence.attributes[indicator.denominator], evidence.channels, strict=True)
            ]
    return np.where(divisors == 0, np.nan, divisors)


def as_number(text: str, name: str, channel: str) -> float:
    """Return the number a text states, NaN where it is blank; raises Problem where it states none."""
    try:
        return float(text) if text.strip() else np.nan
    except ValueError:
        what = f"'{name}' of channel '{channel}' is '{text}', which is not a number"
        raise Problem(what, remedy="write a number, or leave it blank") from None


def applies(scheme: Scheme, kinds: Texts) -> Mask:
    """Return which indicator applies to which channel, `[C, I]`."""
    columns = [
        np.ones(kinds.size, bool) if indicator.kinds is None else np.isin(kinds, sorted(indicator.kinds))
        for indicator in scheme.indicators
    ]
    return np.column_stack(columns)


def enough_answers(scheme: Scheme, evidence: Evidence) -> Mask:
    """Return where a value rests on the answers its indicator asks for, `[C, I]`; no count given passes."""
    least = np.array([indicator.minimum_n for indicator in scheme.indicators])
    return np.isnan(evidence.n) | (evidence.n >= least)
