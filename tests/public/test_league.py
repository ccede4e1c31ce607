"""The league table: bands of channels that cannot be told apart, filters and order by the address, and the same as a file."""

import csv
import io
import re
from types import SimpleNamespace

from marsad.public.editions import edition_of
from marsad.public.league import tie_bands


def names(page) -> list[str]:
    return re.findall(r'/channels/([\w-]+)/"><bdi>', page.content.decode())


def entry(code, low, high):
    return SimpleNamespace(code=code, rank=(low + high) / 2, rank_low=low, rank_high=high)


def test_a_band_holds_those_whose_range_of_ranks_meets_that_of_its_first():
    ranked = [entry("a", 1, 2), entry("b", 1, 3), entry("c", 2, 5), entry("d", 3, 5), entry("e", 6, 6)]
    assert [[one.code for one in band] for band in tie_bands(ranked)] == [["a", "b", "c"], ["d"], ["e"]]


def test_channels_whose_ranks_have_no_range_stand_in_bands_of_their_own_unless_they_share_a_rank():
    ranked = [
        SimpleNamespace(code=str(place), rank=rank, rank_low=None, rank_high=None) for place, rank in enumerate([1, 2, 2, 4])
    ]
    assert [len(band) for band in tie_bands(ranked)] == [1, 2, 1]


def test_the_league_lists_its_kind_best_first(visitor):
    entries = edition_of().board.leagues["app"]
    assert names(visitor.get("/en/league/app/")) == [one.code for one in entries]


def test_every_kind_has_its_league_and_no_other_is_found(visitor):
    assert visitor.get("/en/league/service-centre/").status_code == 200
    assert visitor.get("/en/league/no-such-kind/").status_code == 404


def test_filters_leave_those_that_answer_all_of_them(visitor):
    entries = edition_of().board.leagues["app"]
    wanted = [one.code for one in entries if one.entity == "port-authority" and one.star == 4]
    assert wanted
    assert names(visitor.get("/en/league/app/?entity=port-authority&star=4")) == wanted


def test_a_column_orders_the_table_both_ways_and_says_so(visitor):
    upward, downward = visitor.get("/en/league/app/?order=score"), visitor.get("/en/league/app/?order=-score")
    assert names(upward) == names(downward)[::-1]
    assert 'class="score" aria-sort="ascending"' in upward.content.decode()
    assert 'class="score" aria-sort="descending"' in downward.content.decode()
    assert "cannot be told apart</th>" not in upward.content.decode()


def test_a_name_is_found_in_either_language(visitor):
    assert names(visitor.get("/en/league/app/?q=القناة 16")) == ["app-01"]
    assert names(visitor.get("/ar/league/app/?q=channel 16")) == ["app-01"]


def test_where_nothing_answers_the_page_says_what_to_do(visitor):
    page = visitor.get("/en/league/app/?q=nothing-like-it").content.decode()
    assert "No channel of this league is like that" in page
    assert "Show all" in page


def test_odd_questions_are_answered_as_if_nothing_was_asked(visitor):
    whole = names(visitor.get("/en/league/app/"))
    assert names(visitor.get("/en/league/app/?order=no-such-column")) == whole
    assert names(visitor.get("/en/league/app/?q=%00&order=-")) == whole


def test_the_file_holds_what_was_asked_for(visitor):
    answer = visitor.get("/en/league.csv?league=app&entity=port-authority")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    entries = [one for one in edition_of().board.leagues["app"] if one.entity == "port-authority"]
    assert [row[0] for row in rows[1:]] == [one.code for one in entries]
    assert float(rows[1][8]) == float(f"{entries[0].score:.6g}")
    assert answer["Content-Type"].startswith("text/csv")
