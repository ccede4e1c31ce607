"""The register of the nation is one that any catalogue would take in."""

from collections import Counter

import numpy as np
import pytest

from marsad.catalogue.kinds import kinds
from marsad.catalogue.rules import mistakes
from marsad.demo.plan import plan
from marsad.demo.register import DEGREE_KM, make_register


@pytest.fixture(scope="module")
def register():
    return make_register(plan(), 600, 2026)


def test_no_card_has_a_mistake(register):
    tables = {"region": register.regions, "entity": register.entities, "service": register.services}
    known = {table: [card.code for card in cards] for table, cards in tables.items()}
    for cards in (*tables.values(), register.channels):
        assert [wrong for card in cards for wrong in mistakes(card, known)] == []


def test_there_are_thirty_entities_seven_regions_and_channels_of_every_kind(register):
    assert (len(register.entities), len(register.regions), len(register.channels)) == (30, 7, 600)
    assert {card.kind for card in register.channels} == set(kinds())
    assert {card.entity for card in register.channels} == {card.code for card in register.entities}
    assert {card.region for card in register.channels if card.region} == {card.code for card in register.regions}


@pytest.mark.parametrize("column", ["code", "name_en", "name_ar"])
def test_no_two_channels_are_called_alike(column):
    for channels in (600, 5000):
        names = Counter(getattr(card, column) for card in make_register(plan(), channels, 1).channels)
        assert names.most_common(1)[0][1] == 1


def test_coordinates_lie_inside_the_emirate(register):
    areas = {region["code"]: region["areas"] for region in plan()["region"]}
    placed = [card for card in register.channels if card.region]
    assert placed
    for card in placed:
        away = [
            np.hypot(card.latitude - latitude, (card.longitude - longitude) * np.cos(np.radians(latitude))) * DEGREE_KM - radius
            for latitude, longitude, radius in areas[card.region]
        ]
        assert min(away) < 0.01


def test_what_is_met_at_a_place_has_one_and_what_is_not_has_none(register):
    for card in register.channels:
        at_place = kinds()[card.kind].met == "place"
        assert (card.latitude is not None) == bool(card.place_ar) == at_place
        assert bool(card.region) == (at_place and card.kind != "mission-abroad")
        assert card.hours
        assert card.services


def test_some_channels_are_run_by_partners(register):
    assert all(card.partner_run for card in register.channels if card.kind == "outsourced-centre")
    others = [card.partner_run for card in register.channels if card.kind == "call-centre"]
    assert any(others)
    assert not all(others)
