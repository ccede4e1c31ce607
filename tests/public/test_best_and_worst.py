"""Best and worst: who is a candidate and on what evidence, and the others in no order."""

import pytest

from marsad.core.text import sort_key
from marsad.public.best_and_worst import End
from marsad.public.editions import edition_of, editions
from marsad.public.pages import Page


@pytest.fixture
def page(publication):
    edition = edition_of()
    return Page("best_and_worst", {}, "/en/best-and-worst/", {}, "en", "latin", editions(), edition)


def test_candidates_are_those_that_reach_the_probability_of_the_standard(page):
    rated = page.board.leagues["service-centre"]
    for best, chance in ((True, "p_top"), (False, "p_bottom")):
        end = End(page, "x", rated, 2, best=best)
        assert [one.code for one in end.passing] == [one.code for one in rated if getattr(one, chance) >= 0.9]
        assert end.passing


def test_the_rest_are_those_whose_ranks_reach_the_end_in_the_order_of_the_alphabet(page):
    rated = page.board.leagues["service-centre"]
    worst = End(page, "x", rated, 2, best=False)
    reached = {one.code for one in rated if one.rank_high > len(rated) - 2}
    assert {one.code for one in (*worst.passing, *worst.doubtful)} == reached | {one.code for one in worst.passing}
    names = [one.name["en"] for one in worst.doubtful]
    assert names == sorted(names, key=sort_key)


def test_the_page_says_that_naming_waits_for_a_second_wave(reader):
    page = reader.get("/en/best-and-worst/").content.decode()
    assert "naming needs confirmation by a second wave" in page
    assert page.count('class="picture named"') == 4


def test_a_league_that_is_too_small_says_so(page, monkeypatch):
    from dataclasses import replace

    from marsad.public.best_and_worst import best_and_worst_page

    scheme = replace(page.board.scheme, naming=replace(page.board.scheme.naming, minimum_channels=12))
    monkeypatch.setitem(page.board.__dict__, "scheme", scheme)
    silences = {ends.code: ends.silence for ends in best_and_worst_page(page).leagues}
    assert silences["service-centre"] is None
    assert "fewer than <bdi>12</bdi>" in silences["app"]
