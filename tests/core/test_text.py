"""Spellings of one word become one string, in Arabic and in English, and sorting by code points is sorting by the alphabet."""

import doctest
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marsad.core import text
from marsad.core.text import ARTICLES, LETTERS, SMALL_WORDS, normalise, search_key, search_tokens, sort_key, tidy

ALPHABET = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
DIACRITICS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0670"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u0640"
arabic = st.text(st.sampled_from(ALPHABET + "ءآأؤإئةى" + "گچپڤژ" + " ،-") | st.sampled_from("٠١٢٣456۷۸۹"), max_size=30)
any_text = arabic | st.text(max_size=30)
many = settings(max_examples=200, deadline=None, derandomize=True)
KEYS = (normalise, search_key, sort_key, tidy)


def sprinkled(words: str, marks: str, places: list[int]) -> str:
    """Return words with a mark behind some of their letters."""
    for place in places:
        at = place % (len(words) + 1)
        if at and words[at - 1].isalpha():
            words = words[:at] + marks[place % len(marks)] + words[at:]
    return words


def test_the_examples_of_the_module_are_true():
    result = doctest.testmod(text)
    assert result.attempted >= 9
    assert result.failed == 0


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.__name__)
@many
@given(any_text)
@example("الألعاب والللل")
@example("ﷲ ﷺ ﻼ ﺀ")
@example("İẞŉǰ ͅ")
def test_a_key_of_a_key_is_the_same_key(key, words):
    assert key(key(words)) == key(words)


@pytest.mark.parametrize("key", KEYS[:3], ids=lambda key: key.__name__)
@many
@given(arabic, st.lists(st.integers(0, 1000), max_size=8))
def test_diacritics_never_matter(key, words, places):
    assert key(sprinkled(words, DIACRITICS, places)) == key(words)


@pytest.mark.parametrize("key", KEYS[:3], ids=lambda key: key.__name__)
@many
@given(arabic, st.lists(st.integers(0, 1000), max_size=8))
def test_tatweel_and_marks_nobody_sees_never_matter(key, words, places):
    assert key(sprinkled(words, UNSEEN, places)) == key(words)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@many
@given(words=any_text)
def test_the_unicode_form_never_matters(form, words):
    other = unicodedata.normalize(form, words)
    assert (normalise(other), search_key(other), sort_key(other)) == (normalise(words), search_key(words), sort_key(words))


@many
@given(st.text(st.characters(max_codepoint=0x24F), max_size=30))
def test_latin_case_never_matters(words):
    assert normalise(words.upper().casefold()) == normalise(words.casefold().upper())


@many
@given(any_text)
def test_a_key_holds_words_with_one_space_between_them_and_no_null(words):
    for key in (normalise, search_key, sort_key):
        assert key(words) == " ".join(key(words).split())
        assert "\0" not in key(words)


@many
@given(any_text)
def test_words_that_can_be_read_can_be_searched(words):
    assert bool(search_tokens(words)) == bool(normalise(words))


@pytest.mark.parametrize(("letter", "others"), LETTERS.items())
def test_every_letter_stands_for_those_named_with_it(letter, others):
    assert {normalise(other) for other in others} == {letter}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("الاماره", "الإمارة"),
        ("مستشفي", "مستشفى"),
        ("مسئول", "مسيول"),
        ("شؤون", "شوون"),
        ("إنشاء", "انشا"),
        ("ﺍﻟﻤﻮﺍﻧﺊ", "الموانئ"),
        ("ﻻﺋﺤﺔ", "لائحة"),
        ("ڤيزا", "فيزا"),
        ("گرين كارد", "كرين كارد"),
        ("رقم ٠١٢٣٤٥٦٧٨٩", "رقم 0123456789"),
        ("رقم ۰۱۲۳۴۵۶۷۸۹", "رقم 0123456789"),
        ("ＡＢＣ １２", "abc 12"),
        ("مركز/خدمة", "مركز خدمة"),
        ("الهُويّة الرقميّة", "الهوية الرقمية"),
        ("Al-Ain", "al ain"),
        ("Ra’s al-Khaimah", "ras AL KHAIMAH"),
        ("CAFÉ", "cafe"),
        ("x\u00a0y\u2003z\n", "x y z"),
        ("خدمة؟!، «الهوية»؛", "خدمة الهوية"),
    ],
)
def test_what_is_typed_meets_what_is_kept(typed, kept):
    assert normalise(typed) == normalise(kept)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الموانئ", "موانئ"),
        ("والجمارك", "الجمارك"),
        ("للإسكان", "الإسكان"),
        ("بالمطار", "مطار"),
        ("الألعاب", "ألعاب"),
        ("الالعاب", "ألعاب"),
        ("خدمااات", "خدمات"),
        ("هيئة الطرق والمواصلات", "هيئه طرق و مواصلات"),
        ("Roads & Transport", "roads and transport"),
        ("the Department of Health", "Department Health"),
    ],
)
def test_words_to_search_by_leave_out_article_stretching_and_small_words(one, other):
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize("short", ["الى", "ألم", "الف", "وال", "والد", "بالغ", "لله", "كالا", "ال"])
def test_a_short_word_keeps_what_looks_like_an_article(short):
    assert search_tokens(f"س {short}")[1:] == ((normalise(short),) if normalise(short) not in SMALL_WORDS else ())


def test_small_words_are_searched_where_there_are_no_others():
    assert search_tokens("من") == ("من",)
    assert search_tokens("of the") == ("of", "the")


@pytest.mark.parametrize("nothing", ["", "  ", "ـــ", "\u064b\u064c", "،؛؟", "\u200f", "ء", "–"])
def test_a_text_without_words_has_no_key(nothing):
    assert (normalise(nothing), search_tokens(nothing)) == ("", ())


def test_the_rules_speak_of_letters_as_they_are_after_folding():
    assert [word for word in (*SMALL_WORDS, *(article for article, _ in ARTICLES)) if normalise(word) != word] == []


def test_the_alphabet_is_in_order_and_hamza_forms_stand_with_their_letter():
    assert sorted("".join(reversed(ALPHABET)), key=sort_key) == list(ALPHABET)
    for base, forms in {"ا": "آأإٱ", "و": "ؤ", "ي": "ئى", "ت": "ة"}.items():
        assert {sort_key(form) for form in forms} == {sort_key(base)}
    assert sort_key("ء") < sort_key("ا")


def test_postgres_would_sort_the_keys_as_python_does():
    words = ["هيئة", "Zayed", "أمانة", "مركز 2", "مركز 10", "ى", "ياقوت", "apple", "éclair", "5", "ڤيلا", "فيل", "تمر", "ثمر"]
    keys = sorted(map(sort_key, words))
    assert keys == sorted(keys, key=lambda key: key.encode())


def test_a_shorter_word_comes_before_a_longer_one_and_a_number_by_its_size():
    names = ["مركزي", "مركز ب", "مركز ١٠", "مركز 2", "مركز 1", "مركز"]
    assert sorted(names, key=sort_key) == list(reversed(names))


def test_other_scripts_keep_their_letters():
    assert normalise("हिन्दी ४२") == "हिन्दी 42"
    assert normalise("中文 服务") == "中文 服务"
    assert search_tokens("خدمة 服务") == ("خدمه", "服务")


def test_a_name_is_kept_as_it_is_but_for_what_nobody_sees():
    assert tidy("  \u202bالهيئة العامّة\u202c ") == "الهيئة العامّة"
    assert tidy("People\u200b’s  Office\n") == "People’s Office"
