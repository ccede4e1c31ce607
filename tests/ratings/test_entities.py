"""Entities from the lock to names: channels that stand for them are drawn, brought, rated apart, published and verified."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from marsad.accounts.access import Forbidden, NotFound
from marsad.api.rewards import reward_out
from marsad.catalogue.models import Entity
from marsad.core.problem import Problem
from marsad.ledger import verify
from marsad.ledger.canonical import parsed
from marsad.ratings import actions
from marsad.ratings.aftermath import Reward
from marsad.ratings.clearing import ENTITY, lifted_by, name_lost
from marsad.ratings.confirming import assigned_in, drawn_for
from marsad.ratings.entity_lists import rankings, rankings_of
from marsad.ratings.models import Cycle, Run
from marsad.ratings.releases import scheme_of
from marsad.ratings.replying import published_replies, waiting
from marsad.ratings.shelf import bundle_of
from tests import world
from tests.ratings import build

pytestmark = pytest.mark.django_db
TEXT = build.STANDARD + "[naming.entities]\nk = 1\nminimum_entities = 4\nminimum_channels = 2\nvisited = 2\n"
HOUSES = [world.PORT, "house-b", "house-c", "house-d", "house-e"]
"""Each runs three centres; the later ones are better."""


@pytest.fixture
def locked(country, tmp_path) -> Cycle:
    """A locked cycle with a finished run, in which five houses run the centres."""
    cycle = build.opened(tmp_path, text=TEXT)
    runs_by = {code: {"entity": HOUSES[place // 3]} for place, code in enumerate(build.codes()[: build.CENTRES])}
    actions.state_facts(by=world.aisha(), cycle=cycle, at=build.NOW, facts=runs_by)
    cycle = build.moved(cycle, "lock")
    build.rated(cycle)
    return cycle


def house(code: str) -> str:
    return HOUSES[int(code.removeprefix("centre-")) // 3]


def named(run: Run) -> dict[str, list[str]]:
    return {
        one["end"]: [said["entity"] for said in one["entities"] if said["verdict"] == "named"]
        for one in run.entity_lists
        if one["league"] == "service-centre"
    }


def test_entities_are_named_on_channels_that_stand_for_them_and_anybody_can_verify_it(country, locked, keys, tmp_path):
    before = build.rated(locked)
    assert before.entity_lists == []
    actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    lot = assigned_in(locked).entities
    standing = {name: [code for code in lot if house(code) == name] for name in HOUSES}
    assert {len(codes) for codes in standing.values()} <= {0, 2}
    assert {True, False} == set(lot.values())
    assert all(len({lot[code] for code in codes}) <= 1 for codes in standing.values())
    build.confirmed(locked, tmp_path)
    run = build.rated(locked)
    assert run.lot == lot
    assert run.parts == before.parts | {"confirmation": run.parts["confirmation"]}
    assert named(run) == {"first": ["house-e"], "last": [world.PORT]}

    build.moved(locked, "moderate", "hear")
    replied(country)
    actions.approve(by=world.huda(), cycle=Cycle.objects.get(), at=build.NOW)
    publication = actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    for audience in ("public", "auditor"):
        report = verify(bundle_of(publication, audience), keys)
        assert report.holds, str(report["decision"])
    with zipfile.ZipFile(bundle_of(publication)) as bundle:
        decision = parsed(bundle.read("decision.json"))
        told = list(csv.DictReader(io.StringIO(bundle.read("round.csv").decode())))
    assert decision["schema"] == 3
    assert {row["channel"]: row["entity"] == "decoy" for row in told if row["entity"]} == lot
    assert {row["channel"] for row in told if row["decoy"]} == set(assigned_in(locked).themselves)
    # What pages say is decided once more from the decision's numbers: it is what the decision says.
    ranking = next(one for one in rankings_of(publication, scheme_of(run.standard, run.names)) if one.league == "service-centre")
    lists = {one["end"]: one for one in decision["entities"] if one["league"] == "service-centre"}
    for end, recorded in ((ranking.best, lists["first"]), (ranking.worst, lists["last"])):
        verdicts = {said["entity"]: said["verdict"] for said in recorded["entities"]}
        assert {one.code: str(end.verdict[at]) for at, one in enumerate(ranking.entities)} == verdicts
    assert [one.code for one in ranking.entities] == HOUSES[::-1]
    assert [one.code for one in ranking.named(best=True)] == ["house-e"]
    assert "on new evidence alone it is among the first 1" in str(ranking.told("house-e")[0][2][0])
    said = published_replies(publication)[world.PORT, ""]
    assert (said.entity, said.ar, said.en) == (world.PORT, "نقبل النتيجة.", "")
    assert not verify(with_another_name(bundle_of(publication), tmp_path / "forged.zip"), keys).holds


def replied(country) -> None:
    """Have the entity that is to be named answer for itself, which only its own people can, and only of what is looked at."""
    cycle = Cycle.objects.get()
    [own] = [one for one in waiting(country.omar, cycle, build.NOW) if one.channel is None]
    assert own.entity.code == world.PORT
    said = {"cycle": cycle, "text_ar": "نقبل النتيجة.", "text_en": "", "at": build.NOW}
    for who, entity, error in (
        (country.aisha, world.PORT, Forbidden),
        (country.omar, world.LAND, Forbidden),
        (country.omar, "nobody", NotFound),
    ):
        with pytest.raises(error):
            actions.reply(by=who, entity=entity, **said)
    with pytest.raises(Problem, match=f"the lists do not look at {world.LAND}"):
        actions.reply(by=country.salem, entity=world.LAND, **said)
    actions.reply(by=country.omar, entity=world.PORT, **said)
    assert [one for one in waiting(country.omar, cycle, build.NOW) if one.channel is None] == []


def with_another_name(bundle: Path, path: Path) -> Path:
    """Write a bundle again whose decision tells of one entity what is true of another."""
    with zipfile.ZipFile(bundle) as whole, zipfile.ZipFile(path, "w") as forged:
        for name in whole.namelist():
            content = whole.read(name)
            forged.writestr(name, content.replace(world.PORT.encode(), b"house-b") if name == "decision.json" else content)
    return path


def test_a_correction_says_that_an_entitys_name_no_longer_holds_and_offers_its_reward_for_withdrawal(country, locked, tmp_path):
    actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    build.confirmed(locked, tmp_path)
    build.rated(locked)
    build.moved(locked, "moderate", "hear")
    actions.approve(by=world.huda(), cycle=Cycle.objects.get(), at=build.NOW)
    publication = actions.publish_cycle(by=world.aisha(), cycle=Cycle.objects.get(), at=build.NOW)
    assert (lifted_by(publication, ENTITY), name_lost(rewarded())) == ((), None)

    lowered(Cycle.objects.get())
    assert name_lost(rewarded()) is None, "nothing is lost before the correction is published"
    about = {"cycle": Cycle.objects.get(), "at": build.NOW, "why": "Two houses were swapped."}
    correction = actions.correct_publication(by=world.huda(), **about)
    lost = {(one.code, one.best): one for one in lifted_by(correction, ENTITY)}
    assert ("house-e", True) in lost
    assert (lost["house-e", True].k, lost["house-e", True].since) == (1, correction)
    assert name_lost(rewarded()) == correction
    assert name_lost(rewarded(withdrawn=build.NOW)) is None, "what is withdrawn is not asked after again"
    assert lifted_by(publication, ENTITY) == (), "what was published says what it said"
    read = [Client().get(f"/api/v1/publications/{one.code}").json()["names_lost"] for one in (publication, correction)]
    told = {"entity": "house-e", "channel": None, "league": "service-centre", "end": "first", "k": 1}
    assert read[0] == []
    assert told | {"since": correction.identity} in read[1]
    assert reward_out(rewarded())["name_lost"] == {"publication": correction.identity, "at": correction.at}
    page = re.sub(r"<[^>]*>", "", Client().get("/en/best-and-worst/").content.decode())
    assert f"house-e: since the correction {correction.identity} of" in page


def rewarded(**more) -> Reward:
    """Return a reward of the best house."""
    return Reward(cycle=Cycle.objects.get(), entity=Entity(code="house-e"), **more)


def lowered(cycle: Cycle) -> None:
    """Have the second wave of the best house put right: it did not do well."""
    codes = [code for code in assigned_in(cycle).entities if house(code) == "house-e"]
    rows = build.answers(channels=codes, seed=9, cycle=cycle.code)
    low = replace(rows, numbers={**rows.numbers, "value": np.full(rows.numbers["value"].size, 1.0)})
    about = {"by": world.aisha(), "cycle": cycle, "at": build.NOW}
    actions.correct_confirmation(brought=actions.Brought(rows=low), why="Two houses were swapped.", **about)
    build.rated(cycle)


def test_whoever_is_drawn_later_is_no_entity_of_before(locked):
    actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    assert drawn_for(locked).exclude(entity_decoy=None).exists()
    first = assigned_in(locked)
    with pytest.raises(Problem, match="nobody to visit again that is not drawn yet"):
        actions.draw_round(by=world.aisha(), cycle=locked, at=build.NOW)
    assert assigned_in(locked) == first


def test_lists_of_a_standard_that_names_no_entities_rank_none(country, tmp_path):
    cycle = build.opened(tmp_path)
    run = build.rated(cycle)
    assert run.entity_lists == []
    assert rankings(run.entity_lists, scheme_of(run.standard, run.names)) == ()
