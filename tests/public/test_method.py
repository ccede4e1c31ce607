"""The method: generated from the standard of the cycle, complete, and with a place for every part that evidence points to."""

import io
import re
import zipfile

import pytest

from marsad.ledger.source import digest_of
from marsad.public.editions import edition_of

LANGUAGES = ("ar", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_of_the_standard_has_its_anchor_and_its_name(visitor, language):
    page = visitor.get(f"/{language}/method/").content.decode()
    standard = edition_of().board.standard
    for code, label in standard.labels.items():
        assert page.count(f'id="{code}"') == 1, code
        assert label[language] in page
    assert standard.digest in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_one_language(visitor, language):
    page = visitor.get(f"/{language}/method/").content.decode()
    other = {"ar": "A breach", "en": "انتهاك"}[language]
    rule = edition_of().board.standard.rules["breach-cap"]
    assert rule[language] in page
    assert other not in page


def test_where_evidence_sends_the_reader_there_is_something(visitor):
    entry = next(entry for entry in edition_of().board.entries if entry.rated)
    page = visitor.get("/en/method/").content.decode()
    for what in ("score", "voice", "happy"):
        evidence = visitor.get(f"/en/channels/{entry.code}/evidence/{what}/").content.decode()
        address, anchor = re.search(r'href="([^"#]*method/)#([\w-]+)"', evidence).groups()
        assert address == "/en/method/"
        assert f'id="{anchor}"' in page


def test_the_number_that_the_cycle_announced_stands_in_the_rule_of_naming(visitor):
    run = edition_of().publication.run
    assert run.names == {}
    assert "The best <bdi>2</bdi> and the worst <bdi>2</bdi> of a kind" in visitor.get("/en/method/").content.decode()


def test_whoever_has_the_file_has_the_very_standard(visitor):
    answer = visitor.get("/en/method/standard.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    release = edition_of().publication.run.standard
    assert digest_of(release.file, files) == release.digest


def test_a_standard_with_questions_has_a_place_for_each(visitor):
    from django.http import QueryDict
    from django.template.loader import render_to_string

    from marsad.public.editions import editions
    from marsad.public.method import MethodPage
    from marsad.public.pages import Page
    from marsad.standards import load

    page = Page("method", {}, "/en/method/", QueryDict(), "en", "latin", editions(), edition_of())
    page.board.__dict__["standard"] = shown = load("msr-1")
    page.board.__dict__["scheme"] = shown.scheme
    try:
        html = render_to_string("public/method.html", {"page": page, "method": MethodPage(page)})
    finally:
        del page.board.__dict__["standard"], page.board.__dict__["scheme"]
    for code in shown.labels:
        assert html.count(f'id="{code}"') == 1, code
    assert 'href="/api/v1/standards/msr-1"' in html


def test_the_page_warns_of_estimates_one_at_a_time_where_the_standard_asks_for_them():
    from dataclasses import replace

    from marsad.core.scheme import Estimates
    from marsad.standards import load
    from marsad.web.method import estimation

    standard = load("msr-1")
    code = standard.scheme.indicators[0].code
    alone = replace(standard, scheme=replace(standard.scheme, estimates=Estimates((code,))))
    [told] = estimation(alone)
    assert told.inside("en").startswith("In one indicator each channel is drawn towards the mean of its kind")
    assert "intervals that should hold 90 of 100 true scores would hold 65" in told.inside("en")
    assert standard.labels[code].ar in told.inside("ar")
    assert "مؤشر واحد على الأكثر في كل نوع" in told.inside("ar")
    assert estimation(standard) == []
