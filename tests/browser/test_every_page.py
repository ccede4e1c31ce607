"""Every page, as everybody sees it: in both languages, light and dark, on a telephone and enlarged."""

import pytest
from playwright.sync_api import Page

from marsad.web.assets import BUILT
from tests.browser.conftest import DESK, land, opened, thin_out, violations
from tests.browser.reading import stumbles
from tests.browser.walk import GALLERY, Visit, visits

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MOST_BYTES = 150_000
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SET_IN = "[document.documentElement.lang, document.documentElement.dir]"
SMALL_PHONE, ENLARGED = 320, 640
"""The narrowest telephone; and what a screen of 1280 has room for when all is twice as large."""


UNFOLD = "for (const fold of document.querySelectorAll('main details')) fold.open = true"
LOADED = "performance.getEntriesByType('resource').map((one) => one.name)"


@pytest.fixture(scope="module")
def window_of(browser, site):
    """Return the window that somebody keeps open from page to page, one for each language."""
    windows = {}

    def found(language: str, by: str) -> Page:
        if (language, by) not in windows:
            windows[language, by] = opened(browser, site, language, "light", DESK, by)
        return windows[language, by]

    yield found
    for window in windows.values():
        window.context.close()


def weight(page: Page) -> int:
    """Return the bytes of style and script as they travel to a browser that knows gzip and keeps nothing."""
    names = {
        address.rsplit("/", 1)[1]
        for address in page.evaluate(LOADED)
        if address.endswith((".css", ".js")) and "/static/web/" in address
    }
    return sum((BUILT / f"{name}.gz").stat().st_size for name in names)


def tripped(page: Page, visit: Visit) -> list[str]:
    """Return what a reader trips over; the gallery's own words are English, for those who build pages."""
    return [one for one in stumbles(page) if visit.address != GALLERY or not one.startswith("another language")]


def narrowed(page: Page, visit: Visit) -> tuple[dict[int, int], list[str]]:
    """Return by how much a page is wider than narrow windows, and what its reader trips over there."""
    over, found = {}, []
    for width in (ENLARGED, SMALL_PHONE):
        page.set_viewport_size({"width": width, "height": 450})
        over[width] = page.evaluate(OVER)
        found += tripped(page, visit)
    return over, found


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("visit", visits(), ids=lambda visit: visit.address or "sky")
def test_a_page_is_whole(site, window_of, visit, language):
    page = window_of(language, visit.by)
    page.wrong.clear()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK, "height": 900})
    land(page, site.at(f"/{language}/{visit.address}"))
    assert page.wrong == [], "asked another host, or broke the policy"
    assert 0 < weight(page) < MOST_BYTES
    assert page.evaluate(SET_IN) == [language, {"ar": "rtl", "en": "ltr"}[language]]
    page.evaluate(UNFOLD)
    assert tripped(page, visit) == []
    assert narrowed(page, visit) == ({ENLARGED: 0, SMALL_PHONE: 0}, [])
    page.set_viewport_size({"width": DESK, "height": 900})
    thin_out(page)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, "color-contrast")
    assert found == {"light": [], "dark": []}
