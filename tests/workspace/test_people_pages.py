"""People and roles: who sees whom, who gives and ends what, and that nothing is done before it is confirmed by name."""

import pytest
from django.core import mail
from django.utils import timezone

from marsad.accounts import actions
from marsad.accounts.models import Invitation, Membership, Person
from marsad.core.lifecycle import Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(country):
    """An adviser of the Port Authority."""
    return world.somebody("yusuf", roles=[(Role.ADVISER, world.PORT)])


def test_the_programme_sees_everybody(country, work):
    text = work("aisha").text("people/")
    assert all(name in text for name in ("Omar", "Salem", "Mariam", "Charlie"))


def test_a_champion_sees_their_own_entity_alone(adviser, work):
    text = work("omar").text("people/")
    assert "Yusuf" in text
    assert "Salem" not in text
    assert "Mariam" not in text


def test_an_auditor_sees_no_shopper_not_even_by_asking_for_the_role(country, work):
    assert "Mariam" not in work("rashid").text("people/")
    assert "Nobody is like this" in work("rashid").text("people/", role="shopper")


@pytest.mark.parametrize(
    ("asked", "there", "gone"),
    [
        ({"q": "omar@"}, "Omar", "Salem"),
        ({"q": "سالم"}, "Salem", "Omar"),
        ({"role": "council"}, "Huda", "Omar"),
        ({"entity": world.LAND}, "Salem", "Omar"),
        ({"state": "active"}, "Omar", "Nobody is like this"),
    ],
)
def test_the_list_is_filtered_by_name_role_entity_and_state(asked, there, gone, country, work):
    table = work("aisha").get("people/", **asked).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    assert there in table
    assert gone not in table


def test_a_champion_invites_into_their_own_entity(country, work):
    text = work("omar").text("people/invite/")
    assert "Port Authority" in text
    assert "Land Department" not in text
    said = {"email": "guest@port.example", "role": "adviser", "entity_code": world.PORT}
    work("omar").post("people/invite/", said)
    assert Invitation.objects.get().role == Role.ADVISER
    assert mail.outbox[0].to == ["guest@port.example"]


@pytest.mark.parametrize(("role", "entity"), [("programme", ""), ("adviser", world.LAND), ("champion", world.PORT)])
def test_a_champion_cannot_invite_beyond_that(role, entity, country, work):
    work("omar").post("people/invite/", {"email": "guest@port.example", "role": role, "entity_code": entity})
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_a_role_without_its_place_is_refused_beside_the_field_and_what_was_typed_stays(country, work):
    answer = work("aisha").post("people/invite/", {"email": "guest@port.example", "role": "champion"})
    page = answer.content.decode()
    assert "This role belongs to an entity" in page
    assert "guest@port.example" in page
    assert not Invitation.objects.exists()


@pytest.fixture
def invitation(country):
    """An invitation of Omar's that nobody has accepted, with its secret."""
    guest = {"email": "guest@port.example", "role": Role.ADVISER, "entity_code": world.PORT}
    return actions.invite(by=world.omar(), at=timezone.now(), **guest)


def test_an_invitation_sent_again_has_a_new_link_and_the_old_one_opens_nothing(invitation, work):
    old, secret = invitation
    work("omar").post(f"invitations/{old.code}/resend/")
    old.refresh_from_db()
    assert old.withdrawn
    assert Invitation.objects.filter(withdrawn=None).count() == 1
    assert len(mail.outbox) == 1
    assert secret not in mail.outbox[0].body


def test_an_invitation_is_withdrawn_once_that_is_confirmed(invitation, work):
    old, _secret = invitation
    assert "Withdraw the invitation to guest@port.example?" in work("omar").text(f"invitations/{old.code}/withdraw/")
    old.refresh_from_db()
    assert old.withdrawn is None
    work("omar").post(f"invitations/{old.code}/withdraw/")
    old.refresh_from_db()
    assert old.withdrawn


def test_another_entitys_invitation_is_not_there(invitation, work):
    old, _secret = invitation
    assert work("salem").post(f"invitations/{old.code}/resend/").status_code == 404
    assert work("salem").get(f"invitations/{old.code}/withdraw/").status_code == 404
    assert "guest@port.example" not in work("salem").text("people/")


def test_ending_a_role_names_the_person_the_role_and_the_entity(adviser, work):
    address = f"people/{adviser.code}/roles/adviser/{world.PORT}/end/"
    assert "End the role of Yusuf as Service adviser in Port Authority?" in work("omar").text(address)
    assert Membership.objects.get(person=adviser).until is None
    work("omar").post(address, {"why": "moved on"})
    assert Membership.objects.get(person=adviser).until


def test_a_role_nobody_holds_there_is_not_there(adviser, work):
    assert work("aisha").get(f"people/{adviser.code}/roles/adviser/{world.LAND}/end/").status_code == 404
    assert work("aisha").get(f"people/{adviser.code}/roles/no-such-role/end/").status_code == 404


def test_the_last_of_the_programme_stays_and_is_told_why(country, work):
    programme = world.aisha()
    page = work("aisha").post(f"people/{programme.code}/roles/programme/end/").content.decode()
    assert "the programme would have nobody left" in page
    assert Membership.objects.get(person=programme).until is None


def test_the_programme_gives_another_role(adviser, work):
    work("aisha").post(f"people/{adviser.code}/", {"role": "champion", "entity_code": world.PORT, "why": "promoted"})
    assert adviser.has(Role.CHAMPION, world.PORT)


def test_nobody_gives_themselves_a_role(country, work):
    omar = world.omar()
    assert "Give another role" not in work("omar").text(f"people/{omar.code}/")
    work("omar").post(f"people/{omar.code}/", {"role": "adviser", "entity_code": world.PORT})
    assert not omar.has(Role.ADVISER, world.PORT)


def test_somebody_is_suspended_by_name_and_let_in_again(country, work):
    omar = world.omar()
    assert "Suspend Omar?" in work("aisha").text(f"people/{omar.code}/suspend/")
    work("aisha").post(f"people/{omar.code}/suspend/", {"why": "left"})
    assert not Person.objects.get(pk=omar.pk).is_active
    assert "Suspended" in work("aisha").text(f"people/{omar.code}/")
    work("aisha").post(f"people/{omar.code}/reactivate/")
    assert Person.objects.get(pk=omar.pk).is_active


def test_a_champion_suspends_nobody(adviser, work):
    assert work("omar").post(f"people/{adviser.code}/suspend/").status_code == 404
    assert Person.objects.get(pk=adviser.pk).is_active
