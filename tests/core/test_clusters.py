"""Cut points found in the data: Ward's clusters on a line, fences, dealing and rounding."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from marsad.core.clusters import Ward, half_away, ward_edges

FIVE = (1.0, 2.0, 3.0, 4.0, 5.0)


def scipy_edges(scores: np.ndarray, k: int) -> list[float]:
    """Return the lowest scores of the upper clusters as SciPy's general algorithm finds them."""
    labels = fcluster(linkage(scores[:, None], method="ward"), k, criterion="maxclust")
    return sorted(float(scores[labels == label].min()) for label in np.unique(labels))[1:]


@pytest.mark.parametrize("seed", range(20))
def test_merging_neighbours_on_a_line_is_what_the_general_algorithm_does(seed):
    generator = np.random.default_rng(seed)
    scores, k = generator.normal(size=int(generator.integers(8, 150))), int(generator.integers(2, 7))
    assert ward_edges(scores, k).tolist() == scipy_edges(scores, k)


def test_equal_scores_always_share_a_cluster():
    scores = np.repeat([10.0, 11.0, 50.0, 90.0], [1, 40, 2, 7])
    assert ward_edges(scores, 3).tolist() == [50.0, 90.0]


def test_too_few_different_scores_leave_the_lowest_stars_empty():
    assert ward_edges(np.array([7.0, 9.0, 9.0]), 4).tolist() == [7.0, 7.0, 9.0]


@pytest.mark.parametrize("seed", range(5))
def test_where_lower_is_better_the_highest_score_of_each_cluster_is_the_cut_point(seed):
    scores = np.random.default_rng(seed).gamma(2, 10, size=200)
    rule = Ward(FIVE, bounds=(0, 100), groups=0)
    mirrored = [-edge for edge in rule.mirrored().cuts(-scores).edges]
    assert mirrored == pytest.approx([scores[scores < edge - 1e-6].max() for edge in reversed(rule.cuts(scores).edges)])


def test_a_score_beyond_the_outer_fence_moves_no_cut_point():
    scores = np.linspace(40, 60, 101)
    rule = Ward(FIVE, groups=0)
    assert rule.cuts(np.append(scores, [-500.0, 900.0])) == rule.cuts(scores)


def test_the_order_of_the_scores_changes_nothing():
    scores = np.random.default_rng(3).normal(70, 10, size=300)
    rule = Ward(FIVE, seed=5)
    assert rule.cuts(scores) == rule.cuts(np.random.default_rng(4).permutation(scores))


def test_cut_points_are_published_to_the_decimals_the_measure_shows():
    scores = np.random.default_rng(6).normal(70, 10, size=300)
    exact, shown = Ward(FIVE).cuts(scores).edges, Ward(FIVE, decimals=0).cuts(scores).edges
    assert list(shown) == [np.floor(edge + 0.5) for edge in exact]


def test_halves_round_away_from_zero_on_both_sides_of_it():
    assert half_away(np.array([0.5, 1.5, -0.5, -1.5, 2.4]), 0).tolist() == [1, 2, -1, -2, 2]
    assert half_away(np.array([0.125, -0.125]), 2).tolist() == [0.13, -0.13]


def test_a_guardrail_holds_a_cut_point_near_last_years():
    scores = np.random.default_rng(6).normal(70, 10, size=300)
    free = np.array(Ward(FIVE).cuts(scores).edges)
    held = Ward(FIVE, previous=tuple(free - 8), guardrail=5).cuts(scores).edges
    assert held == pytest.approx(free - 3)


@pytest.mark.parametrize("scores", [[], [5.0] * 30, [1.0, 2.0, 3.0, 4.0]])
def test_too_few_different_scores_are_said(scores):
    with pytest.raises(ValueError, match="different scores cannot form 5 clusters"):
        Ward(FIVE).cuts(np.array(scores))
