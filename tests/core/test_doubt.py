"""What severities leave in standard errors: beside generalised least squares written out, and beside truths they did not see."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.allowance import Axes, Scores, fair, judged, leftover
from marsad.core.composite import climb
from marsad.core.estimate import normal_quantile
from marsad.core.facts import gather
from marsad.core.jointly import measure
from marsad.core.normalise import Goalposts, Stars
from marsad.core.posterior import Settings, draw
from marsad.core.prepare import prepare
from marsad.core.rating import rate
from marsad.core.scheme import Indicator, Joint, Node, Raters
from marsad.core.severity import additive
from marsad.core.stars import Bands
from marsad.lake.answers import Answers, reduce_answers
from tests.core.build import evidence, scheme
from tests.core.test_allowance import Field

VISITED = Raters(("visit",))
ITEMS = 3
QUESTIONS = tuple(Indicator(f"q{place}", "whole", source="visit", scale=(-200.0, 300.0)) for place in range(ITEMS))
STANDARD = scheme(*QUESTIONS, raters=VISITED)


def by_generalised_least_squares(field, luck, spread):
    """The covariance of channels `[C, C]` when severities are errors that the scores of one rater share, but for their level."""
    ours, theirs = np.eye(field.truth.size)[field.channel], np.eye(field.severity.size)[field.rater]
    errors = luck * np.eye(field.channel.size) + spread * theirs @ theirs.T
    return np.linalg.inv(ours.T @ np.linalg.inv(errors) @ ours) - spread / field.severity.size


def test_what_severities_leave_is_what_generalised_least_squares_adds_to_luck():
    field = Field(channels=15, raters=5, each=2)
    by = Axes.of(additive(field.channel, field.rater, field.score))
    shares = np.zeros((15, 5))
    np.add.at(shares, (field.channel, field.rater), 1 / 2)
    ours = by.luck / 2 * np.eye(15) + shares @ leftover(by) @ shares.T
    assert by.spread > 0
    assert ours == pytest.approx(by_generalised_least_squares(field, by.luck, by.spread), abs=1e-9)


def test_of_who_cannot_be_compared_all_that_raters_differ_by_is_in_doubt():
    field = Field(channels=30, raters=6)
    channel, rater = np.append(field.channel, 30), np.append(field.rater, 6)
    found = judged(channel, rater, np.append(field.score, 70.0), 7)
    spread = Axes.of(additive(field.channel, field.rater, field.score)).spread
    assert found.covariance[6] == pytest.approx([0, 0, 0, 0, 0, 0, spread])
    assert found.compared.tolist() == [True] * 6 + [False]
    assert (np.diag(found.covariance)[:6] < spread).all()


def given(field, made, luck):
    """Answers on every question by every rater of a channel, each with luck of its own."""
    cells = (field.channel[:, None] * ITEMS + np.arange(ITEMS)).ravel()
    scores = (field.truth[field.channel] - field.severity[field.rater])[:, None] + luck * made.standard_normal(
        (field.channel.size, ITEMS)
    )
    return Answers(cells, scores.ravel(), np.ones(cells.size), np.repeat(field.rater, ITEMS))


def known(answers, standard, channels):
    """The evidence that a folder of such answers gives."""
    found = reduce_answers(answers, standard, channels)
    return replace(evidence(found.value, se=found.se, n=found.n, raters=found.raters), doubt=found.doubt)


def hit(evidence, truth):
    """The share of true means in their 90 % intervals."""
    rating = rate(STANDARD, evidence, Settings(draws=2))
    return ((rating.nodes["whole"].value - truth) ** 2 <= normal_quantile(0.9) ** 2 * rating.tree.root.variance).mean()


def as_if_severities_were_known(answers, found):
    """The same evidence with standard errors of the adjusted answers alone: as it was."""
    values = answers.values + fair(Scores(answers.cells, answers.raters, answers.values, answers.weights), STANDARD, 180).added
    plain = reduce_answers(replace(answers, values=values), replace(STANDARD, raters=None), len(found.values))
    return replace(found, se=plain.se, doubt=None)


@pytest.mark.parametrize(("raters", "shared"), [(20, 60), (12, 20)])
def test_nine_in_ten_true_means_are_in_their_intervals_where_it_was_fewer(raters, shared):
    now, before = [], []
    for seed in range(40):
        field = Field(seed, channels=60, raters=raters, each=2, severity=8.0)
        kept = (field.channel < shared) | (np.arange(field.channel.size) % 2 == 0)  # the others have one visit
        field.channel, field.rater = field.channel[kept], field.rater[kept]
        answers = given(field, np.random.default_rng([seed, 1]), 6.0)
        found = known(answers, STANDARD, 60)
        now.append(hit(found, field.truth))
        before.append(hit(as_if_severities_were_known(answers, found), field.truth))
    assert 0.87 < np.mean(now) < 0.92
    assert np.mean(before) < 0.83


def test_luck_is_judged_as_large_as_it_is_though_severities_were_fitted_to_it():
    luck = []
    for seed in range(40):
        field = Field(seed, channels=20, raters=8, each=2, severity=8.0)
        found = known(given(field, np.random.default_rng([seed, 1]), 6.0), STANDARD, 20)
        luck.append((found.se**2 - found.doubt**2).mean() * 2)
    assert np.mean(luck) == pytest.approx(36, rel=0.05)


def doubtful(standard, doubt):
    """Twelve channels whose standard errors are 5 and their doubt so much of that; by source two or one."""
    made, size = np.random.default_rng(2), len(standard.indicators)
    values = 50 + 10 * made.standard_normal((12, size))
    return replace(evidence(values, se=5.0, n=10.0), doubt=np.broadcast_to(doubt, values.shape).copy())


def two_sources():
    return scheme(
        Indicator("a1", "a", 1.0, source="visit", scale=(0.0, 100.0)),
        Indicator("a2", "a", 3.0, source="visit", scale=(0.0, 100.0)),
        Indicator("b1", "b", 1.0, source="visit", scale=(0.0, 100.0)),
        Indicator("b2", "b", 1.0, source="assessment", scale=(0.0, 100.0)),
        nodes=(Node("a", "whole", 2.0, error_correlation=0.4), Node("b", "whole", 1.0)),
        raters=Raters(("visit", "assessment")),
    )


WEIGHTS = np.array([2 / 3 / 4, 2 / 3 * 3 / 4, 1 / 6, 1 / 6])


def written_out(doubt):
    """The covariance of the four indicators' errors."""
    own = np.sqrt(25 - np.array(doubt) ** 2)
    together = np.eye(4)
    together[0, 1] = together[1, 0] = 0.4
    source = np.array([0, 0, 0, 1])
    return together * np.outer(own, own) + (source[:, None] == source) * np.outer(doubt, doubt)


def test_doubt_goes_up_the_tree_as_one_error_of_every_source():
    standard, doubt = two_sources(), [3.0, 3.0, 4.0, 2.0]
    tree = rate(standard, doubtful(standard, doubt), Settings(draws=2)).tree
    assert tree.root.variance == pytest.approx(WEIGHTS @ written_out(doubt) @ WEIGHTS)
    assert tree.branches["a"].variance == pytest.approx(WEIGHTS[:2] @ written_out(doubt)[:2, :2] @ WEIGHTS[:2] * 9 / 4)
    alone = rate(standard, doubtful(standard, 0.0), Settings(draws=2)).tree
    bare = rate(replace(standard, raters=None), replace(doubtful(standard, 0.0), doubt=None), Settings(draws=2)).tree
    assert (alone.root.variance == bare.root.variance).all()


def test_draws_err_together_as_the_tree_says():
    asked = replace(two_sources(), joint=Joint(over=("a1", "a2", "b1", "b2")))
    known_all = doubtful(asked, [3.0, 3.0, 4.0, 2.0])
    prepared = prepare(asked, known_all, known_all.kinds)
    tree = climb(asked, prepared, gather(asked, known_all, prepared))
    facts = gather(asked, known_all, prepared, tree)
    drawn = draw(tree, facts, Settings(draws=40000)).draws
    assert drawn is not None
    assert drawn.var(axis=1) == pytest.approx(tree.root.variance, rel=0.05)
    parts = [measure(tree, start)[1] for start in asked.indicators]
    assert np.stack(parts, axis=1)[0].tolist() == [[3, 0], [3, 0], [4, 0], [0, 2]]


def test_a_scale_with_steps_errs_the_way_a_severe_rater_takes_it():
    steps = Stars(Bands((2.0, 3.0), (0.0, 50.0, 100.0)))
    better = Indicator("b", "whole", source="visit", scale=(1.0, 4.0), normalise=steps)
    late = Indicator("l", "whole", source="visit", scale=(0.0, 30.0), normalise=Goalposts(30.0, 0.0))
    turned = replace(better, code="t", lower_is_better=True)
    standard = scheme(better, turned, late, raters=VISITED, stars=Bands((50.0,), (1.0, 2.0)))
    known_all = replace(evidence([[2.0, 2.0, 10.0]] * 3, se=1.0, n=9.0), doubt=np.full((3, 3), 0.5))
    tree = rate(standard, known_all, Settings(draws=2)).tree
    found = [measure(tree, one)[1][0, 0] for one in standard.indicators]
    assert found == pytest.approx([0.5, -0.5, 0.5 / 30 * 100])


def test_doubt_is_never_more_than_the_standard_error_and_none_where_nothing_is_known():
    known_all = replace(evidence([[60.0, None, 50.0]] * 3, se=2.0, n=9.0), doubt=np.full((3, 3), 7.0))
    prepared = prepare(STANDARD, replace(known_all, se=np.array([[2.0, 2.0, np.nan]] * 3)), known_all.kinds)
    assert prepared.treated_doubt[0].tolist() == [2.0, 0.0, 0.0]


def test_values_of_a_scale_with_steps_are_drawn_with_the_error_they_have():
    indicator = Indicator("b", "whole", source="visit", scale=(0.0, 100.0), normalise=Stars(Bands((50.0,), (0.0, 100.0))))
    known_all = replace(evidence([[47.0], [47.0], [60.0]], se=3.0, n=9.0), doubt=np.array([[2.0], [0.0], [2.0]]))
    chances = rate(scheme(indicator, raters=VISITED), known_all, Settings(draws=40000)).p_star[:2, -1]
    assert chances == pytest.approx([0.1587, 0.1587], abs=0.01)
