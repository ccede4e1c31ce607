"""The shell in the hands of a reader: evidence beside the page, colours, digits, tables, forms, and no connection."""

import pytest

from tests.browser.conftest import land, settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def gallery(site, page_in):
    """Return what opens the gallery of components."""

    def opened(language="ar", theme="light", width=1440):
        page = page_in(language, theme, width, by="omar")
        land(page, site.at(f"/{language}/components/"))
        return page

    return opened


@pytest.mark.parametrize(("language", "width"), [("ar", 1440), ("en", 390)])
def test_a_number_opens_its_evidence_at_the_inline_end_and_escape_leads_back_to_it(gallery, language, width):
    page = gallery(language, width=width)
    number = page.locator("tbody a.evidence").first
    number.focus()
    page.keyboard.press("Enter")
    assert settled(page, "document.querySelector('#evidence h1') !== null")
    panel = page.locator("#evidence").bounding_box()
    assert panel["x"] == 0 if language == "ar" or width == 390 else panel["x"] > 0
    assert settled(page, "document.activeElement.tagName === 'H1'")
    assert page.url.endswith("/components/")
    page.keyboard.press("Escape")
    assert settled(page, "document.activeElement.classList.contains('evidence')")
    assert not page.locator("#evidence").is_visible()


def test_without_script_a_number_is_a_link_to_a_page(browser, site):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": site.signed_in["omar"], "url": site.url}])
    page = context.new_page()
    page.goto(site.at("/en/components/"))
    page.click("tbody a.evidence >> nth=0")
    assert page.url.endswith("/en/offline/")
    context.close()


def test_the_colours_are_those_of_the_device_until_the_reader_chooses(gallery):
    page = gallery("en", "dark")
    dark = page.evaluate(GROUND)
    page.click("summary:has-text('Display')")
    page.check("input[name=theme][value=light]")
    assert page.evaluate(GROUND) != dark
    page.reload()
    assert page.evaluate(GROUND) == "rgb(255, 255, 255)"
    page.click("summary:has-text('Display')")
    page.check("input[name=theme][value=auto]")
    assert page.evaluate(GROUND) == dark


def test_digits_and_language_are_changed_in_the_header_and_the_page_stays(gallery):
    page = gallery("ar")
    page.click("summary:has-text('العرض')")
    page.click("button:has-text('١٢٣')")
    assert page.url.endswith("/ar/components/")
    assert page.locator("tbody .number-cell").first.inner_text() == "٨١٫٢"
    assert page.locator("tbody .number-cell").first.get_attribute("data-value") == "81.24"
    page.click("a[data-language=en]")
    assert page.url.endswith("/en/components/")
    assert page.locator("tbody .number-cell").first.inner_text() == "81.2"


def test_a_table_is_sorted_by_the_keyboard_and_says_how(gallery):
    page = gallery("en")
    heading = page.locator("#league th.number-cell button")
    heading.focus()
    page.keyboard.press("Enter")
    assert page.locator("#league th.number-cell").get_attribute("aria-sort") == "ascending"
    assert page.locator("#league tbody .number-cell").first.inner_text() == "60.2"
    page.keyboard.press("Enter")
    assert page.locator("#league th.number-cell").get_attribute("aria-sort") == "descending"
    assert page.locator("#league tbody .number-cell").first.inner_text() == "81.2"


def test_columns_are_hidden_and_stay_hidden(gallery):
    page = gallery("en")
    page.click("summary:has-text('Columns')")
    page.uncheck("#league-columns input >> nth=0")
    assert not page.locator("#league th.number-cell").is_visible()
    page.reload()
    assert not page.locator("#league tbody .number-cell").first.is_visible()


def test_what_was_typed_is_there_again(site, page_in):
    page = page_in("en", by="aisha")
    page.goto(site.at("/en/workspace/people/invite/"))
    page.fill("[name=email]", "new@port.example")
    page.goto(site.at("/en/accounts/login/"))
    page.goto(site.at("/en/workspace/people/invite/"))
    assert page.input_value("[name=email]") == "new@port.example"
    assert page.locator("[data-restored]").is_visible()


def test_what_cannot_be_undone_is_asked_once_more_by_its_name(gallery):
    page = gallery("en")
    before = page.url
    page.click("#forms button.button")
    dialog = page.locator("#confirm")
    assert dialog.is_visible()
    assert dialog.locator("h2").inner_text() == "Deactivate?"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.url == before
    page.click("#forms button.button")
    with page.expect_navigation():
        dialog.locator("[value=yes]").click()


def test_without_a_connection_the_page_says_so_and_another_page_is_the_one_kept(gallery):
    page = gallery("ar")
    assert settled(page, "navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    assert settled(page, "!document.getElementById('offline').hidden")
    page.goto(page.url.replace("components/", "league/"))
    assert page.locator("h1").first.inner_text() == "لا يوجد اتصال"
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).borderBottomStyle") == "solid"
    page.context.set_offline(False)


def test_the_whole_header_is_reached_by_the_keyboard_and_the_first_stop_skips_it(gallery):
    page = gallery("en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_paper_there_are_no_switches(gallery):
    page = gallery("ar", "dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".tools").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_command_calls_the_address_at_which_its_page_was_found(site, page_in):
    page = page_in("en")
    page.goto(site.at("/en/open-data/"))
    commands = page.locator(".command code").all_inner_texts()
    assert len(commands) == 4
    assert all(site.url in command for command in commands)
    assert all(
        site.url in text for text in page.locator(".command [data-copy]").evaluate_all("all => all.map(one => one.dataset.copy)")
    )
