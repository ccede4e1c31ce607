"""A cycle goes from its draft to its publication by pages alone: the programme leads it, the council approves it."""

from uuid import uuid4

import pytest

from tests.browser.conftest import meanwhile

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


class Lead:
    """Somebody who works on a cycle before a page."""

    def __init__(self, page, home):
        self.page, self.home = page, home

    def open(self, place=""):
        """Open a page of the cycle."""
        self.page.goto(f"{self.home}{place}")

    def step(self, verb):
        """Take a step: from the way to publication to the question, and on by its button."""
        self.open()
        self.page.click(f"main a[href$='/steps/{verb}/']")
        with self.page.expect_navigation():
            self.page.click("main form[method=post] button")
        assert self.page.locator("main [role=alert]").count() == 0

    def bring(self, file, source):
        """Bring a file of evidence."""
        self.open("evidence/")
        self.page.click("main a[href$='/evidence/bring/']")
        self.page.set_input_files("[name=file]", file)
        self.page.select_option("[name=source]", source)
        with self.page.expect_navigation():
            self.page.click("main form[method=post] button")
        assert self.page.url.endswith("/evidence/")

    def after_work(self, work):
        """Have the worker do what the page waits for, which then shows by itself that it is done."""
        assert self.page.locator("main progress").count() == 1
        meanwhile(work, self.page.url.rstrip("/").rpartition("/")[2])
        self.page.locator("main progress").wait_for(state="detached")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_cycle_goes_from_draft_to_published_by_pages(site, page_in, language, tmp_path):
    from marsad.api.work import perform as work_on
    from marsad.ratings.running import perform as rate
    from tests.ratings import build
    from tests.stories import files

    code = f"by-page-{language}-{uuid4().hex[:6]}"
    meanwhile(build.announced, tmp_path, code=code)
    home = site.at(f"/{language}/workspace/cycles/{code}/")
    lead, council = Lead(page_in(language, by="aisha"), home), Lead(page_in(language, by="huda"), home)

    lead.page.goto(site.at(f"/{language}/workspace/"))
    lead.page.locator(f"main a[href$='/cycles/{code}/']").first.click()
    lead.step("open")
    lead.bring(files.answers(tmp_path), "survey")
    lead.bring(build.visits(tmp_path), "visit")
    for verb in ("lock", "moderate", "hear"):
        lead.step(verb)
    lead.open("runs/")
    lead.page.click("main form[method=post] button")
    lead.page.wait_for_url(f"{home}runs/*/")
    lead.after_work(rate)
    lead.open()
    assert lead.page.locator("a[href$='/steps/approve/'], a[href$='/steps/publish/']").count() == 0
    council.step("approve")
    lead.step("publish")
    lead.after_work(work_on)
    lead.page.click(f"main a[href='/{language}/']")
    reader = page_in(language)
    reader.goto(site.at(f"/{language}/cycles/{code}/league/"))
    assert reader.locator("tbody .name").count() >= 5
    assert lead.page.wrong + council.page.wrong + reader.wrong == []
