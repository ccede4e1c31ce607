"""The channel, its evidence, comparisons, entities and what is near: pages that say what the board says, in both languages."""

import re

import numpy as np
import pytest
from django.test import Client

from marsad.lake.comments import add_comments
from marsad.public.editions import edition_of
from marsad.ratings.setup import the_lake
from tests.ratings import build

LANGUAGES = ("ar", "en")


@pytest.fixture
def board(land, db):
    return edition_of().board


def read(path: str, status: int = 200) -> str:
    response = Client().get(path)
    assert response.status_code == status, path
    return response.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def written(code: str, *texts: str, day: str = "2026-02-03", language: str = "en") -> None:
    """Have people write comments on a channel."""
    size = len(texts)
    columns = {"cycle": [build.CODE] * size, "subject": [code] * size, "at": np.full(size, np.datetime64(day, "us"))}
    columns |= {"source": ["survey"] * size, "language": [language] * size, "text": list(texts)}
    add_comments(the_lake(), columns | {"respondent": [f"{day}-{number}" for number in range(size)]})


def test_voices_are_shown_masked_and_none_that_came_after_the_cycle_was_rated(board):
    few, code = board.entries[0].code, board.entries[1].code
    written(few, "Ask for Mona on 050 123 4567", "Good", "Fast", "Far")
    assert "too few have" in words(read(f"/en/channels/{few}/"))
    written(code, "Ask for Mona on 050 123 4567", "Good", "Fast", "Far")
    written(code, "اتصلوا على ٠٥٠١٢٣٤٥٦٧", day="2026-02-04", language="ar")
    written(code, "Too late", day="2031-01-01")
    page = words(read(f"/en/channels/{code}/"))
    assert "5 comments, the newest first" in page
    assert "Ask for [name] on [phone]" in page
    assert "اتصلوا على [هاتف]" in page
    assert "Too late" not in page
    assert "4567" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channels_page_says_what_the_board_says(board, language):
    entry = next(entry for entry in board.entries if entry.rated)
    page = read(f"/{language}/channels/{entry.code}/")
    assert entry.name[language] in page
    assert entry.entity_name[language] in page
    for what in ("score", "star", "rank", "p-top", "p-bottom", "answers", "voice", "happy"):
        assert f"/{language}/channels/{entry.code}/evidence/{what}/" in page
    assert f"{entry.rank_low:,.0f}" in page
    assert board.standard.labels["happy"][language] in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", ["score", "star", "rank", "p-top", "p-bottom", "answers", "overall", "voice", "happy"])
def test_every_number_opens_its_evidence(board, language, what):
    entry = next(entry for entry in board.entries if entry.rated)
    page = read(f"/{language}/channels/{entry.code}/evidence/{what}/")
    assert entry.trail in page
    assert edition_of().publication.fingerprint in page
    assert board.standard.identity in page
    part = Client().get(f"/{language}/channels/{entry.code}/evidence/{what}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert entry.trail in part


def test_what_is_not_there_is_not_found(board):
    for path in ("channels/none/", "channels/centre-00/evidence/none/", "entities/none/", "cycles/1999/league/"):
        read(f"/en/{path}", 404)


def test_two_channels_are_compared_by_what_is_published(board):
    first, second = [entry for entry in board.leagues["app"] if entry.rated][:2]
    page = words(read(f"/en/compare/?channel={second.code}&channel={first.code}"))
    assert re.search(rf"{first.name.en} is better than {second.name.en} with a probability of [5-9]\d%|more than 99%", page)
    assert "Side by side" in page


def test_channels_of_different_kinds_are_not_called_better(board):
    page = words(read("/en/compare/?channel=centre-00&channel=app-01"))
    assert "none is called better" in page
    assert "Probability that the channel of a row" not in page


def test_a_comparison_begins_with_a_search_and_forgives_slips(board):
    assert "centre-00" in read("/en/compare/")
    offered = read("/ar/compare/?channel=centre-00&q=القناه")
    assert "channel=centre-00&amp;channel=centre-0" in offered or "channel=centre-00&channel=centre-0" in offered


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entity_shows_all_its_channels_and_no_others(board, language):
    page = read(
        f"/{language}/entities/port-authority/"
        if "port-authority" in {e.entity for e in board.entries}
        else f"/{language}/entities/{board.entries[0].entity}/"
    )
    code = re.search(r"channels/([\w-]+)/", page)[1]
    entity = board.by_code[code].entity
    assert set(re.findall(r"channels/([\w-]+)/\"", page)) == {e.code for e in board.entries if e.entity == entity}
    assert "multiples" not in page, "one cycle is no history to draw"


def test_a_place_that_is_nowhere_is_said(board):
    page = words(read("/en/near/?latitude=123&longitude=4"))
    assert "nowhere on earth" in page
    assert "Say where you are" in words(read("/en/near/"))


def test_more_centres_than_are_listed_are_not_counted(board, monkeypatch):
    from marsad.public import near

    assert len(re.findall(r'scope="row"', read("/en/near/?q=channel"))) > 2
    monkeypatch.setattr(near, "MOST", 2)
    page = read("/en/near/?q=channel")
    assert "More than 2 centres are like that" in words(page)
    assert len(re.findall(r'scope="row"', page)) == 2
