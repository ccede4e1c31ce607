"""The accessibility statement: there before anything is published, and with an address to write to where one is named."""

from dataclasses import replace

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "said"), [("ar", "WCAG 2.2 بالمستوى AA"), ("en", "WCAG 2.2 at level AA")])
def test_the_statement_stands_before_anything_is_published(language, said):
    assert said in Client().get(f"/{language}/accessibility/").content.decode()


def test_the_address_of_the_setting_is_given(settings):
    nameless = Client().get("/en/accessibility/").content.decode()
    assert "mailto:" not in nameless
    settings.MARSAD = replace(settings.MARSAD, contact="access@gov.example")
    assert 'href="mailto:access@gov.example"' in Client().get("/en/accessibility/").content.decode()
