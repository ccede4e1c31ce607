"""What other weights or bands would change: told on a page, never kept, for those who lead and those who check."""

from dataclasses import replace

import numpy as np
import pytest

from marsad.core.rating import rate
from marsad.ratings.board import board_of
from marsad.ratings.models import Cycle, Result
from marsad.ratings.setup import evidence_of, setup_of_run
from marsad.ratings.what_if import Asked, declared, ready_for, what_if
from tests.ratings import build
from tests.workspace.browser import words

pytestmark = pytest.mark.django_db
PAGE = "cycles/2026-1/what-if/"
TURNED = {"weight-voice": "0.1", "weight-visit": "0.9"}


@pytest.fixture
def run(country, tmp_path):
    """The finished run of an open cycle."""
    return build.rated(build.opened(tmp_path))


def scheme_of(run):
    """Return the scheme a run rated by."""
    return board_of(run, disclosed=False).scheme


# ---- what is found


def test_the_standards_own_weights_and_bands_change_nothing_and_give_what_is_stored(run):
    ready = ready_for(run.code)
    assert what_if(run, declared(scheme_of(run))).changes == ()
    entries = [board_of(run, disclosed=False).by_code[code] for code in ready.bench.rating.evidence.channels.tolist()]
    for name in ("score", "star", "rank"):
        stored = np.array([getattr(entry, name) for entry in entries], np.float64)
        np.testing.assert_array_equal(getattr(ready.as_is, name)[0], stored)


def test_other_weights_give_what_a_whole_rating_by_them_gives(run):
    weights = {"voice": 0.2, "visit": 0.8}
    answer = what_if(run, Asked(weights))
    setup = setup_of_run(run)
    other = replace(setup.scheme, nodes=tuple(replace(n, weight=weights.get(n.code, n.weight)) for n in setup.scheme.nodes))
    whole = rate(other, evidence_of(setup)[0], setup.draw)
    again = dict(zip(whole.evidence.channels.tolist(), zip(whole.score, whole.star, whole.rank, strict=True), strict=True))
    assert answer.rated == 25
    assert any(change.starred for change in answer.changes)
    found = {change.entry.code: change.after for change in answer.changes}
    stored = board_of(run, disclosed=False).by_code
    for code, (score, star, rank) in again.items():
        side = found.get(code, stored[code])
        assert (side.star, side.rank) == (star, rank)
        assert code not in found or side.score == pytest.approx(score, abs=0.05)


def test_another_edge_moves_exactly_the_channels_between_the_old_and_the_new_one(run):
    own = declared(scheme_of(run))
    answer = what_if(run, Asked(own.weights, (own.edges[0], own.edges[1] + 5)))
    low, high = own.edges[1], own.edges[1] + 5
    between = {entry.code for entry in board_of(run, disclosed=False).entries if low <= entry.score < high and not entry.limits}
    assert between
    assert {change.entry.code for change in answer.changes} == between
    assert {(change.before.star, change.after.star) for change in answer.changes} == {(4.0, 3.0)}


def test_a_limit_stays_where_it_was_found(run):
    assert board_of(run, disclosed=False).by_code["centre-04"].limits
    answer = what_if(run, Asked(declared(scheme_of(run)).weights, (1.0, 2.0)))
    assert "centre-04" not in {change.entry.code for change in answer.changes if change.starred}


def test_those_with_another_star_stand_first_then_those_who_move_on_to_a_list_or_off_it(run):
    changes = what_if(run, Asked({"voice": 0.0, "visit": 1.0})).changes
    kinds = [(change.starred, change.listed) for change in changes]
    assert kinds == sorted(kinds, reverse=True)
    assert any(change.listed for change in changes)


# ---- the page


def test_the_page_says_first_how_many_stars_would_change_and_that_it_is_no_result(run, work):
    answer = work("aisha").get(PAGE, **TURNED)
    count = sum(change.starred for change in answer.context["page"].answer.changes)
    said = words(answer)
    assert count > 1
    assert f"With these weights and bands {count} of 25 rated channels would have other stars." in said
    assert "This is not the result" in said
    line = answer.context["lines"][0]
    assert f"{line.star[0]} to {line.star[1]}" in said
    assert 'value="0.9"' in answer.content.decode()


def test_nothing_asked_shows_the_standard_to_move(run, work):
    answer = work("rashid").get(PAGE)
    assert "move one, and see what would be another" in words(answer)
    fields = {name: field.value() for name, field in ((f.name, f) for f in answer.context["page"].form)}
    assert fields == {"weight-voice": "0.6", "weight-visit": "0.4", "band-2": "50", "band-3": "65"}
    assert "Back to the standard" not in words(answer)


def test_an_address_need_say_only_what_is_moved(run, work):
    answer = work("aisha").get(PAGE, **{"band-3": "70"})
    assert answer.context["page"].form.asked == Asked({"voice": 0.6, "visit": 0.4}, (50.0, 70.0))


def test_what_changes_nothing_is_said_so(run, work):
    said = work("aisha").text(PAGE, **{"weight-voice": "6", "weight-visit": "4"})
    assert "With these weights and bands 0 of 25 rated channels would have other stars." in said
    assert "No star and no list would be another" in said


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"weight-voice": "-1"}, "weight-voice", "greater than or equal to 0"),
        ({"weight-voice": "0", "weight-visit": "0"}, "weight-voice", "At least one weight must be more than 0."),
        ({"weight-visit": "much"}, "weight-visit", "Enter a number."),
        ({"weight-visit": "nan"}, "weight-visit", "Enter a number."),
        ({"band-2": ""}, "band-2", "This field is required."),
        ({"band-3": "40"}, "band-3", "This must be more than the band before, 50."),
    ],
)
def test_what_cannot_be_tried_is_said_beside_its_field(run, work, asked, field, said):
    answer = work("aisha").get(PAGE, **asked)
    assert answer.status_code == 200
    assert said in " ".join(answer.context["page"].form.errors[field])
    assert said in words(answer)
    assert "Nothing was tried" in words(answer)
    assert answer.context["page"].answer is None


def test_nothing_of_it_is_kept(run, work):
    before = list(Result.objects.order_by("pk").values())
    work("aisha").get(PAGE, **TURNED)
    assert list(Result.objects.order_by("pk").values()) == before


def test_a_published_cycle_is_tried_on_what_was_published(country, work, tmp_path):
    publication = build.published(build.opened(tmp_path))
    assert work("rashid").get(PAGE, **TURNED).context["page"].run == publication.run


def test_without_a_run_the_page_sends_to_the_runs(country, work, tmp_path):
    build.opened(tmp_path)
    assert "Ask for a run first: other weights are tried on its results." in work("aisha").text(PAGE)


def test_a_form_that_sends_itself_gets_the_page_without_the_shell(run, work):
    part = work("aisha").client.get(f"/en/workspace/{PAGE}", TURNED, headers={"HX-Request": "true"}).content.decode()
    assert 'id="what-if"' in part
    assert "<html" not in part


def test_in_arabic_the_page_is_arabic(run, work):
    said = work("aisha", "ar").text(PAGE, **TURNED)
    assert "هذه ليست النتيجة" in said
    assert "من القنوات المصنفة، وعددها" in said


def test_only_who_leads_and_who_checks_sees_the_page_and_its_tab(run, work):
    for name, code in (("aisha", 200), ("rashid", 200), ("omar", 404), ("huda", 404), ("charlie", 404), ("noor", 404)):
        assert work(name).get(PAGE).status_code == code
    assert "What if" in work("aisha").text("cycles/2026-1/runs/")
    assert "What if" not in work("huda").text("cycles/2026-1/runs/")
    assert Cycle.objects.get().current_run == run
