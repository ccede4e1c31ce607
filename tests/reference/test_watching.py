"""Published control charts: the examples of the NIST/SEMATECH handbook, sections 6.3.2.3 and 6.3.2.4."""

import csv
from pathlib import Path

import numpy as np
import pytest

from marsad.core.watching import cumulative_sums, moving_average


@pytest.fixture
def readings(reference_data: Path) -> dict[str, np.ndarray]:
    with (reference_data / "weighting" / "nist_spc.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([[float(row[column]) for row in rows]]) for column in ("ewma_x", "cusum_x")}


def test_the_moving_average_of_the_handbook_ends_at_51_99_within_its_limits(readings):
    values = readings["ewma_x"]
    found = moving_average(values, np.full(values.shape, 2.0539), target=50.0, weight=0.3)
    published = (
        "50.60 49.52 50.56 50.18 50.16 49.21 49.75 49.85 50.26 50.33 50.11 49.36 49.52 50.05 49.38 49.92 50.73 51.23 51.94 51.99"
    )
    assert [f"{average:.2f}" for average in found.average[0]] == published.split()
    assert [round(float(end[0, -1]), 3) for end in found.limits()] == [47.412, 52.588]


def test_the_cumulative_sum_of_the_handbook_signals_at_the_fourteenth_reading(readings):
    found = cumulative_sums(readings["cusum_x"], target=325.0, slack=0.3175, threshold=4.1959)
    assert found.signal.tolist() == [14 - 1]
    assert found.above[0, 13] == pytest.approx(4.94, abs=0.01)
