"""A cycle announces how many of each kind may be named: the report, the cards and the terminal all say that number."""

import re
from dataclasses import replace

import pytest

from marsad.cli.rating import Done, league_lines
from marsad.core.rating import Settings, rate
from marsad.lake.evidence import Reading
from marsad.reports.card import standard_page
from marsad.reports.report import rating_page
from marsad.standards.card import card
from tests.reports.made import RUN, made_evidence, small_standard

ANNOUNCED = (("app", 3), ("centre", 7))


def announced(k=ANNOUNCED):
    """Return the small standard as a cycle applies it."""
    standard = small_standard()
    return replace(standard, scheme=replace(standard.scheme, k_by_kind=k))


def rated(channels=120, k=ANNOUNCED):
    scheme = announced(k).scheme
    return rate(scheme, made_evidence(scheme, channels, kinds=("centre", "app")), Settings(draws=400))


def kinds_of(html):
    """Return the part of the page about each kind."""
    return dict(re.findall(r'<section id="kind-(\w+)"(.*?)</section>', html, re.DOTALL))


@pytest.fixture(scope="module")
def page():
    return rating_page(rated(), small_standard(), run=RUN)


@pytest.mark.parametrize(("kind", "k", "other"), [("app", 3, 7), ("centre", 7, 3)])
def test_the_columns_and_sentences_of_a_kind_say_its_own_number(page, kind, k, other):
    part = kinds_of(page)[kind]
    for words in ("Among the best", "Among the worst", "Candidates for the best"):
        assert f"{words} <bdi>{k}</bdi>" in part
        assert f"{words} <bdi>{other}</bdi>" not in part


def test_a_candidate_is_told_the_number_of_its_kind():
    rating = rated(240)
    candidates = rating.leagues[(rating.p_top >= 0.9) | (rating.p_bottom >= 0.9)]
    assert set(candidates) == {"app", "centre"}
    html = rating_page(rating, small_standard(), run=RUN)
    for title, k in (("Apps", 3), ("Service centres", 7)):
        sections = [one for one in re.findall(r'<article class="channel".*?</article>', html, re.DOTALL) if title in one]
        said = {
            number for one in sections for number in re.findall(r"among the (?:best|worst) <bdi>(\d+)</bdi> of its kind", one)
        }
        assert said == {str(k)}


def test_the_method_names_the_number_of_every_kind_where_they_differ(page):
    english = re.sub(r"<[^>]+>", "", page)
    assert "as many as were announced for it: 7 of Service centres, 3 of Apps." in english
    assert "7 من مراكز الخدمة، 3 من التطبيقات" in english
    assert "The best 5 and the worst 5 of a kind" not in english
    alike = re.sub(r"<[^>]+>", "", rating_page(rated(k=(("app", 4), ("centre", 4))), small_standard(), run=RUN))
    assert "The best 4 and the worst 4 of a kind are looked for" in alike


def test_both_cards_say_the_numbers_a_cycle_announced():
    html = re.sub(r"<[^>]+>", "", standard_page(announced()))
    assert "7 of Service centres, 3 of Apps" in html
    shown = " ".join(" ".join(card(announced(), "en")).split())
    assert "of Service centres, from 20 channels on: at most the first 7 and the last 7" in shown
    assert "of Apps, from 20 channels on: at most the first 3 and the last 3" in shown
    assert "من التطبيقات، ما لم تقل القنوات عن 20: أول 3 وآخر 3" in " ".join(card(announced(), "ar"))


def test_the_terminal_tells_no_chance_where_all_of_a_kind_are_among_its_first():
    scheme = announced((("app", 3), ("centre", 8))).scheme
    rating = rate(scheme, made_evidence(scheme, 16, kinds=("centre", "app")), Settings(draws=400))
    reading = Reading(evidence=rating.evidence, files=(), names={}, unused=(), notes=())
    lines = list(league_lines(Done(rating, small_standard(), reading), "en"))
    centres = lines.index("Service centres: 8 rated")
    told = [bool(re.search(r"\d\.\d\d +\d\.\d\d$", line)) for line in lines]
    assert all(told[2:centres])
    assert not any(told[centres:])
