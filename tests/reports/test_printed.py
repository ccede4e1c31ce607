"""Printed reports: real text in both languages, tagged for everybody, the same bytes each time, and only of what is published."""

import re
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import Client

from marsad.ledger import Reply
from marsad.public.channel import ChannelPage
from marsad.public.editions import edition_of
from marsad.public.entity import EntityPage
from marsad.reports import jobs, store
from marsad.reports.printed import channel_report, cycle_report, entity_report
from tests.public.conftest import country, home
from tests.ratings import build

__all__ = ["country", "home"]


@pytest.fixture
def edition(country, tmp_path):
    build.published(build.opened(tmp_path))
    return edition_of()


def test_reports_are_tagged_accessible_and_in_their_language(edition):
    entry = next(entry for entry in edition.board.entries if entry.rated)
    for language in ("ar", "en"):
        for content in (channel_report(entry.code, language), entity_report(entry.entity, language), cycle_report(language)):
            assert content.startswith(b"%PDF-")
            assert b"/StructTreeRoot" in content
            assert b"/MarkInfo" in content
            assert b"pdfuaid:part" in content
            assert re.search(rf"/Lang ?\({language}".encode(), content)


def test_what_an_entity_says_is_printed_beside_the_verdict(edition, monkeypatch):
    entry = next(entry for entry in edition.board.entries if entry.rated)
    reply = Reply(entry.code, entry.entity, "", "We renew\nall of them.", "2026-03-01T00:00:00Z")
    monkeypatch.setattr(ChannelPage, "reply", reply)
    monkeypatch.setattr(EntityPage, "reply", reply)
    for content in (channel_report(entry.code, "ar"), entity_report(entry.entity, "en")):
        assert "renew" in "".join(read_by_fonts(content))


def test_the_same_report_is_the_same_bytes(edition):
    entry = edition.board.entries[0]
    assert channel_report(entry.code, "ar") == channel_report(entry.code, "ar")


def test_arabic_is_real_text(edition):
    entry = next(entry for entry in edition.board.entries if entry.rated)
    read = read_by_fonts(channel_report(entry.code, "ar"))
    letters = {sign for text in read for sign in text if "\u0620" <= sign <= "\u064a"}
    assert len(letters) > 15
    assert any(entry.code in text for text in read)


def read_by_fonts(content: bytes) -> list[str]:
    """Return what a PDF writes, read by each of its fonts: glyphs by the letters that the font says they stand for.

    A font also reads what others wrote, as nonsense: what is looked for stands in one of the texts.
    """
    streams = [unpacked(found) for found in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)]
    fonts = [re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", one) for one in streams if b"beginbfchar" in one]
    strings = [found for one in streams if b" Tf" in one for found in re.findall(rb"\(((?:\\.|[^\\()])*)\)", one, re.DOTALL)]
    glyphs = [re.findall(rb"(..)", unescaped(string), re.DOTALL) for string in strings]
    letters = [
        {bytes.fromhex(glyph.decode()): bytes.fromhex(sign.decode()).decode("utf-16-be") for glyph, sign in font}
        for font in fonts
    ]
    return ["".join(font.get(glyph, "") for string in glyphs for glyph in string) for font in letters]


def unpacked(stream: bytes) -> bytes:
    """Return what is in a stream of a PDF, packed or not."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def unescaped(string: bytes) -> bytes:
    """Return a string of a PDF as its bytes."""
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(rb"\\([0-7]{1,3}|.)", lambda found: named.get(found[1]) or literal(found[1]), string, flags=re.DOTALL)


def literal(escape: bytes) -> bytes:
    """Return the byte that an escape stands for: by its number, or itself."""
    return bytes([int(escape, 8)]) if escape.isdigit() else escape


def test_a_report_is_given_from_the_page_and_kept(edition):
    entry = edition.board.entries[0]
    address = f"/ar/channels/{entry.code}/report.pdf"
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    report = store.Report("channel", entry.code, "ar", edition)
    assert report.path.read_bytes() == response.content
    assert Client().get("/ar/channels/none/report.pdf").status_code == 404
    assert Client().get(f"/en/cycles/{edition.cycle.code}/report.pdf").content.startswith(b"%PDF-")


def test_printing_all_goes_on_where_it_was_stopped(edition, monkeypatch):
    reports = store.channel_reports(edition)
    assert len(reports) == 2 * len(edition.board.entries)
    set_now = []
    monkeypatch.setitem(store.PRINTERS, "channel", lambda code, language, cycle: set_now.append((code, language)) or b"%PDF-")
    started = store.print_missing(reports)
    for _place in range(3):
        next(started)
    started.close()
    assert store.printed_of(reports) == 3
    assert jobs.print_reports(edition.cycle.code) == len(reports)
    assert len(set_now) == len(set(set_now)) == len(reports)


def test_reports_are_printed_by_those_who_may(edition, country, client, settings):
    settings.MARSAD = replace(settings.MARSAD, require_mfa=False)
    assert client.get("/ar/reports/").status_code == 302
    client.force_login(country.omar)
    assert client.get("/ar/reports/").status_code in (403, 404)
    client.force_login(country.aisha)
    page = client.get("/ar/reports/").content.decode()
    assert edition.cycle.title_ar in page
    assert client.post("/ar/reports/", {"cycle": edition.cycle.code}).status_code == 302
    assert "hx-get" in client.get(f"/ar/reports/{edition.cycle.code}/progress/").content.decode()
    store.Report("channel", edition.board.entries[0].code, "ar", edition).printed()
    archive = client.get(f"/ar/reports/{edition.cycle.code}/channels.zip")
    with zipfile.ZipFile(BytesIO(b"".join(archive.streaming_content))) as opened:
        assert opened.namelist() == [f"channel-{edition.board.entries[0].code}.ar.pdf"]
