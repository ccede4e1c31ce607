"""Who may see and do what with subscriptions: the only doors to them and to how their messages went."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from marsad.accounts.access import Forbidden, found
from marsad.accounts.models import Person
from marsad.api.models import Delivery, Subscription, SubscriptionQuerySet
from marsad.core.lifecycle import Role

SUBSCRIBES = frozenset({Role.PROGRAMME, Role.CHAMPION, Role.INTEGRATOR, Role.PARTNER, Role.AUDITOR})
"""Who may be told of publications."""


def require_may_subscribe(person: Person, at: datetime) -> None:
    """Raise Forbidden unless a person holds a role that may subscribe, whatever the entity."""
    if not person.roles(at) & SUBSCRIBES:
        raise Forbidden("subscription")


def subscriptions_for(person: Person, at: datetime | None = None) -> SubscriptionQuerySet:
    """Return the subscriptions a person may see: all, if of the programme team; their own, otherwise."""
    rows = Subscription.objects.select_related("by")
    return rows if Role.PROGRAMME in person.roles(at) else rows.filter(by_id=person.pk)


def subscription_for(person: Person, code: str, at: datetime | None = None) -> Subscription:
    """Return a subscription that a person may see; raises NotFound."""
    subscription: Subscription = found(subscriptions_for(person, at), code)
    return subscription


def deliveries_of(subscription: Subscription) -> QuerySet[Delivery]:
    """Return how messages to an address went, the newest first."""
    return subscription.deliveries.prefetch_related("attempts").order_by("-at", "-pk")
