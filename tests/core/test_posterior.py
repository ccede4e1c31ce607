"""Sampling errors on their way up: correlated where the same people answered, and no star that hangs on a seed."""

import numpy as np
import pytest

from marsad.core.conditions import Check
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Node, Scheme
from marsad.core.stars import Bands, Limiter
from tests.core.build import evidence, scheme

SE = [3.0, 5.0, 2.0, 4.0]
CORRELATION = {frozenset("ab"): 0.6, frozenset("cd"): 0.3}
"""Of pairs that meet in a pillar; all other pairs meet in the composite."""
ABOVE = 0.2


def two_pillars(*, drawn_at_the_pillars: bool = False) -> Scheme:
    """Two pillars, weights 2 to 1, with errors that correlate .6 and .3 inside them and .2 across."""
    limiters = [Limiter(f"never-{code}", Check("score", code, "below", -1e9), cap=1.0) for code in ("left", "right")]
    return scheme(
        Indicator("a", "left", 1.0),
        Indicator("b", "left", 3.0),
        Indicator("c", "right", 1.0),
        Indicator("d", "right", 1.0),
        root=Node("whole", error_correlation=ABOVE),
        nodes=[Node("left", "whole", 2.0, error_correlation=0.6), Node("right", "whole", error_correlation=0.3)],
        limiters=tuple(limiters) if drawn_at_the_pillars else (),
    )


def covariance() -> np.ndarray:
    """The covariance of the four errors, entry by entry."""
    names = "abcd"
    return np.array(
        [
            [SE[i] * SE[j] * (1.0 if i == j else CORRELATION.get(frozenset(names[i] + names[j]), ABOVE)) for j in range(4)]
            for i in range(4)
        ]
    )


WHOLE = np.array([2 / 3 / 4, 2 / 3 * 3 / 4, 1 / 3 / 2, 1 / 3 / 2])
LEFT, RIGHT = np.array([1 / 4, 3 / 4, 0, 0]), np.array([0, 0, 1 / 2, 1 / 2])
ONE_CHANNEL = evidence([[50.0, 60.0, 40.0, 70.0]], se=[SE])


def test_the_variance_of_every_node_is_that_of_the_full_covariance():
    tree = rate(two_pillars(), ONE_CHANNEL).tree
    for code, weights in (("whole", WHOLE), ("left", LEFT), ("right", RIGHT)):
        assert tree.branches[code].variance[0] == pytest.approx(weights @ covariance() @ weights)


@pytest.mark.parametrize("drawn_at_the_pillars", [False, True])
def test_draws_spread_as_the_full_covariance_wherever_drawing_starts(drawn_at_the_pillars):
    rated = rate(two_pillars(drawn_at_the_pillars=drawn_at_the_pillars), ONE_CHANNEL, Settings(draws=40_000))
    spread = float(np.sqrt(WHOLE @ covariance() @ WHOLE))
    assert (rated.high[0] - rated.low[0]) / (2 * 1.6448536) == pytest.approx(spread, rel=0.02)


def test_errors_without_a_correlation_are_independent():
    plain = scheme(Indicator("a", "whole"), Indicator("b", "whole"))
    assert rate(plain, evidence([[50.0, 60.0]], se=[[3.0, 4.0]])).tree.branches["whole"].variance[0] == pytest.approx(25 / 4)


def test_a_correlation_is_inherited_until_a_node_says_otherwise():
    found = scheme(
        Indicator("a", "inner"),
        Indicator("b", "own"),
        root=Node("whole", error_correlation=0.2),
        nodes=[Node("outer", "whole"), Node("inner", "outer"), Node("own", "outer", error_correlation=0.5)],
    ).error_correlation
    assert found == {"whole": 0.2, "outer": 0.2, "inner": 0.2, "own": 0.5}


def doubtful() -> Scheme:
    """A cap that applies from a probability of .8 on, over channels at about that probability."""
    limiter = Limiter("weak", Check("score", "left", "below", 60.0), cap=2.0)
    return scheme(
        Indicator("a", "left"),
        Indicator("b", "right"),
        nodes=[Node("left", "whole"), Node("right", "whole")],
        limiters=(limiter,),
    )


def test_a_star_near_a_limiters_certainty_does_not_hang_on_the_seed():
    near = evidence([[60 - 4 * (0.8416 + step / 400), 90.0] for step in range(-8, 9)], se=[4.0, 1.0])
    stars = [rate(doubtful(), near, Settings(seed=seed)).star.tolist() for seed in range(6)]
    assert stars == [stars[0]] * 6
    assert set(stars[0]) == {2.0, 4.0}
    chances = rate(doubtful(), near).limits[0].probability
    assert np.abs(np.diff(chances)).max() < 0.005


def test_the_score_of_a_linear_scheme_is_the_same_for_every_seed_to_the_last_digit():
    generator = np.random.default_rng(3)
    values = np.round(generator.uniform(20, 80, (200, 3)), 3)
    plain = scheme(*(Indicator(code, "whole") for code in "abc"), stars=Bands((50.0,), (1.0, 2.0)))
    scores = [rate(plain, evidence(values, se=2.0), Settings(seed=seed)).score.tolist() for seed in range(3)]
    assert scores == [scores[0]] * 3
