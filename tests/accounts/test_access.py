"""The doors: who sees whom, and that what is hidden looks like what does not exist."""

from datetime import timedelta

import pytest
from django.http import Http404

from marsad.accounts.access import (
    Forbidden,
    NotFound,
    membership_of,
    memberships_for,
    people_for,
    person_for,
    require,
)
from marsad.accounts.models import Membership
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem
from tests import world
from tests.world import LAND, LONG_AGO, NOW, PORT


@pytest.fixture
def cast(db):
    return world.everybody()


def adviser(entity_code=PORT, *more):
    return world.somebody(f"adviser-{entity_code}", roles=[(Role.ADVISER, entity_code), *more])


def test_the_programme_team_sees_everybody(cast):
    assert set(people_for(cast.aisha)) == set(cast)


@pytest.mark.parametrize("name", ["lin", "mariam", "huda", "noor", "charlie"])
def test_most_people_see_only_themselves(cast, name):
    assert list(people_for(getattr(cast, name))) == [getattr(cast, name)]


def test_a_champion_sees_the_people_of_their_own_entity_only(cast):
    ours, theirs = adviser(PORT), adviser(LAND)
    assert set(people_for(cast.omar)) == {cast.omar, ours}
    assert set(people_for(cast.salem)) == {cast.salem, theirs}


def test_an_adviser_does_not_see_colleagues(cast):
    assert list(people_for(adviser(PORT))) == [adviser(PORT)]


def test_a_champion_no_longer_sees_somebody_who_left(cast):
    person = adviser(PORT)
    person.memberships.update(until=NOW)
    assert person in people_for(cast.omar, NOW - timedelta(days=1))
    assert person not in people_for(cast.omar, NOW)


def test_a_former_champion_sees_only_themselves(cast):
    adviser(PORT)
    cast.omar.memberships.update(until=NOW)
    assert list(people_for(cast.omar, NOW)) == [cast.omar]


def test_an_auditor_sees_everybody_with_a_role_but_no_shopper(cast):
    assert set(people_for(cast.rashid)) == set(cast) - {cast.mariam, cast.charlie}


def test_only_the_programme_team_learns_who_shops(cast):
    both = adviser(PORT, (Role.SHOPPER, ""))
    for name in cast._fields:
        viewer = getattr(cast, name)
        seen = memberships_for(viewer).filter(role=Role.SHOPPER)
        assert {membership.person for membership in seen} == {
            "aisha": {cast.mariam, both},
            "mariam": {cast.mariam},
        }.get(name, set())
    assert both in people_for(cast.omar)


def test_memberships_are_seen_where_the_entity_is(cast):
    adviser(PORT)
    adviser(LAND)
    assert {membership.entity_code for membership in memberships_for(cast.omar)} == {PORT}
    assert memberships_for(cast.rashid).count() == Membership.objects.count() - 1
    assert not memberships_for(cast.charlie).exists()


def test_somebody_deactivated_sees_nothing_not_even_themselves(cast):
    for person in cast:
        person.is_active = False
        assert not people_for(person).exists()
        assert not memberships_for(person).exists()


def test_what_is_not_yours_looks_like_what_does_not_exist(cast):
    answers = []
    for code in (cast.salem.code, cast.mariam.code, "01nobody", "", "\0"):
        with pytest.raises(NotFound) as answer:
            person_for(cast.omar, code)
        answers.append((str(answer.value), answer.value.args))
    assert len(set(answers)) == 1
    assert person_for(cast.omar, cast.omar.code) == cast.omar


def test_forbidden_says_the_same_as_not_found_and_both_are_a_404_and_a_sentence():
    said = "there is no such person, or it is not yours; ask the programme team."
    assert [str(Forbidden("person")), str(NotFound("person"))] == [said, said]
    for kind in (Forbidden, NotFound):
        assert issubclass(kind, Http404)
        assert issubclass(kind, Problem)


def test_a_role_is_required_centrally_or_in_the_entity(cast):
    require(cast.aisha, Role.PROGRAMME, Role.CHAMPION, entity_code=PORT)
    require(cast.omar, Role.PROGRAMME, Role.CHAMPION, entity_code=PORT)
    for person, entity_code in ((cast.omar, LAND), (cast.omar, ""), (cast.charlie, PORT), (cast.lin, PORT)):
        with pytest.raises(Forbidden):
            require(person, Role.PROGRAMME, Role.CHAMPION, entity_code=entity_code)


def test_a_role_is_required_at_the_moment_of_asking(cast):
    with pytest.raises(Forbidden):
        require(cast.aisha, Role.PROGRAMME, at=LONG_AGO - timedelta(days=1))


def test_a_membership_is_found_by_what_it_gives(cast):
    assert membership_of(cast.omar, Role.CHAMPION, PORT).person == cast.omar
    with pytest.raises(NotFound):
        membership_of(cast.omar, Role.CHAMPION, LAND)
