"""The card of a standard holds all that decides a rating, in either language, and fits a terminal."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from marsad.core.conditions import Attribute, Condition, Count
from marsad.core.stars import Bands
from marsad.standards import Standard, load, names
from marsad.standards.card import HEADINGS, WIDTH, card, effective_shares
from marsad.standards.words import indicator_words

SMALL = Path(__file__).with_name("small.toml")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’_-]*")


@pytest.fixture(params=names())
def standard(request) -> Standard:
    return load(request.param)


@pytest.fixture
def small(tmp_path) -> Standard:
    (tmp_path / "small.toml").write_bytes(SMALL.read_bytes())
    return load(str(tmp_path / "small.toml"))


def attributes_in(condition: Condition) -> Iterator[Attribute]:
    """Yield every attribute inside a condition."""
    if isinstance(condition, Attribute):
        yield condition
    elif isinstance(condition, Count):
        for part in condition.of:
            yield from attributes_in(part)


def codes(standard: Standard) -> set[str]:
    """What stands in Latin letters in an Arabic card: identity, digest, names and values of attributes, sources."""
    scheme = standard.scheme
    attributes = [attribute for condition in scheme.conditions() for attribute in attributes_in(condition)]
    found = {standard.identity, "sha256", standard.digest}
    found |= {attribute.name for attribute in attributes} | {value for attribute in attributes for value in attribute.one_of}
    found |= {indicator.denominator for indicator in scheme.indicators if indicator.denominator}
    found |= {scheme.joint.entity} if scheme.joint else set()
    found |= set(scheme.raters.adjusted) if scheme.raters else set()
    return found | ({scheme.peers.attribute} if scheme.peers and scheme.peers.attribute else set())


def without_sources(lines: list[str]) -> list[str]:
    """Leave out the sources, which are cited as they were published."""
    return lines[: lines.index(HEADINGS["sources"].ar)] if HEADINGS["sources"].ar in lines else lines


def test_the_card_of_a_small_standard_in_english(small):
    assert list(card(small, "en")) == [
        "A small standard  (small@1)",
        "Three indicators",
        f"sha256 {small.digest}",
        "",
        "Kinds of channel",
        "  Centre",
        "",
        "Tree: share of the whole, part, how it is measured",
        " 100.00 %  Overall",
        "  60.00 %    People",
        "  30.00 %      Courtesy: from 1 (0 points) to 5 (100 points)",
        "  30.00 %      Waiting: stars at fixed cut points: 30, 20, 10, 5; lower is better",
        "  40.00 %    Place: maturity levels 1 to 3, worth 0, 50, 100 points",
        "  40.00 %      Comfort",
        "",
        "Stars",
        "     1  below 50        Weak",
        "     2  50 to below 80",
        "     3  80 and above",
        "",
        "Limits on the stars",
        "  · Weak people",
        "    · at most 2 stars where the score of “People” is below 40",
        "    · with a probability of at least 80 %",
        "",
        "Naming the best and the worst",
        "  · of every kind of 20 channels or more: at most the first 5 and the last 5, each with a probability of at",
        "    least 90 %",
        "  · looked at again: each with a probability of at least 5 % of being one of them, or of at least 50 % of",
        "    being in the far 5 %, where that holds in 80 % of other reasonable ratings",
        "  · named by new evidence alone, at least 30 % of it from channels not in question; at least: 2 waves, 30",
        "    answers, 2 assessors",
        "  · who is named among the last has 60 days to mend it and 14 for the plan; its change is judged against",
        "    channels not in question",
    ]


def test_the_card_of_a_small_standard_in_arabic(small):
    assert list(card(small, "ar")) == [
        "معيار صغير  (small@1)",
        "ثلاثة مؤشرات",
        f"sha256 {small.digest}",
        "",
        "أنواع القنوات",
        "  مركز",
        "",
        "الشجرة: النسبة من الكل، والجزء، وطريقة القياس",
        " 100.00 %  الكل",
        "  60.00 %    الناس",
        "  30.00 %      اللباقة: من 1 (0 نقطة) إلى 5 (100 نقطة)",
        "  30.00 %      الانتظار: نجوم تفصل بينها حدود ثابتة: 30، 20، 10، 5؛ الأقل أفضل",
        "  40.00 %    المكان: مستويات النضوج من 1 إلى 3، ونقاطها: 0، 50، 100",
        "  40.00 %      الراحة",
        "",
        "النجوم",
        "     1  أقل من 50            ضعيف",
        "     2  من 50 إلى أقل من 80",
        "     3  80 فأكثر",
        "",
        "القيود على النجوم",
        "  · ضعف الناس",
        "    · الحد الأعلى نجمتان عند تحقق الشرط: نتيجة «الناس» أقل من 40",
        "    · باحتمال 80 % على الأقل",
        "",
        "إعلان الأفضل والأسوأ",
        "  · من كل نوع لا تقل قنواته عن 20: أول 5 وآخر 5 على الأكثر، باحتمال 90 % على الأقل",
        "  · تُعاد زيارة كل قناة يبلغ احتمال كونها منها 5 % على الأقل، أو احتمال وقوعها في طرف القائمة (5 %) 50 % على",
        "    الأقل، إذا صمد ذلك في 80 % من التصنيفات المعقولة الأخرى",
        "  · لا يُعلن اسم إلا بأدلة جديدة وحدها، 30 % منها على الأقل من قنوات ليست موضع سؤال؛ وبحد أدنى: الجولات 2،",
        "    والإجابات 30، والمقيّمون 2",
        "  · لكل قناة يُعلن اسمها بين الأسوأ مهلة معالجة مدتها 60 يوما، وخطة خلال 14 يوما، ويُحكم على تغيّرها بالمقارنة",
        "    بقنوات ليست موضع سؤال",
    ]


def test_one_to_be_named_is_not_counted(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL.read_text(encoding="utf-8").replace("k = 5", "k = 1"), encoding="utf-8")
    standard = load(str(tmp_path / "small.toml"))
    assert "at most the first and the last, each" in " ".join(card(standard, "en"))
    assert "الأولى والأخيرة على الأكثر" in " ".join(card(standard, "ar"))


def test_a_joint_model_is_on_the_card_in_both_languages(tmp_path):
    content = SMALL.read_text(encoding="utf-8").replace(
        "# top", 'joint = { over = ["people", "comfort"], minimum_channels = 30 }'
    )
    (tmp_path / "small.toml").write_text(content.replace("# people", 'missing = "drawn"'), encoding="utf-8")
    standard = load(str(tmp_path / "small.toml"))
    english, arabic = (" ".join(" ".join(card(standard, language)).split()) for language in ("en", "ar"))
    assert "People (missing parts drawn by the joint model)" in english
    assert "Joint model · the parts of the tree are estimated together in every kind of 30 channels or more" in english
    assert "· what is estimated: People, Comfort · the entity by: entity" in english
    assert "النموذج المشترك · تُقدَّر أجزاء الشجرة معاً في كل نوع لا تقل قنواته عن 30" in arabic


def test_what_is_estimated_one_at_a_time_is_on_the_card_with_why_there_are_no_two(tmp_path):
    content = SMALL.read_text(encoding="utf-8").replace("# top", 'estimates = { one_at_a_time = ["courtesy"] }')
    (tmp_path / "small.toml").write_text(content, encoding="utf-8")
    standard = load(str(tmp_path / "small.toml"))
    english, arabic = (" ".join(" ".join(card(standard, language)).split()) for language in ("en", "ar"))
    assert "each channel is drawn towards the mean of its kind, as far as its own evidence is weak, in: Courtesy" in english
    assert "90 % intervals of the overall score would hold 65 % of the true ones" in english
    assert "تُقرَّب نتيجة كل قناة في المؤشر من متوسط نوعها بقدر ضعف ما لديها من أدلة: اللباقة" in arabic
    assert "إلا في 65 % من القنوات" in arabic


def test_a_duration_is_on_the_card_as_a_median(tmp_path):
    content = SMALL.read_text(encoding="utf-8").replace("# courtesy", "duration = true")
    (tmp_path / "small.toml").write_text(content, encoding="utf-8")
    standard = load(str(tmp_path / "small.toml"))
    english, arabic = (" ".join(" ".join(card(standard, language)).split()) for language in ("en", "ar"))
    assert "median of times, cases still running counted as longer than so far" in english
    assert "وسيط المدد" in arabic
    [courtesy] = [one for one in standard.scheme.indicators if one.duration]
    assert indicator_words(courtesy).en.endswith("; median of times, cases still running counted as longer than so far")


EVERYTHING = {
    "# top": 'minimum_share = 0.5\nwithin = "peers"\n[peers]\nattribute = "size"',
    "# overall": 'aggregate = "geometric"\nmissing = "not-rated"',
    "# people": 'error_correlation = 0.5\nminimum = 2\nrescale = { method = "min-max", low = 1 }',
    "# place": """zero_when.any = [
        { all = [{ n = "comfort", below = 3 }, { attribute = "open", equals = "no" }] },
        { raters = "comfort", below = 1 },
    ]""",
    "# comfort": 'kinds = ["centre"]\ndenominator = "staff"\nminimum_n = 5\nreported_by = 9\nimpute = {}\ntreat = {}',
    "# limiter": """certainty = 0.6
        [[requirement]]
        code = "asked"
        reason = { ar = "قلّة الإجابات", en = "too few answers" }
        condition = { n = "courtesy", at_least = 30 }
        [[alternative]]
        leave_out = ["comfort"]
        label = { ar = "من دون الراحة", en = "Without comfort" }
        when = { score = "overall", at_least = 60 }
        [[adjustment]]
        code = "bonus"
        label = { ar = "إضافة", en = "Bonus" }
        cases = [{ add = 0.25, when = { present = "comfort" } }, { add = -1, when = { value = "waiting", above = 60 } }]
        """,
}


def test_a_card_leaves_out_nothing_that_decides_a_rating(tmp_path):
    content = SMALL.read_text(encoding="utf-8")
    for mark, more in EVERYTHING.items():
        content = content.replace(mark, more)
    (tmp_path / "small.toml").write_text(content, encoding="utf-8")
    text = " ".join(" ".join(card(load(str(tmp_path / "small.toml")), "en")).split())
    for words in (
        " 100.00 %  Overall (geometric mean, needs every part)",
        "  60.00 %    People (needs 2 parts, scaled again over the channels, sampling errors correlated 0.5)",
        "               · 0 where one or more of these hold:",
        "                 · the number of answers to “Comfort” is below 3 and the attribute “open” is no",
        "                 · the number of assessors of “Comfort” is below 1",
        "points; divided by “staff”;",
        "from 5 answers on;",
        "where 9 channels report it;",
        "gaps filled from similar channels;",
        "outliers pulled in",
        "Comfort: only for Centre",
        "Peers\n  · Scores and stars are found among channels alike in “size”",
        "  · at least 50 % of the indicators that apply to it are known",
        "  · the number of answers to “Courtesy” is at least 30\n    otherwise: too few answers",
        "    · with a probability of at least 60 %",
        "  · Bonus\n    · +0.25 where “Comfort” is known\n    · −1 where the value of “Waiting” is above 60",
        "  · Without comfort\n    · where the score of “Overall” is at least 60",
    ):
        assert " ".join(words.split()) in text


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("questions", [False, True])
def test_every_shipped_standard_has_a_card(standard, language, questions):
    lines = list(card(standard, language, questions=questions))
    text = " ".join(" ".join(lines).split())
    assert lines[0] == f"{standard.title[language]}  ({standard.identity})"
    for part in (*standard.scheme.nodes, *standard.scheme.limiters, *standard.scheme.adjustments):
        words = (standard.labels | standard.rules)[part.code][language]
        assert " ".join(words.split()) in text
    for star in standard.bands.values():
        assert star[language] in text
    shown = [indicator for indicator in standard.scheme.indicators if questions or indicator.code not in standard.items]
    for indicator in shown:
        assert " ".join(standard.labels[indicator.code][language].split()) in text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_card_fits_a_terminal(standard, language):
    assert [line for line in card(standard, language, questions=True) if len(line) > WIDTH] == []


def test_an_arabic_card_has_no_english_words_but_codes(standard):
    lines = without_sources(list(card(standard, "ar")))
    latin = {word for line in lines for word in LATIN.findall(line)}
    known = {word for code in codes(standard) for word in LATIN.findall(code)}
    assert latin - known == set()


def test_an_arabic_card_has_arabic_punctuation(standard):
    lines = without_sources(list(card(standard, "ar")))
    assert [line for line in lines if re.search(r"[؀-ۿ»] ?[,;?]", line)] == []


def test_an_english_card_has_no_arabic(standard):
    assert [line for line in card(standard, "en") if re.search(r"[؀-ۿ]", line)] == []


@pytest.mark.parametrize("name", [name for name in names() if isinstance(load(name).scheme.stars, Bands)])
def test_every_band_stands_beside_its_star(name):
    standard, lines = load(name), list(card(load(name), "en"))
    first = lines.index(HEADINGS["stars"].en) + 1
    rows = lines[first : first + len(standard.bands)]
    assert [float(row.split()[0]) for row in rows] == list(standard.scheme.stars.stars)
    assert [row.endswith(standard.bands[star].en) for row, star in zip(rows, standard.bands, strict=True)] == [True] * len(rows)


def test_the_shares_of_the_leaves_make_the_whole(standard):
    shares = effective_shares(standard)
    assert sum(shares[indicator.code] for indicator in standard.scheme.indicators) == pytest.approx(1)


def test_questions_come_with_their_answers_only_where_asked_for():
    name = next(name for name in names() if load(name).items)
    standard = load(name)
    item = next(item for item in standard.items.values() if item.answers)
    answer = item.answers[0].en.split()[:4]
    assert " ".join(answer) in " ".join(" ".join(card(standard, "en", questions=True)).split())
    assert item.ask.en not in " ".join(" ".join(card(standard, "en")).split())


def test_the_card_says_how_wide_the_interval_of_a_named_channel_may_be(small):
    scheme = replace(small.scheme, naming=replace(small.scheme.naming, widest=7.5))
    text = " ".join(" ".join(card(replace(small, scheme=scheme), "en")).split())
    assert "2 assessors, and an interval of at most 7.5 points" in text
