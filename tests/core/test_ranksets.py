"""Confidence sets for ranks: against the twin, in simulation, and what must hold for any values and errors."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from marsad.core import ranksets
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.ranksets import Contest, RankSets, marginal_sets, simultaneous_sets
from tests import oracles

few = settings(max_examples=40, deadline=None, derandomize=True)
DRAWS = Settings(draws=400, level=0.95)
SURE = 1e-6
"""How often a test of a share in simulation may fail though all is well."""

units = st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 9)), min_size=1, max_size=12)


def drawn(seed: int, count: int, spread: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    errors = np.exp(spread * generator.normal(size=count))
    return generator.normal(0, 4, count) + errors * generator.normal(size=count), errors


def pairs(sets: RankSets) -> list[tuple[int, int]]:
    return list(zip(sets.low.tolist(), sets.high.tolist(), strict=True))


def held(sets: RankSets, truth: np.ndarray, asked: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Return whose set holds all the ranks that a unit tied with others may be given."""
    best, worst = (truth > truth[asked, None]).sum(axis=1) + 1, (truth >= truth[asked, None]).sum(axis=1)
    return (sets.low <= best) & (worst <= sets.high)


# ---- against the twin


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
@pytest.mark.parametrize(("count", "width"), [(1, 24), (2, 24), (7, 24), (7, 2), (30, 3), (30, 24)])
def test_sets_for_all_at_once_agree_with_their_twin_that_looks_at_every_pair_in_every_draw(count, width, level, monkeypatch):
    monkeypatch.setattr(ranksets, "WIDTH", width)
    asked = Settings(seed=3, draws=40, level=level)
    value, se = drawn(count, count)
    order = np.lexsort((se, value))
    value, se = value[order], se[order]
    noise = Contest.of(value, se, asked).noise
    twin = oracles.all_at_once(value.tolist(), se.tolist(), noise.tolist(), level)
    assert pairs(simultaneous_sets(value, se, asked)) == twin


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize(("count", "asked"), [(1, [0]), (2, [0, 1]), (6, [0, 2, 5]), (45, [7])])
def test_the_set_of_one_unit_agrees_with_its_twin_that_integrates_step_by_step(count, asked, level):
    value, se = drawn(count + 1, count)
    twins = [oracles.one_by_one(value.tolist(), se.tolist(), unit, level) for unit in asked]
    assert pairs(marginal_sets(value, se, level, units=np.array(asked))) == twins


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.2])
def test_a_few_errors_stand_for_those_of_many_units(spread):
    se = drawn(5, 300, spread)[1]
    field, every = ranksets.Field.of(se), np.ones(300)
    plain = replace(field, nodes=se, shares=np.eye(300))
    for own in (se.min(), 1.0, se.max()):
        for limit in (2.5, 3.5, 4.5):
            assert field.chance(own, limit, every, every) == pytest.approx(plain.chance(own, limit, every, every), abs=1e-5)


def test_the_critical_value_of_one_unit_is_that_of_many_draws():
    se = drawn(8, 12)[1]
    noise = np.random.default_rng(1).standard_normal((200_000, 12))
    lead = np.abs(noise[:, [4]] * se[4] - noise * se) / np.hypot(se[4], se)
    others = (np.arange(12) != 4).astype(float)
    found = np.mean(lead.max(axis=1) <= 2.7)
    chance = ranksets.Field.of(se).chance(se[4], 2.7, others, others)
    assert binom.ppf(SURE / 2, 200_000, chance) <= found * 200_000 <= binom.ppf(1 - SURE / 2, 200_000, chance)


# ---- in simulation


def test_where_all_are_equal_a_set_excludes_a_rank_as_often_as_its_level_says():
    runs, level, generator = 400, 0.8, np.random.default_rng(11)
    se = np.array([0.5, 1.0, 1.0, 2.0, 3.0])
    full = 0
    for _ in range(runs):
        sets = marginal_sets(generator.normal(0, se), se, level, units=np.array([2]))
        full += pairs(sets) == [(1, 5)]
    assert binom.ppf(SURE / 2, runs, level) <= full <= binom.ppf(1 - SURE / 2, runs, level)


def test_sets_hold_the_true_ranks_at_least_as_often_as_their_level_says():
    runs, generator, asked = 150, np.random.default_rng(12), np.array([1, 3, 4, 7])
    truth = np.array([0.0, 0.0, 1.0, 2.0, 2.5, 6.0, 6.0, 9.0])
    se = np.array([0.5, 1.5, 0.7, 1.0, 0.6, 1.0, 2.0, 0.8])
    alone, together, places = np.zeros(4), 0, 0
    for run in range(runs):
        value = generator.normal(truth, se)
        one_by_one = marginal_sets(value, se, units=asked)
        at_once = simultaneous_sets(value, se, replace(DRAWS, seed=run))
        alone += held(one_by_one, truth, asked)
        together += held(at_once, truth).all()
        places += (at_once.high - at_once.low + 1).sum()
    least = binom.ppf(SURE, runs, 0.95)
    assert alone.min() >= least
    assert together >= least
    assert places / runs < 0.75 * 8 * 8


def test_the_sets_of_first_and_last_hold_all_of_them_at_least_as_often_as_their_level_says():
    runs, generator = 200, np.random.default_rng(13)
    truth, se = np.linspace(0, 12, 12), np.full(12, 1.5)
    good = sum(
        bool(sets.may_be_best(3)[-3:].all() and sets.may_be_worst(3)[:3].all())
        for sets in (simultaneous_sets(generator.normal(truth, se), se, replace(DRAWS, seed=run)) for run in range(runs))
    )
    assert good >= binom.ppf(SURE, runs, 0.95)


# ---- what must hold for any values and errors


@few
@given(given_units=units)
def test_a_set_holds_the_rank_of_the_value_and_those_for_all_at_once_are_no_narrower(given_units):
    value, se = np.array(given_units).T
    alone, together = marginal_sets(value, se, 0.9), simultaneous_sets(value, se, Settings(draws=4000, level=0.9))
    best, worst = (value > value[:, None]).sum(axis=1) + 1, (value >= value[:, None]).sum(axis=1)
    assert (alone.low <= best).all()
    assert (alone.high >= worst).all()
    wider = simultaneous_sets(value, se, Settings(draws=4000, level=0.99))
    assert (wider.low <= alone.low).all()
    assert (wider.high >= alone.high).all()
    assert (wider.low <= together.low).all()
    assert (wider.high >= together.high).all()


@few
@given(given_units=units, low=st.floats(0.5, 0.97), more=st.floats(0.001, 0.02))
def test_a_higher_level_never_narrows_a_set(given_units, low, more):
    value, se = np.array(given_units).T
    narrow, wide = marginal_sets(value, se, low), marginal_sets(value, se, low + more)
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()


@few
@given(given_units=units, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_units_changes_no_set(given_units, seed):
    value, se = np.array(given_units).T
    shuffle = np.random.default_rng(seed).permutation(value.size)
    for sets_of in (marginal_sets, lambda value, se: simultaneous_sets(value, se, DRAWS)):
        one, other = sets_of(value, se), sets_of(value[shuffle], se[shuffle])
        assert (one.low[shuffle] == other.low).all()
        assert (one.high[shuffle] == other.high).all()


@few
@given(given_units=units)
def test_turning_the_values_round_turns_the_sets_round(given_units):
    value, se = np.array(given_units).T
    one, other = marginal_sets(value, se), marginal_sets(-value, se)
    assert (other.low == value.size + 1 - one.high).all()
    assert (other.high == value.size + 1 - one.low).all()


@few
@given(errors=st.lists(st.floats(0.1, 9), min_size=1, max_size=9), value=st.floats(-5, 5))
def test_equal_values_are_never_told_apart(errors, value):
    values = np.full(len(errors), value)
    for sets in (marginal_sets(values, np.array(errors)), simultaneous_sets(values, np.array(errors), DRAWS)):
        assert set(pairs(sets)) == {(1, len(errors))}


def test_a_unit_alone_is_the_first_and_the_last():
    for sets in (marginal_sets(np.ones(1), np.ones(1)), simultaneous_sets(np.ones(1), np.ones(1), DRAWS)):
        assert pairs(sets) == [(1, 1)]
        assert sets.may_be_best(1).all()
        assert sets.may_be_worst(1).all()


def test_two_units_are_told_apart_beyond_the_two_sided_critical_value_of_the_normal():
    se = np.array([3.0, 4.0])
    assert pairs(marginal_sets(np.array([0.0, 5 * 1.97]), se)) == [(2, 2), (1, 1)]
    assert pairs(marginal_sets(np.array([0.0, 5 * 1.95]), se)) == [(1, 2), (1, 2)]


def test_errors_of_very_different_size_are_compared_all_the_same():
    value, se = np.linspace(0, 40, 41), np.geomspace(1e-6, 1e6, 41)
    for sets in (marginal_sets(value, se, 0.999), simultaneous_sets(value, se, DRAWS)):
        assert (sets.low <= 41 - np.arange(41)).all()
        assert (sets.high >= 41 - np.arange(41)).all()
        assert sets.low[0] > 20


def test_the_same_seed_gives_the_same_sets():
    value, se = drawn(4, 50)
    assert pairs(simultaneous_sets(value, se, DRAWS)) == pairs(simultaneous_sets(value, se, DRAWS))


@pytest.mark.parametrize(
    ("value", "se", "level", "what"),
    [
        ([1.0, 2.0], [1.0, 0.0], 0.95, "not above 0"),
        ([1.0, 2.0], [1.0, -1.0], 0.95, "not above 0"),
        ([1.0, np.nan], [1.0, 1.0], 0.95, "missing"),
        ([1.0, 2.0], [1.0, np.inf], 0.95, "infinite"),
        ([1.0, 2.0], [1.0], 0.95, "do not pair"),
        ([], [], 0.95, "do not pair"),
        ([1.0, 2.0], [1.0, 1.0], 1.0, "level"),
        ([1.0, 2.0], [1.0, 1.0], 0.4, "level"),
    ],
)
def test_what_cannot_be_compared_is_refused(value, se, level, what):
    with pytest.raises(Problem, match=what):
        marginal_sets(np.array(value), np.array(se), level)
    with pytest.raises(Problem, match=what):
        simultaneous_sets(np.array(value), np.array(se), Settings(draws=100, level=level))


def test_too_few_draws_for_the_level_are_refused():
    with pytest.raises(Problem, match="too few"):
        simultaneous_sets(np.array([1.0, 2.0]), np.ones(2), Settings(draws=100, level=0.995))


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(ranksets).failed == 0
