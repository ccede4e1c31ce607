"""Invented channels, and every picture drawn from them: what the tests check and the gallery shows."""

from collections.abc import Callable
from math import nan

import numpy as np

from marsad.web.charts import Band, Channel, Interval, Picture
from marsad.web.charts.calibration import NATIONS, Covered, Kept, covered, stars
from marsad.web.charts.change import Moved, change
from marsad.web.charts.choices import Choice, choices
from marsad.web.charts.cycle import Move, Source, coverage, movers
from marsad.web.charts.distribution import Member, multiples, stars_by_kind
from marsad.web.charts.entities import Standing, entities
from marsad.web.charts.funnel import Limit, funnel
from marsad.web.charts.history import Cycle, Day, history, progress
from marsad.web.charts.league import intervals, named
from marsad.web.charts.places import Place, places
from marsad.web.charts.profile import Part, compare, profile
from marsad.web.charts.ready import Places, ready
from marsad.web.charts.scatter import Spot, scatter
from marsad.web.charts.seals import Seal, State, chain
from marsad.web.charts.sky import sky
from marsad.web.charts.tree import Node, tree

CASES = ("usual", "empty", "one", "long", "ties", "unknown")
STARS = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0)
EDGES = (-np.inf, 60.0, 70.0, 80.0, 87.0, 93.0)
STAR_NAMES = {
    "ar": ("نجمتان", "ثلاث نجوم", "أربع نجوم", "خمس نجوم", "ست نجوم", "سبع نجوم"),
    "en": ("Two stars", "Three stars", "Four stars", "Five stars", "Six stars", "Seven stars"),
}
KINDS = {
    "centre": {"ar": "مراكز تقديم الخدمة", "en": "Service centres"},
    "phone": {"ar": "مراكز الاتصال", "en": "Call centres"},
    "site": {"ar": "المواقع الإلكترونية", "en": "Websites"},
    "app": {"ar": "التطبيقات الذكية", "en": "Mobile applications"},
}
PLACES = {
    "ar": ("الميناء", "الواحة", "النخيل", "السوق القديم", "الكورنيش"),
    "en": ("the Port", "the Oasis", "Al Nakheel", "the Old Market", "the Corniche"),
}
LONG = {
    "ar": "مركز إسعاد المتعاملين الرئيس لخدمات تصاريح الإقامة وشؤون الهوية والجنسية في الفرع الشمالي الشرقي من المدينة",
    "en": "Main Customer Happiness Centre for Residence Permits, Identity, Citizenship & Ports Affairs <North-East Branch>",
}
PARTS = {
    "ar": (
        "سهولة الوصول",
        "كفاءة الموظفين",
        "وقت الانتظار",
        "وضوح المعلومات",
        "بيئة المركز",
        "التحول الرقمي",
        "صوت المتعامل",
        "الحوكمة",
    ),
    "en": (
        "Ease of access",
        "Competence of staff",
        "Waiting time",
        "Clarity of information",
        "The premises",
        "Digital services",
        "Customer's voice",
        "Governance",
    ),
}


def bands(language: str) -> tuple[Band, ...]:
    """Return the bands of six stars."""
    return tuple(Band(*band) for band in zip(STARS, EDGES, STAR_NAMES[language], strict=True))


def channels(language: str, case: str = "usual", count: int = 24) -> list[Channel]:
    """Return channels best first, in one of the cases."""
    count = {"empty": 0, "one": 1}.get(case, count)
    rng = np.random.default_rng(7)
    scores = np.sort(np.clip(rng.normal(80, 8, count), 45, 99))[::-1]
    width = rng.gamma(3, 1.2, count)
    found = []
    for at in range(count):
        score = float(scores[at])
        star = max(star for star, edge in zip(STARS, EDGES, strict=True) if score >= edge)
        given = Interval(score, score - width[at], min(score + width[at], 100.0))
        if case == "unknown" and at % 3 == 0:
            given, star = Interval(), nan
        elif case == "unknown":
            given = Interval(score)
        kind = tuple(KINDS)[at % 4]
        place = PLACES[language][at % 5]
        name = LONG[language] if case == "long" else f"{KINDS[kind][language]} {at + 1} ({place})"
        found.append(
            Channel(
                code=f"c{at:04}",
                name=name,
                score=given,
                kind=kind,
                star=star,
                voices=int(rng.lognormal(5, 1)),
                rank=(max(1, at - 1), at + 2),
                top=float(np.exp(-at / 4)),
                bottom=float(np.exp((at - count) / 3)),
                tie=f"t{at // 4}" if case == "ties" or at in (2, 3, 4) else "",
                href=f"/{language}/channels/c{at:04}/",
            )
        )
    return found


def parts(language: str, case: str) -> list[Part]:
    """Return the parts of a channel's score."""
    rng = np.random.default_rng(3)
    found = []
    for at, name in enumerate(PARTS[language][: {"empty": 0, "one": 1}.get(case, 8)]):
        value, reach, middle = rng.normal(80, 8), rng.gamma(3, 1), rng.normal(78, 4)
        score = Interval() if case == "unknown" and at % 2 else Interval(value, value - reach, value + reach)
        quartiles = (nan, nan, nan) if case == "unknown" and at == 0 else (middle - 5, middle, middle + 4)
        found.append(Part(LONG[language] if case == "long" else name, score, quartiles, int(rng.integers(30, 400))))
    return found


def cycles(language: str, case: str) -> list[Cycle]:
    """Return the history of a channel."""
    rng = np.random.default_rng(11)
    count = {"empty": 0, "one": 1}.get(case, 6)
    found = []
    for at in range(count):
        value, reach = 68 + 4 * at + rng.normal(0, 2), rng.gamma(4, 0.8)
        score = Interval() if case == "unknown" and at == 2 else Interval(value, value - reach, value + reach)
        name = f"دورة {2021 + at}" if language == "ar" else f"Cycle {2021 + at}"
        found.append(Cycle(f"{name} {LONG[language]}" if case == "long" else name, score, 4.0 if score.known else nan))
    return found


def members(language: str, case: str) -> list[Member]:
    """Return the channels of an entity with their histories."""
    return [
        Member(channel, [*cycles(language, case)[:-1], Cycle("2026", channel.score, channel.star)])
        for channel in channels(language, case, 7)
    ]


def nodes(language: str, case: str) -> list[Node]:
    """Return the tree of a standard: eight parts and some fifty indicators."""
    rng = np.random.default_rng(5)
    names = PARTS[language][: {"empty": 0, "one": 1}.get(case, 8)]
    weights = np.array([0.24, 0.18, 0.15, 0.13, 0.1, 0.08, 0.07, 0.05])[: len(names)]
    found = []
    for name, weight in zip(names, weights / (weights.sum() or 1), strict=True):
        shares = rng.dirichlet(np.full(int(rng.integers(4, 9)), 4.0))
        word = "مؤشر" if language == "ar" else "Indicator of"
        leaves = tuple(
            Node(LONG[language] if case == "long" else f"{word} {name} {at + 1}", float(weight * share))
            for at, share in enumerate(shares)
        )
        found.append(Node(name, float(weight), leaves))
    return found


def seals(language: str, case: str) -> list[Seal]:
    """Return a chain of four publications, broken at the third in the case of ties."""
    count = {"empty": 0, "one": 1}.get(case, 4)
    broken = (State.KEPT, State.KEPT, State.BROKEN, State.OPEN) if case == "ties" else (State.KEPT,) * 4
    word = {"ar": "نتائج دورة", "en": "Results of cycle"}[language]
    why = {"ar": "تغيرت نتيجة القناة c0007", "en": "the score of channel c0007 was changed"}[language]
    return [
        Seal(
            LONG[language] if case == "long" else f"{word} {2023 + at}",
            f"{2023 + at}-11-21",
            "9f3ac01b77d2e5a4" * 4,
            state,
            why if state is State.BROKEN else "",
        )
        for at, state in enumerate(broken[:count])
    ]


def standings(language: str, case: str) -> list[Standing]:
    """Return where entities stand; the first is named."""
    verdict = {"ar": "معلنة ضمن الأفضل", "en": "Named among the best"}[language]
    rows = sorted(channels(language, case, 12), key=lambda channel: -np.nan_to_num(channel.score.value))
    return [Standing(c.name, at + 1, c.score, 3 + at, "" if at else verdict, not at, c.href) for at, c in enumerate(rows)]


def moves(language: str, case: str) -> list[Move]:
    """Return moves between two runs."""
    rng = np.random.default_rng(2)
    return [
        Move(c.name, c.score.value, c.score.value + float(rng.normal(0, 3)), c.star, c.star + (at % 4 == 0), c.href)
        for at, c in enumerate(channels(language, case, 12))
    ]


def sources(language: str, case: str) -> list[Source]:
    """Return the sources of evidence."""
    names = {
        "ar": ("استبيان المتعاملين", "المتسوق السري", "تقييم المنصات الرقمية", "بيانات الأداء"),
        "en": ("Customer survey", "Mystery shopper", "Digital assessment", "Operational data"),
    }[language]
    count = {"empty": 0, "one": 1}.get(case, 4)
    held = ((560, 600, 600), (380, 450, 600), (214, 240, 240), (0, 0, 0 if case == "unknown" else 600))
    return [
        Source(LONG[language] if case == "long" else name, *numbers) for name, numbers in zip(names[:count], held, strict=False)
    ]


def days(case: str) -> list[Day]:
    """Return a field period of forty days."""
    rng = np.random.default_rng(1)
    came = np.cumsum(rng.poisson(260, {"empty": 0, "one": 1}.get(case, 40)))
    plan = nan if case == "unknown" else 300.0
    return [Day(f"2026-{9 + at // 30:02}-{at % 30 + 1:02}", int(n), plan * (at + 1)) for at, n in enumerate(came)]


def spots(language: str, case: str) -> list[Spot]:
    """Return a share and a score of some channels."""
    rng = np.random.default_rng(9)
    return [
        Spot(c.name, 100 * rng.beta(3, 2), c.score.value, marked=at in (3, 11))
        for at, c in enumerate(channels(language, case, 60))
    ]


def field(language: str, case: str) -> list[Place]:
    """Return where some channels lie and how many visits they get."""
    rng = np.random.default_rng(10)
    return [
        Place(c.name, *((nan, nan) if case == "unknown" and at % 2 else rng.uniform((24.1, 54.3), (25.9, 56.2))), max(0, 9 - at))
        for at, c in enumerate(channels(language, case, 60))
    ]


def counts(language: str, case: str) -> dict[str, dict[float, int]]:
    """Return how many channels of every kind have each star."""
    rng = np.random.default_rng(4)
    kinds = list(KINDS.values())[: {"empty": 0, "one": 1}.get(case, 4)]
    return {
        LONG[language] + str(at) if case == "long" else kind[language]: dict(
            zip(STARS, map(int, rng.poisson(14, 6)), strict=True)
        )
        for at, kind in enumerate(kinds)
    }


def dots(language: str, case: str) -> list[Spot]:
    """Return channels by answers and score, the last of them far off."""
    rng = np.random.default_rng(9)
    chosen = channels(language, case, 40)
    known = [Spot(one.name, float(rng.integers(30, 900)), float(rng.normal(60, 4))) for one in chosen]
    return [*known[:-1], *(Spot(one.name, one.across, 81.5, marked=True) for one in known[-1:])]


def limits(case: str) -> list[Limit]:
    """Return the limits of a funnel."""
    return [] if case == "empty" else [Limit(n, 60 - 130 / n**0.5, 60 + 130 / n**0.5) for n in (30.0, 100.0, 300.0, 900.0)]


def choices_of(language: str, case: str) -> list[Choice]:
    """Return choices that matter more or less."""
    names = list(PARTS[language])[: {"empty": 0, "one": 1}.get(case, 5)]
    long = LONG[language] if case == "long" else ""
    return [Choice(long + name, nan if case == "unknown" else 0.4 - at / 10, 0.6 - at / 10) for at, name in enumerate(names)]


def places_of(language: str, case: str) -> list[Places]:
    """Return the lists of some kinds, sure or not."""
    names = [kind[language] for kind in KINDS.values()][: {"empty": 0, "one": 1}.get(case, 4)]
    long = LONG[language] if case == "long" else ""
    return [Places(long + name, 5, at, at + 1.3) for at, name in enumerate(names)]


def changes(language: str, case: str) -> list[Moved]:
    """Return changes since a channel was named."""
    found = [Moved(c.name, Interval(2.0 - at, 0.5 - 2 * at, 4.0)) for at, c in enumerate(channels(language, case, 3))]
    return [Moved(one.name, Interval(nan, nan, nan)) if case == "unknown" and at == 1 else one for at, one in enumerate(found)]


def side_by_side(language: str, case: str, width: float) -> Picture:
    """Return the profiles of five channels."""
    chosen = channels(language, case, 5)
    rng = np.random.default_rng(6)
    rows = []
    for name in PARTS[language]:
        middles = rng.normal(80, 7, len(chosen))
        rows.append((name, [Interval(nan if case == "unknown" and at == 1 else m, m - 3, m + 3) for at, m in enumerate(middles)]))
    return compare(chosen, rows if chosen else [], language=language, width=width)


def promised(case: str) -> list[Covered]:
    """Return how often intervals held in several nations, with and without the joint model."""
    found = []
    for at, nation in enumerate(list(NATIONS)[: {"empty": 0, "one": 1}.get(case, len(NATIONS))]):
        for model in ("plain", "joint"):
            value = 86.0 + at if model == "plain" else 90.0 + at / 4
            held = Interval() if case == "unknown" and at % 2 else Interval(value, value - 1.5, value + 1.5)
            found.append(Covered(nation, model, held, nan if case == "unknown" and at == 1 else 0.25 + at / 50))
    return found


def kept(case: str) -> list[Kept]:
    """Return stars by the chance they were published with."""
    count = {"empty": 0, "one": 1}.get(case, 6)
    return [
        Kept(0.45 + at / 10, min(0.4 + at / 9, 1.0), 2 if case == "unknown" and at == 0 else 20 * (at + 1)) for at in range(count)
    ]


Draw = Callable[[str, str, float], Picture]
PICTURES: dict[str, Draw] = {
    "sky": lambda lang, case, w: sky(
        channels(lang, case, 600), {k: v[lang] for k, v in KINDS.items()}, bands(lang), language=lang, width=w
    ),
    "intervals": lambda lang, case, w: intervals(channels(lang, case), bands(lang), language=lang, width=w),
    "named": lambda lang, case, w: named(channels(lang, case), language=lang, k=5, threshold=0.5, width=w),
    "entities": lambda lang, case, w: entities(standings(lang, case), bands(lang), language=lang, width=w),
    "profile": lambda lang, case, w: profile(parts(lang, case), language=lang, width=w),
    "history": lambda lang, case, w: history(cycles(lang, case), bands(lang), language=lang, width=w),
    "stars-by-kind": lambda lang, case, w: stars_by_kind(counts(lang, case), STARS, language=lang, width=w),
    "multiples": lambda lang, case, w: multiples(members(lang, case), bands(lang), language=lang, width=w),
    "compare": side_by_side,
    "tree": lambda lang, case, w: tree(nodes(lang, case), language=lang, width=w),
    "coverage": lambda lang, case, w: coverage(sources(lang, case), language=lang, width=w),
    "funnel": lambda lang, case, w: funnel(dots(lang, case), limits(case), 60.0, language=lang, width=w),
    "choices": lambda lang, case, w: choices(choices_of(lang, case), language=lang, width=w),
    "ready": lambda lang, case, w: ready(places_of(lang, case), visits=180, language=lang, width=w),
    "movers": lambda lang, case, w: movers(moves(lang, case), language=lang, width=w),
    "change": lambda lang, case, w: change(changes(lang, case), "not-separable", language=lang, width=w),
    "seals": lambda lang, case, w: chain(seals(lang, case), language=lang, width=w),
    "progress": lambda lang, case, w: progress(days(case), language=lang, width=w),
    "scatter": lambda lang, case, w: scatter(
        spots(lang, case),
        across={"ar": "حصة المعاملات الرقمية", "en": "digital share"}[lang],
        up={"ar": "النتيجة", "en": "score"}[lang],
        language=lang,
        width=w,
    ),
    "covered": lambda lang, case, w: covered(promised(case), language=lang, width=w),
    "promised-stars": lambda lang, case, w: stars(kept(case), language=lang, width=w),
    "places": lambda lang, case, w: places(field(lang, case), language=lang, width=w),
}
"""Every picture of the room, by its name: drawn in a language, for a case, at a width."""
