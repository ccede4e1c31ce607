"""The language is in the address; who names none is led to their own."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from marsad.core.problem import Problem, Sentence
from marsad.web.charts.words import isolated
from marsad.web.preferences import remember
from marsad.web.texts import complaint, phrase


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [("", "", "ar"), ("", "en-GB,en;q=0.9", "en"), ("", "fr", "ar"), ("en", "ar", "en"), ("ar", "en", "ar")],
)
def test_an_address_without_a_language_leads_to_the_readers_own(client, cookie, accepted, language):
    if cookie:
        client.cookies["marsad_language"] = cookie
    answer = client.get("/accounts/login/?next=/x", headers={"accept-language": accepted})
    assert (answer.status_code, answer.url) == (302, f"/{language}/accounts/login/?next=/x")
    assert "Accept-Language" in answer["Vary"]


def test_machines_find_their_addresses_without_a_language(client, db):
    assert client.get("/api/v1/standards").status_code == 200
    assert client.get("/ar/api/v1/standards").status_code == 404


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("/ar/league/?kind=app&q=%D8%A7", "/en/league/?kind=app&q=%D8%A7"),
        ("/ar/", "/en/"),
        ("/ar", "/en/"),
        ("/health", "/en/"),
    ],
)
def test_the_switch_of_languages_keeps_the_page(address, other):
    request = RequestFactory().get(address)
    assert Template('{% in_language "en" %}').render(Context({"request": request}, autoescape=False)) == other


def test_digits_are_chosen_without_signing_in_and_kept(client):
    answer = client.post(
        "/preferences/numerals/", {"numerals": "arabic-indic"}, headers={"referer": "http://testserver/ar/offline/"}
    )
    assert (answer.status_code, answer.url) == (302, "http://testserver/ar/offline/")
    assert answer.cookies["marsad_numerals"].value == "arabic-indic"


def test_the_choice_of_digits_leads_to_no_other_host_and_takes_no_other_digits(client):
    elsewhere = client.post("/preferences/numerals/", {"numerals": "latin"}, headers={"referer": "https://elsewhere.example/"})
    assert elsewhere.url == "/"
    assert client.post("/preferences/numerals/", {"numerals": "roman"}).status_code == 400
    assert client.get("/preferences/numerals/").status_code == 405


def test_a_reader_signs_in_and_reads_on_in_their_own_language_and_digits(client, db):
    from tests import world

    omar = world.omar()
    omar.language, omar.numerals = "en", "arabic-indic"
    omar.save()
    answer = client.post("/ar/accounts/login/", {"login": omar.email, "password": world.PASSWORD})
    assert answer.status_code == 302
    assert (answer.cookies["marsad_language"].value, answer.cookies["marsad_numerals"].value) == ("en", "arabic-indic")
    assert client.get("/accounts/me/").url == "/en/accounts/me/"


def test_what_is_not_said_is_not_remembered():
    from django.http import HttpResponse

    response = HttpResponse()
    remember(response, language="ar")
    assert list(response.cookies) == ["marsad_language"]


def test_a_day_inside_a_sentence_never_breaks_at_its_hyphens():
    assert str(phrase("published on {day} in {place}", day="2025-03-01", place="Dubai-2025").en) == (
        'published on <bdi class="unbroken">2025-03-01</bdi> in <bdi>Dubai-2025</bdi>'
    )
    assert isolated("2025-03-01") == "\u20662025-\u206003-\u206001\u2069"
    assert Template("{{ day|unbroken }}{{ none|unbroken }}").render(Context({"day": "2025-03-01"})) == (
        '<bdi class="unbroken">2025-03-01</bdi>'
    )
    late = Problem(Sentence("a step ends on {day}, after the cure", day="2025-03-01"))
    assert "\u20682025-\u206003-\u206001\u2069" in complaint(late)
