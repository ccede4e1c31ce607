"""The rule of naming: against a twin that asks one question after the other, and what must hold for any evidence."""

import doctest
import math
from dataclasses import replace

import numpy as np
import pytest

from marsad.core import naming
from marsad.core import verdicts as sentences
from marsad.core.naming import (
    Answers,
    First,
    Second,
    Verdict,
    Why,
    chance_on_new_evidence,
    decide,
    own_places,
    screened,
    share_screened,
)
from marsad.core.problem import Problem
from marsad.core.scheme import Naming
from marsad.core.verdicts import told
from tests import oracles

RULE = Naming(k=2, minimum_channels=4, widest=10.0)


def first(chance, tail=None, kept=None) -> First:
    chance = np.array(chance, dtype=float)
    tail = np.zeros(chance.size) if tail is None else np.array(tail, dtype=float)
    return First(chance, tail, np.ones(chance.size) if kept is None else np.array(kept, dtype=float))


def second(chance, **changed) -> Second:
    """Return new evidence on the channels whose chance is not NaN, every other a decoy, with all that is asked for."""
    chance = np.array(chance, dtype=float)
    facts = {"waves": 2.0, "n": 40.0, "raters": 3.0, "width": 5.0, "own": 0.95}
    arrays = {name: np.full(chance.size, value) for name, value in facts.items()}
    arrays |= {name: np.array(value, dtype=float) for name, value in changed.items() if name != "decoys"}
    decoys = changed.get("decoys", np.arange(chance.size) % 2 == 1)
    return Second(chance, np.array(decoys), **arrays)


def verdicts(decision) -> list[str]:
    return decision.verdict.tolist()


NAN = math.nan
CALM = [0.9, 0.01, 0.3, 0.0]
"""Two of four are looked at again: channels 0 and 2. The others can be decoys."""


def test_whoever_may_be_at_the_end_is_looked_at_again_by_the_k_or_by_the_far_end():
    found = decide(RULE, 2, first([0.05, 0.049, 0.0, NAN], tail=[0.0, 0.0, 0.5, NAN]))
    assert verdicts(found) == ["none", "none", "none", "none"], "three rated channels are too few"
    found = decide(RULE, 2, first([0.05, 0.049, 0.0, 0.0, NAN], tail=[0.0, 0.0, 0.5, 0.4, NAN]))
    assert verdicts(found) == ["candidate", "none", "candidate", "none", "none"]
    assert found.why == ((Why.AWAITS,), (Why.FAR,), (Why.AWAITS,), (Why.FAR,), (Why.NO_MARGIN,))


def test_what_hangs_on_choices_is_not_separable():
    found = decide(RULE, 2, first(CALM, kept=[0.79, 1, 0.8, 1]))
    assert verdicts(found) == ["not-separable", "none", "candidate", "none"]


def test_where_other_ratings_were_not_tried_channels_are_looked_at_again_and_nobody_is_named():
    untried = first(CALM, kept=[NAN] * 4)
    assert verdicts(decide(RULE, 2, untried))[0] == "candidate"
    found = decide(RULE, 2, untried, second([0.95, 0.0, 0.0, 0.0]))
    assert found.why[0] == (Why.UNTRIED,)
    assert verdicts(found)[0] == "needs-attention"


def test_nobody_is_named_without_new_evidence_however_sure_the_first_wave_is():
    assert not decide(RULE, 2, first([1.0, 1.0, 0.0, 0.0])).of(Verdict.NAMED).any()


def test_new_evidence_alone_names_clears_or_leaves_open():
    decoys = [False, False, False, False, True, True]
    found = decide(RULE, 2, first([0.06, 0.99, 0.3, 0.5, 0.0, 0.0]), second([0.9, 0.04, 0.5, NAN, 0.99, 0.0], decoys=decoys))
    assert verdicts(found) == ["named", "none", "needs-attention", "candidate", "none", "none"]
    assert found.why[0] == (Why.CONFIRMED,), "a chance of 6 % in the first wave is no hindrance"
    assert found.why[1] == (Why.CLEARED,), "and one of 99 % no proof"
    assert found.why[4] == (Why.FAR,), "a decoy is never named: nobody looked for it"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"waves": [1, 2, 2, 2]}, Why.FEW_WAVES),
        ({"n": [29, 40, 40, 40]}, Why.FEW_ANSWERS),
        ({"n": [NAN, 40, 40, 40]}, Why.FEW_ANSWERS),
        ({"raters": [1, 2, 2, 2]}, Why.FEW_RATERS),
        ({"width": [10.1, 5, 5, 5]}, Why.WIDE),
        ({"width": [NAN, 5, 5, 5]}, Why.WIDE),
        ({"decoys": [True, False, True, True]}, Why.FEW_DECOYS),
    ],
)
def test_a_channel_that_lacks_evidence_is_not_named_and_the_lack_is_told(changed, why):
    chance = [0.95, 0.0, 0.0, 0.0]
    assert verdicts(decide(RULE, 2, first(CALM), second(chance)))[0] == "named"
    found = decide(RULE, 2, first(CALM), second(chance, **changed))
    assert verdicts(found)[0] == "needs-attention"
    assert found.why[0] == (why,)


def test_without_a_widest_interval_any_width_will_do():
    rule = replace(RULE, widest=None)
    assert verdicts(decide(rule, 2, first(CALM), second([0.95, 0, 0, 0], width=[NAN, 5, 5, 5])))[0] == "named"


def test_never_more_than_k_are_named_the_surest_and_none_that_tie_for_the_last_place():
    looked = first([0.5, 0.5, 0.5, 0.0, 0.0])
    quiet = [False, False, False, True, True]
    found = decide(RULE, 2, looked, second([0.95, 0.97, 0.93, 0.0, 0.0], decoys=quiet))
    assert verdicts(found) == ["named", "named", "needs-attention", "none", "none"]
    tied = decide(RULE, 2, looked, second([0.95, 0.97, 0.95, 0.0, 0.0], decoys=quiet))
    assert verdicts(tied)[:3] == ["needs-attention", "named", "needs-attention"]
    assert tied.why[0] == (Why.PLACES_TAKEN,)


def test_a_manager_answers_only_where_the_channels_own_part_passes_too():
    quiet = [False, False, True, True]
    found = decide(RULE, 2, first([0.9, 0.9, 0, 0]), second([0.95, 0.95, 0, 0], own=[0.9, 0.89, 0.99, 0.99], decoys=quiet))
    assert found.answers.tolist() == [Answers.MANAGER, Answers.ENTITY, "", ""]
    unknown = decide(RULE, 2, first([0.9, 0.9, 0, 0]), second([0.95, 0.95, 0, 0], own=[NAN] * 4, decoys=quiet))
    assert unknown.answers.tolist() == [Answers.UNKNOWN, Answers.UNKNOWN, "", ""]


OWN = replace(RULE, own_part=0.9)


def test_where_names_ask_for_own_parts_a_channel_that_is_there_for_its_entity_is_not_named():
    quiet = [False, False, False, True, True]
    looked, chance = first([0.9, 0.9, 0.9, 0, 0]), [0.95, 0.96, 0.5, 0, 0]
    found = decide(OWN, 2, looked, second(chance, own=[0.9, 0.89, 0.99, 0.99, 0.99], decoys=quiet))
    assert verdicts(found) == ["named", "needs-attention", "needs-attention", "none", "none"]
    assert found.why[1] == (Why.NOT_OWN,)
    assert found.answers.tolist() == [Answers.MANAGER, "", "", "", ""]
    assert [str(sentence) for sentence in told(found, 1)] == [
        "on new evidence alone it is among the last 2 with a probability of 96%; its own part, apart from its entity's, is "
        "among the last 2 with one of 89%, and 90% is asked for"
    ]


def test_where_own_parts_are_not_known_and_names_ask_for_them_nobody_is_named():
    found = decide(OWN, 2, first([0.9, 0.9, 0, 0]), second([0.95, 0.95, 0, 0], own=[NAN] * 4, decoys=[False, False, True, True]))
    assert verdicts(found) == ["needs-attention", "needs-attention", "none", "none"]
    [said] = told(found, 0)
    assert "not told apart" in str(said)


@pytest.mark.parametrize(("size", "places"), [(20, 2), (40, 2), (60, 3), (240, 12)])
def test_an_own_part_is_asked_to_be_in_the_far_end_or_among_the_k(size, places):
    assert own_places(OWN, 2, size) == places
    assert own_places(RULE, 2, size) == 2, "without it among the k, as ever"


def questioned(rule, looked, place):
    return looked.chance[place] >= rule.screen or looked.tail[place] >= rule.tail_probability


def twin(rule, k, looked, again, place):
    """Ask one question after the other about one channel."""
    chance = looked.chance[place]
    if math.isnan(chance) or sum(not math.isnan(other) for other in looked.chance) < rule.minimum_channels:
        return "none"
    if not questioned(rule, looked, place):
        return "none"
    if looked.kept[place] < rule.sensitivity:
        return "not-separable"
    if math.isnan(again.chance[place]):
        return "candidate"
    if again.chance[place] < rule.screen:
        return "none"
    seen = [other for other in range(len(again.chance)) if not math.isnan(again.chance[other])]
    enough = (
        again.chance[place] >= rule.probability
        and again.waves[place] >= rule.waves
        and again.n[place] >= rule.minimum_n
        and again.raters[place] >= rule.minimum_raters
        and again.width[place] <= rule.widest
        and (rule.own_part is None or again.own[place] >= rule.own_part)
        and sum(bool(again.decoys[other]) and not questioned(rule, looked, other) for other in seen) / len(seen) >= rule.decoys
    )
    surer = [
        other
        for other in seen
        if again.chance[other] >= max(again.chance[place], rule.probability)
        and questioned(rule, looked, other)
        and looked.kept[other] >= rule.sensitivity
    ]
    return "named" if enough and len(surer) <= k else "needs-attention"


def test_every_verdict_is_that_of_the_twin():
    found = [verdict for seed in range(150) for verdict in compared(np.random.default_rng(seed))]
    assert all(found.count(verdict) > 20 for verdict in Verdict)


def compared(generator: np.random.Generator) -> list[str]:
    """Return the verdicts on evidence made at random, once they are those of the twin, own parts being asked for or not."""
    rule = RULE if generator.random() < 0.5 else OWN

    def some(values, gaps=0.0):
        found = generator.choice(values, 12)
        return np.where(generator.random(12) < gaps, NAN, found)

    looked = First(some([0.0, 0.04, 0.0, 0.01, 0.05, 0.9], 0.1), some([0.0, 0.0, 0.0, 0.5]), some([0.5, 0.8, 1.0, 1.0]))
    again = Second(
        some([0.0, 0.04, 0.5, 0.9, 0.95, 0.99], 0.3),
        generator.random(12) < 0.9,
        some([2.0, 2.0, 2.0, 1.0]),
        some([30.0, 50.0, 29.0]),
        some([2.0, 3.0, 3.0, 1.0]),
        some([4.0, 10.0, 10.0, 11.0]),
        some([0.5, 0.9], 0.1),
    )
    found = decide(rule, 2, looked, again)
    assert verdicts(found) == [twin(rule, 2, looked, again, place) for place in range(12)]
    assert found.of(Verdict.NAMED).sum() <= 2
    return verdicts(found)


def test_the_share_of_runs_is_that_in_which_screening_holds():
    chance = np.array([[0.05, 0.0], [0.04, 0.0], [0.9, 0.06], [0.0, 0.0]])
    tail = np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 0.0], [0.1, 0.49]])
    assert share_screened(RULE, chance, tail).tolist() == [0.75, 0.25]
    missing = np.array([[NAN, NAN], [0.5, NAN], [0.5, NAN], [0.0, NAN]])
    np.testing.assert_array_equal(share_screened(RULE, missing, 0 * missing), [2 / 3, NAN])
    assert not screened(RULE, np.array([NAN]), np.array([NAN])).any()


def test_new_evidence_counts_alone_and_is_freed_of_what_its_wave_differs_by_on_decoys():
    generator = np.random.default_rng(1)
    truth = np.linspace(-2, 2, 20)
    old = truth[:, None] + generator.normal(0, 0.3, (20, 1)) + generator.normal(0, 0.3, (20, 400))
    fresh = np.full_like(old, NAN)
    again = [0, 1, 2, 8, 12, 15, 17]
    fresh[again] = truth[again, None] - 5 + generator.normal(0, 0.3, (7, 400))
    decoys = np.isin(np.arange(20), [8, 12, 15, 17])
    found = chance_on_new_evidence(old, fresh, decoys, 2)
    shift = (fresh[decoys] - old[decoys]).mean(axis=0)
    mixed = np.where(np.isnan(fresh), old, fresh - shift)
    for channel in again:
        assert found[channel] == oracles.chance_bottom(mixed.tolist(), channel, 2)
    assert np.isnan(found[[3, 4, 19]]).all()
    assert found[17] < 0.01, "five points lower, as all who were visited again"
    unfair = old.copy()
    unfair[0] += 100
    assert chance_on_new_evidence(unfair, fresh, decoys, 2)[0] == found[0], "what the first wave said of it does not count"


def test_best_and_worst_are_judged_alike():
    generator = np.random.default_rng(2)
    old = np.arange(8.0)[:, None] + generator.normal(0, 1, (8, 200))
    fresh = np.where(np.arange(8)[:, None] % 3 == 0, old + generator.normal(0, 1, (8, 200)), NAN)
    decoys = np.arange(8) == 3
    worst = chance_on_new_evidence(old, fresh, decoys, 2)
    best = chance_on_new_evidence(-old, -fresh, decoys, 2, best=True)
    np.testing.assert_array_equal(worst, best)


def test_every_reason_is_told_with_its_numbers_and_says_which_end():
    looked = first([0.06, 0.5, 0.3, 0.0, NAN, 0.3], kept=[1, 0.3, 1, 1, 1, 1])
    quiet = [False, False, False, True, False, False]
    again = second([0.999, NAN, 0.5, 0.0, NAN, NAN], n=[12, 40, 40, 40, 40, 40], decoys=quiet)
    found = decide(RULE, 2, looked, again, best=True)
    assert [[str(sentence) for sentence in told(found, channel)] for channel in range(6)] == [
        ["answers: 12, and 30 are asked for"],
        ["whether it may be among the first 2 hangs on weights and scales: 30% of other reasonable ratings say so, 80% must"],
        ["on new evidence alone it is among the first 2 with a probability of 50%, and 90% is asked for"],
        ["it is hardly among the first 2 (probability under 1%)"],
        ["nothing tells how sure its rank is"],
        ["it may be among the first 2 (probability 30%): it is visited again before anything is said"],
    ]
    named = decide(RULE, 2, looked, second([0.999, NAN, NAN, 0.0, NAN, NAN], own=[0.2] * 6, decoys=quiet))
    assert [str(sentence) for sentence in told(named, 0)] == [
        "on new evidence alone it is among the last 2 with a probability of 99%",
        "its own part, apart from its entity's, does not pass: its manager is not held to it",
    ]


def test_every_reason_has_a_verdict_and_a_sentence():
    assert set(naming.VERDICT) == set(sentences.TELL) == set(Why)
    assert set(sentences.ANSWER) == set(sentences.CREDIT) == set(Answers) - {Answers.NOBODY}


def test_arrays_of_different_channels_are_refused():
    with pytest.raises(Problem, match="same channels"):
        decide(RULE, 2, first(CALM), second([0.5, 0.5]))


def test_the_examples_in_the_code_are_true():
    assert doctest.testmod(naming).failed == doctest.testmod(sentences).failed == 0
