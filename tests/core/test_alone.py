"""Indicators estimated one at a time: by their posteriors written out, and how often intervals hold truths they did not see."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from marsad.core.alone import answers_behind, one_at_a_time
from marsad.core.cure import measured
from marsad.core.disclosure import BY_SCORE, STAR_ONLY, Policy, disclose
from marsad.core.estimate import share_se
from marsad.core.normalise import Goalposts
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Estimates, Indicator, Node
from marsad.core.shrinkage import levels_prior, shrunk_means
from tests.core.build import evidence, scheme

HAPPY = Indicator("happy", "whole", scale=(0.0, 100.0), share=True)
WAIT = Indicator("wait", "whole", scale=(0.0, 60.0), normalise=Goalposts(60.0, 0.0))
HAPPY_ALONE, WAIT_ALONE = Estimates(("happy",)), Estimates(("wait",))
ANSWERS = np.array([3.0, 100.0, 120.0, 80.0, 60.0, 40.0])
SHARES = np.array([1.0, 0.7, 0.76, 0.59, 0.72, 0.8])
SETTINGS = Settings(draws=4000)


def happy(answers=ANSWERS, **more):
    """Shares in per cent of so many answers."""
    shares = SHARES[: answers.size]
    return evidence((100 * shares)[:, None], se=(100 * share_se(shares, answers))[:, None], n=answers[:, None], **more)


def test_a_share_is_that_of_its_beta_posterior_with_its_interval():
    rating = rate(scheme(HAPPY, estimates=HAPPY_ALONE), happy(), SETTINGS)
    against, prior_for = levels_prior(np.column_stack([ANSWERS * (1 - SHARES), ANSWERS * SHARES]))
    known = beta(ANSWERS * SHARES + prior_for, ANSWERS * (1 - SHARES) + against)
    node = rating.nodes["happy"]
    assert node.value == pytest.approx(100 * known.mean(), abs=1e-4)
    assert (node.low, node.high) == (
        pytest.approx(100 * known.ppf(0.05), abs=1e-3),
        pytest.approx(100 * known.ppf(0.95), abs=1e-3),
    )
    assert rating.score == pytest.approx(node.value)
    assert (rating.high - rating.low) == pytest.approx(node.high - node.low, rel=0.06)


def test_three_happy_answers_are_no_longer_the_best_share():
    plain, ours = (rate(scheme(HAPPY, estimates=how), happy(), SETTINGS) for how in (None, HAPPY_ALONE))
    assert (plain.rank[0], plain.score[0]) == (1, 100)
    assert ours.rank[0] > 1
    assert 70 < ours.score[0] < 80
    assert ours.star[0] < plain.star[0]
    assert ours.p_top[5] > plain.p_top[5] - 0.5


def test_answers_that_weigh_unequally_count_as_so_many_fewer():
    counted = answers_behind(SHARES, share_se(SHARES, ANSWERS / 2))
    assert counted == pytest.approx(ANSWERS / 2)
    assert answers_behind(np.array([0.5, 0.5]), np.array([0.9, 1e-12])).tolist() == [0.0, 1e12]
    found = one_at_a_time(HAPPY, 100 * SHARES, 100 * share_se(SHARES, ANSWERS / 2))
    assert (found.kept < one_at_a_time(HAPPY, 100 * SHARES, 100 * share_se(SHARES, ANSWERS)).kept).all()


def minutes():
    """Waits, the last known badly."""
    return evidence(np.array([[10.0], [14.0], [22.0], [30.0], [41.0]]), se=np.array([[2.0], [2], [2], [2], [9]]), n=30.0)


def test_a_mean_is_that_of_morris_on_the_way_to_its_score():
    rating = rate(scheme(WAIT, estimates=WAIT_ALONE), minutes(), SETTINGS)
    known = shrunk_means(minutes().values[:, 0], minutes().se[:, 0], np.full(5, 30.0)).estimate
    assert rating.nodes["wait"].value == pytest.approx(100 - known.value / 0.6)
    assert rating.nodes["wait"].low == pytest.approx(100 - known.high / 0.6)
    assert rating.nodes["wait"].high == pytest.approx(100 - known.low / 0.6)


def test_a_kind_is_drawn_together_as_if_there_were_no_other():
    both = evidence(
        np.concatenate([minutes().values, minutes().values + 15]),
        se=np.concatenate([minutes().se] * 2),
        n=30.0,
        kind=["centre"] * 5 + ["site"] * 5,
    )
    standard = scheme(WAIT, estimates=WAIT_ALONE)
    together, alone = rate(standard, both, SETTINGS), rate(standard, minutes(), SETTINGS)
    assert together.score[:5] == pytest.approx(alone.score)
    assert together.prepared.estimated[5:, 0] == pytest.approx(alone.prepared.estimated[:, 0] + 15)
    assert (together.prepared.denominated == both.values).all()


@pytest.mark.parametrize(
    ("known", "what"),
    [
        (minutes().rows(np.arange(3)), "three channels are too few"),
        (replace(minutes(), se=np.full((5, 1), np.nan)), "nothing has an error"),
        (replace(minutes(), se=np.array([[0.0], [0], [0], [2], [2]])), "most are exact"),
    ],
)
def test_what_tells_nothing_of_others_stays_as_it_is(known, what):
    ours = rate(scheme(WAIT, estimates=WAIT_ALONE), known, SETTINGS)
    assert (ours.score == rate(scheme(WAIT), known, SETTINGS).score).all(), what


def test_an_exact_value_stays_beside_others_that_are_drawn_together():
    known = replace(minutes(), se=np.array([[np.nan], [2.0], [2], [2], [9]]))
    ours = rate(scheme(WAIT, estimates=WAIT_ALONE), known, SETTINGS)
    assert ours.prepared.estimated[0, 0] == 10
    assert ours.prepared.estimated[4, 0] < 41


def test_shares_of_single_answers_tell_nothing_of_each_other():
    ones = happy(np.ones(6))
    assert (rate(scheme(HAPPY, estimates=HAPPY_ALONE), ones, SETTINGS).score == rate(scheme(HAPPY), ones, SETTINGS).score).all()


def test_a_mean_by_denominator_is_drawn_in_as_it_counts():
    apart = replace(WAIT, denominator="staff")
    staff = ["1", "2", "2", "4", "4"]
    known = evidence(minutes().values, se=minutes().se, n=30.0, staff=staff)
    divided = evidence(
        minutes().values / np.array(staff, float)[:, None], se=minutes().se / np.array(staff, float)[:, None], n=30.0
    )
    ours, other = (rate(scheme(one, estimates=WAIT_ALONE), of, SETTINGS) for one, of in ((apart, known), (WAIT, divided)))
    assert ours.score == pytest.approx(other.score)
    assert ours.nodes["wait"].low == pytest.approx(other.nodes["wait"].low)


def test_what_severities_leave_in_doubt_is_kept_as_far_as_the_value_is():
    known = replace(minutes(), doubt=np.full((5, 1), 1.0))
    found = one_at_a_time(WAIT, known.values[:, 0], known.se[:, 0])
    ours = rate(scheme(WAIT, estimates=WAIT_ALONE), known, SETTINGS).prepared
    assert ours.treated_doubt[:, 0] == pytest.approx(found.kept)


def test_a_change_is_measured_by_each_wave_alone():
    standard = scheme(WAIT, estimates=WAIT_ALONE)
    assert measured(standard, minutes()).value == pytest.approx(100 - minutes().values[:, 0] / 0.6)


def test_where_a_cell_is_too_small_to_show_its_kind_is_followed_from_scores_on():
    few = rate(scheme(HAPPY, estimates=HAPPY_ALONE), happy(np.array([3.0, 100, 120, 80, 60, 40])), SETTINGS)
    disclosed = disclose(few, Policy(open_sources=()))
    assert set(disclosed.follows.tolist()) <= {BY_SCORE, STAR_ONLY}
    assert np.isnan(disclosed.evidence.values).all()
    many = rate(scheme(HAPPY, estimates=HAPPY_ALONE), happy(np.full(6, 30.0)), SETTINGS)
    assert not disclose(many, Policy(open_sources=())).changed


# ---- a made nation: why there is one of them for a kind


def made(seed, items, channels=600, correlation=0.6):
    """A nation of indicators that go together, half of what sets channels apart in each being luck."""
    chance = np.random.default_rng(seed)
    common, own = chance.standard_normal((channels, 1)), chance.standard_normal((channels, items))
    truth = 60 + 10 * (np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)
    return truth, evidence(truth + 10 * chance.standard_normal(truth.shape), se=10.0, n=20.0)


def holds(items, alone):
    """The share of 90 % intervals that hold the true score: of all channels, and of the sixty that are rated last."""
    standard = scheme(
        *(Indicator(f"i{place}", "part", scale=(-500.0, 600.0)) for place in range(items)),
        nodes=(Node("part", "whole"),),
        estimates=Estimates(tuple(f"i{place}" for place in range(alone))) if alone else None,
    )
    found = []
    for seed in range(3):
        truth, known = made(seed, items)
        rating = rate(standard, known, Settings(draws=1000))
        true = truth.mean(axis=1)
        held = (rating.low <= true) & (true <= rating.high)
        found.append((held.mean(), held[np.argsort(rating.score)[:60]].mean()))
    return np.mean(found, axis=0)


def test_one_indicator_by_itself_holds_the_truth_as_often_as_it_says_among_the_last_too():
    for items in (1, 8):
        ours = holds(items, alone=1)
        assert 0.87 < ours[0] < 0.92
        assert ours[1] > 0.82
    plain = holds(1, alone=0)
    assert plain[0] == pytest.approx(0.9, abs=0.02)
    assert plain[1] < 0.75  # who is last without it was unlucky


def test_eight_indicators_each_by_itself_hold_the_truth_65_times_of_100_and_far_less_among_the_last():
    ours = holds(8, alone=8)
    assert ours[0] == pytest.approx(0.65, abs=0.03)
    assert ours[1] < 0.45
