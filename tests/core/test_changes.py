"""The cheapest changes are those that trying every set finds, and every set does what it says."""

import doctest
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest

from marsad.core import changes
from marsad.core.changes import Choice, Floor, Question, cheapest_changes, floors_in, shift_needed
from marsad.core.conditions import Attribute, Check, either, every

LEVELS = (0.0, 33.0, 67.0, 100.0)
DRAWS = 60 + 2 * np.array([NormalDist().inv_cdf((place + 0.5) / 1000) for place in range(1000)])


def questions(seed: int, count: int = 5) -> list[Question]:
    """Return questions on two pillars, with a cost of their own for a level."""
    generator = np.random.default_rng(seed)
    found = []
    for at in range(count):
        now, unit, share = generator.integers(0, 3), generator.integers(1, 5), generator.uniform(0.02, 0.1)
        choices = tuple(
            Choice(LEVELS[level], LEVELS[level] - LEVELS[now], float(unit * (level - now))) for level in range(now + 1, 4)
        )
        found.append(Question(f"q{at}", {"all": share, f"pillar-{at % 2}": 3 * share}, choices))
    return found


def tried_all(asked: list[Question], edge: float, probability: float, floor: Floor | None = None) -> float:
    """Return the least cost of all sets that do, infinite where none does."""
    best = np.inf
    for taken in product(*[(None, *one.choices) for one in asked]):
        gains = {
            node: sum(choice.gain * one.shares.get(node, 0.0) for one, choice in zip(asked, taken, strict=True) if choice)
            for node in ("all", "pillar-0", "pillar-1")
        }
        reaches = (DRAWS + gains["all"] >= edge - 1e-9).mean() >= probability
        if reaches and (floor is None or all(gains[code] >= floor.number - score for code, (score, _) in floor.nodes.items())):
            best = min(best, sum(choice.cost for choice in taken if choice))
    return best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("probability", [0.5, 0.8])
def test_no_set_is_cheaper_and_the_set_does_what_it_says(seed, probability):
    asked = questions(seed)
    found = cheapest_changes(asked, DRAWS, 68.0, probability, root="all")
    least = tried_all(asked, 68.0, probability)
    if found is None:
        assert least == np.inf
        return
    assert found.cost == pytest.approx(least)
    assert found.gain == pytest.approx(
        sum(found.chosen[one.code].gain * one.shares["all"] for one in asked if one.code in found.chosen)
    )
    assert found.chance == pytest.approx((DRAWS + found.gain >= 68.0 - 1e-9).mean())
    assert found.chance >= probability


@pytest.mark.parametrize("seed", range(6))
def test_a_limiter_is_lifted_too_at_the_least_cost(seed):
    asked = questions(seed)
    floor = Floor({"pillar-0": (50.0, 0.0), "pillar-1": (70.0, 0.0)}, number=60.0, certainty=0.8)
    found = cheapest_changes(asked, DRAWS, 63.0, 0.5, root="all", floors=[floor])
    least = tried_all(asked, 63.0, 0.5, floor)
    assert (found.cost if found else np.inf) == pytest.approx(least)
    assert found is None or not floor.applies({code: changes.gain_of(found.chosen, asked, code) for code in floor.nodes})


def test_a_limiter_that_depends_on_an_estimate_is_lifted_when_it_is_not_certain_any_more():
    floor = Floor({"one": (55.0, 2.0), "other": (61.0, 2.0)}, number=60.0, certainty=0.8)
    chances = [NormalDist(score, 2.0).cdf(60.0) for score in (55.0, 61.0)]
    assert floor.applies({}) is (1 - (1 - chances[0]) * (1 - chances[1]) >= 0.8) is True
    assert not floor.applies({"one": 5.0})
    asked = [Question("q", {"all": 0.0, "one": 1.0}, tuple(Choice(float(at), float(at), float(at)) for at in range(1, 9)))]
    found = cheapest_changes(asked, DRAWS, 50.0, 0.5, root="all", floors=[floor])
    assert found is not None
    assert found.cost == 5
    assert found.chance == 1


def test_what_is_reached_already_needs_no_change_and_what_cannot_be_reached_has_no_set():
    assert cheapest_changes(questions(1), DRAWS, 50.0, 0.8, root="all").chosen == {}
    assert cheapest_changes(questions(1), DRAWS, 200.0, 0.5, root="all") is None
    assert cheapest_changes([], DRAWS, 61.0, 0.8, root="all") is None
    assert shift_needed(DRAWS, 60.0, 0.5) == pytest.approx(0, abs=0.01)


def test_only_scores_that_are_too_low_can_be_raised():
    low, weak = Check("score", "people", "below", 60.0), Check("score", "services", "at_most", 50.0)
    assert floors_in(either(low, weak)) == [("people", 60.0), ("services", 50.0)]
    for condition in (every(low, weak), either(low, Attribute("breach", ("yes",))), Attribute("breach", ("yes",))):
        assert floors_in(condition) is None


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(changes).failed == 0
