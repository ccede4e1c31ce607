"""A champion works on what is their entity's own; of another entity's work they see nothing, not even that it is there."""

import pytest

from tests.browser.conftest import land
from tests.contracts.pages import PAGES
from tests.world import LAND

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
NAMES = {"ar": ("هيئة الموانئ", "دائرة الأراضي"), "en": ("Port Authority", "Land Department")}
"""Of Omar's entity, and of Salem's."""
OF_ANOTHER = [
    row.address.removeprefix("/ar")
    for row in PAGES
    if row.method == "GET" and row.expected["omar"] == 404 and 200 in (row.expected["salem"], row.expected["aisha"])
]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_belongs_to_others_is_not_there_and_says_who_helps(site, page_in, language):
    page = page_in(language, by="omar")
    assert len(OF_ANOTHER) >= 5
    for address in OF_ANOTHER:
        answer = page.request.get(site.at(f"/{language}{address}"))
        said = answer.text().partition("<main")[2].partition("</main>")[0]
        assert answer.status == 404, address
        assert NAMES[language][1] not in said, address
        assert "<a " in said, address
    land(page, site.at(f"/{language}{OF_ANOTHER[0]}"))
    assert page.locator("main a").first.is_visible()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_home_of_a_champion_tells_of_the_own_entity_alone(site, page_in, language):
    page = page_in(language, by="omar")
    land(page, site.at(f"/{language}/workspace/"))
    said = page.locator("main").inner_text()
    own, others = NAMES[language]
    assert own in said or page.locator("main a[href*='channels/'], main a[href*='results/']").count() >= 1
    assert others not in said
    assert page.locator(f"main a[href*='{LAND}']").count() == 0
    assert page.wrong == []
