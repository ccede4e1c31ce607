"""Printed reports: real text in both languages, tagged for everybody, the same bytes each time, and only of what is published."""

import re
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from django.test import Client

from marsad.public.editions import edition_of
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


def test_the_same_report_is_the_same_bytes(edition):
    entry = edition.board.entries[0]
    assert channel_report(entry.code, "ar") == channel_report(entry.code, "ar")


def test_arabic_is_real_text(edition):
    from typing import Any

    entry = next(entry for entry in edition.board.entries if entry.rated)
    content: Any = channel_report(entry.code, "ar")
    try:
        read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    except FileNotFoundError:
        pytest.skip("pdftotext is not on this machine")
    letters = {sign for sign in read if "\u0620" <= sign <= "\u064a"}
    assert len(letters) > 15
    assert entry.code in read


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
