"""A leader, who has five minutes: what to ask about, and the report of the cycle on paper."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_leader_prints_the_report_of_the_cycle(site, page_in, language):
    page = page_in(language, by="noor")
    page.goto(site.at(f"/{language}/workspace/"))
    assert page.locator("#ask svg.picture:visible").count() >= 5
    report = page.locator("main a[href$='/report.pdf']").first
    answer = page.request.get(site.at(report.get_attribute("href")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    content = answer.body()
    assert content.startswith(b"%PDF-")
    assert all(part in content for part in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid:part"))
    assert re.search(rf"/Lang ?\({language}".encode(), content)
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.wrong == []
