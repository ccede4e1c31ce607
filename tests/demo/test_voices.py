"""Comments are varied, in both languages, and go with what people answered and where they were."""

from collections import Counter

import numpy as np
import pytest

from marsad.catalogue.kinds import kinds
from marsad.demo.plan import VOICES, text_of, voices
from marsad.lake.comments import newest_comments


@pytest.fixture(scope="module")
def said(nation, filled):
    """All comments of a cycle, with the place of their channel."""
    lake, _imports = filled
    found = [newest_comments(lake, cycle="2025", subject=card.code, most=10_000).newest for card in nation.cards[:60]]
    place = np.repeat(np.arange(len(found)), [one["text"].size for one in found])
    return place, {name: np.concatenate([one[name] for one in found]) for name in found[0]}


def test_there_are_comments_in_both_languages_on_survey_and_meter(said):
    _place, comments = said
    assert comments["text"].size > 1000
    languages = Counter(comments["language"].tolist())
    assert 0.5 < languages["ar"] / languages.total() < 0.7
    assert set(comments["source"].tolist()) == {"survey", "meter"}


def test_they_are_varied(said):
    _place, comments = said
    texts = Counter(comments["text"].tolist())
    assert len(texts) > 0.5 * texts.total()


def test_each_is_in_the_script_of_its_language(said):
    _place, comments = said
    for language, text in zip(comments["language"].tolist(), comments["text"].tolist(), strict=True):
        assert any("\u0620" <= letter <= "\u064a" for letter in text) == (language == "ar")


def test_better_channels_are_praised_more(said, nation):
    place, comments = said
    praise = [text for met in ("any", "place", "voice", "screen") for one in voices()[met]["good"].values() for text in one]
    good = np.array([any(point in text for point in praise) for text in comments["text"].tolist()])
    quality = nation.truth["2025"].mean(axis=1)[place]
    assert good[quality > np.median(quality)].mean() > good[quality < np.median(quality)].mean() + 0.02


def test_nobody_speaks_of_a_queue_where_there_is_only_a_screen(said, nation):
    place, comments = said
    met = np.array([kinds()[card.kind].met for card in nation.cards])[place]
    for other in ("place", "voice", "screen"):
        points = [text for tone in voices()[other].values() for one in tone.values() for text in one]
        told = np.array([any(point in text for point in points) for text in comments["text"].tolist()])
        assert set(met[told].tolist()) == {other}


def test_both_languages_have_as_much_to_say():
    for met in ("any", "place", "voice", "screen"):
        for tone in ("good", "poor"):
            assert len(voices()[met][tone]["en"]) == len(voices()[met][tone]["ar"])
    assert b"Made up" in text_of(VOICES)
