"""Nations with known truth, and what is reported of them: every measure against counting by hand, and a bold rater found out."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.calibration import Trial, curve_of, expected_error, summary, trial
from marsad.core.nations import ITEMS, NATIONS, OWN, VISITS, larger, make, noise, scheme_of
from marsad.core.posterior import Settings
from marsad.core.ranking import ranks, standing

SETTINGS = Settings(seed=3, draws=2400)
"""With fewer draws chains would have to be drawn again."""


def nation(name, channels=2000, seed=1, **changed):
    return make(replace(larger(NATIONS[name], channels), **changed), np.random.default_rng(seed))


def pillar(evidence, place):
    return evidence.values[:, ITEMS * place : ITEMS * (place + 1)]


# ---- nations


def test_in_the_models_own_nation_errors_are_as_large_as_they_are_said_to_be():
    made = nation(OWN)
    wave = made.wave(0, np.random.default_rng(2))
    scaled = (wave.values - made.truth) / wave.se
    assert scaled.std(axis=0) == pytest.approx(1, abs=0.06)
    within = np.corrcoef(scaled.T)
    assert [within[2 * place, 2 * place + 1] for place in range(3)] == pytest.approx([0.4] * 3, abs=0.07)
    assert abs(within[0, 2]) < 0.07


def test_what_is_a_channels_own_is_the_distance_from_its_entity():
    made = nation(OWN, 300)
    apart = made.composite - made.own
    assert all(np.ptp(apart[made.entity == entity]) < 1e-9 for entity in range(25))
    share = apart.var() / made.composite.var()
    assert 0.1 < share < 0.5


def test_every_other_nation_has_what_it_is_called_after():
    own = nation(OWN)
    assert abs(kurtosis(nation("heavy-tails").own) - 3) > 1 > abs(kurtosis(own.own) - 3)
    skewed = nation("skewed-n")
    assert np.std(np.log(skewed.n)) > 3 * np.std(np.log(own.n))
    assert np.corrcoef(np.log(skewed.n), skewed.own)[0, 1] == pytest.approx(0.3, abs=0.06)
    sizes = np.bincount(nation("clusters", 1200, entities=12).entity)
    assert sizes.max() > 5 * sizes.min()
    lacking = nation("missing-pillars")
    meter = lacking.truth[:, 4:].mean(axis=1)
    assert lacking.lacking.mean() == pytest.approx(0.25, abs=0.04)
    assert meter[lacking.lacking].mean() < meter.mean() - 2
    gone = lacking.wave(0, np.random.default_rng(0))
    assert np.isnan(gone.values[lacking.lacking, 4:]).all()
    assert not np.isnan(gone.values[:, :4]).any()


def kurtosis(values):
    return float(((values - values.mean()) ** 4).mean() / values.var() ** 2)


def test_answers_at_a_kiosk_are_better_than_the_truth_and_nothing_else_is():
    made = nation("modes")
    wave = made.wave(0, np.random.default_rng(0))
    better = (wave.values - made.truth).mean(axis=0)
    assert better[:2] == pytest.approx([4.0, 4.0], abs=0.3)
    assert better[2:] == pytest.approx([0.0] * 4, abs=0.3)


def test_raters_are_severe_each_by_themselves_and_all_of_them_stricter_in_the_second_wave():
    made = nation("raters")
    first, second = (pillar(made.wave(number, np.random.default_rng(number)), 1).mean() for number in (0, 1))
    assert first - second == pytest.approx(made.drift.mean(), abs=0.4)
    assert made.drift.mean() > 1
    plain = pillar(nation(OWN).wave(0, np.random.default_rng(0)), 1) - nation(OWN).pillar(1)
    severe = pillar(made.wave(0, np.random.default_rng(0)), 1) - made.pillar(1)
    assert severe.std() > 1.1 * plain.std()


def test_who_is_not_visited_again_has_nothing_new_and_the_others_have_more_of_it():
    made = nation(OWN, 60)
    visited = np.arange(60) < 10
    again = made.wave(1, np.random.default_rng(0), visited, more=3)
    assert np.isnan(again.values[~visited]).all()
    assert np.isnan(again.n[~visited]).all()
    assert (again.raters[visited, 2] == 3 * VISITS).all()
    first = made.wave(0, np.random.default_rng(0))
    assert again.se[visited, 0] == pytest.approx(first.se[visited, 0] / np.sqrt(3), rel=0.03)


def test_heavy_tails_have_the_variance_of_normal_ones():
    heavy = noise(np.random.default_rng(0), 5.0, (40_000,))
    assert heavy.var(axis=0) == pytest.approx([1, 1], abs=0.05)


# ---- measures


def believed(spread, seed=0, channels=400, k=5):
    """A nation of normal quality and errors as large, believed with so many times the spread that it should be."""
    made = np.random.default_rng(seed)
    truth = made.standard_normal(channels)
    mean, sd = (truth + made.standard_normal(channels)) / 2, np.sqrt(0.5)
    draws = mean[:, None] + spread * sd * made.standard_normal((channels, 2000))
    stood = standing(draws, k)
    star, true = mean > 0, truth > 0
    return Trial(
        k=k,
        place=ranks(-truth).astype(float),
        own_place=ranks(-truth).astype(float),
        raw_place=ranks(-mean).astype(float),
        rank=ranks(truth).astype(float),
        low=stood.low,
        high=stood.high,
        chance=((draws > 0) == star[:, None]).mean(axis=1),
        right=star == true,
        looked=stood.p_bottom >= 0.05,
        confirmed=stood.p_bottom >= 0.5,
        named=stood.p_bottom >= 0.5,
    )


def test_what_is_rightly_believed_holds_nine_times_in_ten_and_its_stars_as_often_as_they_say():
    found = summary([believed(1.0, seed) for seed in range(12)])
    assert found.coverage == pytest.approx(0.9, abs=0.02)
    assert found.coverage_se == pytest.approx(np.sqrt(0.09 / 400 / 12), rel=0.6)
    assert found.star_error < 0.025


@pytest.mark.parametrize(("spread", "least", "most"), [(0.5, 0.5, 0.75), (2.0, 0.94, 1.0)])
def test_bold_and_timid_beliefs_are_found_out(spread, least, most):
    found = summary([believed(spread, seed) for seed in range(4)])
    assert least < found.coverage < most
    assert found.star_error > 0.08
    assert (found.width < summary([believed(1.0)]).width) is (spread < 1)


def by_hand(**changed):
    """Twenty channels, the first truly worst: two of the worst three named, and the tenth; the second confirmed and not named."""
    place = np.arange(1.0, 21.0)
    named, confirmed = np.isin(place, [1, 3, 10]), np.isin(place, [1, 2, 3, 10])
    columns = {
        "k": 3,
        "place": place,
        "own_place": place,
        "raw_place": np.roll(place, 2),
        "rank": 21 - place,
        "low": np.full(20, 1.0),
        "high": np.full(20, 10.0),
        "chance": np.full(20, 0.75),
        "right": place <= 10,
        "looked": place <= 6,
        "confirmed": confirmed,
        "named": named,
    }
    entities = {"entity_k": 2, "entity_place": np.arange(1.0, 9.0), "entity_named": np.isin(np.arange(8), [0, 4])}
    return Trial(**columns | entities | changed)


def test_every_share_is_what_one_counts_by_hand():
    found = summary([by_hand(), by_hand(named=np.zeros(20, bool))])
    assert (found.cycles, found.channels) == (2, 20)
    assert (found.coverage, found.coverage_se, found.width) == (0.5, 0.0, 0.5)
    assert (found.looked, found.confirmed, found.named) == (6, 4, 1.5)
    assert found.recall == pytest.approx(2 / 6)
    assert found.truly_worst == pytest.approx(2 / 3)
    assert found.in_tail == pytest.approx(1 / 3)
    assert found.wrong_dismissals == pytest.approx(2 / 3)
    assert 0.9 < found.wrong_high < 1
    assert found.star_error == pytest.approx(0.25)
    assert (found.raw_place, found.named_place) == (pytest.approx((3 + 4 + 5) / 3), pytest.approx(14 / 3))
    assert found.regret == pytest.approx(4 - 14 / 3)
    assert (found.entities_named, found.entities_recall, found.entities_truly_worst) == (2, 0.5, 0.5)


def test_where_nobody_is_named_nothing_is_said_of_names():
    found = summary([by_hand(named=np.zeros(20, bool))])
    assert (found.confirmed, found.named, found.recall) == (4, 0, 0)
    unknown = (found.truly_worst, found.in_tail, found.wrong_dismissals, found.wrong_high, found.regret)
    assert np.isnan(unknown).all()
    assert np.isnan(found.coverage_se)


def test_chances_are_compared_with_how_often_they_hold_bin_by_bin():
    chance, right = np.array([0.55, 0.58, 0.95, 1.0]), np.array([True, False, True, True])
    curve = curve_of(chance, right)
    assert curve.count.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 2]
    assert curve.promised[[5, 9]] == pytest.approx([0.565, 0.975])
    assert curve.held[[5, 9]].tolist() == [0.5, 1.0]
    assert np.isnan(curve.promised[0])
    assert expected_error(chance, right) == pytest.approx((0.065 + 0.025) / 2)


# ---- the whole chain


@pytest.fixture(scope="module")
def tried():
    return trial(larger(NATIONS["raters"], 80), SETTINGS, joint=True)


def test_a_cycle_confirms_few_of_those_it_looked_at_and_names_fewer(tried):
    assert tried.looked.sum() >= tried.named.sum()
    assert not (tried.confirmed & ~tried.looked).any()
    assert not (tried.named & ~tried.confirmed).any()
    assert (tried.k, tried.rank.size) == (5, 80)
    assert tried.place + tried.rank == pytest.approx(np.full(80, 81.0))
    assert tried.inside.mean() > 0.8


def test_the_same_seed_runs_the_same_cycle_and_another_one_another():
    recipe = larger(NATIONS[OWN], 60)
    first, again, other = (trial(recipe, replace(SETTINGS, seed=seed), joint=False) for seed in (3, 3, 4))
    assert all(np.array_equal(one, two) for one, two in zip(vars(first).values(), vars(again).values(), strict=True))
    assert not np.array_equal(first.place, other.place)


def test_without_the_joint_model_names_ask_for_no_own_part():
    found = trial(larger(NATIONS[OWN], 120), SETTINGS, joint=False)
    assert found.named.any()
    assert (found.named == found.confirmed).all()


def test_only_the_joint_standard_draws_what_is_missing():
    assert scheme_of(joint=True).root.missing == "drawn"
    assert scheme_of(joint=False).joint is None
