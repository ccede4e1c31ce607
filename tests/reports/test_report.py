"""The report: both languages whole, every channel there, nothing claimed that the evidence does not carry."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po

from marsad.core.parts import compared_parts, likely_stars, profile_parts
from marsad.core.problem import Problem
from marsad.core.rating import Settings, rate
from marsad.reports.card import standard_page
from marsad.reports.presenters import View
from marsad.reports.report import rating_page
from marsad.reports.sections import Sections, sections_wanted
from marsad.standards import load, names
from tests.reports.made import PILLARS, RUN, made_evidence, made_names, made_rating, small_scheme, small_standard
from tests.reports.messages import PACKAGE, messages

VOID = {"meta", "input", "br", "path", "circle", "rect", "use"}
IMPLIED = {"td", "th", "tr"}


class Page(HTMLParser):
    """Reads a page into what its tests ask for: text by language, rows by table, ids and links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, list[str]] = {"ar": [], "en": [], "": []}
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"][1:]] if (found.get("href") or "").startswith("#") else []
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open[-1][0] != tag and self.open[-1][0] in IMPLIED:
            self.open.pop()
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data):
        if any(tag in ("style", "title") for tag, _ in self.open) or not data.strip():
            return
        inside = [found for tag, found in self.open if tag == "span" and "lang" in found]
        isolated = any(tag in ("bdi", "code", "label", "legend") for tag, _ in self.open)
        self.words["" if isolated or not inside else inside[-1]["lang"]].append(data)


def page_of(channels=120, **options):
    rating = made_rating(channels, **options)
    return rating_page(rating, small_standard(), names=made_names(rating), run=RUN), rating


def league_rows(html):
    tables = re.findall(r'<table class="league.*?</tbody>', html, re.DOTALL)
    return [row for table in tables for row in re.findall(r"<tr.*?(?=<tr|</tbody>)", table, re.DOTALL)]


def article(html, place):
    return re.search(rf'<article class="channel" id="c{place}".*?</article>', html, re.DOTALL)[0]


def english(html):
    return " ".join(" ".join(Page(html).words["en"] + Page(html).words[""]).split())


def test_every_message_has_an_arabic_translation_and_no_translation_is_left_over():
    with (PACKAGE / "locale/ar/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file)
    translated = {}
    for message in catalogue:
        ids, strings = (message.id, message.string) if isinstance(message.id, tuple) else ((message.id,), (message.string,))
        translated |= {one: all(strings) for one in ids if one}
    assert sorted(messages() - set(translated)) == []
    assert sorted(set(translated) - messages()) == []
    assert [one for one, whole in translated.items() if not whole] == []


def test_a_translation_keeps_the_places_of_its_message():
    with (PACKAGE / "locale/ar/LC_MESSAGES/django.po").open("rb") as file:
        single = [message for message in read_po(file) if message.id and isinstance(message.id, str)]
    places = re.compile(r"\{(\w*)\}")
    assert [message.id for message in single if set(places.findall(message.id)) != set(places.findall(message.string))] == []


@pytest.mark.parametrize("drawn", [True, False])
def test_no_english_is_left_in_the_arabic(drawn):
    html, _ = page_of(drawn=drawn, kinds=("centre", "app"))
    words = [text for text in Page(html).words["ar"] if re.search("[A-Za-z]", text)]
    codes = re.compile(r"SHA-256|breach|yes")
    assert [text for text in words if re.search("[A-Za-z]", codes.sub("", text))] == []


def test_every_phrase_stands_there_once_in_each_language():
    html, _ = page_of()
    spans = [found["lang"] for tag, found in Page(html).tags if tag == "span" and "lang" in found]
    assert spans.count("ar") == spans.count("en") > 500


def test_every_channel_has_one_row():
    html, rating = page_of(kinds=("centre", "app"))
    rows = league_rows(html)
    found = [re.findall(r"ch-\d{4}", row)[-1] for row in rows if "scope=row" in row]
    assert sorted(found) == rating.evidence.channels.tolist()


def test_rows_stand_by_rank_within_their_kind_and_the_unrated_last():
    html, rating = page_of(kinds=("centre",))
    found = [re.findall(r"ch-\d{4}", row)[-1] for row in league_rows(html) if "scope=row" in row]
    ranks = dict(zip(rating.evidence.channels.tolist(), np.where(rating.rated, rating.rank, np.inf).tolist(), strict=True))
    assert [ranks[channel] for channel in found] == sorted(ranks.values())


def test_a_name_is_escaped_wherever_it_stands():
    scheme = small_scheme()
    evidence = made_evidence(scheme, 30)
    evidence.channels[0] = "<script"
    rating = rate(scheme, evidence, Settings(draws=100))
    names = {str(rating.evidence.channels[1]): {"name_ar": "<img src=x>", "name_en": "{0} & <b>", "entity": "<i>"}}
    html = rating_page(rating, small_standard(), names=names, channels=["<script"], run={**RUN, "note": "<u>"})
    assert not {"script", "img", "i", "u"} & {tag for tag, _ in Page(html).tags}
    assert "&lt;script" in html
    assert "{0} &amp; &lt;b&gt;" in html


def test_an_unrated_channel_stands_there_with_its_reason():
    html, rating = page_of(80)
    unrated = rating.evidence.channels[~rating.rated]
    assert unrated.tolist() == ["ch-0040", "ch-0080"]
    [row] = [row for row in league_rows(html) if "ch-0040" in row]
    assert "people were not assessed" in row
    assert "لا تقييم للموارد البشرية" in row


def test_without_sampling_errors_the_page_says_so_and_claims_no_probability():
    html, rating = page_of(40, drawn=False)
    words = english(html)
    assert not rating.drawn.any()
    assert "because the evidence gave none" in words
    assert "almost certainly" not in words
    assert 'class="chances"' not in html
    assert "Among the best" not in words


def test_with_nothing_rated_the_page_says_why():
    scheme = small_scheme()
    evidence = made_evidence(scheme, 5)
    evidence.values[:], evidence.se[:] = np.nan, np.nan
    html = rating_page(rate(scheme, evidence), small_standard(), run=RUN)
    assert "No channel could be rated." in english(html)
    assert html.count("no evidence at all") == 5


def test_fewer_channels_than_the_standard_asks_for_are_given_no_best_and_worst():
    html, _ = page_of(12)
    words = english(html)
    assert "no best and worst are listed" in words
    assert "a candidate" not in words


def test_links_lead_to_places_on_the_page_and_places_are_named_once():
    html, _ = page_of(kinds=("centre", "app"))
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)


def test_the_page_may_load_nothing_and_its_policy_names_its_style():
    import base64
    import hashlib

    html, _ = page_of(30)
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    policy = re.search('Content-Security-Policy" content="(.*?)"', html)[1]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"(src|href)=[\"']?(https?:)?//|url\(|@import|<script|style=", html)


def test_a_score_that_a_limiter_held_is_said_with_its_probability():
    html, rating = page_of(40)
    breach = int(np.flatnonzero(rating.limits[1].applied & (rating.score > 60))[0])
    said = english(article(html, breach))
    assert "At most three stars after a breach" in said
    assert "By its score alone it would be rated" in said
    assert rating.star[breach] == 3.0


def test_sections_go_to_both_ends_to_candidates_and_to_those_asked_for():
    rating = made_rating(300)
    view = View(rating, small_standard())
    by_rank = np.argsort(np.where(rating.rated, rating.rank, np.inf), kind="stable")
    middle = str(rating.evidence.channels[by_rank[150]])
    wanted = sections_wanted(view, [middle])
    rated = int(rating.rated.sum())
    assert set(by_rank[:50].tolist()) <= set(wanted)
    assert set(by_rank[rated - 50 : rated].tolist()) <= set(wanted)
    assert int(by_rank[150]) in wanted
    assert len(wanted) == 101


def test_a_channel_nobody_knows_is_refused():
    rating = made_rating(12)
    with pytest.raises(Problem, match="no channel 'ch-9999'"):
        rating_page(rating, small_standard(), channels=["ch-9999"], run=RUN)


def test_strengths_are_told_only_where_the_median_lies_outside_the_interval():
    rating = made_rating(60)
    view = View(rating, small_standard())
    sections = Sections(view)
    [league] = view.leagues
    for place in league.rated:
        said = sections.apart(place, league, 1)
        clear = [code for code in PILLARS if rating.nodes[code].low[place] > sections.centre[league.code][code][0]]
        assert said.count("<li>") == min(len(clear), 3)


def test_without_intervals_a_strength_is_more_than_one_standard_deviation():
    rating = made_rating(60, drawn=False)
    sections = Sections(View(rating, small_standard()))
    [league] = sections.view.leagues
    centre = sections.centre[league.code]
    clear = [code for code in PILLARS if rating.nodes[code].value[league.rated[0]] - centre[code][0] > centre[code][1]]
    assert sections.apart(league.rated[0], league, 1).count("<li>") == min(len(clear), 3) > 0


@pytest.mark.parametrize(
    ("chances", "star", "between"),
    [
        ([0.0, 0.97, 0.03], 4.0, (4.0, 4.0)),
        ([0.02, 0.6, 0.38], 4.0, (4.0, 5.0)),
        ([0.3, 0.4, 0.3], 4.0, (3.0, 5.0)),
        ([0.5, 0.5, 0.0], 3.0, (3.0, 4.0)),
    ],
)
def test_the_likely_stars_are_the_fewest_neighbours_that_are_almost_certain(chances, star, between):
    assert likely_stars((3.0, 4.0, 5.0), chances, star) == between


def test_a_profile_goes_one_level_down_where_the_root_has_under_three_parts():
    scheme = load("msr-1").scheme
    shown = [part.code for part, depth in profile_parts(scheme) if depth == 0]
    assert shown == ["survey", "meter", "visits", "assessment"]
    pillars = [child.code for child in scheme.children["assessment"]]
    assert [part.code for part, depth in profile_parts(scheme) if depth == 1] == pillars
    assert "innovation" in {part.code for part in compared_parts(scheme)}
    assert [part.code for part, _ in profile_parts(small_scheme())] == list(PILLARS)


def test_the_same_rating_gives_the_same_bytes():
    assert page_of(30)[0] == page_of(30)[0]


def test_five_thousand_channels_are_one_page_of_short_rows_in_under_a_second():
    rating = made_rating(5000, draws=100)
    names = made_names(rating)
    begun = time.perf_counter()
    html = rating_page(rating, small_standard(), names=names, run=RUN)
    assert time.perf_counter() - begun < 2.5  # 0.3 s on an idle machine; a busy one is given room
    rows = [row for row in league_rows(html) if "scope=row" in row]
    assert len(rows) == 5000
    assert np.mean([len(row.encode()) for row in rows]) < 640
    assert html.count("<article") <= 150


@pytest.mark.parametrize("name", names())
def test_the_card_of_a_shipped_standard_is_whole_in_both_languages(name):
    standard = load(name)
    html = standard_page(standard)
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)
    assert html.count('class="ask"') == len(standard.items)
    words = " ".join(page.words["ar"])
    assert all(standard.labels[node.code].ar.split()[0] in words for node in standard.scheme.nodes)


def test_a_report_can_be_made_by_every_shipped_standard_that_needs_no_more_than_its_indicators():
    for name in ("msr-1", "bahrain-taqyeem", "cqc-2022"):
        standard = load(name)
        scheme = standard.scheme
        evidence = made_evidence(scheme, 30, kinds=scheme.kinds or ("",))
        html = rating_page(rate(scheme, evidence, Settings(draws=100)), standard, run=RUN)
        assert "ch-0001" in html


def test_uncompiled_translations_stop_the_start(tmp_path):
    from marsad.config.settings import refuse_uncompiled

    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text("")
    with pytest.raises(Problem, match="not compiled"):
        refuse_uncompiled(tmp_path)
    Path(folder / "django.mo").write_bytes(b"")
    refuse_uncompiled(tmp_path)
