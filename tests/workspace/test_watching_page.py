"""What stands out: a channel that changed more than chance explains is marked, opens a re-review, and is looked into."""

from pathlib import Path

import numpy as np
import pytest

from marsad.accounts.access import Forbidden
from marsad.accounts.models import Action
from marsad.core.lifecycle import OutOfTurn
from marsad.core.problem import Problem
from marsad.lake.rows import Coded, Rows, make_rows
from marsad.ratings import actions
from marsad.ratings.access import NotFound
from marsad.ratings.board import board_of
from marsad.ratings.drifting import drifts_for
from marsad.ratings.models import Cycle
from marsad.ratings.reviewing import review_for, reviews_for
from marsad.ratings.watched import Review
from marsad.ratings.watching import publication_before, watch_for
from tests import world
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
MOVED = "centre-03"
"""A channel of the Port Authority, which Omar champions."""
PAGE = "cycles/2026-2/"


def turned(path: Path) -> Path:
    """Have shoppers find everything right where they found little before."""
    lines = path.read_text(encoding="utf-8").splitlines()
    better = [",".join([*line.split(",")[:2], "10", *line.split(",")[3:]]) if line.startswith(MOVED) else line for line in lines]
    path.write_text("\n".join(better) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def cycle(country, tmp_path) -> Cycle:
    """A second cycle with a finished run, in which one channel is far better than in the first, which is published."""
    build.published(build.opened(tmp_path / "first"))
    cycle = actions.move_cycle(by=world.aisha(), cycle=build.announced(tmp_path, code="2026-2"), verb="open", at=build.NOW)
    for brought in (
        actions.Brought(rows=build.answers(cycle="2026-2", seed=2), file_name="answers"),
        actions.Brought(path=turned(build.visits(tmp_path)), source="visit"),
    ):
        actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=brought)
    build.rated(cycle)
    return Cycle.objects.get(code="2026-2")


def test_who_changed_more_than_chance_is_marked_reviewed_and_found_by_those_it_concerns(cycle, work):
    watch = watch_for(world.aisha(), cycle, build.NOW)
    assert watch.before == publication_before(cycle) == Cycle.objects.get(code=build.CODE).publication
    assert [one.entry.code for one in watch.marked] == [MOVED]
    [far] = watch.marked
    assert watch.changes[0] == far
    assert len(watch.changes) == len(watch.spots) == 25
    shift = watch.shifts["service-centre"]
    now, then = watch.board.by_code[MOVED], board_of(watch.before.run, disclosed=False).by_code[MOVED]
    assert far.change == pytest.approx(now.score - then.score)
    variance = sum(((one.high - one.low) / 2 / 1.6448536) ** 2 for one in (now, then))
    assert far.z == pytest.approx((far.change - shift.target) / (variance + shift.between) ** 0.5)

    [review] = Review.objects.all()
    assert (review.channel.code, review.state, review.opened_by, review.run) == (MOVED, "open", None, cycle.current_run)
    assert review.found["z"] == pytest.approx(far.z, abs=1e-6)
    assert Action.objects.about(review).get().verb == "open_review"
    again = actions.ask_for_run(by=world.aisha(), cycle=cycle, at=build.NOW)
    assert again == cycle.current_run
    assert Review.objects.count() == 1

    answer = work("aisha").get(f"{PAGE}watching/")
    said = words(answer)
    assert "Since The first cycle 1 of 25 channels changed more than chance" in said
    assert "To be looked into" in said
    page = answer.context["page"]
    assert page.picture.wide.sentence.endswith("farther off than chance and the usual differences explain.")
    assert len(page.picture.wide.table.rows) == 10
    assert [code for code, _ in page.leagues] == ["app", "service-centre"]
    for name in ("aisha", "omar"):
        home = work(name).text()
        assert "1 channel changed more than chance explains and is looked at again" in home
        assert "Its score went from" in work(name).text(f"{PAGE}reviews/{MOVED}/")
        assert "To be looked into" in work(name).text(f"{PAGE}reviews/")
    assert "What becomes of it" not in work("omar").text(f"{PAGE}reviews/{MOVED}/")
    assert "ما يلفت النظر" in work("aisha", "ar").text(f"{PAGE}watching/")
    for name, pages in {
        "rashid": (200, 200, 200),
        "salem": (404, 404, 404),
        "charlie": (404, 404, 404),
        "omar": (404, 200, 200),
    }.items():
        found = [work(name).get(f"{PAGE}{page}").status_code for page in ("watching/", "reviews/", f"reviews/{MOVED}/")]
        assert tuple(found) == pages


def test_a_re_review_is_looked_into_and_ends_with_a_note_by_the_programme_alone(cycle, work):
    lead, page = work("aisha"), f"{PAGE}reviews/{MOVED}/"
    lead.post(page, {"verb": "look-into"})
    assert "this needs words" in words(lead.post(page, {"verb": "confirm"}))
    assert "It is kept what became of the re-review" in words(
        lead.post(page, {"verb": "confirm", "note": "A new building since May"})
    )
    review = Review.objects.get()
    assert (review.state, review.note) == ("confirmed", "A new building since May")
    assert [entry.verb for entry in Action.objects.about(review)].count("move_review") == 2
    with pytest.raises(OutOfTurn):
        actions.move_review(by=world.aisha(), review=review, verb="explain", at=build.NOW, note="Another word")
    with pytest.raises(Forbidden):
        actions.move_review(by=world.omar(), review=review, verb="explain", at=build.NOW, note="Mine")
    assert work("omar").post(page, {"verb": "explain", "note": "Mine"}).status_code == 404
    assert "looked at again" not in work("omar").text()
    assert "What becomes of it" not in lead.text(page)


def test_the_programme_opens_one_for_a_reason_and_only_once(cycle, work):
    with pytest.raises(Problem, match="is there already"):
        actions.open_review(by=world.aisha(), cycle=cycle, channel=MOVED, at=build.NOW, why="Once more")
    answer = work("aisha").post(f"{PAGE}reviews/", {"channel": "app-01", "why": "A letter from a customer"})
    assert "Somebody of the programme team opened it" in words(answer)
    assert review_for(world.somebody("salem"), "2026-2", "app-01").why == "A letter from a customer"
    with pytest.raises(NotFound):
        review_for(world.omar(), "2026-2", "app-01")
    assert reviews_for(world.aisha()).count() == 2
    assert "does not cover" in words(work("aisha").post(f"{PAGE}reviews/", {"channel": "app-99", "why": "A letter"}))


def test_another_standard_makes_other_scores_and_nothing_is_marked(country, tmp_path, work):
    build.published(build.opened(tmp_path / "first"))
    other = build.STANDARD.replace('"small"', '"other"')
    cycle = build.opened(tmp_path, code="2026-2", text=other)
    build.rated(cycle)
    watch = watch_for(world.aisha(), cycle, build.NOW)
    assert (watch.comparable, watch.changes) == (False, ())
    assert "rated by another standard" in work("aisha").text(f"{PAGE}watching/")
    assert not Review.objects.exists()


def weekly_answers() -> Rows:
    """Return ten answers a week to one question, eight weeks long; all rise a little, and one channel falls in the end."""
    codes, weeks, each = build.codes(), 8, 10
    channel, week = (one.ravel() for one in np.meshgrid(np.arange(len(codes)), np.repeat(np.arange(weeks), each), indexing="ij"))
    quality = 3 + week / 10 - 1.6 * ((channel == codes.index(MOVED)) & (week > 4))
    values = np.clip(np.rint(quality + np.random.default_rng(6).normal(0, 0.8, week.size)), 1, 5)
    start = np.datetime64(build.SEEN.replace(tzinfo=None), "us")
    return make_rows(
        {
            "cycle": build.CODE,
            "subject": Coded(channel, codes),
            "indicator": Coded(np.zeros(week.size, np.int64), ["happy"]),
            "value": values,
            "at": start + week * np.timedelta64(7, "D") + np.arange(week.size) * np.timedelta64(1, "ms"),
            "source": "survey",
            "respondent": [f"p{number}" for number in range(week.size)],
        }
    )


def test_who_falls_within_the_cycle_beside_the_others_is_listed_and_nobody_else(country, tmp_path, work):
    cycle = actions.move_cycle(by=world.aisha(), cycle=build.announced(tmp_path), verb="open", at=build.NOW)
    actions.take_evidence(by=world.aisha(), cycle=cycle, at=build.NOW, brought=actions.Brought(rows=weekly_answers()))
    build.rated(cycle)
    [fallen] = drifts_for(world.aisha(), cycle, build.NOW)
    assert (fallen.entry.code, fallen.indicator) == (MOVED, "happy")
    assert -25 < fallen.points < -5
    assert fallen.z < -3
    said = work("aisha").text("cycles/2026-1/watching/")
    assert "Questions on which channels drift, the farthest first" in said
    assert fallen.entry.name.en in said
    with pytest.raises(Forbidden):
        drifts_for(world.omar(), cycle, build.NOW)
