"""A rating whose standard declares the joint model: what is drawn, what is missing, what belongs to the entity."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.conditions import Check
from marsad.core.convergence import Convergence
from marsad.core.joint import fit_joint
from marsad.core.memory import remembering
from marsad.core.posterior import Settings
from marsad.core.problem import Problem
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Joint, Node
from marsad.core.stars import Bands, Limiter
from tests.core.build import evidence, scheme

SETTINGS = Settings(seed=1, draws=960)
STARS = Bands((60.0, 70.0), (1.0, 2.0, 3.0))
PILLARS = ("left", "right", "third")


def standard(*, joint=Joint(), missing="drawn", **rest):  # noqa: B008  a frozen value
    """Three pillars of two indicators each, weights 2, 1 and 1, errors inside a pillar correlated .4."""
    return scheme(
        *(Indicator(f"{pillar}-{place}", pillar) for pillar in PILLARS for place in (1, 2)),
        root=Node("whole", missing=missing),
        nodes=[Node(pillar, "whole", 2.0 if pillar == "left" else 1.0, error_correlation=0.4) for pillar in PILLARS],
        stars=STARS,
        joint=joint and replace(joint, over=PILLARS),
        **rest,
    )


class Country:
    """120 channels of ten entities, with true pillars; every error has a standard deviation of 6, correlated .4 in a pillar."""

    def __init__(self, seed=2, channels=120):
        made = np.random.default_rng(seed)
        self.entity_of = np.arange(channels) % 10
        alike = np.linalg.cholesky(0.6 + 0.4 * np.eye(3))
        self.entity = 3 * made.standard_normal((10, 3)) @ alike.T
        self.truth = 65 + self.entity[self.entity_of] + 5 * made.standard_normal((channels, 3)) @ alike.T
        shared, alone = made.standard_normal((channels, 3, 1)), made.standard_normal((channels, 3, 2))
        values = self.truth[:, :, None] + 6 * (np.sqrt(0.4) * shared + np.sqrt(0.6) * alone)
        self.values = values.reshape(channels, 6)
        self.whole = self.truth @ [0.5, 0.25, 0.25]

    def evidence(self, **changed):
        attributes = {"entity": [f"e{place}" for place in self.entity_of], **changed}
        return evidence(self.values, se=6.0, **attributes)


@pytest.fixture(scope="module")
def rated():
    country = Country()
    return (
        country,
        rate(standard(), country.evidence(), SETTINGS),
        rate(standard(joint=None, missing="reweight"), country.evidence()),
    )


@pytest.fixture
def briefly(monkeypatch):
    """Let chains be short, and take them for settled, where any draws will do."""
    for name in ("WARM_UP", "LEAST"):
        monkeypatch.setattr(f"marsad.core.joint.{name}", 2)
    monkeypatch.setattr(Convergence, "settled", True)


def within(rating, truth):
    return float(((rating.low <= truth) & (truth <= rating.high)).mean())


def test_composites_are_drawn_towards_their_kind_and_come_nearer_to_the_truth(rated):
    country, jointly, alone = rated
    assert np.abs(jointly.score - country.whole).mean() < 0.93 * np.abs(alone.score - country.whole).mean()
    assert (jointly.high - jointly.low).mean() < 0.9 * (alone.high - alone.low).mean()
    assert within(jointly, country.whole) > 0.84


def test_the_star_is_the_band_of_the_posterior_median(rated):
    _, jointly, _ = rated
    assert jointly.score == pytest.approx(jointly.nodes["whole"].value)
    assert (jointly.star == 1.0 + (jointly.score >= 60) + (jointly.score >= 70)).all()
    assert jointly.p_star.sum(axis=1) == pytest.approx(1.0)
    most = np.array([1.0, 2.0, 3.0])[jointly.p_star.argmax(axis=1)]
    assert (most == jointly.star).mean() > 0.9


def test_a_composite_is_that_of_its_drawn_pillars(rated):
    _, jointly, _ = rated
    means = {code: part.entity.value + part.own.value for code, part in jointly.together.items()}
    assert means["whole"] == pytest.approx(means["left"] / 2 + means["right"] / 4 + means["third"] / 4, abs=0.3)


def test_what_belongs_to_the_entity_is_told_apart_and_is_one_for_all_its_channels(rated):
    country, jointly, _ = rated
    told = jointly.together["whole"]
    truth = country.entity @ [0.5, 0.25, 0.25]
    assert all(np.ptp(told.entity.value[country.entity_of == entity]) < 1e-9 for entity in range(10))
    assert np.corrcoef(told.entity.value[:10], truth)[0, 1] > 0.6
    assert np.corrcoef(told.own.value, country.whole - truth[country.entity_of])[0, 1] > 0.7
    assert told.share == pytest.approx(np.abs(told.entity.value) / (np.abs(told.entity.value) + np.abs(told.own.value)))
    assert (told.own.low < told.own.value).all()
    assert (told.own.value < told.own.high).all()


def test_the_reliability_of_a_node_is_how_much_of_the_true_differences_is_known(rated):
    country, jointly, _ = rated
    truth, found = country.whole, jointly.score
    assert np.mean(jointly.together["whole"].reliability) == pytest.approx(np.corrcoef(truth, found)[0, 1] ** 2, abs=0.1)
    assert np.mean(jointly.together["whole"].reliability) > np.mean(jointly.together["third"].reliability)


def test_a_part_that_is_known_of_few_is_that_of_each_channel_alone_and_keeps_nothing_from_settling():
    country = Country(channels=400)
    country.values[7:, 4:] = np.nan
    few, alone = (rate(standard(joint=joint, missing="not-rated"), country.evidence(), SETTINGS) for joint in (Joint(), None))
    assert np.isnan(few.score[7:]).all(), "nothing draws what is not modelled"
    assert few.nodes["third"].value[:7] == pytest.approx(alone.nodes["third"].value[:7], abs=0.5)
    assert np.abs(few.nodes["left"].value - alone.nodes["left"].value)[:7].mean() > 1


def test_without_a_declaration_nothing_is_told_apart_and_draws_are_as_they_were(rated):
    _, _, alone = rated
    assert alone.together == {}
    country = Country()
    assert alone.score == pytest.approx(country.values.reshape(-1, 3, 2).mean(axis=2) @ [0.5, 0.25, 0.25])


def with_a_gap():
    country = Country()
    country.values[:20, 4:] = np.nan
    return country


def test_a_missing_pillar_is_drawn_and_makes_its_channel_less_certain_but_not_unrated():
    country = with_a_gap()
    jointly = rate(standard(), country.evidence(), SETTINGS)
    assert jointly.rated.all()
    gap, third = np.arange(120) < 20, jointly.nodes["third"]
    width = third.high - third.low
    assert width[gap].min() > width[~gap].max()
    assert np.isnan(third.n[gap]).all()
    assert np.abs(third.value[gap] - country.truth[gap, 2]).mean() < 5
    assert (jointly.high - jointly.low)[gap].mean() > (jointly.high - jointly.low)[~gap].mean()


@pytest.mark.parametrize("missing", ["not-rated", "reweight"])
def test_a_node_that_says_otherwise_leaves_a_missing_pillar_missing(briefly, missing):
    jointly = rate(standard(missing=missing), with_a_gap().evidence(), SETTINGS)
    assert jointly.rated.tolist() == [missing == "reweight"] * 20 + [True] * 100
    assert set(jointly.reason[:20]) == ({"missing-branch"} if missing == "not-rated" else {""})


def test_a_kind_of_few_channels_is_not_modelled_and_its_missing_pillars_are_not_drawn(briefly):
    country = with_a_gap()
    kinds = np.where(np.arange(120) % 8 == 0, "small", "large")
    jointly = rate(standard(kinds=("large", "small")), country.evidence(kind=kinds), SETTINGS)
    small = kinds == "small"
    alone = rate(standard(joint=None, kinds=("large", "small")), country.evidence(kind=kinds), SETTINGS)
    assert jointly.score[small] == pytest.approx(alone.score[small], nan_ok=True)
    assert np.isnan(jointly.together["whole"].share[small]).all()
    assert jointly.rated.tolist() == (~small | (np.arange(120) >= 20)).tolist()


def test_a_kind_is_modelled_as_if_there_were_no_other(briefly):
    country = Country()
    kinds = np.where(np.arange(120) < 60, "one", "two")
    both = rate(standard(kinds=("one", "two")), country.evidence(kind=kinds), SETTINGS)
    first = rate(standard(kinds=("one", "two")), country.evidence(kind=kinds).rows(np.arange(60)), SETTINGS)
    assert both.score[:60] == pytest.approx(first.score, abs=1e-9)
    assert both.rank[:60].tolist() == first.rank.tolist()


def test_the_order_of_channels_changes_nothing(rated):
    country, jointly, _ = rated
    turned = rate(standard(), country.evidence().rows(np.arange(120)[::-1]), SETTINGS)
    assert turned.score.tolist() == jointly.score.tolist()


def test_a_limiter_on_a_pillar_takes_its_probability_from_the_joint_draws(rated):
    country, jointly, _ = rated
    limiter = Limiter("weak", Check("score", "third", "below", 60.0), cap=1.0)
    limited = rate(standard(limiters=(limiter,)), country.evidence(), SETTINGS)
    third = limited.nodes["third"]
    chance = limited.limits[0].probability
    assert (chance[third.high < 60] >= 0.95).all()
    assert (chance[third.low > 60] <= 0.05).all()
    assert (limited.star[chance >= 0.8] == 1.0).all()
    assert limited.score == pytest.approx(jointly.score)


def test_a_modelled_channel_without_a_rating_keeps_the_joint_draws_of_its_limiter_however_near_its_certainty_that_lies(briefly):
    country = with_a_gap()
    limiter = Limiter("weak", Check("score", "left", "below", float(np.median(country.truth[:20, 0]))), cap=1.0, certainty=0.99)
    first = rate(standard(missing="not-rated", limiters=(limiter,)), country.evidence(), SETTINGS).limits[0].probability
    doubtful = int(np.argmin(np.abs(first[:20] - 0.5)))
    near = replace(limiter, certainty=float(first[doubtful]))
    again = rate(standard(missing="not-rated", limiters=(near,)), country.evidence(), SETTINGS)
    assert again.limits[0].probability.tolist() == first.tolist()
    assert not again.rated[doubtful]


def test_a_population_is_modelled_once_for_as_long_as_it_is_remembered(briefly, monkeypatch):
    country = Country()
    asked = []
    monkeypatch.setattr("marsad.core.jointly.fit_joint", lambda *words, **more: asked.append(1) or fit_joint(*words, **more))
    short = replace(SETTINGS, draws=400)
    with remembering():
        first, again = (rate(standard(), country.evidence(), short) for _time in range(2))
        other = rate(standard(), country.evidence(), replace(short, seed=2))
    assert (first.score == again.score).all()
    assert (first.score != other.score).any()
    assert len(asked) == 2


def test_without_entities_every_part_is_the_channels_own(briefly):
    country = Country()
    jointly = rate(standard(), evidence(country.values, se=6.0), SETTINGS)
    assert not jointly.together["whole"].entity.value.any()
    assert not jointly.together["whole"].share.any()


def test_chains_that_do_not_settle_even_when_longer_rate_nobody(monkeypatch):
    asked, country = [], Country(channels=30)
    for name in ("WARM_UP", "LEAST"):
        monkeypatch.setattr(f"marsad.core.joint.{name}", 2)

    def restless(panel, settings, progress, *, every=1):
        asked.append(every)
        return replace(fit_joint(panel, settings, progress), convergence=Convergence({"effect": 1.3}, {"effect": 9.0}))

    monkeypatch.setattr("marsad.core.jointly.fit_joint", restless)
    with pytest.raises(Problem, match="has not settled on 30 channels; ask for more draws"):
        rate(standard(), country.evidence(), SETTINGS)
    assert asked == [1, 4]
