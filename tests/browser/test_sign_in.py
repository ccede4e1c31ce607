"""Signing in with a second factor by the keyboard alone, in both languages; every page on the way is accessible."""

import pytest

from tests.accounts.test_signin import code_of
from tests.browser.conftest import PHONE, violations
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def press_into(page, field, text):
    """Type into a field and send the form by the keyboard."""
    page.focus(field)
    page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("language", "theme", "name"), [("ar", "light", "lin"), ("en", "dark", "noor")])
def test_somebody_sets_up_a_second_factor_and_signs_in_with_it(site, page_in, language, theme, name):
    person, seen = site.people[name], []
    page = page_in(language, theme, PHONE)

    def look():
        seen.extend(violations(page) + page.wrong)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        return page

    page.goto(site.at(f"/{language}/accounts/login/"))
    page.fill("[name=login]", person.email)
    press_into(look(), "[name=password]", PASSWORD)
    page.goto(site.at(f"/{language}/accounts/2fa/totp/activate/"))
    secret = look().input_value("#authenticator_secret")
    press_into(page, "[name=code]", code_of(secret))
    codes = look().locator("#recovery_codes").input_value().split()
    assert len(codes) == 10
    page.goto(site.at(f"/{language}/accounts/2fa/"))
    look()
    page.goto(site.at(f"/{language}/accounts/2fa/recovery-codes/generate/"))
    look()
    page.goto(site.at(f"/{language}/accounts/logout/"))
    look()
    with page.expect_navigation():
        page.locator("main button").press("Enter")
    page.goto(site.at(f"/{language}/accounts/login/"))
    page.fill("[name=login]", person.email)
    press_into(page, "[name=password]", PASSWORD)
    press_into(look(), "[name=code]", codes[0])
    page.goto(site.at(f"/{language}/accounts/me/"))
    assert page.locator("#account summary").inner_text() == (person.name_ar if language == "ar" else person.name_en)
    assert seen == []
