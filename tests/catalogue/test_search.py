"""What somebody types finds what they mean: in either language, with slips, the nearest first."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad.catalogue import search
from marsad.catalogue.search import SLIPPED, best, likeness, nearness, one_slip
from marsad.core.text import search_key

NAMES = [
    "مركز جوازات المطار Airport Passport Centre",
    "مركز خدمة بلدية الوادي Wadi Municipality Centre",
    "تطبيق هيئة الطرق والمواصلات Roads Authority App",
    "مركز اتصال هيئة الطرق Roads Authority Call Centre",
    "موقع دائرة الأراضي والأملاك Land Department Website",
    "مركز الشرطة Police Centre 12",
]
KEYS = [(place, search_key(name)) for place, name in enumerate(NAMES)]
ALPHABET = "ابتسمنر"


def found(words: str) -> list[int]:
    return best(words, KEYS)


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(search).failed == 0


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("جوازات", 0),
        ("جوازت المطار", 0),
        ("الجوزات", 0),
        ("المطر", 0),
        ("بلديه الوادى", 1),
        ("البلدية", 1),
        ("موصلات", 2),
        ("طرق تطبيق", 2),
        ("اتصال الطرق", 3),
        ("الأملاك", 4),
        ("الاملك", 4),
        ("مركز الشرطه", 5),
        ("الشطرة", 5),
        ("munisipality", 1),
        ("pasport", 0),
        ("ROADS app", 2),
        ("مركز municipality", 1),
        ("police 12", 5),
        ("شرطة ١٢", 5),
    ],
)
def test_slips_of_both_languages_find_what_was_meant(words, first):
    assert found(words)[0] == first


@pytest.mark.parametrize("words", ["", "؟", "قطار", "zzzz", "مكتبة عامة وطنية"])
def test_what_nothing_answers_finds_nothing(words):
    assert found(words) == []


def test_only_those_with_most_of_the_words_are_found():
    assert set(found("هيئة الطرق")) == {2, 3}
    assert found("هيئة الطرق اتصال") == [3]
    assert found("هيئة الطرق xyz") == found("هيئة الطرق")


def test_a_whole_word_comes_before_a_beginning_and_a_beginning_before_a_slip():
    keys = [(1, "بلديات"), (2, "بلده"), (3, "بلديه"), (4, "بلد")]
    assert best("بلد", keys) == [4, 2, 3, 1]
    assert nearness("بلد", "بلد") > nearness("بلد", "بلده") > nearness("بلد", "بلديه") > SLIPPED


def test_a_number_is_itself_or_begins_another_and_never_a_slip():
    assert nearness("1234", "1235") == 0
    assert best("12", [(1, "مركز 12"), (2, "مركز 21"), (3, "مركز 120")]) == [1, 3]


def test_equals_keep_their_order_and_a_key_that_says_nothing_else_comes_first():
    assert best("مركز", [(3, "مركز شرطه"), (1, "مركز مرور"), (2, "مركز")]) == [2, 3, 1]


words = st.text(ALPHABET, min_size=1, max_size=7)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words, words)
def test_one_slip_is_a_distance_of_one(one, other):
    if one != other:
        assert one_slip(one, other) == (distance(one, other) == 1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(words, words)
def test_nearness_is_at_most_1_and_likeness_the_same_both_ways(one, other):
    assert 0 <= nearness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert nearness(one, one) == likeness(one, one) == 1


def distance(one: str, other: str) -> int:
    """Return the edits between two words, neighbours exchanged as one (Damerau's optimal string alignment), by the full table."""
    table = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one), len(other)]
