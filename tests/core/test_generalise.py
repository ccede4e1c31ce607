"""Where scores vary and how far their mean generalises: against the textbook's formulas and in simulation."""

import doctest

import numpy as np
import pytest

from marsad.core import generalise as module
from marsad.core.generalise import Design, generalise, variance_components
from marsad.core.problem import Problem
from tests import oracles

CROSSED = Design(("p", "i"))
NESTED = Design(("p", "i", "o"), {"i": "o"})


def named(components: dict[frozenset[str], float]) -> dict[str, float]:
    return {"".join(sorted(effect)): value for effect, value in components.items()}


def test_two_crossed_facets_agree_with_the_textbook():
    scores = np.random.default_rng(1).normal(size=(7, 4)) + np.arange(7)[:, None]
    between, _, columns, rest = oracles.mean_squares(scores.tolist())
    found = named(variance_components(scores, CROSSED))
    assert found == pytest.approx({"p": (between - rest) / 4, "i": (columns - rest) / 7, "ip": rest})
    assert generalise(variance_components(scores, CROSSED), CROSSED, {"i": 4}).relative == pytest.approx(
        oracles.intraclass(scores.tolist())[5]
    )


def test_a_nested_facet_agrees_with_the_textbook():
    scores = np.random.default_rng(2).normal(size=(5, 4, 3))
    twin = dict(zip(("p", "o", "io", "op", "iop"), oracles.nested_components(scores.tolist()), strict=True))
    assert named(variance_components(scores, NESTED)) == pytest.approx(twin, abs=1e-12)


@pytest.mark.parametrize(
    ("design", "shape"),
    [(Design(("p", "i", "o")), (12, 5, 6)), (NESTED, (12, 5, 6)), (Design(("p", "i", "o"), {"p": "o"}), (8, 5, 6))],
)
def test_variances_are_found_again_without_bias(design, shape):
    truth = {effect: 0.5 + place for place, effect in enumerate(design.effects)}
    generator, found = np.random.default_rng(4), []
    for _ in range(300):
        scores = np.zeros(shape)
        for effect, variance in truth.items():
            sides = [size if facet in effect else 1 for facet, size in zip(design.facets, shape, strict=True)]
            scores = scores + np.sqrt(variance) * generator.normal(size=sides)
        found.append(list(variance_components(scores, design).values()))
    away = (np.mean(found, axis=0) - list(truth.values())) / (np.std(found, axis=0) / np.sqrt(300))
    assert np.abs(away).max() < 5


def test_more_of_a_facet_generalise_further_and_a_fixed_line_asks_for_more_than_a_comparison():
    components = variance_components(np.random.default_rng(3).normal(size=(9, 5)) + np.arange(9)[:, None], CROSSED)
    few, many = (generalise(components, CROSSED, {"i": count}) for count in (2, 20))
    assert few.relative < many.relative
    assert few.absolute <= few.relative


def test_nothing_that_differs_generalises_to_nothing():
    components = dict.fromkeys(CROSSED.effects, 0.0)
    assert generalise(components, CROSSED, {"i": 3}).relative == 0


@pytest.mark.parametrize(
    ("ask", "what"),
    [
        (lambda: variance_components(np.ones((3, 1)), CROSSED), "complete design"),
        (lambda: variance_components(np.array([[1.0, np.nan], [2.0, 3.0]]), CROSSED), "complete design"),
        (lambda: variance_components(np.ones((3, 3, 3)), CROSSED), "complete design"),
        (lambda: Design(("p", "i"), {"i": "o"}), "cannot be nested"),
        (lambda: Design(("p", "i"), {"i": "i"}), "cannot be nested"),
        (lambda: generalise(dict.fromkeys(CROSSED.effects, 1.0), CROSSED, {}), "how many i"),
    ],
)
def test_what_is_no_design_is_refused(ask, what):
    with pytest.raises(Problem, match=what):
        ask()


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(module).failed == 0
