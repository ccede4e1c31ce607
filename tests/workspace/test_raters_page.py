"""The raters of a cycle: who sees them, that a severe one is named, and what is said where nothing can be."""

from datetime import timedelta

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.ratings import actions
from marsad.ratings.models import Cycle
from marsad.ratings.raters import kept_severities, severities_for
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
    found = severities_for(world.aisha(), empty, build.NOW)
    assert list(found) == ["visit"], "customers are no raters"
    assert found["visit"].visits.sum() <= 8 * 25
    assert found["visit"].spread == pytest.approx(6, rel=0.25), "0.6 of a scale of 10 is 6 points of 100"


def test_it_is_reckoned_once_for_each_state_of_the_evidence(cycle, work):
    kept_severities.cache_clear()
    for _time in range(2):
        work("aisha").get(PAGE)
    assert (kept_severities.cache_info().misses, kept_severities.cache_info().hits) == (1, 1)
    before = work("aisha").get(PAGE).context["page"].found
    bring(cycle, visits(names="other", channels=build.codes()[:10]), "more")
    after = work("aisha").get(PAGE).context["page"].found
    assert after.names.size == before.names.size + RATERS


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
    assert "Raters" in work("rashid").text("cycles/2026-1/")
    assert "Raters" not in work("omar").text("cycles/2026-1/")
    with pytest.raises(Forbidden):
        severities_for(world.somebody("omar"), cycle, build.NOW)
