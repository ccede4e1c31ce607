"""A page is drawn once, kept, and sent as each reader takes it; it is drawn anew when what it shows changed."""

import gzip

import brotli
import pytest
from django.test import RequestFactory

from marsad.catalogue.actions import change_channel
from marsad.catalogue.models import Channel
from marsad.public.drawings import coding_for, drawn
from marsad.public.editions import edition_of, editions
from marsad.public.models import Drawing
from marsad.ratings.access import NotFound
from tests.ratings import build


class Brush:
    """Draws a page and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return f"<p>نجوم {self.times}</p>"


def ask(publication, brush, path="/ar/league/", numerals="latn", **headers):
    request = RequestFactory().get(path, headers={"Accept-Encoding": "br", **headers})
    return drawn(request, publication, numerals, brush)


def test_a_page_is_drawn_once_and_kept(publication):
    brush = Brush()
    first, second = ask(publication, brush), ask(publication, brush)
    assert brush.times == 1
    assert first.content == second.content
    assert brotli.decompress(first.content).decode() == "<p>نجوم 1</p>"
    assert Drawing.objects.count() == 1


def test_each_address_and_each_kind_of_numerals_has_its_own_drawing(publication):
    brush = Brush()
    ask(publication, brush)
    ask(publication, brush, path="/en/league/")
    ask(publication, brush, numerals="arab")
    assert brush.times == Drawing.objects.count() == 3


def test_a_page_asked_for_with_a_query_is_not_kept(publication):
    brush = Brush()
    ask(publication, brush, path="/ar/league/?kind=app")
    assert brush.times == 1
    assert not Drawing.objects.exists()


def test_a_page_is_drawn_anew_when_a_name_changed(publication, country):
    brush = Brush()
    ask(publication, brush)
    channel = Channel.objects.get(code="centre-00")
    change_channel(by=country.omar, channel=channel, name_en="Renamed", at=build.NOW)
    ask(publication, brush)
    assert brush.times == 2
    assert Drawing.objects.count() == 1


def test_a_reader_who_has_the_page_is_told_so(publication):
    first = ask(publication, Brush())
    again = ask(publication, Brush(), **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_readers_get_the_coding_they_take(publication):
    brush = Brush()
    plain = ask(publication, brush, **{"Accept-Encoding": ""})
    zipped = ask(publication, brush, **{"Accept-Encoding": "gzip"})
    assert plain.content == gzip.decompress(zipped.content)
    assert "Content-Encoding" not in plain
    assert plain["ETag"] != zipped["ETag"]
    assert coding_for("br;q=0, gzip") == "gzip"


def test_the_newest_published_cycle_is_the_edition_shown(publication, country, tmp_path):
    assert edition_of().publication == publication
    assert edition_of(build.CODE).board.disclosed
    assert len(editions()) == 1
    with pytest.raises(NotFound):
        edition_of("1999")
