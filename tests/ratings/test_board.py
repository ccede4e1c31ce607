"""The board says what the stored results say, to each what they may see, and is read once."""

import pytest

from marsad.accounts.access import NotFound
from marsad.catalogue.actions import change_channel
from marsad.catalogue.models import Channel
from marsad.ratings import access
from marsad.ratings.board import board_of
from tests import world
from tests.ratings import build


def test_the_board_of_a_published_cycle_says_what_the_results_say(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = build.published(cycle).run
    cycle.refresh_from_db()
    board = access.board_for(None, cycle)
    assert board.disclosed
    assert set(board.leagues) == {"service-centre", "app"}
    for row in run.results.as_published().select_related("channel"):
        entry = board.by_code[row.channel.code]
        assert (entry.star, entry.score, entry.low, entry.rank) == (row.star, row.score, row.low, row.rank)
        assert entry.p_star == {float(star): chance for star, chance in row.p_star.items()}
        nodes = row.run.nodes.as_published().filter(channel=row.channel)
        scores = board.scores(entry.code)
        assert {node.node: node.score for node in nodes} == {code: score.value for code, score in scores.items()}


def test_entries_stand_by_league_and_rank(country, tmp_path):
    cycle = build.opened(tmp_path)
    board = board_of(build.rated(cycle), disclosed=False)
    for entries in board.leagues.values():
        ranks = [entry.rank for entry in entries]
        assert ranks == sorted(ranks)
        assert ranks[0] == 1


def test_quartiles_are_those_of_the_league(country, tmp_path):
    cycle = build.opened(tmp_path)
    board = board_of(build.rated(cycle), disclosed=False)
    scores = sorted(entry.score for entry in board.leagues["app"])
    found = board.quartiles["app", "overall"]
    assert found.first <= found.median <= found.third
    assert scores[0] < found.median < scores[-1]
    assert found.median == pytest.approx((scores[4] + scores[5]) / 2)


def test_a_champion_sees_their_own_channels_alone_before_the_publication(country, tmp_path):
    cycle = build.opened(tmp_path)
    build.rated(cycle)
    whole = access.board_for(country.aisha, cycle)
    mine = access.board_for(country.omar, cycle)
    assert {entry.entity for entry in mine.entries} == {world.PORT}
    assert all(whole.by_code[entry.code] == entry for entry in mine.entries)
    for nobody in (None, country.charlie):
        with pytest.raises(NotFound):
            access.board_for(nobody, cycle)


def test_a_board_is_read_once_until_a_name_on_it_changes(country, tmp_path, django_assert_max_num_queries):
    cycle = build.opened(tmp_path)
    run = build.rated(cycle)
    first = board_of(run, disclosed=False)
    with django_assert_max_num_queries(1):
        assert board_of(run, disclosed=False) is first
    channel = Channel.objects.get(code="app-01")
    change_channel(
        by=country.salem if channel.entity.code == world.LAND else country.omar, channel=channel, name_en="New", at=build.NOW
    )
    assert board_of(run, disclosed=False).by_code["app-01"].name.en == "New"
