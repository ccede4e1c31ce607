"""Every write that is the API's own: answers kept for those who ask twice, subscriptions and their messages."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from marsad.accounts.access import Forbidden
from marsad.accounts.actions import record
from marsad.accounts.codes import CHANCE_BYTES, new_code
from marsad.accounts.models import Person
from marsad.api.access import require_may_subscribe
from marsad.api.jobs import DELIVER
from marsad.api.models import Delivery, Receipt, Subscription
from marsad.api.problems import Refusal, wrong
from marsad.api.sending import UndeliverableError, headers_of, message, refuse_private_name, send, target_of
from marsad.api.work import Answer
from marsad.core.lifecycle import Role
from marsad.core.problem import Problem, Sentence
from marsad.ratings.access import publications_for
from marsad.ratings.models import Publication

PUBLISHED = "publication.published"
MOST_SUBSCRIPTIONS = 10
KEPT = timedelta(days=7)
"""How long a key is remembered."""


def answer_once(*, by: Person, key: str, request: str, at: datetime, act: Callable[[], Answer]) -> Answer:
    """Do what a request asks and keep the answer under its key; asked again, return that answer and do nothing.

    `request` is the fingerprint of the address and the content: under one key only one request is ever answered.
    """
    if not key:
        return act()
    with transaction.atomic():
        hold(by, key)
        known = Receipt.objects.filter(person=by, key=key).first()
        if known is None:
            status, said = act()
            Receipt.objects.create(person=by, key=key, request=request, status=status, answer=said, at=at)
            return status, said
    if known.request != request:
        raise wrong("header", "Idempotency-Key", _("This key was used for another request; take a new one."))
    return known.status, known.answer


def hold(by: Person, key: str) -> None:
    """Be the only one who answers this person under this key until the transaction ends; raises Refusal where another does."""
    number = int.from_bytes(sha256(f"{by.code} {key}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Refusal("conflict", _("A request with this key is being answered; ask again in a moment."))


def forget_answers(*, at: datetime) -> int:
    """Drop the answers whose keys are no longer remembered, and return how many."""
    dropped, _each = Receipt.objects.filter(at__lt=at - KEPT).delete()
    return dropped


def subscribe(*, by: Person, url: str, at: datetime) -> tuple[Subscription, str]:
    """Have an address told of every publication from now on; return the subscription and its secret, never shown again."""
    require_may_subscribe(by, at)
    host, _port, _path = target_of(url)
    if not settings.MARSAD.private_webhooks:
        refuse_private_name(host)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)
        mine = Subscription.objects.open().filter(by_id=by.pk)
        if mine.filter(url=url).exists():
            raise Problem(Sentence("this address is told already"), column="url", remedy=Sentence("end that subscription first"))
        if mine.count() >= MOST_SUBSCRIPTIONS:
            raise Problem(
                Sentence("you have {most} subscriptions", most=MOST_SUBSCRIPTIONS),
                column="url",
                remedy=Sentence("end one of them first"),
            )
        subscription = Subscription.objects.create(code=fresh_code(at), url=url, secret=sealed(secret), by_id=by.pk, at=at)
        record(by=by, verb="subscribe", on=subscription, before=None, after={"url": url}, at=at)
    return subscription, secret


def unsubscribe(*, by: Person, subscription: Subscription, at: datetime, why: str = "") -> None:
    """Tell an address nothing more; ending it twice does nothing more."""
    if by.pk != subscription.by_id and not by.has(Role.PROGRAMME, at=at):
        raise Forbidden("subscription")
    with transaction.atomic():
        subscription = Subscription.objects.select_for_update().get(pk=subscription.pk)
        if subscription.ended is None:
            subscription.ended = at
            subscription.save(update_fields=["ended"])
            record(by=by, verb="unsubscribe", on=subscription, before={"ended": None}, after={"ended": at}, at=at, why=why)


def announce_publications(*, at: datetime) -> list[Delivery]:
    """Queue a message on every publication for every address that was subscribed when it came out; each only once."""
    new: list[Delivery] = []
    for subscription in Subscription.objects.open().order_by("pk"):
        told = subscription.deliveries.filter(event=PUBLISHED).values("subject")
        for publication in publications_for(None).filter(at__gte=subscription.at).exclude(code__in=told).order_by("number"):
            new += queued(subscription, publication, at)
    return new


def queued(subscription: Subscription, publication: Publication, at: datetime) -> list[Delivery]:
    """Return the message that was queued; none, where another worker was faster."""
    facts = {
        "code": fresh_code(at),
        "subscription": subscription,
        "event": PUBLISHED,
        "subject": publication.code,
        "body": {"event": PUBLISHED, **facts_of(publication)},
        "at": at,
    }
    with transaction.atomic():
        Delivery.objects.bulk_create([Delivery(**facts)], ignore_conflicts=True)
        new = list(Delivery.objects.filter(code=facts["code"]))
        for delivery in new:
            app.configure_task(DELIVER).defer(delivery=delivery.code)
    return new


def facts_of(publication: Publication) -> dict[str, Any]:
    """Return what an address is told of a publication: enough to fetch it and to know that it is the one."""
    columns = ("code", "number", "identity", "fingerprint")
    said = {name: getattr(publication, name) for name in columns} | {"cycle": publication.cycle.code}
    return said | {"corrects": publication.corrects.code if publication.corrects else None, "at": publication.at.isoformat()}


def deliver(*, code: str, at: datetime) -> Delivery:
    """Try once to deliver a message, and note how it went; does nothing where it is delivered or not wanted any more."""
    delivery = Delivery.objects.select_related("subscription").get(code=code)
    if delivery.state != Delivery.WAITING:
        return delivery
    subscription = delivery.subscription
    if subscription.ended is not None:
        return settled(delivery, Delivery.FAILED)
    body = message(delivery.body)
    headers = headers_of(body, opened(subscription.secret), delivery=delivery.code, event=delivery.event, at=at)
    try:
        status = send(subscription.url, body, headers, private=settings.MARSAD.private_webhooks)
    except UndeliverableError as error:
        delivery.attempts.create(at=at, error=str(error))
        return delivery
    delivery.attempts.create(at=at, status=status)
    return settled(delivery, Delivery.DELIVERED) if 200 <= status < 300 else delivery


def give_up(*, code: str) -> Delivery:
    """Try no more to deliver a message."""
    return settled(Delivery.objects.get(code=code), Delivery.FAILED)


def settled(delivery: Delivery, state: str) -> Delivery:
    """Return a message in its last state."""
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.WAITING).update(state=state)
    delivery.refresh_from_db()
    return delivery


def fresh_code(at: datetime) -> str:
    """Return a new public identifier."""
    return new_code(at, secrets.token_bytes(CHANCE_BYTES))


def sealed(secret: str) -> str:
    """Return a secret as it is kept."""
    return cipher().encrypt(secret.encode()).decode()


def opened(kept: str) -> str:
    """Return a secret as it was."""
    return cipher().decrypt(kept.encode()).decode()


def cipher() -> MultiFernet:
    """Return what encrypts with the key made from the secret of today, and decrypts with those of before as well."""
    digests = [
        sha256(b"marsad webhook\n" + key.encode()).digest() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
