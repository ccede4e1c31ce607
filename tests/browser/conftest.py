"""A browser, and a server with a small country in it, for every test that looks at pages as people do."""

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.reading import script_of

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
FLAGS += ["--font-render-hinting=none"]  # letters as wide as a telephone sets them
FLAGS += ["--disable-gpu", "--disable-software-rasterizer"]  # to play a graphics card takes an eighth of the browser's time
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
ALIKE = script_of("alike.js")
PHONE, DESK = 390, 1440
MOMENT, STILL = 20, 2
"""Milliseconds between two looks, and how many in turn must find nothing under way until a page is there."""
BEST = "centre-14"
BEST_NAMES = {"ar": "مركز سعادة المتعاملين في الميناء القديم", "en": "Old Harbour Customer Happiness Centre"}


@dataclass
class Site:
    """A running server, its people, and the codes that addresses of the table name."""

    url: str
    people: dict
    codes: dict[str, str]
    signed_in: dict[str, str] = field(default_factory=dict)

    def at(self, address: str) -> str:
        """Return the whole of an address."""
        for name, code in self.codes.items():
            address = address.replace(name, code)
        return f"{self.url}{address}"


@pytest.fixture(scope="package")
def browser():
    """Chromium as the house finds it; it goes with the tests of this folder, as does the loop that it keeps in their thread."""
    from django.db import connections

    named = os.environ.get("MARSAD_CHROMIUM")
    found = named or subprocess.run(["sh", ROOT / "bin/find-chromium"], check=True, capture_output=True, text=True).stdout.strip()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()
        connections.close_all()  # Django has others inside the loop, which nobody finds any more once it is gone


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """The country of tests/contracts/country.py behind a server, for all tests of this folder: they add to it alone."""
    from django.conf import settings
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import override_settings
    from pytest_django.live_server_helper import LiveServer

    from tests.contracts.country import inhabited, session_of, settled
    from tests.web import gallery

    folder = tmp_path_factory.mktemp("country")
    changed = {
        "MARSAD": settled(settings.MARSAD, folder),
        "ROOT_URLCONF": "tests.web.gallery.urls",
        "TEMPLATES": [{**settings.TEMPLATES[0], "DIRS": [gallery.TEMPLATES]}],
    }
    with django_db_blocker.unblock(), override_settings(**changed):
        people, codes = inhabited(folder)
        name_the_best(people["aisha"])
        server = LiveServer("localhost")
        site = Site(server.url, people, codes)
        site.signed_in = {name: session_of(person) for name, person in people.items() if name != "machine"}
        yield site
        server.stop()
        cache.clear()
        # Numbers go on, or what a process keeps by them would be taken for what the next test has.
        emptied = {"inhibit_post_migrate": True, "allow_cascade": True, "reset_sequences": False}
        call_command("flush", interactive=False, verbosity=0, **emptied)


def name_the_best(aisha) -> None:
    """Give the best centre a name as centres have it, for those who look for it by name."""
    from marsad.catalogue.actions import change_channel
    from marsad.catalogue.models import Channel
    from tests.world import NOW

    channel = Channel.objects.get(code=BEST)
    change_channel(by=aisha, channel=channel, at=NOW, name_ar=BEST_NAMES["ar"], name_en=BEST_NAMES["en"])


def meanwhile(work: Callable, *arguments, **named):
    """Return what somebody does elsewhere, such as the worker: what they write is there for the server at once."""
    from django.db import connections

    def there():
        try:
            return work(*arguments, **named)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(there).result()


def settled(page: Page, expression: str) -> bool:
    """Wait until an expression is true: the policy lets no code be made of texts in the page, so it is asked again and again."""
    for _attempt in range(100):
        if page.evaluate(expression):
            return True
        page.wait_for_timeout(100)
    return False


def opened(browser: Browser, site: Site, language: str, theme: str, width: int, by: str) -> Page:
    """Open a window of somebody; its page notes in `page.wrong` what must not be, and in `page.loading` what it waits for."""
    looks = {"viewport": {"width": width, "height": 900}, "color_scheme": theme, "locale": language}
    context = browser.new_context(**looks)
    if by != "anybody":
        context.add_cookies([{"name": "sessionid", "value": site.signed_in[by], "url": site.url}])
    page = context.new_page()
    page.wrong, page.loading = [], set()
    page.on("request", lambda request: page.loading.add(request))
    page.on("requestfinished", lambda request: page.loading.discard(request))
    page.on("requestfailed", lambda request: page.loading.discard(request))
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda message: page.wrong.append(message.text) if is_complaint(message) else None)
    page.on("request", lambda request: page.wrong.append(request.url) if is_elsewhere(request.url, site.url) else None)
    return page


def land(page: Page, address: str) -> None:
    """Go to an address and wait until all its parts are there."""
    page.goto(address, wait_until="load")
    settle_down(page)


def settle_down(page: Page) -> None:
    """Wait until nothing is under way for a while."""
    still = 0
    while still < STILL:
        page.wait_for_timeout(MOMENT)
        still = 0 if page.loading else still + 1


@pytest.fixture
def page_in(browser: Browser, site: Site) -> Callable[..., Page]:
    """Return what opens a window: `page_in("ar", "dark", 390, by="omar")`."""
    contexts = []

    def page_of(language: str = "ar", theme: str = "light", width: int = DESK, *, by: str = "anybody") -> Page:
        page = opened(browser, site, language, theme, width, by)
        contexts.append(page.context)
        return page

    yield page_of
    for context in contexts:
        context.close()


def is_complaint(message) -> bool:
    """Whether the console says that something is wrong; that a page answers 404 is no fault of it."""
    return message.type in ("error", "warning") and "responded with a status of" not in message.text


def is_elsewhere(address: str, home: str) -> bool:
    """Whether a request leaves the server."""
    return not address.startswith((home, "data:", "blob:"))


def thin_out(page: Page) -> None:
    """Leave, of all that is made alike on a page, two of each for axe: nothing else is to be asked of the page then."""
    page.evaluate(ALIKE)


def violations(page: Page, rules: str = "") -> list[str]:
    """Return what axe finds by all its rules, or by those named, with the first place where it finds it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules.split()} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}" for one in found]
