"""Tables: who hears of publications, what was answered to whom; and a person as a token lets them act."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from marsad.accounts.codes import LENGTH
from marsad.accounts.models import MembershipQuerySet, Person
from marsad.accounts.tokens import Bearer
from marsad.core.lifecycle import Role

LONGEST_URL = 500
LONGEST_KEY = 100


class Machine(Person):
    """A person as a token for one entity lets them act: their rights there and nowhere else, at every door."""

    place = ""
    """The code of the entity; '' for a token of the programme, which lets its person do all they may."""

    class Meta:
        proxy = True

    @classmethod
    def speaking(cls, bearer: Bearer) -> Self:
        """Return whom a token speaks for."""
        return cls.of(bearer.person, bearer.token.entity_code)

    @classmethod
    def of(cls, person: Person, place: str) -> Self:
        """Return a person as they act in an entity alone; everywhere, where it is ''."""
        fields = [field.attname for field in cls._meta.concrete_fields]
        machine = cls.from_db(None, fields, [getattr(person, name) for name in fields])
        machine._state.db = person._state.db
        machine.place = place
        return machine

    def reaches(self, entity_code: str) -> bool:
        """Whether the token is good in an entity, or centrally where it is ''."""
        return self.place in ("", entity_code)

    def memberships_at(self, at: datetime | None = None) -> MembershipQuerySet:
        """Return what the person holds that counts where the token is good."""
        held = super().memberships_at(at)
        return held.filter(entity_code__in=["", self.place]) if self.place else held

    def roles_in(self, entity_code: str, at: datetime | None = None) -> frozenset[Role]:
        """Return the roles that count for an entity: none, where the token does not reach."""
        return super().roles_in(entity_code, at) if self.reaches(entity_code) else frozenset()

    def roles(self, at: datetime | None = None) -> frozenset[Role]:
        """Return the roles held; central ones only by a token of the programme."""
        held = super().memberships_at(at)
        held = held.filter(entity_code=self.place) if self.place else held
        return frozenset(Role(role) for role in held.values_list("role", flat=True))

    def has(self, role: Role, entity_code: str = "", at: datetime | None = None) -> bool:
        """Whether the person holds a role there, and the token reaches so far."""
        return self.reaches(entity_code) and super().has(role, entity_code, at)


class Asked(models.Model):
    """How often somebody asked in a minute. The table is not logged: after a crash of the database counting begins anew."""

    pk = models.CompositePrimaryKey("who", "minute")
    who = models.CharField(max_length=LONGEST_KEY)
    minute = models.BigIntegerField()
    times = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Return who."""
        return self.who


class Receipt(models.Model):
    """What was answered to a request that named a key, so that sending it again does nothing more and gets the same answer."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=LONGEST_KEY)
    request = models.CharField(max_length=64)
    """SHA-256 of the address and the content."""
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="receipt_once")]
        indexes = [models.Index(fields=["at"], name="receipt_at")]

    def __str__(self) -> str:
        """Return the key."""
        return self.key


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions."""

    def open(self) -> SubscriptionQuerySet:
        """Return those that want to hear."""
        return self.filter(ended=None)


class Subscription(models.Model):
    """An address that is told of every publication, in messages signed with a secret that only the two sides know."""

    code = models.CharField(max_length=LENGTH, unique=True)
    url = models.CharField(max_length=LONGEST_URL)
    secret = models.TextField()
    """Encrypted with the key of the server."""
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="subscriptions")
    at = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="subscription_is_https"),
            models.UniqueConstraint(fields=["by", "url"], condition=Q(ended=None), name="subscription_once"),
        ]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Return the address."""
        return self.url


class Delivery(models.Model):
    """One message to one address about one publication."""

    WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
    STATES = (WAITING, DELIVERED, FAILED)

    code = models.CharField(max_length=LENGTH, unique=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=50)
    subject = models.CharField(max_length=LENGTH)
    """The code of the publication."""
    body = models.JSONField()
    state = models.CharField(max_length=20, default=WAITING, choices=[(state, state) for state in STATES])
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event", "subject"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=("waiting", "delivered", "failed")), name="delivery_state"),
        ]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Return what goes where."""
        return f"{self.event} {self.subject} to {self.subscription}"


class Attempt(models.Model):
    """One try to deliver a message: what the other side answered, or why nothing reached it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        """Return how it went."""
        return str(self.status or self.error)

    def facts(self) -> dict[str, Any]:
        """Return how it went, fit for JSON."""
        return {"at": self.at, "status": self.status, "error": self.error}
