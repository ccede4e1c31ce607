"""Evidence dealt into halves: what is dealt, how errors are found, and whether promises that hold are told from bold ones."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.halves import agreement, compare, dealt, halved, with_errors
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.scheme import Indicator, Node, Requirement
from tests.core.build import evidence, scheme

SETTINGS = Settings(seed=4, draws=2400)
NODES = ("a", "b")


def standard(**rest):
    """Two nodes of six measures each."""
    measures = (Indicator(f"{node}-{place}", node) for node in NODES for place in range(6))
    return scheme(*measures, nodes=[Node(node, "whole") for node in NODES], **rest)


def measured(seed=0, channels=300, spread=6.0, **given):
    """Channels whose nodes differ by 5 points, every measure with an error."""
    made = np.random.default_rng(seed)
    truth = 60 + 5 * made.standard_normal((channels, 2)).repeat(6, axis=1)
    return evidence(truth + spread * made.standard_normal(truth.shape), **given)


def test_every_value_goes_to_one_half_and_of_every_node_as_many_to_each():
    whole = measured(se=6.0, n=40.0)
    whole.values[:50, :3] = whole.se[:50, :3] = np.nan
    halves = dealt(standard(), whole, np.random.default_rng(0))
    known = [~np.isnan(half.values) for half in halves]
    assert (known[0] ^ known[1]).tolist() == (~np.isnan(whole.values)).tolist()
    for columns in (slice(0, 6), slice(6, 12)):
        assert np.abs(known[0][:, columns].sum(axis=1) - known[1][:, columns].sum(axis=1)).max() <= 1
    odd = known[0][:50, :6].sum(axis=1)
    assert {1, 2} == set(odd.tolist())
    assert all(np.array_equal(np.isnan(half.se), ~there) for half, there in zip(halves, known, strict=True))


def test_the_error_that_nobody_states_is_found_from_how_measures_disagree():
    found = with_errors(standard(), measured(spread=6.0))
    assert found.se == pytest.approx(np.full(found.se.shape, 6.0), rel=0.05)


def test_errors_that_are_found_are_each_for_itself_and_those_that_are_stated_stay():
    shared = replace(standard(), nodes=tuple(replace(node, error_correlation=0.5) for node in standard().nodes))
    scheme, first, _ = halved(shared, measured(spread=6.0), np.random.default_rng(0))
    assert {node.error_correlation for node in scheme.nodes} == {0.0}
    assert np.nanmean(first.se) == pytest.approx(6.0, rel=0.05)
    scheme, first, second = halved(shared, measured(se=2.0), np.random.default_rng(0))
    assert scheme == shared
    assert np.nanmax(first.se) == np.nanmax(second.se) == 2.0


def test_errors_are_found_on_the_scale_of_each_measure():
    whole = measured(spread=6.0)
    turned = replace(whole, values=whole.values * np.where(np.arange(12) == 0, 10.0, 1.0))
    smaller = replace(standard(), indicators=(Indicator("a-0", "a", normalise=Tenth()), *standard().indicators[1:]))
    found = with_errors(smaller, turned)
    assert found.se[:, 0] == pytest.approx(np.full(300, 60.0), rel=0.05)
    assert found.se[:, 1] == pytest.approx(np.full(300, 6.0), rel=0.05)


class Tenth:
    """A tenth of the value is the score."""

    bounds = (-np.inf, np.inf)

    def fit(self, values, *, lower_is_better):
        from marsad.core.normalise import Line

        return Line(0.1, 0.0)


def compared(factor, joint=False, seeds=(0, 1, 2)):
    found = []
    for seed in seeds:
        whole = measured(seed, se=6.0 * factor)
        halves = dealt(standard(), whole, np.random.default_rng(seed))
        found.append(compare(standard(), *halves, replace(SETTINGS, seed=10 * seed), joint=joint))
    return agreement(found)


def test_modelled_what_one_half_promises_of_the_other_holds_nine_times_in_ten():
    found = compared(1.0, joint=True, seeds=(0,))
    assert found.coverage == pytest.approx(0.9, abs=0.04)
    assert found.alike == pytest.approx(12.5 / (12.5 + 6), abs=0.08)
    assert found.reliability == pytest.approx(2 * found.alike / (1 + found.alike))
    assert (found.deals, found.channels) == (1, 300)


def test_errors_stated_too_small_are_found_out():
    assert compared(0.4).coverage < 0.75
    assert compared(2.0).coverage > 0.93


def test_the_last_few_of_one_half_are_seldom_those_of_the_other():
    found = compared(1.0)
    assert found.worst_again < 0.7
    assert found.raw_place > 3
    assert found.regret == pytest.approx(found.raw_place - found.shrunk_place)


def test_what_a_standard_asks_for_of_the_whole_is_not_asked_of_a_half():
    from marsad.core.conditions import Check

    asks = standard(requirements=(Requirement("many", Check("answers", "whole", "from", 10)),))
    asks = replace(asks, nodes=tuple(replace(node, missing="not-rated", minimum=6) for node in asks.nodes))
    halves = dealt(asks, measured(se=6.0), np.random.default_rng(0))
    assert compare(asks, *halves, SETTINGS, joint=False).rank.size == 300


def test_evidence_that_tells_nothing_of_its_errors_is_refused():
    alone = scheme(Indicator("i", "whole"))
    whole = evidence(np.random.default_rng(0).standard_normal((60, 1)))
    halves = tuple(with_errors(alone, half) for half in (whole, whole))
    with pytest.raises(Problem, match="fewer than 20 channels"):
        compare(alone, *halves, SETTINGS, joint=False)
