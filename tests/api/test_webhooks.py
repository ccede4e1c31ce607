"""Webhooks: who may subscribe, what is sent and how it is signed, that it is tried again, and where it never goes."""

import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from marsad.accounts.models import Action, Scope
from marsad.api import actions, jobs, sending
from marsad.api.models import Delivery, Subscription
from marsad.core.lifecycle import Role
from marsad.ratings.models import Publication
from tests import world
from tests.api.build import Api, integrator, token_of
from tests.api.receiver import receiving
from tests.ratings import build

FAR = "https://receiver.example/hook"


@pytest.fixture
def receiver(settings, tmp_path, monkeypatch):
    """A machine on this one, which the settings allow and whose certificate is believed."""
    settings.MARSAD = replace(settings.MARSAD, private_webhooks=True)
    with receiving(tmp_path) as machine:
        monkeypatch.setattr(sending, "trust", machine.trust)
        yield machine


def publication() -> SimpleNamespace:
    """Return what there is to tell of a publication."""
    facts = {"code": "01publication", "number": 1, "identity": "2026-1-1", "fingerprint": "f" * 64}
    return SimpleNamespace(**facts, cycle=SimpleNamespace(code="2026-1"), corrects=None, at=build.NOW)


def queued(url: str) -> tuple[Delivery, str]:
    """Return a message that waits to be delivered, and its secret."""
    subscription, secret = actions.subscribe(by=world.omar(), url=url, at=timezone.now())
    [delivery] = actions.queued(subscription, publication(), timezone.now())
    return delivery, secret


def attempt(delivery: Delivery, attempts: int = 0) -> None:
    """Do what the worker does."""
    jobs.deliver.func(SimpleNamespace(job=SimpleNamespace(attempts=attempts)), delivery.code)


def test_a_subscription_is_made_listed_and_ended_and_its_secret_shown_once(cast):
    api = Api(token_of(integrator()))
    made = api.ask("POST", "/subscriptions", {"url": FAR})
    assert made.status_code == 201
    secret, code = made.json()["secret"], made.json()["code"]
    listed = api.get("/subscriptions")
    assert [one["code"] for one in listed.json()["items"]] == [code]
    assert secret not in listed.content.decode()
    assert secret not in str(Subscription.objects.values().get())
    assert api.get(f"/subscriptions/{code}/deliveries").json()["count"] == 0
    assert api.ask("DELETE", f"/subscriptions/{code}").status_code == 204
    assert api.ask("DELETE", f"/subscriptions/{code}").status_code == 204
    assert api.get("/subscriptions").json()["items"][0]["ended"]
    assert list(Action.objects.filter(kind="subscription").values_list("verb", flat=True)) == ["subscribe", "unsubscribe"]


def test_a_subscription_is_its_owners_and_the_programme_teams(cast):
    code = Api(token_of(integrator())).ask("POST", "/subscriptions", {"url": FAR}).json()["code"]
    for stranger in (cast.omar, world.somebody("machine-land", roles=[(Role.INTEGRATOR, world.PORT)])):
        api = Api(token_of(stranger))
        assert api.get("/subscriptions").json()["count"] == 0
        answers = [api.ask(method, f"/subscriptions/{one}") for one in (code, "nothing") for method in ("DELETE",)]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
        assert api.get(f"/subscriptions/{code}/deliveries").status_code == 404
    programme = Api(token_of(cast.aisha, entity_code=""))
    assert programme.get("/subscriptions").json()["count"] == 1
    assert programme.ask("DELETE", f"/subscriptions/{code}").status_code == 204


def test_nobody_subscribes_unknown_without_the_scope_or_without_a_role(cast):
    from django.test import Client

    assert Api().ask("POST", "/subscriptions", {"url": FAR}).status_code == 401
    assert Api(token_of(integrator(), Scope.EVIDENCE_WRITE)).ask("POST", "/subscriptions", {"url": FAR}).status_code == 403
    browser = Client()
    browser.force_login(cast.charlie, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post("/api/v1/subscriptions", {"url": FAR}, content_type="application/json")
    assert answer.status_code == 403
    assert not Subscription.objects.exists()


def test_an_address_is_told_once_and_nobody_has_too_many(cast):
    api = Api(token_of(integrator()))
    assert api.ask("POST", "/subscriptions", {"url": FAR}).status_code == 201
    assert api.ask("POST", "/subscriptions", {"url": FAR}).status_code == 422
    answers = [api.ask("POST", "/subscriptions", {"url": f"{FAR}/{number}"}).status_code for number in range(11)]
    assert answers == [201] * 9 + [422] * 2


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/",
        "ftp://receiver.example/",
        "https://",
        "https:///path",
        "https://user:word@receiver.example/",
        "https://receiver.example/#part",
        "https://receiver.example:99999/",
        "https://[::1",
        "https://receiver.example/\r\nHost: other",
        "https://مثال.example/",
        "https://receiver.example/" + "x" * 500,
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://192.0.2.1/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://localhost/",
        "https://metadata.internal/",
        "https://intranet/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
    ],
)
def test_an_address_that_is_not_https_or_leads_inside_is_refused(cast, url):
    answer = Api(token_of(integrator())).ask("POST", "/subscriptions", {"url": url})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "/url")
    assert not Subscription.objects.exists()


def test_a_name_that_leads_inside_is_refused_at_every_sending(cast, monkeypatch):
    delivery, _secret = queued(FAR)
    opened = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **named: opened.append(given))
    for inside in ("127.0.0.1", "10.0.0.8", "::1", "fd00::1", "169.254.169.254"):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", inside)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *given, found=found, **named: found)
        with pytest.raises(jobs.NotDeliveredError):
            attempt(delivery)
    assert {one.error for one in delivery.attempts.all()} == {"the name leads into a private network"}
    assert opened == []


def test_the_connection_goes_to_the_address_that_was_looked_at_under_the_name_that_was_asked_for(receiver, monkeypatch):
    asked = []
    look = socket.getaddrinfo

    def once(host, port, *given, **named):
        asked.append(host)
        return look("127.0.0.1", port, *given, **named)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    with pytest.raises(sending.UndeliverableError, match="certificate"):
        sending.send(receiver.url.replace("127.0.0.1", "receiver.example"), b"{}", {}, private=True)
    assert asked[0] == "receiver.example"
    assert set(asked[1:]) <= {"127.0.0.1"}
    assert receiver.came == []


def test_a_message_is_signed_over_its_time_and_body(cast, receiver):
    delivery, secret = queued(receiver.url)
    attempt(delivery)
    [(headers, body)] = receiver.came
    said = json.loads(body)
    assert said["event"] == headers["Marsad-Event"] == "publication.published"
    assert (said["code"], said["fingerprint"], said["cycle"]) == ("01publication", "f" * 64, "2026-1")
    parts = dict(part.split("=") for part in headers["Marsad-Signature"].split(","))
    expected = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert parts["v1"] == expected
    assert abs(int(parts["t"]) - timezone.now().timestamp()) < 60
    assert headers["Marsad-Delivery"] == delivery.code
    delivery.refresh_from_db()
    assert (delivery.state, [one.status for one in delivery.attempts.all()]) == ("delivered", [204])
    attempt(delivery)
    assert len(receiver.came) == 1, "what is delivered is not sent again"


def test_what_is_not_taken_is_tried_again_and_every_try_is_in_the_log(cast, receiver):
    receiver.statuses = [500, 302, 404, 200]
    delivery, _secret = queued(receiver.url)
    for number in range(3):
        with pytest.raises(jobs.NotDeliveredError):
            attempt(delivery, number)
    attempt(delivery, 3)
    assert len(receiver.came) == 4, "a redirection is not followed"
    [logged] = Api(token_of(cast.omar)).get(f"/subscriptions/{delivery.subscription.code}/deliveries").json()["items"]
    assert (logged["state"], logged["publication"]) == ("delivered", "01publication")
    assert [one["status"] for one in logged["attempts"]] == [500, 302, 404, 200]


def test_after_the_last_try_it_fails_for_good(cast, receiver):
    receiver.statuses = [503]
    delivery, _secret = queued(receiver.url)
    attempt(delivery, jobs.ATTEMPTS - 1)
    delivery.refresh_from_db()
    assert delivery.state == "failed"


def test_the_waits_between_tries_grow():
    decisions = [
        jobs.RETRY.get_retry_decision(exception=Exception(), job=SimpleNamespace(attempts=number)) for number in range(8)
    ]
    assert decisions[-1] is None
    waits = [decision.retry_at - timezone.now() for decision in decisions[:-1]]
    assert [round(wait.total_seconds()) for wait in waits] == [4, 16, 64, 256, 1024, 4096, 16384]


def test_an_address_that_nobody_answers_at_or_without_a_certificate_we_trust_is_noted(cast, receiver, monkeypatch):
    delivery, _secret = queued(receiver.url)
    monkeypatch.setattr(sending, "trust", __import__("ssl").create_default_context)
    with pytest.raises(jobs.NotDeliveredError):
        attempt(delivery)
    receiver.server.server_close()
    with pytest.raises(jobs.NotDeliveredError):
        attempt(delivery)
    errors = [one.error for one in delivery.attempts.all()]
    assert errors == ["the certificate is not one we trust", "the connection failed"]


def test_who_unsubscribed_is_told_nothing_more(cast, receiver):
    delivery, _secret = queued(receiver.url)
    actions.unsubscribe(by=cast.omar, subscription=delivery.subscription, at=timezone.now())
    attempt(delivery)
    delivery.refresh_from_db()
    assert (delivery.state, receiver.came) == ("failed", [])


def test_every_publication_is_told_once_to_those_subscribed_before_it(nation, tmp_path, receiver):
    before, _secret = actions.subscribe(by=nation.omar, url=receiver.url, at=build.NOW - timedelta(days=1))
    actions.subscribe(by=nation.salem, url=receiver.url, at=build.NOW + timedelta(days=1))
    published = build.published(build.opened(tmp_path))
    [delivery] = actions.announce_publications(at=timezone.now())
    assert actions.announce_publications(at=timezone.now()) == []
    assert (delivery.subscription, delivery.subject) == (before, published.code)
    attempt(delivery)
    assert json.loads(receiver.came[0][1])["fingerprint"] == Publication.objects.get().fingerprint


def test_a_message_waits_in_the_queue_of_the_worker(cast):
    delivery, _secret = queued(FAR)
    [job] = ProcrastinateJob.objects.filter(task_name=actions.DELIVER)
    assert (job.status, job.args) == ("todo", {"delivery": delivery.code})
    assert {actions.DELIVER, "api.announce", "api.forget"} <= set(app.tasks)
