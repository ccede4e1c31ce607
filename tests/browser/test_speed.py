"""How soon a page is there; and that a nation of 5 000 channels can be looked at."""

from dataclasses import replace

import pytest

from tests.browser.conftest import settled
from tests.contracts.rows import OURS
from tests.ratings.build import APPS, CENTRES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SOON, AGAIN = 1000, 10
"""Milliseconds until something can be read; the best of so many loads counts, since others may use the machine."""
MANY = 5000


def painted(page, address) -> float:
    """Return after how many milliseconds a page shows something."""
    page.goto(address)
    assert settled(page, f"({PAINT}) !== undefined")
    return page.evaluate(PAINT)


@pytest.mark.parametrize("address", ["", "league/", f"channels/{OURS}/"], ids=["sky", "league", "channel"])
def test_something_can_be_read_within_a_second(site, page_in, address):
    took = []
    while len(took) < AGAIN and min(took, default=SOON) >= SOON:
        page = page_in("ar")
        took.append(painted(page, site.at(f"/ar/{address}")))
        page.context.close()
    assert min(took) < SOON


@pytest.fixture
def vast(monkeypatch, site):
    """A nation of 5 000 channels: those of the country again and again, each a little better than before."""
    from marsad.public import drawings, editions

    def many(run, *, disclosed):
        board = board_of(run, disclosed=disclosed)
        rounds = MANY // len(board.entries)
        entries = [again(entry, number) for entry in board.entries for number in range(rounds)]
        return boards.setdefault(run.pk, replace(board, entries=tuple(sorted(entries, key=place))))

    boards, board_of = {}, editions.board_of
    monkeypatch.setattr(editions, "board_of", many)
    # Pages kept of the small country are no pages of this one.
    monkeypatch.setattr(drawings, "program_state", lambda: "vast")


def again(entry, number):
    """Return a channel once more, under another code."""
    if entry.score is None:
        return replace(entry, code=f"{entry.code}-{number}")
    shift = number / 100
    numbers = {name: getattr(entry, name) + shift for name in ("score", "low", "high")}
    return replace(entry, code=f"{entry.code}-{number}", rank=entry.rank + number / 1000, **numbers)


def place(entry):
    """Return what puts a board in order."""
    return entry.league, entry.rank is None, entry.rank or 0, entry.code


def test_five_thousand_channels_are_one_sky_that_answers_to_search_and_keyboard(site, page_in, vast):
    page = page_in("ar")
    page.goto(site.at("/ar/"))
    assert page.locator("svg.sky:visible a[data-code]").count() == MANY
    assert page.locator("#sky-table tbody tr").count() < MANY
    assert page.locator("svg.sky:visible a[tabindex='0']").count() == 1
    page.locator("svg.sky:visible a[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.dataset.code")
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.code") != first
    page.select_option("main [name=kind]", "app")
    dimmed = "document.querySelectorAll('.broad svg.sky a[data-dim]').length"
    assert settled(page, f"{dimmed} === {MANY * CENTRES // (CENTRES + APPS)}")
    assert settled(
        page, "[...document.querySelectorAll('#sky-table tbody .name a')].every((name) => name.href.includes('/app-'))"
    )
    assert page.wrong == []


def test_a_league_of_thousands_is_one_table_that_is_filtered(site, page_in, vast):
    page = page_in("en", width=390)
    page.goto(site.at("/en/league/"))
    centres = page.locator("main tbody .name").count()
    assert centres == MANY * CENTRES // (CENTRES + APPS)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.goto(site.at("/en/league/?star=3"))
    assert 1 <= page.locator("main tbody .name").count() < centres
    assert page.wrong == []
