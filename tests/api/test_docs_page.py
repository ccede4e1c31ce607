"""The page of all operations works in a browser from our own files alone, under the strict policy of every page."""

import os
import subprocess

import pytest
from playwright.sync_api import sync_playwright

from tests.api.build import Api
from tests.browser.test_report_in_browser import FLAGS
from tests.repository import ROOT


def test_the_page_forbids_inline_scripts_and_other_hosts(db):
    answer = Api().get("/docs")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "https://" not in answer.content.decode()


@pytest.mark.browser
def test_the_page_shows_the_operations_and_loads_nothing_from_elsewhere(live_server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop of its own in this thread
    named = os.environ.get("MARSAD_CHROMIUM")
    found = named or subprocess.run(["sh", ROOT / "bin/find-chromium"], check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page()
        asked, wrong = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{live_server.url}/api/v1/docs")
        page.locator("text=Bring evidence").wait_for()
        browser.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
