"""A wide file: one row per channel, one column per indicator."""

import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.core.estimate import share_se
from marsad.lake.evidence import read_evidence
from tests.lake.build import Refused, cells, indicator, scheme, write

NAN = math.nan


def read(tmp_path, text, *indicators, **more):
    asked = {name: more.pop(name) for name in ("id_column", "kind") if name in more}
    return read_evidence(write(tmp_path / "visits.csv", text), scheme(*indicators, **more), **asked)


def test_values_stand_in_the_order_of_the_standard_and_channels_in_that_of_the_file(tmp_path):
    reading = read(tmp_path, "channel,waiting,clarity\nB,1,2\nA,,4\n")
    assert reading.evidence.channels.tolist() == ["B", "A"]
    np.testing.assert_array_equal(reading.evidence.values, [[2, 1], [4, NAN]])
    assert np.isnan([reading.evidence.n, reading.evidence.se, reading.evidence.raters]).all()
    assert reading.files == (tmp_path / "visits.csv",)
    assert (reading.names, reading.unused, reading.notes) == ({}, (), ())


def test_columns_are_found_in_any_case_and_companions_go_with_them(tmp_path):
    text = "CHANNEL,Clarity,clarity__N,CLARITY__se,clarity__raters,waiting\nA,7,30,0.5,3,1\nB,8,,,,2\n"
    evidence = read(tmp_path, text).evidence
    np.testing.assert_array_equal(evidence.values, [[7, 1], [8, 2]])
    np.testing.assert_array_equal(evidence.n, [[30, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(evidence.se, [[0.5, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(evidence.raters, [[3, NAN], [NAN, NAN]])


def test_another_column_may_name_the_channel(tmp_path):
    assert cells(read(tmp_path, "Centre,clarity,waiting\n 007 ,1,2\n", id_column="centre")) == {"007": [1, 2]}


def test_parquet_is_read_as_csv_is(tmp_path):
    table = pa.table({"channel": pa.array(["A", "B"]).dictionary_encode(), "clarity": [1, 2], "waiting": [0.5, None]})
    pq.write_table(table, tmp_path / "visits.parquet")
    reading = read_evidence(tmp_path / "visits.parquet", scheme())
    np.testing.assert_array_equal(reading.evidence.values, [[1, 0.5], [2, NAN]])


def test_names_for_people_are_kept_and_other_columns_are_named_once(tmp_path):
    reading = read(tmp_path, "channel,name_ar,name_en,entity,clarity,waiting,remark,clarity__sd\nA,مركز,Centre,Port,1,2,good,9\n")
    assert {name: texts.tolist() for name, texts in reading.names.items()} == {
        "name_ar": ["مركز"],
        "name_en": ["Centre"],
        "entity": ["Port"],
    }
    assert reading.unused == ("remark", "clarity__sd")


def test_a_value_with_its_n_alone_gets_a_standard_error_where_one_can_be_known(tmp_path):
    text = "channel,share,percent,mean,other\nA,0.25,80,7,1\n".replace("\n", ",20,50,16,9\n", 2)
    text = text.replace("other,20,50,16,9", "other,share__n,percent__n,mean__n,other__n")
    evidence = read(
        tmp_path,
        text,
        indicator("share", share=True),
        indicator("percent", share=True, scale=(0, 100)),
        indicator("mean", sd=2.0),
        indicator("other"),
    ).evidence
    share, percent = share_se(np.array([0.25, 0.8]), np.array([20.0, 50.0]))
    np.testing.assert_allclose(evidence.se, [[share, percent * 100, 2 / math.sqrt(16), NAN]], rtol=1e-15)


def test_a_given_standard_error_is_kept(tmp_path):
    text = "channel,share,share__n,share__se\nA,0.25,20,0.01\nB,0.25,20,\n"
    first, second = read(tmp_path, text, indicator("share", share=True)).evidence.se[:, 0]
    assert first == 0.01
    assert second == share_se(np.array(0.25), np.array(20.0))


def test_a_value_without_answers_is_no_value(tmp_path):
    reading = read(tmp_path, "channel,clarity,clarity__n,waiting\nA,0,0,1\nB,5,9,1\n")
    np.testing.assert_array_equal(reading.evidence.values, [[NAN, 1], [5, 1]])
    np.testing.assert_array_equal(reading.evidence.n, [[NAN, NAN], [9, NAN]])
    assert reading.notes == ("1 of the values had an n of 0, no answers behind them, and were left out",)


def test_an_n_without_a_value_says_nothing(tmp_path):
    assert np.isnan(read(tmp_path, "channel,clarity,clarity__n,waiting\nA,,12,1\n").evidence.n).all()


def test_a_channel_without_any_value_stays(tmp_path):
    assert read(tmp_path, "channel,clarity,waiting\nA,1,2\nB,,\n").evidence.channels.tolist() == ["A", "B"]


def test_rows_of_blank_cells_are_passed_over(tmp_path):
    assert cells(read(tmp_path, "channel,clarity,waiting\nA,1,2\n,,\n\nB,3,4\n")) == {"A": [1, 2], "B": [3, 4]}


@pytest.mark.parametrize(
    ("text", "what", "line", "column"),
    [
        ("id,clarity,waiting\nA,1,2\n", "there is no column 'channel'; the columns are id, clarity, waiting", None, None),
        ("channel,clarity,waiting\nA,1,2\n,3,4\n", "the row does not say its channel", 3, "channel"),
        ("channel,clarity,waiting\nA,1,2\nB,1,2\n\nA,3,4\n", "channel 'A' is already in line 2", 5, "channel"),
        ("channel,clarity,waiting\nA,1,2\nB,11,2\n", "the value 11 is outside the scale of clarity, 0 to 10", 3, "clarity"),
        ("channel,clarity,waiting\nA,1,-0.5\n", "the value -0.5 is outside the scale of waiting, 0 to 10", 2, "waiting"),
        ("channel,clarity,waiting,clarity__n\nA,1,2,-3\n", "-3 is below 0", 2, "clarity__n"),
        ("channel,clarity,waiting,Clarity__SE\nA,1,2,-0.1\n", "-0.1 is below 0", 2, "Clarity__SE"),
        ("channel,clarity,waiting\nA,1,2\nB,good,2\n", "the value 'good' is not a number", 3, "clarity"),
        ("channel,clarity,Clarity,waiting\nA,1,2,3\n", "the columns 'clarity' and 'Clarity' are both 'clarity'", None, None),
        ("channel,clarity\nA,1\n", "1 required indicator is absent: waiting", None, None),
        ("channel,clarity,waiting\nA,,-\n", "no channel has a value", None, None),
        (
            "channel,beds,nurses\nA,1,2\n",
            "no column of this file is an indicator of the standard: the standard's first are clarity, waiting,"
            " the file's first are beds, nurses",
            None,
            None,
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, what, line, column):
    with Refused() as refused:
        read(tmp_path, text)
    assert refused.problem.what == what
    assert refused.place == ("visits.csv", line, column)
    assert refused.problem.remedy


def test_the_remedy_for_a_missing_id_is_the_option(tmp_path):
    with Refused() as refused:
        read(tmp_path, "id,clarity,waiting\nA,1,2\n")
    assert refused.problem.remedy == "say with --id which of them names the channel"


def test_a_share_without_a_scale_is_0_to_1(tmp_path):
    with Refused() as refused:
        read(tmp_path, "channel,share\nA,76\n", indicator("share", share=True))
    assert refused.problem.what == "the value 76 is outside the scale of share, 0 to 1"


def test_many_absent_indicators_are_counted_and_five_named(tmp_path):
    with Refused() as refused:
        read(tmp_path, "channel,q0\nA,1\n", *(indicator(f"q{place}") for place in range(8)))
    assert refused.problem.what == "7 required indicators are absent: q1, q2, q3, q4, q5 …"


def test_an_indicator_that_is_not_required_may_be_absent(tmp_path):
    reading = read(tmp_path, "channel,a\nA,1\n", indicator("a"), indicator("b", required=False))
    np.testing.assert_array_equal(reading.evidence.values, [[1, NAN]])
