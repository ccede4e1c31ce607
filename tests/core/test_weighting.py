"""Raking and the error of what is then reckoned: against the twin, and by hand."""

import numpy as np
import pytest

from marsad.core.problem import Problem
from marsad.core.weighting import Margin, rake, weighted_mean, weighted_total
from tests import oracles

SEX, AGE = ("f", "m"), ("old", "young", "middle")


def margins(seed: int, size: int = 60) -> list[Margin]:
    """Return two groupings of answers with totals of one population, drawn."""
    generator = np.random.default_rng(seed)
    return [
        Margin(
            np.array(names)[generator.integers(0, len(names), size)], names, generator.dirichlet(np.full(len(names), 9)) * 5000
        )
        for names in (SEX, AGE)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_raking_agrees_with_its_twin_round_by_round(seed):
    given = margins(seed)
    weights = np.random.default_rng(seed).uniform(0.5, 2, 60)
    raked = rake(weights, given, tolerance=0, rounds=3)
    groups = [margin.group.tolist() for margin in given]
    totals = [dict(zip(margin.names, margin.totals.tolist(), strict=True)) for margin in given]
    assert raked.weights.tolist() == pytest.approx(oracles.raked(weights.tolist(), groups, totals, 3))
    assert (len(raked.moved), raked.converged) == (3, False)


@pytest.mark.parametrize("seed", range(4))
def test_raked_weights_reach_every_known_total_and_say_how_near(seed):
    given = margins(seed)
    raked = rake(np.ones(60), given, tolerance=1e-6)
    assert raked.converged
    assert raked.gap < 1e-8
    assert raked.moved[-1] < 1e-6 <= raked.moved[-2]
    for margin in given:
        for name, total in zip(margin.names, margin.totals, strict=True):
            assert raked.weights[margin.group == name].sum() == pytest.approx(total)


def test_weights_keep_the_odds_within_a_cell_of_the_margins():
    given, weights = margins(5), np.random.default_rng(5).uniform(0.5, 2, 60)
    raked = rake(weights, given, tolerance=1e-9)
    cell = (given[0].group == "f") & (given[1].group == "old")
    assert np.ptp(raked.weights[cell] / weights[cell]) == pytest.approx(0, abs=1e-9)


def test_one_margin_is_post_stratification_with_the_error_of_the_textbook():
    """One stratum of answers a cluster each: the error is that of residuals from the groups' means."""
    groups, values = np.array(["f", "f", "m", "m", "m"]), np.array([1.0, 3.0, 10.0, 14.0, 12.0])
    raked = rake(np.ones(5), [Margin(groups, SEX, np.array([40.0, 60.0]))])
    total = weighted_total(values, raked, np.array(["a", "b", "c", "d", "e"]))
    assert total.value == pytest.approx(40 * 2 + 60 * 12)
    expanded = np.array([-20.0, 20.0, -40.0, 40.0, 0.0])
    assert total.se == pytest.approx(np.sqrt(5 / 4 * (expanded**2).sum()))
    mean = weighted_mean(values, raked, np.array(["a", "b", "c", "d", "e"]))
    assert (mean.value, mean.se) == (pytest.approx(8.0), pytest.approx(total.se / 100))


def test_what_the_margins_explain_has_no_error_and_a_whole_population_neither():
    given = margins(6)
    raked = rake(np.ones(60), given, tolerance=1e-9)
    clusters = np.array([str(place % 7) for place in range(60)])
    explained = 3.0 * (given[0].group == "f") + 5.0 * (given[1].group == "old")
    assert weighted_total(explained, raked, clusters).se == pytest.approx(0, abs=1e-6)
    values = np.random.default_rng(6).normal(size=60)
    assert weighted_mean(values, raked, clusters).se > 0
    assert weighted_mean(values, raked, clusters, sampled=1.0).se == 0


def test_in_simulation_the_error_of_a_raked_mean_is_its_spread_over_samples():
    generator = np.random.default_rng(7)
    sexes, ages = generator.integers(0, 2, 40_000), generator.integers(0, 3, 40_000)
    quality = 5.0 * sexes + 3.0 * ages + generator.normal(size=40_000)
    totals = [np.bincount(sexes).astype(float), np.bincount(ages).astype(float)]
    means, errors = [], []
    for _ in range(200):
        drawn = generator.choice(40_000, 150, replace=False)
        given = [Margin(np.array(SEX)[sexes[drawn]], SEX, totals[0]), Margin(np.array(AGE)[ages[drawn]], AGE, totals[1])]
        found = weighted_mean(quality[drawn], rake(np.full(150, 40_000 / 150), given), drawn.astype(str))
        means.append(found.value)
        errors.append(found.se)
    assert np.mean(means) == pytest.approx(quality.mean(), abs=0.03)
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.15)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"totals": np.array([40.0, 50.0])}, "add up to 100, of another to 90"),
        ({"group": np.array(["f"] * 4)}, "nobody in the group m answered"),
        ({"group": np.array(["f", "m", "x", "f"])}, "no total is known of the group x"),
    ],
)
def test_margins_that_cannot_be_reached_are_refused(changed, words):
    plain = {"group": np.array(["f", "m", "m", "f"]), "names": SEX, "totals": np.array([40.0, 60.0])}
    sound = Margin(np.array(["old", "young", "young", "old"]), ("old", "young"), np.array([50.0, 50.0]))
    with pytest.raises(Problem, match=words) as said:
        rake(np.ones(4), [sound, Margin(**{**plain, **changed})])
    assert said.value.remedy


def test_weights_of_nothing_no_margins_and_a_single_cluster_are_refused():
    margin = Margin(np.array(["f", "m"]), SEX, np.array([4.0, 6.0]))
    for weights, given in ((np.zeros(2), [margin]), (np.ones(2), [])):
        with pytest.raises(Problem, match="no margin, or a weight"):
            rake(weights, given)
    with pytest.raises(Problem, match="one cluster"):
        weighted_mean(np.ones(2), rake(np.ones(2), [margin]), np.array(["a", "a"]))
