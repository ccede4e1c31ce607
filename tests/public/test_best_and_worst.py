"""Best and worst: who is a candidate and on what evidence, and the others in no order."""

from dataclasses import replace

import pytest

from marsad.core.text import sort_key
from marsad.public.best_and_worst import BestAndWorst, End
from marsad.public.editions import edition_of, editions
from marsad.public.pages import Page
from marsad.ratings import lists
from marsad.ratings.lists import decided


@pytest.fixture
def page(publication):
    edition = edition_of()
    return Page("best_and_worst", {}, "/en/best-and-worst/", {}, "en", "latin", editions(), edition)


def test_where_no_kind_has_lists_the_page_speaks_of_no_candidates(page):
    found = BestAndWorst(page, ())
    assert (found.sentence, found.notice) == ("No kind has enough rated channels for lists of the best and the worst.", "")


def test_candidates_are_those_that_reach_the_probability_of_the_standard(page):
    rated = page.board.leagues["service-centre"]
    for best, chance in ((True, "p_top"), (False, "p_bottom")):
        end = End(page, "x", rated, 2, best=best)
        assert [one.code for one in end.passing] == [one.code for one in rated if getattr(one, chance) >= 0.9]
        assert end.passing


def test_the_rest_are_those_of_whom_the_decision_speaks_in_the_order_of_the_alphabet(page):
    rated = page.board.leagues["service-centre"]
    worst = End(page, "x", rated, 2, best=False)
    recorded = decided(page.edition.publication.code)["service-centre", False]
    assert {one.code for one in (*worst.passing, *worst.doubtful)} == set(recorded)
    assert {one.code for one in rated if (one.p_bottom or 0) >= 0.05} <= set(recorded)
    names = [one.name["en"] for one in worst.doubtful]
    assert names == sorted(names, key=sort_key)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_hangs_on_choices_says_so_and_is_no_candidate(page, monkeypatch, language):
    rated = page.board.leagues["service-centre"]
    code = End(page, "x", rated, 2, best=False).passing[0].code
    recorded = decided(page.edition.publication.code)
    other = dict(recorded["service-centre", False])
    other[code] = {**other[code], "kept": 0.4}
    monkeypatch.setattr(lists, "decided", lambda publication: {**recorded, ("service-centre", False): other})
    worst = End(replace(page, language=language), "x", rated, 2, best=False)
    assert code not in [one.code for one in worst.passing]
    [entry] = [one for one in worst.doubtful if one.code == code]
    assert ("40% of other reasonable ratings say so" if language == "en" else "40% من التصنيفات") in worst.settle(entry)


def test_a_publication_without_a_decision_lists_by_its_chances(page, monkeypatch):
    monkeypatch.setattr(lists, "decided", lambda publication: {})
    rated = page.board.leagues["service-centre"]
    worst = End(page, "x", rated, 2, best=False)
    spoken = {one.code for one in (*worst.passing, *worst.doubtful)}
    assert spoken == {one.code for one in rated if (one.p_bottom or 0) >= 0.05}


def test_the_page_says_that_naming_waits_for_a_second_wave(reader):
    page = reader.get("/en/best-and-worst/").content.decode()
    assert "naming needs confirmation by a second wave" in page
    assert page.count('class="picture named"') == 4


def test_a_league_that_is_too_small_says_so(page, monkeypatch):
    from marsad.public.best_and_worst import best_and_worst_page

    scheme = replace(page.board.scheme, naming=replace(page.board.scheme.naming, minimum_channels=12))
    monkeypatch.setitem(page.board.__dict__, "scheme", scheme)
    silences = {ends.code: ends.silence for ends in best_and_worst_page(page).leagues}
    assert silences["service-centre"] is None
    assert "fewer than <bdi>12</bdi>" in silences["app"]


# ---- with a second wave


@pytest.fixture
def confirmed(country, tmp_path):
    """A published cycle whose second wave names channels, and its decision."""
    from tests.ratings import build

    publication = build.published_after_confirmation(build.opened(tmp_path), tmp_path)
    return publication, decided(publication.code)


def test_named_channels_stand_apart_from_those_that_need_attention_and_say_why(confirmed, client):
    for language in ("en", "ar"):
        shown_as_decided(confirmed[1], client, language)


def shown_as_decided(recorded, client, language):
    page = Page("best_and_worst", {}, f"/{language}/best-and-worst/", {}, language, "latin", editions(), edition_of())
    verdicts = {}
    for (league, best), told in recorded.items():
        end = End(page, "x", tuple(one for one in page.board.leagues[league] if one.rated), 2, best=best)
        for verdict, found in (("named", end.named), ("none", ())):
            verdicts.setdefault(verdict, []).extend(entry.code for entry in found)
        assert {one.code for one in end.named} == {code for code, said in told.items() if said["verdict"] == "named"}
        assert {one.code for one in end.doubtful} == {
            code for code, said in told.items() if said["verdict"] not in ("named", "none")
        }
        assert end.passing == ()
    [code, *_] = verdicts["named"]
    html = client.get(f"/{language}/best-and-worst/").content.decode()
    why = {"en": "on new evidence alone it is among the", "ar": "بالأدلة الجديدة وحدها هي ضمن"}[language]
    assert why in html
    assert {"en": "are named. Fewer than announced", "ar": "أكدته جولة ثانية"}[language] in html
    assert "naming needs confirmation" not in html
    channel = client.get(f"/{language}/channels/{code}/").content.decode()
    assert {"en": "It is named among the", "ar": "أُعلن اسمها ضمن"}[language] in channel
    assert why in channel
