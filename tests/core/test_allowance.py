"""What raters' severity takes from their scores: beside the mixed model written out, and beside truths it did not see."""

import numpy as np
import pytest

from marsad.core.allowance import Scores, allowances, severity
from marsad.core.normalise import Goalposts
from marsad.core.scheme import Indicator, Raters
from tests.core.build import scheme

VISIT = Indicator("clean", "whole", source="visit", scale=(0.0, 10.0))
LATE = Indicator("late", "whole", source="visit", scale=(0.0, 30.0), lower_is_better=True)
ASKED = Indicator("happy", "whole", source="survey", scale=(1.0, 5.0))
ADJUSTED = Raters(("visit",))


class Field:
    """Channels that differ, visited by raters who differ: how severe each is is known."""

    def __init__(self, seed=1, *, channels=60, raters=12, each=6, severity=4.0, luck=6.0):
        made = np.random.default_rng(seed)
        self.severity = severity * made.standard_normal(raters)
        self.severity -= self.severity.mean()
        self.truth = 70 + 8 * made.standard_normal(channels)
        self.channel = np.repeat(np.arange(channels), each)
        self.rater = np.concatenate([made.choice(raters, each, replace=False) for _ in range(channels)])
        self.score = self.truth[self.channel] - self.severity[self.rater] + luck * made.standard_normal(self.channel.size)


def written_out(field, raters):
    """The mixed model's equations solved as one system, the spread of severities by Henderson's third method."""
    size = field.channel.size
    ours = np.eye(field.truth.size)[field.channel]
    theirs = np.eye(raters)[field.rater]

    def left_of(design):
        return field.score - design @ np.linalg.lstsq(design, field.score, rcond=None)[0]

    without = np.eye(size) - ours @ np.linalg.pinv(ours)
    both = np.column_stack([ours, theirs])
    rank = np.linalg.matrix_rank(both)
    luck = (left_of(both) ** 2).sum() / (size - rank)
    gained = (left_of(ours) ** 2).sum() - (left_of(both) ** 2).sum()
    spread = (gained - luck * (rank - field.truth.size)) / np.trace(theirs.T @ without @ theirs)
    system = np.block([[ours.T @ ours, ours.T @ theirs], [theirs.T @ ours, theirs.T @ theirs + luck / spread * np.eye(raters)]])
    return -np.linalg.solve(system, both.T @ field.score)[field.truth.size :]


def test_severities_are_those_of_the_mixed_model_written_out():
    field = Field(channels=20, raters=6, each=3)
    assert severity(field.channel, field.rater, field.score, 6) == pytest.approx(written_out(field, 6), abs=1e-8)


def test_severities_come_nearer_to_the_truth_than_nothing_and_than_all_that_was_seen():
    fields = [Field(seed, each=3, raters=30) for seed in range(8)]
    found = [severity(field.channel, field.rater, field.score, 30) for field in fields]
    ours = np.mean([np.abs(mine - field.severity).mean() for mine, field in zip(found, fields, strict=True)])
    nothing = np.mean([np.abs(field.severity).mean() for field in fields])
    seen = np.mean([np.abs(all_seen(field) - field.severity).mean() for field in fields])
    assert ours < 0.7 * nothing
    assert ours < 0.95 * seen
    assert np.mean([np.corrcoef(mine, field.severity)[0, 1] for mine, field in zip(found, fields, strict=True)]) > 0.75


def all_seen(field):
    """Severities by least squares, luck and all."""
    both = np.column_stack([np.eye(field.truth.size)[field.channel], -np.eye(field.severity.size)[field.rater]])
    found = np.linalg.lstsq(both, field.score, rcond=None)[0][field.truth.size :]
    return found - found.mean()


def test_raters_who_differ_by_luck_alone_are_as_severe_as_each_other_or_nearly_so():
    found = [severity(f.channel, f.rater, f.score, 12) for f in (Field(seed, severity=0.0) for seed in range(20))]
    assert sum(not each.any() for each in found) >= 5
    assert max(np.abs(each).max() for each in found) < 3.0


def test_who_shares_no_channel_with_most_is_left_as_they_are():
    channel = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4])
    rater = np.array([0, 1, 1, 2, 2, 0, 0, 1, 3])
    score = np.array([60.0, 70.0, 72.0, 80.0, 79.0, 61.0, 50.0, 61.0, 20.0])
    found = severity(channel, rater, score, 4)
    assert found[3] == 0
    assert found[0] > found[1] > found[2]
    assert not severity(np.array([0, 1]), np.array([0, 1]), np.array([60.0, 70.0]), 2).any()


def answers(field, indicators, place, of=lambda points: points / 10):
    """What is written on one of several questions."""
    return Scores(field.channel * indicators + place, field.rater, of(field.score), np.ones(field.score.size))


def test_what_is_given_back_is_in_the_units_of_the_question_and_goes_its_way():
    field = Field(luck=0.0)
    clean = allowances(answers(field, 2, 0), scheme(VISIT, LATE, raters=ADJUSTED))
    late = allowances(answers(field, 2, 1, lambda points: 30 - 0.3 * points), scheme(VISIT, LATE, raters=ADJUSTED))
    assert clean == pytest.approx(field.severity[field.rater] / 10, abs=1e-6)
    assert late == pytest.approx(-0.3 * field.severity[field.rater], abs=1e-6)


def test_the_way_of_a_question_is_that_of_its_goalposts_where_it_has_some():
    field, asked = Field(luck=0.0), Indicator("wait", "whole", source="visit", scale=(0.0, 30.0), normalise=Goalposts(25.0, 5.0))
    assert (asked.way, VISIT.way, LATE.way) == ((30.0, 0.0), (0.0, 10.0), (30.0, 0.0))
    found = allowances(answers(field, 1, 0, lambda points: 30 - 0.3 * points), scheme(asked, raters=ADJUSTED))
    assert found == pytest.approx(-0.3 * field.severity[field.rater], abs=1e-6)


@pytest.mark.parametrize(
    ("standard", "what"),
    [
        (scheme(VISIT), "no source is adjusted"),
        (scheme(VISIT, raters=Raters(("survey",))), "another source is"),
        (scheme(Indicator("clean", "whole", source="visit"), raters=ADJUSTED), "the scale has no ends"),
    ],
)
def test_nothing_is_given_back_where_nothing_is_asked_or_known(standard, what):
    assert not allowances(answers(Field(), 1, 0), standard).any(), what


def test_scores_of_nobody_and_of_other_sources_stay_as_they_are():
    field = Field(luck=0.0)
    named = answers(field, 2, 0)
    nobody = Scores(named.cells[:5], np.full(5, -1), named.values[:5], named.weights[:5])
    survey = Scores(named.cells[:5] + 1, named.raters[:5], np.full(5, 3.0), named.weights[:5])
    found = allowances(Scores.together([named, nobody, survey]), scheme(VISIT, ASKED, raters=ADJUSTED))
    assert found[: named.cells.size].any()
    assert not found[named.cells.size :].any()
