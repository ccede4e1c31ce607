"""How a standard comes to its estimates, in words: which answers count, what is estimated together or alone, and how closely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from marsad.standards.standard import Standard, Text
from marsad.standards.words import figure, joined, percent


def labels(standard: Standard, codes: Iterable[str]) -> Text:
    """Return the names of parts of a standard, one after the other."""
    return joined([standard.labels[code] for code in codes], "، ", ", ")


def invited(standard: Standard) -> Iterator[Text]:
    """Yield that answers of whoever came by do not count, where that is so."""
    if standard.scheme.invited_only:
        yield Text(
            "إجابات من دُعي إلى الإجابة وحدها؛ أما ما يجيب به المارة على الأجهزة المفتوحة فلا يدخل في النتيجة",
            "those of people who were invited; what anybody says on an open kiosk is no part of the score",
        )


def together(standard: Standard) -> Iterator[Text]:
    """Yield what is estimated together, in which kinds, and by which attribute entities are told apart."""
    joint = standard.scheme.joint
    if joint is None:
        return
    least = joint.minimum_channels
    yield Text(
        f"تُقدَّر أجزاء الشجرة معاً في كل نوع لا تقل قنواته عن {least}",
        f"the parts of the tree are estimated together in every kind of {least} channels or more",
    )
    if joint.over:
        names = labels(standard, joint.over)
        yield Text(f"ما يُقدَّر: {names.ar}", f"what is estimated: {names.en}")
    yield Text(f"الجهة بحسب: {joint.entity}", f"the entity by: {joint.entity}")


def alone(standard: Standard) -> Iterator[Text]:
    """Yield which indicators are drawn towards the others of their kind, and why no two are that count for one channel."""
    if standard.scheme.estimates is None:
        return
    names = labels(standard, standard.scheme.estimates.one_at_a_time)
    yield Text(
        f"تُقرَّب نتيجة كل قناة في المؤشر من متوسط نوعها بقدر ضعف ما لديها من أدلة: {names.ar}",
        f"each channel is drawn towards the mean of its kind, as far as its own evidence is weak, in: {names.en}",
    )
    yield Text(
        "مؤشر واحد على الأكثر في كل نوع: لو قُرِّبت ثمانية مؤشرات مترابطة كل على حدة لما ضمّت فترات الثقة 90 % للنتيجة الكلية القيمة "
        "الحقيقية إلا في 65 % من القنوات",
        "at most one for a kind: were eight that go together each drawn by itself, 90 % intervals of the overall score would "
        "hold 65 % of the true ones",
    )


def raters(standard: Standard) -> Iterator[Text]:
    """Yield of which sources scores count without the severity of who gave them."""
    if standard.scheme.raters is None:
        return
    sources = ", ".join(f"`{source}`" for source in standard.scheme.raters.adjusted)
    yield Text(
        f"يُستبعد من درجات هذه المصادر أثر تشدد من أعطاها أو تساهله، وما لا يُعرف منه محسوب في هامش الخطأ: {sources}",
        f"how severe who gave a score is, is taken out of these; margins of error hold what is not known of it: {sources}",
    )


def floors(standard: Standard) -> Iterator[Text]:
    """Yield how wide the interval of a rated score may be."""
    asked = standard.scheme.floors
    if asked is None:
        return
    widest, tight, least = figure(asked.widest), figure(asked.tight), percent(asked.reliability)
    yield Text(f"لا يزيد اتساع فترة الثقة 90 % عن {widest} نقطة", f"its 90 % interval is at most {widest} points wide")
    yield Text(
        f"ولا عن {tight} إذا كان المعروف مما يميز القناة عن نوعها أقل من {least}",
        f"and at most {tight} where less than {least} of what sets a channel apart from its kind is known",
    )


ESTIMATION: Mapping[str, Callable[[Standard], Iterator[Text]]] = MappingProxyType(
    {"answers": invited, "joint": together, "estimates": alone, "raters": raters, "floors": floors}
)
"""What is said of each, in the order of a card; nothing where the standard says nothing."""
