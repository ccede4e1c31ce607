"""One text for one value: RFC 8785 and its own examples."""

import json
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.ledger.canonical import FormError, canonical, parsed

few = settings(max_examples=200, deadline=None, derandomize=True)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def test_the_example_of_rfc_8785_section_3_2_2():
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value).decode() == expected


def test_names_are_sorted_as_rfc_8785_section_3_2_3_does():
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(names, 0))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        (0x0000000000000001, "5e-324"),
        (0x7FEFFFFFFFFFFFFF, "1.7976931348623157e+308"),
        (0x4340000000000000, "9007199254740992"),
        (0x4430000000000000, "295147905179352830000"),
        (0x44B52D02C7E14AF5, "9.999999999999997e+22"),
        (0x44B52D02C7E14AF6, "1e+23"),
        (0x444B1AE4D6E2EF4E, "999999999999999700000"),
        (0x444B1AE4D6E2EF50, "1e+21"),
        (0x3EB0C6F7A0B5ED8C, "9.999999999999997e-7"),
        (0x3EB0C6F7A0B5ED8D, "0.000001"),
        (0x41B3DE4355555553, "333333333.3333332"),
        (0xBECBF647612F3696, "-0.0000033333333333333333"),
        (0x8000000000000000, "0"),
    ],
)
def test_numbers_are_written_as_in_appendix_b(bits, text):
    [number] = struct.unpack(">d", struct.pack(">Q", bits))
    assert canonical(number).decode() == text


@few
@given(values)
def test_what_is_written_reads_back_as_the_same_value(value):
    assert parsed(canonical(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60, {1: 2}, b"bytes", "\ud800"])
def test_what_json_cannot_say_exactly_is_refused(value):
    with pytest.raises(FormError):
        canonical(value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"a": 1}', "canonical form"),
        (b'{"b":1,"a":2}', "canonical form"),
        (b"1.0", "canonical form"),
        (b'{"a":1,"a":1}', "twice"),
        (b"NaN", "no number"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b"", "not JSON"),
    ],
)
def test_bytes_in_another_form_are_refused(content, why):
    with pytest.raises(FormError, match=why):
        parsed(content)
