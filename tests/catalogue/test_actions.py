"""Channels are added, changed and retired by those who may, each time with an entry in the audit, or not at all."""

from dataclasses import replace
from datetime import date

import pytest

from marsad.accounts.access import Forbidden, NotFound
from marsad.accounts.models import Action
from marsad.catalogue.access import channel_for, channels_for, entities_for, entity_for, service_for, services_for
from marsad.catalogue.actions import add_channel, change_channel, retire_channel
from marsad.catalogue.models import Channel
from marsad.catalogue.sheets import Mistakes
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem
from tests.catalogue.build import NOW, channel, channel_card

pytestmark = pytest.mark.usefixtures("land")
TODAY = date(2027, 1, 4)


def last_entry() -> Action:
    return Action.objects.last()


def test_a_champion_adds_a_channel_of_their_entity(omar):
    card = channel_card(services=("berth",), hours="MON-FRI 8:00-14:00", name_en=" Harbour  Centre ")
    one = add_channel(by=omar, card=card, at=NOW)
    assert (one.name_en, one.hours) == ("Harbour Centre", "mon-fri 08:00-14:00")
    entry = last_entry()
    assert (entry.verb, entry.kind, entry.object_code, entry.entity_code) == ("add_channel", "channel", "port-centre", "ports")
    assert (entry.by, entry.at, entry.before, entry.after["services"]) == (omar, NOW, None, ["berth"])


def test_a_champion_adds_none_to_another_entity_and_a_stranger_none_at_all(omar, charlie):
    for person, card in ((omar, channel_card(entity="health")), (charlie, channel_card())):
        with pytest.raises(Forbidden):
            add_channel(by=person, card=card, at=NOW)
    assert not Channel.objects.exists()
    assert not Action.objects.exists()


def test_all_that_is_wrong_with_a_card_is_said_by_column(aisha):
    card = channel_card("Bad Code", kind="castle", entity="nobody", latitude=91.0, longitude=0.0, services=("nothing",))
    with pytest.raises(Mistakes) as mistakes:
        add_channel(by=aisha, card=card, at=NOW)
    assert [problem.column for problem in mistakes.value.all] == ["code", "entity", "kind", "latitude", "services"]
    assert not Channel.objects.exists()


def test_a_code_is_taken_once(omar):
    channel()
    with pytest.raises(Problem, match="there is a channel 'port-centre' already; choose another code"):
        add_channel(by=omar, card=channel_card(name_en="Other"), at=NOW)
    assert Channel.objects.get().name_en == "Harbour Service Centre"


def test_a_change_says_what_was_and_what_is(omar):
    one = change_channel(by=omar, channel=channel(services=("berth",)), at=NOW, hours="24/7", services=(), why="moved online")
    assert (one.hours, one.card().services) == ("mon-sun 00:00-24:00", ())
    entry = last_entry()
    assert (entry.verb, entry.why) == ("change_channel", "moved online")
    assert entry.before == {"hours": "", "services": ["berth"]}
    assert entry.after == {"hours": "mon-sun 00:00-24:00", "services": []}


def test_a_change_of_nothing_leaves_no_entry(omar):
    one = channel(hours="24/7")
    assert change_channel(by=omar, channel=one, at=NOW, name_en="Harbour Service Centre ", hours="24/7").code == one.code
    assert not Action.objects.exists()


def test_a_channel_keeps_its_code(aisha):
    with pytest.raises(Problem, match="the code of a channel cannot change"):
        change_channel(by=aisha, channel=channel(), at=NOW, code="other")


def test_a_bad_change_is_refused_whole(omar):
    with pytest.raises(Mistakes):
        change_channel(by=omar, channel=channel(), at=NOW, name_en="New", longitude=55.0)
    assert Channel.objects.get().name_en == "Harbour Service Centre"
    assert not Action.objects.exists()


def test_a_channel_moves_to_another_entity_only_by_who_may_in_both(aisha, omar):
    one = channel()
    with pytest.raises(Forbidden):
        change_channel(by=omar, channel=one, at=NOW, entity="health")
    assert change_channel(by=aisha, channel=one, at=NOW, entity="health").entity_code == "health"
    with pytest.raises(Forbidden):  # the row in hand still says ports
        change_channel(by=omar, channel=one, at=NOW, name_en="Mine")


def test_a_retired_channel_stays_in_the_catalogue(omar):
    one = retire_channel(by=omar, channel=channel(), last_day=TODAY, at=NOW, why="closed for good")
    assert one.active_to == TODAY
    assert (last_entry().verb, last_entry().after, last_entry().why) == (
        "retire_channel",
        {"active_to": "2027-01-04"},
        "closed for good",
    )
    assert channel_for(None, "port-centre", on=date(2028, 1, 1)) == one


def test_integrators_add_and_change_but_do_not_retire(person_with):
    machine = person_with("machine", Role.INTEGRATOR, "ports")
    one = add_channel(by=machine, card=channel_card(), at=NOW)
    change_channel(by=machine, channel=one, at=NOW, partner_run=True)
    with pytest.raises(Forbidden):
        retire_channel(by=machine, channel=one, last_day=TODAY, at=NOW, why="")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR)])
def test_no_other_role_writes(person_with, role):
    from marsad.core.lifecycle import CENTRAL

    somebody = person_with("somebody", role, "" if role in CENTRAL else "ports")
    one = channel()
    with pytest.raises(Forbidden):
        add_channel(by=somebody, card=channel_card("other"), at=NOW)
    with pytest.raises(Forbidden):
        change_channel(by=somebody, channel=one, at=NOW, name_en="Other")


def test_everybody_sees_the_catalogue_but_channels_to_come_are_for_those_who_answer_for_them(aisha, omar, charlie, person_with):
    auditor = person_with("auditor", Role.AUDITOR)
    channel("now")
    channel("gone", active_to=date(2020, 1, 1))
    channel("ports-to-come", active_from=date(2027, 2, 1))
    channel("health-to-come", entity="health", active_from=date(2027, 2, 1))
    seen = {
        person: {one.code for one in channels_for(person, on=TODAY)} - {"now", "gone"}
        for person in (None, charlie, omar, aisha, auditor)
    }
    both = {"ports-to-come", "health-to-come"}
    assert seen == {None: set(), charlie: set(), omar: {"ports-to-come"}, aisha: both, auditor: both}
    assert channels_for(None, on=date(2027, 2, 1)).count() == 4


def test_what_is_not_there_and_what_is_not_yours_are_answered_alike(omar):
    channel("health-to-come", entity="health", active_from=date(2027, 2, 1))
    said = set()
    for code in ("health-to-come", "nothing"):
        with pytest.raises(NotFound) as refused:
            channel_for(omar, code, on=TODAY)
        said.add(str(refused.value))
    assert said == {"there is no such channel, or it is not yours; ask the programme team."}


def test_entities_and_services_are_for_everybody():
    assert [one.code for one in entities_for(None).in_order("en")] == ["health", "ports"]
    assert [one.code for one in services_for(None).in_order("en")] == ["berth", "vaccination"]
    assert entity_for(None, "ports").name_en == "Port Authority"
    assert service_for(None, "berth").entity_code == "ports"
    for door in (entity_for, service_for):
        with pytest.raises(NotFound):
            door(None, "nothing")


@pytest.mark.parametrize(
    ("says", "column"),
    [
        ({"entity": "\0"}, "entity"),
        ({"code": "a\0"}, "code"),
        ({"code": "a\n"}, "code"),
        ({"name_ar": "\0"}, "name_ar"),
        ({"name_en": "x" * 301}, "name_en"),
        ({"region": "\0"}, "region"),
        ({"hours": "\0"}, "hours"),
        ({"hours": "mon 08:00-09:00;" * 300}, "hours"),
        ({"time_zone": "\0"}, "time_zone"),
        ({"services": ("\0",)}, "services"),
        ({"latitude": float("nan"), "longitude": float("inf")}, "latitude"),
    ],
)
def test_nonsense_from_machines_is_refused_by_its_column_before_the_database_sees_it(aisha, says, column):
    with pytest.raises(Mistakes) as mistakes:
        add_channel(by=aisha, card=replace(channel_card(), **says), at=NOW)
    assert mistakes.value.all[0].column == column


def test_a_null_within_a_name_is_left_out(aisha):
    assert add_channel(by=aisha, card=channel_card(name_en="Har\0bour"), at=NOW).name_en == "Harbour"
