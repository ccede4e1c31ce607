"""The page of all operations works in a browser from our own files alone, under the strict policy of every page."""

import pytest

pytestmark = pytest.mark.browser


def test_the_page_shows_the_operations_and_loads_nothing_from_elsewhere(site, browser):
    page = browser.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{site.url}/api/v1/docs")
    page.locator("text=Bring evidence").first.wait_for()
    page.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
