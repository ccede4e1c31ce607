"""The tree: aggregates, missing branches, rescaling and errors, against the twin and by hand."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.composite import AGGREGATES
from marsad.core.conditions import Attribute, Check
from marsad.core.normalise import Goalposts, Impute, MinMax, Normaliser, PercentRank, Stars, Treat, ZScore
from marsad.core.prepare import prepare
from marsad.core.problem import Problem
from marsad.core.rating import rate, reckon
from marsad.core.scheme import Adjustment, Alternative, Indicator, Node, Peers, Requirement
from marsad.core.stars import Bands, KMeans, Limiter
from tests import oracles
from tests.core.build import PILLARED_TREE, evidence, flat, floats, optional, pillared, scheme

WEIGHTS = [1.0, 2.0, 5.0]


def random_values(seed: int, shape: tuple[int, int], gaps: float = 0.3) -> np.ndarray:
    generator = np.random.default_rng(seed)
    values = generator.uniform(1, 100, shape).round(2)
    values[generator.random(shape) < gaps] = np.nan
    return values


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("missing", ["reweight", "not-rated"])
@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_every_aggregate_agrees_with_its_twin_missing_children_included(aggregate, missing, least):
    values = random_values(5, (40, 3))
    values[0] = np.nan
    values[1] = [0.0, 50.0, np.nan]
    rating = rate(flat(3, WEIGHTS, root=Node("whole", aggregate=aggregate, missing=missing, minimum=least)), evidence(values))
    twin = [oracles.node_score(optional(row), WEIGHTS, aggregate, missing, least) for row in values]
    np.testing.assert_allclose(rating.score, floats(twin), atol=1e-8)


def test_what_no_other_score_reaches_is_taken_from_a_tree_that_is_like_it():
    asked = scheme(
        *pillared().indicators,
        nodes=(Node("a", "whole", 2.0, aggregate="geometric"), Node("b", "whole", zero_when=Check("value", "b1", "below", 5.0))),
        adjustments=(Adjustment("plus", ((Check("score", "a", "above", 50.0), 3.0),)),),
    )
    known = evidence(random_values(3, (20, 4)), se=1.0)
    ready = prepare(asked, known, known.kinds)
    before = reckon(asked, known, ready)
    scores = ready.scores.copy()
    scores[::2, 3] = 44.0
    other = replace(ready, scores=scores)
    quick, slow = reckon(asked, known, other, before), reckon(asked, known, other)
    for code, branch in slow.branches.items():
        for name, values in vars(branch).items():
            np.testing.assert_array_equal(getattr(quick.branches[code], name), values)
    np.testing.assert_array_equal(quick.score("whole"), slow.score("whole"))
    taken = {code for code, branch in quick.branches.items() if branch is before.branches[code]}
    assert taken == {"a1", "a2", "a", "b1"}, "b hangs on a score that is another, and on a condition"


def test_a_missing_group_shares_its_weight_among_the_others():
    rating = rate(pillared(), evidence([[10, 50, None, None], [None, 50, 80, None]]))
    assert rating.score.tolist() == [40.0, 60.0]  # (1·10 + 3·50)/4, and (2·50 + 1·80)/3


@pytest.mark.parametrize("seed", range(4))
def test_scores_and_variances_through_the_tree_agree_with_the_twin(seed):
    values, se = random_values(seed, (30, 4), gaps=0.25), np.random.default_rng(seed).uniform(0.5, 4, (30, 4))
    rating = rate(pillared(), evidence(values, se=se))
    for place, row in enumerate(values):
        leaves = dict(zip(["a1", "a2", "b1", "b2"], optional(row), strict=True))
        score = oracles.tree_score(PILLARED_TREE, leaves)
        if score is None:
            assert not rating.rated[place]
            continue
        variances = dict(zip(leaves, se[place] ** 2, strict=True))
        assert rating.score[place] == pytest.approx(score, abs=1e-8)
        assert rating.tree.branches["whole"].variance[place] == pytest.approx(
            oracles.tree_variance(PILLARED_TREE, leaves, variances)
        )


def normalised(normaliser: Normaliser, values, **rest):
    return rate(scheme(Indicator("x", "whole", normalise=normaliser)), evidence(np.array(values)[:, None], **rest))


def test_every_kind_is_its_own_population():
    values, kinds = [10.0, 20.0, 30.0, 100.0, 300.0], ["desk", "desk", "desk", "app", "app"]
    rating = normalised(ZScore(), values, kind=kinds)
    np.testing.assert_allclose(rating.score, oracles.z_scores(values[:3]) + oracles.z_scores(values[3:]), atol=1e-9)


def test_a_node_is_rescaled_within_each_kind():
    values, kinds = [[10.0], [20.0], [30.0], [100.0], [300.0]], ["desk", "desk", "desk", "app", "app"]
    one = scheme(Indicator("x", "a"), nodes=(Node("a", "whole", rescale=ZScore()),))
    rating = rate(one, evidence(values, kind=kinds))
    flat_values = [row[0] for row in values]
    np.testing.assert_allclose(rating.score, oracles.z_scores(flat_values[:3]) + oracles.z_scores(flat_values[3:]), atol=1e-9)


def test_peer_groups_are_the_populations_where_the_scheme_says_so():
    one = scheme(Indicator("x", "whole", normalise=MinMax()), peers=Peers("size"), within="peers")
    rating = rate(one, evidence([[1.0], [2.0], [10.0], [30.0]], size=["s", "s", "l", "l"]))
    assert rating.score.tolist() == [0.0, 100.0, 0.0, 100.0]


@pytest.mark.parametrize("normaliser", [ZScore(), MinMax(), PercentRank()])
def test_a_population_of_one_and_a_constant_column_stand_in_the_middle(normaliser):
    middle = 0.0 if isinstance(normaliser, ZScore) else 50.0
    assert normalised(normaliser, [42.0]).score.tolist() == [middle]
    assert normalised(normaliser, [0.1, 0.1, 0.1]).score.tolist() == [middle] * 3


def test_a_population_without_any_value_is_not_rated_and_disturbs_nobody():
    clusters = Stars(KMeans((1.0, 2.0)))
    one = scheme(
        Indicator("x", "whole", normalise=clusters, kinds=frozenset({"desk"})), Indicator("y", "whole", kinds=frozenset({"app"}))
    )
    rating = rate(one, evidence([[1.0, None], [9.0, None], [None, 4.0], [None, None]], kind=["desk", "desk", "app", "app"]))
    np.testing.assert_array_equal(rating.score, [1.0, 2.0, 4.0, np.nan])
    assert rating.reason.tolist() == ["", "", "", "no-evidence"]


def test_what_does_not_apply_to_a_kind_is_no_gap():
    strict = Node("whole", missing="not-rated")
    indicators = Indicator("x", "whole"), Indicator("y", "whole", kinds=frozenset({"app"}))
    rating = rate(
        scheme(*indicators, root=strict, minimum_share=1.0), evidence([[40.0, None], [40.0, None]], kind=["desk", "app"])
    )
    assert rating.rated.tolist() == [True, False]
    assert rating.score[0] == 40.0


def test_an_indicator_reported_by_too_few_is_left_out_for_everyone():
    strict = Node("whole", missing="not-rated")
    one = scheme(Indicator("x", "whole"), Indicator("y", "whole", reported_by=2), root=strict, minimum_share=1.0)
    assert rate(one, evidence([[40.0, None], [60.0, 99.0]])).score.tolist() == [40.0, 60.0]
    assert rate(one, evidence([[40.0, 20.0], [60.0, 80.0]])).score.tolist() == [30.0, 70.0]


def test_fewer_answers_than_asked_are_no_value():
    one = scheme(Indicator("x", "whole"), Indicator("y", "whole", minimum_n=30))
    rating = rate(one, evidence([[40.0, 90.0], [40.0, 90.0], [40.0, 90.0]], n=[[np.nan, 29], [np.nan, 30], [np.nan, np.nan]]))
    assert rating.score.tolist() == [40.0, 65.0, 65.0]


def test_who_reports_too_little_is_neither_imputed_nor_anyones_neighbour():
    one = scheme(*(Indicator(f"i{place}", "whole", impute=Impute()) for place in range(3)), minimum_share=0.5)
    rating = rate(one, evidence([[90.0, None, None], [10.0, 20.0, None], [30.0, 40.0, 50.0]]))
    assert rating.reason.tolist() == ["too-little-reported", "", ""]
    np.testing.assert_allclose(rating.prepared.imputed[1], [10.0, 20.0, 50.0])


def test_a_value_is_divided_by_its_denominator_and_so_is_its_error():
    one = scheme(Indicator("x", "whole", denominator="population"))
    rating = rate(one, evidence([[100.0], [300.0]], se=[[10.0], [20.0]], population=["50", "100"]))
    assert rating.score.tolist() == [2.0, 3.0]
    np.testing.assert_allclose(rating.tree.branches["x"].variance, [0.04, 0.04])


def test_the_error_of_a_divided_value_is_divided_where_its_scale_has_steps():
    one = scheme(Indicator("x", "whole", denominator="population", normalise=Stars(Bands((2.0,), (1.0, 2.0)))))
    rating = rate(one, evidence([[210.0], [210.0]], se=[[1.0], [100.0]], population=["100", "100"]))
    assert rating.low[0] == rating.high[0] == 2.0
    assert (rating.low[1], rating.high[1]) == (1.0, 2.0)


def test_a_blank_or_zero_denominator_makes_the_value_unknown():
    one = scheme(Indicator("x", "whole", denominator="population"))
    rating = rate(one, evidence([[100.0], [300.0], [8.0]], population=["", "0", "4"]))
    np.testing.assert_array_equal(rating.score, [np.nan, np.nan, 2.0])


def test_a_denominator_that_is_no_number_is_named():
    one = scheme(Indicator("x", "whole", denominator="population"))
    with pytest.raises(Problem, match="'population' of channel 'c001' is 'many', which is not a number"):
        rate(one, evidence([[100.0], [300.0]], population=["4", "many"]))


def test_an_imputed_value_has_not_the_error_of_the_answers_it_replaces():
    one = scheme(Indicator("x", "whole", minimum_n=30, impute=Impute()))
    rating = rate(one, evidence([[10.0], [20.0], [90.0]], se=[[1.0], [1.0], [50.0]], n=[[40], [40], [3]]))
    assert rating.score[2] == 15.0
    assert rating.drawn.tolist() == [True, True, False]


def test_an_error_moves_with_the_treatment_of_its_value():
    values = np.array([*np.linspace(1, 2, 20), 500.0, 900.0, 2000.0])
    one = scheme(Indicator("x", "whole", treat=Treat(points=0)))
    rating = rate(one, evidence(values[:, None], se=np.ones((23, 1))))
    step = 1e-4
    shift = 0.01 * (values.max() - values.min())
    slope = (np.log(values - values.min() + shift + step) - np.log(values - values.min() + shift)) / step
    np.testing.assert_allclose(np.sqrt(rating.tree.branches["x"].variance), slope, rtol=1e-3)


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic"])
def test_a_child_at_0_makes_a_mean_without_compensation_0(aggregate):
    rating = rate(flat(2, root=Node("whole", aggregate=aggregate)), evidence([[0.0, 90.0], [-3.0, 90.0]]))
    assert rating.score.tolist() == [0.0, 0.0]


def test_a_node_is_zeroed_where_its_condition_holds_but_never_from_nothing():
    section = Node("a", "whole", zero_when=Check("value", "a1", "below", 5.0))
    one = scheme(Indicator("a1", "a"), Indicator("a2", "a"), Indicator("b1", "whole"), nodes=(section,))
    rating = rate(one, evidence([[4.0, 96.0, 80.0], [6.0, 94.0, 80.0], [None, None, 80.0]]))
    assert rating.score.tolist() == [40.0, 65.0, 80.0]


def test_a_zeroed_node_is_zero_in_every_draw():
    section = Node("a", "whole", zero_when=Attribute("closed", ("yes",)))
    cap = Limiter("c", Check("score", "a", "above", 0.0), cap=3.0)
    one = scheme(Indicator("a1", "a"), Indicator("b1", "whole"), nodes=(section,), limiters=(cap,))
    rating = rate(one, evidence([[90.0, 80.0], [90.0, 80.0]], se=[[5.0, 0.0]] * 2, closed=["yes", "no"]))
    assert rating.limits[0].probability.tolist() == [0.0, 1.0]
    assert rating.score.tolist() == [40.0, 85.0]


def test_the_weighted_variance_of_a_node_agrees_with_its_twin():
    values = random_values(9, (20, 3))
    high = Requirement("even", Check("variance", "whole", "below", 500.0))
    rating = rate(flat(3, WEIGHTS, requirements=(high,)), evidence(values))
    twin = [oracles.weighted_variance(optional(row), WEIGHTS) for row in values]
    even = [variance is not None and variance < 500 for variance in twin]
    assert rating.rated.tolist() == even
    assert 0 < sum(even) < 20


def test_a_node_without_indicators_of_its_own_has_no_variance():
    even = Requirement("even", Check("variance", "whole", "at_least", 0.0))
    assert rate(pillared(requirements=(even,)), evidence([[1.0, 2.0, 3.0, 4.0]])).reason.tolist() == ["even"]


QUANTITIES = [
    (Check("present", "a", "at_least", 1.0), [True, True, False]),
    (Check("present", "a1", "at_least", 1.0), [True, False, False]),
    (Check("answers", "a", "at_least", 2.0), [True, False, False]),
    (Check("coverage", "whole", "at_least", 0.75), [True, True, False]),
    (Check("n", "a", "at_least", 30.0), [False, True, False]),
    (Check("raters", "b", "at_least", 2.0), [True, False, False]),
    (Check("value", "b2", "equals", 8.0), [False, True, False]),
    (Check("score", "a", "at_least", 7.0), [False, True, False]),
    (Attribute("size", ("large",)), [True, False, True]),
]


@pytest.mark.parametrize(("condition", "held"), QUANTITIES, ids=lambda part: getattr(part, "quantity", None))
def test_conditions_see_the_quantity_they_ask_for(condition, held):
    nan = np.nan
    known = evidence(
        [[1, 2, 3, 4], [nan, 7, 7, 8], [nan, nan, 1, 2]],
        n=[[5, 6, 90, 90], [nan, 30, 1, 1], [nan] * 4],
        raters=[[1, 1, 1, 2], [9, 9, 1, 1], [nan] * 4],
        size=["large", "small", "large"],
    )
    rating = rate(pillared(requirements=(Requirement("asked", condition),)), known)
    assert rating.rated.tolist() == held


def test_adjustments_add_the_points_of_their_first_case_that_holds():
    cases = (Check("score", "whole", "at_least", 80.0), 5.0), (Check("score", "whole", "at_least", 50.0), 2.0)
    rating = rate(flat(1, adjustments=(Adjustment("reward", cases),)), evidence([[90.0], [60.0], [30.0]]))
    assert rating.score.tolist() == [95.0, 62.0, 30.0]


def test_conditions_on_the_composite_see_it_with_its_adjustments():
    reward = Adjustment("reward", ((Attribute("size", ("small",)), 10.0),))
    cap = Limiter("c", Check("score", "whole", "at_least", 90.0), cap=3.0)
    for se in (None, [[1e-6]] * 2):
        rating = rate(flat(1, adjustments=(reward,), limiters=(cap,)), evidence([[85.0], [85.0]], se=se, size=["small", "large"]))
        assert rating.star.tolist() == [3.0, 5.0]


def test_the_better_reckoning_counts_only_where_its_condition_holds():
    second = Alternative(("i1",), Check("score", "whole", "at_least", 50.0))
    rating = rate(flat(2, alternatives=(second,)), evidence([[80.0, 20.0], [20.0, 80.0], [40.0, 10.0]]))
    assert rating.score.tolist() == [80.0, 50.0, 25.0]


def test_what_an_alternative_leaves_out_is_no_gap_in_it():
    second = Alternative(("i1",), Check("score", "whole", "at_least", 0.0))
    rating = rate(
        flat(2, root=Node("whole", missing="not-rated"), alternatives=(second,)), evidence([[80.0, 20.0], [80.0, None]])
    )
    assert rating.score[0] == 80.0
    assert rating.reason.tolist() == ["", "missing-branch"]


def test_goalposts_hold_scores_inside_their_ends():
    values = [-5.0, 0.0, 25.0, 100.0, 200.0]
    assert normalised(Goalposts(0, 50), values).score.tolist() == oracles.goalposts(values, 0, 50)
