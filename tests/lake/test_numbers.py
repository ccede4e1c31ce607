"""Numbers are read as people write them, and nothing else passes for one."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marsad.core.problem import Problem
from marsad.lake import numbers, tables
from marsad.lake.numbers import NotANumberError, parse_number
from marsad.lake.tables import read_table

FINITE = st.floats(-1e100, 1e100)
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def read(tmp_path, *texts: str) -> list[float]:
    path = tmp_path / "numbers.csv"
    path.write_text("channel;x\n" + "".join(f'c;"{text}"\n' for text in texts), encoding="utf-8")
    return read_table(path).numbers("x").tolist()


def test_the_examples_in_the_docstrings_hold():
    assert [doctest.testmod(module).failed for module in (numbers, tables)] == [0, 0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("-7.25", -7.25),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        (" 8 ", 8),
        ("٧٦٫٥", 76.5),
        ("۱۲٫۵", 12.5),
        ("76%", 76),
        ("76 %", 76),
        ("٧٦٪", 76),
        ("١٬٢٣٤٬٥٦٧٫٨", 1234567.8),
        ("\u200f٧\u200f", 7),
        ("\u22125", -5),
        ("\u00a05\u00a0", 5),
    ],
)
def test_a_number_is_read_in_every_way_people_write_it(tmp_path, text, number):
    assert parse_number(text) == number
    assert read(tmp_path, text, "1") == [number, 1]


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "N/A", "NaN", "nan", "null", "NULL", "-"])
def test_what_says_that_there_is_none_is_missing(tmp_path, text):
    assert math.isnan(parse_number(text))
    first, second = read(tmp_path, text, "1")
    assert math.isnan(first)
    assert second == 1


@pytest.mark.parametrize(
    "text", ["good", "1 2", "1_000", "0x10", "٬٥", "١٬٢", "%", "--1", "1e", "½", "5 of 10", "nan(1)", "none"]
)
def test_a_text_is_no_number(tmp_path, text):
    with pytest.raises(NotANumberError, match="is not a number"):
        parse_number(text)
    with pytest.raises(Problem, match="is not a number"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "∞", "1e999"])
def test_infinity_is_refused(tmp_path, text):
    with pytest.raises(NotANumberError, match=r"infinity|too large"):
        parse_number(text)
    with pytest.raises(Problem, match=r"infinity|too large"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["1,5", "1,234", "1,234.5", "1.234,5"])
def test_a_comma_could_mean_two_things_and_is_not_guessed_at(text):
    with pytest.raises(NotANumberError, match="may mean thousands or decimals") as refused:
        parse_number(text)
    assert "decimal point" in refused.value.remedy


def test_a_long_text_is_shortened_in_the_sentence():
    with pytest.raises(NotANumberError) as refused:
        parse_number("a very long remark that somebody wrote\ninto the wrong column")
    assert str(refused.value) == "the value 'a very long remark that somebody wrot…' is not a number"


@given(FINITE)
def test_what_python_writes_is_read_back(number):
    assert parse_number(repr(number)) == number


@given(FINITE, st.sampled_from([ARABIC, PERSIAN]), st.sampled_from(["", "%", "٪", " %"]))
def test_the_same_number_in_other_digits_is_the_same_number(number, digits, sign):
    assert parse_number(repr(number).translate(digits) + sign) == number


@given(st.integers(0, 10**12))
def test_arabic_thousands_are_read(number):
    assert parse_number(f"{number:,}".replace(",", "٬").translate(ARABIC)) == number


@given(st.lists(st.one_of(FINITE, st.just(math.nan)), min_size=1, max_size=30), st.data())
def test_the_fast_and_the_careful_path_read_the_same(tmp_path_factory, values, data):
    styles = [lambda text: text, lambda text: text.translate(ARABIC), lambda text: text + "%"]
    texts = [data.draw(st.sampled_from(styles))(repr(value)) if value == value else "NA" for value in values]
    path = tmp_path_factory.mktemp("numbers") / "x.csv"
    path.write_text("channel,x\n" + "".join(f"c,{text}\n" for text in texts), encoding="utf-8")
    np.testing.assert_array_equal(read_table(path).numbers("x"), [parse_number(text) for text in texts])
    np.testing.assert_array_equal(read_table(path).numbers("x"), values)
