"""The keyboard alone: a citizen and a lead get everywhere, and always see where they are."""

import pytest

from tests.browser.conftest import BEST, BEST_NAMES, land, meanwhile, settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MOST = 200
"""So many stops at most lie before what is looked for."""
SEEN = """() => {
  const here = document.activeElement;
  const style = getComputedStyle(here);
  const rings = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const box = here.getBoundingClientRect();
  const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  const label = here.closest("label");
  return here !== document.body && inside && (rings(style) || label !== null && rings(getComputedStyle(label)));
}"""


def tab_to(page, what):
    """Press Tab until something has the focus, which is seen at every stop; return how many stops that took."""
    for stop in range(1, MOST):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return stop
    raise AssertionError(f"{what} is not reached")


def press(page, key="Enter"):
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_citizen_reaches_the_evidence_of_a_number_by_the_keyboard(site, page_in, language):
    page = page_in(language)
    land(page, site.at(f"/{language}/"))
    tab_to(page, "main [name=q]")
    page.keyboard.type(BEST_NAMES[language])
    page.keyboard.press("Enter")
    assert settled(page, "location.search.includes('q=')")
    assert settled(page, "document.querySelectorAll('#sky-table tbody tr').length < 25")
    tab_to(page, "#sky-table tbody .name a")
    press(page)
    assert page.url.endswith(f"/channels/{BEST}/")
    tab_to(page, "main a.evidence")
    page.keyboard.press("Enter")
    assert settled(page, "document.activeElement.matches('#evidence h1')")
    page.keyboard.press("Escape")
    assert settled(page, "document.activeElement.matches('main a.evidence')")
    assert page.wrong == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_sky_is_one_stop_and_arrows_go_on_by_score(site, page_in, language):
    page = page_in(language)
    land(page, site.at(f"/{language}/"))
    assert page.locator("svg.sky:visible a[tabindex='0']").count() == 1
    tab_to(page, "svg.sky a")
    named = "document.activeElement.dataset.code"
    score = "Number(document.activeElement.dataset.score)"
    page.keyboard.press("Home")
    lowest, first = page.evaluate(score), page.evaluate(named)
    page.keyboard.press("ArrowLeft" if language == "ar" else "ArrowRight")
    assert page.evaluate(score) >= lowest
    assert page.evaluate(named) != first
    second = page.evaluate(named)
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('svg.sky a')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(named) == second
    press(page)
    assert page.url.endswith(f"/channels/{second}/")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_lead_opens_a_cycle_by_the_keyboard(site, page_in, language, tmp_path):
    from marsad.ratings.models import Cycle
    from tests.ratings import build

    code = f"by-key-{language}"
    meanwhile(build.announced, tmp_path, code=code)
    page = page_in(language, by="aisha")
    land(page, site.at(f"/{language}/workspace/"))
    tab_to(page, f"main a[href$='/cycles/{code}/']")
    press(page)
    tab_to(page, "main a[href$='/steps/open/']")
    press(page)
    tab_to(page, "main form[method=post] button")
    press(page)
    assert page.url.endswith(f"/cycles/{code}/")
    assert meanwhile(lambda: Cycle.objects.get(code=code).state) == "open"
    assert page.wrong == []
