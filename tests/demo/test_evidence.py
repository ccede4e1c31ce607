"""What is seen in the nation is the truth and an error whose size is known."""

import numpy as np
import pytest

from marsad.core.rating import Settings, rate
from marsad.demo.evidence import feelings, felt
from marsad.demo.truth import on_scale, true_rating
from marsad.lake.cycle import evidence_table
from marsad.lake.engines import DuckDB

ENGINE = DuckDB(memory="1GB", threads=2)


@pytest.fixture(scope="module")
def judged(nation, filled):
    """The rating of a past cycle, and the same without error."""
    lake, imports = filled
    facts = nation.facts("2025")
    texts = {"kind": np.array([card.kind for card in nation.cards])}
    texts |= {
        name: np.array([facts.get(card.code, {}).get(name, "") for card in nation.cards]) for name in nation.made["breaches"]
    }
    found = evidence_table(
        ENGINE,
        lake,
        nation.standard.scheme,
        version=lake.version(imports["2025"]),
        cycle="2025",
        channels=np.array([card.code for card in nation.cards]),
        attributes=texts,
    )
    assert (found.notes, found.unused) == ((), ())
    return rate(nation.standard.scheme, found.evidence, Settings()), true_rating(
        nation.standard.scheme, nation.cards, nation.truth["2025"], facts
    )


def test_the_mean_of_many_steps_is_the_true_value(nation):
    chance = np.random.default_rng(1)
    for place in (nation.fields["2025"].asked(source)[0] for source in ("survey", "meter", "visit", "assessment")):
        indicator = nation.standard.scheme.indicators[place]
        low, high = indicator.ends
        for points in (3.0, 40.0, 75.0, 97.0):
            value = on_scale(indicator, np.array([points]))
            for spread in (0.5, 1.6):
                steps = np.rint(felt(indicator, value, spread) + spread * chance.standard_normal(400_000))
                assert np.clip(steps, low, high).mean() == pytest.approx(value[0], abs=0.01 * (high - low))


def test_feelings_have_a_place_for_every_channel(nation):
    field = nation.fields["2024"]
    about = feelings(field, field.asked("visit"), "visit")
    assert about.shape == (len(nation.cards), len(field.asked("visit")))
    assert np.isfinite(about).all()


def test_intervals_hold_the_truth_as_often_as_they_say(judged):
    rating, truth = judged
    known = rating.rated & np.isfinite(truth.score)
    assert known.sum() > 120
    held = ((rating.low <= truth.score) & (truth.score <= rating.high))[known]
    assert 0.82 < held.mean() < 0.97  # 90 % of some 130


def test_intervals_of_ranks_hold_the_true_rank(judged):
    rating, truth = judged
    held = []
    for league in np.unique(rating.leagues[rating.rated]):
        mine = np.flatnonzero(rating.rated & (rating.leagues == league))
        rank = 1 + (truth.score[mine][:, None] < truth.score[mine]).sum(axis=1)
        held += ((rating.rank_low[mine] <= rank) & (rank <= rating.rank_high[mine])).tolist()
    assert np.mean(held) > 0.85


def test_the_rating_comes_near_the_truth(judged):
    rating, truth = judged
    known = rating.rated & np.isfinite(truth.score)
    assert np.abs(rating.score - truth.score)[known].mean() < 2.5
    # A cap may take more than one star from a channel just over its edge.
    assert (np.abs(rating.star - truth.star)[known] <= 1).mean() > 0.97


def test_every_rated_kind_is_ranked_apart(judged, nation):
    rating, _truth = judged
    first = rating.evidence.kinds[rating.rated & (rating.rank == 1)]
    assert set(first.tolist()) == set(nation.standard.scheme.kinds)


def test_shoppers_differ_in_severity(filled, nation):
    from marsad.lake import queries

    lake, imports = filled
    found = queries.reduce(ENGINE, lake, lake.version(imports["2025"]), "2025", by=["rater", "source"], respondents=False)
    visits = found["source"] == "visit"
    rater, n, total = found["rater"][visits], found["n"][visits], found["wx"][visits]
    _names, who = np.unique(rater, return_inverse=True)
    means = np.bincount(who, total) / np.bincount(who, n)
    assert means.std() > 0.5
