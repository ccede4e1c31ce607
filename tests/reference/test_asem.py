"""The ASEM sustainable connectivity index 2018: every stage of a composite as COINr 1.1.14 computed it (MIT licence)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from marsad.cli import main
from marsad.core.normalise import Treat
from marsad.core.rating import Rating, rate
from marsad.standards import load
from tests.reference.asem import IDENTIFIER, Asem
from tests.standards.hand_made import evidence_of

pytestmark = pytest.mark.reference

TOLERANCE = {"rtol": 0, "atol": 1e-6}


@pytest.fixture(scope="module")
def asem(reference_data) -> Asem:
    return Asem(reference_data / "composite_asem")


def rated(asem: Asem, folder: Path, **variant: object) -> Rating:
    """Rate the 51 countries by one variant of the index."""
    path = folder / "asem.toml"
    path.write_text(asem.standard(**variant), encoding="utf-8")
    scheme = load(str(path)).scheme
    return rate(scheme, evidence_of(scheme, asem.wide_rows, channel=IDENTIFIER))


@pytest.fixture(scope="module")
def index(asem, tmp_path_factory) -> Rating:
    return rated(asem, tmp_path_factory.mktemp("asem"))


def test_values_are_divided_by_their_denominators(asem, index):
    np.testing.assert_allclose(index.prepared.denominated, asem.stage("Denominated"), **TOLERANCE)
    np.testing.assert_allclose(index.evidence.values, asem.stage("Raw"), **TOLERANCE)


def test_gaps_are_filled_with_the_mean_of_the_continent(asem, index):
    assert np.isnan(index.prepared.denominated).sum() == 65
    np.testing.assert_allclose(index.prepared.imputed, asem.stage("Imputed"), **TOLERANCE)


def test_no_country_has_too_few_data(asem, index):
    assert index.prepared.enough.all()
    np.testing.assert_allclose(index.prepared.imputed, asem.stage("Screened"), **TOLERANCE)


def test_outliers_are_brought_in_as_far_and_as_often(asem, index):
    np.testing.assert_allclose(index.prepared.treated, asem.stage("Treated"), **TOLERANCE)
    moved = (index.prepared.treated != index.prepared.imputed).sum(axis=0)
    counts = {row["iCode"]: int(count) for row, count in zip(asem.indicators, moved, strict=True) if count}
    assert counts == asem.winsorised
    assert len(counts) == 15


def test_values_are_brought_between_0_and_100_in_their_direction(asem, index):
    np.testing.assert_allclose(index.prepared.scores, asem.stage("Normalised"), **TOLERANCE)


def test_every_level_is_the_weighted_mean_of_the_one_below(asem, index):
    for row in asem.nodes:
        np.testing.assert_allclose(index.nodes[row["iCode"].lower()].value, asem.level(row["iCode"]), **TOLERANCE)


def test_the_league_runs_from_switzerland_to_russia(asem, index):
    order = np.argsort(index.rank)
    league = [(str(index.evidence.channels[place]), round(float(index.score[place]), 2)) for place in order]
    assert league[:5] == [("CHE", 68.38), ("NLD", 64.82), ("DNK", 64.80), ("NOR", 64.47), ("BEL", 63.54)]
    assert league[-2:] == [("PAK", 37.63), ("RUS", 35.66)]
    assert league == [(row[IDENTIFIER], float(row["Index"])) for row in asem.rows("results")]


def plain_mean(values: list[float], weights: list[float], aggregate: str) -> float:
    """Return a weighted mean as the textbook writes it."""
    total = sum(weights)
    if aggregate == "geometric":
        return float(np.prod([value ** (weight / total) for value, weight in zip(values, weights, strict=True)]))
    if aggregate == "harmonic":
        return total / sum(weight / value for value, weight in zip(values, weights, strict=True))
    return sum(weight * value for value, weight in zip(values, weights, strict=True)) / total


def plain_index(asem: Asem, aggregate: str, low: float) -> list[dict[str, float]]:
    """Return every part's score for every country, one at a time, from the published treated values."""
    treated = asem.stage("Treated")
    worst, best = treated.min(axis=0), treated.max(axis=0)
    countries = []
    for values in treated:
        scores = {}
        for row, value, lowest, highest in zip(asem.indicators, values, worst, best, strict=True):
            share = (value - lowest) / (highest - lowest)
            scores[row["iCode"]] = low + (100 - low) * (1 - share if row["Direction"] == "-1" else share)
        for node in reversed(asem.nodes):
            below = [row for row in asem.meta if row["Parent"] == node["iCode"]]
            children = [scores[row["iCode"]] for row in below]
            scores[node["iCode"]] = plain_mean(children, [float(row["Weight"]) for row in below], aggregate)
        countries.append(scores)
    return countries


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic"])
def test_other_means_over_scores_from_1_to_100_agree_with_a_plain_twin(asem, aggregate, tmp_path):
    rating, twin = rated(asem, tmp_path, aggregate=aggregate, low=1), plain_index(asem, aggregate, 1)
    for row in asem.nodes:
        expected = [country[row["iCode"]] for country in twin]
        np.testing.assert_allclose(rating.nodes[row["iCode"].lower()].value, expected, **TOLERANCE)


def test_a_harmonic_index_never_exceeds_a_geometric_one_nor_that_an_arithmetic_one(asem, tmp_path):
    harmonic, geometric, arithmetic = (
        rated(asem, tmp_path, aggregate=aggregate, low=1).score for aggregate in ("harmonic", "geometric", "arithmetic")
    )
    assert (harmonic < geometric).all()
    assert (geometric < arithmetic).all()


def test_the_command_line_gives_the_same_index_from_one_wide_file(asem, index, tmp_path):
    standard, wide, out = tmp_path / "asem.toml", tmp_path / "asem.csv", tmp_path / "out"
    standard.write_text(asem.standard(), encoding="utf-8")
    with wide.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(asem.wide_rows[0]))
        writer.writeheader()
        writer.writerows(asem.wide_rows)
    arguments = ["rate", str(wide), "--id", IDENTIFIER, "--standard", str(standard), "--out", str(out), "--no-report"]
    assert main(arguments) == 0
    with (out / "ratings.csv").open(encoding="utf-8-sig", newline="") as file:
        score = {row["channel"]: float(row["score"]) for row in csv.DictReader(file)}
    np.testing.assert_allclose([score[country] for country in index.evidence.channels.tolist()], index.score, **TOLERANCE)


def test_values_that_tie_are_brought_in_together_and_each_counts_as_a_point():
    values = np.concatenate([np.linspace(0, 1, 40), [70.0, 80.0, 80.0]])
    one_round, _ = Treat(points=1, then_log=False).apply(values)
    np.testing.assert_array_equal(one_round[-3:], [70.0, 70.0, 70.0])
    stopped_by_two_points, _ = Treat(points=2, then_log=False).apply(values)
    np.testing.assert_array_equal(stopped_by_two_points[-3:], [70.0, 70.0, 70.0])
    second_round, _ = Treat(points=3, then_log=False).apply(values)
    np.testing.assert_array_equal(second_round[-3:], [1.0, 1.0, 1.0])
