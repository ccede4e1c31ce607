"""Every shipped standard loads and speaks both languages; the smaller ones do on tiny evidence what their rules say."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from marsad.core.rating import Rating, rate
from marsad.standards import Standard, Text, load, names
from tests.standards.hand_made import evidence_of

ARABIC = re.compile(r"[\u0620-\u064a]")
LETTER = re.compile(r"[^\W\d_]")
LESS_IS_BETTER = {"needless-documents", "portal-days", "portal-extensions", "grievances-repeated"}
KEY_QUESTIONS = ("safe", "effective", "caring", "responsive", "well-led")
AREAS = ("access", "service-quality", "environment", "customer-management", "procedures", "feedback")


def texts(standard: Standard) -> Iterator[tuple[str, Text]]:
    """Yield every text of a standard with the place it belongs to."""
    yield "title", standard.title
    yield "summary", standard.summary
    for place in ("labels", "rules", "bands", "kinds"):
        yield from ((f"{place}: {code}", text) for code, text in getattr(standard, place).items())
    for code, item in standard.items.items():
        yield f"ask: {code}", item.ask
        if item.look_for:
            yield f"look for: {code}", item.look_for
        yield from ((f"answer {number} to {code}", text) for number, text in enumerate(item.answers, 1))


def speaks_both(text: Text) -> bool:
    """Whether a text is Arabic in Arabic and not in English; only what has no letters at all (10, %) may be the same in both.

    Codes and proper names do stand inside Arabic sentences, but no text of a standard consists of nothing else.
    """
    if not LETTER.search(text.en):
        return text.ar == text.en or bool(ARABIC.search(text.ar))
    return bool(ARABIC.search(text.ar)) and not ARABIC.search(text.en)


@pytest.fixture(params=names())
def standard(request) -> Standard:
    return load(request.param)


def test_the_schemes_of_other_countries_are_shipped():
    others = {"us-hospital-stars-2021", "us-hospital-stars-2022", "korea-civil-service", "cqc-2022", "bahrain-taqyeem"}
    assert others <= set(names())


def test_a_standard_bears_the_name_of_its_file(request, standard):
    assert standard.name == request.node.callspec.params["standard"]


def test_every_text_of_a_standard_speaks_both_languages(standard):
    assert [place for place, text in texts(standard) if not speaks_both(text)] == []


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (Text(ar="السلامة", en="Safe"), True),
        (Text(ar="10", en="10"), True),
        (Text(ar="Safe", en="Safe"), False),
        (Text(ar="السلامة", en="السلامة"), False),
    ],
)
def test_a_text_left_in_one_language_is_found(text, good):
    assert speaks_both(text) is good


def test_arabic_texts_use_latin_digits(standard):
    assert [place for place, text in texts(standard) if re.search(r"[٠-٩۰-۹]", text.ar)] == []


def test_every_standard_says_where_it_comes_from(standard):
    assert standard.sources
    assert all(source.strip() for source in standard.sources)


def test_every_star_has_a_name_of_its_own(standard):
    assert set(standard.bands) == set(standard.scheme.stars.stars)
    for language in ("ar", "en"):
        assert len({name[language] for name in standard.bands.values()}) == len(standard.bands)


# ── Korea ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def korean_bodies(group: str, count: int, worst: float, best: float) -> list[dict]:
    """Bodies of one peer group, each better than the one before in everything."""
    scheme = load("korea-civil-service").scheme
    return [
        {"channel": f"{group} {place:02}", "peer_group": group}
        | {
            indicator.code: (-1 if indicator.code in LESS_IS_BETTER else 1) * (worst + (best - worst) * place / count)
            for indicator in scheme.indicators
        }
        for place in range(1, count + 1)
    ]


def test_korean_grades_are_shares_of_each_peer_group():
    scheme = load("korea-civil-service").scheme
    rating = rate(scheme, evidence_of(scheme, [*korean_bodies("provinces", 10, 0, 1), *korean_bodies("districts", 20, 0, 1)]))
    stars = {group: rating.star[rating.peers == group].tolist() for group in ("provinces", "districts")}
    assert Counter(stars["provinces"]) == {5: 1, 4: 2, 3: 4, 2: 2, 1: 1}
    assert Counter(stars["districts"]) == {5: 2, 4: 4, 3: 8, 2: 4, 1: 2}
    assert stars["provinces"] == sorted(stars["provinces"])
    assert stars["districts"] == sorted(stars["districts"])


def test_a_korean_body_is_measured_against_its_peers_alone():
    scheme = load("korea-civil-service").scheme
    weak = korean_bodies("districts", 20, 0, 1)
    alone = rate(scheme, evidence_of(scheme, weak))
    beside = rate(scheme, evidence_of(scheme, [*weak, *korean_bodies("provinces", 10, 50, 90)]))
    districts = beside.peers == "districts"
    np.testing.assert_array_equal(beside.star[districts], alone.star)
    np.testing.assert_array_equal(beside.score[districts], alone.score)


def test_a_korean_body_better_in_everything_scores_its_place_in_standard_deviations():
    scheme = load("korea-civil-service").scheme
    rating = rate(scheme, evidence_of(scheme, korean_bodies("provinces", 10, 0, 1)))
    places = np.arange(1, 11)
    np.testing.assert_allclose(rating.score, (places - 5.5) / places.std(ddof=1), rtol=0, atol=1e-9)


def test_korean_bodies_of_equal_score_share_the_better_grade():
    scheme = load("korea-civil-service").scheme
    bodies = korean_bodies("provinces", 10, 0, 1)
    bodies[8] = bodies[9] | {"channel": bodies[8]["channel"]}
    assert rate(scheme, evidence_of(scheme, bodies)).star.tolist() == [1, 2, 2, 3, 3, 3, 3, 4, 5, 5]


def test_a_korean_body_without_a_whole_field_has_no_grade():
    scheme = load("korea-civil-service").scheme
    bodies = korean_bodies("provinces", 10, 0, 1)
    for leaf in scheme.leaves["grievances"]:
        bodies[0][scheme.indicators[leaf].code] = ""
    rating = rate(scheme, evidence_of(scheme, bodies))
    assert rating.reason.tolist() == ["every-field"] + [""] * 9
    assert np.isnan(rating.star[0])
    assert np.isnan(rating.nodes["overall"].value[0])


def test_a_korean_body_without_a_peer_group_has_no_grade():
    scheme = load("korea-civil-service").scheme
    rating = rate(scheme, evidence_of(scheme, [*korean_bodies("provinces", 10, 0, 1), *korean_bodies("", 2, 0, 1)]))
    assert Counter(rating.reason.tolist()) == {"": 10, "peer-group-given": 2}


# ── Key questions ────────────────────────────────────────────────────────────────────────────────────────────────────────


def services(*ratings: str, breach: str = "no") -> Rating:
    """Rate services whose five key questions are given as five digits each, a blank for no rating."""
    scheme = load("cqc-2022").scheme
    rows = [
        {"channel": f"{place:04}", "breach": breach} | dict(zip(KEY_QUESTIONS, map(str.strip, digits), strict=True))
        for place, digits in enumerate(ratings)
    ]
    return rate(scheme, evidence_of(scheme, rows))


@pytest.mark.parametrize(
    ("digits", "star"),
    [
        ("44333", 4),
        ("33344", 4),
        ("44444", 4),
        ("43333", 3),
        ("33333", 3),
        ("33332", 3),
        ("44432", 3),
        ("44442", 3),
        ("33322", 2),
        ("44422", 2),
        ("22222", 2),
        ("33331", 2),
        ("44441", 2),
        ("22221", 2),
        ("33311", 1),
        ("44411", 1),
        ("22211", 1),
        ("11111", 1),
    ],
)
def test_key_questions_join_by_rule(digits, star):
    assert services(digits).star.tolist() == [star]


@pytest.mark.parametrize(
    ("digits", "star"), [("44444", 2), ("44333", 2), ("33333", 2), ("33322", 2), ("33331", 2), ("33311", 1), ("11111", 1)]
)
def test_a_breach_caps_at_requires_improvement_and_lifts_nothing(digits, star):
    assert services(digits, breach="yes").star.tolist() == [star]


def joined(ratings: tuple[int, ...]) -> int:
    """The principles once more, in the order of their publication."""
    outstanding, improve, inadequate = (ratings.count(rating) for rating in (4, 2, 1))
    if outstanding >= 2 and outstanding + ratings.count(3) == 5:
        return 4
    if inadequate == 0 and improve <= 1:
        return 3
    return 1 if inadequate >= 2 else 2


def test_all_combinations_of_key_questions_follow_the_principles():
    combinations = list(product((1, 2, 3, 4), repeat=5))
    rating = services(*("".join(map(str, ratings)) for ratings in combinations))
    assert rating.star.tolist() == [joined(ratings) for ratings in combinations]


def test_the_breach_does_not_touch_the_score():
    assert services("44332", breach="yes").score.tolist() == services("44332").score.tolist() == [3.2]


@pytest.mark.parametrize("place", range(5))
def test_a_service_with_an_unrated_key_question_is_not_rated_and_says_which(place):
    rating = services("".join(" " if column == place else "4" for column in range(5)))
    assert rating.reason.tolist() == [f"{KEY_QUESTIONS[place]}-rated"]
    assert np.isnan(rating.star).all()


@pytest.mark.parametrize(
    ("breach", "reason"), [("Yes", "breach-yes-or-no"), ("1", "breach-yes-or-no"), ("", ""), ("no", ""), ("yes", "")]
)
def test_a_breach_misspelt_leaves_the_service_unrated(breach, reason):
    assert services("44333", breach=breach).reason.tolist() == [reason]


# ── Bahrain ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def centres(*points: dict[str, float]) -> Rating:
    scheme = load("bahrain-taqyeem").scheme
    return rate(scheme, evidence_of(scheme, [{"channel": str(place)} | row for place, row in enumerate(points)]))


@pytest.mark.parametrize(("points", "star"), [(0, 1), (75, 1), (75.0001, 2), (90, 2), (90.0001, 3), (100, 3)])
def test_both_thresholds_belong_to_the_group_below(points, star):
    assert centres(dict.fromkeys(AREAS, points)).star.tolist() == [star]


@pytest.mark.parametrize("area", AREAS)
def test_the_six_areas_weigh_the_same(area):
    assert centres(dict.fromkeys(AREAS, 40.0) | {area: 100.0}).score.tolist() == [50.0]


def test_a_mean_of_uneven_areas_on_the_threshold_stays_below_it():
    assert centres(dict(zip(AREAS, (70.1, 79.9, 74.3, 75.7, 60.2, 89.8), strict=True))).star.tolist() == [1]


def test_a_centre_without_an_area_is_not_rated():
    rating = centres(dict.fromkeys(AREAS[1:], 95.0))
    assert rating.reason.tolist() == ["missing-branch"]
    assert np.isnan(rating.star).all()
