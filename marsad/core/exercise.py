"""A calibration exercise: raters score one recorded case, so that nothing but the raters differs.

Each is held against the mean of those who are not far off, as changes are in a field period, so that one who is far off does not
make the rest seem so. `R` raters, `Q` questions; scores are in points, 100 from a scale's worst to its best.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marsad.core.arrays import Array, Mask
from marsad.core.posterior import Settings
from marsad.core.rasch import joined
from marsad.core.raters import Agreement
from marsad.core.severity import additive, beyond, largest, reach_of, steadied
from marsad.core.twice import DRAWS, SURELY, alpha, resampled, sums_of


@dataclass(frozen=True)
class Exercised:
    """What an exercise tells of raters `[R]`, of questions `[Q]` and of all together.

    `value` is by how many points a rater gives less than those who are not far off, with its interval; NaN for whom no question
    joins to most others. `apart`: by more than chance explains. `answers` is how many questions a rater scored, `scored` how many
    scored a question, with their `mean` and `spread`. `agreement` is Krippendorff's α, `typical` the standard deviation of raters
    on one question.
    """

    value: Array
    low: Array
    high: Array
    answers: Array
    apart: Mask
    mean: Array
    spread: Array
    scored: Array
    agreement: Agreement
    typical: float


def exercised(scores: Array, settings: Settings = DRAWS) -> Exercised:
    """Return what scores of one case `[Q, R]` tell, NaN where a rater left a question out; every rater scored one at least.

    >>> found = exercised(np.array([[50.0, 51.0, 40.0], [70.0, 72.0, 58.0], [90.0, 88.0, 80.0]]))
    >>> found.value.round(2).tolist(), found.apart.tolist()
    ([0.17, -0.17, 10.83], [False, False, True])
    """
    question, rater = np.nonzero(~np.isnan(scores))
    points = scores[question, rater]
    kept, who = largest(joined(question, rater), rater)
    fit = additive(question[kept], np.searchsorted(who, rater[kept]), points[kept])
    noise = fit.variance if not fit.variance <= SURELY else 0.0  # rounding is no chance
    value, error = np.full(scores.shape[1], np.nan), np.full(scores.shape[1], np.nan)
    value[who], error[who] = steadied(-fit.lenient, noise * fit.told, fit.freedom)
    reach = reach_of(fit.freedom) * error
    mean, spread, scored = mean_and_spread(scores)
    told = scored > 1
    within = float(((scored - 1) * spread**2)[told].sum() / (scored - 1)[told].sum()) if told.any() else np.nan
    return Exercised(
        value=value,
        low=value - reach,
        high=value + reach,
        answers=(~np.isnan(scores)).sum(axis=0).astype(np.float64),
        apart=beyond(value, error, fit.freedom),
        mean=mean,
        spread=spread,
        scored=scored,
        agreement=resampled(sums_of(question, question, points), alpha, settings),
        typical=float(np.sqrt(within)),
    )


def mean_and_spread(scores: Array) -> tuple[Array, Array, Array]:
    """Return mean, standard deviation and number of the scores of each question `[Q]`, NaN of fewer than one and two."""
    known = ~np.isnan(scores)
    n = known.sum(axis=1).astype(np.float64)
    empty = np.full(n.shape, np.nan)
    mean = np.divide(np.where(known, scores, 0).sum(axis=1), n, out=empty.copy(), where=n > 0)
    square = np.where(known, (scores - mean[:, None]) ** 2, 0).sum(axis=1)
    return mean, np.sqrt(np.divide(square, n - 1, out=empty, where=n > 1)), n
