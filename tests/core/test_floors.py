"""How closely a score must be known to be one."""

import numpy as np
import pytest

from marsad.core.posterior import Settings
from marsad.core.rating import UNSURE, rate
from marsad.core.scheme import Floors
from tests.core.build import evidence, flat

SETTINGS = Settings(seed=1, draws=1000)
WIDTH = 2 * 1.645
"""Standard errors in a 90 % interval."""


def reasons(values, se, floors):
    known = evidence(np.reshape(values, (-1, 1)), se=np.reshape(se, (-1, 1)))
    return rate(flat(1, floors=floors), known, SETTINGS).reason.tolist()


def test_a_wide_interval_is_no_score_and_the_reason_says_so():
    spread = [20.0, 40.0, 60.0, 80.0]
    assert reasons(spread, [1.0, 1.0, 1.0, 12 / WIDTH], Floors(widest=10.0)) == ["", "", "", UNSURE]
    assert reasons(spread, [1.0, 1.0, 1.0, 12 / WIDTH], Floors(widest=14.0)) == [""] * 4
    assert reasons(spread, [1.0, 1.0, 1.0, 12 / WIDTH], None) == [""] * 4


@pytest.mark.parametrize(("tight", "rated"), [(3.0, False), (5.0, True)])
def test_in_a_kind_of_equals_a_score_counts_that_is_known_closely(tight, rated):
    alike = [60.0, 60.1, 59.9, 60.05, 59.95]
    found = reasons(alike, [4 / WIDTH] * 5, Floors(widest=20.0, reliability=0.7, tight=tight))
    assert found == ([""] if rated else [UNSURE]) * 5


def test_exact_scores_are_known_closely_enough():
    assert reasons([50.0, 50.0, 60.0], [np.nan] * 3, Floors(widest=1.0)) == [""] * 3
    assert reasons([50.0, 50.0, 60.0], [np.nan, np.nan, 1.0], Floors(widest=1.0)) == ["", "", UNSURE]
