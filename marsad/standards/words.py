"""A standard's rules in words, Arabic and English: what a reader who writes no TOML needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.core.clusters import Ward
from marsad.core.conditions import Attribute, Check, Condition, Count
from marsad.core.normalise import AsIs, Goalposts, Levels, MinMax, Normaliser, PercentRank, Stars, ZScore
from marsad.core.scheme import Indicator, StarRules
from marsad.core.stars import Bands, FirstMatch, KMeans, Limiter, Quantiles, RoundTo
from marsad.standards.standard import Text

Labels = Mapping[str, Text]


@dataclass(frozen=True)
class Noun:
    """A noun as numbers ask for it: Arabic for one, two, 3 to 10 and all others; English for one and all others."""

    one: str
    two: str
    few: str
    many: str
    en_one: str
    en_many: str

    def counted(self, number: float) -> Text:
        """Return so many of it, halves included."""
        whole, half = divmod(number, 1)
        english = f"{figure(number)} {self.en_one if number == 1 else self.en_many}"
        if half not in (0, 0.5):
            return Text(f"{figure(number)} {self.many}", english)
        if half and not whole:
            return Text(f"نصف {self.many}", english)
        return Text(self.arabic(whole) + (" ونصف" if half else ""), english)

    def arabic(self, whole: float) -> str:
        """Return a whole number of it in Arabic."""
        if whole in (1, 2):
            return self.one if whole == 1 else self.two
        return f"{figure(whole)} {self.few if 3 <= whole % 100 <= 10 else self.many}"


STAR = Noun("نجمة واحدة", "نجمتان", "نجوم", "نجمة", "star", "stars")
POINT = Noun("نقطة واحدة", "نقطتان", "نقاط", "نقطة", "point", "points")
QUESTION = Noun("سؤال واحد", "سؤالان", "أسئلة", "سؤالا", "question", "questions")
GROUP = Noun("مجموعة واحدة", "مجموعتان", "مجموعات", "مجموعة", "cluster", "clusters")

COMPARED = {
    "below": Text("أقل من {}", "below {}"),
    "at_most": Text("{} فأقل", "at most {}"),
    "above": Text("أكثر من {}", "above {}"),
    "at_least": Text("{} فأكثر", "at least {}"),
    "equals": Text("{} تماما", "exactly {}"),
}
COUNTED = COMPARED | {"below": Text("أقل من {}", "fewer than {}"), "above": Text("أكثر من {}", "more than {}")}
ASKED = {
    "score": Text("نتيجة {}", "the score of {}"),
    "value": Text("قيمة {}", "the value of {}"),
    "n": Text("عدد الإجابات في {}", "the number of answers to {}"),
    "raters": Text("عدد المقيّمين في {}", "the number of assessors of {}"),
    "answers": Text("عدد المؤشرات المتوافرة في {}", "the number of indicators known in {}"),
    "coverage": Text("نسبة المؤشرات المتوافرة في {}", "the share of indicators known in {}"),
    "variance": Text("تباين درجات {}", "the variance of the scores in {}"),
}
HAVING = {
    "score": Text("نتيجته", "a score"),
    "value": Text("قيمته", "a value"),
    "n": Text("عدد إجاباته", "a number of answers"),
    "raters": Text("عدد مقيّميه", "a number of assessors"),
    "answers": Text("عدد مؤشراته المتوافرة", "a number of known indicators"),
    "coverage": Text("نسبة مؤشراته المتوافرة", "a share of known indicators"),
    "variance": Text("تباين درجاته", "a variance of scores"),
}
AGGREGATE_WORDS = {
    "arithmetic": Text("متوسط مرجح", "weighted mean"),
    "geometric": Text("متوسط هندسي", "geometric mean"),
    "harmonic": Text("متوسط توافقي", "harmonic mean"),
    "minimum": Text("أدنى الأجزاء", "the lowest part"),
}


def figure(number: float) -> str:
    """Return a number as it was written, without a tail of binary digits."""
    return f"{number:.10g}"


def percent(share: float) -> str:
    """Return a share of 1 in per cent."""
    return f"{figure(round(100 * share, 8))} %"


def joined(parts: Sequence[Text], ar: str, en: str, *, last: str | None = None) -> Text:
    """Return texts joined by a word of each language; `last` is the English word before the last one."""
    english = en.join(part.en for part in parts)
    if last is not None and len(parts) > 1:
        english = en.join(part.en for part in parts[:-1]) + last + parts[-1].en
    return Text(ar.join(part.ar for part in parts), english)


def quoted(text: Text) -> Text:
    """Return a label in the quotation marks of each language."""
    return Text(f"«{text.ar}»", f"“{text.en}”")


# ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def condition_words(condition: Condition, labels: Labels) -> Text:
    """Return a condition as one sentence, groups inside groups in parentheses."""
    if isinstance(condition, Check):
        label = quoted(labels[condition.of])
        return known_words(condition, label) if condition.quantity == "present" else compared_words(condition, label)
    if isinstance(condition, Attribute):
        return attribute_words(condition)
    return count_words(condition, labels)


def known_words(check: Check, label: Text) -> Text:
    """Return whether something is known."""
    if is_missing(check):
        return Text(f"لا تتوافر نتيجة {label.ar}", f"{label.en} is not known")
    return Text(f"تتوافر نتيجة {label.ar}", f"{label.en} is known")


def is_missing(check: Check) -> bool:
    """Whether a check of presence asks for absence."""
    return (check.comparison, check.number) in {("below", 1.0), ("at_most", 0.0), ("equals", 0.0)}


def compared_words(check: Check, label: Text) -> Text:
    """Return the comparison of a check in words, of whatever the label says."""
    asked, compared = ASKED[check.quantity], number_words(check)
    return Text(f"{asked.ar.format(label.ar)} {compared.ar}", f"{asked.en.format(label.en)} is {compared.en}")


def number_words(check: Check) -> Text:
    """Return what the number of a check is compared with."""
    number = percent(check.number) if check.quantity == "coverage" else figure(check.number)
    compared = COMPARED[check.comparison]
    return Text(compared.ar.format(number), compared.en.format(number))


def attribute_words(attribute: Attribute, *, negated: bool = False) -> Text:
    """Return a condition on a text, or its opposite."""
    values = [Text(value or "بلا قيمة", value or "blank") for value in attribute.one_of]
    if negated:
        said = joined(values, " ولا ", " nor ")
        neither = "neither" if len(values) > 1 else "not"
        return Text(
            f"الخاصية «{attribute.name}» قيمتها ليست {said.ar}", f"the attribute “{attribute.name}” is {neither} {said.en}"
        )
    said = joined(values, " أو ", ", ", last=" or ")
    return Text(f"الخاصية «{attribute.name}» قيمتها {said.ar}", f"the attribute “{attribute.name}” is {said.en}")


def count_words(count: Count, labels: Labels) -> Text:
    """Return a group of conditions in words."""
    together = alike_words(count, labels)
    if together is not None:
        return together
    if len(count.of) == 1 and sort_of(count) in ("all", "none"):
        return condition_words(count.of[0], labels) if sort_of(count) == "all" else opposite_words(count.of[0], labels)
    parts = [in_group(part, labels) for part in count.of]
    if sort_of(count) in ("all", "any"):
        return joined(parts, " و", " and ") if sort_of(count) == "all" else joined(parts, " أو ", " or ")
    head, listed = heading(count), joined(parts, "؛ ", "; ")
    return Text(f"{head.ar}: {listed.ar}", f"{head.en}: {listed.en}")


def sort_of(count: Count) -> str:
    """Return which of `all`, `any` and `none` a group is, or `count`."""
    if count.comparison == "at_least" and count.number in (1, len(count.of)):
        return "all" if count.number == len(count.of) else "any"
    return "none" if count.comparison == "at_most" and count.number == 0 else "count"


def opposite_words(part: Condition, labels: Labels) -> Text:
    """Return that one condition does not hold."""
    if isinstance(part, Attribute):
        return attribute_words(part, negated=True)
    if isinstance(part, Check) and part.quantity == "present":
        return known_words(
            Check("present", part.of, *(("at_least", 1.0) if is_missing(part) else ("below", 1.0))), quoted(labels[part.of])
        )
    words = condition_words(part, labels)
    return Text(f"لا يصح أن {words.ar}", f"it is not so that {words.en}")


def in_group(part: Condition, labels: Labels) -> Text:
    """Return a condition inside a group, in parentheses where it is a group itself."""
    words = condition_words(part, labels)
    return Text(f"({words.ar})", f"({words.en})") if is_group(part) or is_listing(part) else words


def is_group(part: Condition) -> bool:
    """Whether a condition is several that are not told in one."""
    return isinstance(part, Count) and len(part.of) > 1 and not are_alike(part)


def is_listing(part: Condition) -> bool:
    """Whether a condition ends in a list of the codes it counts."""
    return isinstance(part, Count) and are_alike(part) and sort_of(part) in ("count", "none")


def heading(count: Count) -> Text:
    """Return how many of what is listed must hold."""
    compared = COUNTED[count.comparison]
    number = figure(count.number)
    return {
        "all": Text("يتحقق كل ما يلي", "all of these hold"),
        "any": Text("يتحقق واحد أو أكثر مما يلي", "one or more of these hold"),
        "none": Text("لا يتحقق أي مما يلي", "none of these holds"),
        "count": Text(f"يتحقق مما يلي {compared.ar.format(number)}", f"{compared.en.format(number)} of these hold"),
    }[sort_of(count)]


def are_alike(count: Count) -> bool:
    """Whether a group asks the same of several codes."""
    checks = [part for part in count.of if isinstance(part, Check)]
    return len(checks) == len(count.of) > 1 and len({(check.quantity, check.comparison, check.number) for check in checks}) == 1


def alike_words(count: Count, labels: Labels) -> Text | None:
    """Return one comparison over several codes in words, where a group is just that."""
    checks = [part for part in count.of if isinstance(part, Check)]
    if not are_alike(count):
        return None
    check, names = checks[0], [quoted(labels[check.of]) for check in checks]
    if sort_of(count) in ("all", "any"):
        each = joined(names, " و", ", ", last=" and ") if sort_of(count) == "all" else joined(names, " أو ", ", ", last=" or ")
        several = (
            Text(f"كل من {each.ar}", f"each of {each.en}")
            if sort_of(count) == "all"
            else Text(f"أي من {each.ar}", f"any of {each.en}")
        )
        return known_words(check, several) if check.quantity == "present" else compared_words(check, several)
    listed, number = joined(names, "، ", ", "), figure(count.number)
    head = Text("لا شيء", "none") if sort_of(count) == "none" else COUNTED[count.comparison]
    plural = sort_of(count) != "none" and count.number != 1
    if check.quantity == "present":
        what = Text("غير متوافر", "not known") if is_missing(check) else Text("متوافر", "known")
        said = Text(f"مما يلي {what.ar}", f"of these {'are' if plural else 'is'} {what.en}")
    else:
        having, compared = HAVING[check.quantity], number_words(check)
        said = Text(f"مما يلي {having.ar} {compared.ar}", f"of these {'have' if plural else 'has'} {having.en} {compared.en}")
    return Text(f"{head.ar.format(number)} {said.ar}: {listed.ar}", f"{head.en.format(number)} {said.en}: {listed.en}")


def condition_outline(condition: Condition, labels: Labels, depth: int = 0) -> Iterator[tuple[int, Text]]:
    """Yield a condition as lines with their depth: one sentence where that reads well, else a heading and its parts."""
    parts = condition.of if isinstance(condition, Count) and is_group(condition) else ()
    if isinstance(condition, Count) and (len(parts) > 4 or any(is_group(part) or is_listing(part) for part in parts)):
        head = heading(condition)
        yield depth, Text(f"{head.ar}:", f"{head.en}:")
        for part in parts:
            yield from condition_outline(part, labels, depth + 1)
        return
    yield depth, condition_words(condition, labels)


def limit_words(limiter: Limiter) -> Text:
    """Return what a limiter does, for its condition to follow."""
    stars = STAR.counted(limiter.cap if limiter.cap is not None else limiter.floor or 0.0)
    end = Text("الحد الأعلى", "at most") if limiter.cap is not None else Text("الحد الأدنى", "at least")
    return Text(f"{end.ar} {stars.ar} عند تحقق الشرط: ", f"{end.en} {stars.en} where ")


def limiter_words(limiter: Limiter, labels: Labels) -> Text:
    """Return what a limiter does and when."""
    limit, when = limit_words(limiter), condition_words(limiter.when, labels)
    return Text(limit.ar + when.ar, limit.en + when.en)


# ── Scales and stars ─────────────────────────────────────────────────────────────────────────────────────────────────────


def ends_words(low: float, high: float, worst: Text, best: Text) -> Text:
    """Return the ends of a scale and the points they are worth."""
    least, most = POINT.counted(low), POINT.counted(high)
    return Text(f"من {worst.ar} ({least.ar}) إلى {best.ar} ({most.ar})", f"from {worst.en} ({least.en}) to {best.en} ({most.en})")


def plain(number: float) -> Text:
    """Return a number as a text of both languages."""
    return Text(figure(number), figure(number))


def levels_words(how: Levels) -> Text:
    """Return what every maturity level is worth."""
    points, count = joined([plain(point) for point in how.points], "، ", ", "), len(how.points)
    return Text(
        f"مستويات النضوج من 1 إلى {count}، ونقاطها: {points.ar}", f"maturity levels 1 to {count}, worth {points.en} points"
    )


NORMALISER_WORDS: Mapping[type, Callable[[Any], Text]] = {
    AsIs: lambda how: Text("القيمة كما هي", "the value as it is"),
    ZScore: lambda how: Text("عدد الانحرافات المعيارية عن متوسط القنوات", "standard deviations from the channels' mean"),
    MinMax: lambda how: ends_words(how.low, how.high, Text("أسوأ قناة", "the worst channel"), Text("أفضل قناة", "the best")),
    Goalposts: lambda how: ends_words(how.low, how.high, plain(how.worst), plain(how.best)),
    Levels: levels_words,
    PercentRank: lambda how: Text("النسبة المئوية للقنوات التي تتفوق عليها", "the percentage of channels it beats"),
    Stars: lambda how: star_rule_words(how.rule, {}),
}


def normaliser_words(how: Normaliser) -> Text:
    """Return how a value becomes a score."""
    return NORMALISER_WORDS[type(how)](how)


MEDIAN = Text(
    "وسيط المدد، وتُعدّ الحالة غير المنتهية أطول مما مضى منها", "median of times, cases still running counted as longer than so far"
)


def indicator_words(indicator: Indicator) -> Text:
    """Return how an indicator is scored, its direction included."""
    how = normaliser_words(indicator.normalise)
    if indicator.duration:
        how = Text(f"{how.ar}؛ {MEDIAN.ar}", f"{how.en}; {MEDIAN.en}")
    return Text(f"{how.ar}؛ الأقل أفضل", f"{how.en}; lower is better") if indicator.lower_is_better else how


def band_words(bands: Bands) -> list[Text]:
    """Return each band's range, the lowest star first: `below 50`, `50 to below 60`, `90 and above`."""
    strict = bands.strict or (False,) * len(bands.edges)
    starts = [None, *zip(bands.edges, strict, strict=True)]
    ends = [*zip(bands.edges, strict, strict=True), None]
    return [band_range(start, end) for start, end in zip(starts, ends, strict=True)]


def band_range(start: tuple[float, bool] | None, end: tuple[float, bool] | None) -> Text:
    """Return one band's range; an end is an edge and whether a score must exceed it."""
    if start is None and end is not None:
        last = figure(end[0])
        return Text(f"{last} فأقل", f"{last} and below") if end[1] else Text(f"أقل من {last}", f"below {last}")
    if start is None:
        return Text("كل النتائج", "every score")
    first, over = figure(start[0]), start[1]
    if end is None:
        return Text(f"أكثر من {first}", f"above {first}") if over else Text(f"{first} فأكثر", f"{first} and above")
    begin = Text(f"أكثر من {first}", f"above {first}") if over else Text(f"من {first}", first)
    last = figure(end[0])
    close = Text(f"حتى {last}", f"up to {last}") if end[1] else Text(f"إلى أقل من {last}", f"to below {last}")
    return Text(f"{begin.ar} {close.ar}", f"{begin.en} {close.en}")


def star_rule_words(rule: StarRules | Any, labels: Labels) -> Text:
    """Return how scores become stars."""
    match rule:
        case Bands():
            edges = joined([plain(edge) for edge in rule.edges], "، ", ", ")
            return Text(f"نجوم تفصل بينها حدود ثابتة: {edges.ar}", f"stars at fixed cut points: {edges.en}")
        case RoundTo():
            low, high, step = figure(rule.low), figure(rule.high), figure(rule.step)
            return Text(
                f"النتيجة مقربة إلى أقرب {step}، من {low} إلى {high}",
                f"the score rounded to the nearest {step}, from {low} to {high}",
            )
        case Quantiles():
            shares = joined([Text(percent(share), percent(share)) for share in rule.shares], "، ", ", ")
            return Text(
                f"بحسب الترتيب بين النظراء، من أعلى نجمة نزولا: {shares.ar}",
                f"by place among peers, from the best star down: {shares.en}",
            )
        case KMeans() | Ward():
            groups = GROUP.counted(len(rule.stars))
            way = Text("وارد", "Ward") if isinstance(rule, Ward) else Text("المتوسطات", "k-means")
            outliers = isinstance(rule, Ward)
            return Text(
                f"{groups.ar} من النتائج المتقاربة بطريقة {way.ar}" + ("، بعد استبعاد القيم المتطرفة" if outliers else ""),
                f"{groups.en} of close scores by {way.en}" + (", outliers left out" if outliers else ""),
            )
        case FirstMatch():
            cases = [(STAR.counted(star), condition_words(condition, labels)) for condition, star in rule.cases]
            told = [Text(f"{star.ar} إذا تحقق: {case.ar}", f"{star.en} where {case.en}") for star, case in cases]
            rest = STAR.counted(rule.otherwise)
            return joined([*told, Text(f"وإلا {rest.ar}", f"otherwise {rest.en}")], "؛ ", "; ")
    raise TypeError(f"no words for {type(rule).__name__}")
