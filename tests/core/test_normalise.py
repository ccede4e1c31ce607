"""Normalising, imputing and treating, against the twin and by hand."""

import numpy as np
import pytest

from marsad.core import normalise
from marsad.core.stars import Bands, KMeans
from tests import oracles
from tests.core.build import FIVE, floats, optional

LOW_CUTS = Bands((60.0, 40.0, 20.0, 10.0), FIVE)
METHODS = {
    "as-is": (normalise.AsIs(), oracles.as_is),
    "z-score": (normalise.ZScore(), oracles.z_scores),
    "min-max": (normalise.MinMax(1, 100), lambda values, lower: oracles.min_max(values, 1, 100, lower)),
    "percent-rank": (normalise.PercentRank(), oracles.percent_ranks),
    "goalposts": (normalise.Goalposts(20, 70), lambda values, lower: oracles.goalposts(values, 20, 70)),
    "falling goalposts": (normalise.Goalposts(70, 20, 1, 5), lambda values, lower: oracles.goalposts(values, 70, 20, 1, 5)),
}
COLUMNS = {
    "plain": [30.0, 50.0, 10.0, 90.0, 70.0],
    "a gap": [30.0, None, 10.0, 90.0, None],
    "ties": [30.0, 30.0, 10.0, 90.0, 90.0, 90.0],
    "constant": [0.1, 0.1, 0.1],
    "one channel": [42.0],
    "one value": [None, 42.0, None],
    "all missing": [None, None],
    "nobody": [],
}


def random_columns(count=20):
    generator = np.random.default_rng(7)
    for size in range(2, 2 + count):
        values = generator.normal(50, 25, size).round(generator.integers(0, 3))
        values[generator.random(size) < 0.2] = np.nan
        yield optional(values)


@pytest.mark.parametrize("lower_is_better", [False, True])
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("method", METHODS)
def test_every_normaliser_agrees_with_its_twin_by_hand(method, column, lower_is_better):
    check_normaliser(method, COLUMNS[column], lower_is_better)


@pytest.mark.parametrize("lower_is_better", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_every_normaliser_agrees_with_its_twin_at_random(method, lower_is_better):
    for column in random_columns():
        check_normaliser(method, column, lower_is_better)


def check_normaliser(method, column, lower_is_better):
    normaliser, twin = METHODS[method]
    scores = normaliser.fit(floats(column), lower_is_better=lower_is_better).score(floats(column))
    np.testing.assert_allclose(scores, floats(twin(column, lower_is_better)), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "percent-rank"])
def test_the_slope_of_a_line_is_what_a_unit_adds(method):
    values = np.array([30.0, 50.0, 35.0, 66.0])
    scale = METHODS[method][0].fit(values, lower_is_better=True)
    np.testing.assert_allclose(scale.slope(values), (scale.score(values + 0.5) - scale.score(values - 0.5)), atol=1e-9)


def test_levels_are_worth_their_points_and_straight_between():
    points = (0.0, 25.0, 60.0, 100.0)
    scale = normalise.Levels(points).fit(np.empty(0), lower_is_better=False)
    column = [1.0, 1.5, 2.0, 2.25, 3.0, 4.0, 0.0, 9.0, None]
    np.testing.assert_allclose(scale.score(floats(column)), floats(oracles.levels(column, points)))
    np.testing.assert_allclose(scale.slope(floats([1.5, 2.25, 3.5, None])), [25.0, 35.0, 40.0, np.nan])


@pytest.mark.parametrize(("rule", "lower_is_better"), [(Bands((10.0, 20.0, 40.0, 60.0), FIVE), False), (LOW_CUTS, True)])
def test_published_cuts_band_each_value(rule, lower_is_better):
    column = [5.0, 10.0, 19.999, 20.0, 40.0, 41.0, 60.0, 99.0, None, 0.1 + 0.2]
    scores = normalise.Stars(rule).fit(floats(column), lower_is_better=lower_is_better).score(floats(column))
    np.testing.assert_array_equal(scores, floats(oracles.cuts(column, rule.edges, rule.stars, lower_is_better)))


def test_stars_of_values_where_lower_is_better_mirror_those_where_higher_is():
    values = np.array([1.0, 2.0, 3.0, 11.0, 12.0, 25.0, 26.0, 27.0])
    rule = normalise.Stars(KMeans((1.0, 2.0, 3.0)))
    higher = rule.fit(values, lower_is_better=False).score(values)
    lower = rule.fit(values, lower_is_better=True).score(values)
    np.testing.assert_array_equal(lower, 4 - higher)


@pytest.mark.parametrize("method", ["mean", "median"])
def test_a_gap_takes_the_middle_of_its_group(method):
    values = [1.0, None, 4.0, 10.0, None, 20.0, None, 2.0]
    groups = ["a", "a", "a", "b", "b", "b", "c", "a"]
    impute = normalise.Impute(method)
    np.testing.assert_allclose(impute.fill(floats(values), np.array(groups)), floats(oracles.impute(values, method, groups)))
    np.testing.assert_allclose(impute.fill(floats(values), None), floats(oracles.impute(values, method)))


def test_a_gap_in_a_group_without_a_value_stays_a_gap():
    filled = normalise.Impute().fill(floats([None, 3.0]), np.array(["a", "b"]))
    assert np.isnan(filled[0])


@pytest.mark.parametrize("seed", range(10))
def test_skewness_and_kurtosis_agree_with_their_twins(seed):
    values = np.random.default_rng(seed).lognormal(size=seed + 5)
    assert normalise.skewness(values) == pytest.approx(oracles.skewness(values.tolist()))
    assert normalise.kurtosis(values) == pytest.approx(oracles.kurtosis(values.tolist()))


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("seed", range(12))
def test_outliers_are_treated_as_by_the_twin(seed, side):
    generator = np.random.default_rng(seed)
    values = side * generator.normal(size=30)
    values[: 1 + seed % 7] = side * np.exp(generator.uniform(2, 6, 1 + seed % 7))
    values[-1] = np.nan
    treated, _ = normalise.Treat().apply(values)
    np.testing.assert_allclose(treated, floats(oracles.treat(optional(values))), rtol=1e-10)


def test_a_column_that_needs_no_treatment_is_left_alone():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    treated, speed = normalise.Treat().apply(values)
    np.testing.assert_array_equal(treated, values)
    np.testing.assert_array_equal(speed, np.ones(6))
