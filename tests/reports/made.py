"""A small standard and made-up evidence, enough to fill every part of a report."""

from __future__ import annotations

import numpy as np

from marsad.core.conditions import Attribute, Check, either
from marsad.core.evidence import Evidence
from marsad.core.normalise import Goalposts, Levels
from marsad.core.rating import Rating, Settings, rate
from marsad.core.scheme import Indicator, Naming, Node, Requirement, Scheme
from marsad.core.stars import Bands, Limiter
from marsad.standards import Item, Standard, Text

PILLARS = {
    "people": Text("الموارد البشرية", "People"),
    "services": Text("الخدمات", "Services"),
    "access": Text("سهولة الوصول", "Access"),
    "speed": Text("السرعة والإنجاز", "Speed"),
}
QUESTIONS = 3
RUN = {
    "version": "0.1.0",
    "standard": "small@1.0.0",
    "standard_sha256": "ab" * 32,
    "evidence_sha256": "cd" * 32,
    "seed": "0",
    "draws": "400",
}


def small_scheme() -> Scheme:
    """Four pillars of three questions each, bands from 2 to 7 stars, a cap of either sort, one requirement."""
    pillars = tuple(Node(code, "overall", weight=0.25) for code in PILLARS)
    levels = Levels((0.0, 33.0, 67.0, 100.0))
    questions = tuple(
        Indicator(f"{code}-{number}", code, scale=(1.0, 4.0), sd=0.8, normalise=levels if number > 1 else Goalposts(1.0, 4.0))
        for code in PILLARS
        for number in range(1, QUESTIONS + 1)
    )
    weak = either(*(Check("score", code, "below", 50.0) for code in PILLARS))
    return Scheme(
        indicators=questions,
        nodes=(Node("overall", missing="not-rated"), *pillars),
        stars=Bands((50.0, 60.0, 70.0, 80.0, 90.0), (2.0, 3.0, 4.0, 5.0, 6.0, 7.0)),
        kinds=("centre", "app"),
        requirements=(Requirement("people-known", Check("present", "people", "at_least", 1.0)),),
        limiters=(Limiter("weak-pillar", weak, cap=4.0), Limiter("breach", Attribute("breach", ("yes",)), cap=3.0)),
        naming=Naming(k=5, probability=0.9, minimum_channels=20),
    )


def small_standard() -> Standard:
    """Return the small scheme with its words."""
    scheme = small_scheme()
    asked = {indicator.code: Text("سؤال عن الخدمة", "A question about the service") for indicator in scheme.indicators}
    levels = (Text("أساسي", "Basic"), Text("نامٍ", "Developing"), Text("ناضج", "Maturing"), Text("رائد", "Leading"))
    return Standard(
        name="small",
        version="1.0.0",
        title=Text("معيار صغير للتجربة", "A small standard for trying"),
        summary=Text("أربع ركائز ونجوم من 2 إلى 7.", "Four pillars and stars from 2 to 7."),
        sources=("Made for these tests",),
        scheme=scheme,
        labels={"overall": Text("النتيجة الكلية", "Overall"), **PILLARS, **asked},
        rules={
            "people-known": Text("لا تقييم للموارد البشرية", "people were not assessed"),
            "weak-pillar": Text("لا خمس نجوم مع ركيزة دون 50", "No five stars with a pillar under 50"),
            "breach": Text("ثلاث نجوم على الأكثر بعد انتهاك", "At most three stars after a breach"),
        },
        bands={},
        kinds={"centre": Text("مراكز الخدمة", "Service centres"), "app": Text("التطبيقات", "Apps")},
        items={code: Item(code, "assessment", words, Text("الوثائق", "Documents"), levels) for code, words in asked.items()},
        digest="ab" * 32,
    )


def made_evidence(
    scheme: Scheme, channels: int, *, seed: int = 0, drawn: bool = True, kinds: tuple[str, ...] = ("centre",), gap: int = 40
) -> Evidence:
    """Return evidence on the scales of a scheme's indicators, one channel in `gap` without its first branch."""
    generator = np.random.default_rng(seed)
    shape = (channels, len(scheme.indicators))
    low, high = (np.array([(one.scale or (0.0, 100.0))[end] for one in scheme.indicators]) for end in (0, 1))
    parents = np.unique([one.parent for one in scheme.indicators], return_inverse=True)[1]
    branches = generator.normal(0, 0.07, (channels, parents.max() + 1))[:, parents]
    share = 0.68 + generator.normal(0, 0.09, (channels, 1)) + branches + generator.normal(0, 0.03, shape)
    values = low + np.clip(share, 0.02, 0.99) * (high - low)
    n = np.broadcast_to(np.ceil(160 * generator.lognormal(0, 0.7, (channels, 1))), shape).copy()
    first = [place for place, one in enumerate(scheme.indicators) if one.parent == scheme.indicators[0].parent]
    values[np.ix_(np.arange(gap - 1, channels, gap), first)] = np.nan
    # The errors of many indicators average out; these leave two points or so on the composite, as a survey of 160 does.
    se = 0.02 * (high - low) * np.sqrt(shape[1] * 160 / n) if drawn else np.full(shape, np.nan)
    return Evidence(
        channels=np.array([f"ch-{place + 1:04d}" for place in range(channels)]),
        values=values,
        se=np.where(np.isnan(values), np.nan, se),
        n=n if drawn else np.full(shape, np.nan),
        raters=np.full(shape, 2.0),
        attributes={
            "kind": np.array([kinds[place % len(kinds)] for place in range(channels)]),
            "breach": np.where(np.arange(channels) % 29 == 3, "yes", "no"),
            "privacy_breach": np.where(np.arange(channels) % 97 == 3, "yes", "no"),
            "access_breach": np.full(channels, "no"),
        },
    )


def made_rating(
    channels: int, *, drawn: bool = True, kinds: tuple[str, ...] = ("centre",), draws: int = 400, gap: int = 40
) -> Rating:
    """Return a rating of made-up channels by the small scheme."""
    scheme = small_scheme()
    return rate(scheme, made_evidence(scheme, channels, drawn=drawn, kinds=kinds, gap=gap), Settings(draws=draws))


def made_names(rating: Rating) -> dict[str, dict[str, str]]:
    """Return an Arabic and an English name and an entity for every channel."""
    return {
        str(channel): {
            "name_ar": f"مركز خدمة المتعاملين {place}",
            "name_en": f"Customer Service Centre {place}",
            "entity": "هيئة الموانئ",
        }
        for place, channel in enumerate(rating.evidence.channels, 1)
    }
