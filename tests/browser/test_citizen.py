"""A citizen who has never heard of Marsad finds a centre, reads why it has its stars, and checks that nobody changed that."""

import pytest

from tests.browser.conftest import BEST, BEST_NAMES, PHONE, settle_down, settled
from tests.contracts.rows import OURS, THEIRS

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MISSPELT = "مركز سعاده المتعاملين المينا القدبم"
"""The name of the best centre with what slips in: other last letters, a hamza forgotten, one wrong letter, a word left out."""
SAYS_WHY = {"ar": "لماذا؟", "en": "Why"}


def found(page, site, language):
    """Return the page of the best centre, reached from the first page by its misspelt name."""
    page.goto(site.at(f"/{language}/"))
    page.fill("main [name=q]", MISSPELT)
    page.press("main [name=q]", "Enter")
    assert settled(page, "new URLSearchParams(location.search).get('q') !== null")
    first = page.locator("#sky-table tbody .name a").first
    assert first.inner_text() == BEST_NAMES[language]
    first.click()
    page.wait_for_url(f"**/{language}/channels/{BEST}/")
    return page


@pytest.mark.parametrize(("language", "width"), [("ar", PHONE), ("en", 1440)])
def test_a_centre_is_found_by_a_misspelt_name_and_its_stars_are_explained(site, page_in, language, width):
    page = found(page_in(language, width=width), site, language)
    assert page.locator("h1").first.inner_text() == BEST_NAMES[language]
    stars = page.locator(".own-stars .unseen").inner_text()
    assert stars.strip()
    assert page.locator("#why svg.picture:visible").first.is_visible()
    assert page.locator("#why .columns li, #why .columns p").count() >= 2
    page.click(".own-stars a.evidence")
    assert settled(page, "document.querySelector('#evidence code.hash') !== null")
    assert page.locator("#evidence h1").is_visible()
    assert page.locator("#evidence dt").count() >= 3
    assert all(len(one) >= 32 for one in page.locator("#evidence code.hash").all_inner_texts())
    assert page.url.endswith(f"/channels/{BEST}/")
    assert page.wrong == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_bundle_is_downloaded_and_holds_and_a_changed_one_does_not(site, page_in, language, tmp_path):
    page = page_in(language)
    page.goto(site.at(f"/{language}/channels/{BEST}/evidence/score/"))
    with page.expect_navigation(wait_until="load"):
        page.click("main a[href$='/verify/']")
    settle_down(page)
    with page.expect_download() as arriving:
        page.locator("#publications a[download]").first.click()
    bundle = tmp_path / "bundle.zip"
    arriving.value.save_as(bundle)
    check(page, bundle)
    assert page.locator(".notice.good .verdict").is_visible()
    assert page.locator("#seals .tag.good").count() >= 3
    assert page.locator("#seals .tag.bad").count() == 0
    content = bundle.read_bytes()
    place = content.index(b"PK\x01\x02") // 2
    bundle.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    check(page, bundle)
    assert page.locator(".notice.bad").is_visible()
    assert page.locator(".notice.good").count() == 0
    assert page.wrong == []


def check(page, bundle):
    """Have the page check a bundle."""
    page.locator("#bundle").set_input_files(bundle)
    with page.expect_navigation():
        page.click("form.check button")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_two_centres_are_compared_and_the_better_is_named_with_its_probability(site, page_in, language):
    page = page_in(language, width=PHONE)
    page.goto(site.at(f"/{language}/compare/?channel={OURS}&channel={THEIRS}"))
    assert "%" in page.locator("main").inner_text()
    assert page.locator("svg.picture:visible").first.is_visible()
