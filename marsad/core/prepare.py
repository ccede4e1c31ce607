"""Evidence on its way to scores: divided, screened, estimated, imputed, treated and normalised, by indicator and population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.alone import one_at_a_time
from marsad.core.arrays import Array, Mask, Texts
from marsad.core.evidence import Evidence
from marsad.core.normalise import Normaliser, Scale
from marsad.core.problem import Problem, Sentence
from marsad.core.scheme import Indicator, Scheme


@dataclass(frozen=True)
class Prepared:
    """Evidence on the way to scores, each stage `[C, I]`, and the scale every population of an indicator was fitted on.

    `estimated` are values as the indicators of `[estimates]` are drawn together, the others as they were; `se` are the standard
    errors of the original values that count, NaN where a value is missing or imputed; `treated_se` those of the treated values,
    `score_se` those of the scores, NaN where the scale has steps; `treated_doubt` and `score_doubt` are what raters' severities
    leave in them, 0 where nothing; `applicable` tells which indicators count for a channel, `enough` which channels reported
    enough of them; scales are fitted within each of the `populations`.
    """

    denominated: Array
    estimated: Array
    imputed: Array
    treated: Array
    scores: Array
    se: Array
    treated_se: Array
    score_se: Array
    treated_doubt: Array
    score_doubt: Array
    applicable: Mask
    enough: Mask
    scales: tuple[tuple[tuple[Mask, Scale], ...], ...]
    populations: tuple[Mask, ...]


def prepare(scheme: Scheme, evidence: Evidence, populations: Texts) -> Prepared:
    """Divide, screen, impute, treat and normalise every indicator within each population `[C]`.

    Raises Problem where a denominator is no number or a population has too few different values for its scale.
    """
    divisors = denominators(scheme, evidence)
    denominated, applicable = screened(scheme, evidence, divisors)
    reported = np.divide((~np.isnan(denominated)).sum(axis=1), np.maximum(applicable.sum(axis=1), 1))
    enough = reported >= scheme.minimum_share
    members = tuple(populations == name for name in np.unique(populations))
    known = Known.of(evidence, denominated, divisors)
    for indicator in scheme.one_at_a_time:
        known.draw_in(indicator, scheme.position[indicator.code], [inside & enough for inside in members])
    imputed, treated = known.values.copy(), known.values.copy()
    scores, speed, slope = (np.full_like(denominated, np.nan) for _ in range(3))
    scales = []
    for place, indicator in enumerate(scheme.indicators):
        fitted = []
        for rows in (inside & enough for inside in members):
            values = np.where(applicable[rows, place], filled(indicator, known.values[rows, place], evidence, rows), np.nan)
            if np.isnan(values).all():
                continue
            imputed[rows, place] = values
            values, moved = indicator.treat.apply(values) if indicator.treat else (values, np.ones_like(values))
            treated[rows, place], speed[rows, place] = values, moved
            scale = fit(indicator.code, indicator.normalise, values, lower_is_better=indicator.lower_is_better)
            scores[rows, place] = scale.score(values)
            rate = scale.slope(values)
            slope[rows, place] = np.nan if rate is None else np.abs(rate)
            fitted.append((rows, scale))
        scales.append(tuple(fitted))
    speed /= np.abs(divisors)
    return Prepared(
        denominated=denominated,
        estimated=known.values,
        imputed=imputed,
        treated=treated,
        scores=scores,
        se=known.se,
        treated_se=known.se * speed,
        score_se=known.se * (slope * speed),
        treated_doubt=np.nan_to_num(known.doubt * speed),
        score_doubt=np.nan_to_num(known.doubt * (slope * speed)),
        applicable=applicable,
        enough=enough,
        scales=tuple(scales),
        populations=members,
    )


@dataclass(frozen=True)
class Known:
    """Values that count, divided, the standard errors of what they were divided from, and the doubt in these, each `[C, I]`."""

    values: Array
    se: Array
    doubt: Array
    divisors: Array

    @classmethod
    def of(cls, evidence: Evidence, values: Array, divisors: Array) -> Known:
        """Return what evidence says of values."""
        se = np.where(np.isnan(values), np.nan, evidence.se)
        doubt = np.zeros_like(se) if evidence.doubt is None else np.nan_to_num(np.minimum(evidence.doubt, se))
        return cls(values.copy(), se, doubt, np.abs(divisors))

    def draw_in(self, indicator: Indicator, place: int, populations: list[Mask]) -> None:
        """Draw the values of an indicator towards those of each population."""
        for rows in populations:
            by = self.divisors[rows, place]
            found = one_at_a_time(indicator, self.values[rows, place], self.se[rows, place] / by)
            self.values[rows, place], self.se[rows, place] = found.value, found.se * by
            self.doubt[rows, place] *= found.kept


def screened(scheme: Scheme, evidence: Evidence, divisors: Array) -> tuple[Array, Mask]:
    """Return the values that count, divided, and which indicators count for which channel, each `[C, I]`.

    An indicator that too few report is out of the run for everyone, and so no gap in anyone's evidence.
    """
    applicable = applies(scheme, evidence.kinds)
    denominated = np.where(applicable & enough_answers(scheme, evidence), evidence.values, np.nan) / divisors
    applicable &= (~np.isnan(denominated)).sum(axis=0) >= [indicator.reported_by for indicator in scheme.indicators]
    return np.where(applicable, denominated, np.nan), applicable


def filled(indicator: Indicator, values: Array, evidence: Evidence, rows: Mask) -> Array:
    """Return the values of some channels, with their gaps imputed where the indicator says how."""
    if indicator.impute is None:
        return values
    by = indicator.impute.by
    return indicator.impute.fill(values, evidence.attributes[by][rows] if by else None)


def fit(code: str, normalise: Normaliser, values: Array, *, lower_is_better: bool) -> Scale:
    """Return the scale of an indicator or node over one population; raises Problem where its values are too few."""
    try:
        return normalise.fit(values, lower_is_better=lower_is_better)
    except ValueError as error:
        what = Sentence("'{code}' cannot be scored: {error}", code=code, error=error.args[0])
        raise Problem(what, remedy=Sentence("give it fixed cuts, or widen its population")) from None


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
        what = Sentence(
            "'{name}' of channel '{channel}' is '{text}', which is not a number", name=name, channel=channel, text=text
        )
        raise Problem(what, remedy=Sentence("write a number, or leave it blank")) from None


def applies(scheme: Scheme, kinds: Texts) -> Mask:
    """Return which indicator applies to which channel, `[C, I]`."""
    return np.column_stack([indicator.applies_to(kinds) for indicator in scheme.indicators])


def enough_answers(scheme: Scheme, evidence: Evidence) -> Mask:
    """Return where a value rests on the answers its indicator asks for, `[C, I]`; no count given passes."""
    least = np.array([indicator.minimum_n for indicator in scheme.indicators])
    return np.isnan(evidence.n) | (evidence.n >= least)
