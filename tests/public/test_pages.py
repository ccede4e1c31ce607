"""What every public page has in common: its cycle, its language, its digits, and nothing of whoever asks."""

import pytest
from django.test import Client

from marsad.public.models import Drawing
from tests.ratings import build


def test_before_the_first_publication_every_page_says_that_there_is_nothing_yet(country):
    for address in ("/en/", "/en/league/", "/en/best-and-worst/"):
        page = Client().get(address)
        assert page.status_code == 200
        assert "Nothing is published yet" in page.content.decode()


def test_a_page_of_a_cycle_that_is_not_published_is_not_found(reader):
    assert reader.get("/en/cycles/1999/league/").status_code == 404


def test_a_reader_of_arabic_gets_arabic_and_one_of_english_english(reader):
    arabic, english = (reader.get(f"/{language}/league/").content.decode() for language in ("ar", "en"))
    assert 'lang="ar" dir="rtl"' in arabic
    assert 'lang="en" dir="ltr"' in english
    assert "جدول الترتيب" in arabic
    assert "League table" in english


def test_whoever_is_signed_in_gets_the_very_page_that_everybody_gets(reader, country):
    reader.get("/en/league/")
    signed_in = Client(headers={"accept-encoding": ""})
    signed_in.force_login(country.aisha, backend="django.contrib.auth.backends.ModelBackend")
    page = signed_in.get("/en/league/").content
    assert page == reader.get("/en/league/").content
    assert b"Aisha" not in page
    assert Drawing.objects.count() == 1


def test_who_chose_arabic_indic_digits_gets_a_drawing_of_their_own(reader):
    latin = reader.get("/ar/league/").content.decode()
    reader.cookies["marsad_numerals"] = "arabic-indic"
    indic = reader.get("/ar/league/").content.decode()
    assert "٢٠٢٦-١" in indic or "١٥" in indic
    assert "١٥" not in latin
    assert Drawing.objects.count() == 2


def test_an_older_cycle_has_its_own_address_and_each_leads_to_the_other(reader, country, tmp_path):
    (tmp_path / "again").mkdir()
    later = build.published(build.opened(tmp_path / "again", code="2027-1"))
    newest = reader.get("/en/league/").content.decode()
    older = reader.get(f"/en/cycles/{build.CODE}/league/").content.decode()
    assert f'href="/en/cycles/{build.CODE}/league/"' in newest
    assert 'href="/en/league/" aria-current' not in older
    assert f'href="/en/cycles/{build.CODE}/league/" aria-current' in older
    assert {drawing.publication_id for drawing in Drawing.objects.all()} == {later.pk, later.previous_id}


@pytest.mark.parametrize("address", ["/en/", "/en/league/"])
def test_what_answers_a_filter_is_not_kept(reader, address):
    assert reader.get(f"{address}?star=4").status_code == 200
    assert not Drawing.objects.exists()
