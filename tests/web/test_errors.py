"""What goes wrong is said in both languages, with what to do next, and without a database: no test here may touch one."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.translation import override

from marsad.config import urls
from marsad.web import errors


def fails(error):
    def view(request):
        raise error

    return view


handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500
urlpatterns = [
    path("bad", fails(SuspiciousOperation("x"))),
    path("closed", fails(PermissionDenied("x"))),
    path("broken", fails(RuntimeError("the password is swordfish"))),
    *urls.urlpatterns,
]
SAID = {
    "/bad": (400, "This request could not be understood"),
    "/closed": (403, "The champion of your entity or the programme team can give you the role"),
    "/no/such/page": (404, "There is no such page"),
    "/broken": (500, "Something went wrong on our side"),
}


@pytest.mark.parametrize("address", SAID)
def test_an_error_is_said_in_both_languages_without_a_database(address):
    status, words = SAID[address]
    with override_settings(ROOT_URLCONF=__name__):
        answer = Client(raise_request_exception=False).get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert page.index('<section class="" lang="ar" dir="rtl">') < page.index('lang="en" dir="ltr">\n<h1>')
    assert "swordfish" not in page


def test_a_form_without_its_token_is_told_to_be_sent_again():
    answer = Client(enforce_csrf_checks=True).post("/en/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_the_readers_language_comes_first():
    with override("en"):
        page = errors.too_many(RequestFactory().get("/en/x")).content.decode()
    assert page.index("Too many attempts") < page.index("محاولات كثيرة")
    assert '<html lang="en" dir="ltr">' in page


def test_nobody_is_greeted_on_a_page_that_the_browser_keeps():
    page = Client().get("/ar/offline/").content.decode()
    assert 'id="account"' not in page
    assert "csrfmiddlewaretoken" not in page


def test_the_worker_stands_at_the_root():
    answer = Client().get("/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"/ar/offline/" in answer.content
