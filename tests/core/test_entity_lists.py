"""Entities stand by the mean of their channels, and are named on channels that stand for them by lot."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from marsad.core.arrays import Array
from marsad.core.entity_lists import (
    EntityList,
    confirmed_entity_lists,
    draw_entities,
    entities_again,
    first_entity_lists,
    screened_entity_lists,
)
from marsad.core.evidence import Evidence
from marsad.core.naming import Verdict, Why, screened
from marsad.core.nations import NATIONS, OWN, Nation, larger, make, scheme_of
from marsad.core.posterior import Settings
from marsad.core.rating import Rating, rate
from marsad.core.scheme import Entities, Naming, Scheme
from marsad.core.second import Lot, Round, Wave, replaced
from marsad.core.verdicts import told

RULE = Entities(k=2, minimum_entities=8, minimum_channels=3, visited=5)
SETTINGS = Settings(seed=4, draws=400)
NOBODY = np.zeros(120, bool)


def by_rule(rule: Entities | None = RULE, *, joint: bool = False) -> Scheme:
    return replace(scheme_of(joint=joint), naming=Naming(entities=rule))


@pytest.fixture(scope="module")
def nation() -> Nation:
    """Ten entities of twelve channels each, far from each other."""
    return make(replace(larger(NATIONS[OWN], 120), intraclass=0.6), np.random.default_rng(12))


@pytest.fixture(scope="module")
def evidence(nation: Nation) -> Evidence:
    return nation.wave(0, np.random.default_rng(13))


@pytest.fixture(scope="module")
def rating(evidence: Evidence) -> Rating:
    return rate(by_rule(), evidence, SETTINGS)


@pytest.fixture(scope="module")
def firsts(rating: Rating) -> list[EntityList]:
    return first_entity_lists(rating, SETTINGS)


@pytest.fixture(scope="module")
def lot(rating: Rating, firsts: list[EntityList]) -> Lot:
    return draw_entities(firsts, rating, 7)


@pytest.fixture(scope="module")
def wave(nation: Nation, lot: Lot) -> Wave:
    return Wave(nation.wave(1, np.random.default_rng(14), lot.visited, more=3), Round(NOBODY, NOBODY, lot))


def entity_of(evidence: Evidence) -> list[str]:
    return evidence.attributes["entity"].tolist()


def names_of(one: EntityList, verdict: Verdict) -> list[str]:
    return one.league.names[one.decision.of(verdict)].tolist()


# ---- where they stand


def test_an_entity_stands_by_the_mean_of_its_rated_channels(rating: Rating):
    [league] = rating.entities
    for place, name in enumerate(league.names.tolist()):
        pairs = zip(rating.score.tolist(), entity_of(rating.evidence), strict=True)
        scores = [score for score, runs_by in pairs if runs_by == name and not np.isnan(score)]
        assert league.value[place] == pytest.approx(sum(scores) / len(scores))
        assert league.sizes[place] == len(scores)
        assert league.low[place] < league.value[place] < league.high[place]
    by_value = sorted(league.value, reverse=True)
    assert league.rank.tolist() == [by_value.index(value) + 1 for value in league.value]


def test_the_interval_of_a_mean_is_narrower_than_those_of_its_channels(rating: Rating):
    [league] = rating.entities
    widths = [(rating.high - rating.low)[rows].mean() for rows in league.members]
    assert np.allclose(league.high - league.low, np.array(widths) / np.sqrt(league.sizes), rtol=0.25)


def test_channels_within_an_entity_differ_as_much_as_they_truly_do(nation: Nation, rating: Rating):
    [league] = rating.entities
    truly = np.sqrt(np.mean([nation.composite[rows].var(ddof=1) for rows in league.members]))
    noise = np.sqrt(np.nanmean(((rating.high - rating.low) / (2 * 1.645)) ** 2))
    # Without the joint model draws scatter once for the error of the evidence, and once more around it.
    assert truly < league.spread < np.sqrt(truly**2 + 2.2 * noise**2)


def test_an_entity_of_fewer_channels_stands_nowhere(evidence: Evidence):
    runs_by = evidence.attributes["entity"].copy()
    few = np.flatnonzero(runs_by == "entity-03")[2:]
    runs_by[few] = ""
    found = rate(by_rule(), replace(evidence, attributes={"entity": runs_by}), SETTINGS)
    [league] = found.entities
    assert "entity-03" not in league.names.tolist()
    assert "" not in league.names.tolist()
    assert (league.of[runs_by == "entity-03"] == -1).all()
    assert (league.of[few] == -1).all()


@pytest.mark.parametrize("rule", [None, replace(RULE, attribute="ministry")])
def test_none_stand_where_the_standard_names_none_or_nobody_says_who_runs_what(evidence: Evidence, rule: Entities | None):
    found = rate(by_rule(rule), evidence, SETTINGS)
    assert found.entities == ()
    assert first_entity_lists(found, SETTINGS) == []


# ---- who is looked at, and who is visited


def test_whoever_may_be_among_the_k_is_a_candidate(firsts: list[EntityList]):
    assert [one.decision.best for one in firsts] == [True, False]
    for one in firsts:
        looked = screened(one.decision.rule, one.decision.first.chance, one.decision.first.tail)
        candidates = one.decision.of(Verdict.CANDIDATE)
        assert candidates.any()
        assert (looked | ~candidates).all()
        assert (candidates == (looked & ~(one.decision.first.kept < one.decision.rule.sensitivity))).all()
        assert not names_of(one, Verdict.NAMED)


def test_without_other_ratings_a_few_more_are_looked_at(rating: Rating, firsts: list[EntityList]):
    for one, other in zip(firsts, screened_entity_lists(rating), strict=True):
        assert set(names_of(one, Verdict.CANDIDATE)) <= set(names_of(other, Verdict.CANDIDATE))


def test_among_too_few_entities_nobody_is_named(evidence: Evidence):
    found = rate(by_rule(replace(RULE, minimum_entities=11)), evidence, SETTINGS)
    for one in first_entity_lists(found, SETTINGS):
        assert set(one.decision.why) == {(Why.TOO_FEW_CHANNELS,)}
        assert [str(said) for said in told(one.decision, 0)] == ["among fewer than 11 entities nobody is named"]


def test_channels_stand_for_candidates_and_for_enough_decoys_by_lot(rating: Rating, firsts: list[EntityList], lot: Lot):
    [league] = rating.entities
    candidates = {name for one in firsts for name in names_of(one, Verdict.CANDIDATE)}
    looked = {
        name
        for one in firsts
        for name in league.names[screened(one.decision.rule, one.decision.first.chance, one.decision.first.tail)].tolist()
    }
    visited = {name: int(lot.visited[rows].sum()) for name, rows in zip(league.names.tolist(), league.members, strict=True)}
    decoys = {name for name, rows in zip(league.names.tolist(), league.members, strict=True) if lot.decoys[rows].any()}
    assert {name for name, count in visited.items() if count} == candidates | decoys
    assert set(visited.values()) == {0, 5}
    assert not decoys & looked
    assert len(decoys) == min(len(league.names) - len(looked), int(np.ceil(3 / 7 * len(candidates))) + 1)
    again, other = (draw_entities(firsts, rating, seed) for seed in (7, 8))
    assert (again.visited == lot.visited).all()
    assert (other.visited != lot.visited).any()


def test_an_entity_is_drawn_once(rating: Rating, firsts: list[EntityList], lot: Lot):
    later = draw_entities(firsts, rating, 9, lot.visited)
    assert not later.visited.any()


# ---- what new evidence says


def test_who_is_named_is_truly_among_the_k(nation: Nation, rating: Rating, firsts: list[EntityList], wave: Wave):
    [league] = rating.entities
    truth = np.array([nation.composite[rows].mean() for rows in league.members])
    named = 0
    for one in confirmed_entity_lists(rating, firsts, wave, SETTINGS):
        order = np.argsort(-truth if one.decision.best else truth)
        truly = set(league.names[order[: RULE.k]].tolist())
        assert set(names_of(one, Verdict.NAMED)) <= truly
        named += len(names_of(one, Verdict.NAMED))
        assert set(one.decision.answers.tolist()) == {""}
    assert named >= 1


def test_new_evidence_alone_counts(nation: Nation, rating: Rating, wave: Wave):
    """Whatever the first wave said of the entities visited, what the second says of them stays the same."""
    [league] = rating.entities
    assert wave.round.lot is not None
    theirs = np.isin(league.of, np.unique(league.of[wave.round.lot.visited]))
    other = replace(rating.evidence, values=np.where(theirs[:, None], 50.0, rating.evidence.values))
    found = entities_again(rating, wave, SETTINGS)
    again = entities_again(replace(rating, evidence=other), wave, SETTINGS)
    assert found is not None
    assert again is not None
    assert found.again.any()
    assert np.array_equal(found.draws[found.again], again.draws[again.again])


def test_jointly_too_nothing_old_is_known_of_an_entity_visited():
    """Its other channels would tell of it by what they share; they say nothing."""
    nation = make(larger(NATIONS[OWN], 36), np.random.default_rng(15))
    jointly = rate(by_rule(joint=True), nation.wave(0, np.random.default_rng(16)), SETTINGS)
    [league] = jointly.entities
    visited = np.isin(np.arange(36), league.members[0][:4])
    wave = Wave(nation.wave(1, np.random.default_rng(17), visited), Round(NOBODY[:36], NOBODY[:36], Lot(visited, NOBODY[:36])))
    values = np.where((league.of == 0)[:, None], jointly.evidence.values + 30.0, jointly.evidence.values)
    found, again = (
        entities_again(replace(jointly, evidence=replace(jointly.evidence, values=first)), wave, SETTINGS)
        for first in (jointly.evidence.values, values)
    )
    assert found is not None
    assert again is not None
    assert found.again.sum() == 4
    assert np.array_equal(found.draws[found.again], again.draws[found.again])


def test_an_entity_of_which_too_little_came_in_stays_where_it_was(
    nation: Nation, rating: Rating, firsts: list[EntityList], lot: Lot
):
    [league] = rating.entities
    [place] = np.flatnonzero(firsts[1].decision.of(Verdict.CANDIDATE))[:1]
    rows = np.flatnonzero(lot.visited & (league.of == place))
    some = lot.visited.copy()
    some[rows[2:]] = False
    wave = Wave(nation.wave(1, np.random.default_rng(14), some, more=3), Round(NOBODY, NOBODY, lot))
    [_, last] = confirmed_entity_lists(rating, firsts, wave, SETTINGS)
    assert last.decision.why[place] == (Why.AWAITS,)
    found = entities_again(rating, wave, SETTINGS)
    assert found is not None
    assert not found.again[rows].any()


def test_nothing_is_decided_without_a_lot_or_without_evidence(rating: Rating, firsts: list[EntityList], wave: Wave, lot: Lot):
    nothing = replaced(wave.evidence, wave.evidence, NOBODY, ~NOBODY)
    for round_, evidence in ((Round(NOBODY, NOBODY), wave.evidence), (Round(NOBODY, NOBODY, lot), nothing)):
        assert confirmed_entity_lists(rating, firsts, Wave(evidence, round_), SETTINGS) is firsts


def test_a_lot_errs_as_the_formula_says():
    """Over all lots of m of N the mean square error of their mean is (1 - m/N) s² / m, exactly (Cochran, 1977, theorem 2.2)."""
    values = np.array([61.0, 70.0, 66.0, 79.0, 72.0, 58.0, 81.0])
    for m in (2, 3, 5, 7):
        errors = [np.mean(lot) - values.mean() for lot in combinations(values.tolist(), m)]
        assert np.mean(np.square(errors)) == pytest.approx((1 - m / values.size) * values.var(ddof=1) / m)


def test_fewer_channels_leave_more_open(rating: Rating, wave: Wave):
    found = entities_again(rating, wave, SETTINGS)
    assert found is not None
    [league] = rating.entities
    [place] = np.unique(league.of[found.again])[:1]
    rows = np.flatnonzero(found.again & (league.of == place))

    def spread(visited: Sequence[int]) -> float:
        fresh: Array = replace(found, again=np.isin(np.arange(found.again.size), visited)).fresh(league)
        assert np.isnan(np.delete(fresh, place, axis=0)).all()
        return float(np.var(fresh[place] - found.draws[list(visited)].mean(axis=0)))

    for visited in (rows[:3], rows):
        expected = league.spread**2 * (1 - visited.size / 12) / visited.size
        assert spread(visited.tolist()) == pytest.approx(expected, rel=0.25)
