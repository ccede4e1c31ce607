"""What hangs on choices: what a channel keeps is what the decision says, and indices tell which choice moves ranks."""

from dataclasses import fields

import numpy as np
import pytest

from marsad.core.lists import RUNS, first_lists
from marsad.core.normalise import Goalposts, MinMax
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.robustness import ratings_asked, robustness, shifts
from marsad.core.scheme import Naming
from marsad.core.sensitivity import GROUPS, Bench, Runs
from tests.core.test_sensitivity import four, nation

SETTINGS = Settings(draws=400, seed=3)


def test_the_share_that_is_looked_at_is_the_one_that_a_decision_holds_and_every_rating_is_heard_of():
    ours = four(Goalposts(0, 100), naming=Naming(k=2, minimum_channels=5))
    rating = rate(ours, nation(channels=24), SETTINGS)
    heard = []
    found = robustness(
        Bench.of(ours, rating, SETTINGS), rating.star, rating.rank, SETTINGS, points=4, progress=lambda more: heard.append(more)
    )
    for one in first_lists(rating, SETTINGS):
        side = found.best if one.decision.best else found.worst
        np.testing.assert_array_equal(side[one.channels], one.decision.first.kept)
    assert sum(heard) == ratings_asked(4) == RUNS + 7 * 4
    assert found.first.shape == found.total.shape == (len(GROUPS), 2)
    assert ((found.kept.star >= 0) & (found.kept.star <= 1)).all()


def test_one_pillar_of_two_moves_ranks_most_and_filling_moves_nothing_where_nothing_is_missing():
    ours = four(MinMax())
    rating = rate(ours, nation(8, channels=60), SETTINGS)
    found = robustness(Bench.of(ours, rating, SETTINGS), rating.star, rating.rank, SETTINGS, points=32)
    for league in range(found.leagues.size):
        assert GROUPS[found.total[:, league].argmax()] == "without"
        assert found.total[GROUPS.index("impute"), league] == 0


def test_a_shift_is_the_mean_over_the_channels_that_a_run_rates():
    ranks = np.array([[1.0, 2.0, 1.0], [2.0, np.nan, 1.0], [np.nan, np.nan, 1.0]])
    runs = Runs(**{one.name: ranks for one in fields(Runs)})
    found = shifts(runs, np.array([2.0, 1.0, 1.0]), np.array(["a", "a", "b"]), np.array(["a", "b"]))
    assert found == pytest.approx(np.array([[1.0, 0.0], [0.0, 0.0], [np.nan, 0.0]]), nan_ok=True)
