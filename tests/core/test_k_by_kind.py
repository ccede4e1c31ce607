"""How many of a kind may be named: the standard's number, or the one that a cycle announced for the kind."""

import numpy as np
import pytest

from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Naming
from tests.core.build import evidence, flat

VALUES = np.linspace(40, 80, 10)[:, None]
KNOWN = evidence(VALUES, se=np.full(VALUES.shape, 5.0), kind=["app"] * 5 + ["centre"] * 5)
QUICK = Settings(draws=400)


def named(**rest) -> dict[str, float]:
    """Return how many of each kind are among the first, summed over their chances."""
    rating = rate(flat(1, kinds=("app", "centre"), naming=Naming(k=2), **rest), KNOWN, QUICK)
    return {kind: rating.p_top[rating.leagues == kind].sum() for kind in ("app", "centre")}


def test_every_kind_has_the_standards_number_unless_a_cycle_says_otherwise():
    assert named() == pytest.approx({"app": 2, "centre": 2})
    assert named(k_by_kind=(("app", 1),)) == pytest.approx({"app": 1, "centre": 2})
    assert named(k_by_kind=(("app", 1), ("centre", 3))) == pytest.approx({"app": 1, "centre": 3})


def test_naming_more_or_fewer_moves_no_star_and_no_rank():
    plain, changed = (rate(flat(1, k_by_kind=k), KNOWN, QUICK) for k in ((), (("app", 1),)))
    for column in ("score", "star", "rank", "rank_low", "rank_high"):
        np.testing.assert_array_equal(getattr(plain, column), getattr(changed, column))
