"""The rules of a standard in words that a minister reads without stumbling."""

import pytest

from marsad.core.clusters import Ward
from marsad.core.conditions import Attribute, Check, Count, either, every, none_of
from marsad.core.normalise import NORMALISERS, AsIs, Goalposts, Levels, MinMax, PercentRank, Stars, ZScore
from marsad.core.scheme import Indicator
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo
from marsad.standards import Text
from marsad.standards.words import (
    NORMALISER_WORDS,
    STAR,
    band_words,
    condition_outline,
    condition_words,
    figure,
    indicator_words,
    limiter_words,
    normaliser_words,
    percent,
    star_rule_words,
)

LABELS = {"people": Text("الناس", "People"), "place": Text("المكان", "Place"), "wait": Text("الانتظار", "Waiting")}
PEOPLE, PLACE = Check("score", "people", "below", 60), Check("score", "place", "below", 60)
KNOWN = Check("present", "wait", "at_least", 1)
FEW = Check("n", "wait", "below", 30)
LARGE = Attribute("size", ("large",))


@pytest.mark.parametrize(
    ("number", "ar", "en"),
    [
        (0, "0 نجمة", "0 stars"),
        (0.5, "نصف نجمة", "0.5 stars"),
        (1, "نجمة واحدة", "1 star"),
        (1.5, "نجمة واحدة ونصف", "1.5 stars"),
        (2, "نجمتان", "2 stars"),
        (2.5, "نجمتان ونصف", "2.5 stars"),
        (3, "3 نجوم", "3 stars"),
        (4.5, "4 نجوم ونصف", "4.5 stars"),
        (10, "10 نجوم", "10 stars"),
        (11, "11 نجمة", "11 stars"),
        (100, "100 نجمة", "100 stars"),
        (103, "103 نجوم", "103 stars"),
        (2.3, "2.3 نجمة", "2.3 stars"),
    ],
)
def test_stars_agree_with_their_number(number, ar, en):
    assert STAR.counted(number) == Text(ar, en)


@pytest.mark.parametrize(
    ("share", "words"), [(0.75, "75 %"), (2 / 3, "66.66666667 %"), (0.29, "29 %"), (1, "100 %"), (0.005, "0.5 %")]
)
def test_a_share_is_told_in_per_cent(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(("number", "words"), [(4.020408, "4.020408"), (0.1 + 0.2, "0.3"), (30, "30"), (1000000, "1000000")])
def test_a_threshold_is_told_as_it_was_written(number, words):
    assert figure(number) == words


@pytest.mark.parametrize(
    ("condition", "ar", "en"),
    [
        (PEOPLE, "نتيجة «الناس» أقل من 60", "the score of “People” is below 60"),
        (Check("value", "wait", "above", 10), "قيمة «الانتظار» أكثر من 10", "the value of “Waiting” is above 10"),
        (
            Check("n", "wait", "at_least", 30),
            "عدد الإجابات في «الانتظار» 30 فأكثر",
            "the number of answers to “Waiting” is at least 30",
        ),
        (
            Check("raters", "wait", "at_most", 1),
            "عدد المقيّمين في «الانتظار» 1 فأقل",
            "the number of assessors of “Waiting” is at most 1",
        ),
        (
            Check("coverage", "people", "at_least", 0.75),
            "نسبة المؤشرات المتوافرة في «الناس» 75 % فأكثر",
            "the share of indicators known in “People” is at least 75 %",
        ),
        (
            Check("answers", "people", "equals", 3),
            "عدد المؤشرات المتوافرة في «الناس» 3 تماما",
            "the number of indicators known in “People” is exactly 3",
        ),
        (KNOWN, "تتوافر نتيجة «الانتظار»", "“Waiting” is known"),
        (Check("present", "wait", "below", 1), "لا تتوافر نتيجة «الانتظار»", "“Waiting” is not known"),
        (LARGE, "الخاصية «size» قيمتها large", "the attribute “size” is large"),
        (
            Attribute("size", ("yes", "no", "")),
            "الخاصية «size» قيمتها yes أو no أو بلا قيمة",
            "the attribute “size” is yes, no or blank",
        ),
        (every(LARGE), "الخاصية «size» قيمتها large", "the attribute “size” is large"),
        (none_of(LARGE), "الخاصية «size» قيمتها ليست large", "the attribute “size” is not large"),
        (none_of(Attribute("size", ("L", "M"))), "الخاصية «size» قيمتها ليست L ولا M", "the attribute “size” is neither L nor M"),
        (none_of(KNOWN), "لا تتوافر نتيجة «الانتظار»", "“Waiting” is not known"),
        (none_of(PEOPLE), "لا يصح أن نتيجة «الناس» أقل من 60", "it is not so that the score of “People” is below 60"),
        (
            every(LARGE, FEW),
            "الخاصية «size» قيمتها large وعدد الإجابات في «الانتظار» أقل من 30",
            "the attribute “size” is large and the number of answers to “Waiting” is below 30",
        ),
        (
            either(LARGE, KNOWN),
            "الخاصية «size» قيمتها large أو تتوافر نتيجة «الانتظار»",
            "the attribute “size” is large or “Waiting” is known",
        ),
        (
            none_of(LARGE, KNOWN),
            "لا يتحقق أي مما يلي: الخاصية «size» قيمتها large؛ تتوافر نتيجة «الانتظار»",
            "none of these holds: the attribute “size” is large; “Waiting” is known",
        ),
        (
            Count((LARGE, KNOWN, FEW), "at_least", 2),
            "يتحقق مما يلي 2 فأكثر: الخاصية «size» قيمتها large؛ تتوافر نتيجة «الانتظار»؛ عدد الإجابات في «الانتظار» أقل من 30",
            "at least 2 of these hold: the attribute “size” is large; “Waiting” is known; "
            "the number of answers to “Waiting” is below 30",
        ),
        (
            either(PEOPLE, PLACE),
            "نتيجة أي من «الناس» أو «المكان» أقل من 60",
            "the score of any of “People” or “Place” is below 60",
        ),
        (
            every(PEOPLE, PLACE),
            "نتيجة كل من «الناس» و«المكان» أقل من 60",
            "the score of each of “People” and “Place” is below 60",
        ),
        (
            none_of(PEOPLE, PLACE),
            "لا شيء مما يلي نتيجته أقل من 60: «الناس»، «المكان»",
            "none of these has a score below 60: “People”, “Place”",
        ),
        (
            Count((PEOPLE, PLACE, Check("score", "wait", "below", 60)), "below", 2),
            "أقل من 2 مما يلي نتيجته أقل من 60: «الناس»، «المكان»، «الانتظار»",
            "fewer than 2 of these have a score below 60: “People”, “Place”, “Waiting”",
        ),
        (
            every(Check("present", "people", "at_least", 1), Check("present", "place", "at_least", 1)),
            "تتوافر نتيجة كل من «الناس» و«المكان»",
            "each of “People” and “Place” is known",
        ),
        (
            Count((Check("present", "people", "at_least", 1), Check("present", "place", "at_least", 1)), "equals", 1),
            "1 تماما مما يلي متوافر: «الناس»، «المكان»",
            "exactly 1 of these is known: “People”, “Place”",
        ),
        (
            either(every(LARGE, FEW), KNOWN),
            "(الخاصية «size» قيمتها large وعدد الإجابات في «الانتظار» أقل من 30) أو تتوافر نتيجة «الانتظار»",
            "(the attribute “size” is large and the number of answers to “Waiting” is below 30) or “Waiting” is known",
        ),
    ],
)
def test_a_condition_is_told_in_both_languages(condition, ar, en):
    assert condition_words(condition, LABELS) == Text(ar, en)


def test_groups_inside_groups_are_told_line_by_line():
    condition = every(either(every(LARGE, FEW), KNOWN), PEOPLE)
    assert [(depth, text.en) for depth, text in condition_outline(condition, LABELS)] == [
        (0, "all of these hold:"),
        (1, "one or more of these hold:"),
        (2, "the attribute “size” is large and the number of answers to “Waiting” is below 30"),
        (2, "“Waiting” is known"),
        (1, "the score of “People” is below 60"),
    ]


def test_a_plain_group_is_told_in_one_line():
    assert [depth for depth, _ in condition_outline(every(LARGE, FEW, KNOWN), LABELS)] == [0]


@pytest.mark.parametrize(
    ("limiter", "ar", "en"),
    [
        (
            Limiter("x", PEOPLE, cap=4),
            "الحد الأعلى 4 نجوم عند تحقق الشرط: نتيجة «الناس» أقل من 60",
            "at most 4 stars where the score of “People” is below 60",
        ),
        (
            Limiter("x", LARGE, cap=1),
            "الحد الأعلى نجمة واحدة عند تحقق الشرط: الخاصية «size» قيمتها large",
            "at most 1 star where the attribute “size” is large",
        ),
        (
            Limiter("x", KNOWN, floor=2),
            "الحد الأدنى نجمتان عند تحقق الشرط: تتوافر نتيجة «الانتظار»",
            "at least 2 stars where “Waiting” is known",
        ),
        (
            Limiter("x", KNOWN, floor=0),
            "الحد الأدنى 0 نجمة عند تحقق الشرط: تتوافر نتيجة «الانتظار»",
            "at least 0 stars where “Waiting” is known",
        ),
    ],
)
def test_a_limiter_says_how_many_stars_and_when(limiter, ar, en):
    assert limiter_words(limiter, LABELS) == Text(ar, en)


@pytest.mark.parametrize(
    ("how", "ar", "en"),
    [
        (AsIs(), "القيمة كما هي", "the value as it is"),
        (ZScore(), "عدد الانحرافات المعيارية عن متوسط القنوات", "standard deviations from the channels' mean"),
        (
            MinMax(1, 100),
            "من أسوأ قناة (نقطة واحدة) إلى أفضل قناة (100 نقطة)",
            "from the worst channel (1 point) to the best (100 points)",
        ),
        (Goalposts(60, 5), "من 60 (0 نقطة) إلى 5 (100 نقطة)", "from 60 (0 points) to 5 (100 points)"),
        (
            Levels((0, 50, 100)),
            "مستويات النضوج من 1 إلى 3، ونقاطها: 0، 50، 100",
            "maturity levels 1 to 3, worth 0, 50, 100 points",
        ),
        (PercentRank(), "النسبة المئوية للقنوات التي تتفوق عليها", "the percentage of channels it beats"),
        (Stars(Bands((5, 10), (1, 2, 3))), "نجوم تفصل بينها حدود ثابتة: 5، 10", "stars at fixed cut points: 5, 10"),
    ],
)
def test_a_normaliser_is_told_in_both_languages(how, ar, en):
    assert normaliser_words(how) == Text(ar, en)


def test_every_normaliser_has_words():
    assert set(NORMALISER_WORDS) == set(NORMALISERS.values())


def test_the_direction_of_an_indicator_is_told():
    assert indicator_words(Indicator("wait", "people", lower_is_better=True)) == Text(
        "القيمة كما هي؛ الأقل أفضل", "the value as it is; lower is better"
    )


@pytest.mark.parametrize(
    ("strict", "ar", "en"),
    [
        ((), ["أقل من 50", "من 50 إلى أقل من 80", "80 فأكثر"], ["below 50", "50 to below 80", "80 and above"]),
        ((True, True), ["50 فأقل", "أكثر من 50 حتى 80", "أكثر من 80"], ["50 and below", "above 50 up to 80", "above 80"]),
        ((False, True), ["أقل من 50", "من 50 حتى 80", "أكثر من 80"], ["below 50", "50 up to 80", "above 80"]),
        (
            (True, False),
            ["50 فأقل", "أكثر من 50 إلى أقل من 80", "80 فأكثر"],
            ["50 and below", "above 50 to below 80", "80 and above"],
        ),
    ],
)
def test_a_band_says_which_of_its_ends_belong_to_it(strict, ar, en):
    assert band_words(Bands((50, 80), (1, 2, 3), strict)) == [Text(*pair) for pair in zip(ar, en, strict=True)]


@pytest.mark.parametrize("strict", [(), (True, True), (False, True), (True, False)])
@pytest.mark.parametrize("edge", [50.0, 80.0])
def test_the_words_of_a_band_and_its_star_agree_on_the_edge(strict, edge):
    bands = Bands((50, 80), (1, 2, 3), strict)
    words = band_words(bands)[int(bands.cuts([]).stars_of(edge)) - 1].en
    number = f"{edge:g}"
    assert words.startswith(f"{number} ") or words.endswith(f"up to {number}")


@pytest.mark.parametrize(
    ("rule", "ar", "en"),
    [
        (RoundTo(0.5, 1, 5), "النتيجة مقربة إلى أقرب 0.5، من 1 إلى 5", "the score rounded to the nearest 0.5, from 1 to 5"),
        (
            Quantiles((1, 2, 3), (0.1, 0.5, 0.4)),
            "بحسب الترتيب بين النظراء، من أعلى نجمة نزولا: 10 %، 50 %، 40 %",
            "by place among peers, from the best star down: 10 %, 50 %, 40 %",
        ),
        (KMeans((1, 2, 3, 4, 5)), "5 مجموعات من النتائج المتقاربة بطريقة المتوسطات", "5 clusters of close scores by k-means"),
        (
            Ward((1, 2)),
            "مجموعتان من النتائج المتقاربة بطريقة وارد، بعد استبعاد القيم المتطرفة",
            "2 clusters of close scores by Ward, outliers left out",
        ),
        (
            FirstMatch(((KNOWN, 4),), 1),
            "4 نجوم إذا تحقق: تتوافر نتيجة «الانتظار»؛ وإلا نجمة واحدة",
            "4 stars where “Waiting” is known; otherwise 1 star",
        ),
    ],
)
def test_a_star_rule_is_told_in_both_languages(rule, ar, en):
    assert star_rule_words(rule, LABELS) == Text(ar, en)
