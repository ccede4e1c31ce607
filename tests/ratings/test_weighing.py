"""Answers count for as many customers as each group truly has, channel by channel, as an adjustment with a reason."""

import doctest

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.core.problem import Problem
from marsad.lake.rows import Coded, make_rows
from marsad.ratings import actions, totals, weighing
from marsad.ratings.actions import Total
from marsad.ratings.setup import evidence_of, setup_of
from marsad.ratings.weighing import read_totals
from tests import world
from tests.ratings import build

NOW = build.NOW
GROUPS = {"citizen/young": 12, "citizen/old": 6, "visitor/young": 8, "visitor/old": 4}
"""How many of each group answered on every channel, and that the young give 5 and the old 2."""
CROSSED = [
    Total("app-00", "citizen", 300, 1),
    Total("app-00", "visitor", 100, 1),
    Total("app-00", "young", 120, 2),
    Total("app-00", "old", 280, 2),
]


def answers(cycle):
    codes, each = build.codes(), sum(GROUPS.values())
    strata = np.repeat(np.arange(len(GROUPS)), list(GROUPS.values()))
    one = np.tile(np.repeat(strata, 2), len(codes))
    size = one.size
    return make_rows(
        {
            "cycle": cycle.code,
            "subject": Coded(np.repeat(np.arange(len(codes)), 2 * each), codes),
            "indicator": Coded(np.tile([0, 1], size // 2), ["happy", "clear"]),
            "value": np.where(one % 2, 2.0, 5.0),
            "at": np.datetime64(build.SEEN.replace(tzinfo=None), "us") + np.arange(size) * 1_000_000,
            "source": "survey",
            "stratum": Coded(one, list(GROUPS)),
            "respondent": [f"p{number // 2}" for number in range(size)],
        }
    )


@pytest.fixture
def cycle(country, tmp_path):
    """A cycle in moderation whose answers come from four groups."""
    cycle = build.moved(build.announced(tmp_path), "open")
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=NOW, brought=actions.Brought(rows=answers(cycle), file_name="a"))
    actions.take_evidence(
        by=world.aisha(), cycle=cycle, at=NOW, brought=actions.Brought(path=build.visits(tmp_path), source="visit")
    )
    return build.moved(cycle, "lock", "moderate")


def weighed(cycle, totals, **more):
    asked = {"by": world.aisha(), "source": "survey", "why": "As the plan of the sample says."} | more
    return actions.weigh_evidence(cycle=cycle, at=NOW, totals=totals, **asked)


def evidence(cycle):
    found, _notes = evidence_of(setup_of(cycle))
    return {code: place for place, code in enumerate(found.channels.tolist())}, found


def test_a_weighted_channel_has_the_mean_of_its_customers_and_the_error_of_fewer_answers(cycle):
    groups = dict(zip(GROUPS, (60, 40, 60, 240), strict=True))
    found = weighed(cycle, [Total("app-00", group, total) for group, total in groups.items()])
    [told] = found.channels
    assert (told.answers, told.converged, told.gap) == (30, True, pytest.approx(0, abs=1e-12))
    weights = np.repeat([groups[name] / count for name, count in GROUPS.items()], list(GROUPS.values()))
    assert told.effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    places, after = evidence(cycle)
    mine, other = places["app-00"], places["app-01"]
    assert after.values[mine, 0] == pytest.approx((5 * 120 + 2 * 280) / 400)
    assert after.values[other, 0] == pytest.approx(4.0), "no total was given of it"
    assert after.n[mine, 0] == after.n[other, 0] == 30
    assert after.se[mine, 0] / after.se[other, 0] == pytest.approx(np.sqrt(30 / told.effective))
    entry = Action.objects.filter(verb="adjust_evidence").latest("pk")
    assert entry.why == "As the plan of the sample says."


def test_parts_of_a_stratum_are_raked_to_totals_of_their_own_and_weighing_again_changes_nothing(cycle):
    found = weighed(cycle, CROSSED)
    places, after = evidence(cycle)
    assert after.values[places["app-00"], 0] == pytest.approx((5 * 120 + 2 * 280) / 400, abs=1e-5)
    assert found.channels[0].converged
    assert found.channels[0].gap < 1e-4
    again = weighed(cycle, CROSSED)
    assert again.channels[0].effective == pytest.approx(found.channels[0].effective, rel=1e-4)
    _, third = evidence(cycle)
    np.testing.assert_allclose(third.values, after.values, rtol=1e-4)


@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        ([], "there is no total"),
        ([Total("app-99", "citizen/old", 3)], "nobody has answered on the channel 'app-99' by this source"),
        ([Total("app-00", "citizen/old", 3)], "on 'app-00': no total is known of the group citizen/young"),
        ([*CROSSED, Total("app-00", "staff", 5, 1)], "on 'app-00': the totals of one margin add up to 405, of another to 400"),
        ([*CROSSED, CROSSED[0]], "on 'app-00': the group 'citizen' is given twice"),
        ([Total("app-00", name, 0) for name in GROUPS], "on 'app-00': the totals add up to 0"),
        ([Total("app-00", name, 1e308) for name in GROUPS], "on 'app-00': the totals add up to inf"),
        ([Total("app-00", name, 5) for name in (*GROUPS, "staff/old")], "nobody in the group staff/old answered"),
    ],
)
def test_totals_that_cannot_be_met_are_refused_and_nothing_is_weighed(cycle, totals, sentence):
    before = cycle.intakes.count()
    with pytest.raises(Problem, match=sentence.replace("'", ".")):
        weighed(cycle, totals)
    assert cycle.intakes.count() == before


def test_it_needs_a_reason_and_is_done_in_moderation_by_the_programme_alone(country, cycle, tmp_path):
    with pytest.raises(Problem, match="needs a reason"):
        weighed(cycle, CROSSED, why=" ")
    for person in (country.omar, country.huda):
        with pytest.raises(Forbidden):
            weighed(cycle, CROSSED, by=person)
    with pytest.raises(Problem, match="is not possible while the cycle is open"):
        weighed(build.opened(tmp_path, code="2026-2"), [Total("app-00", "", 5)])


def test_totals_are_read_from_a_file_and_mistakes_have_their_place(tmp_path):
    path = tmp_path / "totals.csv"
    path.write_text("channel,part,group,total\napp-00,1,citizen,٣٠٠\napp-00,,all,400\n", encoding="utf-8")
    assert read_totals(path) == [Total("app-00", "citizen", 300.0, 1), Total("app-00", "all", 400.0, 0)]
    for line, what in (("app-00,1,citizen,-1", "below 0"), ("app-00,1,citizen,", "missing"), ("app-00,x,c,1", "not a number")):
        path.write_text(f"channel,part,group,total\n{line}\n", encoding="utf-8")
        with pytest.raises(Problem, match=what) as refused:
            read_totals(path)
        assert refused.value.line == 2
    path.write_text("channel,group\napp-00,citizen\n", encoding="utf-8")
    with pytest.raises(Problem, match="the column total is missing"):
        read_totals(path)


def test_the_examples_are_true():
    assert [doctest.testmod(module).failed for module in (weighing, totals)] == [0, 0]
