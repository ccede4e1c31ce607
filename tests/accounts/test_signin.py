"""Signing in through the pages: by invitation, with a password, a second factor where a role asks for one, and a lock-out."""

import re

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from axes.models import AccessAttempt
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from marsad.accounts import actions
from marsad.accounts.models import Action, Person
from marsad.accounts.presenters import mail_invitation
from marsad.config.settings import ACCOUNT_REAUTHENTICATION_TIMEOUT
from marsad.core.lifecycle import Role
from tests import world
from tests.world import PASSWORD, PORT

DETAILS = {"name_ar": "ضيف", "name_en": "Guest", "language": "en", "numerals": "latin", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def _settings(db, settings):
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def waived(settings, monkeypatch):
    """Switch the duty of a second factor off, as the demo does."""
    monkeypatch.setattr("marsad.accounts.signin.second_factor_is_required", lambda: False)


def sign_in(client, person, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": person.email, "password": password}, **more)


def confirm(client):
    """Give the password again, as whoever changes a second factor must."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def who(client):
    return get_user(client)


def verbs():
    return [(entry.verb, entry.by) for entry in Action.objects.all()]


def code_of(secret):
    """Return the code that a telephone shows now, which is good while the next is shown too."""
    counters = list(yield_hotp_counters_from_time())
    return f"{hotp_value(secret, counters[len(counters) // 2]):06d}"


def set_up_second_factor(person):
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def test_somebody_signs_in_and_out_by_address_and_password(client):
    omar = world.omar()
    assert sign_in(client, omar).status_code == 302
    assert who(client) == omar
    client.post(reverse("account_logout"))
    assert who(client).is_anonymous
    assert verbs() == [("sign_in", omar), ("sign_out", omar)]


def test_the_case_of_an_address_does_not_matter(client):
    omar = world.omar()
    client.post(reverse("account_login"), {"login": "OMAR@Marsad.example", "password": PASSWORD})
    assert who(client) == omar


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client):
    omar = world.omar()
    wrong = sign_in(client, omar, "wrong")
    unknown = client.post(reverse("account_login"), {"login": "nobody@marsad.example", "password": "wrong"})

    def without_token(answer):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="[\w@.]+"', "", answer.content.decode())

    assert without_token(wrong) == without_token(unknown)
    assert wrong.status_code == unknown.status_code == 200


def test_failed_attempts_are_in_the_audit_without_the_address(client):
    omar = world.omar()
    sign_in(client, omar, "wrong")
    client.post(reverse("account_login"), {"login": "nobody@marsad.example", "password": "wrong"})
    known, unknown = Action.objects.all()
    assert (known.verb, known.by, known.kind, known.object_code) == ("sign_in_failed", None, "person", omar.code)
    assert (unknown.kind, unknown.after) == ("address", {"email": "n***@marsad.example"})
    assert "nobody" not in str(unknown.content())


def test_five_wrong_passwords_lock_out_even_the_right_one_for_a_quarter_of_an_hour(client):
    omar = world.omar()
    answers = [sign_in(client, omar, "wrong").status_code for _attempt in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    cache.clear()
    assert sign_in(client, omar).status_code == 429
    assert who(client).is_anonymous
    assert verbs()[-2:] == [("locked_out", None), ("locked_out", None)]
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=16))
    cache.clear()
    assert sign_in(client, omar).status_code == 302
    assert who(client) == omar


def test_a_lock_out_in_one_place_leaves_the_person_free_in_another(client):
    omar = world.omar()
    for _attempt in range(5):
        sign_in(client, omar, "wrong", REMOTE_ADDR="203.0.113.9")
    cache.clear()
    sign_in(client, omar, REMOTE_ADDR="198.51.100.1")
    assert who(client) == omar


def test_guesses_from_many_places_are_slowed_down(client):
    omar = world.omar()
    for attempt in range(5):
        sign_in(client, omar, "wrong", REMOTE_ADDR=f"203.0.113.{attempt}")
    with override("en"):
        answer = sign_in(client, omar, REMOTE_ADDR="203.0.113.99")
    assert who(client).is_anonymous
    assert "Too many failed login attempts" in answer.content.decode()


def test_guesses_from_one_place_are_slowed_down_whoever_they_are_for(client):
    omar = world.omar()
    for number in range(10):
        client.post(reverse("account_login"), {"login": f"guess{number}@marsad.example", "password": "wrong"})
    sign_in(client, omar)
    assert who(client).is_anonymous


def test_somebody_deactivated_cannot_sign_in_and_is_out_at_once(client):
    aisha, omar = world.aisha(), world.omar()
    sign_in(client, omar)
    actions.deactivate(by=aisha, person=omar, at=timezone.now())
    assert who(client).is_anonymous
    client.cookies.clear()
    assert sign_in(client, omar).url == reverse("account_inactive")
    assert who(client).is_anonymous


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert client.get("/accounts/").status_code in (302, 404)


@pytest.mark.parametrize("name", ["aisha", "huda", "rashid"])
def test_roles_that_need_a_second_factor_come_no_further_without_one(client, name):
    person = getattr(world, name)()
    sign_in(client, person)
    for page in ("accounts_own_details", "account_change_password", "mfa_index"):
        assert client.get(reverse(page)).url == reverse("mfa_activate_totp")


@pytest.mark.parametrize("name", ["omar", "lin", "mariam", "noor", "charlie"])
def test_other_roles_may_do_without_a_second_factor(client, name):
    sign_in(client, getattr(world, name)())
    assert client.get(reverse("accounts_own_details")).status_code == 200


def test_the_demo_waives_the_second_factor(client, waived):
    sign_in(client, world.aisha())
    assert client.get(reverse("accounts_own_details")).status_code == 200


def test_whoever_has_just_signed_in_is_not_asked_for_the_password_again(client):
    sign_in(client, world.aisha())
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
    session.save()
    answer = client.get(reverse("mfa_activate_totp"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_reauthenticate"))
    confirm(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(client, django_capture_on_commit_callbacks):
    aisha = world.aisha()
    sign_in(client, aisha)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("accounts_own_details")).status_code == 200
    client.post(reverse("account_logout"))
    cache.clear()
    assert sign_in(client, aisha).url == reverse("mfa_authenticate")
    assert who(client).is_anonymous
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert who(client).is_anonymous
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert who(client) == aisha
    assert verbs() == [(verb, aisha) for verb in ("sign_in", "totp_activated", "sign_out", "sign_in")]


def test_a_recovery_code_stands_in_for_the_telephone_once(client):
    aisha = world.aisha()
    set_up_second_factor(aisha)
    code = RecoveryCodes.activate(aisha).get_unused_codes()[0]
    for signed_in in (True, False):
        sign_in(client, aisha)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert who(client).is_authenticated == signed_in
        client.post(reverse("account_logout"))


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database():
    secret = set_up_second_factor(world.aisha())
    [kept] = Authenticator.objects.filter(user=world.aisha())
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code_of(secret))


def test_a_second_factor_outlives_a_change_of_the_servers_secret(settings):
    secret = set_up_second_factor(world.aisha())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-secret-0123456789-abcdefghijklmnop"
    assert Authenticator.objects.get().wrap().validate_code(code_of(secret))


def test_whoever_needs_a_second_factor_cannot_switch_it_off(client):
    aisha = world.aisha()
    secret = set_up_second_factor(aisha)
    sign_in(client, aisha)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    page = client.post(reverse("mfa_deactivate_totp"))
    assert page.status_code == 200
    assert Authenticator.objects.filter(user=aisha).exists()


def test_everybody_else_can_switch_it_off(client):
    omar = world.omar()
    secret = set_up_second_factor(omar)
    sign_in(client, omar)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=omar).exists()
    assert verbs()[-1] == ("totp_deactivated", omar)


def test_a_guest_comes_in_by_the_link_of_the_letter(client, rf):
    invitation, secret = actions.invite(
        by=world.omar(), email="guest@port.example", role=Role.ADVISER, entity_code=PORT, at=timezone.now()
    )
    with override("ar"):
        mail_invitation(rf.get("/"), invitation, secret)
    [letter] = mail.outbox
    assert letter.to == ["guest@port.example"]
    link = re.search(r"/ar/accounts/invitation/\S+", letter.body)[0]
    assert "Service adviser" in client.get(link.replace("/ar/", "/en/")).content.decode()
    assert client.post(link, DETAILS | {"again": "other"}).status_code == 200
    short = client.post(link, DETAILS | {"password": "short", "again": "short"}).content.decode()
    assert "كلمة المرور قصيرة؛ استخدم 12 حرفا أو أكثر" in short
    assert client.post(link, DETAILS).url == reverse("account_login")
    guest = Person.objects.get(email="guest@port.example")
    assert guest.has(Role.ADVISER, PORT)
    assert client.get(link).status_code == client.post(link, DETAILS).status_code == 404
    assert "لم تعد هذه الدعوة سارية" in client.get(link).content.decode()
    sign_in(client, guest)
    assert who(client) == guest


def test_a_guest_we_know_only_confirms(client):
    lin = world.lin()
    _invitation, secret = actions.invite(
        by=world.aisha(), email=lin.email, role=Role.CHAMPION, entity_code=PORT, at=timezone.now()
    )
    link = reverse("accounts_accept", args=[secret])
    assert "password" not in client.get(link).content.decode()
    client.post(link)
    assert lin.has(Role.CHAMPION, PORT)


def test_a_weak_password_is_said_on_the_page(client):
    _invitation, secret = actions.invite(
        by=world.aisha(), email="guest@port.example", role=Role.ADVISER, entity_code=PORT, at=timezone.now()
    )
    answer = client.post(reverse("accounts_accept", args=[secret]), DETAILS | {"password": "short", "again": "short"})
    assert answer.status_code == 200
    assert "password" in answer.content.decode()
    assert not Person.objects.filter(email="guest@port.example").exists()


def test_pages_for_people_ask_strangers_to_sign_in(client):
    for page in ("accounts_own_details", "account_change_password", "mfa_index", "mfa_activate_totp"):
        answer = client.get(reverse(page))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


def test_an_invitation_that_is_none_is_not_found_and_guessing_is_slowed_down(client):
    link = reverse("accounts_accept", args=["guess"])
    assert client.get(link).status_code == 404
    assert {client.post(link).status_code for _guess in range(21)} == {404, 429}


def test_people_change_their_details_on_a_page(client):
    omar = world.omar()
    sign_in(client, omar)
    data = {"name_ar": "عمر علي", "name_en": "Omar", "language": "ar", "numerals": "arabic-indic"}
    assert client.post(reverse("accounts_own_details"), data).status_code == 302
    omar.refresh_from_db()
    assert (omar.name_ar, omar.language, omar.numerals) == ("عمر علي", "ar", "arabic-indic")
    assert client.post(reverse("accounts_own_details"), data | {"name_en": ""}).status_code == 200


def test_a_forgotten_password_is_set_anew_by_mail_and_other_sessions_end(client):
    omar = world.omar()
    sign_in(client, omar)
    elsewhere = client.__class__()
    assert elsewhere.post(reverse("account_reset_password"), {"email": omar.email}).status_code == 302
    link = re.search(r"/accounts/password/reset/key/\S+", mail.outbox[0].body)[0]
    form = elsewhere.get(link, follow=True)
    fresh = "eight slow camels at dusk"
    assert elsewhere.post(form.request["PATH_INFO"], {"password1": fresh, "password2": fresh}).status_code == 302
    assert who(client).is_anonymous
    assert sign_in(elsewhere, omar, fresh).status_code == 302
    assert ("password_reset", omar) in verbs()


def test_a_stranger_who_asks_for_a_new_password_gets_no_mail_and_the_same_answer(client):
    answer = client.post(reverse("account_reset_password"), {"email": "nobody@marsad.example"})
    assert answer.url == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_a_password_is_changed_by_who_knows_it(client):
    omar = world.omar()
    sign_in(client, omar)
    fresh = "eight slow camels at dusk"
    data = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    client.post(reverse("account_change_password"), data)
    assert Person.objects.get(pk=omar.pk).check_password(fresh)
    assert verbs()[-1] == ("password_changed", omar)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_of_accounts_can_be_drawn_in_both_languages(client, waived, language):
    aisha = world.aisha()
    strangers = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]
    own = ["accounts_own_details", "account_change_password", "mfa_index", "account_logout"]
    own += ["account_reauthenticate", "mfa_activate_totp"]
    for names in (strangers, own):
        for name in names:
            with override(language):
                page = client.get(reverse(name))
            assert page.status_code == 200, name
            assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.content.decode()
        sign_in(client, aisha)


def test_the_secret_of_an_invitation_is_not_sent_on(client):
    assert client.get(reverse("account_login")).headers["Referrer-Policy"] == "same-origin"
