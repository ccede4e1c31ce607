"""The one shape of evidence: what it holds and what it refuses."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from marsad.lake.rows import COLUMNS, LIMIT, MEANING, Coded, FaultyRowsError, joined, make_rows
from tests.lake.evidence_made import answer, by_chance, rows


def faults(**more):
    with pytest.raises(FaultyRowsError) as refused:
        make_rows(answer(**more))
    return [(fault.row, fault.column, fault.what) for fault in refused.value.faults]


def test_the_shape_is_that_of_the_model():
    model = "cycle subject indicator value weight at source stage instrument rater respondent stratum valid"
    assert " ".join(COLUMNS) == model


def test_every_column_has_its_meaning():
    assert set(MEANING) == set(COLUMNS)


def test_what_is_left_out_is_blank_and_weighs_one():
    one = make_rows(answer())
    assert len(one) == 1
    assert {name: one.text(name).tolist() for name in ("stage", "rater", "valid")} == {
        "stage": [""],
        "rater": [""],
        "valid": [""],
    }
    assert one.numbers["weight"].tolist() == [1.0]


def test_texts_come_as_lists_arrays_codes_or_one_for_all():
    columns = answer(value=[1, 2, 3]) | {
        "subject": ["b", "a", "b"],
        "rater": np.array(["Lin", "", "Omar"]),
        "stratum": Coded(np.array([1, -1, 0]), ["young", "old"]),
    }
    made = make_rows(columns)
    assert made.text("subject").tolist() == ["b", "a", "b"]
    assert made.text("rater").tolist() == ["Lin", "", "Omar"]
    assert made.text("stratum").tolist() == ["old", "", "young"]
    assert made.text("cycle").tolist() == ["2026"] * 3


def test_the_same_rows_have_the_same_codes_however_their_labels_came():
    one = make_rows(answer(value=[1, 2]) | {"subject": Coded(np.array([0, 1]), ["b", "a", "unused"])})
    other = make_rows(answer(value=[1, 2]) | {"subject": [" b", "a "]})
    assert one.texts["subject"].codes.tolist() == other.texts["subject"].codes.tolist() == [1, 0]
    assert one.texts["subject"].labels.to_pylist() == other.texts["subject"].labels.to_pylist() == ["a", "b"]


def test_times_are_kept_to_the_microsecond_in_utc():
    here = datetime(2026, 11, 21, 9, 30, 0, 123457, tzinfo=timezone(timedelta(hours=4)))
    assert make_rows(answer(at=here)).at.tolist() == [int(datetime(2026, 11, 21, 5, 30, tzinfo=UTC).timestamp()) * 10**6 + 123457]


def test_numpys_times_are_utc():
    assert make_rows(answer(at=np.array(["2026-11-21T12:00"], "datetime64[s]"))).at.tolist() == make_rows(answer()).at.tolist()


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ({"value": float("nan")}, "the value is missing"),
        ({"value": float("inf")}, "the value is infinite, or too large to reckon with"),
        ({"weight": -1.0}, "the weight is below 0"),
        ({"subject": ""}, "the subject is missing"),
        ({"subject": "port\n1"}, "the subject 'port 1' has a line end or another control character in it"),
        ({"respondent": "p" * 201}, "the respondent is longer than 200 characters"),
        ({"source": "rumour"}, "'rumour' is no source"),
        ({"stage": "never"}, "'never' is no stage"),
        ({"valid": "Too fast"}, "'Too fast' is no code"),
        ({"cycle": "2026 H1"}, "'2026 H1' is no code"),
        ({"at": datetime(2026, 11, 21)}, "the time has no time zone"),  # noqa: DTZ001  that is the point
        ({"at": datetime(1026, 11, 21, tzinfo=UTC)}, "the time is not between 1990 and 2100"),
        ({"at": np.array(["NaT"], "datetime64[us]")}, "the time is missing"),
    ],
)
def test_a_cell_that_is_wrong_is_named(cell, what):
    [column] = cell
    assert (0, column, what) in faults(**cell)


def test_all_faults_are_told_in_the_order_of_rows():
    with pytest.raises(FaultyRowsError) as refused:
        rows(answer(), answer(value=float("nan")), answer(source="rumour", weight=-1.0))
    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(1, "value"), (2, "source"), (2, "weight")]
    assert refused.value.total == 3


def test_many_faults_are_counted_and_the_first_are_told():
    with pytest.raises(FaultyRowsError) as refused:
        make_rows(answer(value=np.full(1000, np.nan), weight=-1.0))
    assert len(refused.value.faults) == LIMIT
    assert refused.value.total == 2000


def test_a_column_that_the_shape_does_not_know_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="columns not in the shape: \\['mood'\\]"):
        make_rows(answer(mood=1))


def test_joined_rows_read_as_one_after_the_other():
    parts = [by_chance(50, seed) for seed in (1, 2)]
    whole = joined(parts)
    for name in ("subject", "rater", "respondent"):
        assert whole.text(name).tolist() == [*parts[0].text(name), *parts[1].text(name)]
    assert whole.at.tolist() == [*parts[0].at, *parts[1].at]


def test_chosen_rows_keep_only_the_labels_they_carry():
    two = rows(answer("a"), answer("b"), answer("c")).chosen(np.array([2, 0]))
    assert two.text("subject").tolist() == ["c", "a"]
    assert two.counts("subject") == {"a": 1, "c": 1}
