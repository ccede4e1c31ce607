"""The server that takes our mail, as the settings name it."""

import pytest

from marsad.config.environment import django_mail, read
from marsad.core.problem import Problem

SECRET = {"MARSAD_SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop"}


def test_without_a_server_mail_is_written_to_the_output():
    assert django_mail("")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize(
    ("address", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://mail.example", 587, True, False),
        ("smtps://mail.example", 465, False, True),
        ("smtps://mail.example:2465", 2465, False, True),
    ],
)
def test_the_scheme_says_port_and_encryption(address, port, tls, ssl):
    mail = django_mail(address)
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend")


def test_user_and_password_are_unquoted():
    mail = django_mail("smtp+tls://me:p%40ss@mail.example")
    assert (mail["EMAIL_HOST_USER"], mail["EMAIL_HOST_PASSWORD"], mail["EMAIL_HOST"]) == ("me", "p@ss", "mail.example")


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port", "smtp://a b"])
def test_what_names_no_server_is_refused_without_repeating_it(address):
    with pytest.raises(Problem, match="MARSAD_MAIL names no mail server") as refusal:
        read(SECRET | {"MARSAD_MAIL": address})
    assert address not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"), [("MARSAD_REQUIRE_MFA", "perhaps"), ("MARSAD_PROXIES", "-1"), ("MARSAD_PROXIES", "one")]
)
def test_a_setting_of_sign_in_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(Problem, match=name):
        read(SECRET | {name: value})


def test_a_second_factor_is_required_unless_waived():
    assert read(SECRET).require_mfa
    assert not read(SECRET | {"MARSAD_REQUIRE_MFA": "no"}).require_mfa
