"""The report and the card as a browser shows them: readable by everybody, in both languages, with nothing else loaded."""

import pytest
from playwright.sync_api import Browser, Page

from marsad.config import start
from marsad.reports.card import standard_page
from marsad.reports.report import rating_page
from tests.browser.conftest import thin_out, violations
from tests.reports.made import RUN, made_names, made_rating, small_standard

pytestmark = pytest.mark.browser
UNFOLD = "for (const fold of document.querySelectorAll('details')) fold.open = true"
FEW = "for (const one of document.querySelectorAll('article.channel:not(#c16, #c4, #c2, #c12)')) one.remove()"
"""The best stays, the worst, one with a long name and one of the other kind."""
LONG = "مركز الخدمة المشترك للجهات الاتحادية والمحلية في المنطقة الصناعية الثالثة بجوار ميناء التصدير " * 2


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every sort of page there is, by name, as files."""
    start()
    folder, standard = tmp_path_factory.mktemp("pages"), small_standard()
    rating = made_rating(26, kinds=("centre",) * 12 + ("app",), gap=11)
    plain, many = made_rating(12, drawn=False), made_rating(5000, draws=100)
    names = made_names(rating)
    names["ch-0003"] = {"name_ar": LONG, "name_en": "X" * 160, "entity": "هيئة"}
    written = {
        "report": rating_page(rating, standard, names=names, run=RUN),
        "without-errors": rating_page(plain, standard, run=RUN),
        "card": standard_page(standard),
        "many": rating_page(many, standard, names=made_names(many), run=RUN),
    }
    for name, html in written.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in written}


def open_page(browser: Browser, address: str, *, width: int = 1280) -> tuple[Page, list[str]]:
    """Open a page; the list gathers what went wrong: messages on the console, errors, requests for anything but the page."""
    page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light").new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if request.url != address else None)
    page.goto(address)
    return page, wrong


@pytest.mark.parametrize("name", ["report", "without-errors", "card"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_axe_finds_nothing_wrong_in_light_and_dark(browser, pages, name, language):
    page, wrong = open_page(browser, pages[name])
    page.check(f"#language-{language}")
    page.evaluate(UNFOLD)
    page.evaluate(FEW)
    thin_out(page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []
    assert wrong == []


@pytest.mark.parametrize("name", ["report", "card"])
def test_a_phone_does_not_scroll_sideways_and_axe_finds_nothing_wrong_there(browser, pages, name):
    page, _ = open_page(browser, pages[name], width=390)
    for language in ("en", "ar"):
        page.check(f"#language-{language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate(FEW)
    thin_out(page)
    assert violations(page) == []


def test_the_language_is_changed_by_the_keyboard_alone(browser, pages):
    page, _ = open_page(browser, pages["report"])
    heading = page.locator("h1")
    assert heading.inner_text() == "تقرير التصنيف"
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "language-ar"
    page.keyboard.press("ArrowDown")
    assert heading.inner_text() == "Rating report"
    assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"


def test_axes_start_at_the_right_in_arabic_and_at_the_left_in_english(browser, pages):
    page, _ = open_page(browser, pages["report"])
    dots = "[...document.querySelectorAll('.league .line circle')].map(dot => dot.getBoundingClientRect().x)"
    arabic = page.evaluate(dots)
    page.check("#language-en")
    english = page.evaluate(dots)
    assert arabic[0] < arabic[20]
    assert english[0] > english[20]


def test_a_link_of_the_league_leads_to_the_section_of_the_channel(browser, pages):
    page, _ = open_page(browser, pages["report"])
    page.click(".league tbody tr:nth-child(3) a")
    target = page.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
    assert -10 <= target <= 900


def test_five_thousand_channels_open_at_once(browser, pages):
    page, _ = open_page(browser, pages["many"])
    assert page.locator(".league tbody tr").count() == 5000
    seconds = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete") / 1000
    assert seconds < 6


def test_on_paper_the_heading_of_the_league_is_repeated_and_the_switch_is_gone(browser, pages):
    page, _ = open_page(browser, pages["report"])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('.league thead')).display") == "table-header-group"
    assert not page.locator(".languages").is_visible()
