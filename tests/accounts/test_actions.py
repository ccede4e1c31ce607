"""Every write: who may, what it does, and the one entry it leaves."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from marsad.accounts import actions
from marsad.accounts.access import Forbidden, NotFound, audit_for, invitation_for, membership_of
from marsad.accounts.models import Action, Invitation, Membership, Person
from marsad.core.lifecycle import CENTRAL, Role
from marsad.core.problem import Problem
from tests import world
from tests.world import LAND, NOW, PASSWORD, PORT

DAY = timedelta(days=1)
GUEST = "guest@port.example"


@pytest.fixture
def cast(db):
    return world.everybody()


def invite(by, role=Role.ADVISER, entity_code=PORT, email=GUEST, **more):
    return actions.invite(by=by, email=email, role=role, entity_code=entity_code, at=NOW, **more)


def accept(secret, at=NOW, **more):
    details = {"name_ar": "ضيف", "name_en": "Guest", "password": PASSWORD, **more}
    return actions.accept_invitation(secret=secret, at=at, **details)


def only_entry():
    return Action.objects.get()


def assert_nothing_was_done():
    assert not Action.objects.exists()
    assert not Invitation.objects.filter(accepted=None).exists()


def test_the_first_of_the_programme_needs_nobody_and_there_is_only_one(db):
    first = actions.begin_programme(email="First@marsad.example", name_ar="أول", name_en="First", password=PASSWORD, at=NOW)
    assert first.has(Role.PROGRAMME, at=NOW)
    assert (only_entry().verb, only_entry().by) == ("begin_programme", None)
    with pytest.raises(Problem, match="begun already"):
        actions.begin_programme(email="second@marsad.example", name_ar="ثان", name_en="Second", password=PASSWORD, at=NOW)
    assert Person.objects.count() == 1


def test_whoever_accepts_an_invitation_becomes_a_person_with_that_role(cast):
    _invitation, secret = invite(cast.omar)
    guest = accept(secret, at=NOW + DAY, language="en", numerals="arabic-indic")
    assert (guest.email, guest.name_en, guest.language, guest.numerals) == (GUEST, "Guest", "en", "arabic-indic")
    assert guest.roles(NOW + DAY) == {Role.ADVISER}
    assert guest.entities(NOW + DAY) == {PORT}
    assert guest.check_password(PASSWORD)
    assert [(entry.verb, entry.by) for entry in Action.objects.all()] == [("invite", cast.omar), ("accept_invitation", guest)]


def test_the_audit_of_an_invitation_hides_the_address_and_the_secret(cast):
    _invitation, secret = invite(cast.omar)
    entry = only_entry()
    assert entry.after["email"] == "g***@port.example"
    assert entry.entity_code == PORT
    assert secret not in str(entry.content())
    assert secret not in str(Invitation.objects.values().get())


def test_an_invitation_is_good_once(cast):
    _invitation, secret = invite(cast.omar)
    accept(secret)
    with pytest.raises(NotFound):
        accept(secret)


@pytest.mark.parametrize(("later", "open_"), [(timedelta(0), True), (7 * DAY - timedelta(seconds=1), True), (7 * DAY, False)])
def test_an_invitation_is_good_until_it_expires(cast, later, open_):
    _invitation, secret = invite(cast.omar)
    if open_:
        assert accept(secret, at=NOW + later)
    else:
        with pytest.raises(NotFound):
            accept(secret, at=NOW + later)
        assert not Person.objects.filter(email=GUEST).exists()


@pytest.mark.parametrize("secret", ["", "guess", "\0", "é"])
def test_a_secret_that_opens_nothing_is_not_found(cast, secret):
    with pytest.raises(NotFound):
        accept(secret)


def test_an_invitation_can_be_withdrawn_until_it_is_accepted(cast):
    invitation, secret = invite(cast.omar)
    actions.withdraw_invitation(by=cast.omar, invitation=invitation, at=NOW)
    with pytest.raises(NotFound):
        accept(secret)
    with pytest.raises(Problem, match="no longer open"):
        actions.withdraw_invitation(by=cast.omar, invitation=invitation, at=NOW)


def test_an_invitation_is_withdrawn_and_seen_only_by_those_who_could_have_sent_it(cast):
    invitation, _secret = invite(cast.omar)
    for stranger in (cast.salem, cast.charlie, cast.lin, cast.rashid):
        with pytest.raises(Forbidden):
            actions.withdraw_invitation(by=stranger, invitation=invitation, at=NOW)
        with pytest.raises(NotFound):
            invitation_for(stranger, invitation.code)
    assert invitation_for(cast.aisha, invitation.code) == invitation_for(cast.omar, invitation.code) == invitation


def test_an_invitation_ends_with_the_right_of_who_sent_it(cast):
    _invitation, secret = invite(cast.omar)
    cast.omar.memberships.update(until=NOW + DAY)
    with pytest.raises(NotFound):
        accept(secret, at=NOW + DAY)


@pytest.mark.parametrize("password", ["", "short", "123456789012", "password1234", "guest@port.example"])
def test_a_weak_password_is_refused_and_the_invitation_stays_good(cast, password):
    _invitation, secret = invite(cast.omar)
    with pytest.raises(Problem, match="password"):
        accept(secret, password=password)
    assert accept(secret)


@pytest.mark.parametrize("missing", ["name_ar", "name_en"])
def test_a_newcomer_has_a_name_in_both_languages(cast, missing):
    _invitation, secret = invite(cast.omar)
    with pytest.raises(Problem, match=missing):
        accept(secret, **{missing: ""})


def test_somebody_we_know_gains_the_role_and_changes_in_nothing_else(cast):
    _invitation, secret = invite(cast.aisha, Role.CHAMPION, LAND, email="Omar@Marsad.example")
    omar = accept(secret, password="another long password", name_en="Impostor")
    assert omar == cast.omar
    omar.refresh_from_db()
    assert omar.entities(NOW) == {PORT, LAND}
    assert omar.name_en == "Omar"
    assert omar.check_password(PASSWORD)


def test_somebody_who_holds_the_role_already_only_uses_the_invitation_up(cast):
    _invitation, secret = invite(cast.aisha, Role.CHAMPION, PORT, email=cast.omar.email)
    accept(secret)
    assert Membership.objects.filter(person=cast.omar).count() == 1


def test_somebody_deactivated_is_not_let_in_again_by_an_invitation(cast):
    _invitation, secret = invite(cast.aisha, Role.CHAMPION, LAND, email=cast.omar.email)
    actions.deactivate(by=cast.aisha, person=cast.omar, at=NOW)
    with pytest.raises(NotFound):
        accept(secret)


@pytest.mark.parametrize("role", sorted(Role))
def test_the_programme_team_gives_every_role(cast, role):
    entity_code = "" if role in CENTRAL else PORT
    assert invite(cast.aisha, role, entity_code)
    assert actions.give_role(by=cast.aisha, person=cast.charlie, role=role, entity_code=entity_code, at=NOW)


@pytest.mark.parametrize("role", sorted(Role))
def test_a_champion_gives_only_the_roles_of_the_counter_and_only_at_home(cast, role):
    attempts = [PORT, LAND, ""]
    allowed = []
    for entity_code in attempts:
        try:
            actions.give_role(by=cast.omar, person=cast.charlie, role=role, entity_code=entity_code, at=NOW)
            allowed.append(entity_code)
        except Forbidden:
            with pytest.raises(Forbidden):
                invite(cast.omar, role, entity_code)
    assert allowed == ([PORT] if role in {Role.ADVISER, Role.MEMBER, Role.PARTNER, Role.INTEGRATOR} else [])


@pytest.mark.parametrize("name", ["lin", "mariam", "huda", "noor", "rashid", "charlie"])
def test_nobody_else_gives_roles(cast, name):
    with pytest.raises(Forbidden):
        invite(getattr(cast, name))
    with pytest.raises(Forbidden):
        actions.give_role(by=getattr(cast, name), person=cast.charlie, role=Role.ADVISER, entity_code=PORT, at=NOW)
    assert_nothing_was_done()


def test_nobody_gives_themselves_a_role(cast):
    with pytest.raises(Forbidden):
        actions.give_role(by=cast.aisha, person=cast.aisha, role=Role.COUNCIL, at=NOW)
    with pytest.raises(Forbidden):
        actions.give_role(by=cast.omar, person=cast.omar, role=Role.INTEGRATOR, entity_code=PORT, at=NOW)
    assert_nothing_was_done()


@pytest.mark.parametrize(
    ("role", "entity_code", "said"),
    [
        (Role.COUNCIL, PORT, "belongs to the programme"),
        (Role.CHAMPION, "", "belongs to an entity"),
        (Role.CHAMPION, "a b", "no code"),
    ],
)
def test_a_role_in_the_wrong_place_is_refused_in_a_sentence(cast, role, entity_code, said):
    with pytest.raises(Problem, match=said):
        invite(cast.aisha, role, entity_code)
    with pytest.raises(Problem, match=said):
        actions.give_role(by=cast.aisha, person=cast.charlie, role=role, entity_code=entity_code, at=NOW)


def test_an_invitation_needs_an_address(cast):
    with pytest.raises(Problem, match="no e-mail address"):
        invite(cast.aisha, email="nobody")


def test_giving_a_role_says_to_whom_where_and_why(cast):
    more = {"until": NOW + DAY, "why": "leave cover"}
    actions.give_role(by=cast.omar, person=cast.charlie, role=Role.ADVISER, entity_code=PORT, at=NOW, **more)
    entry = only_entry()
    assert (entry.verb, entry.by, entry.kind, entry.object_code) == ("give_role", cast.omar, "person", cast.charlie.code)
    assert (entry.entity_code, entry.why, entry.sealed) == (PORT, "leave cover", False)
    assert entry.after == {"role": "adviser", "entity_code": PORT, "until": "2026-03-02T08:00:00+00:00"}
    assert cast.charlie.roles(NOW + DAY) == frozenset()


def test_that_somebody_becomes_or_ceases_to_be_a_shopper_is_sealed(cast):
    membership = actions.give_role(by=cast.aisha, person=cast.charlie, role=Role.SHOPPER, at=NOW)
    actions.end_role(by=cast.aisha, membership=membership, at=NOW + DAY)
    invite(cast.aisha, Role.SHOPPER, "")
    assert [entry.sealed for entry in Action.objects.all()] == [True, True, True]
    assert not audit_for(cast.rashid).exists()


def test_a_role_is_not_given_twice_nor_to_end_before_it_begins_nor_to_the_deactivated(cast):
    with pytest.raises(Problem, match="holds this role already"):
        actions.give_role(by=cast.aisha, person=cast.omar, role=Role.CHAMPION, entity_code=PORT, at=NOW)
    with pytest.raises(Problem, match="before it begins"):
        actions.give_role(by=cast.aisha, person=cast.omar, role=Role.CHAMPION, entity_code=LAND, at=NOW, until=NOW)
    actions.deactivate(by=cast.aisha, person=cast.salem, at=NOW)
    cast.salem.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.give_role(by=cast.aisha, person=cast.salem, role=Role.JUROR, at=NOW)


def test_a_role_ends_at_the_moment_said_and_can_be_given_again(cast):
    actions.end_role(by=cast.aisha, membership=membership_of(cast.omar, Role.CHAMPION, PORT), at=NOW, why="moved")
    assert cast.omar.has(Role.CHAMPION, PORT, NOW - DAY)
    assert not cast.omar.has(Role.CHAMPION, PORT, NOW)
    entry = only_entry()
    assert (entry.verb, entry.entity_code, entry.before["until"], entry.after["until"]) == (
        "end_role",
        PORT,
        None,
        "2026-03-01T08:00:00+00:00",
    )
    assert actions.give_role(by=cast.aisha, person=cast.omar, role=Role.CHAMPION, entity_code=PORT, at=NOW)


def test_a_role_that_has_ended_does_not_end_again(cast):
    membership = membership_of(cast.omar, Role.CHAMPION, PORT)
    actions.end_role(by=cast.aisha, membership=membership, at=NOW)
    with pytest.raises(Problem, match="not held at that moment"):
        actions.end_role(by=cast.aisha, membership=membership, at=NOW)


def test_a_champion_ends_no_role_of_another_entity_nor_of_a_champion(cast):
    adviser = world.somebody("zaid", roles=[(Role.ADVISER, PORT)])
    with pytest.raises(Forbidden):
        actions.end_role(by=cast.omar, membership=membership_of(cast.salem, Role.CHAMPION, LAND), at=NOW)
    with pytest.raises(Forbidden):
        actions.end_role(by=cast.salem, membership=membership_of(adviser, Role.ADVISER, PORT), at=NOW)
    actions.end_role(by=cast.omar, membership=membership_of(adviser, Role.ADVISER, PORT), at=NOW)


def test_the_programme_never_loses_its_last_person(cast):
    second = world.somebody("second", roles=[(Role.PROGRAMME, "")])
    actions.deactivate(by=cast.aisha, person=second, at=NOW)
    with pytest.raises(Problem, match="nobody left"):
        actions.end_role(by=cast.aisha, membership=membership_of(cast.aisha, Role.PROGRAMME), at=NOW)


def test_only_the_programme_team_deactivates_and_nobody_themselves(cast):
    for by in (cast.omar, cast.rashid, cast.charlie, cast.huda):
        with pytest.raises(Forbidden):
            actions.deactivate(by=by, person=cast.lin, at=NOW)
    with pytest.raises(Forbidden):
        actions.deactivate(by=cast.aisha, person=cast.aisha, at=NOW)
    assert_nothing_was_done()


def test_somebody_deactivated_can_be_let_in_again(cast):
    actions.deactivate(by=cast.aisha, person=cast.omar, at=NOW, why="lost telephone")
    assert not Person.objects.get(pk=cast.omar.pk).is_active
    actions.deactivate(by=cast.aisha, person=cast.omar, at=NOW)
    actions.reactivate(by=cast.aisha, person=cast.omar, at=NOW)
    assert Person.objects.get(pk=cast.omar.pk).has(Role.CHAMPION, PORT)
    assert [entry.verb for entry in Action.objects.all()] == ["deactivate", "reactivate"]


def test_people_change_their_own_names_language_and_digits(cast):
    actions.change_own_details(by=cast.omar, at=NOW, name_en="Omar Ali", language="ar")
    omar = Person.objects.get(pk=cast.omar.pk)
    assert (omar.name_en, omar.language) == ("Omar Ali", "ar")
    entry = only_entry()
    assert (entry.before, entry.after) == ({"name_en": "Omar", "language": "en"}, {"name_en": "Omar Ali", "language": "ar"})


def test_a_change_that_changes_nothing_leaves_no_entry(cast):
    actions.change_own_details(by=cast.omar, at=NOW, name_en="Omar")
    assert_nothing_was_done()


@pytest.mark.parametrize("details", [{"email": "x@y.example"}, {"is_active": False}, {"password": "x"}, {"code": "y"}])
def test_nothing_else_of_oneself_can_be_changed(cast, details):
    with pytest.raises(Problem, match="not yours to change"):
        actions.change_own_details(by=cast.omar, at=NOW, **details)


@pytest.mark.parametrize("details", [{"language": "fr"}, {"numerals": "roman"}, {"name_ar": ""}, {"name_en": "x" * 201}])
def test_details_that_make_no_sense_are_refused(cast, details):
    with pytest.raises(Problem) as refusal:
        actions.change_own_details(by=cast.omar, at=NOW, **details)
    assert next(iter(details)) in str(refusal.value)
    assert not isinstance(refusal.value, ValidationError)


def test_every_write_leaves_exactly_one_entry_and_the_audit_is_whole(cast):
    invitation, secret = invite(cast.omar)
    guest = accept(secret)
    other, _secret = invite(cast.omar, email="other@port.example")
    actions.withdraw_invitation(by=cast.omar, invitation=other, at=NOW)
    membership = actions.give_role(by=cast.aisha, person=guest, role=Role.INTEGRATOR, entity_code=PORT, at=NOW)
    use = {"name": "kiosk", "scopes": ["read"], "entity_code": PORT, "expires": NOW + DAY}
    token, _secret = actions.issue_token(by=guest, person=guest, **use, at=NOW)
    actions.revoke_token(by=guest, token=token, at=NOW)
    actions.end_role(by=cast.aisha, membership=membership, at=NOW + DAY)
    actions.deactivate(by=cast.aisha, person=guest, at=NOW)
    assert [entry.verb for entry in Action.objects.all()] == [
        "invite",
        "accept_invitation",
        "invite",
        "withdraw_invitation",
        "give_role",
        "issue_token",
        "revoke_token",
        "end_role",
        "deactivate",
    ]
    assert actions.check_audit() == []
    assert Action.objects.about(invitation).count() == 2
