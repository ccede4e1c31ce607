"""What hangs on choices: what a channel keeps is what the decision says, and indices tell which choice moves ranks.

What an entity keeps is what plain Python finds, run by run.
"""

from dataclasses import fields, replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad.core.entities import Members
from marsad.core.lists import RUNS, first_lists, others
from marsad.core.normalise import Goalposts, MinMax
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.robustness import EntitiesKept, kept_in, ratings_asked, robustness, shifts
from marsad.core.scheme import Entities, Naming
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


def runs_of(score: list[list[float]]) -> Runs:
    """Runs of which only the scores are asked."""
    return Runs(**{one.name: np.array(score) for one in fields(Runs)})


def ranks_of(own: str, means: dict[str, float]) -> tuple[int, int]:
    """The rank of an entity from the best and from the worst, equals sharing the better place of each."""
    others = list(means.values())
    return 1 + sum(mean > means[own] for mean in others), 1 + sum(mean < means[own] for mean in others)


def twin(score: list[list[float]], houses: dict[str, list[int]], rule: Entities) -> dict[str, list[float | None]]:
    """The ends of the middle ranks and the shares of the first and last k of every entity, one run after another."""
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in houses}
    for run in score:
        rated = {name: [run[place] for place in places if not isnan(run[place])] for name, places in houses.items()}
        means = {name: sum(known) / len(known) for name, known in rated.items() if len(known) >= rule.minimum_channels}
        for name in means:
            found[name].append(ranks_of(name, {other: round(mean, 9) for other, mean in means.items()}))
    return {name: summed(ranks, rule.k) for name, ranks in found.items()}


def summed(ranks: list[tuple[int, int]], k: int) -> list[float | None]:
    if not ranks:
        return [None] * 4
    ordered, count = sorted(best for best, _ in ranks), len(ranks)
    middle = [float(ordered[round(at * (count - 1))]) for at in (0.05, 0.95)]
    return [*middle, *(sum(rank[end] <= k for rank in ranks) / count for end in (0, 1))]


def told(kept: EntitiesKept) -> dict[str, list[float | None]]:
    columns = (kept.rank_low, kept.rank_high, kept.first, kept.last)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {name: [None if isnan(value) else value for value in row] for name, row in zip(kept.names.tolist(), rows, strict=True)}


def league(houses: dict[str, list[int]]) -> Members:
    return Members("", np.array(list(houses)), tuple(np.array(places) for places in houses.values()), np.empty(0, np.intp))


HOUSES = {"a": [0, 1], "b": [2, 3, 6], "c": [4, 5]}
SCORES = st.lists(st.lists(st.sampled_from([40.0, 50.0, 60.0, 75.0, np.nan]), min_size=7, max_size=7), min_size=1, max_size=24)


@given(SCORES, st.integers(1, 2), st.integers(1, 3))
def test_what_entities_keep_is_what_plain_python_finds(score, k, least):
    rule = Entities(k=k, minimum_channels=least)
    assert told(kept_in(league(HOUSES), runs_of(score), rule)) == twin(score, HOUSES, rule)


def test_what_entities_keep_by_hand():
    score = [
        [80.0, 60.0, 65.0, 65.0, 50.0, 50.0, 65.0],  # a 70, b 65, c 50
        [50.0, 50.0, 60.0, 70.0, 40.0, 40.0, 65.0],  # b 65, a 50, c 40
        [60.0, 60.0, 70.0, 50.0, 60.0, 60.0, 60.0],  # all 60: each is first, and each is last
        [90.0, np.nan, 60.0, np.nan, 70.0, 70.0, 60.0],  # of a too few are rated: c 70, b 60
    ]
    found = told(kept_in(league(HOUSES), runs_of(score), Entities(k=1, minimum_channels=2)))
    assert found == {"a": [1, 2, 2 / 3, 1 / 3], "b": [1, 2, 2 / 4, 2 / 4], "c": [1, 3, 2 / 4, 3 / 4]}


def test_entities_stand_in_other_ratings_as_in_their_league_and_nowhere_without_a_rule():
    rule = Entities(k=1, minimum_channels=2)
    ours = four(MinMax(), naming=Naming(entities=rule))
    evidence = nation(4, channels=24, gaps=0.3)
    houses = np.array([f"house-{place % 4}" if place < 21 else "" for place in range(24)])
    known = replace(evidence, attributes=evidence.attributes | {"entity": houses})
    rating = rate(ours, known, SETTINGS)
    bench = Bench.of(ours, rating, SETTINGS)
    found = {one.league: told(one) for one in robustness(bench, rating.star, rating.rank, SETTINGS, points=1).entities}
    score = others(bench, SETTINGS, None).score.tolist()
    assert found == {
        one.league: twin(score, {name: rows.tolist() for name, rows in zip(one.names.tolist(), one.members, strict=True)}, rule)
        for one in rating.entities
    }
    assert sum(len(one) for one in found.values()) >= 5
    unnamed = replace(ours, naming=Naming())
    assert robustness(Bench.of(unnamed, rating, SETTINGS), rating.star, rating.rank, SETTINGS, points=1).entities == ()


def test_one_pillar_of_two_moves_ranks_most_and_filling_moves_nothing_where_nothing_is_missing():
    ours = four(MinMax())
    rating = rate(ours, nation(8, channels=60), SETTINGS)
    found = robustness(Bench.of(ours, rating, SETTINGS), rating.star, rating.rank, SETTINGS, points=32)
    for league in range(found.leagues.size):
        assert GROUPS[found.total[:, league].argmax()] == "without"
        assert found.total[GROUPS.index("impute"), league] == 0


def test_a_shift_is_the_mean_over_the_channels_that_a_run_rates():
    ranks = np.array([[1.0, 2.0, 1.0], [2.0, np.nan, 1.0], [np.nan, np.nan, 1.0]])
    found = shifts(runs_of(ranks.tolist()), np.array([2.0, 1.0, 1.0]), np.array(["a", "a", "b"]), np.array(["a", "b"]))
    assert found == pytest.approx(np.array([[1.0, 0.0], [0.0, 0.0], [np.nan, 0.0]]), nan_ok=True)
