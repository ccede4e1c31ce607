"""Sobol indices: against the closed form of Ishigami's function and figures of SALib 1.6.0."""

import math

import numpy as np
import pytest

from marsad.core.sobol import Design, indices

EACH = tuple(slice(place, place + 1) for place in range(3))


def ishigami(points: np.ndarray) -> np.ndarray:
    """sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁, each x uniform between −π and π."""
    x = 2 * np.pi * points - np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def closed_form() -> tuple[list[float], list[float]]:
    """Return first and total indices (Ishigami and Homma, 1990; Saltelli et al., Global Sensitivity Analysis, 2008, p. 179)."""
    a, b = 7.0, 0.1
    alone = [0.5 * (1 + b * math.pi**4 / 5) ** 2, a**2 / 8, 0.0]
    both = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = sum(alone) + both
    return [part / whole for part in alone], [(alone[0] + both) / whole, alone[1] / whole, both / whole]


def test_ishigamis_function_has_the_indices_of_its_closed_form():
    design = Design.of(3, EACH, 8192, seed=0)
    found = indices(design, ishigami(design.points))
    first, total = closed_form()
    assert found.first == pytest.approx(first, abs=0.005)
    assert found.total == pytest.approx(total, abs=0.005)


def test_the_same_points_give_the_figures_that_salib_prints():
    generator = np.random.default_rng(0)
    design = Design(generator.random((8, 3)), generator.random((8, 3)), EACH)
    found = indices(design, ishigami(design.points))
    assert found.first.round(8).tolist() == [-0.1102197, 0.06623829, 0.09984383]
    assert found.total.round(8).tolist() == [0.66595797, 0.27934228, 0.2765614]


def test_inputs_that_go_together_are_one_and_what_nothing_moves_has_no_index():
    design = Design.of(3, [slice(0, 1), slice(1, 3)], 2048, seed=2)
    points = design.points
    found = indices(design, np.column_stack([points[:, 1] + points[:, 2], np.ones(len(points))]))
    assert found.first[:, 0] == pytest.approx([0, 1], abs=0.03)
    assert found.total[:, 0] == pytest.approx([0, 1], abs=0.03)
    assert np.isnan(found.first[:, 1]).all()
    assert design.sampled == 4096
    assert len(points) == 4 * 2048
