"""The raters of a cycle: who sees them, that a severe one is named, and what is said where nothing can be."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.core.cache import cache

from marsad.accounts.access import Forbidden
from marsad.api import work as worker
from marsad.lake import queries
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.ratings import actions
from marsad.ratings.following import integrity_job
from marsad.ratings.models import Cycle, Job
from marsad.ratings.raters import kept_panels, panels_for
from tests import world
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/raters/"
RATERS, DAYS = 6, 30
SEVERE, CHANGED, MILD = "shopper-4", "shopper-2", "shopper-1"


def visits(
    *, names: str = "shopper", channels: list[str] | None = None, raters: int = RATERS, source: str = "visit", change: float = 3
) -> Rows:
    """Return eight visits to each channel; one rater is severe by 3 of 10, one mild by 2, one later severe by `change`."""
    codes = channels or build.codes()
    generator = np.random.default_rng(5)
    subject = np.repeat(np.arange(len(codes)), 8)
    rater, day = generator.integers(0, raters, subject.size), generator.integers(0, DAYS, subject.size)
    severe = np.array([0, -2, 0, 0, 3, 0])[rater] + change * ((rater == 2) & (day >= DAYS / 2))
    values = 5.5 + (subject % 5) / 5 - severe + generator.normal(0, 0.6, subject.size)
    return make_rows(
        {
            "cycle": build.CODE,
            "subject": Coded(subject, codes),
            "indicator": Coded(np.zeros(subject.size, int), ["queue"]),
            "value": values,
            "at": np.datetime64(build.SEEN.replace(tzinfo=None), "us") + day * np.timedelta64(timedelta(days=1)),
            "source": source,
            "rater": Coded(rater, [f"{names}-{number}" for number in range(raters)]),
        }
    )


def bring(cycle: Cycle, rows: Rows, name: str = "visits") -> None:
    brought = actions.Brought(rows=rows, file_name=name)
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=brought)


@pytest.fixture
def empty(country, tmp_path) -> Cycle:
    """An open cycle into which nothing has come."""
    cycle = build.announced(tmp_path)
    return actions.move_cycle(by=world.aisha(), cycle=cycle, verb="open", at=build.NOW)


@pytest.fixture
def cycle(empty) -> Cycle:
    """An open cycle with visits by raters of known severity, and with answers."""
    bring(empty, build.answers(), "answers")
    bring(empty, visits())
    return empty


def line(answer, name: str):
    """Return a rater as the list has it."""
    return next(one for one in answer.context["page"].lines if one.name == name)


def test_the_severe_the_mild_and_the_changed_are_named_with_their_points(cycle, work):
    answer = work("aisha").get(PAGE)
    said = words(answer)
    assert "2 of 6 raters are clearly severer than the rest." in said, "who became severer is so on the whole, too"
    assert " clearly milder." in said
    assert "1 changed between the two halves of the visits by more than chance explains." in said
    page = answer.context["page"]
    assert [one.name for one in page.lines[:2]] == [SEVERE, CHANGED]
    assert page.lines[-1].name == MILD
    assert line(answer, SEVERE).said == (("warn", "severer"),)
    assert ("bad", "became severer") in line(answer, CHANGED).said
    found = page.found
    place = found.names.tolist().index(SEVERE)
    truth = np.array([0, -20, 15, 0, 30, 0])
    assert found.value == pytest.approx(truth - truth.mean(), abs=4)
    assert found.low[place] < 30 - truth.mean() < found.high[place]


def test_scores_count_from_the_worst_of_their_scale_to_its_best(empty):
    bring(empty, build.answers(), "answers")
    bring(empty, visits(change=0))
    panels = panels_for(world.aisha(), empty, build.NOW)
    assert list(panels) == ["visit"], "customers are no raters"
    found = panels["visit"].severities
    assert found.visits.sum() <= 8 * 25
    assert found.spread == pytest.approx(6, rel=0.25), "0.6 of a scale of 10 is 6 points of 100"


def test_it_is_reckoned_once_for_each_state_of_the_evidence(cycle, work):
    kept_panels.cache_clear()
    for _time in range(2):
        work("aisha").get(PAGE)
    assert (kept_panels.cache_info().misses, kept_panels.cache_info().hits) == (1, 1)
    before = work("aisha").get(PAGE).context["page"].found
    bring(cycle, visits(names="other", channels=build.codes()[:10]), "more")
    after = work("aisha").get(PAGE).context["page"].found
    assert after.names.size == before.names.size + RATERS


def test_once_a_run_counts_the_worker_has_reckoned_it_for_all_processes(cycle, work, monkeypatch):
    before = work("aisha").get(PAGE).context["page"].lines
    cache.clear()
    assert worker.perform(integrity_job(build.rated(cycle)).code).state == Job.DONE
    kept_panels.cache_clear()
    monkeypatch.setattr(queries, "by_rater", None)
    assert work("aisha").get(PAGE).context["page"].lines == before


def test_those_whom_no_channel_joins_are_named_and_stand_last_without_a_severity(empty, work):
    bring(empty, visits(channels=build.codes()[:20]))
    bring(empty, visits(names="stranger", channels=build.codes()[20:], raters=2), "strangers")
    answer = work("aisha").get(PAGE)
    said = words(answer)
    assert "of 6 raters" in said
    assert "No chain of channels joins these raters to the others: stranger-0, stranger-1." in said
    assert [one.name for one in answer.context["page"].lines[-2:]] == ["stranger-0", "stranger-1"]
    assert line(answer, "stranger-0").severity == "–"
    assert line(answer, "stranger-0").said == (("", "not comparable"),)


def test_where_no_two_saw_one_channel_nobody_is_compared(empty, work):
    bring(empty, visits(channels=["app-00"], raters=1))
    answer = work("aisha").get(PAGE)
    assert "These raters cannot be compared yet" in words(answer)
    assert answer.context["page"].picture is None
    assert line(answer, "shopper-0").severity == "–"
    assert "No channel was scored by two raters yet" in words(answer)
    alone = work("aisha").text(f"{PAGE}shopper-0/")
    assert "Cannot be compared with the others" in alone
    assert "Nobody else scored these channels" in alone


def test_the_page_says_whether_another_rater_would_have_seen_the_same(cycle, work):
    said = words(work("aisha").get(PAGE))
    assert "Another rater would often have given other answers: conclude nothing from a single visit." in said
    assert "25 of 25 channels were scored by two raters or more." in said
    found = panels_for(world.aisha(), cycle, build.NOW)["visit"].twice
    assert f"{found.answers.value:.2f}".replace("-", "−") in said
    assert found.answers.value < 0.3, "channels differ by less than severities do"


def test_a_rater_has_a_page_beside_the_others_which_the_list_leads_to(cycle, work):
    browser = work("aisha")
    assert f'href="/en/workspace/{PAGE}{SEVERE}/?source=visit"' in browser.get(PAGE).content.decode()
    answer = browser.get(f"{PAGE}{CHANGED}/")
    said = words(answer)
    assert "became severer" in said
    assert "Became severer by " in said
    page = answer.context["page"]
    assert page.picture.sentence == "Number 2 of 6 by severity, the severest first, beside the nearest."
    shown = {one.name: one for one in page.lines}
    assert len(shown) == len(page.lines) == page.found.channels[page.place]
    first = page.lines[0]
    code = page.panel.visits.channels[page.beside.channel[0]]
    assert first.name == cycle.channels.get(code=code).name_en
    assert abs(page.beside.own - page.beside.others).argmax() == 0
    severe = work("aisha", "ar").text(f"{PAGE}{SEVERE}/")
    assert "يمنح أقل من متوسط المقيّمين بمقدار" in severe
    assert browser.get(f"{PAGE}nobody/").status_code == 404


def test_what_stands_beside_the_others_is_what_was_written_in_points_of_the_scale(empty, work):
    rows = [("app-00", "Lin", 6.0), ("app-00", "Omar", 3.0), ("app-00", "Omar", 5.0), ("app-01", "Lin", 8.0)]
    channels, raters, values = zip(*rows, strict=True)
    day = np.arange(len(rows)) * np.timedelta64(timedelta(days=1))
    at = np.datetime64(build.SEEN.replace(tzinfo=None), "us") + day
    more = {"cycle": build.CODE, "indicator": ["queue"] * len(rows), "source": "visit"}
    bring(empty, make_rows({"subject": list(channels), "rater": list(raters), "value": list(values), "at": at, **more}))
    (only,) = work("aisha").get(f"{PAGE}Lin/").context["page"].lines
    assert (only.own, only.others, only.difference) == ("60.0", "40.0", "+20.0")
    assert (only.own_visits, only.other_visits) == ("1", "2")


def test_a_rater_may_be_called_anything_and_still_has_a_page(empty, work):
    bring(empty, visits(names="../Lin ./؟#%2F"))
    browser = work("aisha")
    (address,) = {one for one in re.findall(r'href="([^"]*)"', browser.get(PAGE).content.decode()) if "~252F-3/" in one}
    answer = browser.client.get(address)
    assert answer.context["page"].rater == "../Lin ./؟#%2F-3"
    assert browser.get(f"{PAGE}~FF/").status_code == 404, "no text has these bytes"


def test_who_changed_is_told_on_the_home_of_the_programme_while_something_can_be_done(cycle, work):
    link = 'hx-get="/en/workspace/changed-raters/"'
    assert link in work("aisha").get("").content.decode()
    assert link not in work("huda").get("").content.decode()
    answer = work("aisha").get("changed-raters/")
    assert "The first cycle: shopper-2 became severer by" in words(answer)
    assert work("aisha").client.get(answer.context["alerts"][0].href).context["page"].rater == CHANGED
    assert "ازداد shopper-2 تشددًا" in work("aisha", "ar").text("changed-raters/")
    assert work("huda").get("changed-raters/").status_code == 404
    Cycle.objects.update(state="approved")
    assert "No rater changed by more than chance explains." in work("aisha").text("changed-raters/")
    assert link not in work("aisha").get("").content.decode()


def test_of_many_raters_the_severest_and_the_mildest_are_drawn(cycle, work):
    page = work("aisha").get(PAGE).context["page"]
    drawn = str(page.picture.broad)
    assert all(f"shopper-{number}" in drawn for number in range(RATERS))
    assert page.picture.sentence.startswith("The severest, shopper-4, gives ")
    assert "Drawn are" not in page.picture.sentence


def test_before_the_first_visit_the_page_says_what_will_be_there(empty, work):
    assert "No rater has scored yet" in work("aisha").text(PAGE)
    bring(empty, build.answers(), "answers")
    assert "No rater has scored yet" in work("aisha").text(PAGE)


def test_a_source_is_chosen_where_several_name_raters(cycle, work):
    bring(cycle, visits(names="assessor", source="assessment"), "assessments")
    browser = work("aisha")
    assert browser.get(PAGE).context["page"].source == "visit"
    chosen = browser.get(PAGE, source="assessment").context["page"]
    assert chosen.lines[0].name == "assessor-4"
    assert browser.get(PAGE, source="nonsense").context["page"].source == "visit"


def test_in_arabic_the_page_is_arabic(cycle, work):
    said = work("aisha", "ar").text(PAGE)
    assert "اثنان من المقيّمين الـ6 أكثر تشددًا من سواهما بوضوح" in said
    assert "ازداد تشددًا" in said


def test_only_the_programme_and_auditors_see_raters(cycle, work):
    for name, code in (("aisha", 200), ("rashid", 200), ("omar", 404), ("huda", 404), ("charlie", 404), ("lin", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "Raters" in work("rashid").text("cycles/2026-1/evidence/")
    assert "Raters" not in work("omar").text("cycles/2026-1/evidence/")
    with pytest.raises(Forbidden):
        panels_for(world.somebody("omar"), cycle, build.NOW)
