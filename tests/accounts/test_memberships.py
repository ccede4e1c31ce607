"""What people hold, where and when, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from marsad.accounts.models import Membership, Person
from marsad.core.lifecycle import CENTRAL, Role
from tests import world
from tests.world import LAND, LONG_AGO, NOW, PORT

DAY = timedelta(days=1)


def hold(person, role, entity_code="", since=NOW, until=None):
    with transaction.atomic():
        return Membership.objects.create(person=person, role=role, entity_code=entity_code, since=since, until=until)


def test_asking_twice_for_somebody_of_the_cast_gives_the_same_person(db):
    first, again = world.everybody(), world.everybody()
    assert [person.pk for person in first] == [person.pk for person in again]
    assert Membership.objects.count() == 8


def test_roles_and_entities_are_what_is_held_at_that_moment(db):
    person = world.charlie()
    hold(person, Role.CHAMPION, PORT, NOW, NOW + DAY)
    hold(person, Role.JUROR, "", NOW + DAY)
    before, during, after = NOW - DAY, NOW, NOW + DAY
    assert (person.roles(before), person.entities(before)) == (frozenset(), frozenset())
    assert (person.roles(during), person.entities(during)) == ({Role.CHAMPION}, {PORT})
    assert (person.roles(after), person.entities(after)) == ({Role.JUROR}, frozenset())


def test_a_role_in_one_entity_is_none_in_another(db):
    assert world.omar().has(Role.CHAMPION, PORT)
    assert not world.omar().has(Role.CHAMPION, LAND)
    assert not world.omar().has(Role.CHAMPION)
    assert world.omar().roles_in(LAND) == frozenset()


def test_a_central_role_counts_in_every_entity(db):
    assert world.aisha().has(Role.PROGRAMME)
    assert world.aisha().has(Role.PROGRAMME, PORT)
    assert world.aisha().roles_in(PORT) == {Role.PROGRAMME}
    assert world.aisha().entities() == frozenset()


def test_entities_can_be_asked_for_by_role(db):
    person = world.somebody("zaid", roles=[(Role.CHAMPION, PORT), (Role.ADVISER, LAND)])
    assert person.entities() == {PORT, LAND}
    assert person.entities(role=Role.CHAMPION) == {PORT}


def test_a_deactivated_person_holds_nothing(db):
    person = world.aisha()
    person.is_active = False
    person.save()
    assert person.roles() == frozenset()
    assert not person.has(Role.PROGRAMME)


@pytest.mark.parametrize("role", sorted(Role))
def test_central_roles_name_no_entity_and_all_others_name_one(db, role):
    right, wrong = ("", PORT) if role in CENTRAL else (PORT, "")
    assert hold(world.charlie(), role, right)
    with pytest.raises(IntegrityError, match="membership_place"):
        hold(world.charlie(), role, wrong)


def test_a_role_that_does_not_exist_is_refused(db):
    with pytest.raises(IntegrityError, match=r"membership_role|membership_place"):
        hold(world.charlie(), "emperor", PORT)


def test_a_role_cannot_end_before_it_begins(db):
    with pytest.raises(IntegrityError, match="membership_ends_after_it_begins"):
        hold(world.charlie(), Role.JUROR, "", NOW, NOW)


@pytest.mark.parametrize(
    ("since", "until"), [(NOW, None), (NOW + DAY, NOW + 2 * DAY), (NOW - DAY, NOW + DAY), (NOW - DAY, None), (LONG_AGO, None)]
)
def test_the_same_role_is_not_held_twice_at_a_time(db, since, until):
    hold(world.charlie(), Role.CHAMPION, PORT, NOW, NOW + 3 * DAY)
    with pytest.raises(IntegrityError, match="membership_once"):
        hold(world.charlie(), Role.CHAMPION, PORT, since, until)


def test_the_same_role_may_follow_itself_and_be_held_in_two_places_or_by_two_people(db):
    hold(world.charlie(), Role.CHAMPION, PORT, NOW, NOW + DAY)
    assert hold(world.charlie(), Role.CHAMPION, PORT, NOW + DAY)
    assert hold(world.charlie(), Role.CHAMPION, LAND, NOW)
    assert hold(world.charlie(), Role.ADVISER, PORT, NOW)
    assert hold(world.lin(), Role.CHAMPION, PORT, NOW)


@pytest.mark.parametrize("email", ["omar@marsad.example", "OMAR@marsad.example", "Omar@Marsad.Example"])
def test_an_address_belongs_to_one_person_whatever_its_case(db, email):
    world.omar()
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        Person.objects.create_person(code="01other", email=email, name_ar="آخر", name_en="Other")


def test_the_database_refuses_an_address_in_capitals(db):
    with pytest.raises(IntegrityError, match="person_email_lower"), transaction.atomic():
        Person.objects.filter(pk=world.omar().pk).update(email="OMAR@marsad.example")


def test_people_are_found_by_their_address_whatever_its_case(db):
    omar = world.omar()
    assert Person.objects.get_by_natural_key("Omar@Marsad.example") == omar


def test_people_can_be_listed_by_what_they_hold(db):
    cast = world.everybody()
    assert set(Person.objects.holding(Role.CHAMPION)) == {cast.omar, cast.salem}
    assert set(Person.objects.holding(entity_codes=[PORT])) == {cast.omar}
    assert set(Person.objects.holding(at=LONG_AGO - DAY)) == set()
    assert cast.charlie in Person.objects.active()


def test_a_person_is_shown_by_name_and_never_by_address(db):
    assert str(world.omar()) == "Omar"
    assert "@" not in str(Person(code="01x", email="a@b.example"))
