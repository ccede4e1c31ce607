"""The smallest manipulation of a result, beside twins that plant every answer, replace every score and rate again."""

import doctest

import numpy as np
import pytest

from marsad.core import gaming
from marsad.core.conditions import Attribute, Check
from marsad.core.gaming import BEST, ENDS, MOST, WORST, Game, Hands
from marsad.core.normalise import Goalposts, Levels, ZScore
from marsad.core.posterior import Settings
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Naming, Node, Requirement
from marsad.core.sensitivity import Bench
from marsad.core.stars import Bands, Limiter
from tests.core.build import FIVE, evidence, scheme

SETTINGS = Settings(draws=200)
CHANNELS, K = 30, 3
ASKED = (0, 1)
"""The places of what the survey asks."""


def standard(**more):
    """A survey of two questions, a share, and two assessors' levels, in a tree that is not a straight line."""
    indicators = [
        Indicator("happy", "voice", 2.0, scale=(1, 5), normalise=Goalposts(1, 5)),
        Indicator("wait", "voice", 1.0, scale=(0, 60), lower_is_better=True, normalise=Goalposts(60, 0)),
        Indicator("meter", "voice", 1.0, share=True, normalise=Goalposts(0, 1)),
        Indicator("level", "seen", 1.0, scale=(1, 4), normalise=Levels((0.0, 33.0, 67.0, 100.0))),
    ]
    rest = {"naming": Naming(k=K, minimum_channels=5), "stars": Bands((40.0, 50.0, 60.0, 70.0), FIVE)}
    return scheme(*indicators, nodes=(Node("voice", "whole", 3.0, aggregate="geometric"), Node("seen", "whole")), **rest | more)


def answers(seed=1):
    """Single answers by channel and indicator, as many as there are; two assessors give one level each."""
    dice, found = np.random.default_rng(seed), []
    for _ in range(CHANNELS):
        n = dice.integers(8, 25)
        happy = np.clip(np.rint(dice.normal(dice.normal(3.4, 0.4), 1, n)), 1, 5)
        wait = np.clip(np.rint(dice.normal(dice.normal(25, 5), 12, n + 2)), 0, 60)
        found.append([happy, wait, (dice.random(30) < 0.7).astype(float), dice.integers(1, 5, 2).astype(float)])
    return found


def table(raw):
    values = [[np.mean(cell) for cell in channel] for channel in raw]
    n = [[len(cell) for cell in channel] for channel in raw]
    return evidence(values, n=n)


def game_of(ours, known):
    return Game(Bench.of(ours, rate(ours, known, SETTINGS), SETTINGS))


def rated_again(ours, raw):
    """Star and lists of every channel, by the whole engine."""
    rating = rate(ours, table(raw), SETTINGS)
    score, ordered = rating.score, np.sort(rating.score)
    return rating.star, score >= ordered[-K], score <= ordered[K - 1]


def with_planted(raw, channel, columns, ends, count):
    return [
        [np.append(cell, [ends[at]] * count) if at in columns and place == channel else cell for at, cell in enumerate(cells)]
        for place, cells in enumerate(raw)
    ]


RAW, OURS = answers(), standard()
GAME = game_of(OURS, table(RAW))
REACH = {BEST: (5.0, 0.0, 1.0, 4.0), WORST: (1.0, 60.0, 0.0, 1.0)}


def test_nothing_manipulated_is_the_rating_itself():
    star, best, worst = rated_again(OURS, RAW)
    np.testing.assert_array_equal(GAME.as_is.star, star)
    np.testing.assert_array_equal(GAME.as_is.best, best)
    np.testing.assert_array_equal(GAME.as_is.worst, worst)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("columns", [ASKED, (2,)])
def test_the_fewest_planted_answers_are_those_that_the_whole_engine_needs(columns, end):
    fewest, was = GAME.smallest(columns, end), GAME.as_is
    tried = 0
    for channel in range(0, CHANNELS, 4):
        for count, now in ((fewest.star[channel], "star"), (fewest.lists[channel], "lists")):
            if np.isnan(count):
                continue
            for planted, changes in ((int(count), True), (int(count) - 1, False)):
                star, best, worst = rated_again(OURS, with_planted(RAW, channel, columns, REACH[end], planted))
                lists = (best[channel], worst[channel]) != (was.best[channel], was.worst[channel])
                assert (star[channel] != was.star[channel] if now == "star" else lists) == changes
                tried += 1
    assert tried >= 8


def test_where_no_number_of_answers_is_enough_there_is_none():
    fewest = GAME.smallest((2,), BEST)
    everything = rated_again(OURS, with_planted(RAW, 0, (2,), REACH[BEST], MOST))[0][0]
    assert np.isnan(fewest.star).any()
    assert np.isnan(fewest.star[0]) == (everything == GAME.as_is.star[0])


@pytest.mark.parametrize("end", ENDS)
def test_a_bribed_rater_changes_what_replacing_the_scores_changes(end):
    names = np.array(["lin", "mariam"])
    rows = [(channel, hand) for channel in range(CHANNELS) for hand in range(2)]
    channel, hand = np.array(rows).T
    mean = np.array([RAW[one][3][who] for one, who in rows])
    hands = Hands(names, hand, channel, np.full(channel.size, 3), np.ones(channel.size), mean)
    found = {(one.channel, one.hand): one for one in GAME.bribes(hands) if one.end == end}
    expected = {}
    for one, who in rows:
        changed = [[cell.copy() for cell in cells] for cells in RAW]
        changed[one][3][who] = REACH[end][3]
        star, best, worst = rated_again(OURS, changed)
        starred = star[one] != GAME.as_is.star[one]
        listed = (best[one], worst[one]) != (GAME.as_is.best[one], GAME.as_is.worst[one])
        if starred or listed:
            expected[one, str(names[who])] = (star[one], starred, listed)
    assert {key: (one.star, one.starred, one.listed) for key, one in found.items()} == expected
    assert expected


def test_a_cap_that_holds_hides_the_star_behind_it():
    capped = standard(limiters=(Limiter("breach", Attribute("breach", ("yes",)), cap=1.0),))
    known = evidence(table(RAW).values, n=table(RAW).n, breach=["yes"] * CHANNELS)
    assert np.isnan(game_of(capped, known).smallest(ASKED, BEST).star).all()


def test_scales_found_in_the_population_stay_as_they_are():
    zscored = scheme(
        Indicator("a", "whole", scale=(0, 10), normalise=ZScore()), stars=Bands((-0.5, 0.5), (1.0, 2.0, 3.0)), naming=Naming(k=K)
    )
    values = np.array([[2.0], [4.0], [5.0], [6.0], [8.0]])
    game = game_of(zscored, evidence(values, n=np.full((5, 1), 10.0)))
    spread = values.std(ddof=1)
    count = game.smallest((0,), BEST).star[0]
    scores = [((20 + 10 * sheets) / (10 + sheets) - 5.0) / spread for sheets in (count - 1, count)]
    assert scores[0] < -0.5 <= scores[1]


def test_other_evidence_is_rated_as_the_whole_engine_rates_it():
    raw = answers(2)
    ours = standard(requirements=(Requirement("enough", Check("n", "happy", "at_least", 12.0)),))
    game = game_of(ours, table(RAW))
    found, rating = game.rerun(table(raw)), rate(ours, table(raw), SETTINGS)
    both = rating.rated & game.bench.rating.rated
    np.testing.assert_array_equal(found.star[both], rating.star[both])
    np.testing.assert_array_equal(np.isnan(found.star), ~both)
    assert 0 < both.sum() < CHANNELS
    assert found.best.sum() == found.worst.sum() == K


def test_doctests():
    assert doctest.testmod(gaming).failed == 0
