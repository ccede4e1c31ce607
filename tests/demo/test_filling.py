"""The platform is filled by the actions that people take, up to publications that anybody can check."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from marsad.accounts.audit import check_audit
from marsad.accounts.models import Person
from marsad.catalogue.models import Channel, Entity, Region, Service
from marsad.core.lifecycle import Role
from marsad.demo.cast import accounts
from marsad.demo.filling import steps
from marsad.demo.nation import fill_lake, make_nation, write_truth
from marsad.demo.plan import Size, plan
from marsad.ledger import public_key, public_keys, verify
from marsad.ratings import access
from marsad.ratings.models import Cycle, Publication
from marsad.ratings.setup import the_lake
from marsad.ratings.shelf import bundle_of
from marsad.ratings.watched import Scrutiny


@pytest.fixture
def home(settings, tmp_path):
    """A home of its own, without a key: the filling makes one."""
    from dataclasses import replace

    place = tmp_path / "home"
    place.mkdir()
    key = place / "keys" / "signing.pem"
    settings.MARSAD = replace(settings.MARSAD, home=place, lake=place / "lake", signing_key=key, engine="")
    return place


def test_a_small_nation_comes_into_the_platform(db, home):
    nation = make_nation(Size(channels=40, responses=16_000, seed=3))
    for step in steps(nation, fill_lake(the_lake(), nation)):
        step.do()
    two_cycles_are_published_and_chained_and_one_is_open(home)
    catalogue_people_and_scope_are_those_of_the_nation(nation)
    the_truth_is_in_no_table(nation, home / "truth.csv")


def two_cycles_are_published_and_chained_and_one_is_open(home):
    states = dict(Cycle.objects.values_list("code", "state"))
    assert states == {"2024": "closed", "2025": "published", "2026": "open"}
    (home / "public.pem").write_bytes(public_key(home / "keys" / "signing.pem"))
    keys = public_keys(home / "public.pem")
    first, second = Publication.objects.order_by("number")
    assert (first.cycle.code, second.cycle.code, second.previous) == ("2024", "2025", first)
    for publication in (first, second):
        assert publication.at < datetime.now(UTC)
        report = verify(bundle_of(publication, "auditor"), keys)
        assert report.holds, report.broken
    assert check_audit() == []
    assert Cycle.objects.get(code="2026").current_run.state == "done"
    assert {kept.run for kept in Scrutiny.objects.all()} == {access.counting_run(cycle) for cycle in Cycle.objects.all()}
    for cycle in Cycle.objects.all():
        shown = access.results_for(None, cycle)
        assert shown.filter(rated=True).exists() == (cycle.code != "2026")
        assert "synthetic" in cycle.title_en
        assert "اصطناعية" in cycle.title_ar


def catalogue_people_and_scope_are_those_of_the_nation(nation):
    register = nation.register
    for model, cards in ((Region, register.regions), (Entity, register.entities), (Service, register.services)):
        assert set(model.objects.values_list("code", flat=True)) == {card.code for card in cards}
    assert set(Channel.objects.values_list("code", flat=True)) == {card.code for card in register.channels}
    for cycle in Cycle.objects.all():
        assert set(cycle.covered.values_list("channel__code", flat=True)) == {card.code for card in nation.cards}
    holding = Person.objects.holding(Role.CHAMPION)
    assert {code for person in holding for code in person.entities()} == {card.code for card in register.entities}
    for language in ("ar", "en"):
        lines, _others = accounts(plan(), language)
        assert len(lines) == len(plan()["person"])
    assert Person.objects.get(email="aisha@marsad.example").check_password(plan()["people"]["password"])


def the_truth_is_in_no_table(nation, path):
    write_truth(path, nation)
    scores = [line.split(",")[4] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(score::numeric, 6)::text FROM ratings_result WHERE score IS NOT NULL")
        kept = {row[0] for row in cursor.fetchall()}
    assert kept
    assert not kept & {f"{float(score):.6f}" for score in scores}
