"""A long file: one row per answer, or one per channel and indicator."""

import math
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.core.estimate import share_se
from marsad.lake.evidence import read_evidence
from tests.lake.build import Refused, cells, indicator, rows, scheme, write

NAN = math.nan
VISITS = [  # channel, indicator, value, rater, weight
    ("A", "clarity", 4, "Lin", 1),
    ("A", "clarity", 7, "Mariam", 2),
    ("A", "clarity", 7, "Lin", 1),
    ("B", "clarity", 9, "Lin", 3),
    ("B", "clarity", 6, "Omar", 1),
    ("C", "clarity", 5, "", 2),
    ("A", "solved", 1, "Lin", 1),
    ("A", "solved", 0, "Omar", 3),
    ("B", "solved", 1, "Omar", 1),
    ("B", "fee", 12, "Lin", 1),
]
COLUMNS = ("channel", "indicator", "value", "rater", "weight")
ASKED = (indicator("clarity"), indicator("solved", share=True), indicator("fee", sd=6.0))


def read(tmp_path, text, *indicators, name="answers.csv", **more):
    return read_evidence(write(tmp_path / name, text), scheme(*indicators, **more))


def by_cell(visits):
    grouped = defaultdict(list)
    for channel, code, value, rater, weight in visits:
        grouped[channel, code].append((value, rater, weight))
    return grouped


def pooled_variance(visits, code):
    """The variance of single answers about their own channel's mean, in plain Python."""
    squares, freedom = 0.0, 0
    for (_, asked), answers in by_cell(visits).items():
        if asked == code:
            mean = sum(value for value, _, _ in answers) / len(answers)
            squares += sum((value - mean) ** 2 for value, _, _ in answers)
            freedom += len(answers) - 1
    return squares / freedom if freedom else NAN


def oracle(visits):
    """What every cell should be: value, se, n, raters."""
    expected = {}
    for (channel, code), answers in by_cell(visits).items():
        total = sum(weight for _, _, weight in answers)
        mean = sum(weight * value for value, _, weight in answers) / total
        effective = total**2 / sum(weight**2 for _, _, weight in answers)
        raters = len({rater for _, rater, _ in answers if rater}) or NAN
        if code == "solved":
            se = float(share_se(np.array(mean), np.array(effective)))
        else:
            variance = pooled_variance(visits, code)
            se = math.sqrt((36.0 if math.isnan(variance) else variance) / effective)
        expected[channel, code] = (mean, se, len(answers), raters)
    return expected


def found(reading):
    evidence = reading.evidence
    return {
        (str(channel), asked.code): tuple(
            float(array[row, place]) for array in (evidence.values, evidence.se, evidence.n, evidence.raters)
        )
        for row, channel in enumerate(evidence.channels)
        for place, asked in enumerate(ASKED)
        if not np.isnan(evidence.values[row, place])
    }


def compare(reading, visits):
    expected = oracle(visits)
    assert found(reading).keys() == expected.keys()
    for cell, numbers in found(reading).items():
        np.testing.assert_allclose(numbers, expected[cell], rtol=1e-13, err_msg=str(cell))


def test_weighted_answers_are_reduced_as_by_hand(tmp_path):
    compare(read(tmp_path, rows(COLUMNS, VISITS), *ASKED), VISITS)


def test_answers_without_weights_are_reduced_as_by_hand(tmp_path):
    plain = [(*visit[:4], 1) for visit in VISITS]
    compare(read(tmp_path, rows(COLUMNS[:4], [visit[:4] for visit in VISITS]), *ASKED), plain)


def test_the_oracle_itself_agrees_with_a_sum_done_on_paper():
    plain = [(*visit[:4], 1) for visit in VISITS]
    # Clarity: A 4, 7, 7 about 6 gives 6; B 9, 6 about 7.5 gives 4.5; C gives nothing: 10.5 over 2 + 1 degrees of freedom.
    assert pooled_variance(plain, "clarity") == 3.5
    assert oracle(plain)["A", "clarity"] == (6, math.sqrt(3.5 / 3), 3, 2)
    assert oracle(plain)["B", "fee"] == (12, 6, 1, 1)
    assert oracle(VISITS)["A", "clarity"][0] == 6.25


def test_parquet_answers_are_reduced_as_csv_ones(tmp_path):
    columns = dict(zip(COLUMNS, zip(*VISITS, strict=True), strict=True))
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    table = table.set_column(1, "indicator", table.column("indicator").dictionary_encode())
    pq.write_table(table, tmp_path / "answers.parquet")
    compare(read_evidence(tmp_path / "answers.parquet", scheme(*ASKED)), VISITS)


def test_the_order_of_answers_changes_nothing(tmp_path):
    shuffled = [VISITS[place] for place in np.random.default_rng(3).permutation(len(VISITS))]
    compare(read(tmp_path, rows(COLUMNS, shuffled), *ASKED), VISITS)


def test_large_values_lose_no_digits(tmp_path):
    text = rows(COLUMNS[:3], [("A", "fee", 1e9 + value) for value in (1, 2, 3)])
    evidence = read(tmp_path, text, indicator("fee")).evidence
    assert (evidence.values[0, 0], evidence.se[0, 0]) == (1e9 + 2, 1 / math.sqrt(3))


def test_a_share_written_in_percent_has_its_standard_error_in_percent(tmp_path):
    text = rows(COLUMNS[:3], [("A", "solved", 100), ("A", "solved", 0), ("A", "solved", 100), ("A", "solved", 100)])
    evidence = read(tmp_path, text, indicator("solved", share=True, scale=(0, 100))).evidence
    assert evidence.values[0, 0] == 75
    assert evidence.se[0, 0] == 100 * share_se(np.array(0.75), np.array(4.0))


def test_answers_that_never_repeat_have_no_standard_error_unless_the_standard_says_how_they_spread(tmp_path):
    text = rows(COLUMNS[:3], [("A", "known", 4), ("A", "unknown", 4), ("B", "known", 5), ("B", "unknown", 5)])
    evidence = read(tmp_path, text, indicator("known", sd=2.0), indicator("unknown")).evidence
    np.testing.assert_array_equal(evidence.se, [[2, NAN], [2, NAN]])
    np.testing.assert_array_equal(evidence.n, np.ones((2, 2)))
    assert np.isnan(evidence.raters).all()


def test_blank_answers_and_answers_of_weight_0_do_not_count(tmp_path):
    visits = [("A", "clarity", 4, "Lin", 1), ("A", "clarity", "", "Omar", 1), ("A", "clarity", 9, "Omar", 0)]
    evidence = read(tmp_path, rows(COLUMNS, visits), indicator("clarity")).evidence
    assert (evidence.values[0, 0], evidence.n[0, 0], evidence.raters[0, 0]) == (4, 1, 1)


def test_a_standard_may_count_the_invited_alone(tmp_path):
    columns = (*COLUMNS, "instrument")
    visits = [
        ("A", "clarity", 4, "", 1, "ask@1"),
        ("A", "clarity", 9, "", 1, "ask@1+open.kiosk-2"),
        ("A", "clarity", 6, "", 1, ""),
    ]
    text = rows(columns, visits)
    everybody, invited = (read(tmp_path, text, indicator("clarity"), invited_only=only) for only in (False, True))
    assert (everybody.evidence.values[0, 0], everybody.evidence.n[0, 0], everybody.notes) == (pytest.approx(19 / 3), 3, ())
    assert (invited.evidence.values[0, 0], invited.evidence.n[0, 0]) == (5, 2)
    assert invited.notes == ("1 answer of whoever came by was left out: the standard counts those who were invited",)
    assert everybody.unused == invited.unused == ()


def test_aggregates_are_taken_as_they_are(tmp_path):
    text = rows(
        ("Channel", "Indicator", "Value", "n", "SE"),
        [("A", "Clarity", 7, 30, 0.5), ("A", "waiting", 3, "", ""), ("B", "clarity", 6, 20, "")],
    )
    evidence = read(tmp_path, text, indicator("clarity", sd=4.0), indicator("waiting", sd=1.0)).evidence
    np.testing.assert_array_equal(evidence.values, [[7, 3], [6, NAN]])
    np.testing.assert_array_equal(evidence.n, [[30, NAN], [20, NAN]])
    np.testing.assert_array_equal(evidence.se, [[0.5, NAN], [4 / math.sqrt(20), NAN]])


def test_a_file_may_hold_answers_and_aggregates(tmp_path):
    text = rows(
        ("channel", "indicator", "value", "rater", "n", "se"),
        [
            ("A", "clarity", 4, "Lin", "", ""),
            ("A", "clarity", 6, "Omar", "", ""),
            ("A", "waiting", 3, "Lin", 12, ""),
            ("B", "waiting", 5, "", "", 0.25),
        ],
    )
    evidence = read(tmp_path, text).evidence
    np.testing.assert_array_equal(evidence.values, [[5, 3], [NAN, 5]])
    np.testing.assert_array_equal(evidence.n, [[2, 12], [NAN, NAN]])
    np.testing.assert_array_equal(evidence.se, [[1, NAN], [NAN, 0.25]])


def test_indicators_of_other_standards_are_named_once_and_their_values_not_read(tmp_path):
    text = rows(
        (*COLUMNS[:3], "at", "device"),
        [
            ("A", "clarity", 4, "2026", "x"),
            ("A", "remark", "good", "", ""),
            ("A", "waiting", 1, "", ""),
            ("B", "remark", "bad", "", ""),
        ],
    )
    reading = read(tmp_path, text)
    assert cells(reading)["A"] == [4, 1]
    assert reading.unused == ("device", "remark")
    assert reading.evidence.channels.tolist() == ["A", "B"]


FIRST = ("A", "clarity", 4)


@pytest.mark.parametrize(
    ("more", "lines", "what", "line", "column"),
    [
        ((), [FIRST, ("", "clarity", 4)], "the row does not say its channel", 3, "channel"),
        ((), [FIRST, ("A", "", 4)], "the row does not say its indicator", 3, "indicator"),
        ((), [FIRST, ("A", "clarity", "good")], "the value 'good' is not a number", 3, "value"),
        ((), [FIRST, ("A", "waiting", 12)], "the value 12 is outside the scale of waiting, 0 to 10", 3, "value"),
        (("rater", "weight"), [(*FIRST, "Lin", -1)], "-1 is below 0", 2, "weight"),
        (("rater", "weight"), [(*FIRST, "Lin", 1), (*FIRST, "Lin", "")], "the answer has no weight", 3, "weight"),
        (("n",), [(*FIRST, -3)], "-3 is below 0", 2, "n"),
        (("se",), [(*FIRST, -3)], "-3 is below 0", 2, "se"),
        (("n",), [(*FIRST, 3), ("B", "clarity", 4, 3), (*FIRST, 3)], "clarity of channel 'A' is given twice", 4, "value"),
        (
            ("rater", "n"),
            [(*FIRST, "", 3), ("B", "clarity", 4, "Lin", ""), (*FIRST, "Lin", "")],
            "clarity of channel 'A' has raw answers and an aggregate",
            4,
            "value",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, more, lines, what, line, column):
    with Refused() as refused:
        read(tmp_path, rows((*COLUMNS[:3], *more), lines))
    assert refused.problem.what == what
    assert refused.place == ("answers.csv", line, column)
    assert refused.problem.remedy


def test_a_file_of_another_standard_is_recognised(tmp_path):
    with Refused() as refused:
        read(tmp_path, rows(COLUMNS[:3], [("A", "beds", 4), ("A", "nurses", 4)]))
    assert refused.problem.what == (
        "no indicator of this file is an indicator of the standard: the standard's first are clarity, waiting,"
        " the file's first are beds, nurses"
    )


def chance_visit(chance):
    code, value = (("clarity", int(chance.integers(11))), ("solved", int(chance.integers(2))), ("fee", float(chance.normal())))[
        chance.integers(3)
    ]
    return f"c{chance.integers(40)}", code, value, f"r{chance.integers(9)}", int(chance.integers(1, 4))


def test_many_answers_agree_with_the_slow_way(tmp_path):
    chance = np.random.default_rng(11)
    visits = [chance_visit(chance) for _ in range(4000)]
    compare(read(tmp_path, rows(COLUMNS, visits), *ASKED), visits)
