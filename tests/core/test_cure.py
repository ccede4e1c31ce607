"""A change is judged against decoys, from a baseline that chance has not made worse than it was."""

import numpy as np
import pytest
from scipy import stats

from marsad.core.cure import Outcome, Wave, Waves, change_of, measured
from marsad.core.estimate import normal_quantile
from marsad.core.lifecycle import CURE
from marsad.core.problem import Problem
from marsad.core.scheme import Node
from marsad.core.shrinkage import shrunk_means
from tests.core.build import evidence, pillared

CHANNELS, ERROR, NAMED, DECOYS = 600, 0.6, 5, 9


def seen(first, first_se, before, before_se, after, after_se):
    """Return what is known of channels."""
    pairs = ((first, first_se), (before, before_se), (after, after_se))
    return Waves(*(None if value is None else Wave(np.asarray(value, float), np.asarray(se, float)) for value, se in pairs))


def cycles(generator, times, *, lift=0.0, drift=0.0, known=True):
    """Yield the change of each named channel of some nations; all move by -0.4 meanwhile, those named by `lift` more.

    The first wave screens forty of the lowest, the second names the lowest of them: both waves look worse than they are.
    """
    spread = np.full(CHANNELS, ERROR)
    for _nation in range(times):
        truth = generator.normal(size=CHANNELS)
        drawn = shrunk_means(truth + generator.normal(0, ERROR, CHANNELS), spread, spread).estimate
        first, first_se = drawn.value, (drawn.high - drawn.low) / (2 * normal_quantile(0.9))
        second = truth + generator.normal(0, ERROR, CHANNELS)
        order = np.argsort(first)
        named = order[:40][np.argsort(second[order[:40]])[:NAMED]]
        decoys = generator.choice(order[60:], DECOYS, replace=False)
        later = truth - 0.4 + generator.normal(0, drift, CHANNELS) + lift * np.isin(np.arange(CHANNELS), named)
        third = later + generator.normal(0, ERROR, CHANNELS)

        def of(rows, first=first, first_se=first_se, second=second, third=third):
            parts = (first[rows], first_se[rows]) if known else (None, None)
            return seen(*parts, second[rows], spread[rows], third[rows], spread[rows])

        for channel in named:
            yield change_of(of(channel), of(decoys))


def share(found, outcome):
    """Return how often an outcome is found."""
    return np.mean([one.outcome == outcome for one in found])


@pytest.mark.parametrize("drift", [0.0, 0.5])
def test_falling_back_to_the_mean_is_called_neither_improvement_nor_decline_more_often_than_the_level_says(drift):
    found = list(cycles(np.random.default_rng(1), 300, drift=drift))
    assert share(found, Outcome.IMPROVED) <= 0.065
    assert share(found, Outcome.WORSE) <= 0.065


def test_the_second_wave_alone_as_a_baseline_would_call_chance_an_improvement():
    found = list(cycles(np.random.default_rng(1), 300, known=False))
    assert share(found, Outcome.IMPROVED) > 0.07


def test_the_interval_covers_a_true_change_and_a_large_one_is_seen():
    found = list(cycles(np.random.default_rng(2), 200, lift=2.0))
    covered = np.mean([one.difference.low <= 2.0 <= one.difference.high for one in found])
    assert covered >= 0.88
    assert share(found, Outcome.IMPROVED) > 0.7
    assert share(found, Outcome.WORSE) < 0.01


def slowly(own, decoys, level):
    """Return difference and interval one number at a time, as the page of the method writes them."""
    (f, sf), (b, sb), (a, sa) = own
    w = sf * sf / (sf * sf + sb * sb)
    mine = a - w * b - (1 - w) * f
    error = sa**2 + (w * sb) ** 2 + ((1 - w) * sf) ** 2
    moved = [a - w * b - (1 - w) * f for (f, _), (b, _), (a, _) in decoys]
    square = sum(sa**2 + (w * sb) ** 2 + ((1 - w) * sf) ** 2 for (_, sf), (_, sb), (_, sa) in decoys) / len(decoys)
    mean = sum(moved) / len(moved)
    spread = max(sum((one - mean) ** 2 for one in moved) / (len(moved) - 1), square)
    total = error + spread / len(moved) + spread - square
    freedom = (len(moved) - 1) * (total / (spread + spread / len(moved))) ** 2
    reach = stats.t.ppf((1 + level) / 2, freedom) * total**0.5
    return mine - mean, mine - mean - reach, mine - mean + reach


def test_a_change_is_what_is_reckoned_one_number_at_a_time():
    generator = np.random.default_rng(3)
    rows = [[(generator.normal(60, 5), generator.uniform(1, 4)) for _wave in range(3)] for _channel in range(DECOYS + 1)]
    own, *decoys = rows
    columns = [np.array([[row[wave][part] for row in decoys] for part in (0, 1)]) for wave in range(3)]
    found = change_of(seen(*own[0], *own[1], *own[2]), seen(*columns[0], *columns[1], *columns[2]), level=0.8)
    parts = (found.difference.value, found.difference.low, found.difference.high)
    assert parts == pytest.approx(slowly(own, decoys, 0.8))


def test_what_all_channels_move_by_is_nobodys_improvement():
    decoys = seen(None, None, [60, 61, 62, 63], np.ones(4), [70, 71, 72, 73], np.ones(4))
    found = change_of(seen(None, None, 40, 1, 50, 1), decoys)
    assert (found.difference.value, found.own.value, found.outcome) == (0, 10, Outcome.INSEPARABLE)


@pytest.mark.parametrize(
    ("own", "decoys", "what"),
    [
        ((None, None, 40, 1, 50, 1), (None, None, [1, 2], [1, 1], [1, 2], [1, 1]), "3 decoys or more"),
        ((None, None, 40, 0, 50, 1), (None, None, [1, 2, 3], [1, 1, 1], [1, 2, 3], [1, 1, 1]), "not positive"),
        ((None, None, 40, np.nan, 50, 1), (None, None, [1, 2, 3], [1, 1, 1], [1, 2, 3], [1, 1, 1]), "missing"),
        ((40, 1, 40, 1, 50, 1), (None, None, [1, 2, 3], [1, 1, 1], [1, 2, 3], [1, 1, 1]), "of some and not of others"),
    ],
)
def test_what_cannot_be_judged_is_refused(own, decoys, what):
    with pytest.raises(Problem, match=what):
        change_of(seen(*own), seen(*decoys))


def test_a_cure_that_has_ended_takes_no_move_but_to_those_above():
    for state in ("cured", "escalated", "withdrawn"):
        assert [move.verb for move in CURE.moves if state in move.sources] == []
    assert [move.verb for move in CURE.moves if "not-cured" in move.sources] == ["escalate"]


def test_what_a_wave_measures_is_its_own_weighted_mean_and_error_and_nothing_of_others():
    found = measured(pillared(), evidence([[40, 60, 80, 20], [50, 50, 50, None]], se=[[2, 4, 1, 3], [1, 1, 1, 1]]))
    shares = np.array([2 / 3 / 4, 2 / 3 * 3 / 4, 1 / 3 / 4, 1 / 3 * 3 / 4])
    assert found.value[0] == pytest.approx(shares @ [40, 60, 80, 20])
    assert found.se[0] == pytest.approx(np.sqrt(shares**2 @ np.square([2.0, 4, 1, 3])))
    alone = measured(pillared(), evidence([[40, 60, 80, 20]], se=[[2, 4, 1, 3]]))
    assert (alone.value[0], alone.se[0]) == (found.value[0], found.se[0])


def test_without_errors_or_by_a_score_that_is_no_straight_line_nothing_is_measured():
    assert np.isnan(measured(pillared(), evidence([[40, 60, 80, 20]])).se).all()
    curved = pillared(root=Node("whole", aggregate="geometric"))
    with pytest.raises(Problem, match="no straight line"):
        measured(curved, evidence([[40, 60, 80, 20]], se=[[2, 4, 1, 3]]))
