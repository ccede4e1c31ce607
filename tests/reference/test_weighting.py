"""Published figures of estimates: raked Californian schools (R's survey package), Efron and Morris's batters."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from marsad.core.shrinkage import shrunk_means
from marsad.core.weighting import Margin, Raked, rake, weighted_mean, weighted_total


@pytest.fixture
def folder(reference_data: Path) -> Path:
    return reference_data / "weighting"


@pytest.fixture
def sample(folder) -> list[dict[str, str]]:
    with (folder / "api_apiclus1.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def raked(folder: Path, sample: list[dict[str, str]], tolerance: float) -> Raked:
    with gzip.open(folder / "api_population.csv.gz", "rt", encoding="utf-8", newline="") as file:
        population = list(csv.DictReader(file))
    margins = []
    for column in ("stype", "sch.wide"):
        totals = Counter(school[column] for school in population)
        group = np.array([school[column] for school in sample])
        margins.append(Margin(group, tuple(totals), np.array(list(totals.values()), float)))
    return rake(numbers(sample, "pw"), margins, tolerance=tolerance)


def numbers(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows])


def test_raked_weights_total_and_mean_of_the_californian_schools_with_their_errors(folder, sample):
    found = raked(folder, sample, tolerance=1.0)
    with (folder / "api_apiclus1_raked_weights.csv").open(encoding="utf-8", newline="") as file:
        published = {row["cds"]: float(row["w"]) for row in csv.DictReader(file)}
    np.testing.assert_allclose(found.weights, [published[school["cds"]] for school in sample], rtol=1e-12)
    districts = np.array([school["dnum"] for school in sample])
    drawn = np.unique(districts).size / numbers(sample, "fpc")[0]
    total = weighted_total(numbers(sample, "enroll"), found, districts, drawn)
    assert round(total.value) == 3_647_300
    assert total.se == pytest.approx(400_603, rel=1e-4)
    mean = weighted_mean(numbers(sample, "api00"), found, districts, drawn)
    assert (round(mean.value, 2), round(mean.se, 2)) == (641.23, 23.70)


def test_raked_until_nothing_moves_the_total_is_the_one_of_full_convergence(folder, sample):
    found = raked(folder, sample, tolerance=1e-9)
    assert found.converged
    assert round(float(found.weights @ numbers(sample, "enroll"))) == 3_647_280


def test_batting_averages_are_drawn_to_their_mean_by_the_factor_of_efron_and_morris(folder):
    """B. Efron, C. Morris, "Stein's paradox in statistics", Scientific American 236 (1977), 119-127."""
    with (folder / "efron_morris_baseball.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen, later = numbers(rows, "hits") / numbers(rows, "ab"), numbers(rows, "remainder_avg")
    mean = seen.mean()
    found = shrunk_means(seen, np.sqrt(np.full(18, mean * (1 - mean) / 45)), numbers(rows, "ab"))
    assert found.kept.round(3).tolist() == [0.212] * 18
    own, drawn = ((values - later) @ (values - later) for values in (seen, found.estimate.value))
    assert drawn < own / 3.3
