"""The second wave on nations of known truth: who is drawn, who is named on new evidence alone, and what luck does not do."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from marsad.core import second
from marsad.core.lists import first_lists
from marsad.core.naming import Answers, Verdict, Why, screened
from marsad.core.normalise import Goalposts
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import rate
from marsad.core.scheme import Joint, Naming
from marsad.core.second import Wave, confirmed_lists, draw_round, rated_again
from tests.core.build import evidence, flat

QUICK = Settings(seed=5, draws=1000)
RULE = Naming(k=3, minimum_channels=10)
SCHEME = flat(4, naming=RULE)
SCHEME = replace(SCHEME, indicators=tuple(replace(each, normalise=Goalposts(0, 100)) for each in SCHEME.indicators))
CHANNELS = 60


class Nation:
    """Channels with a true score; the first wave is noisy, the second is not, and all of it is four points lower."""

    def __init__(self, seed, *, spread=6.0, first_error=8.0, said_error=8.0):
        made = np.random.default_rng(seed)
        self.truth = 60 + made.normal(0, spread, CHANNELS)
        values = self.truth[:, None] + made.normal(0, first_error, (CHANNELS, 4))
        self.fresh = self.truth[:, None] + made.normal(0, 3, (CHANNELS, 4)) - 4
        self.rating = rate(SCHEME, evidence(values, se=said_error, n=40, raters=2), QUICK)
        self.firsts = first_lists(self.rating, QUICK)
        self.round = draw_round(self.firsts, RULE, CHANNELS, seed)

    def wave(self, shift=0.0):
        chosen = (self.round.candidates | self.round.decoys)[:, None]
        values = np.where(chosen, self.fresh + shift, np.nan)
        return Wave(evidence(values, se=np.where(chosen, 3.0, np.nan), n=40, raters=2), self.round)

    def named(self, one):
        return set(one.channels[one.decision.of(Verdict.NAMED)].tolist())

    def truly(self, one, count):
        order = np.argsort(self.truth).tolist()
        return set(order[-count:] if one.decision.best else order[:count])


@pytest.fixture(scope="module")
def nations():
    return [Nation(seed) for seed in range(6)]


def test_those_truly_at_the_ends_are_named_and_no_decoy_ever_is(nations):
    named = right = 0
    for nation in nations:
        for one in confirmed_lists(nation.rating, nation.firsts, nation.wave(), QUICK):
            found = nation.named(one)
            named, right = named + len(found), right + len(found & nation.truly(one, 3))
            assert not found & set(np.flatnonzero(nation.round.decoys).tolist())
            assert len(found) <= 3
    assert right == named >= 6


def test_luck_of_the_first_wave_names_nobody_however_sure_it_looked():
    """All are alike; the first wave is believed to be far better than it is, so that some look hopeless."""
    nation = Nation(4, spread=0.3, first_error=8.0, said_error=2.0)
    assert max(np.nanmax(one.decision.first.chance) for one in nation.firsts) > 0.9
    lists = confirmed_lists(nation.rating, nation.firsts, nation.wave(), QUICK)
    assert not any(one.decision.of(Verdict.NAMED).any() for one in lists)
    assert any((one.decision.verdict == Verdict.ATTENTION).any() or Why.CLEARED in flat_whys(one) for one in lists)


def flat_whys(one):
    return {why for whys in one.decision.why for why in whys}


def test_a_wave_that_is_harsher_on_all_changes_no_verdict(nations):
    nation = nations[0]
    usual, harsh = (confirmed_lists(nation.rating, nation.firsts, nation.wave(shift), QUICK) for shift in (0.0, -15.0))
    for one, other in zip(usual, harsh, strict=True):
        assert one.decision.verdict.tolist() == other.decision.verdict.tolist()
        np.testing.assert_allclose(one.decision.second.chance, other.decision.second.chance, atol=0.003)


def test_the_chance_is_that_of_new_scores_among_all_others_without_what_decoys_differ_by(nations):
    """The twin draws normal scores: new ones less the mean difference of the decoys for those visited again, old ones else."""
    nation = nations[1]
    rating, chance = nation.rating, np.random.default_rng(99)
    count, error = 20_000, (8 / 2, 3 / 2)
    again, decoys = nation.round.candidates | nation.round.decoys, nation.round.decoys
    old = rating.score[:, None] + error[0] * chance.standard_normal((CHANNELS, count))
    new = nation.fresh.mean(axis=1)[:, None] + error[1] * chance.standard_normal((CHANNELS, count))
    mixed = np.where(again[:, None], new - (new - old)[decoys].mean(axis=0), old)
    bottom = (mixed.argsort(axis=0).argsort(axis=0) < 3).mean(axis=1)
    [worst] = [one for one in confirmed_lists(rating, nation.firsts, nation.wave(), QUICK) if not one.decision.best]
    # Decoys take part in the difference: the twin draws their old scores once for both, which matters to them alone.
    asked = nation.round.candidates
    np.testing.assert_allclose(worst.decision.second.chance[asked], bottom[asked], atol=0.05)
    assert np.isnan(worst.decision.second.chance[~again]).all()
    assert worst.decision.second.n[asked].tolist() == [80.0] * asked.sum()
    np.testing.assert_allclose(worst.decision.second.width[asked], 2 * 1.645 * 1.5, rtol=0.1)


def test_who_lacks_anything_that_the_standard_requires_still_awaits_new_evidence(nations):
    nation = nations[0]
    strict = replace(SCHEME, nodes=tuple(replace(node, missing="not-rated") for node in SCHEME.nodes))
    rating = replace(nation.rating, tree=replace(nation.rating.tree, scheme=strict))
    wave = nation.wave()
    lame = int(np.flatnonzero(nation.round.candidates)[0])
    wave.evidence.values[lame, 2] = np.nan
    found = rated_again(rating, wave, QUICK)
    assert not found.again[lame]
    assert found.again.sum() == wave.visited.sum() - 1
    lists = confirmed_lists(rating, nation.firsts, wave, QUICK)
    assert any(
        why == (Why.AWAITS,) for one in lists for why, row in zip(one.decision.why, one.channels, strict=True) if row == lame
    )
    nobody = replace(wave, evidence=replace(wave.evidence, values=np.full_like(wave.evidence.values, np.nan)))
    assert confirmed_lists(rating, nation.firsts, nobody, QUICK) is nation.firsts


def test_a_wave_of_other_channels_is_refused(nations):
    wave = nations[0].wave()
    other = replace(wave.evidence, channels=wave.evidence.channels[::-1])
    with pytest.raises(Problem, match="not one of the same channels"):
        rated_again(nations[0].rating, replace(wave, evidence=other), QUICK)


def test_all_candidates_are_drawn_and_decoys_by_lot_from_those_in_no_question(nations):
    for nation in nations:
        looked = np.zeros(CHANNELS, bool)
        for one in nation.firsts:
            looked |= screened(RULE, one.decision.first.chance, one.decision.first.tail)
            assert nation.round.candidates[one.decision.of(Verdict.CANDIDATE)].all()
        candidates, decoys = nation.round.candidates.sum(), nation.round.decoys.sum()
        assert not (nation.round.decoys & looked).any()
        assert (decoys - 1) / (candidates + decoys - 1) >= RULE.decoys, "one may fail"
    draws = [draw_round(nations[0].firsts, RULE, CHANNELS, seed).decoys for seed in (1, 1, 2)]
    assert draws[0].tolist() == draws[1].tolist() != draws[2].tolist()


def test_where_an_entity_is_bad_its_managers_are_not_held_to_a_name():
    """Entity 0 is poor as a whole; a channel of entity 5, which is good, is poor by itself."""
    made = np.random.default_rng(8)
    entity = np.arange(80) % 8
    truth = 65 + np.where(entity == 0, -14.0, 0.0) + made.normal(0, 3, 80)
    alone = 5
    truth[alone] = 35
    shift = made.normal(0, 2, (80, 4))
    scheme = replace(SCHEME, joint=Joint(), naming=replace(RULE, k=12))
    about = {"entity": [f"e{each}" for each in entity]}
    rating = rate(scheme, evidence(truth[:, None] + shift, se=3.0, n=40, raters=2, **about), Settings(seed=2, draws=480))
    settings = Settings(seed=2, draws=480)
    firsts = first_lists(rating, settings)
    drawn = draw_round(firsts, scheme.naming, 80, 1)
    chosen = (drawn.candidates | drawn.decoys)[:, None]
    fresh = np.where(chosen, truth[:, None] + made.normal(0, 1, (80, 4)), np.nan)
    wave = Wave(evidence(fresh, se=np.where(chosen, 1.0, np.nan), n=40, raters=2, **about), drawn)
    [worst] = [one for one in confirmed_lists(rating, firsts, wave, settings) if not one.decision.best]
    answers = {
        int(row): worst.decision.answers[place] for place, row in enumerate(worst.channels) if worst.decision.answers[place]
    }
    assert answers[alone] == Answers.MANAGER
    theirs = [answer for row, answer in answers.items() if entity[row] == 0]
    assert len(theirs) >= 5
    assert theirs.count(Answers.ENTITY) > len(theirs) / 2


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(second).failed == 0


def test_new_evidence_comes_with_what_its_own_severities_leave_in_doubt():
    first = evidence(np.full((3, 2), 60.0), se=2.0)
    new = replace(evidence(np.full((3, 2), 70.0), se=3.0), doubt=np.full((3, 2), 0.5))
    some, one = np.array([True, False, False]), np.array([False, False, True])
    found = second.replaced(replace(first, doubt=np.full((3, 2), 0.2)), new, some, one)
    assert found.doubt is not None
    assert found.doubt[:2, 0].tolist() == [0.5, 0.2]
    assert np.isnan(found.doubt[2]).all()
    assert np.isnan(found.values[2]).all()
    assert second.replaced(first, replace(new, doubt=None), some).doubt is None
    assert second.replaced(first, new, some).doubt[:, 0].tolist() == [0.5, 0.0, 0.0]
